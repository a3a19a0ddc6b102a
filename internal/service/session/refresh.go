package session

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/token"
)

// Refresh exchanges a refresh token for the next pair. A token that comes a
// second time ends its session, unless it comes within the grace period, as
// from two tabs of one browser (RFC 9700, 4.14.2).
func (s *Service) Refresh(ctx context.Context, in domain.Refresh) (domain.SignedIn, error) {
	next, err := s.nextPair(ctx, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	reused, err := s.exchange(ctx, in, &next)
	switch {
	case errors.Is(err, apperr.New(apperr.InvalidTransition)):
		return domain.SignedIn{}, apperr.Wrap(apperr.RefreshTokenInvalid, err)
	case err != nil:
		return domain.SignedIn{}, err
	case reused:
		return domain.SignedIn{}, &apperr.Error{Code: apperr.RefreshTokenReused, NextActions: []string{"sign_in"}}
	}
	return next, nil
}

// nextPair makes the tokens before the transaction that stores them.
func (s *Service) nextPair(ctx context.Context, in domain.Refresh) (domain.SignedIn, error) {
	link, err := s.RefreshTokens.FindRefresh(ctx, token.HashOpaque(in.Token))
	if err != nil {
		return domain.SignedIn{}, unknown(err)
	}
	session, err := s.Sessions.Get(ctx, link.SessionID)
	if err != nil {
		return domain.SignedIn{}, unknown(err)
	}
	account, err := s.Accounts.Get(ctx, session.AccountID)
	if err != nil {
		return domain.SignedIn{}, unknown(err)
	}
	if session.Transport != in.Transport || !account.CanSignIn() {
		return domain.SignedIn{}, apperr.New(apperr.RefreshTokenInvalid)
	}
	return s.tokens(account, session)
}

func unknown(err error) error {
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return apperr.Wrap(apperr.RefreshTokenInvalid, err)
	}
	return err
}

// exchange stores the new link, or ends the session when the old one was used
// before. The session's row is locked while its links are looked at.
func (s *Service) exchange(ctx context.Context, in domain.Refresh, next *domain.SignedIn) (reused bool, err error) {
	now, hash := s.Clock.Now(), token.HashOpaque(in.Token)
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		var link domain.RefreshToken
		session, err := s.Sessions.Update(ctx, next.Session.ID, func(session *domain.Session) (err error) {
			if link, err = s.RefreshTokens.FindRefresh(ctx, hash); err != nil {
				return err
			}
			if reused = s.stolen(link, now); reused {
				return session.Revoke(now)
			}
			return session.Refresh(now, s.Policies.SessionIdle)
		})
		if err != nil {
			return err
		}
		next.Session = session
		if reused {
			return s.reportReuse(ctx, *next, in.Caller)
		}
		return s.store(ctx, *next, link, in.Caller)
	})
	return reused, err
}

func (s *Service) stolen(link domain.RefreshToken, now time.Time) bool {
	return !link.UsedAt.IsZero() && now.Sub(link.UsedAt) > s.Policies.RefreshGrace
}

func (s *Service) store(ctx context.Context, next domain.SignedIn, old domain.RefreshToken, by domain.Caller) error {
	now := s.Clock.Now()
	if old.UsedAt.IsZero() {
		if err := s.RefreshTokens.UseRefresh(ctx, old.Hash, now); err != nil {
			return err
		}
	}
	if err := s.RefreshTokens.AddRefresh(ctx, next.Link); err != nil {
		return err
	}
	event := domain.NewAuditEvent("session.refresh", next.Session.ID, by, now)
	if err := s.Journal.Record(ctx, event.Of(next.Account.ID)); err != nil {
		return err
	}
	return s.Journal.Keep(ctx, next)
}

// reportReuse records the end of the session and tells the owner on every
// proven contact.
func (s *Service) reportReuse(ctx context.Context, of domain.SignedIn, by domain.Caller) error {
	now := s.Clock.Now()
	event := domain.NewAuditEvent("session.reuse", of.Session.ID, by, now)
	if err := s.Journal.Record(ctx, event.Of(of.Account.ID)); err != nil {
		return err
	}
	owner, err := s.reachable(ctx, of.Account)
	if err != nil {
		return err
	}
	for _, m := range owner.Notices(domain.Message{Kind: domain.MessageSessionRevoked}, now) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// reachable is an account with the contacts that its owner is written to at: an
// operator's is the address that the invitation has proven.
func (s *Service) reachable(ctx context.Context, a domain.Account) (domain.Account, error) {
	if a.Type != domain.AccountOperator {
		return a, nil
	}
	o, err := s.Operators.Get(ctx, a.ID)
	a.Contacts = []domain.Contact{{Value: o.Email, ConfirmedAt: a.CreatedAt}}
	return a, err
}
