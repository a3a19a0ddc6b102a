// Package verification takes personal data from a person and has the registers
// check them: submit, the checks themselves, and watching them.
package verification

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Account) error) (domain.Account, error)
}

// PersonalData keeps personal data and consents.
type PersonalData interface {
	Get(ctx context.Context, account uuid.UUID) (domain.PersonalData, error)
	Put(ctx context.Context, d domain.PersonalData) error
	Accept(ctx context.Context, c domain.Consent) error
}

// Cases keeps verification cases.
type Cases interface {
	Create(ctx context.Context, c domain.VerificationCase) error
	Get(ctx context.Context, id uuid.UUID) (domain.VerificationCase, error)
	Current(ctx context.Context, account uuid.UUID) (domain.VerificationCase, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.VerificationCase) error) (domain.VerificationCase, error)
	// Schedule adds the job that makes one check.
	Schedule(ctx context.Context, run domain.CheckRun) error
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
	// Raise calls for operators, once for each kind and subject.
	Raise(ctx context.Context, a domain.Alarm) error
}

// Claims keeps whose confirmed account a SNILS belongs to.
type Claims interface {
	// Holder is that account; zero when there is none.
	Holder(ctx context.Context, snils ident.SNILS) (uuid.UUID, error)
	// Others are the accounts, but for one, that have told the same SNILS.
	Others(ctx context.Context, snils ident.SNILS, except uuid.UUID) ([]uuid.UUID, error)
}

// Confirmations is what an account has proven of its owner's identity, or is
// about to. The caller holds the account.
type Confirmations interface {
	// Void makes all of it worthless, in the caller's transaction.
	Void(ctx context.Context, account uuid.UUID, by domain.Caller) (voided bool, err error)
	// LetterUnderWay tells whether there is a letter whose code is still good.
	LetterUnderWay(ctx context.Context, account uuid.UUID) (bool, error)
}

// Freezer closes accounts to their owners.
type Freezer interface {
	// Freeze closes an account that the caller holds, in the caller's transaction.
	Freeze(ctx context.Context, a *domain.Account, on domain.AccountEvent, event domain.AuditEvent) error
}

// Limits counts against rate limits.
type Limits interface {
	Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
}

// Documents is what people agree to.
type Documents interface {
	// Current is the version of a document that is in force now.
	Current(document string) (domain.Terms, error)
}

// Register answers questions about people. An error says that it cannot be
// reached, and never that the person failed.
type Register interface {
	// Ask puts a question and returns what the register calls it. One key is
	// one question, however often it is put.
	Ask(ctx context.Context, r domain.CheckRequest) (reference string, err error)
	// Poll asks whether a question is answered.
	Poll(ctx context.Context, reference string) (domain.CheckOutcome, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx           Transactor
	Accounts     Accounts
	PersonalData PersonalData
	Cases        Cases
	Claims       Claims
	Journal      Journal
	Limits       Limits
	// Confirmations and Freezer are what other use cases do.
	Confirmations Confirmations
	Freezer       Freezer
	Documents     Documents
	// Registers has one for each kind of check.
	Registers map[domain.CheckKind]Register
	Clock     clock.Clock
	Policies  domain.Policies
}

// Service is the use cases of verification.
type Service struct {
	Parts
	watchers chan struct{}
}

// New returns the service.
func New(p Parts) *Service { return &Service{p, make(chan struct{}, maxWatchers)} }

// eastmost is the zone in which a day begins first in Russia (Kamchatka).
const eastmost = 12 * 60 * 60

// Form is what personal data are judged by at the moment. A document may be
// dated today anywhere in the country.
func (s *Service) Form() (domain.PersonalDataForm, error) {
	consent, err := s.Documents.Current(domain.DocumentPersonalData)
	if err != nil {
		return domain.PersonalDataForm{}, fmt.Errorf("consent: %w", err)
	}
	today := ident.DateOf(s.Clock.Now().In(time.FixedZone("", eastmost)))
	return domain.PersonalDataForm{Consent: consent, Today: today}, nil
}

// PersonalDataOf is what an account has told; [apperr.NotFound] when that is
// nothing yet.
func (s *Service) PersonalDataOf(ctx context.Context, who domain.Principal) (domain.PersonalData, error) {
	d, err := s.PersonalData.Get(ctx, who.AccountID)
	return d, nothingYet(err)
}

// nothingYet says what to do where there is nothing on file.
func nothingYet(err error) error {
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return &apperr.Error{Code: apperr.NotFound, NextActions: domain.VerificationStatus("").NextActions()}
	}
	return err
}
