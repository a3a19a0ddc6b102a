package notification_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/service/notification"
)

// world is everything outside the service: it works unless told to fail.
type world struct {
	message   domain.Message
	attempts  []domain.MessageAttempt
	now       time.Time
	providers []string
	fails     map[string]error
	// meanwhile happens while a provider is asked.
	meanwhile func()
	sent      []string
	actions   []string
	counted   []string
	requeued  int
	kept      int
	listed    int
	reason    string
	forgotten []int

	receipt domain.MessageReceipt
	pending bool
	polled  bool
	unasked error
}

func (w *world) Now() time.Time { return w.now }

func (w *world) InTx(ctx context.Context, fn func(context.Context) error) error {
	before := slices.Clone(w.actions)
	message, attempts := w.message, slices.Clone(w.attempts)
	err := fn(ctx)
	if err != nil {
		w.actions, w.message, w.attempts = before, message, attempts
	}
	return err
}

func (w *world) Get(context.Context, uuid.UUID) (domain.Message, error) { return w.message, nil }

func (w *world) Lock(context.Context, uuid.UUID) (domain.Message, error) { return w.message, nil }

func (w *world) Update(ctx context.Context, _ uuid.UUID, fn func(*domain.Message) error) (domain.Message, error) {
	if ctx.Err() != nil {
		return w.message, ctx.Err()
	}
	m := w.message
	if err := fn(&m); err != nil {
		return w.message, err
	}
	w.message = m
	return m, nil
}

func (w *world) Requeue(context.Context, domain.Message) error {
	w.requeued++
	return nil
}

func (w *world) List(_ context.Context, f domain.MessageFilter) ([]domain.Message, error) {
	if !f.StuckBefore.Equal(w.now.Add(-10 * time.Minute)) {
		return nil, errors.New("stuck since when?")
	}
	return slices.Repeat([]domain.Message{w.message}, max(1, w.listed)), nil
}

func (w *world) Forget(_ context.Context, now, failedBefore time.Time, most int) (int, error) {
	if !now.Equal(w.now) || !failedBefore.Equal(w.now.Add(-7*24*time.Hour)) {
		return 0, errors.New("forget what?")
	}
	n := min(w.forgotten[0], most)
	w.forgotten = w.forgotten[1:]
	return n, nil
}

func (w *world) Add(_ context.Context, a domain.MessageAttempt) error {
	w.attempts = append(w.attempts, a)
	return nil
}

func (w *world) Change(_ context.Context, a domain.MessageAttempt) error {
	i := slices.IndexFunc(w.attempts, func(b domain.MessageAttempt) bool { return a.ID == b.ID })
	w.attempts[i] = a
	return nil
}

func (w *world) Of(context.Context, uuid.UUID) ([]domain.MessageAttempt, error) {
	return w.attempts, nil
}

func (w *world) ByReference(_ context.Context, provider, reference string) (domain.MessageAttempt, error) {
	for _, a := range w.attempts {
		if a.Provider == provider && a.Reference == reference {
			return a, nil
		}
	}
	return domain.MessageAttempt{}, domain.ErrUnknownReference
}

func (w *world) ToPoll(context.Context, time.Time, int) (due []domain.MessageAttempt, err error) {
	for _, a := range w.attempts {
		if !a.PollAfter.IsZero() && !a.PollAfter.After(w.now) {
			due = append(due, a)
		}
	}
	return due, nil
}

func (w *world) Record(_ context.Context, e domain.AuditEvent) error {
	w.actions, w.reason = append(w.actions, e.Action), e.Reason
	return nil
}

func (w *world) Keep(context.Context, any) error {
	w.kept++
	return nil
}

func (w *world) Providers(domain.Message) []string { return w.providers }

func (w *world) Send(_ context.Context, _ domain.Message, provider string) (string, error) {
	w.sent = append(w.sent, provider)
	if w.meanwhile != nil {
		w.meanwhile()
	}
	if err := w.fails[provider]; err != nil {
		return "", err
	}
	return "17", nil
}

