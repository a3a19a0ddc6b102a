package api_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// messageSeen is a message as operators see it.
type messageSeen struct {
	ID          string   `json:"id"`
	Kind        string   `json:"kind"`
	Channel     string   `json:"channel"`
	To          *string  `json:"to"`
	Status      string   `json:"status"`
	Stuck       bool     `json:"stuck"`
	Failure     *string  `json:"failure"`
	NextActions []string `json:"next_actions"`
	AttemptLog  []struct {
		Provider string  `json:"provider"`
		Outcome  string  `json:"outcome"`
		Reason   *string `json:"reason"`
	} `json:"attempt_log"`
}

type messagePage struct {
	Items      []messageSeen `json:"items"`
	NextCursor *string       `json:"next_cursor"`
}

// obstruct makes the provider of messages fail until the returned function is
// called: a plain file is where its folder should be.
func obstruct(t *testing.T, s *testkit.Server) (mend func()) {
	t.Helper()
	folder := s.App.OutboxFolder()
	require.NoError(t, os.Rename(folder, folder+"-away"))
	require.NoError(t, os.WriteFile(folder, nil, 0o600))
	return func() {
		require.NoError(t, os.Remove(folder))
		require.NoError(t, os.Rename(folder+"-away", folder))
	}
}

// failedMessages are so many codes that were given up, in the order of their making.
func failedMessages(t *testing.T, c *client, many int) []string {
	t.Helper()
	s := c.server
	s.Settle(t)
	defer obstruct(t, s)()
	for range many {
		c.start(t, mailbox)
		s.Clock.Advance(time.Second)
	}
	// As if all but the last of a hundred tries were over.
	require.Eventually(t, func() bool {
		s.Exec(t, "UPDATE river_job SET max_attempts = attempt WHERE kind = 'send_message' AND attempt > 0 AND state <> 'running'")
		return s.Count(t, "SELECT count(*) FROM messages WHERE status = 'failed'") == many
	}, patience, 50*time.Millisecond)
	return column(t, s, "SELECT id FROM messages WHERE status = 'failed' ORDER BY created_at")
}

// Whoever waits in vain is seen, with what was tried and why it failed, and is
// helped: a message that is stuck or failed is sent again. // M24, M25
func TestMessagesInTrouble(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		desk := newCounter(t, s, domain.RoleSupervisor, domain.CentreMFC)
		settled(t, s)
		mend := obstruct(t, s)
		list := func(query string) messagePage {
			return as[messagePage](t, desk.get(t, desk.path("/messages%s", query)), http.StatusOK)
		}
		require.Empty(t, list("").Items)
		c.start(t, mailbox)
		require.Eventually(t, func() bool {
			return s.Count(t, "SELECT count(*) FROM message_attempts WHERE outcome = 'failed'") > 0
		}, patience, 10*time.Millisecond)
		require.Empty(t, list("").Items, "it has not waited for long")
		s.Clock.Advance(10 * time.Minute)
		desk = newCounter(t, s, domain.RoleSupervisor, domain.CentreFundOffice)
		found := list("?trouble=stuck&channel=email").Items
		require.Len(t, found, 1)
		stuck := found[0]
		require.True(t, stuck.Stuck)
		require.Equal(t, "queued", stuck.Status)
		require.Equal(t, []string{"resend_message"}, stuck.NextActions)
		require.NotNil(t, stuck.To)
		require.NotContains(t, *stuck.To, strings.Split(mailbox, "@")[0], "masked")
		for line, want := range map[string]string{
			`kabinet_messages{channel="email",state="queued"}`: "1", `kabinet_messages{channel="email",state="stuck"}`: "1",
			`kabinet_messages{channel="email",state="failed"}`: "0", `kabinet_messages{channel="sms",state="queued"}`: "0",
			`kabinet_messages{channel="edo",state="stuck"}`: "0", `kabinet_messages{channel="registered_mail",state="stuck"}`: "0",
		} {
			require.Contains(t, metricsOf(t, s), line+" "+want)
		}
		require.Empty(t, list("?trouble=failed").Items)
		require.Empty(t, list("?channel=sms").Items)

		one := as[messageSeen](t, desk.get(t, desk.path("/messages/%s", stuck.ID)), http.StatusOK)
		require.NotEmpty(t, one.AttemptLog)
		require.Equal(t, "outbox", one.AttemptLog[0].Provider)
		require.Equal(t, "failed", one.AttemptLog[0].Outcome)
		require.NotNil(t, one.AttemptLog[0].Reason)

		mend()
		again := as[messageSeen](t, desk.post(t, desk.path("/messages/%s/resending", stuck.ID), nil), http.StatusOK)
		require.Equal(t, "queued", again.Status)
		s.Await(t, mailbox, 1)
		settled(t, s)
		desk.post(t, desk.path("/messages/%s/resending", stuck.ID), nil).fails(t, http.StatusConflict, "invalid_transition")
		sent := as[messageSeen](t, desk.get(t, desk.path("/messages/%s", stuck.ID)), http.StatusOK)
		require.Equal(t, "sent", sent.Status)
		require.Nil(t, sent.To, "it is forgotten")
		require.Nil(t, sent.Failure)
		require.Contains(t, metricsOf(t, s), `kabinet_messages_total{channel="email",status="sent"}`)
		require.Equal(t, "accepted", sent.AttemptLog[len(sent.AttemptLog)-1].Outcome)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'message.resend' AND operator_id IS NOT NULL"))
		require.Empty(t, list("").Items)
	})
}

