package domain_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func playConfirmation(status, event string) (string, error) {
	c := domain.Confirmation{
		Status: domain.ConfirmationStatus(status), Method: domain.ConfirmAtServiceCentre, ExpiresAt: at().Add(time.Hour),
	}
	switch on := domain.ConfirmationEvent(event); on { //nolint:exhaustive // all others are moves
	case domain.ConfirmationExpire:
		return played(&c, c.Status, func() { c.Refresh(c.ExpiresAt) }, &c.Status)
	case domain.ConfirmationFail:
		c.Method, c.ExpiresAt = domain.ConfirmByLetter, time.Time{}
		return played(&c, c.Status, func() { c.RefreshLetter(domain.Letter{Status: domain.LetterReturned}) }, &c.Status)
	default:
		return string(c.Status), c.Move(on, at())
	}
}

// The status that the owner sees, and what the owner can do, follow the letter
// as long as it decides.
func TestConfirmationAsItsOwnerSeesIt(t *testing.T) {
	t.Parallel()
	for _, status := range domain.ConfirmationStatuses() {
		visit := domain.ConfirmationView{Confirmation: domain.Confirmation{
			Method: domain.ConfirmAtFundOffice, Status: status, ExpiresAt: at(),
		}}
		want := string(status)
		if status == domain.ConfirmationRequested {
			want = "open"
		}
		require.Equal(t, want, visit.Shown())
		require.NotEmpty(t, visit.NextActions())
		require.Equal(t, at(), visit.ExpiresAt())
	}
	for _, letter := range domain.LetterStatuses() {
		v := domain.ConfirmationView{
			Confirmation: domain.Confirmation{Method: domain.ConfirmByLetter, Status: domain.ConfirmationRequested},
			Letter:       &domain.Letter{Status: letter, ExpiresAt: at().Add(time.Hour)},
		}
		v.Confirmation.RefreshLetter(*v.Letter)
		require.Equal(t, string(letter), v.Shown())
		require.NotEmpty(t, v.NextActions(), letter)
		require.Equal(t, at().Add(time.Hour), v.ExpiresAt())
		v.Confirmation.Status = domain.ConfirmationConfirmed
		require.Equal(t, "confirmed", v.Shown())
		require.Equal(t, []string{"use_services"}, v.NextActions())
	}
}

func TestVisitCodeAsItIsShown(t *testing.T) {
	t.Parallel()
	c := domain.Confirmation{VisitCode: "7K3M9QR4"}
	require.Equal(t, "7K3M-9QR4", c.SpelledCode())
	require.Equal(t, "KABINET:VISIT:7K3M9QR4", c.Payload())
	require.Empty(t, new(domain.Confirmation).SpelledCode())
	require.Empty(t, new(domain.Confirmation).Payload())
}

func dayOf(t *testing.T, text string) ident.Date {
	t.Helper()
	d, err := ident.ParseDate(text)
	require.NoError(t, err)
	return d
}

func named(t *testing.T, text string) ident.Name {
	t.Helper()
	n, err := ident.ParseName(text)
	require.NoError(t, err)
	return n
}

func patronymic(t *testing.T, text string) ident.Patronymic {
	t.Helper()
	p, err := ident.ParsePatronymic(text, text == "")
	require.NoError(t, err)
	return p
}

// checked is a person as the registers know them.
func checked(t *testing.T) domain.CheckSubject {
	t.Helper()
	var parts ident.PassportParts
	var failed [4]error
	parts.Series, failed[0] = ident.ParsePassportSeries("2714")
	parts.Number, failed[1] = ident.ParsePassportNumber("000600")
	parts.Department, failed[2] = ident.ParseDepartmentCode("390-001")
	parts.IssuedBy, failed[3] = ident.ParseIssuedBy("ОУФМС")
	parts.Issued = dayOf(t, "2014-06-02")
	for _, err := range failed {
		require.NoError(t, err)
	}
	passport, err := ident.NewPassport(parts, dayOf(t, "1984-05-17"), dayOf(t, "2026-01-01"))
	require.NoError(t, err)
	return domain.CheckSubject{
		FamilyName: named(t, "Семёнова"), GivenName: named(t, "Анна"), Patronymic: patronymic(t, "Семёновна"), BirthDate: dayOf(t, "1984-05-17"), Passport: passport,
	}
}

// The document must be the one that was checked; names may be spelled
// differently, and nothing tells a value.
func TestDocumentSeen(t *testing.T) {
	t.Parallel()
	subject := checked(t)
	parts := subject.Passport.Parts()
	right := domain.DocumentSeen{
		Series: parts.Series, Number: parts.Number, Issued: parts.Issued, Department: parts.Department,
		FamilyName: named(t, "СЕМЕНОВА"), GivenName: named(t, "анна"), Patronymic: patronymic(t, "СЕМЕНОВНА"), BirthDate: subject.BirthDate,
	}
	require.Empty(t, right.Differs(subject))
	for want, change := range map[string]func(*domain.DocumentSeen){
		"passport/series":          func(d *domain.DocumentSeen) { d.Series = ident.PassportSeries{} },
		"passport/number":          func(d *domain.DocumentSeen) { d.Number = ident.PassportNumber{} },
		"passport/issue_date":      func(d *domain.DocumentSeen) { d.Issued = d.Issued.AddDays(1) },
		"passport/department_code": func(d *domain.DocumentSeen) { d.Department = ident.DepartmentCode{} },
		"family_name":              func(d *domain.DocumentSeen) { d.FamilyName = named(t, "Иная") },
		"given_name":               func(d *domain.DocumentSeen) { d.GivenName = named(t, "Инна") },
		"patronymic":               func(d *domain.DocumentSeen) { d.Patronymic = patronymic(t, "") },
		"birth_date":               func(d *domain.DocumentSeen) { d.BirthDate = d.BirthDate.AddDays(-1) },
	} {
		wrong := right
		change(&wrong)
		require.Equal(t, []string{want}, wrong.Differs(subject))
	}
	require.Len(t, domain.DocumentSeen{}.Differs(subject), 8)
}

