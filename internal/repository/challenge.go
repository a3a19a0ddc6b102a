package repository

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Challenges keeps one-time codes, which is to say their keyed hashes.
type Challenges struct {
	table[challengeRow, domain.Challenge]
}

// NewChallenges returns the challenges of a store.
func NewChallenges(s *Store) *Challenges {
	return &Challenges{table[challengeRow, domain.Challenge]{s, challengeToRow, challengeFromRow}}
}

type challengeRow struct {
	ID           uuid.UUID
	Purpose      domain.ChallengePurpose
	SubjectID    uuid.UUID
	Status       domain.ChallengeStatus
	MAC          []byte `gorm:"column:mac"`
	AttemptsLeft int
	CreatedAt    time.Time
	ExpiresAt    time.Time
	ResendAt     time.Time
}

// TableName implements GORM's Tabler.
func (challengeRow) TableName() string { return "challenges" }

// Issue adds a challenge and supersedes the one that was issued before for the
// same purpose and subject. Of two at the very same time, one is
// [apperr.ServiceUnavailable].
func (r *Challenges) Issue(ctx context.Context, c domain.Challenge) error {
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := supersede(ctx, r.store.db(ctx), c.Purpose, c.SubjectID); err != nil {
			return err
		}
		err := r.create(ctx, c)
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return apperr.Wrap(apperr.ServiceUnavailable, err)
		}
		return err
	})
}

// supersede ends the issued challenge of a purpose and subject, if any.
func supersede(ctx context.Context, db *gorm.DB, purpose domain.ChallengePurpose, subject uuid.UUID) error {
	err := db.Model(&challengeRow{}).
		Where("subject_id = ? AND purpose = ? AND status = ?", subject, purpose, domain.ChallengeIssued).
		Update("status", domain.ChallengeSuperseded).Error
	return translate(ctx, err)
}

// Current is the newest challenge of a purpose and subject.
func (r *Challenges) Current(
	ctx context.Context, purpose domain.ChallengePurpose, subject uuid.UUID,
) (domain.Challenge, error) {
	return r.get(ctx, r.store.db(ctx).
		Where("subject_id = ? AND purpose = ?", subject, purpose).
		Order("created_at DESC, id DESC"))
}

// Spend takes one attempt from a challenge, in one statement, so that any
// number of guesses at once gets no more attempts than there are. It returns
// the challenge as it is then, and whether an attempt was there to be taken.
func (r *Challenges) Spend(ctx context.Context, id uuid.UUID, now time.Time) (domain.Challenge, bool, error) {
	var rows []challengeRow
	err := r.store.db(ctx).Raw(
		`UPDATE challenges SET attempts_left = attempts_left - 1
		WHERE id = ? AND status = ? AND attempts_left > 0 AND expires_at > ? RETURNING *`,
		id, domain.ChallengeIssued, now,
	).Scan(&rows).Error
	if err != nil {
		return domain.Challenge{}, false, translate(ctx, err)
	}
	if len(rows) == 0 {
		c, err := r.byID(ctx, id)
		return c, false, err
	}
	c, err := r.decode(rows[0])
	return c, true, err
}

// Update changes a challenge in a transaction, with its row locked. An error of
// fn changes nothing and is returned as it is.
func (r *Challenges) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Challenge) error,
) (domain.Challenge, error) {
	return r.update(ctx, id, fn)
}

func challengeToRow(c domain.Challenge) (challengeRow, error)   { return challengeRow(c), nil }
func challengeFromRow(r challengeRow) (domain.Challenge, error) { return domain.Challenge(r), nil }
