package domain_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func playPayerApplication(status, event string) (string, error) {
	a := domain.PayerApplication{Status: domain.PayerApplicationStatus(status), ExpiresAt: at().Add(time.Hour)}
	if on := domain.PayerApplicationEvent(event); on != domain.ApplicationExpire {
		err := a.Move(on, at())
		return string(a.Status), err
	}
	return played(&a, a.Status, func() { a.Refresh(a.ExpiresAt) }, &a.Status)
}

// M16, M17: within five working days after the day of filing, as it is in the
// payer's region.
func TestNewApplicationTerm(t *testing.T) {
	t.Parallel()
	days, err := calendar.Default()
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		filed, zone            string
		on, due, alarm, breach string
	}{
		"before the holidays of May": {
			"2026-04-30T12:00:00+03:00", "Europe/Moscow", "2026-04-30", "2026-05-08", "2026-05-07", "2026-05-12",
		},
		"before the fourth of November": {
			"2026-10-30T12:00:00+03:00", "Europe/Moscow", "2026-10-30", "2026-11-09", "2026-11-06", "2026-11-10",
		},
		"still the day before in Kaliningrad": {
			"2026-04-29T23:30:00+02:00", "Europe/Kaliningrad", "2026-04-29", "2026-05-07", "2026-05-06", "2026-05-08",
		},
		"the same moment in Moscow": {
			"2026-04-29T23:30:00+02:00", "Europe/Moscow", "2026-04-30", "2026-05-08", "2026-05-07", "2026-05-12",
		},
		"on a day off": {
			"2026-05-01T12:00:00+03:00", "Europe/Moscow", "2026-05-01", "2026-05-08", "2026-05-07", "2026-05-12",
		},
	} {
		filed, err := time.Parse(time.RFC3339, tc.filed)
		require.NoError(t, err)
		zone, err := time.LoadLocation(tc.zone)
		require.NoError(t, err)
		term, err := domain.NewApplicationTerm(filed, zone, days, domain.DefaultPolicies())
		require.NoError(t, err, name)
		require.Equal(t, []string{tc.on, tc.due, tc.alarm, tc.breach},
			[]string{term.FiledOn.ISO(), term.DueOn.ISO(), term.AlarmOn.ISO(), term.BreachOn.ISO()}, name)
	}
}

// A term whose last days nobody knows is refused, though its first are known.
func TestATermInAnUnknownYear(t *testing.T) {
	t.Parallel()
	days, err := calendar.Default()
	require.NoError(t, err)
	years := days.Years()
	end := time.Date(years[len(years)-1].Year, time.December, 28, 12, 0, 0, 0, time.UTC)
	_, err = domain.NewApplicationTerm(end, time.UTC, days, domain.DefaultPolicies())
	require.ErrorIs(t, err, apperr.New(apperr.CalendarYearUnknown))
}

// M15: who applies is held against the register, number and INN.
func TestJudge(t *testing.T) {
	t.Parallel()
	known := organisation(t)
	liquidated := known
	liquidated.State = domain.PayerLiquidated
	other := must(t, ident.ParseINN, "670000000330")
	for name, tc := range map[string]struct {
		payer     *domain.Payer
		inn       ident.INN
		connected bool
		reason    domain.ApplicationReason
		goesOn    bool
	}{
		"good":                         {&known, known.INN, false, domain.ReasonApplied, true},
		"unknown":                      {nil, known.INN, false, domain.ReasonPayerUnknown, false},
		"another INN":                  {&known, other, false, domain.ReasonINNDiffers, false},
		"another INN, connected":       {&known, other, true, domain.ReasonINNDiffers, false},
		"liquidated":                   {&liquidated, known.INN, false, domain.ReasonPayerLiquidated, false},
		"liquidated with another INN":  {&liquidated, other, false, domain.ReasonINNDiffers, false},
		"connected, goes the same way": {&known, known.INN, true, domain.ReasonConnected, true},
	} {
		a := domain.PayerApplication{INN: tc.inn}
		reason, goesOn := a.Judge(tc.payer, tc.connected)
		require.Equal(t, tc.reason, reason, name)
		require.Equal(t, tc.goesOn, goesOn, name)
	}
}

// M26: until the address is proven, an application that came to nothing looks
// like one that is under way.
func TestWhatAnApplicantSees(t *testing.T) {
	t.Parallel()
	for status, stranger := range map[domain.PayerApplicationStatus]struct {
		seen domain.PayerApplicationStatus
		next []string
	}{
		domain.ApplicationSubmitted:      {domain.ApplicationSubmitted, []string{"wait_for_code", "confirm_email", "resend_code"}},
		domain.ApplicationIdentified:     {domain.ApplicationIdentified, []string{"wait_for_code", "confirm_email", "resend_code"}},
		domain.ApplicationCodePreparing:  {domain.ApplicationCodePreparing, []string{"wait_for_code", "confirm_email", "resend_code"}},
		domain.ApplicationSent:           {domain.ApplicationSent, []string{"activate", "confirm_email", "resend_code"}},
		domain.ApplicationMethodRequired: {domain.ApplicationSubmitted, []string{"wait_for_code", "confirm_email", "resend_code"}},
		domain.ApplicationOfficeVisit:    {domain.ApplicationOfficeVisit, []string{"visit_office", "confirm_email", "resend_code"}},
		domain.ApplicationActivated:      {domain.ApplicationActivated, []string{"sign_in"}},
		domain.ApplicationClosed:         {domain.ApplicationSubmitted, []string{"wait_for_code", "confirm_email", "resend_code"}},
		domain.ApplicationExpired:        {domain.ApplicationExpired, []string{"apply"}},
		domain.ApplicationSuperseded:     {domain.ApplicationSuperseded, []string{"sign_in"}},
	} {
		a := domain.PayerApplication{Status: status}
		require.Equal(t, stranger.seen, a.Seen(), status)
		require.Equal(t, stranger.next, a.NextActions(), status)
		a.EmailConfirmedAt = at()
		require.Equal(t, status, a.Seen(), status)
		require.Equal(t, status.NextActions(), a.NextActions(), status)
	}
}

