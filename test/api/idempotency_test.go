package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

const keyHeader = "Idempotency-Key"

// post is a POST that succeeds and changes something, ready to be sent.
type post struct {
	client *client
	path   string
	body   object
	// other is another right body for the same path.
	other object
}

// as is the request with another header.
func (p post) as(name, value string) post {
	p.client = p.client.with(name, value)
	return p
}

func (p post) send(t *testing.T, key string) answer {
	t.Helper()
	return p.client.with(keyHeader, key).post(t, p.path, p.body)
}

// different sends another right body under the same key.
func (p post) different(t *testing.T, key string) answer {
	t.Helper()
	if p.body["refresh_token"] == nil {
		p.body = p.other
		return p.send(t, key)
	}
	// Another token would be another client's, so only the spelling differs.
	text, err := json.MarshalIndent(p.body, "", " ")
	require.NoError(t, err)
	return p.client.with(keyHeader, key).do(t, call{method: http.MethodPost, path: p.path, raw: text})
}

// posts prepares one request for every POST route of the program. A new route
// has to find its place here.
func posts() map[string]func(t *testing.T, c *client) post {
	return map[string]func(t *testing.T, c *client) post{
		"/v1/registrations": func(_ *testing.T, c *client) post {
			return post{c, "/v1/registrations", applicant(phone), applicant(mailbox)}
		},
		"/v1/registrations/{id}/codes": func(t *testing.T, c *client) post {
			t.Helper()
			r := c.start(t, phone)
			c.server.Await(t, phone, 1)
			c.server.Clock.Advance(time.Minute)
			return post{c.flow(r), r.path("/codes"), nil, object{}}
		},
		"/v1/registrations/{id}/confirmation": func(t *testing.T, c *client) post {
			t.Helper()
			r := c.start(t, phone)
			right := c.server.Await(t, phone, 1)[0].Code
			return post{c.flow(r), r.path("/confirmation"), object{"code": right}, object{"code": wrongCode(right)}}
		},
		"/v1/registrations/{id}/password": func(t *testing.T, c *client) post {
			t.Helper()
			r := c.confirmed(t, phone)
			return post{
				c.flow(r), r.path("/password"),
				object{"password": password, "password_confirmation": password},
				object{"password": another, "password_confirmation": another},
			}
		},
		"/v1/sessions": func(t *testing.T, c *client) post {
			t.Helper()
			c.register(t, phone)
			return post{
				c, "/v1/sessions",
				object{"account_type": "citizen", "login": phone, "password": password},
				object{"account_type": "citizen", "login": phone, "password": another},
			}
		},
		"/v1/sessions/refresh": func(t *testing.T, c *client) post {
			t.Helper()
			first := c.register(t, phone)
			second := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
			return post{
				c, "/v1/sessions/refresh",
				object{"refresh_token": first.RefreshToken},
				object{"refresh_token": second.RefreshToken},
			}
		},
		"/v1/operator-enrolments/completion":       postEnrolmentCompletion,
		"/v1/operator/operators":                   postOperator,
		"/v1/operator/operators/{id}/invitations":  postOperatorStep("/invitations"),
		"/v1/operator/operators/{id}/deactivation": postOperatorStep("/deactivation"),
		confirmationsPath:                          postConfirmation,
		confirmationsPath + "/{id}/code":           postLetterCode,
		"/v1/confirmation-disputes":                postDispute,
		clockPath: func(_ *testing.T, c *client) post {
			return post{c, clockPath, object{"advance": "1m"}, object{"advance": "2m"}}
		},
	}
}

// eachKind runs fn for a POST of each kind on both engines: public, by a flow's
// token, with a token in the body, by a citizen and by an operator. It is for
// what the route itself has no part in.
func eachKind(t *testing.T, fn func(t *testing.T, s *testkit.Server, p post), options ...testkit.Option) {
	t.Helper()
	kinds := []string{
		"/v1/registrations", "/v1/registrations/{id}/password", "/v1/sessions/refresh",
		confirmationsPath, "/v1/operator/operators/{id}/invitations",
	}
	tryPosts(t, func(path string) bool { return slices.Contains(kinds, path) }, fn, options...)
}

