package domain

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// The failures that somebody looks for.
var (
	// ErrUndeliverable marks a failure to send that trying again will not mend.
	ErrUndeliverable = errors.New("undeliverable")
	// ErrNoProvider is an error of the installation, or all providers are known to be
	// down. The message waits.
	ErrNoProvider = errors.New("no provider carries the message now")
	// ErrMessageBusy is another attempt at the same message, which is under way.
	ErrMessageBusy = errors.New("another attempt is under way")
	// ErrUnknownReference is a receipt for a message that nobody knows, or not yet:
	// it may come before it is noted what the provider called the message.
	ErrUnknownReference = errors.New("unknown reference")
)

// Locale is the language that a person is written to in.
type Locale string

// The languages.
const (
	LocaleRussian Locale = "ru"
	LocaleEnglish Locale = "en"
)

// MessageKind says what a message is about, and so which text it has.
type MessageKind string

// The kinds of message.
const (
	// MessageRegistrationCode brings the code that proves a contact.
	MessageRegistrationCode MessageKind = "registration_code"
	// MessageRegistrationAttempt tells an account's owner that somebody
	// tried to register with the owner's contact.
	MessageRegistrationAttempt MessageKind = "registration_attempt"
	// MessageSessionRevoked tells an account's owner that a session was ended
	// because its refresh token was used twice.
	MessageSessionRevoked MessageKind = "session_revoked"
	// MessageVerificationPassed tells that the automatic checks are passed.
	MessageVerificationPassed MessageKind = "verification_passed"
	// MessageVerificationCorrection tells that data have to be corrected.
	MessageVerificationCorrection MessageKind = "verification_correction"
	// MessageVerificationRejected sends a person to an office.
	MessageVerificationRejected MessageKind = "verification_rejected"
	// MessageVerificationDelayed tells that a register is down.
	MessageVerificationDelayed MessageKind = "verification_delayed"
	// MessageVerificationOnHold tells that the data need a visit to be cleared.
	MessageVerificationOnHold MessageKind = "verification_on_hold"
	// MessageSNILSContested tells the holder of a SNILS that somebody else
	// gave the same number.
	MessageSNILSContested MessageKind = "snils_contested"
	// MessageIdentityConfirmed tells that the identity is confirmed, with a
	// link to deny it.
	MessageIdentityConfirmed MessageKind = "identity_confirmed"
	// MessageConfirmationDisputed tells that the denial has taken effect.
	MessageConfirmationDisputed MessageKind = "confirmation_disputed"
	// MessageVisitRefused tells why a visit came to nothing.
	MessageVisitRefused   MessageKind = "visit_refused"
	MessageLetterPosted   MessageKind = "letter_posted"
	MessageLetterReminder MessageKind = "letter_reminder"
	MessageLetterReturned MessageKind = "letter_returned"
	MessageLetterLost     MessageKind = "letter_lost"
	MessageLetterExpired  MessageKind = "letter_expired"
	// MessageAccountSuspended and MessageAccountReinstated tell what operators
	// did with an account.
	MessageAccountSuspended  MessageKind = "account_suspended"
	MessageAccountReinstated MessageKind = "account_reinstated"
	// MessageFirstSignIn brings the code with which a person who was
	// registered at the counter sets a password.
	MessageFirstSignIn MessageKind = "first_sign_in"
	// MessageOperatorEnrolment brings the link with which an operator sets a
	// password and the second factor.
	MessageOperatorEnrolment MessageKind = "operator_enrolment"
	// MessagePayerApplication brings an applicant the code that proves the e-mail
	// address.
	MessagePayerApplication MessageKind = "payer_application"
	// MessagePayerNotIdentified tells an applicant that nothing comes of the
	// application, and MessagePayerMethod that the code needs another way.
	MessagePayerNotIdentified MessageKind = "payer_not_identified"
	MessagePayerMethod        MessageKind = "payer_method_required"
	// MessagePayerCodeSent tells an applicant that the code has left.
	MessagePayerCodeSent MessageKind = "payer_code_sent"
	// MessagePayerAttempt tells the payer, on the address on record, that somebody
	// has applied, and what came of it.
	MessagePayerAttempt MessageKind = "payer_attempt"
	// MessagePayerConnected tells that the payer is connected.
	MessagePayerConnected MessageKind = "payer_connected"
	// MessagePayerCard tells that a registration card was issued.
	MessagePayerCard MessageKind = "payer_card_issued"
	// MessagePayerRevoked tells that the connection of a payer who is no more has
	// ended.
	MessagePayerRevoked MessageKind = "payer_revoked"
	// MessagePasswordExpiring warns of a password's end.
	MessagePasswordExpiring MessageKind = "password_expiring"
	MessagePasswordChanged  MessageKind = "password_changed"
)

