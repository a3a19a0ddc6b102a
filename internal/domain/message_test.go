package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func queuedMessage(t *testing.T) domain.Message {
	t.Helper()
	to, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	m := domain.NewMessage(domain.MessageRegistrationCode, to, domain.LocaleRussian, at())
	m.Code, m.Link, m.Reason, m.About, m.ExpiresAt = "271828", "link", "reason", "about", at().Add(time.Hour)
	return m
}

// M27: what has left is forgotten, and what failed as soon as it is of no more use.
func TestMessageForgets(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		on        domain.MessageEvent
		at        time.Time
		forgotten bool
	}{
		"sent":            {domain.MessageSend, at(), true},
		"expired":         {domain.MessageExpire, at(), true},
		"failed":          {domain.MessageGiveUp, at(), false},
		"failed too late": {domain.MessageGiveUp, at().Add(time.Hour), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := queuedMessage(t)
			require.NoError(t, m.Move(tc.on, tc.at))
			require.Equal(t, tc.forgotten, m.Forgotten())
			require.Equal(t, tc.forgotten, m.Code+m.Link+m.Reason+m.About == "")
			require.Equal(t, tc.at, m.ChangedAt)
			require.Equal(t, domain.ChannelSMS, m.Channel)
		})
	}
}

// An attempt without an end is under way for a lease: then whoever made it is dead.
func TestUnderWay(t *testing.T) {
	t.Parallel()
	open, ended := domain.NewAttempt(domain.NewID(), "sms", at()), domain.NewAttempt(domain.NewID(), "sms", at())
	ended.Fail(domain.AttemptFailed, "status 503", at())
	require.False(t, domain.UnderWay(nil, at(), time.Minute))
	require.False(t, domain.UnderWay([]domain.MessageAttempt{ended}, at(), time.Minute))
	both := []domain.MessageAttempt{ended, open}
	require.True(t, domain.UnderWay(both, at().Add(time.Minute-1), time.Minute))
	require.False(t, domain.UnderWay(both, at().Add(time.Minute), time.Minute))
}

func TestAttemptsEnd(t *testing.T) {
	t.Parallel()
	a := domain.MessageAttempt{Outcome: domain.AttemptOpen}
	a.Fail(domain.AttemptRefused, strings.Repeat("я", 300), at())
	require.Equal(t, domain.AttemptRefused, a.Outcome)
	require.Equal(t, strings.Repeat("я", 200), a.Reason)
	require.Equal(t, at(), a.EndedAt)

	for _, tc := range []struct {
		reference string
		polled    bool
		want      time.Time
	}{
		{"17", true, at().Add(time.Minute)}, {"17", false, time.Time{}}, {"", true, time.Time{}},
	} {
		a = domain.MessageAttempt{Outcome: domain.AttemptOpen}
		a.Accept(tc.reference, tc.polled, at())
		require.Equal(t, domain.AttemptAccepted, a.Outcome)
		require.Equal(t, tc.want, a.PollAfter)
	}
}

// The older a message is, the seldomer its receipt is asked for, and after three
// days no more.
func TestPolling(t *testing.T) {
	t.Parallel()
	a := domain.MessageAttempt{}
	a.Accept("17", true, at())
	polls := 0
	for !a.PollAfter.IsZero() {
		at := a.PollAfter
		a.Polled(at)
		require.True(t, a.PollAfter.IsZero() || !a.PollAfter.Before(at.Add(time.Minute)))
		polls++
	}
	require.Less(t, polls, 20)
	require.Greater(t, polls, 10)
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	require.Equal(t, domain.MessageDeliver, domain.MessageReceipt{Delivered: true}.Event())
	require.Equal(t, domain.MessageBounce, domain.MessageReceipt{}.Event())
}

func TestResend(t *testing.T) {
	t.Parallel()
	later := at().Add(domain.MessageStuckAfter)
	for name, tc := range map[string]struct {
		change func(*domain.Message)
		at     time.Time
		may    bool
	}{
		"waits, not for long": {func(*domain.Message) {}, later.Add(-1), false},
		"stuck":               {func(*domain.Message) {}, later, true},
		"failed":              {func(m *domain.Message) { _ = m.Move(domain.MessageGiveUp, at()) }, at(), true},
		"failed, too late":    {func(m *domain.Message) { _ = m.Move(domain.MessageGiveUp, at()) }, at().Add(time.Hour), false},
		"failed, forgotten": {func(m *domain.Message) {
			_ = m.Move(domain.MessageGiveUp, at())
			m.Forget()
		}, at(), false},
		"sent": {func(m *domain.Message) { _ = m.Move(domain.MessageSend, at()) }, later, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := queuedMessage(t)
			tc.change(&m)
			want := map[bool][]string{true: {"resend_message"}, false: {"list_messages"}}[tc.may]
			require.Equal(t, want, m.NextActions(tc.at))
			err := m.Resend(tc.at)
			if tc.may {
				require.NoError(t, err)
				require.Equal(t, domain.MessageQueued, m.Status)
				require.Equal(t, "271828", m.Code)
				return
			}
			require.ErrorIs(t, err, apperr.New(apperr.InvalidTransition))
		})
	}
}
