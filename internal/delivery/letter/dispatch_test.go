package letter_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/testkit/paper"
)

// posted is a batch of so many letters, of which the first has its number.
func posted(t *testing.T, letters int) domain.LetterBatch {
	t.Helper()
	b := batchOf()
	for i := range letters {
		p := printed(fmt.Sprintf("Синтетическая-%s Анна Игоревна", strings.Repeat("А", i%9+1)), usual(t), domain.LocaleRussian)
		p.Letter.Status = domain.LetterPrinted
		b.Letters = append(b.Letters, p.Letter)
	}
	track, err := ident.ParsePostalItemID("23600016000011")
	require.NoError(t, err)
	b.Letters[0].Track, b.Letters[0].Status, b.Letters[0].PostedAt = track, domain.LetterPosted, at()
	return b
}

func TestDispatchPDF(t *testing.T) {
	t.Parallel()
	b := posted(t, 40)
	b.Letters[7] = longest(t).Letter
	press := newPress(t)
	pdf, err := press.DispatchPDF(b, office(t))
	require.NoError(t, err)
	keep(t, "f103.pdf", pdf)
	text := paper.Words(t, pdf)
	pages := bytes.Count(pdf, []byte("/Type /Page\n"))
	require.Greater(t, pages, 1)
	require.Equal(t, pages, strings.Count(text, "Адресат"), "the head of the table is on every page")
	for _, piece := range []string{
		"Список № 12 (форма 103)", "Масса, кг", "Плата, руб.", "236000 16 00001 1", "Всего отправлений: 40", "письмо заказное", "№ 12/40",
		"Сдал", "Принял", fmt.Sprintf("Лист %d из %d", pages, pages), "Пенсионный фонд Российской Федерации",
	} {
		require.Contains(t, flowing(text), piece)
	}
	again, err := press.DispatchPDF(b, office(t))
	require.NoError(t, err)
	require.True(t, bytes.Equal(pdf, again))
	for _, s := range paper.Lines(t, pdf) {
		require.Greater(t, s.Y, 297.0-210.0, "%s is above the page", s.Text)
		require.Less(t, s.Y, 297.0, "%s is below the page", s.Text)
	}
}

// Letters that never got to the post do not stand on its list; those that did
// stay on it, whatever became of them.
func TestTheListHasWhatThePostGot(t *testing.T) {
	t.Parallel()
	b := posted(t, 4)
	b.Letters[0].Status = domain.LetterReturned
	b.Letters[1].Status = domain.LetterCancelled
	b.Letters[2].Status = domain.LetterSuperseded
	content, err := newPress(t).DispatchCSV(b)
	require.NoError(t, err)
	rows := table(t, content)
	require.Len(t, rows, 3)
	note := len(rows[0]) - 1
	require.Equal(t, []string{"№ 12/1", "№ 12/4"}, []string{rows[1][note], rows[2][note]})
	b.Letters = b.Letters[1:2]
	pdf, err := newPress(t).DispatchPDF(b, domain.ServiceCentre{})
	require.NoError(t, err)
	require.Contains(t, paper.Words(t, pdf), "Всего отправлений: 0")
}

func table(t *testing.T, content []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(content, []byte("\ufeff"))
	require.True(t, marked)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	return rows
}

func TestDispatchCSV(t *testing.T) {
	t.Parallel()
	content, err := newPress(t).DispatchCSV(posted(t, 2))
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{
			"recipient", "index", "region", "area", "city", "street", "house", "building", "flat",
			"mail-type", "mail-category", "mail-direct", "postal-item-id", "weight", "note",
		},
		{
			"Синтетическая-А Анна Игоревна", "238520", "Калининградская область", "Балтийский район", "г. Балтийск",
			"ул. Синтетическая", "12", "3", "45", "LETTER", "ORDERED", "643", "23600016000011", "", "№ 12/1",
		},
		{
			"Синтетическая-АА Анна Игоревна", "238520", "Калининградская область", "Балтийский район", "г. Балтийск",
			"ул. Синтетическая", "12", "3", "45", "LETTER", "ORDERED", "643", "", "", "№ 12/2",
		},
	}, table(t, content))
}

// A spreadsheet must not carry out what somebody has put into their name or
// address, nor lose its columns.
func TestNoFormulas(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", `a";=1`, "a;b\nc"} {
		to := usual(t)
		to.Region, to.City, to.House = ident.StoredAddressLine("-область"), ident.StoredAddressLine(`"город"; =1`), ident.StoredAddressLine("+7")
		b := batchOf(printed(name, to, domain.LocaleRussian))
		content, err := newPress(t).DispatchCSV(b)
		require.NoError(t, err)
		rows := table(t, content)
		require.Len(t, rows, 2)
		for _, cell := range rows[1] {
			require.False(t, strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t"), cell)
		}
		require.Equal(t, name, strings.TrimPrefix(rows[1][0], "'"))
		require.Equal(t, "'-область", rows[1][2])
		require.Equal(t, `'+7`, rows[1][6])
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	b := posted(t, 2)
	require.Equal(t, "12/2", b.NameIn(b.Letters[1].ID))
	require.Empty(t, b.NameIn(uuid.New()))
}
