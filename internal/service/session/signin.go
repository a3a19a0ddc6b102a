package session

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// SignIn opens a session for the right password, and for the right code of the
// second factor where the account has one. A login that nobody has takes the
// same steps and ends in the same error as a wrong password.
func (s *Service) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	p, err := s.admit(ctx, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	signedIn, err := s.open(p, in)
	if err == nil {
		err = s.begin(ctx, in, &signedIn, p)
	}
	if incorrect(err) {
		return domain.SignedIn{}, s.refuse(ctx, in, p)
	}
	if err != nil {
		return domain.SignedIn{}, errors.Join(err, s.refund(ctx, in))
	}
	return signedIn, nil
}

// admit looks at the password of whoever finds a place in the queue: without
// one, nothing is done at all.
func (s *Service) admit(ctx context.Context, in domain.SignIn) (proof, error) {
	leave, err := s.Passwords.Reserve(in.Caller.Network())
	if err != nil {
		return proof{}, err
	}
	defer leave()
	blocked, err := s.countTry(ctx, in)
	if err != nil {
		return proof{}, err
	}
	p, err := s.prove(ctx, in)
	p.blocked = blocked
	if incorrect(err) {
		return p, s.refuse(ctx, in, p)
	}
	if err != nil {
		return p, errors.Join(err, s.refund(ctx, in))
	}
	return p, nil
}

func incorrect(err error) bool { return errors.Is(err, apperr.New(apperr.CredentialsIncorrect)) }

// begin stores the session, and forgets the failures before it.
func (s *Service) begin(ctx context.Context, in domain.SignIn, out *domain.SignedIn, p proof) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.stillGood(ctx, p, out); err != nil {
			return err
		}
		if err := s.throttle(ctx, in, reset); err != nil {
			return err
		}
		if err := s.Save(ctx, *out, in.Caller); err != nil {
			return err
		}
		if p.rehash.new != "" {
			if err := s.Accounts.ReplaceHash(ctx, out.Account.ID, p.rehash.old, p.rehash.new); err != nil {
				return err
			}
		}
		return s.Journal.Keep(ctx, *out)
	})
}

// stillGood holds on to what the session is opened for: who closes the account
// finds the session, or the account is closed already. A code of the second
// factor is used up here.
func (s *Service) stillGood(ctx context.Context, p proof, out *domain.SignedIn) error {
	if p.account.Type == domain.AccountOperator {
		first, err := s.Operators.UseStep(ctx, p.account.ID, p.step)
		if err == nil && !first {
			err = apperr.New(apperr.CredentialsIncorrect)
		}
		return err
	}
	account, err := s.Accounts.Lock(ctx, p.account.ID)
	if err != nil {
		return err
	}
	if err := frozen(account); err != nil || account.Type != domain.AccountPayer {
		return err
	}
	return s.usePayerPassword(ctx, p, out)
}

// frozen is why an account cannot be used; nil where it can.
func frozen(a domain.Account) error {
	if e := a.Frozen(); e != nil {
		return e
	}
	return nil
}

// proof is what the right password and code were shown for.
type proof struct {
	account domain.Account
	rehash  rehash
	// hash is what the password was compared with.
	hash   string
	caller domain.Caller
	// step is the time step of the code of the second factor.
	step int64
	// blocked is the state of the login's failures, this try among them.
	blocked domain.Throttle
}

// rehash is a hash to be replaced by one with today's parameters.
type rehash struct{ old, new string }

// prove compares the password with the one on file.
func (s *Service) prove(ctx context.Context, in domain.SignIn) (proof, error) {
	c, err := s.find(ctx, in)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		err = s.Passwords.VerifyDummy(ctx, in.Password)
		return proof{account: c.account}, orIncorrect(err)
	}
	if err != nil {
		return proof{}, err
	}
	p := proof{account: c.account, hash: c.credential.Hash, caller: in.Caller}
	ok, stale, err := s.Passwords.Verify(ctx, c.credential.Hash, c.typed(in.Password))
	if err != nil || !ok {
		return p, orIncorrect(err)
	}
	if p.step, err = s.second(ctx, in, c); err != nil {
		return p, err
	}
	if !stale {
		return p, nil
	}
	hash, err := s.Passwords.Hash(ctx, c.typed(in.Password))
	p.rehash = rehash{c.credential.Hash, hash}
	return p, err
}

