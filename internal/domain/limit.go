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
