package delivery_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/delivery/letter"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/testkit/paper"
)

const (
	cabinet        = "https://cabinet.example.org"
	activationCode = "48210937750619283343"
	organisation   = "Общество с ограниченной ответственностью «Синтетика»"
)

// issued is when the papers of the gallery are made.
func issued() time.Time { return time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC) }

// papers shows what people get that is neither SMS nor e-mail.
func papers(t *testing.T) []exhibit {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	press := letter.New(letter.Config{Texts: texts, CabinetURL: cabinet, Policies: domain.DefaultPolicies()})
	documents := edo.NewDocuments(edo.Config{Texts: texts, CabinetURL: cabinet, Policies: domain.DefaultPolicies()})
	var all []exhibit
	for _, purpose := range []domain.LetterPurpose{domain.LetterIdentity, domain.LetterPayerActivation, domain.LetterPayerNotice} {
		all = append(all, translated("letter-"+string(purpose), func(locale domain.Locale) (string, string) {
			return press.Text(printedLetter(purpose, locale))
		}))
	}
	all = append(all, translated("card", func(locale domain.Locale) (string, string) {
		pdf, err := press.Card(printedCard(t, locale))
		require.NoError(t, err)
		return texts.Text(i18n.Locale(locale), "card.title", nil), page(paper.Lines(t, pdf))
	}))
	for _, kind := range []domain.EDOKind{domain.EDOActivation, domain.EDONotice} {
		all = append(all, translated("document-"+string(kind), func(locale domain.Locale) (string, string) {
			return documents.Text(electronic(t, kind, locale))
		}))
	}
	return all
}

// translated is a page with what say says in each language.
func translated(name string, say func(domain.Locale) (subject, text string)) exhibit {
	e := exhibit{name: name + ".md", page: "# " + name + "\n"}
	for _, locale := range locales() {
		subject, text := say(locale)
		e.page += "\n## In " + language(locale) + "\n\n" + written(subject, text)
		if locale == domain.LocaleRussian {
			e.subject = subject
		}
	}
	return e
}

func printedLetter(purpose domain.LetterPurpose, locale domain.Locale) domain.PrintedLetter {
	p := domain.PrintedLetter{Letter: domain.Letter{Purpose: purpose, Locale: locale, Reference: payer}}
	switch purpose {
	case domain.LetterIdentity:
		p.Code, p.Letter.Reference = "7K2MZ0Q9XW", ""
	case domain.LetterPayerActivation:
		p.Code = activationCode
	case domain.LetterPayerNotice:
	}
	return p
}

func printedCard(t *testing.T, locale domain.Locale) domain.PrintedCard {
	t.Helper()
	office := domain.ServiceCentre{
		Name: "Клиентская служба «Пример» в Балтийске", Phones: []string{"+7 (401) 200-00-00"}, Zone: time.UTC,
		Address: domain.CentreAddress{
			PostalIndex: "238520", Region: "Калининградская область", City: "Балтийск", Street: "ул. Примерная", House: "7",
		},
	}
	for day := time.Monday; day <= time.Friday; day++ {
		office.Hours.Week[day] = domain.DayHours{{From: 9 * 60, To: 18 * 60}}
	}
	return domain.PrintedCard{
		ID: uuid.MustParse("0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"), Number: payerNumber(t), PayerName: organisation,
		Password: "7K2MZ0Q9XW1TBG8", IssuedAt: issued(), ValidUntil: issued().AddDate(0, 0, 7), Office: office, Locale: locale,
	}
}

func electronic(t *testing.T, kind domain.EDOKind, locale domain.Locale) domain.EDOMessage {
	t.Helper()
	m := domain.EDOMessage{Kind: kind, Number: payerNumber(t), PayerName: organisation, IssuedAt: issued(), Locale: locale}
	if kind == domain.EDOActivation {
		m.Code, m.ValidUntil = activationCode, issued().Add(domain.DefaultPolicies().PayerCodeLifetime)
	}
	return m
}

func payerNumber(t *testing.T) ident.PFRRegNumber {
	t.Helper()
	number, err := ident.ParsePFRRegNumber(payer)
	require.NoError(t, err)
	return number
}

// page is what stands on a sheet, row by row, with an empty row where there is
// room for one.
func page(lines []paper.Line) string {
	const room = 6.5
	row := func(l paper.Line) float64 { return math.Round(l.Y) }
	slices.SortStableFunc(lines, func(a, b paper.Line) int { return cmp.Or(cmp.Compare(row(a), row(b)), cmp.Compare(a.X, b.X)) })
	var b strings.Builder
	for i, line := range lines {
		switch {
		case i == 0:
		case row(line) == row(lines[i-1]):
			b.WriteString(" ")
		case line.Y-lines[i-1].Y > room:
			b.WriteString("\n\n")
		default:
			b.WriteString("\n")
		}
		b.WriteString(line.Text)
	}
	return b.String()
}
