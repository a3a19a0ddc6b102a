package letter_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/testkit/paper"
)

const cardPassword = "7K2MZ0Q9XW1TBG8"

func printedCard(t *testing.T, name string, locale domain.Locale) domain.PrintedCard {
	t.Helper()
	payer, err := ident.ParsePFRRegNumber(reference)
	require.NoError(t, err)
	from := office(t)
	from.Phones = []string{"+7 (401) 200-00-00", "+7 (401) 200-00-01"}
	for day := range 4 {
		from.Hours.Week[day+1] = domain.DayHours{{From: 9 * 60, To: 13 * 60}, {From: 14 * 60, To: 18 * 60}}
	}
	from.Hours.Week[time.Friday] = domain.DayHours{{From: 9 * 60, To: 16*60 + 45}}
	return domain.PrintedCard{
		ID: uuid.MustParse("0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"), Number: payer, PayerName: name, Password: cardPassword,
		IssuedAt: at(), ValidUntil: time.Date(2026, time.November, 10, 22, 0, 0, 0, time.UTC), Office: from, Locale: locale,
	}
}

// longestCard has the longest name, office, hours and list of phones.
func longestCard(t *testing.T, locale domain.Locale) domain.PrintedCard {
	t.Helper()
	c := printedCard(t, longestOrganisation(), locale)
	c.Password = strings.Repeat("W", 32)
	long := func(words string) string {
		return string([]rune(strings.Repeat(words+" ", domain.MaxCentreText))[:domain.MaxCentreText])
	}
	c.Office.Name = long("Клиентская служба")
	c.Office.Address.Street = long("Проспект Героев")
	for day := range c.Office.Hours.Week {
		opens := domain.TimeOfDay(8*60 + day)
		c.Office.Hours.Week[day] = domain.DayHours{{From: opens, To: 13 * 60}, {From: 14 * 60, To: 18 * 60}}
	}
	for range 8 {
		c.Office.Phones = append(c.Office.Phones, "+7 (401) 200-00-02")
	}
	return c
}

// M18: the card says for whom it is, which password, how to use it and until
// when.
func TestTheCard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]domain.PrintedCard{
		"ru": printedCard(t, organisation, domain.LocaleRussian), "ru-longest": longestCard(t, domain.LocaleRussian),
		"en": printedCard(t, organisation, domain.LocaleEnglish), "en-longest": longestCard(t, domain.LocaleEnglish),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf, err := newPress(t).Card(c)
			require.NoError(t, err)
			keep(t, "card-"+name+".pdf", pdf)
			require.Equal(t, 1, bytes.Count(pdf, []byte("/Type /Page\n")))
			text := paper.Words(t, pdf)
			for _, piece := range []string{
				"Пенсионный фонд Российской Федерации", "0199c0de", "03.11.2026", reference, "https://cabinet.example.org/payer",
				"24:00", "10.11.2026",
			} {
				require.Contains(t, flowing(text), piece)
			}
			for _, piece := range []string{c.Password, c.PayerName, c.Office.Name, c.Office.Address.Street} {
				require.Contains(t, squeezed(text), squeezed(piece))
			}
			require.Equal(t, 1, strings.Count(squeezed(text), c.Password), "the stub has no password")
			require.NotContains(t, text, "{")
			require.NotContains(t, text, "card.how")
			require.Equal(t, []string{"https://cabinet.example.org/payer"}, scanned(t, pdf))
			requireOnTheCard(t, pdf)
		})
	}
}

// requireOnTheCard requires that nothing runs off the page, and that nothing of
// the upper part runs into the stub, whose first line has a place of its own.
func requireOnTheCard(t *testing.T, pdf []byte) {
	t.Helper()
	const cut = 243.0
	stub := false
	for _, s := range paper.Lines(t, pdf) {
		stub = stub || s.Text == "линия отреза; нижняя часть остаётся в органе фонда" ||
			s.Text == "cut here; the lower part stays at the office of the fund"
		require.Equal(t, stub, s.Y > cut, s.Text)
		require.Less(t, s.Y, 287.0, s.Text)
		require.Less(t, s.X, 195.0, s.Text)
	}
	require.True(t, stub)
}

func TestTheSameCardIsTheSameFile(t *testing.T) {
	t.Parallel()
	c, press := printedCard(t, organisation, domain.LocaleRussian), newPress(t)
	first, err := press.Card(c)
	require.NoError(t, err)
	again, err := press.Card(c)
	require.NoError(t, err)
	require.True(t, bytes.Equal(first, again))
	require.NotContains(t, string(first), cardPassword, "nothing but the page has it")
}

func TestHoursOnTheCard(t *testing.T) {
	t.Parallel()
	c, press := printedCard(t, organisation, domain.LocaleRussian), newPress(t)
	require.Equal(t, "Часы работы: пн–чт 09:00–13:00, 14:00–18:00; пт 09:00–16:45; сб–вс закрыто", press.CardHours(c))
	c.Locale = domain.LocaleEnglish
	require.Equal(t, "Opening hours: Mon–Thu 09:00–13:00, 14:00–18:00; Fri 09:00–16:45; Sat–Sun closed", press.CardHours(c))
	for day := range c.Office.Hours.Week {
		c.Office.Hours.Week[day] = domain.DayHours{{To: 24 * 60}}
	}
	require.Equal(t, "Opening hours: Mon–Sun 00:00–24:00", press.CardHours(c))
	for day := range c.Office.Hours.Week {
		c.Office.Hours.Week[day] = domain.DayHours{{From: domain.TimeOfDay(day), To: 24 * 60}}
	}
	require.Empty(t, press.CardHours(c), "other hours on each day are too much")
}

// An office of which little is known leaves no empty lines behind.
func TestACardOfNoOffice(t *testing.T) {
	t.Parallel()
	c := printedCard(t, organisation, domain.LocaleRussian)
	c.Office = domain.ServiceCentre{}
	pdf, err := newPress(t).Card(c)
	require.NoError(t, err)
	text := paper.Words(t, pdf)
	require.True(t, strings.HasPrefix(text, "Пенсионный фонд Российской Федерации\nРегистрационная карта\n№ 0199c0de от 02.11.2026\n"), text)
	require.Contains(t, flowing(text), "до 22:00 10.11.2026")
}

func TestUntilWhenTheCardIsGood(t *testing.T) {
	t.Parallel()
	for until, want := range map[time.Time][2]string{
		time.Date(2026, time.November, 10, 16, 0, 0, 0, time.UTC):  {"18:00", "10.11.2026"},
		time.Date(2026, time.November, 10, 21, 59, 0, 0, time.UTC): {"23:59", "10.11.2026"},
		time.Date(2026, time.November, 10, 22, 0, 0, 0, time.UTC):  {"24:00", "10.11.2026"},
		time.Date(2026, time.December, 31, 22, 0, 0, 0, time.UTC):  {"24:00", "31.12.2026"},
	} {
		c := printedCard(t, organisation, domain.LocaleRussian)
		c.ValidUntil = until
		require.Equal(t, map[string]string{"time": want[0], "date": want[1]}, newPress(t).CardUntil(c))
	}
}