// eachPost runs fn for every POST route on both engines.
func eachPost(t *testing.T, fn func(t *testing.T, s *testkit.Server, p post), options ...testkit.Option) {
	t.Helper()
	tryPosts(t, func(string) bool { return true }, fn, options...)
}

func tryPosts(
	t *testing.T, wanted func(path string) bool, fn func(t *testing.T, s *testkit.Server, p post), options ...testkit.Option,
) {
	t.Helper()
	all := posts()
	maps.Copy(all, counterPosts())
	maps.Copy(all, letterPosts())
	maps.Copy(all, payerPosts())
	without := keptForNoKey()
	for _, route := range routes(t, testkit.NewServer(t, testkit.SQLite)) {
		path, isPost := strings.CutPrefix(route, "POST ")
		if !isPost {
			continue
		}
		if slices.Contains(without, path) || !wanted(path) {
			continue
		}
		prepare := all[path]
		require.NotNil(t, prepare, "%s has no request to try its Idempotency-Key with", route)
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e, options...)
				fn(t, s, prepare(t, c))
			})
		})
	}
}

// rows is how many rows each of the tables has that a request may add to.
func rows(t *testing.T, s *testkit.Server) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{
		"registrations", "challenges", "accounts", "account_contacts", "credentials",
		"sessions", "refresh_tokens", "messages", "audit_events", "sandbox_clock", "letters", "letter_batches",
		"payer_applications", "payer_accounts", "edo_documents", "consents", "payer_passwords", "registration_cards",
		"river_job WHERE kind NOT IN ('sweep_letters', 'sweep_payers', 'sweep_messages', 'tidy')", // which come by themselves
	} {
		counts[table] = s.Count(t, "SELECT count(*) FROM "+table)
	}
	return counts
}

// settled waits first for payers to be looked up, which leads to messages, for
// documents and print batches that are on their way, and
// for the messages, whose delivery is recorded, too.
func settled(t *testing.T, s *testkit.Server) map[string]int {
	t.Helper()
	awaitNone(t, s, "river_job WHERE kind = 'identify_payer' AND finalized_at IS NULL")
	awaitNone(t, s, "edo_documents WHERE status = 'queued'")
	awaitNone(t, s, "letter_handovers WHERE status = 'under_way'")
	s.Settle(t)
	return rows(t, s)
}

// awaitNone waits until there are no such rows.
func awaitNone(t *testing.T, s *testkit.Server, rows string) {
	t.Helper()
	require.Eventually(t, func() bool {
		return s.Count(t, "SELECT count(*) FROM "+rows) == 0
	}, patience, 20*time.Millisecond, "there are %s", rows)
}

// requireReplay checks that an answer is an earlier one given again.
func requireReplay(t *testing.T, first, again answer) {
	t.Helper()
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.status, again.status)
	require.Equal(t, string(first.body), string(again.body))
	for _, name := range []string{"Content-Type", "Location", "Ratelimit", "Ratelimit-Policy"} {
		require.Equal(t, first.header.Values(name), again.header.Values(name), name)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	eachPost(t, func(t *testing.T, s *testkit.Server, p post) {
		t.Helper()
		before := settled(t, s)
		first := p.send(t, "key-1")
		require.Less(t, first.status, 300, "%s", first.body)
		require.Empty(t, first.header.Values("Idempotency-Replayed"))
		after := settled(t, s)
		require.NotEqual(t, before, after, "it has an effect")
		s.Clock.Advance(24*time.Hour - time.Microsecond)
		if p.client.comeBack != nil {
			p.send(t, "key-1").fails(t, http.StatusUnauthorized, "access_token_invalid")
			p.client = p.client.back(t)
			after = settled(t, s)
		}
		for range 2 {
			requireReplay(t, first, p.send(t, "key-1"))
		}
		require.Equal(t, after, settled(t, s), "and none again")

		p.different(t, "key-1").fails(t, http.StatusUnprocessableEntity, "idempotency_key_reused")
		require.Equal(t, after, settled(t, s))
	})
}

func TestIdempotencyKeyHasForm(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, s *testkit.Server, p post) {
		t.Helper()
		before := settled(t, s)
		for _, keys := range [][]string{
			{""}, {" "}, {"a b"}, {"ключ"}, {"a\tb"}, {strings.Repeat("a", 256)}, {"a", "a"}, {"a", "b"},
		} {
			a := p.client.with(keyHeader, keys...).do(t, call{
				method: http.MethodPost, path: p.path, body: p.body, wrong: true,
			})
			a.fails(t, http.StatusBadRequest, "idempotency_key_invalid")
		}
		require.Equal(t, before, settled(t, s))
		require.Less(t, p.send(t, strings.Repeat("~", 255)).status, 300)
	})
}

