package session

import (
	"context"
	"time"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/token"
)

// Open makes a session with its tokens, and stores nothing.
func (s *Service) Open(a domain.Account, t domain.Transport, by domain.Caller) (domain.SignedIn, error) {
	now := s.Clock.Now()
	session := domain.Session{
		ID:         domain.NewID(),
		AccountID:  a.ID,
		Status:     domain.SessionActive,
		Transport:  t,
		Scope:      domain.ScopeCabinet,
		UserAgent:  by.UserAgent,
		Address:    by.Address,
		CreatedAt:  now,
		LastUsedAt: now,
		IdleAt:     now.Add(s.Policies.SessionIdle),
		ExpiresAt:  now.Add(s.Policies.SessionAbsolute),
	}
	return s.tokens(a, session)
}

// Save stores a new session in the caller's transaction.
func (s *Service) Save(ctx context.Context, in domain.SignedIn, by domain.Caller) error {
	if err := s.Sessions.Create(ctx, in.Session); err != nil {
		return err
	}
	if err := s.RefreshTokens.AddRefresh(ctx, in.Link); err != nil {
		return err
	}
	event := domain.NewAuditEvent("session.open", in.Session.ID, by, in.Session.CreatedAt)
	return s.Journal.Record(ctx, event.Of(in.Account.ID))
}

// tokens makes the next pair of a session.
func (s *Service) tokens(a domain.Account, of domain.Session) (domain.SignedIn, error) {
	access, expires, err := s.Tokens.Issue(token.Claims{
		Subject:     a.ID,
		SessionID:   of.ID,
		AccountType: string(a.Type),
		Level:       string(a.Level),
		Scope:       string(of.Scope),
		AuthTime:    of.CreatedAt,
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	refresh, hash, err := token.NewOpaque()
	now := s.Clock.Now()
	a.Refresh(now)
	return domain.SignedIn{
		Session: of,
		Account: a,
		Link:    domain.RefreshToken{Hash: hash, SessionID: of.ID, CreatedAt: now},
		Tokens: domain.Tokens{
			Access:         access,
			AccessLifetime: expires.Sub(now.Truncate(time.Second)),
			Refresh:        refresh,
			RefreshUntil:   of.ExpiresAt,
		},
	}, err
}

// Renew makes the next pair of a session, and stores nothing.
func (s *Service) Renew(a domain.Account, of domain.Session) (domain.SignedIn, error) {
	return s.tokens(a, of)
}

// Replace makes a pair the only one of its session, in the caller's transaction.
// Whoever comes with the pair before, later than two tabs of one browser would, is
// taken for a thief.
func (s *Service) Replace(ctx context.Context, in domain.SignedIn) error {
	if err := s.RefreshTokens.UseAll(ctx, in.Session.ID, s.Clock.Now()); err != nil {
		return err
	}
	return s.RefreshTokens.AddRefresh(ctx, in.Link)
}
