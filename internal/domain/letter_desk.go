package domain

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// MaxBatch is how many letters are printed in one batch at most.
const MaxBatch = 500

// NextActions names what operators can do next with a batch.
func (s LetterBatchStatus) NextActions() []string {
	if s == LetterBatchOpen {
		return []string{"print_letters", "mark_printed"}
	}
	return []string{"print_dispatch_list", "post_letters"}
}

// DeskActions names what operators can do next with a letter.
func (s LetterStatus) DeskActions() []string {
	switch s {
	case LetterRequested:
		return []string{"print_letters", "mark_printed"}
	case LetterPrinted:
		return []string{"post_letters", "record_lost"}
	case LetterPosted:
		return []string{"record_delivered", "record_returned", "record_lost"}
	case LetterDelivered, LetterCodeEntered, LetterReturned, LetterLost, LetterExpired,
		LetterExhausted, LetterCancelled, LetterSuperseded:
		return []string{"list_letters"}
	}
	return nil
}

// NameIn is how a letter is called on paper: the number of its batch and its
// place in it, such as 12/3; empty for one of no batch.
func (b *LetterBatch) NameIn(letter uuid.UUID) string {
	i := slices.IndexFunc(b.Letters, func(l Letter) bool { return l.ID == letter })
	if i < 0 {
		return ""
	}
	return strconv.Itoa(b.Number) + "/" + strconv.Itoa(i+1)
}

// Dispatched are the letters of the batch that stand on its list for the post:
// all but those that ended before they got there.
func (b *LetterBatch) Dispatched() []Letter {
	return slices.DeleteFunc(slices.Clone(b.Letters), func(l Letter) bool {
		return l.PostedAt.IsZero() && !l.Status.Live()
	})
}

// LetterOutcome is what the post says about a letter.
type LetterOutcome string

// The outcomes.
const (
	OutcomeDelivered LetterOutcome = "delivered"
	OutcomeReturned  LetterOutcome = "returned"
	OutcomeLost      LetterOutcome = "lost"
)

// LetterOutcomes lists every outcome.
func LetterOutcomes() []LetterOutcome {
	return []LetterOutcome{OutcomeDelivered, OutcomeReturned, OutcomeLost}
}

// Event is what the outcome does to a letter.
func (o LetterOutcome) Event() LetterEvent {
	switch o {
	case OutcomeDelivered:
		return LetterDeliver
	case OutcomeReturned:
		return LetterReturn
	case OutcomeLost:
		return LetterLose
	}
	return ""
}

// LetterMessage is what the person is told of an event of a letter, if
// anything.
func LetterMessage(on LetterEvent) (kind MessageKind, told bool) {
	switch on { //nolint:exhaustive // the others are the person's own doing, or need no word
	case LetterPost:
		return MessageLetterPosted, true
	case LetterReturn:
		return MessageLetterReturned, true
	case LetterLose:
		return MessageLetterLost, true
	case LetterExpire:
		return MessageLetterExpired, true
	}
	return "", false
}

// LetterQuery is which letters of a place are wanted.
type LetterQuery struct {
	PlaceID uuid.UUID
	// Status is empty for all.
	Status LetterStatus
	// NotPostedBefore wants letters that are not posted though they were due
	// before that day; zero for all.
	NotPostedBefore ident.Date
	Page            Page
}

// LetterList is a page of the letters of a place.
type LetterList struct {
	Letters []Letter
	More    bool
}

// LetterBatchList is a page of the batches of a place.
type LetterBatchList struct {
	Batches []LetterBatch
	// Waiting is how many letters, of whatever place, are in no batch yet.
	Waiting int
	More    bool
}

// Overdue tells whether the letter should have been posted before a day.
func (l *Letter) Overdue(today ident.Date) bool {
	return (l.Status == LetterRequested || l.Status == LetterPrinted) && l.DueOn.Before(today)
}

// LetterReminders is how long before its end the person is reminded of a code.
func LetterReminders() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{14 * day, 3 * day}
}

// Remind tells whether the person has to be reminded of the code now, and
// counts it. Reminders that were missed are not made up for.
func (l *Letter) Remind(now time.Time) bool {
	due := 0
	for _, before := range LetterReminders() {
		if !now.Before(l.ExpiresAt.Add(-before)) {
			due++
		}
	}
	if !l.Status.TakesCode() || !now.Before(l.ExpiresAt) || l.Reminders >= due {
		return false
	}
	l.Reminders = due
	return true
}

// NextLetter is when another letter may be asked for, after those that were
// asked for before; zero for now. Letters that the post returned or lost do
// not count.
func NextLetter(before []Letter, p Policies, now time.Time) time.Time {
	var at []time.Time
	for _, l := range before {
		if l.Status != LetterReturned && l.Status != LetterLost {
			at = append(at, l.RequestedAt)
		}
	}
	if len(at) == 0 {
		return time.Time{}
	}
	slices.SortFunc(at, time.Time.Compare)
	next := at[len(at)-1].Add(p.LetterGap)
	if full := len(at) - p.LettersPerPeriod; full >= 0 {
		if free := at[full].Add(p.LettersPeriod); free.After(next) {
			next = free
		}
	}
	if !now.Before(next) {
		return time.Time{}
	}
	return next
}