// MessageKinds lists every kind of message.
func MessageKinds() []MessageKind {
	return []MessageKind{
		MessageRegistrationCode, MessageRegistrationAttempt, MessageSessionRevoked,
		MessageVerificationPassed, MessageVerificationCorrection, MessageVerificationRejected, MessageVerificationDelayed,
		MessageVerificationOnHold, MessageSNILSContested, MessageIdentityConfirmed, MessageConfirmationDisputed,
		MessageVisitRefused, MessageLetterPosted, MessageLetterReminder, MessageLetterReturned, MessageLetterLost,
		MessageLetterExpired, MessageAccountSuspended, MessageAccountReinstated, MessageFirstSignIn, MessageOperatorEnrolment,
		MessagePayerApplication, MessagePayerNotIdentified, MessagePayerMethod, MessagePayerCodeSent, MessagePayerAttempt,
		MessagePayerConnected, MessagePayerCard, MessagePayerRevoked, MessagePasswordExpiring, MessagePasswordChanged,
	}
}

// Channel is what a message travels by.
type Channel string

// The channels.
const (
	ChannelSMS   Channel = "sms"
	ChannelEmail Channel = "email"
	// ChannelRegisteredMail is the post, which a sandbox plays.
	ChannelRegisteredMail Channel = "registered_mail"
)

// ChannelOf is the channel that reaches a contact.
func ChannelOf(c ident.Contact) Channel {
	if c.Kind() == ident.ContactPhone {
		return ChannelSMS
	}
	return ChannelEmail
}

// Message is something that a person is told. Its address and content are kept
// encrypted, and only for as long as it may yet be sent.
type Message struct {
	ID      uuid.UUID
	Kind    MessageKind
	Status  MessageStatus
	Channel Channel
	// To is empty once the message is forgotten.
	To     ident.Contact
	Locale Locale
	// Code is the one-time code that the message carries, if any.
	Code string
	// Link is the secret address that the message carries, if any.
	Link string
	// About is whom the message is about, where the receiver may have several: a
	// payer's registration number.
	About string
	// Reason is what the text chooses its words by, if anything, such as a
	// [RefusalReason].
	Reason    string
	CreatedAt time.Time
	// ExpiresAt is when the message is of no more use; zero for never.
	ExpiresAt time.Time
	// ChangedAt is since when the message has its status.
	ChangedAt time.Time
	// Failure is why the last attempt failed, in the provider's codes; empty if it
	// did not.
	Failure string
}

// NewMessage is a message to somebody, which waits to be sent.
func NewMessage(kind MessageKind, to ident.Contact, locale Locale, now time.Time) Message {
	return Message{
		ID: NewID(), Kind: kind, Status: MessageQueued, Channel: ChannelOf(to), To: to, Locale: locale,
		CreatedAt: now, ChangedAt: now,
	}
}

// Notices are a message about an account, one to each contact that its owner has
// proven: what is typed in by others must not bring strangers a link. To payers
// there are none with a link, so that they are written to wherever they may be
// reached.
func (a *Account) Notices(m Message, now time.Time) []Message {
	var all []Message
	for _, contact := range a.Contacts {
		if contact.ConfirmedAt.IsZero() && a.Type != AccountPayer {
			continue
		}
		one := NewMessage(m.Kind, contact.Value, a.Locale, now)
		one.Code, one.Link, one.About, one.Reason, one.ExpiresAt = m.Code, m.Link, m.About, m.Reason, m.ExpiresAt
		all = append(all, one)
	}
	return all
}

// Stale tells whether the message has come too late to be sent.
func (m *Message) Stale(now time.Time) bool {
	return !m.ExpiresAt.IsZero() && !now.Before(m.ExpiresAt)
}
