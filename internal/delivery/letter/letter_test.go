package letter_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit/paper"
)

// longest is the longest name and address that anybody can have.
func longest(t *testing.T) domain.PrintedLetter {
	t.Helper()
	long := func(words string, n int) string {
		return strings.TrimSpace(string([]rune(strings.Repeat(words+" ", n))[:n-1]) + "я")
	}
	name := long("Константинопольская-Преображенская", 60) + " " + long("Александрина", 60) + " " + long("Апполинариевна", 60)
	part := func(words string) string { return long(words, 120) }
	to := address(t, "692519", part("Сахалинская область"), part("Городской округ"), part("Посёлок городского типа"),
		part("Проспект Героев"), part("12"), part("7"), part("45"))
	return printed(name, to, domain.LocaleRussian)
}

func people(t *testing.T) map[string]domain.PrintedLetter {
	t.Helper()
	village := address(t, "238636", "Калининградская область", "Полесский район", "пос. Новая Деревня", "д. 5", "5")
	return map[string]domain.PrintedLetter{
		"ru":       printed("Синтетическая Анна Игоревна", usual(t), domain.LocaleRussian),
		"en":       printed("O'Brien-Smythe John", usual(t), domain.LocaleEnglish),
		"hyphens":  printed("Салтыкова-Щедрина-Преображенская Анна-Мария Константиновна", village, domain.LocaleRussian),
		"longest":  longest(t),
		"no space": printed(strings.Repeat("Щ", 180), address(t, "236000", strings.Repeat("Ш", 120), "", strings.Repeat("Ж", 120), strings.Repeat("Ю", 120), strings.Repeat("8", 120)), domain.LocaleRussian),
	}
}

// M09: the letter says to whom, which code, how and until when.
func TestTheLetterSaysWhatItHasTo(t *testing.T) {
	t.Parallel()
	for name, p := range people(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf, err := newPress(t).Letters(batchOf(p), office(t), []domain.PrintedLetter{p})
			require.NoError(t, err)
			keep(t, "letter-"+strings.ReplaceAll(name, " ", "-")+".pdf", pdf)
			require.Equal(t, 1, bytes.Count(pdf, []byte("/Type /Page\n")))
			text := paper.Words(t, pdf)
			for _, line := range append(p.Letter.Address.Lines(), p.Letter.Recipient) {
				require.Contains(t, squeezed(text), squeezed(line))
			}
			require.Contains(t, text, "\n7K2MZ-0Q9XW\n")
			for _, piece := range []string{
				"Пенсионный фонд Российской Федерации", "Заказное письмо", "12/1", "03.11.2026", "https://cabinet.example.org/confirm",
				"30", "20", "Клиентская служба «Пример» в Балтийске",
			} {
				require.Contains(t, flowing(text), piece)
			}
			english := strings.Contains(text, "Identity confirmation code")
			require.Equal(t, p.Letter.Locale == domain.LocaleEnglish, english)
			require.NotContains(t, text, "{")
			require.NotContains(t, text, "letter.")
		})
	}
}

// requireInTheWindow requires that name and address stand in the window and
// nothing else does, and that nothing runs over the lower edge.
func requireInTheWindow(t *testing.T, pdf []byte, l domain.Letter) {
	t.Helper()
	const left, top, bottom = 110.0, 45.0, 79.0
	expected := squeezed(l.Recipient + strings.Join(l.Address.Lines(), ""))
	var inside strings.Builder
	for _, s := range paper.Lines(t, pdf) {
		require.Less(t, s.Y, 285.0, s.Text)
		if s.Y > top && s.Y < bottom && s.X > left-20 {
			require.InDelta(t, left, s.X, 2, s.Text)
			inside.WriteString(squeezed(s.Text))
		}
	}
	require.Equal(t, expected, inside.String())
}

// However long, name and address stand in the window.
func TestTheAddressIsInTheWindow(t *testing.T) {
	t.Parallel()
	for name, p := range people(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf, err := newPress(t).Letters(batchOf(p), office(t), []domain.PrintedLetter{p})
			require.NoError(t, err)
			requireInTheWindow(t, pdf, p.Letter)
		})
	}
}

func TestABatchIsOneFile(t *testing.T) {
	t.Parallel()
	var letters []domain.PrintedLetter
	for range 30 {
		letters = append(letters, printed("Синтетическая Анна Игоревна", usual(t), domain.LocaleRussian))
	}
	b := batchOf(letters...)
	press := newPress(t)
	pdf, err := press.Letters(b, office(t), letters)
	require.NoError(t, err)
	require.Equal(t, 30, bytes.Count(pdf, []byte("/Type /Page\n")))
	require.Contains(t, paper.Words(t, pdf), "№ 12/30 от 03.11.2026")
	again, err := press.Letters(b, office(t), letters)
	require.NoError(t, err)
	require.True(t, bytes.Equal(pdf, again), "the same letters are the same file")
}

// Without a place and a batch, as a sandbox prints, nothing is left open.
func TestALetterOfNoPlace(t *testing.T) {
	t.Parallel()
	p := printed("Синтетическая Анна", usual(t), domain.LocaleRussian)
	pdf, err := newPress(t).Letters(domain.LetterBatch{CreatedAt: at()}, domain.ServiceCentre{}, []domain.PrintedLetter{p})
	require.NoError(t, err)
	require.NotContains(t, paper.Words(t, pdf), "№")
	require.Contains(t, paper.Words(t, pdf), "7K2MZ-0Q9XW")
}

// Characters that no typeface has must not stop the printing of all others.
func TestForeignCharacters(t *testing.T) {
	t.Parallel()
	to := address(t, "236000", "область \U00010000 😀", "", "город 東京", "ул. \U00010000", "1")
	p := printed("𐀀 Анна", to, domain.LocaleRussian)
	b := batchOf(p)
	_, err := newPress(t).Letters(b, office(t), []domain.PrintedLetter{p})
	require.NoError(t, err)
	_, err = newPress(t).DispatchPDF(b, office(t))
	require.NoError(t, err)
}

// The typeface has every letter that a Russian name or address can have, and
// what the texts need.
func TestTheTypefaceHasAllLetters(t *testing.T) {
	t.Parallel()
	const russian = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя"
	const others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789№«»—–-.,:;'()/ÄÖÜäöüßéèñçŁłŠš"
	to := address(t, "236000", russian, "", others, "", "1")
	p := printed(russian+others, to, domain.LocaleRussian)
	pdf, err := newPress(t).Letters(batchOf(p), office(t), []domain.PrintedLetter{p})
	require.NoError(t, err)
	tables := 0
	for _, stream := range paper.Streams(t, pdf) {
		// A table from characters to glyphs: two bytes for each character.
		if len(stream) != 2*0x10000 {
			continue
		}
		tables++
		for _, r := range russian + others {
			require.False(t, stream[2*r] == 0 && stream[2*r+1] == 0, "%c is missing", r)
		}
	}
	require.Equal(t, 2, tables, "one for each style")
}

// What a sandbox shows says the same as the paper.
func TestText(t *testing.T) {
	t.Parallel()
	subject, text := newPress(t).Text(printed("Анна", usual(t), domain.LocaleRussian))
	require.Equal(t, "Код подтверждения личности", subject)
	require.Contains(t, text, "Ваш код: 7K2MZ-0Q9XW")
	require.Contains(t, text, "https://cabinet.example.org/confirm")
	require.NotContains(t, text, "{")
	subject, _ = newPress(t).Text(printed("Анна", usual(t), domain.LocaleEnglish))
	require.Equal(t, "Identity confirmation code", subject)
}