// The same key of another client is another key: guessing it is worth nothing.
func TestIdempotencyKeysAreNotShared(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, _ *testkit.Server, p post) {
		t.Helper()
		first := p.send(t, "shared")
		require.Less(t, first.status, 300, "%s", first.body)
		other := p
		other.client = p.client.from("198.51.100.7")
		switch {
		case p.client.header.Get("Authorization") != "":
			other.client = p.client.bearing("someone-else")
		case p.body["refresh_token"] != nil:
			// Who has the same token is the same client.
			other.body = p.other
		}
		again := other.send(t, "shared")
		require.Empty(t, again.header.Values("Idempotency-Replayed"))
		require.NotEqual(t, string(first.body), string(again.body))
		if p.client.comeBack != nil {
			again.fails(t, http.StatusUnauthorized, "access_token_invalid")
			requireReplay(t, first, p.client.from("198.51.100.7").with(keyHeader, "shared").post(t, p.path, p.body))
		}
	}, proxied())
}

// A key is forgotten after a day.
func TestIdempotencyKeyIsForgotten(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		keyed := c.with(keyHeader, "daily")
		first := keyed.start(t, phone)
		s.Clock.Advance(24 * time.Hour)
		second := as[registration](t, keyed.post(t, "/v1/registrations", applicant(phone)), http.StatusCreated)
		require.NotEqual(t, first.ID, second.ID)
		again := keyed.post(t, "/v1/registrations", applicant(phone))
		require.Equal(t, second.ID, as[registration](t, again, http.StatusCreated).ID)
	})
}

// What was refused for its content can be mended under the same key; a wrong
// code was compared, and is not compared again.
func TestIdempotencyKeyOfRefusedRequest(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		keyed := c.with(keyHeader, "again")
		wrong := applicant("+7900")
		keyed.post(t, "/v1/registrations", wrong).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		r := keyed.start(t, phone)
		right := s.Await(t, phone, 1)[0].Code
		first := keyed.enter(t, r, wrongCode(right))
		require.Equal(t, 4, *first.fails(t, http.StatusUnprocessableEntity, "code_incorrect").AttemptsLeft)
		for range 6 {
			requireReplay(t, first, keyed.enter(t, r, wrongCode(right)))
		}
		require.Equal(t, 4, c.look(t, r).Code.AttemptsLeft)
		c.enter(t, r, right).ok(t, http.StatusOK)
	})
}

// fragile makes a process die, for a client that asks for it, after the work
// has been committed and before a byte of the answer is on its way.
func fragile(t *testing.T, s *testkit.Server) {
	t.Helper()
	e, ok := s.App.Handler().(*echo.Echo)
	require.True(t, ok)
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.Request().Header.Get("X-Crash") != "" {
				c.Response().Before(func() { panic(http.ErrAbortHandler) })
			}
			return next(c)
		}
	})
}

// crash sends a request whose answer never comes.
func (p post) crash(t *testing.T, key string) {
	t.Helper()
	request, _ := p.client.with(keyHeader, key).with("X-Crash", "now").
		request(t, call{method: http.MethodPost, path: p.path, body: p.body})
	// On a connection that was used before, the client would send a request
	// with this header again by itself.
	request.Close = true
	once := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := once.Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	require.Error(t, err)
}

// After a crash between the work and its answer, another replica gives the
// answer.
func TestIdempotencyKeyOutlivesCrash(t *testing.T) {
	t.Parallel()
	eachPost(t, func(t *testing.T, s *testkit.Server, p post) {
		t.Helper()
		fragile(t, s)
		before := settled(t, s)
		p.crash(t, "crash")
		after := settled(t, s)
		require.NotEqual(t, before, after)

		replica := testkit.NewServer(t, s.Engine, testkit.Beside(s))
		there := *p.client
		there.server = replica
		p.client = &there
		first := p.send(t, "crash")
		require.Less(t, first.status, 300, "%s", first.body)
		require.Equal(t, "true", first.header.Get("Idempotency-Replayed"))
		requireReplay(t, first, p.send(t, "crash"))
		require.Equal(t, after, settled(t, s))
	})
}