func (w *world) Polled(string) bool { return w.polled }

func (w *world) Poll(context.Context, string, string) (domain.MessageReceipt, bool, error) {
	return w.receipt, w.pending, w.unasked
}

func (w *world) service() *notification.Service {
	return notification.New(notification.Parts{
		Tx: w, Messages: w, Attempts: w, Journal: w, Sender: w, Clock: w,
		Count: func(c domain.Channel, s domain.MessageStatus) { w.counted = append(w.counted, fmt.Sprint(c, " ", s)) },
	})
}

func (w *world) outcomes() (all []string) {
	for _, a := range w.attempts {
		all = append(all, fmt.Sprintf("%s %s %s", a.Provider, a.Outcome, a.Reason))
	}
	return all
}

func queued(t *testing.T) *world {
	t.Helper()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	to, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	m := domain.NewMessage(domain.MessageRegistrationCode, to, domain.LocaleRussian, now)
	m.Code, m.ExpiresAt = "271828", now.Add(time.Minute)
	return &world{now: now, message: m, providers: []string{"first", "second"}, fails: map[string]error{}}
}

// M24
func TestSend(t *testing.T) {
	t.Parallel()
	down, refused := errors.New("status 503"), fmt.Errorf("status 400: %w", domain.ErrUndeliverable)
	for name, tc := range map[string]struct {
		fails    map[string]error
		late     time.Duration
		last     bool
		want     domain.MessageStatus
		failure  string
		outcomes []string
		actions  []string
		err      error
	}{
		"sent": {
			want: domain.MessageSent, outcomes: []string{"first accepted "}, actions: []string{"message.send"},
		},
		"sent by the second": {
			fails: map[string]error{"first": down}, want: domain.MessageSent,
			outcomes: []string{"first failed status 503", "second accepted "}, actions: []string{"message.send"},
		},
		"tried again": {
			fails: map[string]error{"first": down, "second": down}, want: domain.MessageQueued, failure: "status 503",
			outcomes: []string{"first failed status 503", "second failed status 503"}, err: down,
		},
		"given up": {
			fails: map[string]error{"first": down, "second": down}, last: true, want: domain.MessageFailed, failure: "status 503",
			outcomes: []string{"first failed status 503", "second failed status 503"}, actions: []string{"message.give_up"}, err: down,
		},
		"never deliverable": {
			fails: map[string]error{"first": refused}, want: domain.MessageFailed, failure: "status 400: undeliverable",
			outcomes: []string{"first refused status 400: undeliverable"}, actions: []string{"message.give_up"}, err: domain.ErrUndeliverable,
		},
		"too late": {late: time.Minute, want: domain.MessageExpired, actions: []string{"message.expire"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := queued(t)
			w.fails, w.now = tc.fails, w.now.Add(tc.late)
			require.ErrorIs(t, w.service().Send(t.Context(), w.message.ID, tc.last), tc.err)
			require.Equal(t, tc.want, w.message.Status)
			require.Equal(t, tc.failure, w.message.Failure)
			require.Equal(t, tc.outcomes, w.outcomes())
			require.Equal(t, tc.actions, w.actions)
			if tc.want != domain.MessageQueued {
				require.Equal(t, []string{"sms " + string(tc.want)}, w.counted)
			}
		})
	}
}

// A job that is repeated changes nothing (M24).
func TestSendTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	w := queued(t)
	for range 3 {
		require.NoError(t, w.service().Send(t.Context(), w.message.ID, false))
	}
	require.Equal(t, []string{"first"}, w.sent)
	require.Equal(t, []string{"message.send"}, w.actions)
	require.Empty(t, w.message.Code)
}

// Two jobs at once make one attempt.
func TestSendWhileAnotherJobDoes(t *testing.T) {
	t.Parallel()
	w := queued(t)
	var second error
	w.meanwhile = func() {
		w.meanwhile = nil
		second = w.service().Send(t.Context(), w.message.ID, false)
	}
	require.NoError(t, w.service().Send(t.Context(), w.message.ID, false))
	require.ErrorIs(t, second, domain.ErrMessageBusy)
	require.Equal(t, []string{"first"}, w.sent)
}

