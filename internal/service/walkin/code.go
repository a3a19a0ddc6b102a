package walkin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// dispatch is a code on its way: what is kept of it and what is sent.
type dispatch struct {
	challenge domain.Challenge
	message   domain.Message
}

// view is what an operator is told of the code.
func (d dispatch) view() domain.FirstCode {
	return domain.FirstCode{
		AccountID: d.challenge.SubjectID, Contact: d.message.To,
		ExpiresAt: d.challenge.ExpiresAt, ResendAt: d.challenge.ResendAt,
	}
}

// prepare makes the code for the first sign-in to an account, which has one
// contact, and begins a wait for the next.
func (s *Service) prepare(a domain.Account, now time.Time, wait time.Duration) (dispatch, error) {
	code, err := otp.Crockford(domain.FirstSignInCodeLength)
	if err != nil {
		return dispatch{}, err
	}
	c := domain.Challenge{
		ID:           domain.NewID(),
		Purpose:      domain.PurposeFirstSignIn,
		SubjectID:    a.ID,
		Status:       domain.ChallengeIssued,
		AttemptsLeft: s.Policies.CodeAttempts,
		CreatedAt:    now,
		ExpiresAt:    now.Add(s.Policies.FirstSignInLifetime),
		ResendAt:     now.Add(wait),
	}
	m := domain.NewMessage(domain.MessageFirstSignIn, a.Contacts[0].Value, a.Locale, now)
	m.Code, m.ExpiresAt = code, c.ExpiresAt
	c.MAC, err = s.Sealer.Seal(c.ID, string(c.Purpose), code)
	return dispatch{c, m}, err
}

// send counts the code, stores it and queues its message, in the caller's
// transaction.
func (s *Service) send(ctx context.Context, d dispatch, by domain.Desk) error {
	if err := s.count(ctx, d.message.To, d.challenge.CreatedAt); err != nil {
		return err
	}
	if err := s.Challenges.Issue(ctx, d.challenge); err != nil {
		return err
	}
	if err := s.record(ctx, "challenge.issue", d.challenge.ID, deed{by, d.challenge.SubjectID}); err != nil {
		return err
	}
	return s.Journal.Enqueue(ctx, d.message)
}

// count counts a code against the limits of its contact.
func (s *Service) count(ctx context.Context, contact ident.Contact, now time.Time) error {
	if _, err := s.Limits.Take(ctx, s.Policies.CodesPerHourLimit(), contact.Key(), now); err != nil {
		return err
	}
	_, err := s.Limits.Take(ctx, s.Policies.CodesPerDayLimit(), contact.Key(), now)
	return err
}

// Resend sends a new code to a person who has no password yet, to another contact
// where the first was typed wrongly; the code before is worth nothing from then on.
func (s *Service) Resend(ctx context.Context, in domain.FirstCodeRequest) (out domain.FirstCode, err error) {
	now := s.Clock.Now()
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, in.AccountID, func(a *domain.Account) error {
			last, err := s.mayResend(ctx, in, *a, now)
			if err != nil {
				return err
			}
			if err := s.redirect(ctx, in, a); err != nil {
				return err
			}
			code, err := s.prepare(*a, now, s.nextWait(last))
			if err != nil {
				return err
			}
			out = code.view()
			return s.send(ctx, code, in.Desk)
		})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// redirect gives the account the contact that the person really has, where the
// operator names one.
func (s *Service) redirect(ctx context.Context, in domain.FirstCodeRequest, a *domain.Account) error {
	if in.Contact.IsZero() {
		return nil
	}
	if !a.Contacts[0].ConfirmedAt.IsZero() {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: []string{"sign_in"}}
	}
	a.Contacts[0].Value = in.Contact
	if in.Desk.Operator.Knows(*a) {
		return apperr.New(apperr.OwnAccount)
	}
	if err := s.Accounts.ReplaceContact(ctx, *a, a.Contacts[0]); err != nil {
		return err
	}
	return s.record(ctx, "account.replace_contact", a.ID, deed{in.Desk, a.ID})
}

// mayResend refuses while the wait after the last code lasts, and for accounts
// that no operator's code is for. It returns the last code.
func (s *Service) mayResend(
	ctx context.Context, in domain.FirstCodeRequest, a domain.Account, now time.Time,
) (last domain.Challenge, err error) {
	if a.Type != domain.AccountCitizen {
		return last, apperr.New(apperr.NotFound)
	}
	data, err := s.PersonalData.Get(ctx, a.ID)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return last, err
	}
	if in.Desk.Operator.Is(a, data.Subject.SNILS) {
		return last, apperr.New(apperr.OwnAccount)
	}
	if frozen := a.Frozen(); frozen != nil {
		return last, frozen
	}
	last, err = s.waiting(ctx, a)
	if err == nil && now.Before(last.ResendAt) {
		return last, &apperr.Error{Code: apperr.CodeResendTooEarly, RetryAt: last.ResendAt, NextActions: []string{"send_first_sign_in_code"}}
	}
	return last, err
}

// nextWait is the wait for the code after the next one. It begins anew where the
// last code is over for so long that it is gone.
func (s *Service) nextWait(last domain.Challenge) time.Duration {
	if last.ID == uuid.Nil {
		return s.Policies.CodeResendAfter
	}
	return s.Policies.NextResendAfter(last.ResendAt.Sub(last.CreatedAt))
}

// waiting is the code that was sent last to a person who has no password yet;
// empty where it is gone.
func (s *Service) waiting(ctx context.Context, a domain.Account) (domain.Challenge, error) {
	_, err := s.Credentials.Credential(ctx, a.ID)
	if err == nil {
		return domain.Challenge{}, &apperr.Error{Code: apperr.InvalidTransition, NextActions: []string{"sign_in"}}
	}
	if !errors.Is(err, apperr.New(apperr.NotFound)) {
		return domain.Challenge{}, err
	}
	last, err := s.Challenges.Current(ctx, domain.PurposeFirstSignIn, a.ID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return domain.Challenge{}, nil
	}
	return last, err
}
