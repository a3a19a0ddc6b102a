package account

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Freeze closes an account to its owner, in the caller's transaction and while
// the caller holds the account: its sessions end, and so do visits and letters
// under way. A suspension takes nothing away that is proven; after a death nothing
// is. The event of the audit log says by whom and why. The owner is told of a
// suspension; of a death nobody is told here.
func (s *Service) Freeze(
	ctx context.Context, a *domain.Account, on domain.AccountEvent, event domain.AuditEvent,
) error {
	event = event.Of(a.ID)
	if err := s.move(ctx, a, on, event); err != nil {
		return err
	}
	if err := s.endSessions(ctx, a, event); err != nil {
		return err
	}
	if on != domain.AccountSuspend {
		return s.void(ctx, a, event)
	}
	if err := s.Confirmations.Withdraw(ctx, a.ID, event.Caller); err != nil {
		return err
	}
	return s.tell(ctx, *a, domain.MessageAccountSuspended)
}

// void takes back what is confirmed of the owner's identity, and the level that
// rests on it.
func (s *Service) void(ctx context.Context, a *domain.Account, event domain.AuditEvent) error {
	if _, err := s.Confirmations.Void(ctx, a.ID, event.Caller); err != nil || a.Level != domain.LevelConfirmed {
		return err
	}
	if err := a.DoubtIdentity(); err != nil {
		return err
	}
	return s.follow(ctx, "account."+string(domain.LevelDoubtIdentity), a.ID, event)
}

func (s *Service) endSessions(ctx context.Context, a *domain.Account, event domain.AuditEvent) error {
	ended, err := s.Sessions.EndAll(ctx, a.ID, s.Clock.Now())
	if err != nil {
		return err
	}
	for _, session := range ended {
		if err := s.follow(ctx, "session."+string(domain.SessionClose), session.ID, event); err != nil {
			return err
		}
	}
	return nil
}

// follow records what an event of the account has caused, as done by the same
// people.
func (s *Service) follow(ctx context.Context, action string, subject uuid.UUID, cause domain.AuditEvent) error {
	event := cause
	event.ID, event.Action, event.SubjectID, event.Reason = domain.NewID(), action, subject, ""
	return s.Journal.Record(ctx, event)
}

// Thaw opens an account to its owner again, in the caller's transaction and while
// the caller holds the account, and tells the owner. What was void stays void.
func (s *Service) Thaw(
	ctx context.Context, a *domain.Account, on domain.AccountEvent, event domain.AuditEvent,
) error {
	if err := s.move(ctx, a, on, event.Of(a.ID)); err != nil {
		return err
	}
	return s.tell(ctx, *a, domain.MessageAccountReinstated)
}

func (s *Service) move(ctx context.Context, a *domain.Account, on domain.AccountEvent, event domain.AuditEvent) error {
	if err := a.Move(on); err != nil {
		return err
	}
	return s.Journal.Record(ctx, event)
}

// tell writes to every proven contact of an account.
func (s *Service) tell(ctx context.Context, a domain.Account, kind domain.MessageKind) error {
	for _, m := range a.Notices(domain.Message{Kind: kind}, s.Clock.Now()) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}