// What the provider has accepted is noted, though the process is asked to stop.
func TestSendIsNotedThoughTheJobIsOver(t *testing.T) {
	t.Parallel()
	w := queued(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.meanwhile = cancel
	require.NoError(t, w.service().Send(ctx, w.message.ID, false))
	require.Equal(t, domain.MessageSent, w.message.Status)
}

// Whose process died while a provider was asked leaves an open attempt, and the
// next job waits until nobody can be at work on it any more.
func TestSendAfterADeath(t *testing.T) {
	t.Parallel()
	w := queued(t)
	w.attempts = append(w.attempts, domain.NewAttempt(w.message.ID, "first", w.now))
	require.ErrorIs(t, w.service().Send(t.Context(), w.message.ID, false), domain.ErrMessageBusy)
	w.now = w.now.Add(17 * time.Second)
	require.NoError(t, w.service().Send(t.Context(), w.message.ID, false))
	require.Equal(t, []string{"first open ", "first accepted "}, w.outcomes())
}

// Nothing is decided about a message while somebody is at work on it, be its time
// over or the job's last try.
func TestNothingIsSettledMeanwhile(t *testing.T) {
	t.Parallel()
	w := queued(t)
	w.meanwhile = func() {
		w.meanwhile = nil
		w.now = w.message.ExpiresAt
		require.ErrorIs(t, w.service().Send(t.Context(), w.message.ID, true), domain.ErrMessageBusy)
	}
	w.message.ExpiresAt = w.now.Add(time.Second)
	require.NoError(t, w.service().Send(t.Context(), w.message.ID, false))
	require.Equal(t, domain.MessageSent, w.message.Status)
}

// A process that was frozen for longer than its attempt might take ends that attempt,
// and nothing else.
func TestSendOfWhoWasFrozen(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]error{"failed": errors.New("status 503"), "accepted": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := queued(t)
			w.providers = []string{"first"}
			w.meanwhile = func() {
				w.meanwhile = nil
				w.now = w.now.Add(17 * time.Second)
				require.NoError(t, w.service().Send(t.Context(), w.message.ID, false))
				w.fails["first"] = fails
			}
			err := w.service().Send(t.Context(), w.message.ID, false)
			require.ErrorIs(t, err, fails)
			require.Equal(t, domain.MessageSent, w.message.Status)
			require.Empty(t, w.message.Failure)
			require.Equal(t, name, string(w.attempts[0].Outcome))
			require.Equal(t, []string{"message.send"}, w.actions)
			require.Equal(t, []string{"sms sent"}, w.counted)
		})
	}
}

func TestSendWithoutProviders(t *testing.T) {
	t.Parallel()
	w := queued(t)
	w.providers = nil
	for _, last := range []bool{false, true} {
		require.ErrorIs(t, w.service().Send(t.Context(), w.message.ID, last), domain.ErrNoProvider)
		require.Equal(t, domain.MessageQueued, w.message.Status, "it waits")
	}
}

func TestReceive(t *testing.T) {
	t.Parallel()
	w := queued(t)
	s := w.service()
	delivered := domain.MessageReceipt{Provider: "first", Reference: "17", Delivered: true}
	require.ErrorIs(t, s.Receive(t.Context(), delivered), domain.ErrUnknownReference, "before the note of its reference")
	require.NoError(t, s.Send(t.Context(), w.message.ID, false))
	require.ErrorIs(t, s.Receive(t.Context(), domain.MessageReceipt{Provider: "second", Reference: "17"}), domain.ErrUnknownReference)
	for range 2 {
		require.NoError(t, s.Receive(t.Context(), delivered))
	}
	require.Equal(t, domain.MessageDelivered, w.message.Status)
	require.NoError(t, s.Receive(t.Context(), domain.MessageReceipt{Provider: "first", Reference: "17"}), "too late to say otherwise")
	require.Equal(t, domain.MessageDelivered, w.message.Status)
	require.Equal(t, []string{"message.send", "message.deliver"}, w.actions)
	require.Equal(t, []string{"sms sent", "sms delivered"}, w.counted)
}

