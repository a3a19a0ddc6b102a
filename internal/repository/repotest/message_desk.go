package repotest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
)

// enqueued is a message in the queue that is changed by fn.
func (w *world) enqueued(t *testing.T, fn func(*domain.Message) error) domain.Message {
	t.Helper()
	m := w.message(t, domain.MessageSessionRevoked)
	m.ExpiresAt = time.Time{}
	require.NoError(t, w.messages.Enqueue(t.Context(), m))
	if fn == nil {
		return m
	}
	m, err := w.messages.Update(t.Context(), m.ID, fn)
	require.NoError(t, err)
	return m
}

func giveUp(at time.Time) func(*domain.Message) error {
	return func(m *domain.Message) error {
		m.Failure = "reply 550 5.1.1"
		return m.Move(domain.MessageGiveUp, at)
	}
}

func messageKeepsAll(t *testing.T, w *world) {
	t.Helper()
	m := w.enqueued(t, func(m *domain.Message) error {
		m.Fail("reply 451")
		return nil
	})
	w.in(t, func(ctx context.Context) {
		held, err := w.messages.Lock(ctx, m.ID)
		require.NoError(t, err)
		require.Equal(t, m, held)
	})
	got, err := w.messages.Get(t.Context(), m.ID)
	require.NoError(t, err)
	require.Equal(t, m, got)
	failed := w.enqueued(t, giveUp(w.now.Add(time.Second)))
	got, err = w.messages.Get(t.Context(), failed.ID)
	require.NoError(t, err)
	require.Equal(t, failed, got)
	require.False(t, got.Forgotten(), "it can be sent again")
}

// messageFailedForgotten forgets what failed long ago, and what came too late.
func messageFailedForgotten(t *testing.T, w *world) {
	t.Helper()
	old := w.enqueued(t, giveUp(w.now.Add(-time.Hour)))
	young := w.enqueued(t, giveUp(w.now))
	late := w.enqueued(t, func(m *domain.Message) error {
		m.ExpiresAt = w.now.Add(time.Minute)
		return giveUp(w.now)(m)
	})
	waiting := w.enqueued(t, nil)
	forgotten := func(m domain.Message) bool {
		got, err := w.messages.Get(t.Context(), m.ID)
		require.NoError(t, err)
		return got.Forgotten()
	}
	forget := func(now time.Time, most int) int {
		n, err := w.messages.Forget(t.Context(), now, w.now.Add(-time.Hour), most)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 1, forget(w.now, 10))
	require.True(t, forgotten(old))
	require.False(t, forgotten(late))
	require.Equal(t, 1, forget(w.now.Add(time.Minute), 10))
	require.True(t, forgotten(late))
	require.False(t, forgotten(young))
	require.False(t, forgotten(waiting))
	require.Zero(t, forget(w.now.Add(time.Minute), 10))
	for range 3 {
		w.enqueued(t, giveUp(w.now.Add(-time.Hour)))
	}
	require.Equal(t, 2, forget(w.now, 2), "so many at most")
}

func messagesInTrouble(t *testing.T, w *world) {
	t.Helper()
	w.enqueued(t, func(m *domain.Message) error { return m.Move(domain.MessageSend, w.now) })
	stuck, failed := w.enqueued(t, nil), w.enqueued(t, giveUp(w.now))
	list := func(f domain.MessageFilter) (ids []uuid.UUID) {
		if f.Page.Limit == 0 {
			f.Page.Limit = 10
		}
		all, err := w.messages.List(t.Context(), f)
		require.NoError(t, err)
		for _, m := range all {
			ids = append(ids, m.ID)
		}
		return ids
	}
	channel := stuck.Channel
	other := map[domain.Channel]domain.Channel{
		domain.ChannelSMS: domain.ChannelEmail, domain.ChannelEmail: domain.ChannelSMS,
	}[channel]
	require.Equal(t, []uuid.UUID{failed.ID, stuck.ID}, list(domain.MessageFilter{StuckBefore: w.now}))
	require.Equal(t, []uuid.UUID{failed.ID}, list(domain.MessageFilter{StuckBefore: w.now.Add(-time.Second)}))
	require.Equal(t, []uuid.UUID{failed.ID}, list(domain.MessageFilter{StuckBefore: w.now, Trouble: domain.TroubleFailed}))
	require.Equal(t, []uuid.UUID{stuck.ID}, list(domain.MessageFilter{StuckBefore: w.now, Trouble: domain.TroubleStuck}))
	require.Len(t, list(domain.MessageFilter{StuckBefore: w.now, Channel: channel}), 2)
	require.Empty(t, list(domain.MessageFilter{StuckBefore: w.now, Channel: other}))
	page := domain.Page{Limit: 1, After: &domain.Position{CreatedAt: failed.CreatedAt, ID: failed.ID}}
	require.Equal(t, []uuid.UUID{stuck.ID}, list(domain.MessageFilter{StuckBefore: w.now, Page: page}))
}

