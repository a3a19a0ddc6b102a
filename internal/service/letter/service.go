// Package letter has registered letters with codes written, printed in batches,
// posted and watched, and compares the codes that come back.
package letter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Letters keeps letters with their print jobs.
type Letters interface {
	Create(ctx context.Context, p domain.PrintedLetter) error
	Get(ctx context.Context, id uuid.UUID) (domain.Letter, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Letter) error) (domain.Letter, error)
	// Spend takes one attempt and tells whether there was one.
	Spend(ctx context.Context, id uuid.UUID, now time.Time) (domain.Letter, bool, error)
	// Since lists what an account has asked for after a moment.
	Since(ctx context.Context, account uuid.UUID, after time.Time) ([]domain.Letter, error)
	// SpendAll takes one attempt from each letter of a payer that takes codes, and
	// returns those that had one.
	SpendAll(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Letter, error)
}

// Batches keeps print batches.
type Batches interface {
	// CreateBatch leaves out the letters of the accounts that are not the
	// operator's to print.
	CreateBatch(
		ctx context.Context, b domain.LetterBatch, most int, except []uuid.UUID,
	) (domain.LetterBatch, error)
	Batch(ctx context.Context, id uuid.UUID) (domain.LetterBatch, error)
	UpdateBatch(
		ctx context.Context, id uuid.UUID, fn func(context.Context, *domain.LetterBatch) error,
	) (domain.LetterBatch, error)
	Batches(ctx context.Context, place uuid.UUID, p domain.Page) ([]domain.LetterBatch, error)
	LettersOf(ctx context.Context, batch uuid.UUID) ([]domain.Letter, error)
}

// Desk is what operators ask about letters.
type Desk interface {
	// Waiting is how many letters are in no batch yet.
	Waiting(ctx context.Context) (int, error)
	List(ctx context.Context, q domain.LetterQuery) ([]domain.Letter, error)
	// Taken lists those of the track numbers that letters have already.
	Taken(ctx context.Context, tracks []ident.PostalItemID) ([]ident.PostalItemID, error)
	// PrintJob is a letter to be printed, PrintJobs are those of a batch.
	PrintJob(ctx context.Context, id uuid.UUID) (domain.PrintedLetter, error)
	PrintJobs(ctx context.Context, batch uuid.UUID) ([]domain.PrintedLetter, error)
}

// Due finds pages of letters for which something is due, each page after an id.
type Due interface {
	Late(ctx context.Context, before ident.Date, after uuid.UUID) ([]uuid.UUID, error)
	Ended(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error)
	ToRemind(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error)
}

// Payers is told what becomes of letters to payers, in the transaction in which
// it happens: the letters are theirs to speak of.
type Payers interface {
	LetterMoved(ctx context.Context, l domain.Letter, on domain.LetterEvent, by domain.Caller) error
}

// Accounts finds accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	FindByContact(ctx context.Context, c ident.Contact) (domain.Account, error)
}

// Holders finds out whose a SNILS is.
type Holders interface {
	// Others are the accounts, but for one, that have told a SNILS.
	Others(ctx context.Context, snils ident.SNILS, except uuid.UUID) ([]uuid.UUID, error)
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

// Press puts on paper.
type Press interface {
	// Letters is the letters of a batch, sent from a place, as one PDF.
	Letters(b domain.LetterBatch, from domain.ServiceCentre, letters []domain.PrintedLetter) ([]byte, error)
	// DispatchPDF and DispatchCSV are the list F.103 of a batch.
	DispatchPDF(b domain.LetterBatch, from domain.ServiceCentre) ([]byte, error)
	DispatchCSV(b domain.LetterBatch) ([]byte, error)
}

// Copies keeps what is printed where people can read it, for a sandbox, which
// has no post. The same letter is kept once.
type Copies interface {
	Keep(ctx context.Context, letter domain.PrintedLetter, printed time.Time, pdf []byte) error
}

// Calendar knows the working days.
type Calendar interface {
	// AddWorkingDays is the last day of a term of n working days that starts the
	// day after d.
	AddWorkingDays(d ident.Date, n int) (ident.Date, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx       Transactor
	Letters  Letters
	Batches  Batches
	Desk     Desk
	Due      Due
	Accounts Accounts
	Payers   Payers
	Holders  Holders
	Journal  Journal
	Limits   Limits
	Sealer   *otp.Sealer
	Calendar Calendar
	Press    Press
	Places   Places
	// Carriers are none where letters leave by hand.
	Carriers  []Carrier
	Handovers Handovers
	// Tracker is nil where operators record what became of letters.
	Tracker Tracker
	// Copies is nil outside of a sandbox.
	Copies   Copies
	Clock    clock.Clock
	Policies domain.Policies
}

// Service is the use cases of letters.
type Service struct {
	Parts
	zones domain.Zones
}

// New returns the service.
func New(p Parts) *Service { return &Service{Parts: p} }

// Find is a letter as it is now.
func (s *Service) Find(ctx context.Context, id uuid.UUID) (domain.Letter, error) {
	l, err := s.Letters.Get(ctx, id)
	l.Refresh(s.Clock.Now())
	return l, err
}

// today is the day that it is at an address.
func (s *Service) today(a domain.Address) (ident.Date, error) {
	zone, err := a.Zone(&s.zones)
	if err != nil {
		return ident.Date{}, err
	}
	return calendar.DateIn(s.Clock.Now(), zone), nil
}

// tell writes to every proven contact of a letter's owner.
func (s *Service) tell(ctx context.Context, l domain.Letter, kind domain.MessageKind) error {
	owner, err := s.Accounts.Get(ctx, l.AccountID)
	if err != nil {
		return err
	}
	notice := domain.Message{Kind: kind}
	if kind == domain.MessageLetterReminder {
		notice.ExpiresAt = l.ExpiresAt
	}
	for _, m := range owner.Notices(notice, s.Clock.Now()) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// event is the record of what happened to a letter.
func (s *Service) event(l domain.Letter, on domain.LetterEvent, by domain.Caller) domain.AuditEvent {
	return domain.NewAuditEvent("letter."+string(on), l.ID, by, s.Clock.Now()).Of(l.AccountID)
}

// follow records a move of a letter, and tells the person of it where it
// matters to them. Of a letter to a payer others tell.
func (s *Service) follow(ctx context.Context, l domain.Letter, on domain.LetterEvent, event domain.AuditEvent) error {
	if err := s.Journal.Record(ctx, event); err != nil {
		return err
	}
	if l.Purpose != domain.LetterIdentity {
		return s.Payers.LetterMoved(ctx, l, on, event.Caller)
	}
	if kind, told := domain.LetterMessage(on); told {
		return s.tell(ctx, l, kind)
	}
	return nil
}
