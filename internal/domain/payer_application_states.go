package domain

// PayerApplicationStatus is a state of a [PayerApplication].
type PayerApplicationStatus string

// The states of an application.
const (
	ApplicationSubmitted PayerApplicationStatus = "submitted"
	// ApplicationIdentified is one whose payer is in the register, and whose
	// code cannot be made yet: another was made too short a time before.
	ApplicationIdentified PayerApplicationStatus = "identified"
	// ApplicationCodePreparing is one whose code is made and has not left.
	ApplicationCodePreparing PayerApplicationStatus = "code_preparing"
	ApplicationSent          PayerApplicationStatus = "sent"
	// ApplicationMethodRequired is one whose way of delivery is not open to the
	// payer, or came to nothing.
	ApplicationMethodRequired PayerApplicationStatus = "method_required"
	ApplicationOfficeVisit    PayerApplicationStatus = "office_visit"
	ApplicationActivated      PayerApplicationStatus = "activated"
	ApplicationClosed         PayerApplicationStatus = "closed"
	ApplicationExpired        PayerApplicationStatus = "expired"
	// ApplicationSuperseded gave way to another whose code was entered, or to a
	// registration card.
	ApplicationSuperseded PayerApplicationStatus = "superseded"
)

// PayerApplicationStatuses lists every state of an application.
func PayerApplicationStatuses() []PayerApplicationStatus {
	return []PayerApplicationStatus{
		ApplicationSubmitted, ApplicationIdentified, ApplicationCodePreparing, ApplicationSent,
		ApplicationMethodRequired, ApplicationOfficeVisit, ApplicationActivated, ApplicationClosed,
		ApplicationExpired, ApplicationSuperseded,
	}
}

// Open tells whether the application may still lead to a connection.
func (s PayerApplicationStatus) Open() bool {
	return s.AwaitsCode() || s == ApplicationSent || s == ApplicationMethodRequired || s == ApplicationOfficeVisit
}

// AwaitsCode tells whether it is Kabinet's turn to bring a code on its way.
func (s PayerApplicationStatus) AwaitsCode() bool {
	return s == ApplicationSubmitted || s == ApplicationIdentified || s == ApplicationCodePreparing
}

// Turn says who acts next.
func (s PayerApplicationStatus) Turn() Turn {
	switch s {
	case ApplicationSubmitted, ApplicationIdentified, ApplicationCodePreparing:
		return TurnKabinet
	case ApplicationSent, ApplicationMethodRequired, ApplicationOfficeVisit:
		return TurnPerson
	case ApplicationActivated, ApplicationClosed, ApplicationExpired, ApplicationSuperseded:
		return TurnNobody
	}
	return TurnNobody
}

// NextActions names what the applicant can do next.
func (s PayerApplicationStatus) NextActions() []string {
	switch s {
	case ApplicationSubmitted, ApplicationIdentified, ApplicationCodePreparing:
		return []string{"wait_for_code"}
	case ApplicationSent:
		return []string{"activate"}
	case ApplicationMethodRequired:
		return []string{"choose_delivery_method"}
	case ApplicationOfficeVisit:
		return []string{"visit_office", "choose_delivery_method"}
	case ApplicationActivated, ApplicationSuperseded:
		return []string{"sign_in"}
	case ApplicationClosed:
		return []string{"apply", "visit_office"}
	case ApplicationExpired:
		return []string{"apply"}
	}
	return nil
}

// PayerApplicationEvent is what can happen to an application.
type PayerApplicationEvent string

// The events of an application.
const (
	ApplicationIdentify      PayerApplicationEvent = "identify"
	ApplicationRequireMethod PayerApplicationEvent = "require_method"
	ApplicationInvite        PayerApplicationEvent = "invite"
	ApplicationPrepare       PayerApplicationEvent = "prepare"
	ApplicationSend          PayerApplicationEvent = "send"
	// ApplicationFail is a code that came to nothing on its way: a letter that
	// was returned or lost, a document that was rejected.
	ApplicationFail         PayerApplicationEvent = "fail"
	ApplicationChooseMethod PayerApplicationEvent = "choose_method"
	ApplicationActivate     PayerApplicationEvent = "activate"
	ApplicationClose        PayerApplicationEvent = "close"
	ApplicationExpire       PayerApplicationEvent = "expire"
	ApplicationSupersede    PayerApplicationEvent = "supersede"
)

// PayerApplicationEvents lists every event of an application.
func PayerApplicationEvents() []PayerApplicationEvent {
	return []PayerApplicationEvent{
		ApplicationIdentify, ApplicationRequireMethod, ApplicationInvite, ApplicationPrepare, ApplicationSend,
		ApplicationFail, ApplicationChooseMethod, ApplicationActivate, ApplicationClose, ApplicationExpire,
		ApplicationSupersede,
	}
}

// PayerApplicationMoves is the table of an application's states.
func PayerApplicationMoves() []Move[PayerApplicationStatus, PayerApplicationEvent] {
	moves := []Move[PayerApplicationStatus, PayerApplicationEvent]{
		{ApplicationSubmitted, ApplicationIdentify, ApplicationIdentified},
		{ApplicationSubmitted, ApplicationRequireMethod, ApplicationMethodRequired},
		{ApplicationSubmitted, ApplicationInvite, ApplicationOfficeVisit},
		{ApplicationIdentified, ApplicationPrepare, ApplicationCodePreparing},
		{ApplicationIdentified, ApplicationRequireMethod, ApplicationMethodRequired},
		{ApplicationCodePreparing, ApplicationSend, ApplicationSent},
		{ApplicationCodePreparing, ApplicationFail, ApplicationMethodRequired},
		{ApplicationSent, ApplicationFail, ApplicationMethodRequired},
		{ApplicationSent, ApplicationActivate, ApplicationActivated},
		{ApplicationMethodRequired, ApplicationChooseMethod, ApplicationSubmitted},
		{ApplicationOfficeVisit, ApplicationChooseMethod, ApplicationSubmitted},
		{ApplicationOfficeVisit, ApplicationActivate, ApplicationActivated},
	}
	for _, s := range PayerApplicationStatuses() {
		if s.Open() {
			moves = append(moves,
				Move[PayerApplicationStatus, PayerApplicationEvent]{s, ApplicationClose, ApplicationClosed},
				Move[PayerApplicationStatus, PayerApplicationEvent]{s, ApplicationExpire, ApplicationExpired},
				Move[PayerApplicationStatus, PayerApplicationEvent]{s, ApplicationSupersede, ApplicationSuperseded})
		}
	}
	return moves
}
