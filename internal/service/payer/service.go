// Package payer connects payers of contributions to their cabinet: application,
// activation code, activation; or a registration card at the office.
package payer

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Applications keeps applications.
type Applications interface {
	// Create also has the payer looked up.
	Create(ctx context.Context, a domain.PayerApplication) error
	Get(ctx context.Context, id uuid.UUID) (domain.PayerApplication, error)
	Update(
		ctx context.Context, id uuid.UUID, fn func(*domain.PayerApplication) error,
	) (domain.PayerApplication, error)
	// Identify has the payer looked up again.
	Identify(ctx context.Context, id uuid.UUID) error
	// ByCode is the application that a letter or a document is for.
	ByCode(ctx context.Context, code uuid.UUID) (domain.PayerApplication, error)
}

// Challenges finds the codes that prove e-mail addresses.
type Challenges interface {
	Current(ctx context.Context, purpose domain.ChallengePurpose, subject uuid.UUID) (domain.Challenge, error)
}

// Codes proves e-mail addresses by one-time codes.
type Codes interface {
	// Draft makes the next code, and stores nothing.
	Draft(ctx context.Context, of domain.ContactProof) (domain.ContactCode, error)
	// Send counts, stores and sends a code in the caller's transaction.
	Send(ctx context.Context, c domain.Challenge, m domain.Message, by domain.Caller) (*apperr.Quota, error)
	// MayResend refuses while the wait after the last code lasts.
	MayResend(ctx context.Context, of domain.ContactProof) error
	// Try spends an attempt, and solves the challenge if the code is right. The
	// error of a wrong code is separate: its attempt stays spent.
	Try(
		ctx context.Context, of domain.ContactProof, code string, by domain.Caller,
	) (c domain.Challenge, wrong, err error)
}

// Payers keeps the accounts of payers.
type Payers interface {
	// Ensure returns the account of a payer, and makes it where there is none.
	Ensure(ctx context.Context, a domain.Account, p domain.PayerAccount) (domain.PayerAccount, error)
	Get(ctx context.Context, account uuid.UUID) (domain.PayerAccount, error)
	FindByNumber(ctx context.Context, n domain.PayerNumber) (domain.PayerAccount, error)
	// Release takes a unified number from all accounts but that of the payer whose
	// it is now.
	Release(ctx context.Context, p domain.Payer) error
	Update(
		ctx context.Context, account uuid.UUID, fn func(*domain.PayerAccount) error,
	) (domain.PayerAccount, error)
	// Remember keeps the hash of a password that was replaced, as long as it is one
	// of the last so many.
	Remember(ctx context.Context, old domain.Credential, at time.Time, most int) error
	// Forget destroys the hashes of all passwords that a payer has and had.
	Forget(ctx context.Context, account uuid.UUID) error
}

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	// Lock keeps the account as it is until the transaction ends.
	Lock(ctx context.Context, id uuid.UUID) (domain.Account, error)
	Credential(ctx context.Context, account uuid.UUID) (domain.Credential, error)
	// SetCredential gives an account its password, in the place of any before.
	SetCredential(ctx context.Context, c domain.Credential) error
}

// Sessions ends sessions, and widens them.
type Sessions interface {
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Session) error) (domain.Session, error)
	EndAll(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Session, error)
}

// Ledger lists what is under way for payers.
type Ledger interface {
	// OpenOf are the applications of an account that may still lead to a
	// connection, newest first.
	OpenOf(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.PayerApplication, error)
	// Late are applications whose code is late, a page of those after an id.
	Late(ctx context.Context, today ident.Date, after uuid.UUID) ([]uuid.UUID, error)
}

// Aging finds payers with whom time has something to do, a page of those after an
// id.
type Aging interface {
	ToWarn(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error)
	ToLapse(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error)
	Liquidated(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error)
}

// Letters orders registered letters with activation codes.
type Letters interface {
	Request(ctx context.Context, order domain.LetterOrder) (domain.Letter, error)
	Find(ctx context.Context, id uuid.UUID) (domain.Letter, error)
	// Match spends an attempt of each letter, and finds the one whose code is given.
	Match(ctx context.Context, account uuid.UUID, code string) (uuid.UUID, error)
	Settle(ctx context.Context, id uuid.UUID, on domain.LetterEvent, by domain.Caller) error
}

// Documents keeps electronic documents with activation codes.
type Documents interface {
	// Create also has the document carried.
	Create(ctx context.Context, d domain.EDODocument) error
	Get(ctx context.Context, id uuid.UUID) (domain.EDODocument, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.EDODocument) error) (domain.EDODocument, error)
	// Spend takes one attempt from each document of an account.
	Spend(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.EDODocument, error)
}

// Attempts keeps what was tried.
type Attempts interface {
	Add(ctx context.Context, a domain.MessageAttempt) error
	Change(ctx context.Context, a domain.MessageAttempt) error
}

// Exchange carries electronic documents. Sending one twice is sending it once;
// [domain.ErrUndeliverable] says that it will never be taken.
type Exchange interface {
	Send(ctx context.Context, m domain.EDOMessage) error
	Receipt(ctx context.Context, id uuid.UUID) (domain.EDOReceipt, error)
}

// Register is the fund's register of payers. [apperr.NotFound] is a number that
// it does not know, every other error no answer for now.
type Register interface {
	Find(ctx context.Context, n domain.PayerNumber) (domain.Payer, error)
}

// Offices finds the offices of the fund.
type Offices interface {
	FindByOffice(ctx context.Context, code ident.OfficeCode) (domain.ServiceCentre, error)
}

// Agreements keeps what people agreed to.
type Agreements interface {
	Accept(ctx context.Context, c domain.Consent) error
}

// Terms is the documents that people agree to, as they are in force.
type Terms interface {
	Current(document string) (domain.Terms, error)
}

// Cards keeps the records of registration cards.
type Cards interface {
	Create(ctx context.Context, c domain.RegistrationCard) error
}

// Press puts registration cards on paper.
type Press interface {
	Card(c domain.PrintedCard) ([]byte, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
	// Keep stores the outcome as the answer of a request with an
	// Idempotency-Key; without one it does nothing.
	Keep(ctx context.Context, outcome any) error
	// Raise calls for operators, once for each kind and subject.
	Raise(ctx context.Context, a domain.Alarm) error
}

// Limits counts against rate limits.
type Limits interface {
	Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
}

// Passwords judges and hashes passwords.
type Passwords interface {
	// CheckPayer returns why a password is not acceptable for a payer with this
	// number; nothing when it is.
	CheckPayer(plain string, number domain.PayerNumber) []apperr.Code
	// Reserve takes a place in the queue for hashing, or fails at once. One
	// client has only a share of the places.
	Reserve(client string) (leave func(), err error)
	Hash(ctx context.Context, plain string) (string, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx           Transactor
	Applications Applications
	Challenges   Challenges
	Codes        Codes
	Payers       Payers
	Accounts     Accounts
	Sessions     Sessions
	Ledger       Ledger
	Aging        Aging
	Letters      Letters
	Documents    Documents
	Attempts     Attempts
	Exchange     Exchange
	Register     Register
	Offices      Offices
	Agreements   Agreements
	Terms        Terms
	Cards        Cards
	Press        Press
	Journal      Journal
	Limits       Limits
	Passwords    Passwords
	Sealer       *otp.Sealer
	Days         domain.WorkingDays
	Clock        clock.Clock
	Policies     domain.Policies
}

// Service is the use cases of payers.
type Service struct {
	Parts
	zones domain.Zones
}

// New returns the service.
func New(p Parts) *Service { return &Service{Parts: p} }
