package domain

import (
	"time"

	"github.com/google/uuid"
)

// SessionStatus is a state of a [Session].
type SessionStatus string

// The states of a session.
const (
	SessionActive    SessionStatus = "active"
	SessionSignedOut SessionStatus = "signed_out"
	SessionRevoked   SessionStatus = "revoked"
	SessionExpired   SessionStatus = "expired"
)

// SessionStatuses lists every state of a session.
func SessionStatuses() []SessionStatus {
	return []SessionStatus{SessionActive, SessionSignedOut, SessionRevoked, SessionExpired}
}

// Turn says who acts next.
func (s SessionStatus) Turn() Turn {
	if s == SessionActive {
		return TurnPerson
	}
	return TurnNobody
}

// NextActions names what the owner can do next.
func (s SessionStatus) NextActions() []string {
	if s == SessionActive {
		return []string{"refresh", "sign_out"}
	}
	return []string{"sign_in"}
}

// SessionEvent is what can happen to a session.
type SessionEvent string

// The events of a session.
const (
	SessionRefresh SessionEvent = "refresh"
	// SessionSignOut is the end by its owner, from this or another device.
	SessionSignOut SessionEvent = "sign_out"
	// SessionReuse is the end because a used refresh token came back.
	SessionReuse  SessionEvent = "reuse"
	SessionExpire SessionEvent = "expire"
	// SessionClose is the end because the account may not be used any more, or not
	// with the password that opened the session.
	SessionClose SessionEvent = "close"
	// SessionWiden is the end of what kept the session to one thing alone.
	SessionWiden SessionEvent = "widen"
)

// SessionEvents lists every event of a session.
func SessionEvents() []SessionEvent {
	return []SessionEvent{SessionRefresh, SessionSignOut, SessionReuse, SessionExpire, SessionClose, SessionWiden}
}

// SessionMoves is the table of a session's states.
func SessionMoves() []Move[SessionStatus, SessionEvent] {
	return []Move[SessionStatus, SessionEvent]{
		{SessionActive, SessionRefresh, SessionActive},
		{SessionActive, SessionSignOut, SessionSignedOut},
		{SessionActive, SessionReuse, SessionRevoked},
		{SessionActive, SessionExpire, SessionExpired},
		{SessionActive, SessionClose, SessionRevoked},
		{SessionActive, SessionWiden, SessionActive},
	}
}

// Transport says how the tokens of a session travel.
type Transport string

// The transports.
const (
	TransportBody   Transport = "body"
	TransportCookie Transport = "cookie"
)

// Session is one signed-in device.
type Session struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Status    SessionStatus
	Transport Transport
	// Scope is what the session may be used for, and ScopeReason why it is not
	// for everything; empty where it is.
	Scope       SessionScope
	ScopeReason ScopeReason
	// UserAgent and Address are those of the sign-in, for the owner to
	// recognise the device.
	UserAgent string
	Address   string
	CreatedAt time.Time
	// LastUsedAt is the last refresh, or the sign-in.
	LastUsedAt time.Time
	// IdleAt is when the session ends if it is not refreshed.
	IdleAt time.Time
	// ExpiresAt is when it ends in any case.
	ExpiresAt time.Time
}

// Alive tells whether the session can be used now.
func (s *Session) Alive(now time.Time) bool {
	return s.Status == SessionActive && now.Before(s.IdleAt) && now.Before(s.ExpiresAt)
}

// Refresh keeps the session from idling out.
func (s *Session) Refresh(now time.Time, idle time.Duration) error {
	if err := s.move(SessionRefresh, now); err != nil {
		return err
	}
	s.LastUsedAt, s.IdleAt = now, now.Add(idle)
	return nil
}

// SignOut ends the session by its owner's wish.
func (s *Session) SignOut(now time.Time) error { return s.move(SessionSignOut, now) }

// Revoke ends the session because one of its refresh tokens was used twice.
func (s *Session) Revoke(now time.Time) error { return s.move(SessionReuse, now) }

// Close ends the session because its account may not be used any more.
func (s *Session) Close(now time.Time) error { return s.move(SessionClose, now) }

// Widen lets the session be used for all that its account may do.
func (s *Session) Widen(now time.Time) error {
	if err := s.move(SessionWiden, now); err != nil {
		return err
	}
	s.Scope, s.ScopeReason = ScopeCabinet, ""
	return nil
}

// NextActions names what the owner can do next.
func (s *Session) NextActions() []string {
	if s.Status == SessionActive && s.Scope != ScopeCabinet {
		return s.Scope.NextActions()
	}
	return s.Status.NextActions()
}

// Expire moves a session whose time is over to expired.
func (s *Session) Expire(now time.Time) {
	if s.Status == SessionActive && !s.Alive(now) {
		s.Status = SessionExpired
	}
}

func (s *Session) move(on SessionEvent, now time.Time) error {
	s.Expire(now)
	to, err := next(SessionMoves(), s.Status, on)
	if err == nil {
		s.Status = to
	}
	return err
}

// RefreshToken is one link in a session's chain of refresh tokens. Only its
// hash is kept.
type RefreshToken struct {
	Hash      []byte
	SessionID uuid.UUID
	CreatedAt time.Time
	// UsedAt is when it was exchanged for the next one; zero while unused.
	UsedAt time.Time
}

// Tokens is what a client gets for a session.
type Tokens struct {
	Access string
	// AccessLifetime is how long the access token is good for.
	AccessLifetime time.Duration
	Refresh        string
	RefreshUntil   time.Time
}

// SignedIn is a session just opened or refreshed, with all that the client
// is told about it.
type SignedIn struct {
	Session Session
	Tokens  Tokens
	// Link is what is kept of the refresh token.
	Link    RefreshToken
	Account Account
}

// Principal is who a valid access token stands for.
type Principal struct {
	AccountID   uuid.UUID
	AccountType AccountType
	Level       Level
	SessionID   uuid.UUID
	// Scope is what the session may be used for at this moment.
	Scope SessionScope
	// AuthTime is when the person last proved the password.
	AuthTime time.Time
}
