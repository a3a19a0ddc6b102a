package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// M25: an operator is made on the command line, enrols with a second factor,
// signs in and sees the places of work.
func TestOperatorEnrolsAndSignsIn(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		centre := place(t, s, domain.CentreMFC)
		in := invited(domain.RoleOperator, placeCode(t, s, centre))
		link, until, err := s.App.CreateOperator(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, s.Clock.Now().Add(72*time.Hour), until)
		require.Empty(t, s.Sent(t, ""), "the link is printed and sent to nobody")
		o := c.enrol(t, link)
		require.Equal(t, in.Login, o.login)

		session := c.signInOperator(t, o)
		require.Equal(t, "operator", session.Account.AccountType)
		require.Empty(t, session.Account.Level)
		require.Equal(t, []string{"work", "sign_out"}, session.Account.NextActions)
		require.Empty(t, session.Account.Contacts)
		me := c.me(t, session.AccessToken)
		require.Equal(t, session.Account, me)
		require.Equal(t, "Операторова", me.FamilyName)

		list := as[placeList](t, c.bearing(session.AccessToken).get(t, "/v1/operator/places"), http.StatusOK)
		require.Len(t, list.Items, 1)
		require.Equal(t, centre.String(), list.Items[0].ID)
		require.Equal(t, "mfc", list.Items[0].Kind)
		require.Nil(t, list.NextCursor)

		renewed := as[signedIn](t, c.refresh(t, session.RefreshToken), http.StatusOK)
		require.Equal(t, "operator", renewed.Account.AccountType)
	})
}

// An enrolment that was never started ends in nothing: there is no second factor
// yet, and the codes of an empty secret are known to everybody. // M25
func TestEnrolmentNeedsASecondFactor(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		link, _, err := s.App.CreateOperator(t.Context(), invited(domain.RoleAdministrator))
		require.NoError(t, err)
		for _, offset := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
			p := c.post(t, "/v1/operator-enrolments/completion", object{
				"enrolment_token": tokenOf(t, link), "password": password, "password_confirmation": password,
				"otp": codeAt(t, "", s.Clock.Now().Add(offset)),
			}).fails(t, http.StatusUnauthorized, "enrolment_invalid")
			require.Equal(t, []string{"start_enrolment"}, p.NextActions)
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM operators WHERE status = 'invited'"))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM credentials WHERE account_id IN (SELECT id FROM operators)"))
		c.signInOperator(t, c.enrol(t, link))
	})
}

// Who has lost the second factor in the database does not sign in without one.
func TestOperatorWithoutSecretIsNotLetIn(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		o := newStaff(t, s, invited(domain.RoleAdministrator))
		s.Exec(t, "UPDATE operators SET totp_enc = NULL")
		o.secret = ""
		c.post(t, "/v1/sessions", o.signInBody(t, s, 0)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		require.Zero(t, s.Count(t, "SELECT count(*) FROM sessions"))
	})
}

// The secret of a second factor is shown once: the key of the request that was
// answered with it shows nothing again, not even before the enrolment is over.
func TestEnrolmentIsKeptForNoKey(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		link, _, err := s.App.CreateOperator(t.Context(), invited(domain.RoleAdministrator))
		require.NoError(t, err)
		start := func() answer {
			return c.with(keyHeader, "key-1").post(t, "/v1/operator-enrolments", object{"enrolment_token": tokenOf(t, link)})
		}
		first, second := as[enrolment](t, start(), http.StatusCreated), as[enrolment](t, start(), http.StatusCreated)
		require.NotEqual(t, first.TOTP.Secret, second.TOTP.Secret)
		c.enrol(t, link)
		again := start()
		again.fails(t, http.StatusUnauthorized, "enrolment_invalid")
		require.Empty(t, again.header.Values("Idempotency-Replayed"))
	})
}

type placeList struct {
	Items []struct {
		ID   string `json:"id"`
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"items"`
	NextCursor *string `json:"next_cursor"`
}
