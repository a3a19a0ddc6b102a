package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

// ApprovalKind is something that takes two people.
type ApprovalKind string

// The kinds.
const (
	// ApproveUndoDeath brings an account back that a register wrongly called a
	// dead person's.
	ApproveUndoDeath ApprovalKind = "undo_death"
	// ApproveReinstate brings a suspended account back.
	ApproveReinstate ApprovalKind = "reinstate"
	// ApproveAwardSNILS gives a SNILS to the account that is on hold for it,
	// and takes it from the one that had it.
	ApproveAwardSNILS ApprovalKind = "award_snils"
)

// ApprovalKinds lists every kind.
func ApprovalKinds() []ApprovalKind {
	return []ApprovalKind{ApproveUndoDeath, ApproveReinstate, ApproveAwardSNILS}
}

// ApprovalStatus is a state of an [Approval].
type ApprovalStatus string

// The states of an approval.
const (
	ApprovalRequested ApprovalStatus = "requested"
	ApprovalApproved  ApprovalStatus = "approved"
	ApprovalDeclined  ApprovalStatus = "declined"
	ApprovalExpired   ApprovalStatus = "expired"
)

// ApprovalStatuses lists every state of an approval.
func ApprovalStatuses() []ApprovalStatus {
	return []ApprovalStatus{ApprovalRequested, ApprovalApproved, ApprovalDeclined, ApprovalExpired}
}

// Turn says who acts next.
func (s ApprovalStatus) Turn() Turn {
	if s == ApprovalRequested {
		return TurnOperator
	}
	return TurnNobody
}

// NextActions names what can be done next.
func (s ApprovalStatus) NextActions() []string {
	if s == ApprovalRequested {
		return []string{"decide"}
	}
	return []string{"request_approval"}
}

// ApprovalEvent is what can happen to an approval.
type ApprovalEvent string

// The events of an approval.
const (
	ApprovalApprove ApprovalEvent = "approve"
	ApprovalDecline ApprovalEvent = "decline"
	ApprovalExpire  ApprovalEvent = "expire"
)

// ApprovalEvents lists every event of an approval.
func ApprovalEvents() []ApprovalEvent {
	return []ApprovalEvent{ApprovalApprove, ApprovalDecline, ApprovalExpire}
}

// ApprovalMoves is the table of an approval's states.
func ApprovalMoves() []Move[ApprovalStatus, ApprovalEvent] {
	return []Move[ApprovalStatus, ApprovalEvent]{
		{ApprovalRequested, ApprovalApprove, ApprovalApproved},
		{ApprovalRequested, ApprovalDecline, ApprovalDeclined},
		{ApprovalRequested, ApprovalExpire, ApprovalExpired},
	}
}

// Approval is an action that one operator asks for and another decides on.
type Approval struct {
	ID          uuid.UUID
	Kind        ApprovalKind
	AccountID   uuid.UUID
	Status      ApprovalStatus
	Reason      string
	PlaceID     uuid.UUID
	RequestedBy uuid.UUID
	RequestedAt time.Time
	ExpiresAt   time.Time
	DecidedBy   uuid.UUID
	DecidedAt   time.Time
}

// Refresh moves an approval that nobody decided on in time to expired.
func (a *Approval) Refresh(now time.Time) {
	if a.Status == ApprovalRequested && !now.Before(a.ExpiresAt) {
		a.Status = ApprovalExpired
	}
}

// Decide records what the second person decided. The first one cannot.
func (a *Approval) Decide(on ApprovalEvent, by uuid.UUID, now time.Time) error {
	a.Refresh(now)
	to, err := next(ApprovalMoves(), a.Status, on)
	if err != nil {
		return err
	}
	if by == a.RequestedBy {
		return apperr.New(apperr.SecondPersonRequired)
	}
	a.Status, a.DecidedBy, a.DecidedAt = to, by, now
	return nil
}
