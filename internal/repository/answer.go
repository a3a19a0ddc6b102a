package repository

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Answers keeps the first answers to requests with an Idempotency-Key.
type Answers struct{ store *Store }

// NewAnswers returns the answers of a store.
func NewAnswers(s *Store) *Answers { return &Answers{s} }

type answerRow struct {
	RequestKey  []byte `gorm:"primaryKey"`
	RequestHash []byte
	Owner       uuid.UUID
	LockedUntil time.Time
	ExpiresAt   time.Time
	// AnswerEnc is NULL until there is an answer.
	AnswerEnc []byte
}

// TableName implements GORM's Tabler.
func (answerRow) TableName() string { return "answers" }

// Begin asks for the lease on a request. It is given to the first who asks; to
// a later one when the same request's earlier owner died without an answer, or
// when the answer is to be forgotten. Everybody else gets what is known.
func (r *Answers) Begin(ctx context.Context, q domain.AnswerRequest) (domain.AnswerRecord, error) {
	acquired, err := r.acquire(ctx, q)
	if err != nil {
		return domain.AnswerRecord{}, translate(ctx, err)
	}
	if acquired {
		return domain.AnswerRecord{Acquired: true, RequestHash: q.RequestHash, LockedUntil: q.LockedUntil}, nil
	}
	var rows []answerRow
	if err := r.store.db(ctx).Where("request_key = ?", q.Key).Find(&rows).Error; err != nil {
		return domain.AnswerRecord{}, translate(ctx, err)
	}
	if len(rows) == 0 {
		// Released between the two statements: the next try will get it.
		return domain.AnswerRecord{}, &apperr.Error{Code: apperr.IdempotencyKeyInUse, RetryAt: q.Now}
	}
	return r.record(rows[0])
}

func (r *Answers) acquire(ctx context.Context, q domain.AnswerRequest) (bool, error) {
	row := answerRow{
		RequestKey:  q.Key,
		RequestHash: q.RequestHash,
		Owner:       q.Owner,
		LockedUntil: q.LockedUntil,
		ExpiresAt:   q.KeepUntil,
	}
	added := r.store.db(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if added.Error != nil || added.RowsAffected == 1 {
		return true, added.Error
	}
	taken := r.store.db(ctx).Model(&answerRow{}).
		Where("request_key = ?", q.Key).
		Where("expires_at <= ? OR (answer_enc IS NULL AND locked_until <= ? AND request_hash = ?)",
			q.Now, q.Now, q.RequestHash).
		Select("*").Updates(&row)
	return taken.RowsAffected == 1, taken.Error
}

func (r *Answers) record(row answerRow) (domain.AnswerRecord, error) {
	record := domain.AnswerRecord{RequestHash: row.RequestHash, LockedUntil: row.LockedUntil}
	if row.AnswerEnc == nil {
		return record, nil
	}
	e := r.sealer(row.RequestKey)
	text := e.open("answer_enc", row.AnswerEnc)
	if e.err != nil {
		return record, e.err
	}
	record.Answer = &domain.Answer{}
	return record, json.Unmarshal([]byte(text), record.Answer)
}

// Keep stores the outcome of the work at hand as the request's answer, in the
// work's own transaction. Without a lease in ctx it does nothing. Where the
// lease is lost it is [apperr.IdempotencyKeyInUse], so that the work is rolled
// back: somebody else does it.
func (r *Answers) Keep(ctx context.Context, outcome any) error {
	lease := domain.LeaseFrom(ctx)
	if lease == nil {
		return nil
	}
	answer, err := lease.Encode(outcome)
	if err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.Finish(ctx, lease, answer); err != nil {
			return err
		}
		u := r.store.unit(ctx)
		u.committed = append(u.committed, func() { lease.Kept = true })
		return nil
	})
}

// Finish stores an answer that has no work to be stored with. Where the lease
// is lost it is [apperr.IdempotencyKeyInUse].
func (r *Answers) Finish(ctx context.Context, l *domain.Lease, a domain.Answer) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	e := r.sealer(l.Key)
	sealed := e.seal("answer_enc", string(text))
	if e.err != nil {
		return e.err
	}
	result := r.store.db(ctx).Model(&answerRow{}).
		Where("request_key = ? AND owner = ? AND answer_enc IS NULL", l.Key, l.Owner).
		Update("answer_enc", sealed)
	if result.Error != nil {
		return translate(ctx, result.Error)
	}
	if result.RowsAffected != 1 {
		return apperr.New(apperr.IdempotencyKeyInUse)
	}
	return nil
}

// Release gives a lease back, so that the request may be sent again at once. A
// request that has its answer keeps it.
func (r *Answers) Release(ctx context.Context, l *domain.Lease) error {
	err := r.store.db(ctx).
		Where("request_key = ? AND owner = ? AND answer_enc IS NULL", l.Key, l.Owner).
		Delete(&answerRow{}).Error
	return translate(ctx, err)
}

// sealer binds the answer to its key, which is no UUID but determines one.
func (r *Answers) sealer(key []byte) *sealer {
	const version = 8
	return r.store.sealer("answers", uuid.NewHash(sha256.New(), uuid.Nil, key, version))
}
