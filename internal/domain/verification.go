package domain

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

// Check is one question of a case and its answer.
type Check struct {
	Kind   CheckKind
	Result CheckResult
	// Fields are the groups of fields to correct.
	Fields []string
	// Reference is what the register calls the question; empty until it has
	// taken it.
	Reference string
	// Failures is how many tries in a row the register could not be reached;
	// Polls is how often it was asked whether it is done.
	Failures int
	Polls    int
	// CheckedAt is when the result came; zero while there is none.
	CheckedAt time.Time
	// RetryAt is when the register is turned to next; zero for at once.
	RetryAt time.Time
	// DownSince is when the register could not be reached for the first time;
	// zero while it always could, and once it has answered.
	DownSince time.Time
}

// open tells whether the check has no result yet.
func (c Check) open() bool { return c.Result == CheckPending || c.Result == CheckUnavailable }

// VerificationCase is the automatic check of one person's data in the
// registers. Its checks begin together and end independently.
type VerificationCase struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Status    VerificationStatus
	// Attempt counts the corrections; an answer to an earlier one changes
	// nothing.
	Attempt int
	Checks  []Check
	// DelayTold is set once the person knows of a register that is down.
	DelayTold bool
	CreatedAt time.Time
	// ValidUntil is until when a passed case proves the data; zero before.
	ValidUntil time.Time
}

// NewVerificationCase is a case whose checks have yet to be made.
func NewVerificationCase(account uuid.UUID, now time.Time) VerificationCase {
	return VerificationCase{
		ID: NewID(), AccountID: account, Status: VerificationChecking, Attempt: 1,
		Checks: []Check{{Kind: CheckSNILS, Result: CheckPending}, {Kind: CheckDocument, Result: CheckPending}}, CreatedAt: now,
	}
}

// CheckRun is the job that brings one check of a case to its end. It names the
// check and holds nothing of the person.
type CheckRun struct {
	CaseID  uuid.UUID `json:"case_id"`
	Check   CheckKind `json:"check"`
	Attempt int       `json:"attempt"`
}

// Kind is the name of the job in the queue.
func (CheckRun) Kind() string { return "run_check" }

// Runs are the jobs of the case's present attempt.
func (c *VerificationCase) Runs() []CheckRun {
	var all []CheckRun
	for _, check := range c.Checks {
		all = append(all, CheckRun{CaseID: c.ID, Check: check.Kind, Attempt: c.Attempt})
	}
	return all
}

// Awaited is the check that a job is for, while it has no result; nil when the
// job came too late: the case is over, was corrected, or the answer is known.
func (c *VerificationCase) Awaited(r CheckRun) *Check {
	if r.CaseID != c.ID || r.Attempt != c.Attempt || c.Status.Turn() != TurnKabinet {
		return nil
	}
	i := slices.IndexFunc(c.Checks, func(check Check) bool { return check.Kind == r.Check && check.open() })
	if i < 0 {
		return nil
	}
	return &c.Checks[i]
}

// Request is the question of a job to its register. The key is of the case, the
// check and the attempt, so that nobody who asks again asks twice.
func (r CheckRun) Request(subject CheckSubject) CheckRequest {
	key := r.CaseID.String() + "/" + string(r.Check) + "/" + strconv.Itoa(r.Attempt)
	return CheckRequest{Kind: r.Check, Key: key, Subject: subject}
}

// Taken records that the register has the question and is at work on it, and
// when to ask again. It returns the move that this causes, if any.
func (c *VerificationCase) Taken(r CheckRun, reference string, retryAt time.Time) VerificationEvent {
	check := c.Awaited(r)
	if check == nil {
		return ""
	}
	check.Result, check.Reference, check.RetryAt = CheckPending, reference, retryAt
	check.Failures = 0
	check.Polls++
	return c.settle()
}

// Delay records that the register could not be reached, and when to try again.
// It returns the move that this causes, if any.
func (c *VerificationCase) Delay(r CheckRun, now, retryAt time.Time) VerificationEvent {
	check := c.Awaited(r)
	if check == nil {
		return ""
	}
	if check.DownSince.IsZero() {
		check.DownSince = now
	}
	check.Result, check.RetryAt = CheckUnavailable, retryAt
	// It may have lost the question with whatever made it fail; the same
	// question can be put again.
	check.Reference, check.Polls = "", 0
	check.Failures++
	return c.settle()
}

// Answer records the result of a check, the first one that comes; a late or
// repeated answer changes nothing. Passed checks prove the data for as long as
// valid says. It returns the move that this causes, if any.
func (c *VerificationCase) Answer(r CheckRun, o CheckOutcome, now time.Time, valid time.Duration) VerificationEvent {
	if !c.answered(r, o, now) {
		return ""
	}
	on := c.settle()
	if on == VerificationPass {
		c.ValidUntil = now.Add(valid)
	}
	return on
}

// AnswerContested records the result of a check as [VerificationCase.Answer]
// does, for a person whose SNILS another account has confirmed: where all checks
// are passed, the case is put on hold.
func (c *VerificationCase) AnswerContested(r CheckRun, o CheckOutcome, now time.Time) VerificationEvent {
	if !c.answered(r, o, now) {
		return ""
	}
	if c.verdict() != VerificationPass {
		return c.settle()
	}
	if err := c.Hold(); err != nil {
		return ""
	}
	return VerificationHold
}

