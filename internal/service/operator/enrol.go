package operator

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/token"
)

// totpIssuer is what authenticator apps show beside the login.
const totpIssuer = "Kabinet"

// StartEnrolment makes a second factor for whoever has the enrolment link. Until
// the enrolment is completed, each start makes a new one in the place of the
// old. The answer is not kept for an Idempotency-Key: whoever finds the link and
// the key later must not be shown the secret of an operator at work.
func (s *Service) StartEnrolment(ctx context.Context, plain string, by domain.Caller) (domain.Enrolling, error) {
	hash := token.HashOpaque(plain)
	o, err := s.invited(ctx, hash)
	if err != nil {
		return domain.Enrolling{}, err
	}
	key, err := otp.NewTOTP(totpIssuer, o.Login)
	if err != nil {
		return domain.Enrolling{}, err
	}
	out := domain.Enrolling{URI: key.URI}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out.Operator, err = s.Operators.Update(ctx, o.ID, func(o *domain.Operator) error {
			if err := o.CanEnrol(hash, s.Clock.Now()); err != nil {
				return err
			}
			o.TOTPSecret, o.TOTPStep = key.Secret, 0
			return nil
		})
		if err != nil {
			return err
		}
		return s.record(ctx, "operator.start_enrolment", o.ID, domain.Desk{Operator: o, Caller: by})
	})
	return out, err
}

// CompleteEnrolment gives the operator a password, once it is shown that the
// second factor is set up. The link has then done its work.
func (s *Service) CompleteEnrolment(ctx context.Context, in domain.Enrolment) (domain.Operator, error) {
	hash := token.HashOpaque(in.Token)
	o, err := s.invited(ctx, hash)
	if err != nil {
		return o, err
	}
	if err := s.judge(in, o); err != nil {
		return o, err
	}
	if o.TOTPSecret == "" {
		return o, notStarted()
	}
	if _, ok := otp.MatchTOTP(o.TOTPSecret, in.OTP, s.Phones.Now()); !ok {
		return o, &apperr.Error{Code: apperr.CodeIncorrect, NextActions: []string{"start_enrolment", "complete_enrolment"}}
	}
	password, err := s.hash(ctx, in)
	if err != nil {
		return o, err
	}
	credential := domain.Credential{AccountID: o.ID, Hash: password, ChangedAt: s.Clock.Now()}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if o, err = s.Operators.Update(ctx, o.ID, s.enrol(in, hash)); err != nil {
			return err
		}
		if err := s.Credentials.SetCredential(ctx, credential); err != nil {
			return err
		}
		if err := s.record(ctx, "operator.enrol", o.ID, domain.Desk{Operator: o, Caller: in.Caller}); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, o)
	})
	return o, err
}

// enrol looks at all of it again: meanwhile somebody else may have used the
// link or set up another second factor.
func (s *Service) enrol(in domain.Enrolment, hash []byte) func(*domain.Operator) error {
	return func(o *domain.Operator) error {
		if err := o.CanEnrol(hash, s.Clock.Now()); err != nil {
			return err
		}
		if o.TOTPSecret == "" {
			return notStarted()
		}
		step, ok := otp.MatchTOTP(o.TOTPSecret, in.OTP, s.Phones.Now())
		if !ok {
			return apperr.New(apperr.CodeIncorrect)
		}
		return o.Enrol(step)
	}
}

// notStarted refuses to complete what was never begun: there is no second factor
// that a code could be of.
func notStarted() error {
	return &apperr.Error{Code: apperr.EnrolmentInvalid, NextActions: []string{"start_enrolment"}}
}

// invited is the operator whom an enrolment link that is good is for.
func (s *Service) invited(ctx context.Context, hash []byte) (domain.Operator, error) {
	o, err := s.Operators.FindByEnrolment(ctx, hash)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return o, apperr.Wrap(apperr.EnrolmentInvalid, err)
	}
	if err != nil {
		return o, err
	}
	return o, o.CanEnrol(hash, s.Clock.Now())
}

// judge reports all that is wrong with the two passwords at once.
func (s *Service) judge(in domain.Enrolment, o domain.Operator) error {
	var wrong []apperr.Field
	codes := s.Passwords.Check(in.Password, o.Email)
	known := slices.Contains(codes, apperr.PasswordContainsContact)
	if !known && strings.Contains(strings.ToLower(in.Password), o.Login) {
		codes = append(codes, apperr.PasswordContainsContact)
	}
	for _, code := range codes {
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

func (s *Service) hash(ctx context.Context, in domain.Enrolment) (string, error) {
	leave, err := s.Passwords.Reserve(in.Caller.Network())
	if err != nil {
		return "", err
	}
	defer leave()
	return s.Passwords.Hash(ctx, in.Password)
}