// hanging makes requests that ask for it wait before their answer, and tells
// when they do. They end with release.
func hanging(t *testing.T, s *testkit.Server) (waits <-chan struct{}, release func()) {
	t.Helper()
	e, ok := s.App.Handler().(*echo.Echo)
	require.True(t, ok)
	arrived, gate := make(chan struct{}, 1), make(chan struct{})
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.Request().Header.Get("X-Hang") != "" {
				c.Response().Before(func() {
					arrived <- struct{}{}
					<-gate
				})
			}
			return next(c)
		}
	})
	return arrived, sync.OnceFunc(func() { close(gate) })
}

// later sends a request whose answer is not waited for.
func (p post) later(t *testing.T, key string) <-chan *http.Response {
	t.Helper()
	request, _ := p.client.with(keyHeader, key).request(t, call{method: http.MethodPost, path: p.path, body: p.body})
	arrives := make(chan *http.Response, 1)
	go func() {
		if response, err := p.client.http.Do(request); err == nil { //nolint:bodyclose // who receives it closes it
			arrives <- response
		}
		close(arrives)
	}()
	return arrives
}

// A request without an answer bars its key for 40 seconds; then its process is
// taken for dead, and the request is carried out after all.
func TestIdempotencyKeyInUse(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		waits, release := hanging(t, s)
		defer release()
		wrong := object{"account_type": "citizen", "login": phone, "password": another}
		p := post{client: c, path: "/v1/sessions", body: wrong}
		first := p.as("X-Hang", "now").later(t, "slow")
		<-waits
		began := s.Clock.Now()
		s.Clock.Advance(39 * time.Second)
		refused := p.send(t, "slow").fails(t, http.StatusConflict, "idempotency_key_in_use")
		require.Equal(t, began.Add(40*time.Second), *refused.RetryAt)
		other := p
		other.body = object{"account_type": "citizen", "login": phone, "password": password}
		other.send(t, "slow").fails(t, http.StatusUnprocessableEntity, "idempotency_key_reused")

		s.Clock.Advance(time.Second)
		second := p.send(t, "slow")
		second.fails(t, http.StatusUnauthorized, "credentials_incorrect")
		release()
		slow := read(t, <-first)
		slow.fails(t, http.StatusUnauthorized, "credentials_incorrect")
		requireReplay(t, second, p.send(t, "slow"))
	})
}

// A handler that panics leaves no answer behind, and no lease either.
func TestIdempotencyKeyAfterPanic(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		fragile(t, s)
		r := c.start(t, phone)
		right := s.Await(t, phone, 1)[0].Code
		p := post{client: c.flow(r), path: r.path("/confirmation"), body: object{"code": wrongCode(right)}}
		p.crash(t, "panic")
		p.send(t, "panic").fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, 3, c.look(t, r).Code.AttemptsLeft, "both were paid for")
	})
}

// Other methods have no use for the key.
func TestIdempotencyKeyOfOtherMethods(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	in := c.register(t, phone)
	keyed := c.bearing(in.AccessToken).with(keyHeader, "x")
	for range 2 {
		a := keyed.get(t, "/v1/me")
		a.ok(t, http.StatusOK)
		require.Empty(t, a.header.Values("Idempotency-Replayed"))
	}
	keyed.delete(t, "/v1/sessions/current").ok(t, http.StatusNoContent)
	keyed.delete(t, "/v1/sessions/current").fails(t, http.StatusUnauthorized, "access_token_invalid")
}

// Requests that run at the same time under one key are carried out once.
func TestIdempotencyKeyAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		replica := newClient(testkit.NewServer(t, e, testkit.Beside(s)))
		t.Cleanup(replica.http.CloseIdleConnections)
		answers := parallel(t, 30, func(i int) answer {
			sender := []*client{c, replica}[i%2]
			return sender.with(keyHeader, "start").post(t, "/v1/registrations", applicant(phone))
		})
		got := outcomes(t, answers)
		require.Equal(t, 30, got["201"]+got["idempotency_key_in_use"], fmt.Sprint(got))
		require.Positive(t, got["201"])
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM registrations"))
		s.Await(t, phone, 1)
	})
}