// What was given up is sent again for a week, but for what is of no more use by then;
// pages follow each other; the same request twice sends it once.
func TestMessagesThatFailed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleSupervisor, domain.CentreMFC)
		failedMessages(t, c, 3)
		first := as[messagePage](t, desk.get(t, desk.path("/messages?trouble=failed&limit=2")), http.StatusOK)
		require.Len(t, first.Items, 2)
		require.Contains(t, *first.Items[0].Failure, "outbox")
		require.Contains(t, metricsOf(t, s), `kabinet_messages{channel="email",state="failed"} 3`)
		require.Contains(t, metricsOf(t, s), `kabinet_messages_total{channel="email",status="failed"} 3`)
		rest := as[messagePage](t, desk.get(t, desk.path("/messages?trouble=failed&limit=2&cursor=%s", *first.NextCursor)), http.StatusOK)
		require.Len(t, rest.Items, 1)
		require.Nil(t, rest.NextCursor)

		resend := call{method: http.MethodPost, path: desk.path("/messages/%s/resending", rest.Items[0].ID)}
		keyed := desk.with("Idempotency-Key", "key-of-the-supervisor")
		keyed.do(t, resend).ok(t, http.StatusOK)
		s.Await(t, mailbox, 1)
		settled(t, s)
		replayed := keyed.do(t, resend)
		replayed.ok(t, http.StatusOK)
		require.Equal(t, "true", replayed.header.Get("Idempotency-Replayed"))
		settled(t, s)
		require.Len(t, s.Sent(t, mailbox), 1)

		s.Clock.Advance(time.Hour)
		late := first.Items[0]
		desk = counter{newOperator(t, s, domain.RoleSupervisor, desk.place), desk.place}
		desk.post(t, desk.path("/messages/%s/resending", late.ID), nil).fails(t, http.StatusConflict, "invalid_transition")
		wrong := call{method: http.MethodGet, path: desk.path("/messages?trouble=none&channel=fax"), wrong: true}
		desk.do(t, wrong).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		desk.get(t, desk.path("/messages/%s", "0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55")).fails(t, http.StatusNotFound, "not_found")
		at := newOperator(t, s, domain.RoleOperator, desk.place)
		counter{at, desk.place}.get(t, desk.path("/messages")).fails(t, http.StatusForbidden, "forbidden")
	})
}
