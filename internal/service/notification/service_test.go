package notification_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/notification"
)

// world is everything outside the service: it works unless told to fail.
type world struct {
	message domain.Message
	now     time.Time
	fails   error
	sent    int
	actions []string
}

func (w *world) Now() time.Time { return w.now }

func (w *world) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

func (w *world) Get(context.Context, uuid.UUID) (domain.Message, error) { return w.message, nil }

func (w *world) Update(_ context.Context, _ uuid.UUID, fn func(*domain.Message) error) (domain.Message, error) {
	err := fn(&w.message)
	return w.message, err
}

func (w *world) Record(_ context.Context, e domain.AuditEvent) error {
	w.actions = append(w.actions, e.Action)
	return nil
}

func (w *world) Providers(domain.Message) []string { return []string{"one"} }

func (w *world) Send(context.Context, domain.Message, string) (string, error) {
	w.sent++
	return "", w.fails
}

func (w *world) service() *notification.Service {
	return notification.New(notification.Parts{Tx: w, Messages: w, Audit: w, Sender: w, Clock: w})
}

func queued() *world {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	return &world{now: now, message: domain.Message{
		ID: domain.NewID(), Status: domain.MessageQueued, Code: "271828", ExpiresAt: now.Add(time.Minute),
	}}
}

func TestSend(t *testing.T) {
	t.Parallel()
	down := errors.New("the channel is down")
	for name, tc := range map[string]struct {
		fails   error
		late    time.Duration
		last    bool
		want    domain.MessageStatus
		sent    int
		actions []string
		err     error
	}{
		"sent":              {want: domain.MessageSent, sent: 1, actions: []string{"message.deliver"}},
		"tried again":       {fails: down, want: domain.MessageQueued, sent: 1, err: down},
		"given up":          {fails: down, last: true, want: domain.MessageFailed, sent: 1, actions: []string{"message.give_up"}, err: down},
		"never deliverable": {fails: domain.ErrUndeliverable, want: domain.MessageFailed, sent: 1, actions: []string{"message.give_up"}, err: domain.ErrUndeliverable},
		"too late":          {late: time.Minute, want: domain.MessageExpired, actions: []string{"message.expire"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := queued()
			w.fails, w.now = tc.fails, w.now.Add(tc.late)
			require.ErrorIs(t, w.service().Send(t.Context(), w.message.ID, tc.last), tc.err)
			require.Equal(t, tc.want, w.message.Status)
			require.Equal(t, tc.sent, w.sent)
			require.Equal(t, tc.actions, w.actions)
		})
	}
}

// A job that is repeated changes nothing (M24).
func TestSendTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	w := queued()
	for range 3 {
		require.NoError(t, w.service().Send(t.Context(), w.message.ID, false))
	}
	require.Equal(t, 1, w.sent)
	require.Equal(t, []string{"message.deliver"}, w.actions)
	require.Empty(t, w.message.Code)
}
