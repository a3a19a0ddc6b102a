package credential

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// Change puts a new password in the place of the one in use, which has to be
// given. All other sessions end, and this one goes on with new tokens; where it
// was opened for the new password alone, it may be used for everything from then
// on. A payer may not choose one of the last passwords again, and accepts with the
// new one the terms of connection if those in force are not accepted yet.
func (s *Service) Change(ctx context.Context, in domain.PasswordChange) (domain.SignedIn, error) {
	now := s.Clock.Now()
	if _, err := s.Limits.Take(ctx, s.Policies.PasswordChangesLimit(), in.Who.AccountID.String(), now); err != nil {
		return domain.SignedIn{}, err
	}
	leave, err := s.Passwords.Reserve(in.Caller.Network())
	if err != nil {
		return domain.SignedIn{}, err
	}
	defer leave()
	c, err := s.judge(ctx, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	hash, err := s.Passwords.Hash(ctx, in.Password)
	if err != nil {
		return domain.SignedIn{}, err
	}
	c.fresh = domain.Credential{AccountID: c.account.ID, Hash: hash, ChangedAt: now}
	return s.store(ctx, in, c)
}

// change is a new password that is good enough, and what it takes the place of.
type change struct {
	account domain.Account
	old     domain.Credential
	fresh   domain.Credential
	// terms are those that the change accepts; without a version there are none.
	terms domain.Terms
}

// judge reports all that is wrong at once.
func (s *Service) judge(ctx context.Context, in domain.PasswordChange) (c change, err error) {
	if c.account, err = s.Accounts.Get(ctx, in.Who.AccountID); err != nil {
		return c, err
	}
	if c.old, err = s.Accounts.Credential(ctx, c.account.ID); err != nil {
		return c, err
	}
	current, err := s.current(ctx, in, c)
	if err != nil {
		return c, err
	}
	terms, err := s.accepted(in, &c)
	if err != nil {
		return c, err
	}
	wrong := append(append(current, terms...), s.policy(in, c.account)...)
	if norm.NFC.String(in.Password) != norm.NFC.String(in.Confirmation) {
		wrong = append(wrong, apperr.Field{Pointer: "/password_confirmation", Code: apperr.PasswordMismatch})
	}
	if len(wrong) > 0 {
		return c, apperr.Invalid(wrong...)
	}
	return c, s.unused(ctx, in, c)
}

// current compares the password in use.
func (s *Service) current(ctx context.Context, in domain.PasswordChange, c change) (wrong []apperr.Field, err error) {
	typed := in.Current
	if printed, err := otp.ParseCrockford(typed, domain.CardPasswordLength); err == nil && oneTime(c.account) {
		typed = printed
	}
	ok, _, err := s.Passwords.Verify(ctx, c.old.Hash, typed)
	if err == nil && !ok {
		wrong = []apperr.Field{{Pointer: "/current_password", Code: apperr.CurrentPasswordIncorrect}}
		event := domain.NewAuditEvent("credential.refuse", c.account.ID, in.Caller, s.Clock.Now()).Of(c.account.ID)
		err = s.Journal.Record(ctx, event)
	}
	return wrong, err
}

// oneTime tells whether the password in use is that of a registration card.
func oneTime(a domain.Account) bool { return a.Payer != nil && a.Payer.Credential.OneTime }

func (s *Service) policy(in domain.PasswordChange, a domain.Account) (wrong []apperr.Field) {
	codes := map[apperr.Code]bool{}
	note := func(all []apperr.Code) {
		for _, code := range all {
			if !codes[code] {
				codes[code] = true
				wrong = append(wrong, apperr.Field{Pointer: "/password", Code: code})
			}
		}
	}
	if a.Payer != nil {
		note(s.Passwords.CheckPayer(in.Password, domain.PayerNumber{PFR: a.Payer.Number}))
	}
	for _, contact := range a.Contacts {
		note(s.Passwords.Check(in.Password, contact.Value))
	}
	return wrong
}

// accepted tells whether a payer accepts the terms in force, where that was not
// done before.
func (s *Service) accepted(in domain.PasswordChange, c *change) (wrong []apperr.Field, err error) {
	if c.account.Payer == nil {
		return nil, nil
	}
	terms, err := s.Terms.Current(domain.DocumentPayerConnection)
	if err != nil || in.TermsVersion == "" && c.account.Payer.TermsVersion == terms.Version {
		return nil, err
	}
	const pointer = "/accepted_terms_version"
	switch in.TermsVersion {
	case terms.Version:
		c.terms = terms
		return nil, nil
	case "":
		return []apperr.Field{{Pointer: pointer, Code: apperr.FieldRequired}}, nil
	default:
		version := map[string]string{"version": terms.Version}
		return []apperr.Field{{Pointer: pointer, Code: apperr.ConsentOutdated, Params: version}}, nil
	}
}

// unused refuses the password in use and, to payers, the last ones before it.
func (s *Service) unused(ctx context.Context, in domain.PasswordChange, c change) error {
	taken := []string{c.old.Hash}
	if c.account.Payer != nil {
		most := s.Policies.PayerPasswordHistory
		if !oneTime(c.account) {
			most-- // the one in use counts
		}
		before, err := s.Payers.Remembered(ctx, c.account.ID, most)
		if err != nil {
			return err
		}
		taken = append(taken, before...)
	}
	for i, hash := range taken {
		typed := in.Password
		if printed, err := otp.ParseCrockford(typed, domain.CardPasswordLength); err == nil && i == 0 && oneTime(c.account) {
			typed = printed
		}
		used, _, err := s.Passwords.Verify(ctx, hash, typed)
		if err != nil {
			return err
		}
		if used {
			return apperr.Invalid(apperr.Field{Pointer: "/password", Code: apperr.PasswordReused})
		}
	}
	return nil
}
