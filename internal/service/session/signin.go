package session

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// SignIn opens a session for the right password. A login that nobody has
// takes the same steps and ends in the same error as a wrong password.
func (s *Service) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	account, fresh, err := s.admit(ctx, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	signedIn, err := s.Open(account, in.Transport, in.Caller)
	if err == nil {
		err = s.begin(ctx, in, signedIn, fresh)
	}
	if err != nil {
		return domain.SignedIn{}, errors.Join(err, s.refund(ctx, in))
	}
	return signedIn, nil
}

// admit looks at the password of whoever finds a place in the queue: without
// one, nothing is done at all.
func (s *Service) admit(ctx context.Context, in domain.SignIn) (domain.Account, rehash, error) {
	leave, err := s.Passwords.Reserve(in.Caller.Network())
	if err != nil {
		return domain.Account{}, rehash{}, err
	}
	defer leave()
	blocked, err := s.countTry(ctx, in)
	if err != nil {
		return domain.Account{}, rehash{}, err
	}
	account, fresh, err := s.prove(ctx, in)
	if errors.Is(err, apperr.New(apperr.CredentialsIncorrect)) {
		return account, fresh, s.refuse(ctx, in, account, blocked)
	}
	if err != nil {
		return account, fresh, errors.Join(err, s.refund(ctx, in))
	}
	return account, fresh, nil
}

// begin stores the session, and forgets the failures before it.
func (s *Service) begin(ctx context.Context, in domain.SignIn, out domain.SignedIn, fresh rehash) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.throttle(ctx, in, reset); err != nil {
			return err
		}
		if err := s.Save(ctx, out, in.Caller); err != nil {
			return err
		}
		if fresh.new != "" {
			if err := s.Accounts.ReplaceHash(ctx, out.Account.ID, fresh.old, fresh.new); err != nil {
				return err
			}
		}
		return s.Journal.Keep(ctx, out)
	})
}

// rehash is a hash to be replaced by one with today's parameters.
type rehash struct{ old, new string }

// prove compares the password with the one on file.
func (s *Service) prove(ctx context.Context, in domain.SignIn) (domain.Account, rehash, error) {
	account, credential, err := s.find(ctx, in)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		err = s.Passwords.VerifyDummy(ctx, in.Password)
		return domain.Account{}, rehash{}, orIncorrect(err)
	}
	if err != nil {
		return domain.Account{}, rehash{}, err
	}
	ok, stale, err := s.Passwords.Verify(ctx, credential.Hash, in.Password)
	if err != nil || !ok || !account.CanSignIn() {
		return account, rehash{}, orIncorrect(err)
	}
	if !stale {
		return account, rehash{}, nil
	}
	hash, err := s.Passwords.Hash(ctx, in.Password)
	return account, rehash{credential.Hash, hash}, err
}

func orIncorrect(err error) error {
	if err != nil {
		return err
	}
	return apperr.New(apperr.CredentialsIncorrect)
}

func (s *Service) find(ctx context.Context, in domain.SignIn) (domain.Account, domain.Credential, error) {
	contact, err := ident.ParseLogin(in.Login)
	if err != nil {
		return domain.Account{}, domain.Credential{}, apperr.Wrap(apperr.NotFound, err)
	}
	account, err := s.Accounts.FindByContact(ctx, contact)
	if err != nil {
		return domain.Account{}, domain.Credential{}, err
	}
	if account.Type != in.AccountType {
		return domain.Account{}, domain.Credential{}, apperr.New(apperr.NotFound)
	}
	credential, err := s.Accounts.Credential(ctx, account.ID)
	return account, credential, err
}

// refuse records a wrong password and tells how long the next try must wait.
func (s *Service) refuse(ctx context.Context, in domain.SignIn, a domain.Account, t domain.Throttle) error {
	event := domain.NewAuditEvent("session.refuse", a.ID, in.Caller, s.Clock.Now()).Of(a.ID)
	failure := &apperr.Error{Code: apperr.CredentialsIncorrect, RetryAt: t.BlockedUntil}
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
	if contact, err := ident.ParseLogin(in.Login); err == nil {
		login = contact.Key()
	}
	return s.Throttles.Update(ctx, string(in.AccountType)+":"+login, in.Caller.Network(), fn)
}
