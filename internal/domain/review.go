package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

// Review is a case that waits for operators, with the data that it is about.
type Review struct {
	Case VerificationCase
	Data PersonalData
}

// ReviewDecision is what a supervisor decides in the place of a register that
// never answered.
type ReviewDecision struct {
	Desk   Desk
	CaseID uuid.UUID
	// Pass tells whether the data are right; otherwise Fields names the groups
	// to correct.
	Pass   bool
	Fields []string
	Reason string
}

// Reviewed are the states of a case in which it waits for a supervisor.
func Reviewed() []VerificationStatus {
	return []VerificationStatus{VerificationManualReview, VerificationOnHold}
}

// ReviewActions names what a supervisor can do next with a case.
func (s VerificationStatus) ReviewActions() []string {
	switch s { //nolint:exhaustive // all others are no supervisor's
	case VerificationManualReview:
		return []string{"decide_review"}
	case VerificationOnHold, VerificationRejected:
		return []string{"request_approval"}
	default:
		return []string{"search_account"}
	}
}

// CorrectionFields are the groups of fields that a supervisor can send back, each
// with the check that it belongs to.
func CorrectionFields() map[string]CheckKind {
	return map[string]CheckKind{
		"name": CheckSNILS, "birth_date": CheckSNILS, "gender": CheckSNILS, "snils": CheckSNILS,
		"passport": CheckDocument, "issue_date": CheckDocument, "department_code": CheckDocument,
	}
}

// Accept passes a case that no register decides on any more, in the name of a
// supervisor.
func (c *VerificationCase) Accept(now time.Time, valid time.Duration) error {
	if err := c.reviewed(); err != nil {
		return err
	}
	return c.vouch(VerificationPass, now, valid)
}

// SendBack asks the person to correct groups of fields, in the name of a
// supervisor.
func (c *VerificationCase) SendBack(fields []string, now time.Time) error {
	if err := c.reviewed(); err != nil {
		return err
	}
	if err := c.move(VerificationNeedCorrection); err != nil {
		return err
	}
	for i, check := range c.Checks {
		own := slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return CorrectionFields()[field] != check.Kind })
		if len(own) == 0 {
			continue
		}
		slices.Sort(own)
		c.Checks[i].Result, c.Checks[i].Fields, c.Checks[i].CheckedAt = CheckMismatch, own, now
		c.Checks[i].RetryAt = time.Time{}
	}
	return nil
}

// reviewed refuses a case that a register may yet decide on.
func (c *VerificationCase) reviewed() error {
	if c.Status != VerificationManualReview {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: c.Status.ReviewActions()}
	}
	return nil
}

// Release ends the conflict over a SNILS in favour of the case.
func (c *VerificationCase) Release(now time.Time, valid time.Duration) error {
	return c.vouch(VerificationRelease, now, valid)
}

// UndoDeath ends a case in which a register was wrong about a death.
func (c *VerificationCase) UndoDeath() error { return c.move(VerificationUndoDeath) }

// vouch passes a case with all its checks.
func (c *VerificationCase) vouch(on VerificationEvent, now time.Time, valid time.Duration) error {
	if err := c.move(on); err != nil {
		return err
	}
	c.ValidUntil = now.Add(valid)
	for i, check := range c.Checks {
		if check.Result != CheckPassed {
			c.Checks[i] = Check{Kind: check.Kind, Result: CheckPassed, CheckedAt: now}
		}
	}
	return nil
}

// NewVouchedCase is the case of data that an operator has compared with the
// person's documents.
func NewVouchedCase(account uuid.UUID, now time.Time, valid time.Duration) VerificationCase {
	c := NewVerificationCase(account, now)
	c.Status, c.ValidUntil = VerificationPassed, now.Add(valid)
	for i := range c.Checks {
		c.Checks[i].Result, c.Checks[i].CheckedAt = CheckPassed, now
	}
	return c
}

// AccountAction is something that a supervisor does with an account.
type AccountAction struct {
	Desk      Desk
	AccountID uuid.UUID
	Reason    string
}

// ApprovalRequest asks for what takes two people.
type ApprovalRequest struct {
	AccountAction
	Kind ApprovalKind
}

// ApprovalDecision is what the second person says.
type ApprovalDecision struct {
	Desk   Desk
	ID     uuid.UUID
	On     ApprovalEvent
	Reason string
}

// ApprovalFilter says which approvals are wanted.
type ApprovalFilter struct {
	// Status is empty for all.
	Status ApprovalStatus
	Page   Page
}

// AlarmFilter says which alarms are wanted.
type AlarmFilter struct {
	// Kind is empty for all.
	Kind AlarmKind
	// Settled is nil for both.
	Settled *bool
	Page    Page
}

// AlarmSettlement is what an operator found out about an alarm.
type AlarmSettlement struct {
	Desk   Desk
	ID     uuid.UUID
	Reason string
}

// Settle records that somebody has looked into the alarm.
func (a *Alarm) Settle(by uuid.UUID, now time.Time) error {
	if !a.SettledAt.IsZero() {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: a.NextActions()}
	}
	a.SettledBy, a.SettledAt = by, now
	return nil
}

// NextActions names what can be done next.
func (a *Alarm) NextActions() []string {
	if a.SettledAt.IsZero() {
		return []string{"settle_alarm"}
	}
	return []string{"list_alarms"}
}

// The lengths of a reason in an operator's words, in characters.
const (
	MinReason = 3
	MaxReason = 500
)

// HoldReviewed stops a case under review because another account has confirmed
// the same SNILS meanwhile.
func (c *VerificationCase) HoldReviewed() error {
	if err := c.reviewed(); err != nil {
		return err
	}
	return c.Hold()
}
