package handler

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// PoliciesResponse is the numbers of the rules that this installation follows.
// Durations are in seconds.
type PoliciesResponse struct {
	// Environment is sandbox where nothing is real: messages go to files.
	Environment  string               `json:"environment" binding:"required" enums:"sandbox,production" example:"sandbox"`
	Code         CodePolicy           `json:"code" binding:"required"`
	Registration RegistrationPolicy   `json:"registration" binding:"required"`
	Password     PasswordPolicy       `json:"password" binding:"required"`
	Session      SessionPolicy        `json:"session" binding:"required"`
	SignIn       SignInPolicy         `json:"sign_in" binding:"required"`
	Verification VerificationPolicy   `json:"verification" binding:"required"`
	Confirmation ConfirmationPolicy   `json:"confirmation" binding:"required"`
	Operator     OperatorPolicy       `json:"operator" binding:"required"`
	Payer        PayerPolicy          `json:"payer" binding:"required"`
	Idempotency  IdempotencyKeyPolicy `json:"idempotency" binding:"required"`
} // @name PoliciesResponse

// CodePolicy is the rules of contact codes.
type CodePolicy struct {
	Length              int `json:"length" binding:"required" example:"6"`
	SMSLifetime         int `json:"sms_lifetime_seconds" binding:"required" example:"600"`
	EmailLifetime       int `json:"email_lifetime_seconds" binding:"required" example:"3600"`
	Attempts            int `json:"attempts" binding:"required" example:"5"`
	AttemptsPerDay      int `json:"attempts_per_contact_and_day" binding:"required" example:"20"`
	ResendAfter         int `json:"resend_after_seconds" binding:"required" example:"60"`
	ResendAtMost        int `json:"resend_after_at_most_seconds" binding:"required" example:"900"`
	PerContactAndHour   int `json:"sent_per_contact_and_hour" binding:"required" example:"5"`
	PerContactAndDay    int `json:"sent_per_contact_and_day" binding:"required" example:"10"`
	PerClient           int `json:"sent_per_client" binding:"required" example:"25"`
	PerClientWindowSecs int `json:"sent_per_client_window_seconds" binding:"required" example:"300"`
} // @name CodePolicy

// RegistrationPolicy is the rules of registrations.
type RegistrationPolicy struct {
	Lifetime       int `json:"lifetime_seconds" binding:"required" example:"86400"`
	PasswordWindow int `json:"password_window_seconds" binding:"required" example:"1800"`
} // @name RegistrationPolicy

// PasswordPolicy is the rules of passwords.
type PasswordPolicy struct {
	MinLength int `json:"min_length" binding:"required" example:"12"`
	MaxLength int `json:"max_length" binding:"required" example:"128"`
} // @name PasswordPolicy

// SessionPolicy is the rules of sessions.
type SessionPolicy struct {
	AccessTokenLifetime int `json:"access_token_lifetime_seconds" binding:"required" example:"600"`
	Idle                int `json:"idle_seconds" binding:"required" example:"1800"`
	Absolute            int `json:"absolute_seconds" binding:"required" example:"43200"`
	RefreshGrace        int `json:"refresh_grace_seconds" binding:"required" example:"10"`
	// PasswordChanges is how often whoever is signed in may change the password, or
	// guess at the one in use.
	PasswordChanges int `json:"password_changes_per_hour" binding:"required" example:"10"`
} // @name SessionPolicy

// SignInPolicy is the rules of wrong passwords, per account and client address.
type SignInPolicy struct {
	FreeFailures int `json:"free_failures" binding:"required" example:"5"`
	Delay        int `json:"delay_seconds" binding:"required" example:"30"`
	DelayAtMost  int `json:"delay_at_most_seconds" binding:"required" example:"3600"`
} // @name SignInPolicy

// VerificationPolicy is the rules of the automatic checks of personal data.
type VerificationPolicy struct {
	PerAccount           int `json:"submissions_per_account" binding:"required" example:"5"`
	PerAccountWindowSecs int `json:"submissions_per_account_window_seconds" binding:"required" example:"21600"`
	PerSNILS             int `json:"submissions_per_snils" binding:"required" example:"10"`
	PerSNILSWindowSecs   int `json:"submissions_per_snils_window_seconds" binding:"required" example:"3600"`
	RetryAfter           int `json:"retry_after_seconds" binding:"required" example:"60"`
	RetryAtMost          int `json:"retry_after_at_most_seconds" binding:"required" example:"3600"`
	Valid                int `json:"valid_seconds" binding:"required" example:"7776000"`
	AlarmAfter           int `json:"register_alarm_after_seconds" binding:"required" example:"3600"`
	AlarmAgainAfter      int `json:"register_alarm_again_after_seconds" binding:"required" example:"86400"`
	ManualReviewAfter    int `json:"manual_review_after_seconds" binding:"required" example:"432000"`
	FreshAuthentication  int `json:"fresh_authentication_seconds" binding:"required" example:"900"`
} // @name VerificationPolicy

