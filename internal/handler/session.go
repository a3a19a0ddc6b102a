package handler

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler/middleware"
)

// Sessions is the use cases of sessions.
type Sessions interface {
	SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error)
	Refresh(ctx context.Context, in domain.Refresh) (domain.SignedIn, error)
	List(ctx context.Context, who domain.Principal, p domain.Page) ([]domain.Session, error)
	End(ctx context.Context, who domain.Principal, id uuid.UUID, by domain.Caller) error
}

// Session is the handlers of /v1/sessions.
type Session struct {
	service Sessions
	origins []string
}

// NewSession returns the handlers. Sessions in cookies are opened for pages of
// the given origins only.
func NewSession(s Sessions, origins []string) *Session { return &Session{s, origins} }

// mayUse refuses to open a cookie session for a page of a foreign origin: its
// owner could otherwise sign a visitor in to an account of the owner's.
func mayUse(c echo.Context, t domain.Transport, origins []string) error {
	if t == domain.TransportCookie && !middleware.OriginAllowed(c.Request(), origins) {
		return apperr.New(apperr.OriginNotAllowed)
	}
	return nil
}

// Create signs in.
//
//	@ID				createSession
//	@Summary		Sign in
//	@Description	Opens a session for a phone or e-mail address and its password, or for an operator's name, password and code of the second factor. An unknown login, a wrong password and a wrong or used code are the same answer.
//	@Tags			sessions
//	@Accept			json
//	@Produce		json
//	@Param			request	body		SessionRequest	true	"Login and password"
//	@Success		201		{object}	SignedInResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Failure		503		{object}	problem.Problem
//	@Router			/v1/sessions [post]
func (h *Session) Create(c echo.Context) error {
	var in SessionRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	signIn := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	if err := mayUse(c, signIn.Transport, h.origins); err != nil {
		return err
	}
	signIn.Caller = caller(c)
	return answer(c, signedInReply(http.StatusCreated), func(ctx context.Context) (domain.SignedIn, error) {
		return h.service.SignIn(ctx, signIn)
	})
}

// Refresh exchanges a refresh token for the next pair of tokens.
//
//	@ID				refreshSession
//	@Summary		Get the next pair of tokens
//	@Description	A refresh token is good for one exchange. One that comes again later than a few seconds ends its session, and the owner is told.
//	@Tags			sessions
//	@Accept			json
//	@Produce		json
//	@Param			request	body		RefreshRequest	false	"The refresh token; nothing for a session in cookies"
//	@Success		200		{object}	SignedInResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/sessions/refresh [post]
func (h *Session) Refresh(c echo.Context) error {
	in, err := h.parseRefresh(c)
	if err != nil {
		return err
	}
	return answer(c, signedInReply(http.StatusOK), func(ctx context.Context) (domain.SignedIn, error) {
		return h.service.Refresh(ctx, in)
	})
}

// parseRefresh takes the token from the body if there is one, and from the
// cookie otherwise.
func (h *Session) parseRefresh(c echo.Context) (domain.Refresh, error) {
	out := domain.Refresh{Transport: domain.TransportBody, Caller: caller(c)}
	var in RefreshRequest
	cookie, noCookie := c.Cookie(refreshCookie)
	wrong := &fieldErrors{}
	if noCookie != nil || !emptyBody(c) {
		var err error
		if wrong, err = read(c, &in); err != nil {
			return out, err
		}
	}
	out.Token = in.RefreshToken
	switch {
	case out.Token == "" && noCookie == nil && wrong.err() == nil:
		out.Token, out.Transport = cookie.Value, domain.TransportCookie
		return out, mayUse(c, out.Transport, h.origins)
	case out.Token == "":
		wrong.add("/refresh_token", apperr.FieldRequired)
	}
	return out, wrong.err()
}

// List shows the caller's sessions.
//
//	@ID			listSessions
//	@Summary	List one's own sessions
//	@Description	The devices that are signed in to the caller's account, newest first.
//	@Tags		sessions
//	@Produce	json
//	@Security	accessToken
//	@Param		cursor	query		string	false	"Where the page before ended"	maxlength(200)
//	@Param		limit	query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success	200		{object}	SessionListResponse
//	@Failure	401		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Router		/v1/sessions [get]
func (h *Session) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	who := principal(c)
	sessions, err := h.service.List(c.Request().Context(), who, oneMore(page))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newSessionList(sessions, who, page))
}

// Delete ends one of the caller's sessions.
//
//	@ID			deleteSession
//	@Summary	End one of one's own sessions
//	@Description	Ends one of the caller's sessions; its tokens are refused from then on.
//	@Tags		sessions
//	@Produce	json
//	@Security	accessToken
//	@Param		id	path	string	true	"Session id"	format(uuid)
//	@Success	204
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Router		/v1/sessions/{id} [delete]
func (h *Session) Delete(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	return h.end(c, id)
}

// DeleteCurrent signs out.
//
//	@ID			deleteCurrentSession
//	@Summary	Sign out
//	@Description	Ends the session of the request; its tokens are refused from then on.
//	@Tags		sessions
//	@Produce	json
//	@Security	accessToken
//	@Success	204
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Router		/v1/sessions/current [delete]
func (h *Session) DeleteCurrent(c echo.Context) error {
	return h.end(c, principal(c).SessionID)
}

func (h *Session) end(c echo.Context, id uuid.UUID) error {
	who := principal(c)
	if err := h.service.End(c.Request().Context(), who, id, caller(c)); err != nil {
		return err
	}
	if id == who.SessionID {
		for _, cookie := range clearedCookies() {
			c.SetCookie(cookie)
		}
	}
	return c.NoContent(http.StatusNoContent)
}