func TestReceiveOfWhatDidNotArrive(t *testing.T) {
	t.Parallel()
	w := queued(t)
	s := w.service()
	require.NoError(t, s.Send(t.Context(), w.message.ID, false))
	require.NoError(t, s.Receive(t.Context(), domain.MessageReceipt{Provider: "first", Reference: "17", Reason: "UNDELIV 11"}))
	require.Equal(t, domain.MessageFailed, w.message.Status)
	require.Equal(t, "UNDELIV 11", w.message.Failure)
}

func TestSweepAsksForReceipts(t *testing.T) {
	t.Parallel()
	w := queued(t)
	s := w.service()
	w.polled, w.pending, w.forgotten = true, true, []int{0, 0, 0, 0}
	require.NoError(t, s.Send(t.Context(), w.message.ID, false))
	require.NoError(t, s.Sweep(t.Context()), "nothing is due")
	require.Equal(t, w.now.Add(time.Minute), w.attempts[0].PollAfter)
	w.now = w.now.Add(time.Minute)
	w.unasked = errors.New("status 500")
	require.ErrorIs(t, s.Sweep(t.Context()), w.unasked)
	require.Equal(t, w.now.Add(time.Minute), w.attempts[0].PollAfter, "later once more")
	w.now, w.unasked = w.now.Add(time.Minute), nil
	require.NoError(t, s.Sweep(t.Context()))
	require.Equal(t, domain.MessageSent, w.message.Status)
	w.now, w.pending = w.now.Add(time.Hour), false
	w.receipt = domain.MessageReceipt{Provider: "first", Reference: "17", Delivered: true}
	require.NoError(t, s.Sweep(t.Context()))
	require.Equal(t, domain.MessageDelivered, w.message.Status)
	require.Zero(t, w.attempts[0].PollAfter)
}

func TestSweepForgets(t *testing.T) {
	t.Parallel()
	w := queued(t)
	w.forgotten = []int{600, 500, 100, 1}
	require.NoError(t, w.service().Sweep(t.Context()))
	require.Equal(t, []int{1}, w.forgotten, "until there is no more")
}

func TestDesk(t *testing.T) {
	t.Parallel()
	w := queued(t)
	s := w.service()
	w.fails["first"] = domain.ErrUndeliverable
	require.Error(t, s.Send(t.Context(), w.message.ID, false))
	list, err := s.List(t.Context(), domain.Desk{}, domain.MessageFilter{Page: domain.Page{Limit: 1}})
	require.NoError(t, err)
	require.Len(t, list.Messages, 1)
	require.False(t, list.More)
	w.listed = 2
	list, err = s.List(t.Context(), domain.Desk{}, domain.MessageFilter{Page: domain.Page{Limit: 1}})
	require.NoError(t, err)
	require.Len(t, list.Messages, 1)
	require.True(t, list.More)
	require.Equal(t, w.message.ID.String(), w.reason, "what is shown was looked at, no more")
	one, err := s.Get(t.Context(), domain.Desk{}, w.message.ID)
	require.NoError(t, err)
	require.Len(t, one.Attempts, 1)
	again, err := s.Resend(t.Context(), domain.MessageResending{ID: w.message.ID})
	require.NoError(t, err)
	require.Equal(t, domain.MessageQueued, again.Message.Status)
	require.Equal(t, 1, w.requeued)
	require.Equal(t, 1, w.kept)
	_, err = s.Resend(t.Context(), domain.MessageResending{ID: w.message.ID})
	require.Error(t, err, "it is not in trouble any more")
	w.fails = nil
	require.NoError(t, s.Send(t.Context(), w.message.ID, false))
	require.Equal(t, domain.MessageSent, w.message.Status)
	require.Equal(t, []string{"message.give_up", "message.list", "message.list", "message.view", "message.resend", "message.send"}, w.actions)
}