// ConfirmationPolicy is the rules of confirming an identity.
type ConfirmationPolicy struct {
	VisitLifetime        int `json:"visit_lifetime_seconds" binding:"required" example:"2592000"`
	RefusalsBeforeReview int `json:"refusals_before_review" binding:"required" example:"3"`
	DisputeWindow        int `json:"dispute_window_seconds" binding:"required" example:"2592000"`
	LetterCodeLength     int `json:"letter_code_length" binding:"required" example:"10"`
	LetterLifetime       int `json:"letter_lifetime_seconds" binding:"required" example:"2592000"`
	LetterAttempts       int `json:"letter_attempts" binding:"required" example:"20"`
	LetterAttemptsWindow int `json:"letter_attempts_window_seconds" binding:"required" example:"600"`
	LetterAttemptsWithin int `json:"letter_attempts_per_window" binding:"required" example:"5"`
	LetterGap            int `json:"letter_gap_seconds" binding:"required" example:"86400"`
	LettersPerPeriod     int `json:"letters_per_period" binding:"required" example:"4"`
	LettersPeriod        int `json:"letters_period_seconds" binding:"required" example:"2592000"`
	LetterPostingDays    int `json:"letter_posting_working_days" binding:"required" example:"5"`
	FirstSignInLifetime  int `json:"first_sign_in_lifetime_seconds" binding:"required" example:"259200"`
} // @name ConfirmationPolicy

// OperatorPolicy is the rules of those who work for the fund.
type OperatorPolicy struct {
	EnrolmentLifetime int `json:"enrolment_lifetime_seconds" binding:"required" example:"259200"`
	ApprovalLifetime  int `json:"approval_lifetime_seconds" binding:"required" example:"604800"`
	SearchesPerHour   int `json:"searches_per_hour" binding:"required" example:"200"`
} // @name OperatorPolicy

// PayerPolicy is the rules of connecting payers of contributions, and of their
// passwords. Days are working days where the name says so.
type PayerPolicy struct {
	ApplicationLifetime int `json:"application_lifetime_seconds" binding:"required" example:"2592000"`
	ApplicationsPerDay  int `json:"applications_per_number_and_day" binding:"required" example:"5"`
	CodeDays            int `json:"code_working_days" binding:"required" example:"5"`
	CodeAlarmDay        int `json:"code_alarm_working_day" binding:"required" example:"4"`
	CodeLength          int `json:"code_length" binding:"required" example:"20"`
	CodeLifetime        int `json:"code_lifetime_seconds" binding:"required" example:"2592000"`
	CodeAttempts        int `json:"code_attempts" binding:"required" example:"20"`
	AttemptsPerWindow   int `json:"attempts_per_window" binding:"required" example:"5"`
	AttemptsWindow      int `json:"attempts_window_seconds" binding:"required" example:"900"`
	PasswordHistory     int `json:"password_history" binding:"required" example:"5"`
	CardDays            int `json:"card_working_days" binding:"required" example:"5"`
	// PasswordMaxAge is 0 where passwords last for ever.
	PasswordMaxAge int `json:"password_max_age_seconds" binding:"required" example:"7948800"`
	// PasswordWarningDays is how many days before a password's end its owner is
	// warned; none where passwords last for ever.
	PasswordWarningDays []int `json:"password_warning_days" binding:"required" example:"14,7,1"`
} // @name PayerPolicy

// IdempotencyKeyPolicy is the rules of the Idempotency-Key.
type IdempotencyKeyPolicy struct {
	Kept int `json:"kept_seconds" binding:"required" example:"86400"`
} // @name IdempotencyKeyPolicy

// Policies shows the rules.
//
//	@ID			getPolicies
//	@Summary	Show the numbers of the rules
//	@Description	The numbers that this installation follows, and whether it is a sandbox.
//	@Tags		service
//	@Produce	json
//	@Success	200	{object}	PoliciesResponse
//	@Router		/v1/policies [get]
func Policies(environment string, p domain.Policies, password PasswordPolicy) echo.HandlerFunc {
	body := newPolicies(p)
	body.Environment, body.Password = environment, password
	return func(c echo.Context) error { return c.JSON(http.StatusOK, body) }
}