// answered notes the result of a check that is awaited.
func (c *VerificationCase) answered(r CheckRun, o CheckOutcome, now time.Time) bool {
	check := c.Awaited(r)
	if check == nil {
		return false
	}
	check.Result, check.Fields, check.CheckedAt = o.Result, o.Groups(r.Check), now
	check.RetryAt, check.DownSince, check.Reference, check.Failures = time.Time{}, time.Time{}, "", 0
	return true
}

// Groups are the groups of fields that the person is told to look at.
func (o CheckOutcome) Groups(k CheckKind) []string {
	switch {
	case o.Result == CheckPassed || o.Result == CheckDeceased:
		return nil
	case len(o.Fields) > 0:
		return o.Fields
	case k == CheckDocument:
		return []string{"passport"}
	default:
		return []string{"name", "birth_date", "gender", "snils"}
	}
}

// settle moves the case to where the results of its checks lead.
func (c *VerificationCase) settle() VerificationEvent {
	on := c.verdict()
	if err := c.move(on); err != nil {
		return "" // it is there already
	}
	return on
}

// verdict is what the results of the checks come to. One wrong answer is told
// at once when the other register is down, and together with the other's
// answer when that is on its way.
func (c *VerificationCase) verdict() VerificationEvent {
	has := func(wanted ...CheckResult) bool {
		return slices.ContainsFunc(c.Checks, func(check Check) bool { return slices.Contains(wanted, check.Result) })
	}
	switch {
	case has(CheckDeceased):
		return VerificationReject
	case has(CheckPending) && has(CheckUnavailable):
		return VerificationWait
	case has(CheckPending):
		return VerificationResume
	case has(CheckMismatch, CheckNotFound, CheckRevoked):
		return VerificationNeedCorrection
	case has(CheckUnavailable):
		return VerificationWait
	default:
		return VerificationPass
	}
}

// Resubmit begins the checks of corrected data.
func (c *VerificationCase) Resubmit() error {
	if err := c.move(VerificationResubmit); err != nil {
		return err
	}
	c.Attempt++
	for i, check := range c.Checks {
		c.Checks[i] = Check{Kind: check.Kind, Result: CheckPending}
	}
	return nil
}

// Supersede ends the case because there are other data.
func (c *VerificationCase) Supersede() error { return c.move(VerificationSupersede) }

// Hold stops the case because another account has confirmed the same SNILS.
func (c *VerificationCase) Hold() error { return c.move(VerificationHold) }

// MakeWay ends the case because there are other data, or begins it anew where
// it asked for them. It returns the move; none for a case that was over.
func (c *VerificationCase) MakeWay(now time.Time) (VerificationEvent, error) {
	before := c.Status
	c.Refresh(now)
	switch {
	case c.Status != before:
		return VerificationExpire, nil
	case c.Status == VerificationExpired || c.Status == VerificationSuperseded:
		return "", nil
	case c.Status == VerificationNeedsCorrection:
		return VerificationResubmit, c.Resubmit()
	default:
		return VerificationSupersede, c.Supersede()
	}
}

// Refresh moves a passed case whose time is over to expired.
func (c *VerificationCase) Refresh(now time.Time) {
	if c.Status == VerificationPassed && !now.Before(c.ValidUntil) {
		c.Status = VerificationExpired
	}
}

// Proves tells whether the same data need not be checked again: they are being
// checked, have passed, or wait for an operator.
func (c *VerificationCase) Proves() bool {
	switch c.Status { //nolint:exhaustive // all others need another check, or data that are other
	case VerificationChecking, VerificationWaitingRegistry, VerificationPassed, VerificationOnHold, VerificationManualReview:
		return true
	default:
		return false
	}
}

// Looks tells whether the case looks the same to its owner as another state of
// it.
func (c *VerificationCase) Looks(other VerificationCase) bool {
	return c.ID == other.ID && c.Status == other.Status && c.Attempt == other.Attempt &&
		slices.EqualFunc(c.Checks, other.Checks, func(a, b Check) bool { return a.Result == b.Result })
}

func (c *VerificationCase) move(on VerificationEvent) error {
	to, err := next(VerificationMoves(), c.Status, on)
	if err == nil {
		c.Status = to
		return nil
	}
	failure := apperr.New(apperr.InvalidTransition)
	if c.Status == VerificationRejected {
		failure.Code = apperr.VerificationRejected
	}
	failure.NextActions = c.Status.NextActions()
	return failure
}

// VerificationMessage is what the person is told of a move; false for moves
// that are nobody's news.
func VerificationMessage(on VerificationEvent) (MessageKind, bool) {
	switch on {
	case VerificationPass:
		return MessageVerificationPassed, true
	case VerificationNeedCorrection:
		return MessageVerificationCorrection, true
	case VerificationReject:
		return MessageVerificationRejected, true
	case VerificationWait:
		return MessageVerificationDelayed, true
	case VerificationHold:
		return MessageVerificationOnHold, true
	case VerificationRelease:
		return MessageVerificationPassed, true
	case VerificationResume, VerificationResubmit, VerificationSupersede, VerificationExpire,
		VerificationEscalate, VerificationUndoDeath:
	}
	return "", false
}

// Submitted is a case after personal data came in.
type Submitted struct {
	Case VerificationCase
	// Quota is the limit that the submission counted against; nil if nothing
	// was begun.
	Quota *apperr.Quota
}
