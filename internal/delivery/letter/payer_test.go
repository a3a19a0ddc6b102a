package letter_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit/paper"
)

const (
	organisation   = "Общество с ограниченной ответственностью «Синтетика»"
	activationCode = "48210937750619283343"
	reference      = "087-214-000001"
)

// longestOrganisation is a name of 500 characters.
func longestOrganisation() string {
	const words = "Муниципальное бюджетное общеобразовательное учреждение дополнительного образования "
	return strings.TrimSpace(string([]rune(strings.Repeat(words, 8))[:499])) + "я"
}

func activationLetter(t *testing.T, name string, locale domain.Locale) domain.PrintedLetter {
	t.Helper()
	p := printed(name, usual(t), locale)
	p.Code, p.Letter.Purpose, p.Letter.Reference = activationCode, domain.LetterPayerActivation, reference
	return p
}

func noticeLetter(t *testing.T, name string, locale domain.Locale) domain.PrintedLetter {
	t.Helper()
	p := activationLetter(t, name, locale)
	p.Code, p.Letter.Purpose = "", domain.LetterPayerNotice
	return p
}

// longestPayer has the longest name and the longest address.
func longestPayer(t *testing.T, of func(*testing.T, string, domain.Locale) domain.PrintedLetter, locale domain.Locale) domain.PrintedLetter {
	t.Helper()
	p := of(t, longestOrganisation(), locale)
	p.Letter.Address = longest(t).Letter.Address
	return p
}

func payers(t *testing.T) map[string]domain.PrintedLetter {
	t.Helper()
	all := map[string]domain.PrintedLetter{}
	for name, of := range map[string]func(*testing.T, string, domain.Locale) domain.PrintedLetter{
		"activation": activationLetter, "notice": noticeLetter,
	} {
		for _, locale := range []domain.Locale{domain.LocaleRussian, domain.LocaleEnglish} {
			all[fmt.Sprintf("%s-%s", name, locale)] = of(t, organisation, locale)
			all[fmt.Sprintf("%s-%s-longest", name, locale)] = longestPayer(t, of, locale)
		}
	}
	return all
}

// M17: the letter says which payer it is about, which code, how and until when;
// the notice has no code.
func TestLettersToPayers(t *testing.T) {
	t.Parallel()
	for name, p := range payers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf, err := newPress(t).Letters(batchOf(p), office(t), []domain.PrintedLetter{p})
			require.NoError(t, err)
			keep(t, "letter-"+name+".pdf", pdf)
			require.Equal(t, 1, bytes.Count(pdf, []byte("/Type /Page\n")))
			text := paper.Words(t, pdf)
			for _, piece := range []string{"Пенсионный фонд Российской Федерации", "Заказное письмо", "12/1", reference} {
				require.Contains(t, flowing(text), piece)
			}
			require.Equal(t, p.Code != "", strings.Contains(text, "\n48210-93775-06192-83343\n"))
			page := map[bool]string{true: "/payer-activation", false: "/payer "}[p.Code != ""]
			require.Contains(t, flowing(text), "https://cabinet.example.org"+page)
			require.Equal(t, p.Letter.Locale == domain.LocaleEnglish, strings.Contains(text, "payer's cabinet"))
			require.NotContains(t, text, "{")
			require.NotContains(t, text, "letter.payer")
			requireInTheWindow(t, pdf, p.Letter)
		})
	}
}

// Citizens and payers are posted together, and stand on one list.
func TestAMixedBatch(t *testing.T) {
	t.Parallel()
	letters := []domain.PrintedLetter{
		printed("Синтетическая Анна Игоревна", usual(t), domain.LocaleRussian),
		longestPayer(t, activationLetter, domain.LocaleRussian), noticeLetter(t, organisation, domain.LocaleEnglish),
	}
	b, press := batchOf(letters...), newPress(t)
	pdf, err := press.Letters(b, office(t), letters)
	require.NoError(t, err)
	require.Equal(t, 3, bytes.Count(pdf, []byte("/Type /Page\n")))
	again, err := press.Letters(b, office(t), letters)
	require.NoError(t, err)
	require.True(t, bytes.Equal(pdf, again), "the same letters are the same file")
	list, err := press.DispatchPDF(b, office(t))
	require.NoError(t, err)
	keep(t, "f103-payers.pdf", list)
	require.Contains(t, squeezed(paper.Words(t, list)), squeezed(longestOrganisation()))
	for _, s := range paper.Lines(t, list) {
		require.Less(t, s.Y, 297.0, "%s is below the page", s.Text)
	}
}

// What a sandbox shows says the same as the paper.
func TestTextForPayers(t *testing.T) {
	t.Parallel()
	subject, text := newPress(t).Text(activationLetter(t, organisation, domain.LocaleRussian))
	require.Equal(t, "Код активации личного кабинета плательщика", subject)
	for _, piece := range []string{
		"Регистрационный номер: 087-214-000001\n", "Код активации: 48210-93775-06192-83343\n",
		"https://cabinet.example.org/payer-activation", "30 дн.", "После 20 неверных",
	} {
		require.Contains(t, text, piece)
	}
	require.NotContains(t, text, "{")
	subject, text = newPress(t).Text(noticeLetter(t, organisation, domain.LocaleEnglish))
	require.Equal(t, "Application for a connection to the payer's cabinet", subject)
	require.Contains(t, text, reference)
	require.NotContains(t, text, "code:")
	require.NotContains(t, text, "{")
}

// However it is kept, a registration number is printed in its groups; what is
// none stays as it is.
func TestReferences(t *testing.T) {
	t.Parallel()
	for kept, want := range map[string]string{"087214000001": reference, reference: reference, "№ 5": "№ 5"} {
		p := noticeLetter(t, organisation, domain.LocaleRussian)
		p.Letter.Reference = kept
		_, text := newPress(t).Text(p)
		require.Contains(t, text, " "+want+" ")
	}
}