// second looks at what is asked for besides the right password.
func (s *Service) second(ctx context.Context, in domain.SignIn, c candidate) (step int64, err error) {
	if c.account.Type != domain.AccountOperator {
		return 0, frozen(c.account)
	}
	_, err = s.Limits.Take(ctx, domain.SecondFactorLimit(), c.account.ID.String(), s.Clock.Now())
	if errors.Is(err, apperr.New(apperr.RateLimited)) {
		// Any other answer would tell that the password is right.
		return 0, apperr.Wrap(apperr.CredentialsIncorrect, err)
	}
	if err != nil {
		return 0, err
	}
	step, ok := otp.MatchTOTP(c.operator.TOTPSecret, in.OTP, s.Phones.Now())
	if !ok || c.operator.Status != domain.OperatorActive || step <= c.operator.TOTPStep {
		return 0, apperr.New(apperr.CredentialsIncorrect)
	}
	return step, nil
}

func orIncorrect(err error) error {
	if err != nil {
		return err
	}
	return apperr.New(apperr.CredentialsIncorrect)
}

// candidate is whose login was given.
type candidate struct {
	account    domain.Account
	operator   domain.Operator
	credential domain.Credential
}

func (s *Service) find(ctx context.Context, in domain.SignIn) (c candidate, err error) {
	switch in.AccountType {
	case domain.AccountOperator:
		err = s.findOperator(ctx, in.Login, &c)
	case domain.AccountPayer:
		err = s.findPayer(ctx, in.Login, &c)
	case domain.AccountCitizen:
		err = s.findByContact(ctx, in.Login, &c)
	}
	if err != nil {
		return c, err
	}
	if c.account.Type != in.AccountType {
		return candidate{}, apperr.New(apperr.NotFound)
	}
	c.credential, err = s.Accounts.Credential(ctx, c.account.ID)
	return c, err
}

func (s *Service) findByContact(ctx context.Context, login string, c *candidate) error {
	contact, err := ident.ParseLogin(login)
	if err != nil {
		return apperr.Wrap(apperr.NotFound, err)
	}
	c.account, err = s.Accounts.FindByContact(ctx, contact)
	return err
}

func (s *Service) findOperator(ctx context.Context, text string, c *candidate) error {
	login, err := ident.ParseOperatorLogin(text)
	if err != nil {
		return apperr.Wrap(apperr.NotFound, err)
	}
	if c.operator, err = s.Operators.FindByLogin(ctx, login.Text()); err != nil {
		return err
	}
	c.account, err = s.Accounts.Get(ctx, c.operator.ID)
	return err
}

// refuse records a wrong password and tells how long the next try must wait.
func (s *Service) refuse(ctx context.Context, in domain.SignIn, p proof) error {
	event := domain.NewAuditEvent("session.refuse", p.account.ID, in.Caller, s.Clock.Now()).Of(p.account.ID)
	failure := &apperr.Error{Code: apperr.CredentialsIncorrect, RetryAt: p.blocked.BlockedUntil}
	return errors.Join(s.Journal.Record(ctx, event), failure)
}

// countTry counts the try as a failure before the password is looked at.
func (s *Service) countTry(ctx context.Context, in domain.SignIn) (domain.Throttle, error) {
	var after domain.Throttle
	err := s.throttle(ctx, in, func(t *domain.Throttle) error {
		defer func() { after = *t }()
		return t.Attempt(s.Clock.Now(), s.Policies)
	})
	return after, err
}

// refundTimeout is how long taking a try back may take.
const refundTimeout = 5 * time.Second

// refund takes the try back when it was not the password that failed, even if
// the client is gone by then.
func (s *Service) refund(ctx context.Context, in domain.SignIn) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refundTimeout)
	defer cancel()
	return s.throttle(ctx, in, func(t *domain.Throttle) error {
		t.Refund()
		return nil
	})
}

func reset(t *domain.Throttle) error {
	t.Reset()
	return nil
}

func (s *Service) throttle(ctx context.Context, in domain.SignIn, fn func(*domain.Throttle) error) error {
	login := strings.ToLower(strings.TrimSpace(in.Login))
	if number, err := domain.ParsePayerNumber(in.Login); err == nil && in.AccountType == domain.AccountPayer {
		login = number.Digits()
	} else if contact, err := ident.ParseLogin(in.Login); err == nil {
		login = contact.Key()
	}
	return s.Throttles.Update(ctx, string(in.AccountType)+":"+login, in.Caller.Network(), fn)
}
