package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler/middleware"
)

// maxIdempotencyKey is the longest key that is taken, in bytes.
const maxIdempotencyKey = 255

// Idempotent is the use cases of idempotency.
type Idempotent interface {
	Begin(ctx context.Context, r domain.IdempotentRequest) (*domain.Lease, *domain.Answer, error)
	Finish(ctx context.Context, l *domain.Lease, a domain.Answer) error
	Release(ctx context.Context, l *domain.Lease) error
}

// Idempotency gives a POST with an Idempotency-Key its first answer again. An
// answer is kept if the request had an effect; one that was refused for what
// it said may be mended and sent again under the same key.
func Idempotency(s Idempotent, log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			keys := c.Request().Header.Values("Idempotency-Key")
			if c.Request().Method != http.MethodPost || len(keys) == 0 {
				return next(c)
			}
			request, err := idempotentRequest(c, keys)
			if err != nil {
				return err
			}
			lease, first, err := s.Begin(c.Request().Context(), request)
			if err != nil {
				return err
			}
			if first != nil {
				c.Response().Header().Set("Idempotency-Replayed", "true")
				return write(c, *first)
			}
			return carryOut(c, keeping{s, log}, lease, next)
		}
	}
}

// idempotentRequest reads the key and the body, and leaves the body to be read
// again.
func idempotentRequest(c echo.Context, keys []string) (domain.IdempotentRequest, error) {
	if len(keys) > 1 || !validIdempotencyKey(keys[0]) {
		return domain.IdempotentRequest{}, apperr.New(apperr.IdempotencyKeyInvalid)
	}
	r := c.Request()
	body, err := readBody(r)
	if err != nil {
		return domain.IdempotentRequest{}, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	// What is allowed to one origin must not be replayed to another.
	scope := []string{r.Method, r.URL.Path, r.Header.Get(echo.HeaderOrigin), credentials(c, body)}
	return domain.IdempotentRequest{Scope: strings.Join(scope, "\n"), Key: keys[0], Body: body}, nil
}

// credentials is what tells one client from another: the account behind
// [Authenticated], elsewhere the token that it sent, or its network where it
// sent none. Without that, who guesses another's key and body would be given
// the other's answer. A token is renewed every few minutes, an account is not:
// who comes again with the next one gets the first answer.
func credentials(c echo.Context, body []byte) string {
	if who := principal(c); who.AccountID != uuid.Nil {
		return "account " + who.AccountID.String()
	}
	if header := c.Request().Header.Get(echo.HeaderAuthorization); header != "" {
		return "authorization " + header
	}
	// What is no JSON has no token, and is refused later.
	var in RefreshRequest
	if json.Unmarshal(body, &in) == nil && in.RefreshToken != "" {
		return "token " + in.RefreshToken
	}
	for _, name := range []string{refreshCookie, accessCookie} {
		if cookie, err := c.Cookie(name); err == nil {
			return "cookie " + cookie.Value
		}
	}
	return "network " + caller(c).Network()
}

func validIdempotencyKey(key string) bool {
	if key == "" || len(key) > maxIdempotencyKey {
		return false
	}
	for _, b := range []byte(key) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return true
}

// keeping is where answers are kept, and where it is told if that fails.
type keeping struct {
	answers Idempotent
	log     *slog.Logger
}

// settleTimeout is how long keeping an answer may take.
const settleTimeout = 5 * time.Second

// carryOut lets the request through. Its answer is held back until it is
// kept, so that a client never has an answer that a repetition would not get.
func carryOut(c echo.Context, in keeping, lease *domain.Lease, next echo.HandlerFunc) error {
	c.SetRequest(c.Request().WithContext(domain.WithLease(c.Request().Context(), lease)))
	out := c.Response().Writer
	held := &heldWriter{ResponseWriter: out, status: http.StatusOK, err: errPanicked}
	c.Response().Writer = held
	defer func() {
		c.Response().Writer = out
		in.settle(c, lease, held)
	}()
	err := next(c)
	if err != nil {
		c.Error(err)
		middleware.NoteFailure(c, err)
	}
	// Only now the answer is complete.
	held.err = err
	return nil
}

// errPanicked stands for the error of a handler that did not return.
var errPanicked = errors.New("panic")

// settle keeps the answer or forgets the request, and then sends the answer.
func (in keeping) settle(c echo.Context, lease *domain.Lease, held *heldWriter) {
	// A client that hangs up does not undo what was done for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), settleTimeout)
	defer cancel()
	var err error
	switch {
	case lease.Kept && held.err == nil:
	case held.err == nil || hadEffect(held.err):
		err = in.answers.Finish(ctx, lease, held.answer())
	default:
		err = in.answers.Release(ctx, lease)
	}
	if err != nil {
		in.log.ErrorContext(ctx, "answer not kept", "error", err)
	}
	if errors.Is(held.err, errPanicked) {
		return
	}
	c.Response().Writer.WriteHeader(held.status)
	// A client that has gone needs no answer.
	_, _ = c.Response().Writer.Write(held.body.Bytes())
}

// hadEffect tells whether a request that failed has changed something all the
// same: an attempt was spent, or something was ended.
func hadEffect(err error) bool {
	switch apperr.CodeOf(err) { //nolint:exhaustive // all others change nothing
	case apperr.CodeIncorrect, apperr.CredentialsIncorrect, apperr.RefreshTokenReused, apperr.RegistrationClosed:
		return true
	default:
		return false
	}
}

// heldWriter keeps an answer instead of sending it.
type heldWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	// err is what the handler returned.
	err error
}

// WriteHeader implements [http.ResponseWriter].
func (w *heldWriter) WriteHeader(status int) { w.status = status }

// Write implements [http.ResponseWriter].
func (w *heldWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

// answer is what was written, with those of its headers that belong to the
// answer and not to the connection.
func (w *heldWriter) answer() domain.Answer {
	header := http.Header{}
	for _, name := range []string{echo.HeaderContentType, "Content-Language", echo.HeaderLocation, echo.HeaderSetCookie} {
		if values := w.Header().Values(name); len(values) > 0 {
			header[name] = values
		}
	}
	return domain.Answer{Status: w.status, Header: header, Body: w.body.Bytes()}
}
