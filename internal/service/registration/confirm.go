package registration

import (
	"context"

	"example.org/kabinet/internal/domain"
)

// Confirm compares a code with the one that was sent last. The attempt is paid
// for before the comparison and stays paid whatever its outcome, so that any
// number of guesses at once gets no more of them.
func (s *Service) Confirm(ctx context.Context, in domain.CodeEntry) (domain.RegistrationFlow, error) {
	r, err := s.authorize(ctx, in.Key)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	var flow domain.RegistrationFlow
	var wrong error
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		// The registration is locked first, as everywhere.
		flow.Registration, err = s.Registrations.Update(ctx, r.ID, func(r *domain.Registration) (err error) {
			flow.Challenge, wrong, err = s.tryCode(ctx, r, in)
			return err
		})
		if err != nil || wrong != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	return flow, wrong
}

// tryCode moves the registration if the code is right. The attempt of a wrong one
// must not be rolled back: its error is separate.
func (s *Service) tryCode(
	ctx context.Context, r *domain.Registration, in domain.CodeEntry,
) (c domain.Challenge, wrong, err error) {
	now := s.Clock.Now()
	if err := r.Check(domain.RegistrationConfirmContact, now); err != nil {
		return c, nil, err
	}
	if c, wrong, err = s.Codes.Try(ctx, proof(*r), in.Code, in.Caller); err != nil || wrong != nil {
		return c, wrong, err
	}
	if err := r.ConfirmContact(now, s.Policies.RegistrationPasswordWindow); err != nil {
		return c, nil, err
	}
	return c, nil, s.Journal.Record(ctx, domain.NewAuditEvent("registration.confirm_contact", r.ID, in.Caller, now))
}