func newPolicies(p domain.Policies) PoliciesResponse {
	return PoliciesResponse{
		Code: CodePolicy{
			Length:              domain.CodeDigits,
			SMSLifetime:         seconds(p.CodeSMSLifetime),
			EmailLifetime:       seconds(p.CodeEmailLifetime),
			Attempts:            p.CodeAttempts,
			AttemptsPerDay:      p.CodeAttemptsPerDay,
			ResendAfter:         seconds(p.CodeResendAfter),
			ResendAtMost:        seconds(p.CodeResendAtMost),
			PerContactAndHour:   p.CodesPerHour,
			PerContactAndDay:    p.CodesPerDay,
			PerClient:           p.CodesPerClient,
			PerClientWindowSecs: seconds(p.CodesClientWindow),
		},
		Registration: RegistrationPolicy{
			Lifetime:       seconds(p.RegistrationLifetime),
			PasswordWindow: seconds(p.RegistrationPasswordWindow),
		},
		Session: SessionPolicy{
			AccessTokenLifetime: seconds(p.AccessTokenLifetime),
			Idle:                seconds(p.SessionIdle),
			Absolute:            seconds(p.SessionAbsolute),
			RefreshGrace:        seconds(p.RefreshGrace),
			PasswordChanges:     p.PasswordChangesPerHour,
		},
		SignIn: SignInPolicy{
			FreeFailures: p.SignInFreeFailures,
			Delay:        seconds(p.SignInDelay),
			DelayAtMost:  seconds(p.SignInDelayAtMost),
		},
		Verification: VerificationPolicy{
			PerAccount:           p.SubmissionsPerAccount,
			PerAccountWindowSecs: seconds(p.SubmissionsAccountWindow),
			PerSNILS:             p.SubmissionsPerSNILS,
			PerSNILSWindowSecs:   seconds(p.SubmissionsSNILSWindow),
			RetryAfter:           seconds(p.CheckRetryAfter),
			RetryAtMost:          seconds(p.CheckRetryAtMost),
			Valid:                seconds(p.ChecksValid),
			AlarmAfter:           seconds(p.RegisterAlarmAfter),
			AlarmAgainAfter:      seconds(p.RegisterAlarmAgainAfter),
			ManualReviewAfter:    seconds(p.ManualReviewAfter),
			FreshAuthentication:  seconds(p.FreshAuthentication),
		},
		Confirmation: newConfirmationPolicy(p),
		Operator: OperatorPolicy{
			EnrolmentLifetime: seconds(p.EnrolmentLifetime),
			ApprovalLifetime:  seconds(p.ApprovalLifetime),
			SearchesPerHour:   p.SearchesPerHour,
		},
		Payer:       newPayerPolicy(p),
		Idempotency: IdempotencyKeyPolicy{Kept: seconds(p.IdempotencyKept)},
	}
}

func newConfirmationPolicy(p domain.Policies) ConfirmationPolicy {
	return ConfirmationPolicy{
		VisitLifetime:        seconds(p.VisitLifetime),
		RefusalsBeforeReview: p.RefusalsBeforeReview,
		DisputeWindow:        seconds(p.DisputeWindow),
		LetterCodeLength:     domain.LetterCodeLength,
		LetterLifetime:       seconds(p.LetterLifetime),
		LetterAttempts:       p.LetterAttempts,
		LetterAttemptsWindow: seconds(p.LetterAttemptsWindow),
		LetterAttemptsWithin: p.LetterAttemptsPerWindow,
		LetterGap:            seconds(p.LetterGap),
		LettersPerPeriod:     p.LettersPerPeriod,
		LettersPeriod:        seconds(p.LettersPeriod),
		LetterPostingDays:    p.LetterPostingDays,
		FirstSignInLifetime:  seconds(p.FirstSignInLifetime),
	}
}

func newPayerPolicy(p domain.Policies) PayerPolicy {
	const day = 24 * time.Hour
	warnings := []int{}
	if p.PayerPasswordMaxAge > 0 {
		for _, before := range domain.PasswordWarnings() {
			warnings = append(warnings, int(before/day))
		}
	}
	return PayerPolicy{
		ApplicationLifetime: seconds(p.PayerApplicationLifetime),
		ApplicationsPerDay:  p.PayerApplicationsPerNumber,
		CodeDays:            p.PayerCodeDays,
		CodeAlarmDay:        p.PayerCodeAlarmDay,
		CodeLength:          domain.PayerCodeLength,
		CodeLifetime:        seconds(p.PayerCodeLifetime),
		CodeAttempts:        p.PayerCodeAttempts,
		AttemptsPerWindow:   p.PayerAttemptsPerWindow,
		AttemptsWindow:      seconds(p.PayerAttemptsWindow),
		PasswordHistory:     p.PayerPasswordHistory,
		CardDays:            p.CardDays,
		PasswordMaxAge:      seconds(p.PayerPasswordMaxAge),
		PasswordWarningDays: warnings,
	}
}

func seconds(d time.Duration) int { return int(d.Seconds()) }
