// Package handler is the API's outer edge: each handler decodes a request,
// parses it into domain types, calls one service and encodes the outcome.
package handler

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler/middleware"
	"example.org/kabinet/internal/problem"
)

// maxUserAgent is how much of a client's description is kept, in bytes.
const maxUserAgent = 256

// reply is what a use case's outcome is answered with.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    any
}

// answer carries out a use case and writes its outcome. Where the request has
// an Idempotency-Key, the service stores the same answer with its work.
func answer[T any](c echo.Context, encode func(T) reply, do func(context.Context) (T, error)) error {
	ctx := c.Request().Context()
	if lease := domain.LeaseFrom(ctx); lease != nil {
		lease.Encode = func(outcome any) (domain.Answer, error) {
			own, ok := outcome.(T)
			if !ok {
				return domain.Answer{}, fmt.Errorf("outcome is %T", outcome)
			}
			return encode(own).answer()
		}
	}
	outcome, err := do(ctx)
	if err != nil {
		return err
	}
	a, err := encode(outcome).answer()
	if err != nil {
		return err
	}
	return write(c, a)
}

func (r reply) answer() (domain.Answer, error) {
	header := http.Header{}
	for name, values := range r.header {
		header[name] = values
	}
	for _, cookie := range r.cookies {
		header.Add(echo.HeaderSetCookie, cookie.String())
	}
	if r.body == nil {
		return domain.Answer{Status: r.status, Header: header}, nil
	}
	header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	body, err := json.Marshal(r.body)
	return domain.Answer{Status: r.status, Header: header, Body: body}, err
}

func write(c echo.Context, a domain.Answer) error {
	header := c.Response().Header()
	for name, values := range a.Header {
		header[name] = values
	}
	c.Response().WriteHeader(a.Status)
	_, err := c.Response().Write(a.Body)
	return err
}

// quotaHeader is the state of the limit that the request counted against.
func quotaHeader(q *apperr.Quota) http.Header {
	header := http.Header{}
	if q != nil {
		problem.SetQuota(header, *q)
	}
	return header
}

// caller is who sent the request, as far as the connection tells.
func caller(c echo.Context) domain.Caller {
	agent := strings.ToValidUTF8(c.Request().UserAgent(), "")
	agent = strings.ReplaceAll(agent, "\x00", "")
	for len(agent) > maxUserAgent {
		_, size := utf8.DecodeLastRuneInString(agent)
		agent = agent[:len(agent)-size]
	}
	return domain.Caller{
		RequestID: middleware.RequestIDFrom(c.Request().Context()),
		Address:   c.RealIP(),
		UserAgent: agent,
	}
}

// pathID reads an id of the path. What is not an id names nothing.
func pathID(c echo.Context) (uuid.UUID, error) { return pathIDOf(c, "id") }

// pathIDOf is an id in the path that has another name.
func pathIDOf(c echo.Context, name string) (uuid.UUID, error) {
	id, ok := plainID(c.Param(name))
	if !ok {
		return uuid.UUID{}, apperr.New(apperr.NotFound)
	}
	return id, nil
}

// plainID is an id in its usual form, and whether it is one: [uuid.Parse] takes
// others, too.
func plainID(text string) (uuid.UUID, bool) {
	const plain = 36
	id, err := uuid.Parse(text)
	return id, err == nil && len(text) == plain
}

// bearer is the token of the Authorization header (RFC 6750, 2.1), empty if
// there is none.
func bearer(r *http.Request) string {
	scheme, text, ok := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(text)
}

// flowKey reads the id of a flow and its capability.
func flowKey(c echo.Context) (domain.FlowKey, error) {
	id, err := pathID(c)
	if err != nil {
		return domain.FlowKey{}, err
	}
	text := bearer(c.Request())
	if text == "" {
		return domain.FlowKey{}, apperr.New(apperr.Unauthenticated)
	}
	return domain.FlowKey{ID: id, Token: text}, nil
}
