package handler

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler/middleware"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/problem"
)

// ledger keeps answers by scope and key, and notes what was asked of it.
type ledger struct {
	kept     map[string]domain.Answer
	scopes   []string
	released int
}

func (l *ledger) Begin(_ context.Context, r domain.IdempotentRequest) (*domain.Lease, *domain.Answer, error) {
	l.scopes = append(l.scopes, r.Scope)
	key := r.Scope + r.Key
	if a, ok := l.kept[key]; ok {
		return nil, &a, nil
	}
	return &domain.Lease{Key: []byte(key)}, nil, nil
}

func (l *ledger) Finish(_ context.Context, lease *domain.Lease, a domain.Answer) error {
	l.kept[string(lease.Key)] = a
	return nil
}

func (l *ledger) Release(context.Context, *domain.Lease) error {
	l.released++
	return nil
}

// once serves one route behind the middleware as the program does.
type once struct {
	ledger ledger
	log    bytes.Buffer
	echo   *echo.Echo
}

func newOnce(t *testing.T, do echo.HandlerFunc) *once {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	o := &once{ledger: ledger{kept: map[string]domain.Answer{}}, echo: echo.New()}
	logger := slog.New(slog.NewJSONHandler(&o.log, nil))
	o.echo.HTTPErrorHandler = middleware.ErrorHandler(problem.New("http://localhost", texts, clock.System{}), logger)
	o.echo.Use(middleware.AccessLog(logger, clock.System{}), middleware.Recover(logger))
	o.echo.POST("/x", do, Idempotency(&o.ledger, logger))
	return o
}

func (o *once) post(t *testing.T, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/x", body)
	r.Header.Set("Idempotency-Key", "k")
	w := httptest.NewRecorder()
	o.echo.ServeHTTP(w, r)
	return w
}

func TestFirstAnswerIsGivenAgain(t *testing.T) {
	t.Parallel()
	calls := 0
	o := newOnce(t, func(c echo.Context) error {
		calls++
		c.Response().Header().Set(echo.HeaderLocation, "/y")
		return c.String(http.StatusCreated, "done")
	})
	first, second := o.post(t, strings.NewReader("{}")), o.post(t, strings.NewReader("{}"))
	require.Equal(t, 1, calls)
	require.Equal(t, first.Code, second.Code)
	require.Equal(t, "done", second.Body.String())
	require.Equal(t, "/y", second.Header().Get(echo.HeaderLocation))
	require.Empty(t, first.Header().Get("Idempotency-Replayed"))
	require.Equal(t, "true", second.Header().Get("Idempotency-Replayed"))
}

// A panic is a failure like any other: answered, logged, and to be tried again.
func TestPanicUnderAKey(t *testing.T) {
	t.Parallel()
	o := newOnce(t, func(echo.Context) error { panic("boom") })
	w := o.post(t, strings.NewReader("{}"))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Contains(t, w.Body.String(), `"code":"internal"`)
	require.Contains(t, o.log.String(), "boom")
	require.Empty(t, o.ledger.kept)
	require.Equal(t, 1, o.ledger.released)
}

func TestFailureUnderAKeyIsLogged(t *testing.T) {
	t.Parallel()
	o := newOnce(t, func(echo.Context) error { return errors.New("the disk is full") })
	require.Equal(t, http.StatusInternalServerError, o.post(t, strings.NewReader("{}")).Code)
	require.Contains(t, o.log.String(), "the disk is full")
	require.Contains(t, o.log.String(), `"code":"internal"`)
	require.Equal(t, 1, o.ledger.released)
}

// A body that breaks off is the client's doing, with a key as without.
func TestBodyThatBreaksOffUnderAKey(t *testing.T) {
	t.Parallel()
	o := newOnce(t, func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	broken := io.MultiReader(strings.NewReader(`{"a":`), &failing{errors.New("read tcp 192.0.2.1: reset")})
	w := o.post(t, broken)
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, w.Body.String(), "malformed_json")
	require.NotContains(t, o.log.String(), "192.0.2.1")
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// What is kept is what had an effect; the rest may be mended under its key.
func TestWhichFailuresAreKept(t *testing.T) {
	t.Parallel()
	for code, kept := range map[apperr.Code]bool{
		apperr.CodeIncorrect: true, apperr.CredentialsIncorrect: true,
		apperr.RefreshTokenReused: true, apperr.RegistrationClosed: true,
		apperr.ValidationFailed: false, apperr.RateLimited: false, apperr.Busy: false,
		apperr.InvalidTransition: false, apperr.Internal: false, apperr.Unauthenticated: false,
	} {
		o := newOnce(t, func(echo.Context) error { return apperr.New(code) })
		first := o.post(t, strings.NewReader("{}"))
		second := o.post(t, strings.NewReader("{}"))
		require.Equal(t, first.Body.String(), second.Body.String(), code)
		require.Equal(t, kept, second.Header().Get("Idempotency-Replayed") == "true", code)
	}
}

// Who is signed in is told apart by account, whatever token or session: the
// next token gets the first one's answer.
func TestScopeOfAKeyOfAnAccount(t *testing.T) {
	t.Parallel()
	o := newOnce(t, func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	one, other := uuid.New(), uuid.New()
	signedIn := Authenticated(tokens{"first": one, "renewed": one, "else": other})
	o.echo.POST("/mine", func(c echo.Context) error { return c.NoContent(http.StatusOK) },
		signedIn, Idempotency(&o.ledger, slog.New(slog.DiscardHandler)))
	for _, token := range []string{"first", "renewed", "else", "ended"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/mine", strings.NewReader("{}"))
		r.Header.Set("Idempotency-Key", "k")
		r.Header.Set("Authorization", "Bearer "+token)
		o.echo.ServeHTTP(httptest.NewRecorder(), r)
	}
	require.Equal(t, []string{
		"POST\n/mine\n\naccount " + one.String(), "POST\n/mine\n\naccount " + one.String(), "POST\n/mine\n\naccount " + other.String(),
	}, o.ledger.scopes)
}

// tokens are accounts by their access tokens.
type tokens map[string]uuid.UUID

func (o tokens) Authenticate(_ context.Context, access string) (domain.Principal, error) {
	if id, ok := o[access]; ok {
		return domain.Principal{AccountID: id}, nil
	}
	return domain.Principal{}, apperr.New(apperr.AccessTokenInvalid)
}

// A key belongs to whoever used it first: told apart by token, else by network.
func TestScopeOfAKey(t *testing.T) {
	t.Parallel()
	o := newOnce(t, func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	for _, body := range []string{`{}`, `{"refresh_token":"one"}`, `{"refresh_token":"two"}`, `no json`} {
		o.post(t, strings.NewReader(body))
	}
	require.Equal(t, []string{
		"POST\n/x\n\nnetwork 192.0.2.1", "POST\n/x\n\ntoken one", "POST\n/x\n\ntoken two", "POST\n/x\n\nnetwork 192.0.2.1",
	}, o.ledger.scopes)
}
