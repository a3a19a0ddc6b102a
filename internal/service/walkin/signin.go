package walkin

import (
	"context"
	"errors"
	"time"

	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// SignIn sets the password of a person registered at the counter, proves the
// contact and opens a session. A login that no such person has takes the same
// steps and ends in the same error as a wrong, an old or a used-up code (M26).
func (s *Service) SignIn(ctx context.Context, in domain.FirstSignIn) (domain.SignedIn, error) {
	now := s.Clock.Now()
	if err := s.judge(&in); err != nil {
		return domain.SignedIn{}, err
	}
	if _, err := s.Limits.Take(ctx, s.Policies.FirstSignInsLimit(), in.Caller.Network(), now); err != nil {
		return domain.SignedIn{}, err
	}
	// A place first: a right code must not be spent in vain.
	leave, err := s.Passwords.Reserve(in.Caller.Network())
	if err != nil {
		return domain.SignedIn{}, err
	}
	defer leave()
	account, code, err := s.prove(ctx, in, now)
	if err != nil {
		return domain.SignedIn{}, err
	}
	if frozen := account.Frozen(); frozen != nil {
		return domain.SignedIn{}, frozen
	}
	hash, err := s.Passwords.Hash(ctx, in.Password)
	if err != nil {
		return domain.SignedIn{}, err
	}
	account.Contacts[0].ConfirmedAt = now
	out, err := s.Sessions.Open(account, in.Transport, in.Caller)
	if err != nil {
		return domain.SignedIn{}, err
	}
	credential := domain.Credential{AccountID: account.ID, Hash: hash, ChangedAt: now}
	return out, s.begin(ctx, in, out, solved{code, credential})
}

// judge reports all that is wrong with code and passwords at once, and gives the
// code its usual spelling. It depends on nothing but the request.
func (s *Service) judge(in *domain.FirstSignIn) error {
	var wrong []apperr.Field
	code, err := otp.ParseCrockford(in.Code, domain.FirstSignInCodeLength)
	if err != nil {
		wrong = append(wrong, apperr.Field{Pointer: "/code", Code: apperr.CodeFormat})
	}
	in.Code = code
	for _, code := range s.Passwords.Check(in.Password, in.Login) {
		wrong = append(wrong, apperr.Field{Pointer: "/password", Code: code})
	}
	if norm.NFC.String(in.Password) != norm.NFC.String(in.Confirmation) {
		wrong = append(wrong, apperr.Field{Pointer: "/password_confirmation", Code: apperr.PasswordMismatch})
	}
	if len(wrong) > 0 {
		return apperr.Invalid(wrong...)
	}
	return nil
}

// incorrect is what every code that does not open the account is answered. It
// tells no attempts: an unknown login has none.
func incorrect() error {
	return &apperr.Error{Code: apperr.CodeIncorrect, NextActions: []string{"first_sign_in", "visit_office"}}
}

// prove spends an attempt and compares the code, with a decoy where there is
// none. The attempt stays spent whatever its outcome.
func (s *Service) prove(ctx context.Context, in domain.FirstSignIn, now time.Time) (domain.Account, domain.Challenge, error) {
	account, last, err := s.expected(ctx, in)
	if err != nil {
		return account, last, err
	}
	matches := false
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		spent, ok, err := s.Challenges.Spend(ctx, last.ID, now)
		if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
			return err
		}
		matches = s.Sealer.Matches(last.MAC, last.ID, string(last.Purpose), in.Code) && ok
		if matches {
			return nil
		}
		event := domain.NewAuditEvent("challenge.wrong_code", last.ID, in.Caller, now)
		if ok && spent.AttemptsLeft == 0 {
			event.Action = "challenge." + string(domain.ChallengeExhaust)
			if _, err := s.Challenges.Update(ctx, last.ID, (*domain.Challenge).Exhaust); err != nil {
				return err
			}
		}
		return s.Journal.Record(ctx, event.Of(account.ID))
	})
	if err == nil && !matches {
		err = incorrect()
	}
	return account, last, err
}

// expected is the code that a login's owner was sent; a decoy where nobody was.
// Both take the same steps.
func (s *Service) expected(ctx context.Context, in domain.FirstSignIn) (domain.Account, domain.Challenge, error) {
	account, errAccount := s.Accounts.FindByContact(ctx, in.Login)
	_, errCredential := s.Credentials.Credential(ctx, account.ID)
	last, errCode := s.Challenges.Current(ctx, domain.PurposeFirstSignIn, account.ID)
	decoy := domain.Challenge{ID: domain.NewID(), Purpose: domain.PurposeFirstSignIn}
	mac, err := s.Sealer.Decoy()
	decoy.MAC = mac
	for _, failed := range []error{errAccount, errCredential, errCode} {
		if failed != nil && !errors.Is(failed, apperr.New(apperr.NotFound)) {
			return account, decoy, failed
		}
	}
	if errAccount == nil && errCredential != nil && errCode == nil {
		return account, last, err
	}
	return domain.Account{}, decoy, err
}

// solved is a right code and what it brings.
type solved struct {
	code       domain.Challenge
	credential domain.Credential
}

// begin gives the account its password and opens the session. Of the same code
// sent twice at once, one gets there.
func (s *Service) begin(ctx context.Context, in domain.FirstSignIn, out domain.SignedIn, with solved) error {
	now := s.Clock.Now()
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, out.Account.ID, func(a *domain.Account) error {
			if frozen := a.Frozen(); frozen != nil {
				return frozen
			}
			_, err := s.Challenges.Update(ctx, with.code.ID, (*domain.Challenge).Solve)
			return err
		})
		if err != nil {
			return err
		}
		if err := s.Accounts.ProveContact(ctx, out.Account.Contacts[0].ID, now); err != nil {
			return err
		}
		if err := s.Credentials.SetCredential(ctx, with.credential); err != nil {
			return err
		}
		event := domain.NewAuditEvent("challenge."+string(domain.ChallengeSolve), with.code.ID, in.Caller, now)
		if err := s.Journal.Record(ctx, event.Of(out.Account.ID)); err != nil {
			return err
		}
		if err := s.Sessions.Save(ctx, out, in.Caller); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return incorrect()
	}
	return err
}
