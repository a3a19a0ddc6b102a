package idempotency_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/idempotency"
)

// memory keeps answers like the repository does.
type memory struct {
	now     time.Time
	records map[string]domain.AnswerRecord
}

func (m *memory) Now() time.Time { return m.now }

func (m *memory) Index(purpose, value string) ([]byte, error) { return []byte(purpose + value), nil }

func (m *memory) Begin(_ context.Context, r domain.AnswerRequest) (domain.AnswerRecord, error) {
	if old, ok := m.records[string(r.Key)]; ok {
		return old, nil
	}
	m.records[string(r.Key)] = domain.AnswerRecord{RequestHash: r.RequestHash, LockedUntil: r.LockedUntil}
	return domain.AnswerRecord{Acquired: true}, nil
}

func (m *memory) Finish(_ context.Context, l *domain.Lease, a domain.Answer) error {
	record := m.records[string(l.Key)]
	record.Answer = &a
	m.records[string(l.Key)] = record
	return nil
}

func (m *memory) Release(_ context.Context, l *domain.Lease) error {
	delete(m.records, string(l.Key))
	return nil
}

func begin(t *testing.T, m *memory, r domain.IdempotentRequest) (*domain.Lease, *domain.Answer, error) {
	t.Helper()
	return idempotency.New(m, m, m, 24*time.Hour).Begin(t.Context(), r)
}

func TestFirstAnswerAgain(t *testing.T) {
	t.Parallel()
	m := &memory{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), records: map[string]domain.AnswerRecord{}}
	service := idempotency.New(m, m, m, 24*time.Hour)
	request := domain.IdempotentRequest{Scope: "POST /x", Key: "k", Body: []byte("body")}
	lease, answer, err := begin(t, m, request)
	require.NoError(t, err)
	require.Nil(t, answer)

	_, _, err = begin(t, m, request)
	var busy *apperr.Error
	require.ErrorAs(t, err, &busy)
	require.Equal(t, apperr.IdempotencyKeyInUse, busy.Code)
	require.True(t, busy.RetryAt.After(m.now))

	require.NoError(t, service.Finish(t.Context(), lease, domain.Answer{Status: 201}))
	lease, answer, err = begin(t, m, request)
	require.NoError(t, err)
	require.Nil(t, lease)
	require.Equal(t, 201, answer.Status)

	other := request
	other.Body = []byte("another")
	_, _, err = begin(t, m, other)
	require.ErrorIs(t, err, apperr.New(apperr.IdempotencyKeyReused))

	stranger := request
	stranger.Scope = "POST /y"
	lease, answer, err = begin(t, m, stranger)
	require.NoError(t, err)
	require.NotNil(t, lease, "another client's key is another key")
	require.Nil(t, answer)

	require.NoError(t, service.Release(t.Context(), lease))
	lease, _, err = begin(t, m, stranger)
	require.NoError(t, err)
	require.NotNil(t, lease)
}
