package repotest

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func messageTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"message/comes back as it was":            messageComesBack,
		"message/unknown":                         messageUnknown,
		"message/forgets when it leaves":          messageForgets,
		"message/update that fails":               messageUpdateFails,
		"message/row and job exist together":      messageWithJob,
		"message/is settled once":                 messageSettledOnce,
		"message/each kind has its queue":         messageQueues,
		"message/jobs are tried again and end up": messageRetried,
		"message/keeps what it is told":           messageKeepsAll,
		"message/failed ones are forgotten":       messageFailedForgotten,
		"message/those in trouble":                messagesInTrouble,
		"message/counted by channel":              messagesCounted,
		"message/attempts":                        messageAttempts,
		"message/receipts that are due":           messagesToPoll,
		"message/queued again":                    messageRequeued,
	}
}

func messageComesBack(t *testing.T, w *world) {
	t.Helper()
	for _, kind := range domain.MessageKinds() {
		want := w.message(t, kind)
		require.NoError(t, w.messages.Enqueue(t.Context(), want))
		got, err := w.messages.Get(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	bare := domain.NewMessage(domain.MessageSessionRevoked, contactOf(t, "Person@example.org"), domain.LocaleEnglish, w.now)
	require.NoError(t, w.messages.Enqueue(t.Context(), bare))
	got, err := w.messages.Get(t.Context(), bare.ID)
	require.NoError(t, err)
	require.Equal(t, bare, got)
}

func messageUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.messages.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

func messageForgets(t *testing.T, w *world) {
	t.Helper()
	for event, status := range map[domain.MessageEvent]domain.MessageStatus{
		domain.MessageSend:   domain.MessageSent,
		domain.MessageExpire: domain.MessageExpired,
	} {
		m := w.message(t, domain.MessageRegistrationCode)
		require.NoError(t, w.messages.Enqueue(t.Context(), m))
		got, err := w.messages.Update(t.Context(), m.ID, func(m *domain.Message) error { return m.Move(event, w.now) })
		require.NoError(t, err)
		m.Status, m.To, m.Code = status, ident.Contact{}, ""
		require.Equal(t, m, got)
		stored, err := w.messages.Get(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, m, stored)
	}
}

func messageUpdateFails(t *testing.T, w *world) {
	t.Helper()
	m, wanted := w.message(t, domain.MessageRegistrationCode), errors.New("no")
	require.NoError(t, w.messages.Enqueue(t.Context(), m))
	_, err := w.messages.Update(t.Context(), m.ID, func(m *domain.Message) error {
		m.Status = domain.MessageSent
		return wanted
	})
	require.Same(t, wanted, err, "the error comes back as it is")
	stored, err := w.messages.Get(t.Context(), m.ID)
	require.NoError(t, err)
	require.Equal(t, m, stored)
}

func messageSettledOnce(t *testing.T, w *world) {
	t.Helper()
	m := w.message(t, domain.MessageRegistrationCode)
	require.NoError(t, w.messages.Enqueue(t.Context(), m))
	codes := atOnce(20, func(int) error {
		_, err := w.messages.Update(t.Context(), m.ID, func(m *domain.Message) error {
			return m.Move(domain.MessageSend, w.now)
		})
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 19}, codes)
}

// messageWithJob rolls one message back and commits another: the worker, which
// takes jobs in their order, meets the second one only.
func messageWithJob(t *testing.T, w *world) {
	t.Helper()
	undone, done := w.message(t, domain.MessageRegistrationCode), w.message(t, domain.MessageRegistrationCode)
	require.Error(t, w.store.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, w.messages.Enqueue(ctx, undone))
		return errors.New("no")
	}))
	w.in(t, func(ctx context.Context) { require.NoError(t, w.messages.Enqueue(ctx, done)) })
	_, err := w.messages.Get(t.Context(), undone.ID)
	requireCode(t, apperr.NotFound, err)
	require.Equal(t, done.ID, receive(t, w.work(t, done.Queue(), nil)))
}

func messageQueues(t *testing.T, w *world) {
	t.Helper()
	want := map[domain.Queue][]uuid.UUID{}
	for _, kind := range domain.MessageKinds() {
		m := w.message(t, kind)
		require.NoError(t, w.messages.Enqueue(t.Context(), m))
		want[m.Queue()] = append(want[m.Queue()], m.ID)
	}
	require.Len(t, want, 2)
	for queue, ids := range want {
		worked := w.work(t, queue, nil)
		for range ids {
			require.Contains(t, ids, receive(t, worked))
		}
	}
}

func messageRetried(t *testing.T, w *world) {
	t.Helper()
	m := w.message(t, domain.MessageSessionRevoked)
	require.NoError(t, w.messages.Enqueue(t.Context(), m))
	worked := w.work(t, domain.QueueNotices, errors.New("the gateway is down"))
	require.Equal(t, m.ID, receive(t, worked))
	require.Equal(t, m.ID, receive(t, worked), "a job that failed comes again")
}

// work works on the messages of one queue until the test ends. It tells of each
// and fails the first try with an error, if there is one.
func (w *world) work(t *testing.T, queue domain.Queue, failure error) <-chan uuid.UUID {
	t.Helper()
	worked := make(chan uuid.UUID, 100)
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, j *river.Job[domain.SendMessage]) error {
		worked <- j.Args.MessageID
		if j.Attempt == 1 {
			return failure
		}
		return nil
	}))
	w.run(t, queue, workers)
	return worked
}

// run runs workers on one queue until the test ends.
func (w *world) run(t *testing.T, queue domain.Queue, workers *river.Workers) {
	t.Helper()
	runner, err := w.store.Queue(&river.Config{
		Queues:      map[string]river.QueueConfig{string(queue): {MaxWorkers: 2}},
		Workers:     workers,
		RetryPolicy: soon{},
		Logger:      slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, runner.Start(ctx))
	t.Cleanup(func() { require.NoError(t, runner.Stop(ctx)) })
}

// receive waits for the next job.
func receive(t *testing.T, worked <-chan uuid.UUID) uuid.UUID {
	t.Helper()
	select {
	case id := <-worked:
		return id
	case <-t.Context().Done():
	case <-time.After(30 * time.Second):
	}
	require.Fail(t, "no job came")
	return uuid.Nil
}

// soon tries a job that failed again without a pause.
type soon struct{}

// NextRetry implements the queue's retry policy.
func (soon) NextRetry(job *rivertype.JobRow) time.Time { return job.ScheduledAt }