// Of all places of a region the first day counts.
func TestRegionOffers(t *testing.T) {
	t.Parallel()
	place := func(region, from string, m domain.CentreMethod) domain.ServiceCentre {
		return domain.ServiceCentre{
			Region: region, Address: domain.CentreAddress{Region: "Регион " + region},
			Offers: []domain.CentreOffer{{Method: m, From: dayOf(t, from)}},
		}
	}
	got := domain.RegionOffers([]domain.ServiceCentre{
		place("39", "2018-01-01", domain.MethodFundOffice), place("39", "2016-07-01", domain.MethodFundOffice),
		place("39", "2014-01-01", domain.MethodServiceCentre), place("67", "2030-01-01", domain.MethodFundOffice),
		{Region: "77"},
	})
	require.Equal(t, []domain.RegionOffer{
		{Region: "39", Name: "Регион 39", Method: domain.MethodFundOffice, From: dayOf(t, "2016-07-01")},
		{Region: "39", Name: "Регион 39", Method: domain.MethodServiceCentre, From: dayOf(t, "2014-01-01")},
		{Region: "67", Name: "Регион 67", Method: domain.MethodFundOffice, From: dayOf(t, "2030-01-01")},
	}, got)
}

// A region is that of either address, however it is typed.
func TestRegionOfAPerson(t *testing.T) {
	t.Parallel()
	line := func(text string) (a domain.Address) {
		var err error
		a.Region, err = ident.ParseAddressLine(text)
		require.NoError(t, err)
		return a
	}
	offer := domain.RegionOffer{Region: "39", Name: "Калининградская область"}
	require.True(t, offer.Of(domain.PersonalData{Registration: line("КАЛИНИНГРАДСКАЯ  ОБЛАСТЬ")}))
	require.True(t, offer.Of(domain.PersonalData{Registration: line("Москва"), Residence: line("Калининградская область")}))
	require.False(t, offer.Of(domain.PersonalData{Registration: line("Москва")}))
	require.False(t, offer.Of(domain.PersonalData{}))
	require.False(t, domain.RegionOffer{}.Of(domain.PersonalData{}))
}

// Only proven contacts are written to: the others may be a stranger's.
func TestNotices(t *testing.T) {
	t.Parallel()
	mail, err := ident.ParseLogin("person@example.org")
	require.NoError(t, err)
	a := domain.Account{Locale: domain.LocaleEnglish, Contacts: []domain.Contact{{Value: mail}}}
	require.Empty(t, a.Notices(domain.Message{Kind: domain.MessageIdentityConfirmed}, at()))
	a.Contacts = append(a.Contacts, domain.Contact{Value: mail, ConfirmedAt: at()})
	got := a.Notices(domain.Message{Kind: domain.MessageIdentityConfirmed, Link: "link"}, at())
	require.Len(t, got, 1)
	require.NotZero(t, got[0].ID)
	got[0].ID = a.ID
	require.Equal(t, domain.Message{
		Kind: domain.MessageIdentityConfirmed, Status: domain.MessageQueued, To: mail, Locale: domain.LocaleEnglish,
		Channel: domain.ChannelEmail, Link: "link", CreatedAt: at(), ChangedAt: at(),
	}, got[0])
}

// Each service names the level it needs, and most need a confirmed identity.
// M12
func TestCabinetServices(t *testing.T) {
	t.Parallel()
	services := domain.CabinetServices()
	seen := map[string]bool{}
	confirmed := 0
	for _, s := range services {
		require.False(t, seen[s.ID], s.ID)
		seen[s.ID] = true
		for i, level := range domain.Levels() {
			a := domain.Account{Type: domain.AccountCitizen, Status: domain.AccountActive, Level: level}
			require.Equal(t, i >= slices.Index(domain.Levels(), s.Level), s.Available(a))
			require.NotEmpty(t, s.NextActions(a))
			a.Status = domain.AccountSuspended
			require.False(t, s.Available(a))
		}
		if s.Level == domain.LevelConfirmed {
			confirmed++
		}
	}
	require.GreaterOrEqual(t, len(services), 8)
	require.Greater(t, 2*confirmed, len(services))
}

// What a confirmed person can do next begins with the services.
func TestNextActionsLeadOn(t *testing.T) {
	t.Parallel()
	a := domain.Account{Type: domain.AccountCitizen, Level: domain.LevelStandard, Verification: domain.VerificationPassed}
	require.Equal(t, "request_confirmation", a.NextActions()[0])
	a.Level = domain.LevelConfirmed
	require.Equal(t, "use_services", a.NextActions()[0])
}
