package repository

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Confirmations keeps the ways to a confirmed identity that people have begun.
type Confirmations struct {
	table[confirmationRow, domain.Confirmation]
}

// NewConfirmations returns the confirmations of a store.
func NewConfirmations(s *Store) *Confirmations {
	return &Confirmations{table[confirmationRow, domain.Confirmation]{s, s.confirmationRow, s.confirmation}}
}

type confirmationRow struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	CaseID    uuid.UUID
	Method    domain.ConfirmationMethod
	Status    domain.ConfirmationStatus
	// VisitCodeEnc and VisitCodeIndex are NULL for letters.
	VisitCodeEnc   []byte
	VisitCodeIndex []byte
	CreatedAt      time.Time
	ExpiresAt      sql.NullTime
	SettledAt      sql.NullTime
	PlaceID        uuid.NullUUID
	OperatorID     uuid.NullUUID
	Reason         domain.RefusalReason
	DisputeHash    []byte
	DisputeUntil   sql.NullTime
}

// TableName implements GORM's Tabler.
func (confirmationRow) TableName() string { return "confirmations" }

// Create adds a confirmation. An account has one at most that is requested of
// each way, and one at most that is confirmed.
func (r *Confirmations) Create(ctx context.Context, c domain.Confirmation) error {
	return r.create(ctx, c)
}

// Get finds a confirmation.
func (r *Confirmations) Get(ctx context.Context, id uuid.UUID) (domain.Confirmation, error) {
	return r.byID(ctx, id)
}

// Update changes a confirmation in a transaction, with its row locked. An error
// of fn changes nothing and is returned as it is.
func (r *Confirmations) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Confirmation) error,
) (domain.Confirmation, error) {
	return r.update(ctx, id, fn)
}

// List is a page of an account's confirmations, newest first.
func (r *Confirmations) List(
	ctx context.Context, account uuid.UUID, p domain.Page,
) ([]domain.Confirmation, error) {
	query := r.store.db(ctx).Where("account_id = ?", account).Order("created_at DESC, id DESC").Limit(p.Limit)
	if p.After != nil {
		query = query.Where("(created_at, id) < (?, ?)", p.After.CreatedAt, p.After.ID)
	}
	return r.list(ctx, query)
}

// Live lists an account's confirmations that are stored as requested or
// confirmed, oldest first; the time of some may be over.
func (r *Confirmations) Live(ctx context.Context, account uuid.UUID) ([]domain.Confirmation, error) {
	live := []domain.ConfirmationStatus{domain.ConfirmationRequested, domain.ConfirmationConfirmed}
	return r.list(ctx, r.store.db(ctx).Where("account_id = ? AND status IN ?", account, live).Order("created_at, id"))
}

// Refused lists the refused visits of an account, newest first.
func (r *Confirmations) Refused(ctx context.Context, account uuid.UUID) ([]domain.Confirmation, error) {
	return r.list(ctx, r.store.db(ctx).
		Where("account_id = ? AND status = ?", account, domain.ConfirmationRefused).Order("settled_at DESC, id DESC"))
}

// FindByVisitCode finds the requested visit that a code belongs to.
func (r *Confirmations) FindByVisitCode(ctx context.Context, code string) (domain.Confirmation, error) {
	index, err := r.store.fields.Index(indexVisitCode, code)
	if err != nil {
		return domain.Confirmation{}, err
	}
	return r.get(ctx, r.store.db(ctx).
		Where("visit_code_index = ? AND status = ?", index, domain.ConfirmationRequested))
}

// FindByDispute finds the confirmation that the token with this hash denies.
func (r *Confirmations) FindByDispute(ctx context.Context, hash []byte) (domain.Confirmation, error) {
	return r.get(ctx, r.store.db(ctx).Where("dispute_hash = ?", hash))
}

func (s *Store) confirmationRow(c domain.Confirmation) (confirmationRow, error) {
	e := s.sealer("confirmations", c.ID)
	row := confirmationRow{
		ID:           c.ID,
		AccountID:    c.AccountID,
		CaseID:       c.CaseID,
		Method:       c.Method,
		Status:       c.Status,
		CreatedAt:    c.CreatedAt,
		ExpiresAt:    nullTime(c.ExpiresAt),
		SettledAt:    nullTime(c.SettledAt),
		PlaceID:      nullID(c.PlaceID),
		OperatorID:   nullID(c.OperatorID),
		Reason:       c.Reason,
		DisputeHash:  c.DisputeHash,
		DisputeUntil: nullTime(c.DisputeUntil),
	}
	if c.VisitCode != "" {
		row.VisitCodeEnc = e.seal("visit_code_enc", c.VisitCode)
		row.VisitCodeIndex = e.index(indexVisitCode, c.VisitCode)
	}
	return row, e.err
}

func (s *Store) confirmation(row confirmationRow) (domain.Confirmation, error) {
	c := domain.Confirmation{
		ID:           row.ID,
		AccountID:    row.AccountID,
		CaseID:       row.CaseID,
		Method:       row.Method,
		Status:       row.Status,
		CreatedAt:    row.CreatedAt,
		ExpiresAt:    row.ExpiresAt.Time,
		SettledAt:    row.SettledAt.Time,
		PlaceID:      row.PlaceID.UUID,
		OperatorID:   row.OperatorID.UUID,
		Reason:       row.Reason,
		DisputeHash:  row.DisputeHash,
		DisputeUntil: row.DisputeUntil.Time,
	}
	if row.VisitCodeEnc == nil {
		return c, nil
	}
	e := s.sealer("confirmations", row.ID)
	c.VisitCode = e.open("visit_code_enc", row.VisitCodeEnc)
	return c, e.err
}
