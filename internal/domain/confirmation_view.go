package domain

import (
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// VisitOpen is how an owner sees a visit that nobody has decided yet.
const VisitOpen = "open"

// Shown is the status that the owner sees. While a letter leads to the
// confirmation, and after it came to nothing, it is the letter's.
func (v ConfirmationView) Shown() string {
	status := v.Confirmation.Status
	switch {
	case v.Letter == nil && status == ConfirmationRequested:
		return VisitOpen
	case v.Letter == nil:
		return string(status)
	case status == ConfirmationRequested, status == ConfirmationFailed, status == ConfirmationExpired:
		return string(v.Letter.Status)
	default:
		return string(status)
	}
}

// NextActions names what the owner can do next.
func (v ConfirmationView) NextActions() []string {
	if v.Letter != nil && v.Confirmation.Status == ConfirmationRequested {
		return v.Letter.Status.NextActions()
	}
	return v.Confirmation.Status.NextActions()
}

// ExpiresAt is when the visit code or the letter's code is of no more use; zero
// while that is not known.
func (v ConfirmationView) ExpiresAt() time.Time {
	if v.Letter != nil {
		return v.Letter.ExpiresAt
	}
	return v.Confirmation.ExpiresAt
}

// ConfirmationWay is one way of confirming one's identity, and whether it is
// open to a person now.
type ConfirmationWay struct {
	Method ConfirmationMethod
	// Reason is why the way is not open; empty where it is.
	Reason apperr.Code
	// Because says more of it than the code itself; empty where there is no more.
	Because apperr.Code
	// From is the day from which the person's own region offers the way; zero for
	// letters, for people without an address and where it never will.
	From ident.Date
	// Needs names what the way takes.
	Needs []string
	// Regions are where a visit is possible, and from when on.
	Regions []RegionOffer
	// NextAllowedAt is when another letter may be asked for; zero for now.
	NextAllowedAt time.Time
	// NextActions names what the person can do next.
	NextActions []string
}

// Available tells whether the person can begin in this way now.
func (w ConfirmationWay) Available() bool { return w.Reason == "" }

// Needs names what a way of confirmation takes.
func (m ConfirmationMethod) Needs() []string {
	if m == ConfirmByLetter {
		return []string{"postal_address"}
	}
	return []string{"passport", "visit"}
}

// VisitPayload is what the picture of a visit code holds: letters that a QR code
// stores densely (ISO/IEC 18004, alphanumeric mode).
const VisitPayload = "KABINET:VISIT:"

// Payload is what the picture of the visit code holds; empty for letters.
func (c *Confirmation) Payload() string {
	if c.VisitCode == "" {
		return ""
	}
	return VisitPayload + c.VisitCode
}

// SpelledCode is the visit code as it is shown: XXXX-XXXX; empty for letters.
func (c *Confirmation) SpelledCode() string {
	const half = VisitCodeLength / 2
	if len(c.VisitCode) != VisitCodeLength {
		return c.VisitCode
	}
	return c.VisitCode[:half] + "-" + c.VisitCode[half:]
}

// Dispute is an owner who denies a confirmation by the token of the notice.
type Dispute struct {
	Token  string
	Caller Caller
}
