package domain

import (
	"time"

	"example.org/kabinet/internal/apperr"
)

// PayerCredentialStatus is a state of a [PayerCredential].
type PayerCredentialStatus string

// The states of a payer's password.
const (
	// CredentialNone is a payer who has no password yet.
	CredentialNone PayerCredentialStatus = "none"
	// CredentialInitial is the password of a registration card that nobody has
	// used.
	CredentialInitial PayerCredentialStatus = "initial"
	// CredentialMustChange is a password that was good for a last sign-in, which
	// leads to a new one alone.
	CredentialMustChange PayerCredentialStatus = "must_change"
	CredentialActive     PayerCredentialStatus = "active"
	// CredentialExpiring is a password of whose end its owner was warned.
	CredentialExpiring PayerCredentialStatus = "expiring"
	CredentialExpired  PayerCredentialStatus = "expired"
	// CredentialRevoked is that of a payer who is no more.
	CredentialRevoked PayerCredentialStatus = "revoked"
)

// PayerCredentialStatuses lists every state of a payer's password.
func PayerCredentialStatuses() []PayerCredentialStatus {
	return []PayerCredentialStatus{
		CredentialNone, CredentialInitial, CredentialMustChange, CredentialActive, CredentialExpiring,
		CredentialExpired, CredentialRevoked,
	}
}

// Turn says who acts next.
func (s PayerCredentialStatus) Turn() Turn {
	if s == CredentialRevoked {
		return TurnOperator
	}
	return TurnPerson
}

// NextActions names what the payer can do next.
func (s PayerCredentialStatus) NextActions() []string {
	switch s {
	case CredentialNone:
		return []string{"apply"}
	case CredentialInitial, CredentialExpired:
		return []string{"sign_in", "change_password"}
	case CredentialMustChange:
		return []string{"change_password", "visit_office"}
	case CredentialActive:
		return []string{"sign_in"}
	case CredentialExpiring:
		return []string{"change_password"}
	case CredentialRevoked:
		return []string{"visit_office"}
	}
	return nil
}

// PayerCredentialEvent is what can happen to a payer's password.
type PayerCredentialEvent string

// The events of a payer's password.
const (
	CredentialIssueCard PayerCredentialEvent = "issue_card"
	// CredentialUse is a sign-in that leads to a new password alone.
	CredentialUse PayerCredentialEvent = "use"
	// CredentialSet is a new password of the payer's own choice.
	CredentialSet  PayerCredentialEvent = "set"
	CredentialWarn PayerCredentialEvent = "warn"
	// CredentialLapse is the end of the password's time.
	CredentialLapse  PayerCredentialEvent = "lapse"
	CredentialRevoke PayerCredentialEvent = "revoke"
	// CredentialRestore is a payer who exists after all.
	CredentialRestore PayerCredentialEvent = "restore"
)

// PayerCredentialEvents lists every event of a payer's password.
func PayerCredentialEvents() []PayerCredentialEvent {
	return []PayerCredentialEvent{
		CredentialIssueCard, CredentialUse, CredentialSet, CredentialWarn, CredentialLapse, CredentialRevoke,
		CredentialRestore,
	}
}

// PayerCredentialMoves is the table of the states of a payer's password.
func PayerCredentialMoves() []Move[PayerCredentialStatus, PayerCredentialEvent] {
	return []Move[PayerCredentialStatus, PayerCredentialEvent]{
		{CredentialNone, CredentialIssueCard, CredentialInitial},
		{CredentialNone, CredentialSet, CredentialActive},
		{CredentialNone, CredentialRevoke, CredentialRevoked},
		{CredentialInitial, CredentialIssueCard, CredentialInitial},
		{CredentialInitial, CredentialUse, CredentialMustChange},
		{CredentialInitial, CredentialSet, CredentialActive},
		{CredentialInitial, CredentialRevoke, CredentialRevoked},
		{CredentialMustChange, CredentialIssueCard, CredentialInitial},
		{CredentialMustChange, CredentialUse, CredentialMustChange},
		{CredentialMustChange, CredentialSet, CredentialActive},
		{CredentialMustChange, CredentialRevoke, CredentialRevoked},
		{CredentialActive, CredentialIssueCard, CredentialInitial},
		{CredentialActive, CredentialSet, CredentialActive},
		{CredentialActive, CredentialWarn, CredentialExpiring},
		{CredentialActive, CredentialLapse, CredentialExpired},
		{CredentialActive, CredentialRevoke, CredentialRevoked},
		{CredentialExpiring, CredentialIssueCard, CredentialInitial},
		{CredentialExpiring, CredentialSet, CredentialActive},
		{CredentialExpiring, CredentialWarn, CredentialExpiring},
		{CredentialExpiring, CredentialLapse, CredentialExpired},
		{CredentialExpiring, CredentialRevoke, CredentialRevoked},
		{CredentialExpired, CredentialIssueCard, CredentialInitial},
		{CredentialExpired, CredentialUse, CredentialMustChange},
		{CredentialExpired, CredentialSet, CredentialActive},
		{CredentialExpired, CredentialRevoke, CredentialRevoked},
		{CredentialRevoked, CredentialRestore, CredentialNone},
	}
}

