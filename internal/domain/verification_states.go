package domain

// VerificationStatus is a state of a [VerificationCase].
type VerificationStatus string

// The states of a verification case.
const (
	VerificationChecking        VerificationStatus = "checking"
	VerificationWaitingRegistry VerificationStatus = "waiting_registry"
	VerificationPassed          VerificationStatus = "passed"
	VerificationNeedsCorrection VerificationStatus = "needs_correction"
	VerificationRejected        VerificationStatus = "rejected"
	// VerificationOnHold is a SNILS that another account has confirmed.
	VerificationOnHold VerificationStatus = "on_hold"
	// VerificationManualReview is a register that never answered: an operator
	// decides.
	VerificationManualReview VerificationStatus = "manual_review"
	VerificationSuperseded   VerificationStatus = "superseded"
	VerificationExpired      VerificationStatus = "expired"
)

// VerificationStatuses lists every state of a case.
func VerificationStatuses() []VerificationStatus {
	return []VerificationStatus{
		VerificationChecking, VerificationWaitingRegistry, VerificationPassed, VerificationNeedsCorrection,
		VerificationRejected, VerificationOnHold, VerificationManualReview, VerificationSuperseded, VerificationExpired,
	}
}

// Turn says who acts next.
func (s VerificationStatus) Turn() Turn {
	switch s {
	case VerificationChecking, VerificationWaitingRegistry:
		return TurnKabinet
	case VerificationPassed, VerificationNeedsCorrection:
		return TurnPerson
	case VerificationRejected, VerificationOnHold, VerificationManualReview:
		return TurnOperator
	case VerificationSuperseded, VerificationExpired:
		return TurnNobody
	}
	return TurnNobody
}

// NextActions names what the person can do next. An account without a case has
// the status "".
func (s VerificationStatus) NextActions() []string {
	switch s {
	case VerificationChecking, VerificationWaitingRegistry:
		return []string{"wait_for_checks", "edit_personal_data"}
	case VerificationPassed:
		return []string{"request_confirmation", "edit_personal_data"}
	case VerificationNeedsCorrection:
		return []string{"correct_personal_data"}
	case VerificationRejected:
		return []string{"visit_office"}
	case VerificationOnHold:
		return []string{"visit_office", "edit_personal_data"}
	case VerificationManualReview:
		return []string{"wait_for_review", "edit_personal_data"}
	case VerificationSuperseded, VerificationExpired:
		return []string{"fill_personal_data"}
	}
	return []string{"fill_personal_data"}
}

// VerificationEvent is what can happen to a verification case.
type VerificationEvent string

// The events of a case.
const (
	// VerificationWait is a register that cannot be reached.
	VerificationWait VerificationEvent = "wait"
	// VerificationResume is that register's return.
	VerificationResume         VerificationEvent = "resume"
	VerificationPass           VerificationEvent = "pass"
	VerificationNeedCorrection VerificationEvent = "need_correction"
	// VerificationReject is a register that knows of the person's death.
	VerificationReject VerificationEvent = "reject"
	// VerificationResubmit is a correction, which is checked as a whole.
	VerificationResubmit VerificationEvent = "resubmit"
	// VerificationSupersede is other data while these are checked or good.
	VerificationSupersede VerificationEvent = "supersede"
	VerificationExpire    VerificationEvent = "expire"
	// VerificationHold is a SNILS that another account has confirmed.
	VerificationHold VerificationEvent = "hold"
	// VerificationRelease is the end of that conflict in favour of this case.
	VerificationRelease VerificationEvent = "release"
	// VerificationEscalate is a register that did not answer for too long.
	VerificationEscalate VerificationEvent = "escalate"
	// VerificationUndoDeath is a register that was wrong about a death: the
	// data have to be given again.
	VerificationUndoDeath VerificationEvent = "undo_death"
)

// VerificationEvents lists every event of a case.
func VerificationEvents() []VerificationEvent {
	return []VerificationEvent{
		VerificationWait, VerificationResume, VerificationPass, VerificationNeedCorrection,
		VerificationReject, VerificationResubmit, VerificationSupersede, VerificationExpire,
		VerificationHold, VerificationRelease, VerificationEscalate, VerificationUndoDeath,
	}
}

// VerificationMoves is the table of a case's states.
func VerificationMoves() []Move[VerificationStatus, VerificationEvent] {
	return []Move[VerificationStatus, VerificationEvent]{
		{VerificationChecking, VerificationWait, VerificationWaitingRegistry},
		{VerificationChecking, VerificationPass, VerificationPassed},
		{VerificationChecking, VerificationNeedCorrection, VerificationNeedsCorrection},
		{VerificationChecking, VerificationReject, VerificationRejected},
		{VerificationChecking, VerificationSupersede, VerificationSuperseded},
		{VerificationWaitingRegistry, VerificationResume, VerificationChecking},
		{VerificationWaitingRegistry, VerificationPass, VerificationPassed},
		{VerificationWaitingRegistry, VerificationNeedCorrection, VerificationNeedsCorrection},
		{VerificationWaitingRegistry, VerificationReject, VerificationRejected},
		{VerificationWaitingRegistry, VerificationSupersede, VerificationSuperseded},
		{VerificationNeedsCorrection, VerificationResubmit, VerificationChecking},
		{VerificationPassed, VerificationSupersede, VerificationSuperseded},
		{VerificationPassed, VerificationExpire, VerificationExpired},
		{VerificationPassed, VerificationHold, VerificationOnHold},
		{VerificationChecking, VerificationHold, VerificationOnHold},
		{VerificationWaitingRegistry, VerificationHold, VerificationOnHold},
		{VerificationWaitingRegistry, VerificationEscalate, VerificationManualReview},
		{VerificationOnHold, VerificationRelease, VerificationPassed},
		{VerificationOnHold, VerificationSupersede, VerificationSuperseded},
		{VerificationManualReview, VerificationPass, VerificationPassed},
		{VerificationManualReview, VerificationNeedCorrection, VerificationNeedsCorrection},
		{VerificationManualReview, VerificationHold, VerificationOnHold},
		{VerificationManualReview, VerificationSupersede, VerificationSuperseded},
		{VerificationRejected, VerificationUndoDeath, VerificationSuperseded},
	}
}
