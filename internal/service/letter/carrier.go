package letter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Carrier brings print batches out of the house: to a printing house, or to the
// post. Any number of carriers share the steps among them.
type Carrier interface {
	// Steps are those that it does.
	Steps() []domain.HandoverStep
	// Carry does a step, outside of any transaction, and writes into the consignment
	// how far it came, even if it fails in the end. The same step may come again,
	// after an answer that was lost, too, and is then done once. An error that wraps
	// [domain.ErrUndeliverable] will not mend by trying again; none holds anything of
	// the letters.
	Carry(ctx context.Context, step domain.HandoverStep, c *domain.Consignment) error
}

// Tracker knows where the post's letters are.
type Tracker interface {
	// Trace is what became of a letter, empty while it is under way. It fails with
	// [domain.ErrUndeliverable] if the post does not know the number.
	Trace(ctx context.Context, track ident.PostalItemID) (domain.LetterOutcome, error)
}

// Handovers keeps how far batches have come with their carriers. The handover
// itself is kept with its batch.
type Handovers interface {
	// StartCarrying adds the job that carries a batch, in the caller's transaction.
	StartCarrying(ctx context.Context, j domain.CarryLetters) error
	AddAttempt(ctx context.Context, a domain.HandoverAttempt) error
	// Attempts are the newest of a batch, the last one first.
	Attempts(ctx context.Context, batch uuid.UUID) ([]domain.HandoverAttempt, error)
	// Orders fills in how far the orders of letters have come.
	Orders(ctx context.Context, orders []domain.PostOrder) error
	SaveOrders(ctx context.Context, orders []domain.PostOrder) error
	// ToTrack finds so many letters, those that were asked about longest ago first,
	// and not since a moment.
	ToTrack(ctx context.Context, since time.Time, most int) ([]uuid.UUID, error)
	// Tracked notes that the post was asked about a letter.
	Tracked(ctx context.Context, letter uuid.UUID, now time.Time) error
}

// Places finds the offices that letters are sent from.
type Places interface {
	Get(ctx context.Context, id uuid.UUID) (domain.ServiceCentre, error)
}
