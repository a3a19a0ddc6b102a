package domain

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// HandoverStatus is a state of a [LetterHandover].
type HandoverStatus string

// The states of a handover.
const (
	HandoverUnderWay HandoverStatus = "under_way"
	// HandoverFailed is given up: an operator hands the batch over again, or
	// prints it by hand.
	HandoverFailed HandoverStatus = "failed"
	HandoverDone   HandoverStatus = "done"
)

// HandoverStep is one thing that is done with a batch on its way.
type HandoverStep string

// The steps, in their order.
const (
	// HandoverWithdraw takes letters that ended back from the post.
	HandoverWithdraw HandoverStep = "withdraw"
	// HandoverOrder orders the letters' carriage at the post.
	HandoverOrder HandoverStep = "order"
	// HandoverBatch makes a batch of the orders, which gives track numbers.
	HandoverBatch HandoverStep = "batch"
	// HandoverList gets the post's own list F.103, for the bundle.
	HandoverList HandoverStep = "list"
	// HandoverBundle brings the letters and lists to the printing house.
	HandoverBundle HandoverStep = "bundle"
	// HandoverPrint marks the batch as printed, which erases its codes.
	HandoverPrint HandoverStep = "print"
	// HandoverCheckIn announces the letters to the post office that takes them.
	HandoverCheckIn HandoverStep = "check_in"
)

// HandoverSteps lists every step in its order.
func HandoverSteps() []HandoverStep {
	return []HandoverStep{
		HandoverWithdraw, HandoverOrder, HandoverBatch, HandoverList, HandoverBundle, HandoverPrint, HandoverCheckIn,
	}
}

const (
	// HandoverFailures is how many failures in a row give a handover up. With the
	// waits between them that is an hour and a half.
	HandoverFailures = 12
	// HandoverPart is how many letters one request to the post is about.
	HandoverPart = 100
	// firstHandoverWait and lastHandoverWait are the waits after failures; they
	// double from the first up to the last.
	firstHandoverWait = 10 * time.Second
	lastHandoverWait  = 15 * time.Minute
)

// LetterHandover is a print batch on its way to the printing house and the post.
type LetterHandover struct {
	BatchID uuid.UUID
	// Run counts how often the batch was handed over. A job of a run before does
	// nothing.
	Run    int
	Status HandoverStatus
	// OperatorID is who handed the batch over last.
	OperatorID  uuid.UUID
	RequestedAt time.Time
	// BundledAt is when the printing house had the bundle; zero before.
	BundledAt time.Time
	SettledAt time.Time
	// Failures is how many there were since the last step that was done.
	Failures int
	// Attempts are the newest, the last one first, where they were asked for.
	Attempts []HandoverAttempt
}

// HandoverAttempt is one try at one step.
type HandoverAttempt struct {
	ID      uuid.UUID
	BatchID uuid.UUID
	Run     int
	At      time.Time
	Step    HandoverStep
	Done    bool
	// Reason is why it was not done. It holds no personal data.
	Reason string
}

// HandOver hands the batch over to the carriers: for the first time, or again after
// it was given up.
func (b *LetterBatch) HandOver(operator uuid.UUID, now time.Time) error {
	if b.Handover != nil && b.Handover.Status != HandoverFailed {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: b.NextActions()}
	}
	next := LetterHandover{BatchID: b.ID}
	if b.Handover != nil {
		next = *b.Handover
	}
	next.Run++
	next.Status, next.Failures, next.OperatorID, next.RequestedAt = HandoverUnderWay, 0, operator, now
	next.SettledAt = time.Time{}
	b.Handover = &next
	return nil
}

// Fail counts a failure, and gives up after too many or one that will not mend.
// It returns how long to wait before the next try; zero if there is none.
func (h *LetterHandover) Fail(why error, now time.Time) time.Duration {
	h.Failures++
	if errors.Is(why, ErrUndeliverable) || h.Failures >= HandoverFailures {
		h.Status, h.SettledAt = HandoverFailed, now
		return 0
	}
	wait := firstHandoverWait
	for range h.Failures - 1 {
		wait = min(2*wait, lastHandoverWait)
	}
	return wait
}

// OrderStage is how far the order of a letter has come at the post. Each
// request is noted before it is made: if its answer is lost, the post is asked
// first what became of it.
type OrderStage string

// The stages of an order.
const (
	OrderNone     OrderStage = ""
	OrderAsked    OrderStage = "asked"
	OrderMade     OrderStage = "made"
	OrderBatching OrderStage = "batching"
	OrderBatched  OrderStage = "batched"
	// OrderEnding is one whose letter ended.
	OrderEnding OrderStage = "ending"
	// OrderOver is one that was checked in, or withdrawn.
	OrderOver OrderStage = "over"
)

