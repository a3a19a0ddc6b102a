package registration

import (
	"context"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/token"
)

// Start opens a registration and sends a code to the contact. A contact that
// already has an account gets the same outcome with a code that nobody is
// sent, and its owner is told of the attempt.
func (s *Service) Start(ctx context.Context, in domain.RegistrationStart) (domain.RegistrationFlow, error) {
	now := s.Clock.Now()
	text, hash, err := token.NewOpaque()
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	r := domain.Registration{
		ID:         domain.NewID(),
		Status:     domain.RegistrationCodeSent,
		FamilyName: in.FamilyName,
		GivenName:  in.GivenName,
		Contact:    in.Contact,
		Locale:     in.Locale,
		TokenHash:  hash,
		CodesSent:  1,
		CreatedAt:  now,
		ExpiresAt:  now.Add(s.Policies.RegistrationLifetime),
	}
	d, err := s.prepare(ctx, r)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	flow := domain.RegistrationFlow{Registration: r, Challenge: d.challenge, Token: text}
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if err := s.Registrations.Create(ctx, r); err != nil {
			return err
		}
		if flow.Quota, err = s.Codes.Send(ctx, d.challenge, d.message, in.Caller); err != nil {
			return err
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent("registration.start", r.ID, in.Caller, now)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}
