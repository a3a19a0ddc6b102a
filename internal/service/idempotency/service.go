// Package idempotency makes a repeated request harmless: the first answer to
// an Idempotency-Key is kept and given again (draft-ietf-httpapi-idempotency-key-header).
package idempotency

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// leaseTime is how long a request may be under way before its process is
// given up for dead. It is longer than any request may take.
const leaseTime = 40 * time.Second

// usualTime is after what time a request under way has mostly been answered.
const usualTime = time.Second

// Answers keeps the answers.
type Answers interface {
	Begin(ctx context.Context, r domain.AnswerRequest) (domain.AnswerRecord, error)
	Finish(ctx context.Context, l *domain.Lease, a domain.Answer) error
	Release(ctx context.Context, l *domain.Lease) error
}

// Indexer makes keyed hashes, so that neither keys nor bodies can be guessed
// from what is stored.
type Indexer interface {
	Index(purpose, value string) ([]byte, error)
}

// Service is the use cases of idempotency.
type Service struct {
	answers Answers
	indexer Indexer
	clock   clock.Clock
	kept    time.Duration
}

// New returns the service; answers are kept for as long as kept says.
func New(a Answers, i Indexer, c clock.Clock, kept time.Duration) *Service {
	return &Service{a, i, c, kept}
}

// Begin returns the lease to carry the request out, or its earlier answer.
func (s *Service) Begin(ctx context.Context, r domain.IdempotentRequest) (*domain.Lease, *domain.Answer, error) {
	request, err := s.request(r)
	if err != nil {
		return nil, nil, err
	}
	record, err := s.answers.Begin(ctx, request)
	switch {
	case err != nil:
		return nil, nil, err
	case record.Acquired:
		return &domain.Lease{Key: request.Key, Owner: request.Owner}, nil, nil
	case !bytes.Equal(record.RequestHash, request.RequestHash):
		return nil, nil, apperr.New(apperr.IdempotencyKeyReused)
	case record.Answer == nil:
		return nil, nil, &apperr.Error{Code: apperr.IdempotencyKeyInUse, RetryAt: s.clock.Now().Add(usualTime)}
	default:
		return nil, record.Answer, nil
	}
}

func (s *Service) request(r domain.IdempotentRequest) (domain.AnswerRequest, error) {
	body, err := s.indexer.Index("idempotency-body", hex.EncodeToString(r.Body))
	if err != nil {
		return domain.AnswerRequest{}, err
	}
	key, err := s.indexer.Index("idempotency-key", r.Scope+"\n"+r.Key)
	now := s.clock.Now()
	return domain.AnswerRequest{
		Key:         key,
		RequestHash: body,
		Owner:       domain.NewID(),
		Now:         now,
		LockedUntil: now.Add(leaseTime),
		KeepUntil:   now.Add(s.kept),
	}, err
}

// Finish keeps an answer that was not stored together with its work.
func (s *Service) Finish(ctx context.Context, l *domain.Lease, a domain.Answer) error {
	return s.answers.Finish(ctx, l, a)
}

// Release forgets a request that may be sent again.
func (s *Service) Release(ctx context.Context, l *domain.Lease) error {
	return s.answers.Release(ctx, l)
}