// OrderStages lists every stage that is stored.
func OrderStages() []OrderStage {
	return []OrderStage{OrderAsked, OrderMade, OrderBatching, OrderBatched, OrderEnding, OrderOver}
}

// PostOrder is the order of a letter's carriage at the post.
type PostOrder struct {
	Letter Letter
	// Name is how the letter is called on paper, such as 12/3.
	Name  string
	Stage OrderStage
	// ID is the post's; zero before the order was made.
	ID int64
	// Batch is how the post calls the batch of the order; empty before there is one.
	Batch string
	Track ident.PostalItemID
}

// Number is how the order is called at the post: by it an order is found whose
// answer was lost. The end of the letter's id keeps it apart from that of another
// database under the same contract.
func (o *PostOrder) Number() string {
	const tail = 12
	id := o.Letter.ID.String()
	return strings.ReplaceAll(o.Name, "/", "-") + "-" + id[len(id)-tail:]
}

// open tells whether the letter is yet to be posted.
func (o *PostOrder) open() bool {
	return o.Letter.Status == LetterRequested || o.Letter.Status == LetterPrinted
}

// stale tells whether the post has an order for a letter that has ended.
func (o *PostOrder) stale() bool {
	return o.Stage != OrderNone && o.Stage != OrderOver && !o.Letter.Status.Live()
}

// Consignment is a batch as carriers get it.
type Consignment struct {
	Batch LetterBatch
	// From is the office that sends the letters.
	From ServiceCentre
	// Orders are those that a step is about; a carrier changes them.
	Orders []PostOrder
	// Lists are the post's lists F.103, PDF.
	Lists [][]byte
	// Bundle is what the printing house gets.
	Bundle LetterBundle
}

// LetterBundle is the files of a batch for the printing house.
type LetterBundle struct {
	// Name is the same however often the batch is handed over.
	Name  string
	Files []BundleFile
}

// BundleFile is a file of a bundle. The last one is the manifest.
type BundleFile struct {
	Name    string
	Content []byte
}

// BundleName is how the bundle of the batch is called.
func (b *LetterBatch) BundleName() string {
	return "letters-" + strconv.Itoa(b.Number) + "-" + b.ID.String()
}

// HandoverPlan is what is known of a batch on its way.
type HandoverPlan struct {
	// Able are the steps that the configured carriers do.
	Able map[HandoverStep]bool
	// Open tells that the batch is not printed, Bundled that the printing house has
	// it.
	Open, Bundled bool
	// Orders are those of all letters of the batch.
	Orders []PostOrder
}

// Next is the step to be done next, with the orders that it is about; no step when
// all is done. It follows from the state alone, so a handover goes on where it was,
// whatever happened to it.
func (p HandoverPlan) Next() (step HandoverStep, about []PostOrder) {
	for _, one := range []struct {
		step HandoverStep
		most int
		does func(*PostOrder) bool
	}{
		{HandoverWithdraw, HandoverPart, (*PostOrder).stale},
		{HandoverOrder, HandoverPart, func(o *PostOrder) bool {
			return o.open() && (o.Stage == OrderNone || o.Stage == OrderAsked)
		}},
		{HandoverBatch, HandoverPart, func(o *PostOrder) bool {
			return o.open() && (o.Stage == OrderMade || o.Stage == OrderBatching)
		}},
		{HandoverBundle, MaxBatch, func(o *PostOrder) bool {
			return p.Open && !p.Bundled && o.Letter.Status == LetterRequested
		}},
		{HandoverPrint, MaxBatch, func(*PostOrder) bool { return p.Open && p.Able[HandoverBundle] }},
		{HandoverCheckIn, MaxBatch, func(o *PostOrder) bool {
			return o.Letter.Status == LetterPrinted && o.Stage == OrderBatched
		}},
	} {
		if one.step != HandoverPrint && !p.Able[one.step] {
			continue
		}
		if about = p.some(one.does, one.most); len(about) > 0 {
			return one.step, about
		}
	}
	return "", nil
}

// some are the first orders of which something is true.
func (p HandoverPlan) some(does func(*PostOrder) bool, most int) (found []PostOrder) {
	for _, o := range p.Orders {
		if len(found) < most && does(&o) {
			found = append(found, o)
		}
	}
	return found
}

// OfOneBatch are the orders of the first one's batch at the post.
func OfOneBatch(orders []PostOrder) []PostOrder {
	return slices.DeleteFunc(slices.Clone(orders), func(o PostOrder) bool { return o.Batch != orders[0].Batch })
}