// PayerCredential is what is known of a payer's password, beside its hash.
type PayerCredential struct {
	Status PayerCredentialStatus
	// OneTime tells that the password is that of a registration card: it is good
	// for one sign-in.
	OneTime bool
	// ExpiresAt is the end of the card, or of the password's time; zero for none.
	ExpiresAt time.Time
	// Warnings is how often the payer was warned of that end.
	Warnings int
}

// Refresh moves a password whose time is over to expired.
func (c *PayerCredential) Refresh(now time.Time) {
	if c.Status == CredentialActive || c.Status == CredentialExpiring {
		if !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt) {
			c.Status = CredentialExpired
		}
	}
}

// SignsIn tells whether the right password opens a session now. A card that was
// used or is too old opens none.
func (c *PayerCredential) SignsIn(now time.Time) bool {
	seen := *c
	seen.Refresh(now)
	switch seen.Status {
	case CredentialActive, CredentialExpiring, CredentialExpired:
		return true
	case CredentialInitial:
		return now.Before(c.ExpiresAt)
	case CredentialMustChange:
		return !c.OneTime
	case CredentialNone, CredentialRevoked:
	}
	return false
}

// SignIn records a sign-in with the right password, and tells what the session is
// for. Of two at once with a card, the second is refused.
func (c *PayerCredential) SignIn(now time.Time) (SessionScope, ScopeReason, error) {
	if !c.SignsIn(now) {
		return "", "", apperr.New(apperr.CredentialsIncorrect)
	}
	c.Refresh(now)
	if c.Status == CredentialActive || c.Status == CredentialExpiring {
		return ScopeCabinet, "", nil
	}
	if err := c.move(CredentialUse); err != nil {
		return "", "", err
	}
	if c.OneTime {
		return ScopePasswordChange, ScopeForCard, nil
	}
	return ScopePasswordChange, ScopeForExpiry, nil
}

// IssueCard makes the password of a card the only one, until a moment.
func (c *PayerCredential) IssueCard(until time.Time) error {
	if err := c.move(CredentialIssueCard); err != nil {
		return err
	}
	c.OneTime, c.ExpiresAt, c.Warnings = true, until, 0
	return nil
}

// Set records a password of the payer's own choice. It lasts for the age that
// the policy allows; zero is for ever.
func (c *PayerCredential) Set(now time.Time, maxAge time.Duration) error {
	if err := c.move(CredentialSet); err != nil {
		return err
	}
	c.OneTime, c.ExpiresAt, c.Warnings = false, time.Time{}, 0
	if maxAge > 0 {
		c.ExpiresAt = now.Add(maxAge)
	}
	return nil
}

// Revoke makes the password worth nothing.
func (c *PayerCredential) Revoke() error {
	if err := c.move(CredentialRevoke); err != nil {
		return err
	}
	c.OneTime, c.ExpiresAt, c.Warnings = false, time.Time{}, 0
	return nil
}

// Restore is for a payer who, the register says, exists after all. There is no
// password yet.
func (c *PayerCredential) Restore() error { return c.move(CredentialRestore) }

// PasswordWarnings is how long before its end a payer is warned of a password's
// end.
func PasswordWarnings() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{14 * day, 7 * day, day}
}

// Warn tells whether the payer has to be warned of the password's end now, and
// counts it. Warnings that were missed are not made up for.
func (c *PayerCredential) Warn(now time.Time) bool {
	c.Refresh(now)
	due := 0
	for _, before := range PasswordWarnings() {
		if !now.Before(c.ExpiresAt.Add(-before)) {
			due++
		}
	}
	if c.ExpiresAt.IsZero() || c.Warnings >= due || c.move(CredentialWarn) != nil {
		return false
	}
	c.Warnings = due
	return true
}

func (c *PayerCredential) move(on PayerCredentialEvent) error {
	to, err := next(PayerCredentialMoves(), c.Status, on)
	if err == nil {
		c.Status = to
	}
	return err
}