// M16, M17: the alarm of day 4, the breach of day 6; a code that has left is
// never late.
func TestLate(t *testing.T) {
	t.Parallel()
	day := func(text string) ident.Date { return must(t, ident.ParseDate, text) }
	term := domain.ApplicationTerm{
		FiledOn: day("2026-10-30"), AlarmOn: day("2026-11-06"), DueOn: day("2026-11-09"), BreachOn: day("2026-11-10"),
	}
	for on, want := range map[string][2]bool{
		"2026-10-30": {false, false}, "2026-11-05": {false, false}, "2026-11-06": {true, false},
		"2026-11-09": {true, false}, "2026-11-10": {true, true}, "2027-01-11": {true, true},
	} {
		for _, status := range domain.PayerApplicationStatuses() {
			a := domain.PayerApplication{Status: status, Term: term}
			late, breached := a.Late(day(on))
			if !status.AwaitsCode() {
				require.False(t, late || breached, "%s %s", status, on)
				continue
			}
			require.Equal(t, want, [2]bool{late, breached}, "%s %s", status, on)
		}
	}
}

// What an application notes of its moves.
func TestAnApplicationKeepsItsTimes(t *testing.T) {
	t.Parallel()
	a := domain.PayerApplication{Status: domain.ApplicationSubmitted, ExpiresAt: at().Add(30 * aDay), CodeID: domain.NewID()}
	require.NoError(t, a.Move(domain.ApplicationIdentify, at()))
	require.NoError(t, a.Move(domain.ApplicationPrepare, at()))
	require.NoError(t, a.Check(domain.ApplicationSend, at()))
	require.Equal(t, domain.ApplicationCodePreparing, a.Status, "a question moves nothing")
	require.NoError(t, a.Move(domain.ApplicationSend, at().Add(time.Hour)))
	require.Equal(t, at().Add(time.Hour), a.SentAt)
	require.NotEqual(t, uuid.Nil, a.CodeID)
	require.NoError(t, a.Move(domain.ApplicationFail, at()))
	require.Equal(t, uuid.Nil, a.CodeID, "the code came to nothing")
	require.True(t, a.SettledAt.IsZero())
	var refused *apperr.Error
	require.ErrorAs(t, a.Move(domain.ApplicationActivate, at()), &refused)
	require.Equal(t, []string{"choose_delivery_method"}, refused.NextActions)
	require.NoError(t, a.Move(domain.ApplicationClose, at().Add(2*time.Hour)))
	require.Equal(t, at().Add(2*time.Hour), a.SettledAt)
}

// An application ends to the moment, whatever happens to it then.
func TestAnApplicationExpiresToTheMoment(t *testing.T) {
	t.Parallel()
	for late, fine := range map[time.Duration]bool{-time.Microsecond: true, 0: false} {
		a := domain.PayerApplication{Status: domain.ApplicationSent, ExpiresAt: at()}
		err := a.Move(domain.ApplicationActivate, at().Add(late))
		require.Equal(t, fine, err == nil)
		if !fine {
			require.Equal(t, apperr.InvalidTransition, apperr.CodeOf(err))
			require.Equal(t, domain.ApplicationExpired, a.Status)
			require.Equal(t, at(), a.SettledAt)
		}
	}
}

func TestParsePayerNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"087-214-012345": {"087214012345", "087-214-012345", "087214"},
		"087214012345":   {"087214012345", "087-214-012345", "087214"},
		"7214012345":     {"7214012345", "7214012345", ""},
	} {
		n := must(t, domain.ParsePayerNumber, text)
		require.Equal(t, want, [3]string{n.Digits(), n.Formatted(), n.Office().Digits()}, text)
		require.NotContains(t, n.String(), n.Digits(), "it is masked")
		require.NotContains(t, n.String(), n.Formatted(), "it is masked")
		require.NotEqual(t, n.PFR.IsZero(), n.Unified.IsZero(), "one of them is given")
	}
	for _, text := range []string{"", "1", "08721401234", "0872140123456", "087-214-01234x", "721401234"} {
		_, err := domain.ParsePayerNumber(text)
		require.Error(t, err, text)
		if text != "" && text != "1" {
			require.NotContains(t, err.Error(), text)
		}
	}
}
