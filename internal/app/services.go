package app

import (
	"github.com/tink-crypto/tink-go/v2/tink"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/email"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/password"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/account"
	"example.org/kabinet/internal/service/centre"
	"example.org/kabinet/internal/service/confirmation"
	"example.org/kabinet/internal/service/contactcode"
	"example.org/kabinet/internal/service/credential"
	"example.org/kabinet/internal/service/idempotency"
	"example.org/kabinet/internal/service/letter"
	"example.org/kabinet/internal/service/notification"
	"example.org/kabinet/internal/service/operator"
	"example.org/kabinet/internal/service/payer"
	"example.org/kabinet/internal/service/registration"
	"example.org/kabinet/internal/service/sandbox"
	"example.org/kabinet/internal/service/session"
	"example.org/kabinet/internal/service/terms"
	"example.org/kabinet/internal/service/verification"
	"example.org/kabinet/internal/service/workingcalendar"
	"example.org/kabinet/internal/token"
)

// services is the use cases of the program.
type services struct {
	registration *registration.Service
	session      *session.Service
	account      *account.Service
	notification *notification.Service
	idempotency  *idempotency.Service
	centre       *centre.Service
	terms        *terms.Service
	calendar     *workingcalendar.Service
	verification *verification.Service
	tokens       *token.Issuer
	confirmation *confirmation.Service
	letter       *letter.Service
	operator     *operator.Service
	counter      deskServices
	payer        *payer.Service
	credential   *credential.Service
	// passwords is one for all services: what is hashed at once is bounded.
	passwords passwords

	sandbox *sandbox.Service // nil in production
	// machineAnswers keeps answers by the time that nobody moves; nil in
	// production.
	machineAnswers *idempotency.Service
}

// audience is who access tokens are for: this API.
const audience = "kabinet"

func (a *App) buildServices() error {
	passwords, err := newPasswords(a)
	if err != nil {
		return err
	}
	a.services.passwords = passwords
	if a.services.tokens, err = a.newIssuer(); err != nil {
		return err
	}
	mac, err := a.keyset.Codes()
	if err != nil {
		return err
	}
	fields, err := a.keyset.Fields()
	if err != nil {
		return err
	}
	sessions := repository.NewSessions(a.store)
	accounts := repository.NewAccounts(a.store)
	answers := repository.NewAnswers(a.store)
	left := a.newJournal()
	a.services.session = session.New(session.Parts{
		Tx: a.store, Sessions: sessions, RefreshTokens: sessions, Accounts: accounts,
		Operators: repository.NewOperators(a.store), Payers: repository.NewPayerAccounts(a.store), Terms: a.services.terms,
		Limits:    repository.NewLimits(a.store),
		Throttles: repository.NewThrottles(a.store), Journal: left, Passwords: passwords,
		Tokens: a.services.tokens, Clock: a.Clock, Phones: a.machine, Policies: a.policies,
	})
	a.services.registration = registration.New(registration.Parts{
		Tx: a.store, Registrations: repository.NewRegistrations(a.store),
		Challenges: repository.NewChallenges(a.store), Codes: a.newContactCodes(mac), Accounts: accounts, Journal: left,
		Passwords: passwords, Sessions: a.services.session,
		Sealer: otp.NewSealer(mac), Clock: a.Clock, Policies: a.policies,
	})
	a.services.account = account.New(account.Parts{
		Accounts: accounts, Sessions: sessions, Confirmations: confirmations{a}, Journal: left, Clock: a.Clock,
	})
	a.services.idempotency = idempotency.New(answers, fields, a.Clock, a.policies.IdempotencyKept)
	return nil
}

// newContactCodes is what proves contacts.
func (a *App) newContactCodes(mac tink.MAC) *contactcode.Service {
	return contactcode.New(contactcode.Parts{
		Challenges: repository.NewChallenges(a.store), Limits: repository.NewLimits(a.store), Journal: a.newJournal(),
		Sealer: otp.NewSealer(mac), Clock: a.Clock, Policies: a.policies,
	})
}

func (a *App) newIssuer() (*token.Issuer, error) {
	var keys []token.SigningKey
	for _, k := range a.keyset.TokenKeys() {
		keys = append(keys, token.SigningKey(k))
	}
	return token.NewIssuer(token.Config{
		Issuer:   a.Config.Server.PublicURL,
		Audience: audience,
		TTL:      a.policies.AccessTokenLifetime,
		Keys:     keys,
		Clock:    a.Clock,
	})
}

func (a *App) newSender() (*delivery.Sender, error) {
	renderer := delivery.NewRenderer(a.Builtin.texts)
	if a.sandbox() {
		return delivery.NewSender(renderer,
			a.outbox.Provider(domain.ChannelSMS), a.outbox.Provider(domain.ChannelEmail)), nil
	}
	mail, err := email.New(a.Config.Delivery.SMTPURL.Reveal())
	if err != nil {
		return nil, err
	}
	providers, err := a.newSMS()
	if err != nil {
		return nil, err
	}
	providers = append(providers, delivery.Guard(mail, a.Clock))
	for _, p := range providers {
		a.watch("channel_"+p.Name(), p)
	}
	return delivery.NewSender(renderer, providers...), nil
}

// journal is what use cases leave behind.
type journal struct {
	*repository.Audit
	*repository.Messages
	*repository.Answers
	*repository.Alarms
}

func (a *App) newJournal() journal {
	return journal{
		repository.NewAudit(a.store), repository.NewMessages(a.store),
		repository.NewAnswers(a.store), repository.NewAlarms(a.store),
	}
}

// passwords joins the hasher and the policy of passwords.
type passwords struct {
	*password.Hasher
	policy *password.Policy
}

func newPasswords(a *App) (passwords, error) {
	h := a.Config.Hash
	hasher, err := password.NewHasher(
		password.Params{MemoryKiB: h.MemoryKiB, Time: h.Time, Threads: h.Threads},
		password.Admission{Parallel: h.Parallel, Queue: h.Queue, RetryAfter: hashRetryAfter}, a.Clock)
	return passwords{hasher, a.Builtin.policy}, err
}

// CheckPayer judges a password for a payer with this number.
func (p passwords) CheckPayer(plain string, number domain.PayerNumber) []apperr.Code {
	return p.policy.Check(plain, password.About{Number: number.Digits()})
}

// Check judges a password for someone with this contact.
func (p passwords) Check(plain string, contact ident.Contact) []apperr.Code {
	if contact.Kind() == ident.ContactPhone {
		const countryCode = len("+7")
		return p.policy.Check(plain, password.About{PhoneDigits: contact.Value()[countryCode:]})
	}
	return p.policy.Check(plain, password.About{Email: contact.Value()})
}
