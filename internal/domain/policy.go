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

	// RegisterAlarmAfter and RegisterAlarmAgainAfter are when operators are
	// called about a register that cannot be reached; after ManualReviewAfter
	// one of them decides in its place.
	RegisterAlarmAfter      time.Duration
	RegisterAlarmAgainAfter time.Duration
	ManualReviewAfter       time.Duration
	// FreshAuthentication is how old a sign-in may be for those who change what
	// is proven.
	FreshAuthentication time.Duration

	// VisitLifetime is how long a visit code is good for.
	VisitLifetime time.Duration
	// RefusalsBeforeReview is how many refused visits call a supervisor.
	RefusalsBeforeReview int
	// DisputeWindow is how long the owner can deny a confirmation by the link.
	DisputeWindow time.Duration
	// LetterLifetime is how long the code of a letter is good for, from its
	// posting on.
	LetterLifetime time.Duration
	// LetterAttempts is how many codes are compared with a letter's in all, and
	// LetterAttemptsPerWindow how many within LetterAttemptsWindow.
	LetterAttempts          int
	LetterAttemptsPerWindow int
	LetterAttemptsWindow    time.Duration
	// LetterGap is the least time between two letters, LettersPerPeriod the
	// most of them within LettersPeriod.
	LetterGap        time.Duration
	LettersPerPeriod int
	LettersPeriod    time.Duration
	// LetterPostingDays is within how many working days a letter is posted.
	LetterPostingDays int

	// EnrolmentLifetime is how long an operator's enrolment link is good for.
	EnrolmentLifetime time.Duration
	// FirstSignInLifetime is how long the code is good for with which a person
	// who was registered at the counter sets a password.
	FirstSignInLifetime time.Duration
	// ApprovalLifetime is how long a second person may take to decide.
	ApprovalLifetime time.Duration
	// SearchesPerHour is how many accounts one operator may look for in an
	// hour.
	SearchesPerHour int

	// PayerApplicationLifetime is how long an application of a payer stays open,
	// and PayerApplicationsPerNumber how many there may be for one number in a day.
	PayerApplicationLifetime   time.Duration
	PayerApplicationsPerNumber int
	// PayerCodeDays is within how many working days an activation code leaves,
	// and PayerCodeAlarmDay the one on which operators are called if it has not.
	PayerCodeDays     int
	PayerCodeAlarmDay int
	// PayerCodeLifetime is how long a code is good for that was sent as an
	// electronic document.
	PayerCodeLifetime time.Duration
	// PayerCodeAttempts is how many codes are compared with one that was sent, and
	// PayerAttemptsPerWindow how many per payer within PayerAttemptsWindow.
	PayerCodeAttempts      int
	PayerAttemptsPerWindow int
	PayerAttemptsWindow    time.Duration
	// PayerPasswordMaxAge is how long a payer's password is good for; zero for
	// ever.
	PayerPasswordMaxAge time.Duration
	// PayerPasswordHistory is how many of a payer's last passwords, that in use
	// among them, are not taken again.
	PayerPasswordHistory int
	// CardDays is how many working days the password of a registration card is
	// good for.
	CardDays int
	// PasswordChangesPerHour is how often a password may be changed or guessed at
	// by whoever is signed in.
	PasswordChangesPerHour int

	// IdempotencyKept is how long an answer is kept for its Idempotency-Key.
	IdempotencyKept time.Duration
}

// The bounds that are not for configuration: they are part of the contract.
const (
	// CodeDigits is the length of a contact code.
	CodeDigits = 6
	// TOTPDigits is the length of a code of an operator's second factor.
	TOTPDigits = 6
	// LetterCodeLength is the length of a citizen's letter code, and
	// VisitCodeLength that of a visit code, in characters of Crockford's
	// base 32 (5 bits each).
	LetterCodeLength = 10
	VisitCodeLength  = 8
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
		RegisterAlarmAfter:         time.Hour,
		RegisterAlarmAgainAfter:    24 * time.Hour,
		ManualReviewAfter:          5 * 24 * time.Hour,
		FreshAuthentication:        15 * time.Minute,
		VisitLifetime:              30 * 24 * time.Hour,
		RefusalsBeforeReview:       3,
		DisputeWindow:              30 * 24 * time.Hour,
		LetterLifetime:             30 * 24 * time.Hour,
		LetterAttempts:             20,
		LetterAttemptsPerWindow:    5,
		LetterAttemptsWindow:       10 * time.Minute,
		LetterGap:                  24 * time.Hour,
		LettersPerPeriod:           4,
		LettersPeriod:              30 * 24 * time.Hour,
		LetterPostingDays:          5,
		EnrolmentLifetime:          72 * time.Hour,
		FirstSignInLifetime:        72 * time.Hour,
		ApprovalLifetime:           7 * 24 * time.Hour,
		SearchesPerHour:            200,
		PayerApplicationLifetime:   30 * 24 * time.Hour,
		PayerApplicationsPerNumber: 5,
		PayerCodeDays:              5,
		PayerCodeAlarmDay:          4,
		PayerCodeLifetime:          30 * 24 * time.Hour,
		PayerCodeAttempts:          20,
		PayerAttemptsPerWindow:     5,
		PayerAttemptsWindow:        15 * time.Minute,
		PayerPasswordMaxAge:        92 * 24 * time.Hour,
		PayerPasswordHistory:       5,
		CardDays:                   5,
		PasswordChangesPerHour:     10,
		IdempotencyKept:            24 * time.Hour,
	}
}

// LetterAttemptsFor is how many codes are compared with that of a letter in all.
func (p Policies) LetterAttemptsFor(purpose LetterPurpose) int {
	if purpose == LetterIdentity {
		return p.LetterAttempts
	}
	return p.PayerCodeAttempts
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

// NextResendAfter is how long to wait for the next code after the wait that the
// last one began.
func (p Policies) NextResendAfter(last time.Duration) time.Duration {
	return doubled(last, p.CodeResendAtMost, 1)
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
