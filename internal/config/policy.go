package config

import "time"

// Policies are the numbers of the rules. The fields are those of the domain's
// policies, in the same order, so that one converts to the other; what each
// means is said there.
type Policies struct {
	CodeSMSLifetime    time.Duration `env:"KABINET_POLICY_CODE_SMS_LIFETIME" envDefault:"10m" min:"1m" max:"24h"`
	CodeEmailLifetime  time.Duration `env:"KABINET_POLICY_CODE_EMAIL_LIFETIME" envDefault:"1h" min:"1m" max:"24h"`
	CodeAttempts       int           `env:"KABINET_POLICY_CODE_ATTEMPTS" envDefault:"5" min:"1" max:"20"`
	CodeAttemptsPerDay int           `env:"KABINET_POLICY_CODE_ATTEMPTS_PER_DAY" envDefault:"20" min:"1" max:"1000"`
	CodeResendAfter    time.Duration `env:"KABINET_POLICY_CODE_RESEND_AFTER" envDefault:"1m" min:"1s" max:"1h"`
	CodeResendAtMost   time.Duration `env:"KABINET_POLICY_CODE_RESEND_AT_MOST" envDefault:"15m" min:"1s" max:"24h"`
	CodesPerHour       int           `env:"KABINET_POLICY_CODES_PER_HOUR" envDefault:"5" min:"1" max:"1000"`
	CodesPerDay        int           `env:"KABINET_POLICY_CODES_PER_DAY" envDefault:"10" min:"1" max:"10000"`
	CodesPerClient     int           `env:"KABINET_POLICY_CODES_PER_CLIENT" envDefault:"25" min:"1" max:"1000000"`
	CodesClientWindow  time.Duration `env:"KABINET_POLICY_CODES_CLIENT_WINDOW" envDefault:"5m" min:"1s" max:"24h"`

	RegistrationLifetime       time.Duration `env:"KABINET_POLICY_REGISTRATION_LIFETIME" envDefault:"24h" min:"1m" max:"168h"`
	RegistrationPasswordWindow time.Duration `env:"KABINET_POLICY_REGISTRATION_PASSWORD_WINDOW" envDefault:"30m" min:"1m" max:"24h"`

	AccessTokenLifetime time.Duration `env:"KABINET_POLICY_ACCESS_TOKEN_LIFETIME" envDefault:"10m" min:"1s" max:"1h"`
	SessionIdle         time.Duration `env:"KABINET_POLICY_SESSION_IDLE" envDefault:"30m" min:"1s" max:"24h"`
	SessionAbsolute     time.Duration `env:"KABINET_POLICY_SESSION_ABSOLUTE" envDefault:"12h" min:"1s" max:"720h"`
	RefreshGrace        time.Duration `env:"KABINET_POLICY_REFRESH_GRACE" envDefault:"10s" min:"1s" max:"1m"`

	SignInFreeFailures int           `env:"KABINET_POLICY_SIGN_IN_FREE_FAILURES" envDefault:"5" min:"1" max:"100"`
	SignInDelay        time.Duration `env:"KABINET_POLICY_SIGN_IN_DELAY" envDefault:"30s" min:"1s" max:"1h"`
	SignInDelayAtMost  time.Duration `env:"KABINET_POLICY_SIGN_IN_DELAY_AT_MOST" envDefault:"1h" min:"1s" max:"24h"`

	SubmissionsPerAccount    int           `env:"KABINET_POLICY_SUBMISSIONS_PER_ACCOUNT" envDefault:"5" min:"1" max:"1000"`
	SubmissionsAccountWindow time.Duration `env:"KABINET_POLICY_SUBMISSIONS_ACCOUNT_WINDOW" envDefault:"6h" min:"1m" max:"168h"`
	SubmissionsPerSNILS      int           `env:"KABINET_POLICY_SUBMISSIONS_PER_SNILS" envDefault:"10" min:"1" max:"1000"`
	SubmissionsSNILSWindow   time.Duration `env:"KABINET_POLICY_SUBMISSIONS_SNILS_WINDOW" envDefault:"1h" min:"1m" max:"168h"`
	CheckPollAfter           time.Duration `env:"KABINET_POLICY_CHECK_POLL_AFTER" envDefault:"1s" min:"100ms" max:"1h"`
	CheckPollAtMost          time.Duration `env:"KABINET_POLICY_CHECK_POLL_AT_MOST" envDefault:"1m" min:"100ms" max:"24h"`
	CheckRetryAfter          time.Duration `env:"KABINET_POLICY_CHECK_RETRY_AFTER" envDefault:"1m" min:"100ms" max:"1h"`
	CheckRetryAtMost         time.Duration `env:"KABINET_POLICY_CHECK_RETRY_AT_MOST" envDefault:"1h" min:"100ms" max:"24h"`
	ChecksValid              time.Duration `env:"KABINET_POLICY_CHECKS_VALID" envDefault:"2160h" min:"24h" max:"8760h"`

	RegisterAlarmAfter      time.Duration `env:"KABINET_POLICY_REGISTER_ALARM_AFTER" envDefault:"1h" min:"1m" max:"24h"`
	RegisterAlarmAgainAfter time.Duration `env:"KABINET_POLICY_REGISTER_ALARM_AGAIN_AFTER" envDefault:"24h" min:"1m" max:"168h"`
	ManualReviewAfter       time.Duration `env:"KABINET_POLICY_MANUAL_REVIEW_AFTER" envDefault:"120h" min:"1h" max:"720h"`
	FreshAuthentication     time.Duration `env:"KABINET_POLICY_FRESH_AUTHENTICATION" envDefault:"15m" min:"1m" max:"12h"`
	VisitLifetime           time.Duration `env:"KABINET_POLICY_VISIT_LIFETIME" envDefault:"720h" min:"1h" max:"2160h"`
	RefusalsBeforeReview    int           `env:"KABINET_POLICY_REFUSALS_BEFORE_REVIEW" envDefault:"3" min:"1" max:"100"`
	DisputeWindow           time.Duration `env:"KABINET_POLICY_DISPUTE_WINDOW" envDefault:"720h" min:"1h" max:"8760h"`
	LetterLifetime          time.Duration `env:"KABINET_POLICY_LETTER_LIFETIME" envDefault:"720h" min:"24h" max:"2160h"`
	LetterAttempts          int           `env:"KABINET_POLICY_LETTER_ATTEMPTS" envDefault:"20" min:"1" max:"100"`
	LetterAttemptsPerWindow int           `env:"KABINET_POLICY_LETTER_ATTEMPTS_PER_WINDOW" envDefault:"5" min:"1" max:"100"`
	LetterAttemptsWindow    time.Duration `env:"KABINET_POLICY_LETTER_ATTEMPTS_WINDOW" envDefault:"10m" min:"1m" max:"24h"`
	LetterGap               time.Duration `env:"KABINET_POLICY_LETTER_GAP" envDefault:"24h" min:"1m" max:"720h"`
	LettersPerPeriod        int           `env:"KABINET_POLICY_LETTERS_PER_PERIOD" envDefault:"4" min:"1" max:"100"`
	LettersPeriod           time.Duration `env:"KABINET_POLICY_LETTERS_PERIOD" envDefault:"720h" min:"24h" max:"8760h"`
	LetterPostingDays       int           `env:"KABINET_POLICY_LETTER_POSTING_DAYS" envDefault:"5" min:"1" max:"30"`
	EnrolmentLifetime       time.Duration `env:"KABINET_POLICY_ENROLMENT_LIFETIME" envDefault:"72h" min:"10m" max:"720h"`
	FirstSignInLifetime     time.Duration `env:"KABINET_POLICY_FIRST_SIGN_IN_LIFETIME" envDefault:"72h" min:"10m" max:"720h"`
	ApprovalLifetime        time.Duration `env:"KABINET_POLICY_APPROVAL_LIFETIME" envDefault:"168h" min:"1h" max:"720h"`
	SearchesPerHour         int           `env:"KABINET_POLICY_SEARCHES_PER_HOUR" envDefault:"200" min:"1" max:"100000"`

	PayerApplicationLifetime   time.Duration `env:"KABINET_POLICY_PAYER_APPLICATION_LIFETIME" envDefault:"720h" min:"24h" max:"2160h"`
	PayerApplicationsPerNumber int           `env:"KABINET_POLICY_PAYER_APPLICATIONS_PER_NUMBER" envDefault:"5" min:"1" max:"100000"`
	PayerCodeDays              int           `env:"KABINET_POLICY_PAYER_CODE_DAYS" envDefault:"5" min:"1" max:"30"`
	PayerCodeAlarmDay          int           `env:"KABINET_POLICY_PAYER_CODE_ALARM_DAY" envDefault:"4" min:"1" max:"30"`
	PayerCodeLifetime          time.Duration `env:"KABINET_POLICY_PAYER_CODE_LIFETIME" envDefault:"720h" min:"24h" max:"2160h"`
	PayerCodeAttempts          int           `env:"KABINET_POLICY_PAYER_CODE_ATTEMPTS" envDefault:"20" min:"1" max:"100"`
	PayerAttemptsPerWindow     int           `env:"KABINET_POLICY_PAYER_ATTEMPTS_PER_WINDOW" envDefault:"5" min:"1" max:"100"`
	PayerAttemptsWindow        time.Duration `env:"KABINET_POLICY_PAYER_ATTEMPTS_WINDOW" envDefault:"15m" min:"1m" max:"24h"`
	PayerPasswordMaxAge        time.Duration `env:"KABINET_POLICY_PAYER_PASSWORD_MAX_AGE" envDefault:"2208h" min:"0s" max:"8784h"`
	PayerPasswordHistory       int           `env:"KABINET_POLICY_PAYER_PASSWORD_HISTORY" envDefault:"5" min:"1" max:"24"`
	CardDays                   int           `env:"KABINET_POLICY_CARD_DAYS" envDefault:"5" min:"1" max:"30"`
	PasswordChangesPerHour     int           `env:"KABINET_POLICY_PASSWORD_CHANGES_PER_HOUR" envDefault:"10" min:"1" max:"1000"`

	IdempotencyKept time.Duration `env:"KABINET_POLICY_IDEMPOTENCY_KEPT" envDefault:"24h" min:"1m" max:"168h"`
}

