package handler

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// The cookies of a session. The prefix binds them to this host, to https and
// to the whole path (RFC 6265bis, 4.1.3.2).
const (
	accessCookie  = "__Host-kabinet_access"
	refreshCookie = "__Host-kabinet_refresh"
)

// SessionRequest is a sign-in.
type SessionRequest struct {
	AccountType string `json:"account_type" binding:"required" enums:"citizen,payer,operator" example:"citizen"`
	// Login is the phone or e-mail address given at registration, a payer's
	// registration number, or an operator's name.
	Login    string `json:"login" binding:"required" minLength:"1" maxLength:"254" example:"+79001234567"`
	Password string `json:"password" binding:"required" minLength:"1" maxLength:"4096" format:"password" example:"horse radish lantern"`
	// OTP is the code that an operator's second factor shows now: six digits.
	// Operators need it, others have none.
	OTP *string `json:"otp,omitempty" minLength:"1" maxLength:"32" example:"271828"`
	// Transport says how the tokens travel: in the body, or in cookies for
	// pages of an allowed origin.
	Transport *string `json:"transport,omitempty" enums:"body,cookie" example:"body"`
} // @name SessionRequest

func (in SessionRequest) parse(wrong *fieldErrors) domain.SignIn {
	switch domain.AccountType(in.AccountType) {
	case "":
		wrong.add("/account_type", apperr.FieldRequired)
	case domain.AccountCitizen, domain.AccountPayer, domain.AccountOperator:
	default:
		wrong.add("/account_type", apperr.FieldUnsupportedValue)
	}
	requireText(wrong, "/login", in.Login, maxLogin)
	requireText(wrong, "/password", in.Password, maxPassword)
	return domain.SignIn{
		OTP:         in.parseOTP(wrong),
		AccountType: domain.AccountType(in.AccountType),
		Login:       in.Login,
		Password:    in.Password,
		Transport:   parseTransport(wrong, in.Transport),
	}
}

// parseOTP reads the code that only operators have.
func (in SessionRequest) parseOTP(wrong *fieldErrors) string {
	switch {
	case in.AccountType == string(domain.AccountOperator):
		text := ""
		if in.OTP != nil {
			text = *in.OTP
		}
		return parseOTP(wrong, text)
	case in.OTP != nil:
		wrong.add("/otp", apperr.FieldNotAllowed)
	}
	return ""
}

// parseOTP reads the code of a second factor; spaces in it are ignored.
func parseOTP(wrong *fieldErrors, text string) string {
	const maxTyped = 32
	code := strings.NewReplacer(" ", "", "\u00a0", "").Replace(text)
	switch {
	case len(text) > maxTyped:
		wrong.add("/otp", apperr.OTPFormat)
	case code == "":
		wrong.add("/otp", apperr.FieldRequired)
	case len(code) != domain.TOTPDigits || strings.Trim(code, "0123456789") != "":
		wrong.add("/otp", apperr.OTPFormat)
	}
	return code
}

// The longest login and password that are looked at, in bytes.
const (
	maxLogin    = 1016
	maxPassword = 4096
)

func requireText(wrong *fieldErrors, pointer, text string, most int) {
	switch {
	case text == "":
		wrong.add(pointer, apperr.FieldRequired)
	case len(text) > most:
		wrong.add(pointer, apperr.FieldTooLong)
	}
}

func parseTransport(wrong *fieldErrors, text *string) domain.Transport {
	if text == nil {
		return domain.TransportBody
	}
	switch t := domain.Transport(*text); t {
	case domain.TransportBody, domain.TransportCookie:
		return t
	default:
		wrong.add("/transport", apperr.FieldUnsupportedValue)
		return ""
	}
}

// RefreshRequest is a refresh token.
type RefreshRequest struct {
	RefreshToken string `json:"refresh_token" binding:"required" minLength:"1" maxLength:"256" example:"Zk3v0q7xJ2m9w1kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
} // @name RefreshRequest

// SignedInResponse is a session with its tokens. The tokens are missing where
// they travel in cookies.
type SignedInResponse struct {
	AccessToken string `json:"access_token,omitempty" maxLength:"4096" example:"eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjEifQ.e30.c2ln"`
	TokenType   string `json:"token_type,omitempty" enums:"Bearer" example:"Bearer"`
	// ExpiresIn is how many seconds the access token is good for.
	ExpiresIn    int             `json:"expires_in" binding:"required" example:"600"`
	RefreshToken string          `json:"refresh_token,omitempty" example:"Zk3v0q7xJ2m9w1kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
	Session      SessionResponse `json:"session" binding:"required"`
	Account      AccountResponse `json:"account" binding:"required"`
	// PasswordExpiresAt is when a payer's password has to be changed; missing for
	// all others, and where it never has to.
	PasswordExpiresAt *time.Time `json:"password_expires_at,omitempty" format:"date-time" example:"2027-02-02T09:00:00Z"`
	NextActions       []string   `json:"next_actions" binding:"required" example:"refresh,sign_out"`
} // @name SignedInResponse

