package domain

import "time"

// Limit is how often something may happen to one subject.
type Limit struct {
	// Name separates the counts of different limits, and is public.
	Name   string
	Max    int
	Window time.Duration
}

// CodesPerClientLimit bounds the codes that one client address has sent.
func (p Policies) CodesPerClientLimit() Limit {
	return Limit{"codes_per_client", p.CodesPerClient, p.CodesClientWindow}
}

// SubmissionsPerAccountLimit bounds how often one account's data are checked.
func (p Policies) SubmissionsPerAccountLimit() Limit {
	return Limit{"submissions_per_account", p.SubmissionsPerAccount, p.SubmissionsAccountWindow}
}

// SubmissionsPerSNILSLimit bounds how often one SNILS is checked, across
// accounts.
func (p Policies) SubmissionsPerSNILSLimit() Limit {
	return Limit{"submissions_per_snils", p.SubmissionsPerSNILS, p.SubmissionsSNILSWindow}
}

// CodesPerHourLimit bounds the codes that one contact is sent in an hour.
func (p Policies) CodesPerHourLimit() Limit {
	return Limit{"codes_per_hour", p.CodesPerHour, time.Hour}
}

// CodesPerDayLimit bounds the codes that one contact is sent in a day.
func (p Policies) CodesPerDayLimit() Limit {
	return Limit{"codes_per_day", p.CodesPerDay, 24 * time.Hour}
}

// AttemptsPerDayLimit bounds the guesses at one contact's codes in a day.
func (p Policies) AttemptsPerDayLimit() Limit {
	return Limit{"attempts_per_day", p.CodeAttemptsPerDay, 24 * time.Hour}
}

// LetterAttemptsLimit bounds the guesses at one letter's code in a short time.
func (p Policies) LetterAttemptsLimit() Limit {
	return Limit{"letter_attempts", p.LetterAttemptsPerWindow, p.LetterAttemptsWindow}
}

// SecondFactorLimit bounds how many codes of one operator's second factor are
// compared, wherever they come from. Only those count that come with the right
// password.
func SecondFactorLimit() Limit { return Limit{"second_factor", 10, 15 * time.Minute} }

// SearchesLimit bounds how many accounts one operator looks for.
func (p Policies) SearchesLimit() Limit {
	return Limit{"operator_searches", p.SearchesPerHour, time.Hour}
}

// SNILSWarningsLimit bounds how often the holder of a SNILS is told that somebody
// else gave it.
func SNILSWarningsLimit() Limit { return Limit{"snils_warnings", 1, 24 * time.Hour} }

// SNILSAlarmsLimit bounds how often operators are called because one account gave
// a SNILS that another holds.
func SNILSAlarmsLimit() Limit { return Limit{"snils_alarms", 1, 24 * time.Hour} }

// FirstSignInsLimit bounds the codes for a first sign-in that one client address
// tries.
func (p Policies) FirstSignInsLimit() Limit {
	return Limit{"first_sign_ins_per_client", p.CodesPerClient, p.CodesClientWindow}
}

// PayerApplicationsLimit bounds how many applications there are for one number
// from one client address, whether a payer has the number or not.
func (p Policies) PayerApplicationsLimit() Limit {
	return Limit{"payer_applications_per_number", p.PayerApplicationsPerNumber, 24 * time.Hour}
}

// AllPayerApplicationsLimit bounds how many there are for one number from all
// addresses: more than a stranger alone can use up, so that the payer can apply.
func (p Policies) AllPayerApplicationsLimit() Limit {
	const strangers = 4
	return Limit{"payer_applications_per_number", strangers * p.PayerApplicationsPerNumber, 24 * time.Hour}
}

// DeliveryChoicesLimit bounds how often another way is chosen for one application.
func DeliveryChoicesLimit() Limit { return Limit{"delivery_choices", 10, 24 * time.Hour} }

// PayerAttemptsLimit bounds the guesses at the activation codes of one number,
// whether a payer has it or not.
func (p Policies) PayerAttemptsLimit() Limit {
	return Limit{"payer_activation_attempts", p.PayerAttemptsPerWindow, p.PayerAttemptsWindow}
}

// PayerActivationsLimit bounds the activation codes that one client address
// tries.
func (p Policies) PayerActivationsLimit() Limit {
	return Limit{"payer_activations_per_client", p.CodesPerClient, p.CodesClientWindow}
}

// PasswordChangesLimit bounds how often the password of one account is changed,
// or guessed at in a session that was stolen.
func (p Policies) PasswordChangesLimit() Limit {
	return Limit{"password_changes", p.PasswordChangesPerHour, time.Hour}
}
