package domain

import "time"

// Policies are the numbers of the rules, which anyone may read and an
// installation may change.
type Policies struct {
	// CodeSMSLifetime and CodeEmailLifetime are how long a code is good for.
	CodeSMSLifetime   time.Duration
	CodeEmailLifetime time.Duration
	// CodeAttempts is how many codes are compared with one that was sent.
	CodeAttempts int
	// CodeAttemptsPerDay is how many are compared per contact and day.
	CodeAttemptsPerDay int
	// CodeResendAfter is the wait before a second code; it doubles with each
	// further one up to CodeResendAtMost.
	CodeResendAfter  time.Duration
	CodeResendAtMost time.Duration
	// CodesPerHour and CodesPerDay are how many codes a contact is sent.
	CodesPerHour int
	CodesPerDay  int
	// CodesPerClient is how many codes a client address can have sent within
	// CodesClientWindow.
	CodesPerClient    int
	CodesClientWindow time.Duration

	// RegistrationLifetime is how long a registration stays open.
	RegistrationLifetime time.Duration
	// RegistrationPasswordWindow is how long the password may be set after
	// the contact was proven.
	RegistrationPasswordWindow time.Duration

	// AccessTokenLifetime, SessionIdle and SessionAbsolute are how long an
	// access token is good for, a session lives without a refresh, and a
	// session lives at all.
	AccessTokenLifetime time.Duration
	SessionIdle         time.Duration
	SessionAbsolute     time.Duration
	// RefreshGrace is how long a used refresh token may come again without
	// being taken for stolen.
	RefreshGrace time.Duration

	// SignInFreeFailures is how many wrong passwords in a row an account and
	// client address may have before the first delay, SignInDelay; it doubles
	// with each further one up to SignInDelayAtMost.
	SignInFreeFailures int
	SignInDelay        time.Duration
	SignInDelayAtMost  time.Duration

	// SubmissionsPerAccount is how often an account's data are checked within
	// SubmissionsAccountWindow; SubmissionsPerSNILS is how often one SNILS is,
	// across accounts, within SubmissionsSNILSWindow.
	SubmissionsPerAccount    int
	SubmissionsAccountWindow time.Duration
	SubmissionsPerSNILS      int
	SubmissionsSNILSWindow   time.Duration
	// CheckPollAfter is the wait before a register that is at work is asked
	// again; it doubles with each time up to CheckPollAtMost.
	CheckPollAfter  time.Duration
	CheckPollAtMost time.Duration
	// CheckRetryAfter is the wait after a register could not be reached; it
	// doubles with each further time up to CheckRetryAtMost.
	CheckRetryAfter  time.Duration
	CheckRetryAtMost time.Duration
	// ChecksValid is how long passed checks prove the data.
	ChecksValid time.Duration

	// IdempotencyKept is how long an answer is kept for its Idempotency-Key.
	IdempotencyKept time.Duration
}

// The bounds that are not for configuration: they are part of the contract.
const (
	// CodeDigits is the length of a contact code.
	CodeDigits = 6
)

// DefaultPolicies are the numbers of a fresh installation.
func DefaultPolicies() Policies {
	return Policies{
		CodeSMSLifetime:            10 * time.Minute,
		CodeEmailLifetime:          time.Hour,
		CodeAttempts:               5,
		CodeAttemptsPerDay:         20,
		CodeResendAfter:            time.Minute,
		CodeResendAtMost:           15 * time.Minute,
		CodesPerHour:               5,
		CodesPerDay:                10,
		CodesPerClient:             25,
		CodesClientWindow:          5 * time.Minute,
		RegistrationLifetime:       24 * time.Hour,
		RegistrationPasswordWindow: 30 * time.Minute,
		AccessTokenLifetime:        10 * time.Minute,
		SessionIdle:                30 * time.Minute,
		SessionAbsolute:            12 * time.Hour,
		RefreshGrace:               10 * time.Second,
		SignInFreeFailures:         5,
		SignInDelay:                30 * time.Second,
		SignInDelayAtMost:          time.Hour,
		SubmissionsPerAccount:      5,
		SubmissionsAccountWindow:   6 * time.Hour,
		SubmissionsPerSNILS:        10,
		SubmissionsSNILSWindow:     time.Hour,
		CheckPollAfter:             time.Second,
		CheckPollAtMost:            time.Minute,
		CheckRetryAfter:            time.Minute,
		CheckRetryAtMost:           time.Hour,
		ChecksValid:                90 * 24 * time.Hour,
		IdempotencyKept:            24 * time.Hour,
	}
}

// CodeLifetime is how long a code sent by a channel is good for.
func (p Policies) CodeLifetime(c Channel) time.Duration {
	if c == ChannelSMS {
		return p.CodeSMSLifetime
	}
	return p.CodeEmailLifetime
}

// ResendAfter is how long to wait for the next code after sent codes.
func (p Policies) ResendAfter(sent int) time.Duration {
	return doubled(p.CodeResendAfter, p.CodeResendAtMost, sent-1)
}

// SignInDelayAfter is how long to wait after so many failures in a row.
func (p Policies) SignInDelayAfter(failures int) time.Duration {
	if failures <= p.SignInFreeFailures {
		return 0
	}
	return doubled(p.SignInDelay, p.SignInDelayAtMost, failures-p.SignInFreeFailures-1)
}

// CheckPollWait is how long to wait for a register that is at work, after it
// was asked so many times.
func (p Policies) CheckPollWait(polls int) time.Duration {
	return doubled(p.CheckPollAfter, p.CheckPollAtMost, polls)
}

// CheckRetryWait is how long to wait for a register that could not be reached,
// after so many failures in a row before this one.
func (p Policies) CheckRetryWait(failures int) time.Duration {
	return doubled(p.CheckRetryAfter, p.CheckRetryAtMost, failures)
}

// doubled is first, doubled so many times, but never over most.
func doubled(first, most time.Duration, times int) time.Duration {
	for ; times > 0 && first < most; times-- {
		first *= 2
	}
	return min(first, most)
}