// SessionResponse is one signed-in device.
type SessionResponse struct {
	ID     uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status string    `json:"status" binding:"required" enums:"active,signed_out,revoked,expired" example:"active"`
	// Current marks the session of the request itself.
	Current   bool   `json:"current" binding:"required" example:"true"`
	Transport string `json:"transport" binding:"required" enums:"body,cookie" example:"body"`
	// Scope is what the session may be used for: everything, or only a new
	// password, or only the terms of connection.
	Scope string `json:"scope" binding:"required" enums:"cabinet,password_change,terms" example:"cabinet"`
	// ScopeReason is why it is not for everything.
	ScopeReason string    `json:"scope_reason,omitempty" enums:"registration_card,password_expired,terms_outdated" example:"password_expired"`
	UserAgent   string    `json:"user_agent" binding:"required" maxLength:"256" example:"curl/8.5.0"`
	Address     string    `json:"address" binding:"required" example:"192.0.2.7"`
	CreatedAt   time.Time `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	LastUsedAt  time.Time `json:"last_used_at" binding:"required" format:"date-time" example:"2026-11-02T09:20:00Z"`
	// IdleExpiresAt is when the session ends unless it is refreshed.
	IdleExpiresAt time.Time `json:"idle_expires_at" binding:"required" format:"date-time" example:"2026-11-02T09:50:00Z"`
	// ExpiresAt is when it ends in any case.
	ExpiresAt   time.Time `json:"expires_at" binding:"required" format:"date-time" example:"2026-11-02T21:00:00Z"`
	NextActions []string  `json:"next_actions" binding:"required" example:"refresh,sign_out"`
} // @name SessionResponse

// SessionListResponse is a page of sessions, newest first.
type SessionListResponse struct {
	Items []SessionResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name SessionListResponse

func newSessionResponse(s domain.Session, current uuid.UUID) SessionResponse {
	return SessionResponse{
		ID:            s.ID,
		Status:        string(s.Status),
		Current:       s.ID == current,
		Transport:     string(s.Transport),
		Scope:         string(s.Scope),
		ScopeReason:   string(s.ScopeReason),
		UserAgent:     s.UserAgent,
		Address:       s.Address,
		CreatedAt:     s.CreatedAt,
		LastUsedAt:    s.LastUsedAt,
		IdleExpiresAt: s.IdleAt,
		ExpiresAt:     s.ExpiresAt,
		NextActions:   s.NextActions(),
	}
}

func newSessionList(sessions []domain.Session, who domain.Principal, p domain.Page) SessionListResponse {
	out := SessionListResponse{Items: []SessionResponse{}}
	sessions, more := trim(sessions, p)
	for _, s := range sessions {
		out.Items = append(out.Items, newSessionResponse(s, who.SessionID))
	}
	if more {
		last := sessions[len(sessions)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return out
}

func signedInReply(status int) func(domain.SignedIn) reply {
	return func(in domain.SignedIn) reply {
		body := SignedInResponse{
			ExpiresIn:   int(in.Tokens.AccessLifetime.Seconds()),
			Session:     newSessionResponse(in.Session, in.Session.ID),
			Account:     newAccountResponse(in.Account),
			NextActions: in.Session.NextActions(),
		}
		body.PasswordExpiresAt = body.Account.PasswordExpiresAt
		if in.Session.Transport == domain.TransportCookie {
			return reply{status: status, body: body, cookies: sessionCookies(in)}
		}
		body.TokenType, body.AccessToken, body.RefreshToken = "Bearer", in.Tokens.Access, in.Tokens.Refresh
		return reply{status: status, body: body}
	}
}

func sessionCookies(in domain.SignedIn) []*http.Cookie {
	return []*http.Cookie{
		sessionCookie(accessCookie, in.Tokens.Access, in.Tokens.AccessLifetime),
		sessionCookie(refreshCookie, in.Tokens.Refresh, in.Tokens.RefreshUntil.Sub(in.Session.LastUsedAt)),
	}
}

// clearedCookies make a browser forget both.
func clearedCookies() []*http.Cookie {
	const past = -time.Second
	return []*http.Cookie{sessionCookie(accessCookie, "", past), sessionCookie(refreshCookie, "", past)}
}

func sessionCookie(name, value string, lifetime time.Duration) *http.Cookie {
	return &http.Cookie{
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   int(lifetime.Seconds()),
		Secure:   true,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	}
}
