package domain

import "github.com/google/uuid"

// SendMessage is the job that brings one message on its way. It names the
// message and holds nothing of it.
type SendMessage struct {
	MessageID uuid.UUID `json:"message_id"`
}

// Kind is the name of the job in the queue.
func (SendMessage) Kind() string { return "send_message" }

// SweepMessages is the job that asks providers for receipts, and forgets messages
// that failed long ago.
type SweepMessages struct{}

// Kind is the name of the job in the queue.
func (SweepMessages) Kind() string { return "sweep_messages" }

// SettleSNILS is the job that puts on hold whoever else passed the checks with
// the SNILS that an account has just confirmed.
type SettleSNILS struct {
	AccountID uuid.UUID `json:"account_id"`
}

// Kind is the name of the job in the queue.
func (SettleSNILS) Kind() string { return "settle_snils" }

// Queue separates messages that somebody waits for from those that can wait,
// and one channel from another, so that a flood of the one or the failure of
// the other never delays the rest.
type Queue string

// The queues.
const (
	QueueCodesSMS   Queue = "codes_sms"
	QueueCodesEmail Queue = "codes_email"
	QueueNotices    Queue = "notices"
	// QueueChecks is for the questions to the registers.
	QueueChecks Queue = "checks"
	// QueuePayers is for the applications of payers, and the codes that come of
	// them.
	QueuePayers Queue = "payers"
	// QueueLetters is for print batches on their way to the printing house and the
	// post.
	QueueLetters Queue = "letters"
	// QueueSweeps is for looking through what time has changed.
	QueueSweeps Queue = "sweeps"
)

// Queue is where the message waits to be sent.
func (m *Message) Queue() Queue {
	switch {
	case m.Kind != MessageRegistrationCode && m.Kind != MessageFirstSignIn && m.Kind != MessagePayerApplication:
		return QueueNotices
	case m.Channel == ChannelSMS:
		return QueueCodesSMS
	default:
		return QueueCodesEmail
	}
}

// SweepLetters is the job that looks through the letters for those that are
// late, those whose time is over and those to be reminded of.
type SweepLetters struct{}

// Kind is the name of the job in the queue.
func (SweepLetters) Kind() string { return "sweep_letters" }

// CarryLetters is the job that brings a print batch to the printing house and the
// post, step by step.
type CarryLetters struct {
	BatchID uuid.UUID `json:"batch_id"`
	// Run is the handing over that the job belongs to.
	Run int `json:"run"`
}

// Kind is the name of the job in the queue.
func (CarryLetters) Kind() string { return "carry_letters" }

// TrackLetters is the job that asks the post where posted letters are.
type TrackLetters struct{}

// Kind is the name of the job in the queue.
func (TrackLetters) Kind() string { return "track_letters" }

// IdentifyPayer is the job that looks an application's payer up in the register
// and has a code made.
type IdentifyPayer struct {
	ApplicationID uuid.UUID `json:"application_id"`
}

// Kind is the name of the job in the queue.
func (IdentifyPayer) Kind() string { return "identify_payer" }

// CarryEDO is the job that sends an electronic document and then follows it.
type CarryEDO struct {
	DocumentID uuid.UUID `json:"document_id"`
}

// Kind is the name of the job in the queue.
func (CarryEDO) Kind() string { return "carry_edo" }

// RevokePayers is the job that ends the connections of payers who, a new register
// says, are no more.
type RevokePayers struct{}

// Kind is the name of the job in the queue.
func (RevokePayers) Kind() string { return "revoke_payers" }

// SweepPayers is the job that looks through what time brings about for payers:
// codes that are late, passwords that come to their end, payers who are no more.
type SweepPayers struct{}

// Kind is the name of the job in the queue.
func (SweepPayers) Kind() string { return "sweep_payers" }

// Tidy is the job that destroys what has served its purpose.
type Tidy struct{}

// Kind is the name of the job in the queue.
func (Tidy) Kind() string { return "tidy" }
