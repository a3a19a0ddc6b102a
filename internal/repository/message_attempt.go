package repository

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Attempts keeps what was tried to bring messages to people.
type Attempts struct {
	table[attemptRow, domain.MessageAttempt]
}

// NewAttempts returns the attempts of a store.
func NewAttempts(s *Store) *Attempts {
	return &Attempts{table[attemptRow, domain.MessageAttempt]{s, attemptToRow, attemptFromRow}}
}

type attemptRow struct {
	ID        uuid.UUID
	MessageID uuid.UUID
	Provider  string
	Outcome   domain.AttemptOutcome
	Reference string
	Reason    string
	StartedAt time.Time
	EndedAt   sql.NullTime
	PollAfter sql.NullTime
}

// TableName implements GORM's Tabler.
func (attemptRow) TableName() string { return "message_attempts" }

// Add adds an attempt.
func (r *Attempts) Add(ctx context.Context, a domain.MessageAttempt) error { return r.create(ctx, a) }

// Change writes an attempt, which one process alone works on, anew.
func (r *Attempts) Change(ctx context.Context, a domain.MessageAttempt) error {
	row, err := r.encode(a)
	if err != nil {
		return err
	}
	return write(ctx, r.store.db(ctx).Where("id = ?", a.ID), &row)
}

// Of lists the attempts at a message, the first one first.
func (r *Attempts) Of(ctx context.Context, message uuid.UUID) ([]domain.MessageAttempt, error) {
	return r.list(ctx, r.store.db(ctx).Where("message_id = ?", message).Order("started_at, id"))
}

// ByReference finds the attempt that a provider knows by a reference;
// [domain.ErrUnknownReference] if there is none.
func (r *Attempts) ByReference(ctx context.Context, provider, reference string) (domain.MessageAttempt, error) {
	// A provider may come to use a reference again: the last one is meant.
	a, err := r.get(ctx, r.store.db(ctx).
		Where("provider = ? AND reference = ? AND reference <> ''", provider, reference).Order("started_at DESC"))
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return a, domain.ErrUnknownReference
	}
	return a, err
}

// ToPoll finds attempts whose provider is to be asked for a receipt now: so many
// at most, those first that have waited longest.
func (r *Attempts) ToPoll(ctx context.Context, now time.Time, most int) ([]domain.MessageAttempt, error) {
	return r.list(ctx, r.store.db(ctx).Where("poll_after <= ?", now).Order("poll_after").Limit(most))
}

func attemptToRow(a domain.MessageAttempt) (attemptRow, error) {
	return attemptRow{
		ID:        a.ID,
		MessageID: a.MessageID,
		Provider:  a.Provider,
		Outcome:   a.Outcome,
		Reference: a.Reference,
		Reason:    a.Reason,
		StartedAt: a.StartedAt,
		EndedAt:   nullTime(a.EndedAt),
		PollAfter: nullTime(a.PollAfter),
	}, nil
}

func attemptFromRow(row attemptRow) (domain.MessageAttempt, error) {
	return domain.MessageAttempt{
		ID:        row.ID,
		MessageID: row.MessageID,
		Provider:  row.Provider,
		Outcome:   row.Outcome,
		Reference: row.Reference,
		Reason:    row.Reason,
		StartedAt: row.StartedAt,
		EndedAt:   row.EndedAt.Time,
		PollAfter: row.PollAfter.Time,
	}, nil
}