// check compares the numbers that must not contradict each other.
func (p Policies) check(r report) {
	atLeast := func(more, less string, ok bool) {
		more, less = policyPrefix+more, policyPrefix+less
		if !ok && !r.has(more) && !r.has(less) {
			r.add(more, "must not be less than %s", less)
		}
	}
	if p.AccessTokenLifetime%time.Second != 0 {
		r.add(policyPrefix+"ACCESS_TOKEN_LIFETIME", "must be whole seconds: tokens know no smaller ones")
	}
	atLeast("CODE_ATTEMPTS_PER_DAY", "CODE_ATTEMPTS", p.CodeAttemptsPerDay >= p.CodeAttempts)
	atLeast("CODE_RESEND_AT_MOST", "CODE_RESEND_AFTER", p.CodeResendAtMost >= p.CodeResendAfter)
	atLeast("CODES_PER_DAY", "CODES_PER_HOUR", p.CodesPerDay >= p.CodesPerHour)
	atLeast("REGISTRATION_LIFETIME", "CODE_SMS_LIFETIME", p.RegistrationLifetime >= p.CodeSMSLifetime)
	atLeast("REGISTRATION_LIFETIME", "CODE_EMAIL_LIFETIME", p.RegistrationLifetime >= p.CodeEmailLifetime)
	atLeast("REGISTRATION_LIFETIME", "REGISTRATION_PASSWORD_WINDOW", p.RegistrationLifetime >= p.RegistrationPasswordWindow)
	atLeast("SESSION_IDLE", "ACCESS_TOKEN_LIFETIME", p.SessionIdle >= p.AccessTokenLifetime)
	atLeast("SESSION_ABSOLUTE", "SESSION_IDLE", p.SessionAbsolute >= p.SessionIdle)
	atLeast("CHECK_POLL_AT_MOST", "CHECK_POLL_AFTER", p.CheckPollAtMost >= p.CheckPollAfter)
	atLeast("CHECK_RETRY_AT_MOST", "CHECK_RETRY_AFTER", p.CheckRetryAtMost >= p.CheckRetryAfter)
	atLeast("REGISTER_ALARM_AGAIN_AFTER", "REGISTER_ALARM_AFTER", p.RegisterAlarmAgainAfter >= p.RegisterAlarmAfter)
	atLeast("MANUAL_REVIEW_AFTER", "REGISTER_ALARM_AGAIN_AFTER", p.ManualReviewAfter >= p.RegisterAlarmAgainAfter)
	atLeast("LETTER_ATTEMPTS", "LETTER_ATTEMPTS_PER_WINDOW", p.LetterAttempts >= p.LetterAttemptsPerWindow)
	atLeast("LETTERS_PERIOD", "LETTER_GAP", p.LettersPeriod >= p.LetterGap)
	atLeast("PAYER_CODE_DAYS", "PAYER_CODE_ALARM_DAY", p.PayerCodeDays >= p.PayerCodeAlarmDay)
	atLeast("PAYER_CODE_ATTEMPTS", "PAYER_ATTEMPTS_PER_WINDOW", p.PayerCodeAttempts >= p.PayerAttemptsPerWindow)
	if p.PayerPasswordMaxAge != 0 && p.PayerPasswordMaxAge < firstWarning {
		r.add(policyPrefix+"PAYER_PASSWORD_MAX_AGE", "must be 0, or longer than the fifteen days of its warnings")
	}
	atLeast("SIGN_IN_DELAY_AT_MOST", "SIGN_IN_DELAY", p.SignInDelayAtMost >= p.SignInDelay)
}

const policyPrefix = prefix + "POLICY_"

// firstWarning is the shortest time of a password that leaves room for all
// warnings of its end.
const firstWarning = 15 * 24 * time.Hour
