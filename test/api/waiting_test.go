package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// A stranger who opened a registration for somebody's contact learns nothing
// when its owner registers: the flow goes on to look like any other. // M26
func TestWaitingRegistrationTellsNothing(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		waiting, control := c.start(t, phone), c.start(t, mailbox)
		first := s.Await(t, phone, 1)[0].Code
		owner := c.start(t, phone)
		code := s.Await(t, phone, 2)[0].Code
		c.enter(t, owner, code).ok(t, http.StatusOK)
		c.choose(t, owner, password).ok(t, http.StatusCreated)

		got, want := c.look(t, waiting), c.look(t, control)
		require.Equal(t, want.Status, got.Status)
		require.Equal(t, want.NextActions, got.NextActions)
		require.Equal(t, want.Code.AttemptsLeft, got.Code.AttemptsLeft)
		requireSame(t, c.blind(t, waiting, "/confirmation"), c.blind(t, control, "/confirmation"))

		// Whoever has the code has proven the contact, and may know.
		c.enter(t, waiting, first).ok(t, http.StatusOK)
		c.choose(t, waiting, password).fails(t, http.StatusConflict, "registration_closed")
		require.Equal(t, "closed", c.look(t, waiting).Status)
	})
}

// A registration whose contact was proven is closed when another one is quicker.
func TestProvenSiblingIsClosed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		slow, quick := c.start(t, phone), c.start(t, phone)
		codes := s.Await(t, phone, 2)
		c.enter(t, slow, codes[1].Code).ok(t, http.StatusOK)
		c.enter(t, quick, codes[0].Code).ok(t, http.StatusOK)
		c.choose(t, quick, password).ok(t, http.StatusCreated)
		require.Equal(t, "closed", c.look(t, slow).Status)
		c.choose(t, slow, password).fails(t, http.StatusConflict, "registration_closed")
	})
}
