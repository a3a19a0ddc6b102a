package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// An access token is good for 10 minutes, a session for 30 without a refresh.
func TestSessionIdlesOut(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := c.register(t, phone)
		s.Clock.Advance(10*time.Minute - time.Second)
		c.me(t, in.AccessToken)
		s.Clock.Advance(time.Second)
		c.bearing(in.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		s.Clock.Advance(20*time.Minute - time.Second)
		in = as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
		s.Clock.Advance(30 * time.Minute)
		c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	})
}

// However often it is refreshed, a session ends after 12 hours.
func TestSessionEndsAfterTwelveHours(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := c.register(t, phone)
		end := in.Session.ExpiresAt
		for s.Clock.Now().Add(29 * time.Minute).Before(end) {
			s.Clock.Advance(29 * time.Minute)
			in = as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
			require.Equal(t, end, in.Session.ExpiresAt)
		}
		s.Clock.Set(end.Add(-time.Second))
		in = as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
		c.me(t, in.AccessToken)
		s.Clock.Set(end)
		c.bearing(in.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	})
}

// A list of sessions comes in pages, newest first, without those that are over.
func TestSessionsInPages(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		ids := []string{c.register(t, phone).Session.ID}
		var in signedIn
		for range 6 {
			s.Clock.Advance(time.Second)
			in = as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
			ids = append(ids, in.Session.ID)
		}
		c.bearing(in.AccessToken).delete(t, "/v1/sessions/"+ids[3]).ok(t, http.StatusNoContent)
		ids = append(ids[:3], ids[4:]...)
		var got []string
		path := "/v1/sessions?limit=2"
		for pages := 1; ; pages++ {
			list := as[sessionList](t, c.bearing(in.AccessToken).get(t, path), http.StatusOK)
			for _, item := range list.Items {
				got = append([]string{item.ID}, got...)
				require.Equal(t, []string{"refresh", "sign_out"}, item.NextActions)
			}
			if list.NextCursor == nil {
				break
			}
			require.Less(t, pages, 10)
			path = "/v1/sessions?limit=2&cursor=" + *list.NextCursor
		}
		require.Equal(t, ids, got)
		s.Clock.Advance(30*time.Minute - time.Second)
		last := as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
		require.Len(t, c.sessions(t, last.AccessToken).Items, 1, "the others have idled out")
	})
}

// Nobody sees or ends the sessions of others.
func TestSessionsOfOthers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		mine, yours := c.register(t, phone), c.register(t, mailbox)
		me := c.bearing(mine.AccessToken)
		list := c.sessions(t, mine.AccessToken)
		require.Len(t, list.Items, 1)
		require.Equal(t, mine.Session.ID, list.Items[0].ID)
		me.delete(t, "/v1/sessions/"+yours.Session.ID).fails(t, http.StatusNotFound, "not_found")
		c.me(t, yours.AccessToken)
		me.delete(t, "/v1/sessions/"+mine.Session.ID).ok(t, http.StatusNoContent)
		me.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
	})
}

// A password is hashed anew at sign-in when the cost has changed since.
func TestHashFollowsItsCost(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		c.register(t, phone)
		stored := "SELECT count(*) FROM " + citizensCredentials + " AND hash_enc IN (SELECT hash_enc FROM credentials_before)"
		s.Exec(t, "CREATE TABLE credentials_before AS SELECT * FROM credentials")
		c.signIn(t, phone, password).ok(t, http.StatusCreated)
		require.Equal(t, 1, s.Count(t, stored), "the same cost")

		_, dearer := newServer(t, e, testkit.Beside(s), testkit.Env("KABINET_HASH_TIME", "2"))
		dearer.signIn(t, phone, another).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		require.Equal(t, 1, s.Count(t, stored), "a wrong password changes nothing")
		dearer.signIn(t, phone, password).ok(t, http.StatusCreated)
		require.Zero(t, s.Count(t, stored))
		c.signIn(t, phone, password).ok(t, http.StatusCreated)
	})
}
