package repotest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func answerTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"answer/first gets the lease":              answerFirst,
		"answer/of many at once one gets it":       answerAtOnce,
		"answer/is given again":                    answerAgain,
		"answer/takeover from the dead":            answerTakeover,
		"answer/takeover at once":                  answerTakeoverAtOnce,
		"answer/another body takes nothing over":   answerOtherBody,
		"answer/is forgotten in time":              answerForgotten,
		"answer/release":                           answerRelease,
		"answer/finish without the lease":          answerFinishLost,
		"answer/another request has another lease": answerOtherRequest,
	}
}

func (w *world) request(key string) domain.AnswerRequest {
	return domain.AnswerRequest{
		Key:         []byte(key),
		RequestHash: []byte("hash of the body"),
		Owner:       domain.NewID(),
		Now:         w.now,
		LockedUntil: w.now.Add(40 * time.Second),
		KeepUntil:   w.now.Add(24 * time.Hour),
	}
}

// later is the same request, tried again by somebody else.
func later(q domain.AnswerRequest, by time.Duration) domain.AnswerRequest {
	q.Owner, q.Now = domain.NewID(), q.Now.Add(by)
	q.LockedUntil, q.KeepUntil = q.LockedUntil.Add(by), q.KeepUntil.Add(by)
	return q
}

// begin is the lease on a request, which has to be free.
func (w *world) begin(t *testing.T, q domain.AnswerRequest) *domain.Lease {
	t.Helper()
	got, err := w.answers.Begin(t.Context(), q)
	require.NoError(t, err)
	require.True(t, got.Acquired)
	return &domain.Lease{Key: q.Key, Owner: q.Owner}
}

// known is what is known of a request that is not free.
func (w *world) known(t *testing.T, q domain.AnswerRequest) domain.AnswerRecord {
	t.Helper()
	got, err := w.answers.Begin(t.Context(), q)
	require.NoError(t, err)
	require.False(t, got.Acquired)
	return got
}

func someAnswer() domain.Answer {
	return domain.Answer{
		Status: 201,
		Header: map[string][]string{"Set-Cookie": {"a=1", "b=2"}},
		Body:   []byte(`{"a":"б"}`),
	}
}

func answerFirst(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	w.begin(t, q)
	require.Equal(t,
		domain.AnswerRecord{RequestHash: q.RequestHash, LockedUntil: q.LockedUntil},
		w.known(t, later(q, time.Second)))
}

func answerAtOnce(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	var acquired atomic.Int64
	codes := atOnce(50, func(int) error {
		got, err := w.answers.Begin(t.Context(), later(q, 0))
		if got.Acquired {
			acquired.Add(1)
		}
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 50}, codes)
	require.EqualValues(t, 1, acquired.Load())
}

func answerAgain(t *testing.T, w *world) {
	t.Helper()
	q, want := w.request("key"), someAnswer()
	lease := w.begin(t, q)
	require.NoError(t, w.answers.Finish(t.Context(), lease, want))
	require.False(t, lease.Kept, "it was stored without any work")
	got := w.known(t, later(q, time.Hour))
	require.Equal(t, &want, got.Answer, "even when the lock is long over")
	require.Equal(t, q.RequestHash, got.RequestHash)
	requireCode(t, apperr.IdempotencyKeyInUse, w.answers.Finish(t.Context(), lease, domain.Answer{Status: 500}))
	require.Equal(t, &want, w.known(t, q).Answer, "the first answer stays")
}

func answerTakeover(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	lost := w.begin(t, q)
	require.Nil(t, w.known(t, later(q, 40*time.Second-time.Microsecond)).Answer)
	again := later(q, 40*time.Second)
	lease := w.begin(t, again)
	require.Equal(t, again.LockedUntil, w.known(t, later(again, 0)).LockedUntil)
	requireCode(t, apperr.IdempotencyKeyInUse, w.answers.Finish(t.Context(), lost, someAnswer()))
	require.NoError(t, w.answers.Release(t.Context(), lost), "there is nothing left to release")
	require.NoError(t, w.answers.Finish(t.Context(), lease, someAnswer()))
	require.NotNil(t, w.known(t, later(again, time.Second)).Answer)
}

func answerTakeoverAtOnce(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	w.begin(t, q)
	var acquired atomic.Int64
	codes := atOnce(30, func(int) error {
		got, err := w.answers.Begin(t.Context(), later(q, time.Minute))
		if got.Acquired {
			acquired.Add(1)
		}
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 30}, codes)
	require.EqualValues(t, 1, acquired.Load())
}

func answerOtherBody(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	w.begin(t, q)
	other := later(q, time.Minute)
	other.RequestHash = []byte("hash of another body")
	require.Equal(t, q.RequestHash, w.known(t, other).RequestHash)
	w.begin(t, later(q, time.Minute))
}

func answerForgotten(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	require.NoError(t, w.answers.Finish(t.Context(), w.begin(t, q), someAnswer()))
	require.NotNil(t, w.known(t, later(q, 24*time.Hour-time.Microsecond)).Answer)
	again := later(q, 24*time.Hour)
	again.RequestHash = []byte("hash of another body")
	w.begin(t, again)
	require.Equal(t,
		domain.AnswerRecord{RequestHash: again.RequestHash, LockedUntil: again.LockedUntil},
		w.known(t, later(again, time.Second)))
}

func answerRelease(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	require.NoError(t, w.answers.Release(t.Context(), w.begin(t, q)))
	again := later(q, time.Second)
	lease := w.begin(t, again)
	require.NoError(t, w.answers.Finish(t.Context(), lease, someAnswer()))
	require.NoError(t, w.answers.Release(t.Context(), lease))
	require.NotNil(t, w.known(t, later(again, 0)).Answer, "an answer is not released")
}

func answerFinishLost(t *testing.T, w *world) {
	t.Helper()
	lease := &domain.Lease{Key: []byte("never asked for"), Owner: domain.NewID()}
	requireCode(t, apperr.IdempotencyKeyInUse, w.answers.Finish(t.Context(), lease, someAnswer()))
}

func answerOtherRequest(t *testing.T, w *world) {
	t.Helper()
	require.NoError(t, w.answers.Finish(t.Context(), w.begin(t, w.request("one")), someAnswer()))
	w.begin(t, w.request("another"))
}