// messagesCounted counts by channel, each by what it goes by.
func messagesCounted(t *testing.T, w *world) {
	t.Helper()
	channel := w.enqueued(t, nil).Channel
	w.enqueued(t, func(m *domain.Message) error { return m.Move(domain.MessageSend, w.now) })
	w.enqueued(t, giveUp(w.now))
	counted := func(after time.Duration) map[domain.Channel]domain.MessageCount {
		all, err := w.messages.Count(t.Context(), w.now.Add(after))
		require.NoError(t, err)
		counts := map[domain.Channel]domain.MessageCount{}
		for _, c := range all {
			counts[c.Channel] = c
		}
		require.Len(t, counts, len(all))
		require.Len(t, counts, 3)
		return counts
	}
	require.Equal(t, domain.MessageCount{Channel: channel, Waiting: 1, Failed: 1}, counted(0)[channel])
	require.Equal(t, domain.MessageCount{Channel: channel, Waiting: 1, Stuck: 1, Failed: 1}, counted(domain.MessageStuckAfter)[channel])
	require.Equal(t, domain.MessageCount{Channel: channel, Waiting: 1, Stuck: 1}, counted(domain.MessageResendable)[channel])
	require.Equal(t, domain.MessageCount{Channel: domain.ChannelEDO}, counted(0)[domain.ChannelEDO])

	letter := w.asked(t, 0)
	require.Equal(t, domain.MessageCount{Channel: domain.ChannelRegisteredMail, Waiting: 1}, counted(0)[domain.ChannelRegisteredMail])
	late := letter.DueOn.AddDays(1).In(time.UTC).Sub(w.now)
	require.Equal(t, domain.MessageCount{Channel: domain.ChannelRegisteredMail, Waiting: 1, Stuck: 1}, counted(late)[domain.ChannelRegisteredMail])
}

// attempt begins an attempt at a message.
func (w *world) attempt(t *testing.T, m domain.Message, at time.Time) domain.MessageAttempt {
	t.Helper()
	a := domain.MessageAttempt{
		ID: domain.NewID(), MessageID: m.ID, Provider: "sms", Outcome: domain.AttemptOpen, StartedAt: at,
	}
	require.NoError(t, w.attempts.Add(t.Context(), a))
	return a
}

func messageAttempts(t *testing.T, w *world) {
	t.Helper()
	m, other := w.enqueued(t, nil), w.enqueued(t, nil)
	first, second := w.attempt(t, m, w.now), w.attempt(t, m, w.now.Add(time.Second))
	w.attempt(t, other, w.now)
	first.Fail(domain.AttemptFailed, "status 503", w.now.Add(time.Second))
	second.Accept("17", false, w.now.Add(2*time.Second))
	require.NoError(t, w.attempts.Change(t.Context(), first))
	require.NoError(t, w.attempts.Change(t.Context(), second))
	all, err := w.attempts.Of(t.Context(), m.ID)
	require.NoError(t, err)
	require.Equal(t, []domain.MessageAttempt{first, second}, all)

	found, err := w.attempts.ByReference(t.Context(), "sms", "17")
	require.NoError(t, err)
	require.Equal(t, second, found)
	for provider, reference := range map[string]string{"sms": "18", "sms2": "17", "smtp": ""} {
		_, err = w.attempts.ByReference(t.Context(), provider, reference)
		require.ErrorIs(t, err, domain.ErrUnknownReference)
	}
	again := w.attempt(t, other, w.now.Add(time.Hour))
	again.Accept("17", false, w.now.Add(time.Hour))
	require.NoError(t, w.attempts.Change(t.Context(), again))
	found, err = w.attempts.ByReference(t.Context(), "sms", "17")
	require.NoError(t, err)
	require.Equal(t, again, found, "the last one")
}

func messagesToPoll(t *testing.T, w *world) {
	t.Helper()
	var due []domain.MessageAttempt
	for i := range 3 {
		a := w.attempt(t, w.enqueued(t, nil), w.now)
		a.Accept("reference", i > 0, w.now.Add(time.Duration(i)*time.Second))
		require.NoError(t, w.attempts.Change(t.Context(), a))
		if i > 0 {
			due = append(due, a)
		}
	}
	all, err := w.attempts.ToPoll(t.Context(), w.now.Add(time.Hour), 10)
	require.NoError(t, err)
	require.Equal(t, due, all)
	all, err = w.attempts.ToPoll(t.Context(), due[0].PollAfter, 10)
	require.NoError(t, err)
	require.Equal(t, due[:1], all)
	all, err = w.attempts.ToPoll(t.Context(), w.now.Add(time.Hour), 1)
	require.NoError(t, err)
	require.Equal(t, due[:1], all)
}

func messageRequeued(t *testing.T, w *world) {
	t.Helper()
	m := w.enqueued(t, giveUp(w.now))
	worked := w.work(t, m.Queue(), nil)
	require.Equal(t, m.ID, receive(t, worked))
	require.Error(t, w.messages.Requeue(t.Context(), m), "not without a transaction")
	w.in(t, func(ctx context.Context) { require.NoError(t, w.messages.Requeue(ctx, m)) })
	require.Equal(t, m.ID, receive(t, worked))
}
