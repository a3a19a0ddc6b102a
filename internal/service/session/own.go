package session

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Authenticate tells who an access token stands for. A token of a session
// that has ended is refused, however long it would still be good for.
func (s *Service) Authenticate(ctx context.Context, access string) (domain.Principal, error) {
	claims, err := s.Tokens.Verify(access)
	if err != nil {
		return domain.Principal{}, err
	}
	session, err := s.Sessions.Get(ctx, claims.SessionID)
	if errors.Is(err, apperr.New(apperr.NotFound)) || err == nil && !session.Alive(s.Clock.Now()) {
		return domain.Principal{}, &apperr.Error{Code: apperr.AccessTokenInvalid, NextActions: []string{"sign_in"}}
	}
	return domain.Principal{
		AccountID:   session.AccountID,
		AccountType: domain.AccountType(claims.AccountType),
		Level:       domain.Level(claims.Level),
		SessionID:   session.ID,
		Scope:       session.Scope,
		AuthTime:    session.CreatedAt,
	}, err
}

// List is the caller's own sessions that are alive, newest first.
func (s *Service) List(ctx context.Context, who domain.Principal, p domain.Page) ([]domain.Session, error) {
	return s.Sessions.List(ctx, who.AccountID, s.Clock.Now(), p)
}

// End ends one of the caller's own sessions. Somebody else's, an unknown and
// an ended one are the same error.
func (s *Service) End(ctx context.Context, who domain.Principal, id uuid.UUID, by domain.Caller) error {
	now := s.Clock.Now()
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Sessions.Update(ctx, id, func(session *domain.Session) error {
			if session.AccountID != who.AccountID {
				return apperr.New(apperr.NotFound)
			}
			return session.SignOut(now)
		})
		if err != nil {
			return err
		}
		return s.Journal.Record(ctx, domain.NewAuditEvent("session.sign_out", id, by, now).Of(who.AccountID))
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return apperr.Wrap(apperr.NotFound, err)
	}
	return err
}
