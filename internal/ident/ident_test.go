package ident_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/ident"
)

func TestParsePhone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+79001234567":       "+79001234567",
		"89001234567":        "+79001234567",
		"79001234567":        "+79001234567",
		"9001234567":         "+79001234567",
		"8 (900) 123-45-67":  "+79001234567",
		"+7 900 123–45–67":   "+79001234567",
		" +7 900 1234567\t ": "+79001234567",
	} {
		got, err := ident.ParsePhone(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.E164(), text)
	}
}

func TestParsePhoneRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ident.FormatError{
		"":                      ident.ErrPhone,
		"abc":                   ident.ErrPhone,
		"+7900123456":           ident.ErrPhone,
		"+790012345678":         ident.ErrPhone,
		"+7900123456O":          ident.ErrPhone,
		"+7９００１２３４５６７":          ident.ErrPhone,
		"+79001234567;ext=1":    ident.ErrPhone,
		"tel:+79001234567":      ident.ErrPhone,
		"+74952223344":          ident.ErrPhoneNotMobile,
		"+77012345678":          ident.ErrPhoneForeign,
		"+76012345678":          ident.ErrPhoneForeign,
		"+12025550123":          ident.ErrPhoneForeign,
		strings.Repeat("9", 99): ident.ErrPhone,
	} {
		_, err := ident.ParsePhone(text)
		require.ErrorIs(t, err, want, text)
	}
}

func TestParseEmail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"person@example.org":           "person@example.org",
		" Person@EXAMPLE.org ":         "Person@example.org", //nolint:gocritic // the spaces are tested
		"a.b+tag@sub.example.org":      "a.b+tag@sub.example.org",
		"o'brien@example.org":          "o'brien@example.org",
		"person@почта.рф":              "person@xn--80a1acny.xn--p1ai",
		"person@xn--80a1acny.xn--p1ai": "person@xn--80a1acny.xn--p1ai",
	} {
		got, err := ident.ParseEmail(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Address(), text)
	}
}

func TestParseEmailRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "@", "a@", "@b.org", "a@b", "a b@example.org", "a@example.org\r\nBcc: c@example.org",
		"<a@example.org>", "A <a@example.org>", `"a b"@example.org`, "a@[127.0.0.1]", "a@b@example.org",
		"a..b@example.org", ".a@example.org", "a.@example.org", "a@example..org", "a@-example.org",
		"a@example.org.", "имя@example.org", "a@exam\x00ple.org", "a@exam\xffple.org",
		strings.Repeat("a", 65) + "@example.org", "a@" + strings.Repeat("b", 64) + ".org", "a@" + strings.Repeat("b.", 200) + "org",
		"a@sℵ.ru", "a@127.0.0.1", "a@1.2", "a@b.123",
	} {
		_, err := ident.ParseEmail(text)
		require.ErrorIs(t, err, ident.ErrEmail, "%q", text)
	}
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Иванова":               "Иванова",
		"  Анна   Мария ":       "Анна Мария", //nolint:gocritic // the spaces are tested
		"Салтыков—Щедрин":       "Салтыков-Щедрин",
		"O’Brien":               "O'Brien",
		"Дж.":                   "Дж.",
		"Семе\u0308н":           "Семён",
		"Jürgen":                "Jürgen",
		strings.Repeat("я", 60): strings.Repeat("я", 60),
	} {
		got, err := ident.ParseName(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Text())
	}
}

func TestParseNameRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ident.FormatError{
		"":                      ident.ErrName,
		" ":                     ident.ErrName,
		"-":                     ident.ErrName,
		"Иванов2":               ident.ErrName,
		"Иванов<b>":             ident.ErrName,
		"Ива\x00нов":            ident.ErrName,
		"王":                     ident.ErrName,
		"Ivanов":                ident.ErrMixedAlphabets,
		strings.Repeat("я", 61): ident.ErrTooLong,
	} {
		_, err := ident.ParseName(text)
		require.ErrorIs(t, err, want, "%q", text)
	}
}

// Personal data is masked wherever it is printed (M27).
func TestPrintedFormsAreMasked(t *testing.T) {
	t.Parallel()
	phone, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	email, err := ident.ParseLogin("person@example.org")
	require.NoError(t, err)
	name, err := ident.ParseName("Иванова")
	require.NoError(t, err)
	require.Equal(t, "+7 *** ***-**-67 p***@e***.org И***", fmt.Sprint(phone, email, name))
	for _, verb := range []string{"%v", "%s", "%+v"} {
		printed := fmt.Sprintf(verb, []any{phone, email, name})
		require.NotContains(t, printed, "9001234567")
		require.NotContains(t, printed, "person")
		require.NotContains(t, printed, "Иванова")
	}
}

func TestContactKeyIgnoresSpelling(t *testing.T) {
	t.Parallel()
	a, err := ident.ParseLogin("Person@Example.ORG")
	require.NoError(t, err)
	b, err := ident.ParseLogin("person@example.org")
	require.NoError(t, err)
	require.Equal(t, a.Key(), b.Key())
	p, err := ident.ParseLogin("8 900 123 45 67")
	require.NoError(t, err)
	require.Equal(t, "phone:+79001234567", p.Key())
	_, err = ident.ParseContact("fax", "+79001234567")
	require.ErrorIs(t, err, ident.ErrContactKind)
}

func FuzzParseLogin(f *testing.F) {
	for _, seed := range []string{"+79001234567", "a@example.org", "8(900)", "@", "\xff@b.c", "a@b\xffc.org"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ident.ParseLogin(text)
		if err != nil {
			return
		}
		again, err := ident.ParseContact(c.Kind(), c.Value())
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"Иванова", "O'Brien", "\xff", "Е\u0308"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ident.ParseName(text)
		if err != nil {
			return
		}
		again, err := ident.ParseName(n.Text())
		require.NoError(t, err)
		require.Equal(t, n, again)
	})
}
