package password_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/password"
)

func newPolicy(tb testing.TB) *password.Policy {
	tb.Helper()
	policy, err := password.NewPolicy()
	require.NoError(tb, err)
	return policy
}

func TestGoodPasswordsPass(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	about := password.About{PhoneDigits: "9161234567", Email: "marusya@example.org"}
	for _, plain := range []string{
		"correct horse battery staple",
		"лошадь ест батарейку",
		"трижды девять земель",
		"тихий омут 7 чертей",
		"xK9#mQ2$vL5!",
		"7391-8842-55-2291",
		"482957103648",
		"🐴🔋📎🦄🌋🍕🚲🎻🧊🪁🦑🏔",
		"vaq wux zoz fib",
		strings.Repeat("Ы7ж", 12) + "о",
		strings.Repeat("k2Lp9", 25) + "xyz",
		"тёмныйлесЁлка",
		"the quick brown fox",
		"9161-23-45-68 мой",
		"mar-usya и кот",
	} {
		require.Empty(t, policy.Check(plain, about), plain)
	}
}

func TestEveryRuleRefuses(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	about := password.About{PhoneDigits: "9161234567", Email: "Ivan.Petrov@Example.org"}
	for name, c := range map[string]struct {
		plain string
		want  []apperr.Code
	}{
		"empty":                  {"", []apperr.Code{apperr.PasswordTooShort}},
		"eleven characters":      {"xK9#mQ2$vL5", []apperr.Code{apperr.PasswordTooShort}},
		"eleven Cyrillic":        {"жук на сосн", []apperr.Code{apperr.PasswordTooShort}},
		"short and common":       {"password", []apperr.Code{apperr.PasswordTooShort, apperr.PasswordCommon}},
		"129 characters":         {strings.Repeat("k2Lp9", 25) + "wxyz", []apperr.Code{apperr.PasswordTooLong}},
		"control character":      {"xK9#mQ2$vL5!\x00", []apperr.Code{apperr.PasswordNotText}},
		"line feed":              {"xK9#mQ2$vL5!\n", []apperr.Code{apperr.PasswordNotText}},
		"not UTF-8":              {"xK9#mQ2$vL5!\xff", []apperr.Code{apperr.PasswordNotText}},
		"replacement character":  {"xK9#mQ2$vL5!\uFFFD", []apperr.Code{apperr.PasswordNotText}},
		"whole e-mail":           {"x ivan.petrov@example.org", []apperr.Code{apperr.PasswordContainsContact}},
		"local part, other case": {"IVAN.PETROV-7z", []apperr.Code{apperr.PasswordContainsContact}},
		"phone":                  {"мой 9161234567", []apperr.Code{apperr.PasswordContainsContact}},
		"phone as written":       {"+7 (916) 123-45-67", []apperr.Code{apperr.PasswordContainsContact}},
		"product, Latin":         {"мой Kabinet тут", []apperr.Code{apperr.PasswordContainsProduct}},
		"product, Cyrillic":      {"вход в КАБИНЕТ", []apperr.Code{apperr.PasswordContainsProduct}},
		"product, other layout":  {"dxod d rf,bytn", []apperr.Code{apperr.PasswordContainsProduct}},
		"product, Latin by Cyrillic keys": {
			"вход лфиштуе да", []apperr.Code{apperr.PasswordContainsProduct},
		},
		"contact and product": {
			"kabinet ivan.petrov",
			[]apperr.Code{apperr.PasswordContainsContact, apperr.PasswordContainsProduct},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, policy.Check(c.plain, about))
		})
	}
}

func TestCommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	for _, plain := range []string{
		"unbelievable", "administrator", "UnBelievable", "123qweasdzxc",
		"passwordpassword", "password" + " password", "dragondragondragon", "парольпароль",
		"password1234", "12345password!", "!!!password!!!", "Password2024!", "1qaz2wsx!!!!",
		"password--1234", "  password    ", "p.a.s.s.w.o.r.d.1.2", "love12345678",
		"P@ssw0rd2024", "Pa$$w0rd!!!!", "gfhjkm123456", "Пароль123456",
		"aaaaaaaaaaaa", "АААААААААААА", "............", "            ", "121212121212", "abcabcabcabc",
		"xyqxyqxyqxyq", "!@!@!@!@!@!@", "абабабабабаб", "1234-1234-1234",
		"123456789012", "098765432109", "012345678901", "qwertyuiop[]", "poiuytrewq[]", "йцукенгшщзхъ",
		"QWERTYUIOPAS", "qwertyasdfgh", "1qaz2wsx3edc", "qwerty123456", "qweasdzxc123", "abcdefghijkl",
		"абвгдеёжзийк", "абвгдежзийкл", "zyxwvutsrqpo", "!@#$%^&*()_+", "aaabbbcccddd", "asdfghjkl;'a",
	} {
		require.Equal(t, []apperr.Code{apperr.PasswordCommon}, policy.Check(plain, password.About{}), plain)
	}
}

// A person without a phone or an e-mail is not judged by it, and a short local
// part is not looked for by itself.
func TestContactIsOptional(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	require.Empty(t, policy.Check("xK9#mQ2$vL5!", password.About{}))
	short := password.About{Email: "ann@example.org"}
	require.Empty(t, policy.Check("cannot annoy 7", short))
	require.Equal(t, []apperr.Code{apperr.PasswordContainsContact}, policy.Check("7 ann@example.org", short))
}

// Length counts characters after normalisation: the letter й typed as two code
// points is one.
func TestLengthIsCountedAfterNormalisation(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	decomposed := "и\u0306"
	eleven := "жук на сос" + decomposed
	require.Equal(t, 12, utf8.RuneCountInString(eleven))
	require.Equal(t, []apperr.Code{apperr.PasswordTooShort}, policy.Check(eleven, password.About{}))
	require.Empty(t, policy.Check(eleven+"ю", password.About{}))
}

func TestLengthBounds(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	long := strings.Repeat("ж9дЮт!", 22)
	cut := func(n int) string { return string([]rune(long)[:n]) }
	require.Empty(t, policy.Check(cut(password.MinLength), password.About{}))
	require.Empty(t, policy.Check(cut(password.MaxLength), password.About{}))
	require.Equal(t, []apperr.Code{apperr.PasswordTooShort}, policy.Check(cut(password.MinLength-1), password.About{}))
	require.Equal(t, []apperr.Code{apperr.PasswordTooLong}, policy.Check(cut(password.MaxLength+1), password.About{}))
}

// Whatever comes in, the answer is a set of known codes, the same every time,
// and a good password stays good in any composition of its characters.
func TestCheckOfAnyText(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := string(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plain"))
		codes := policy.Check(plain, password.About{PhoneDigits: "9161234567", Email: "a@b.ru"})
		require.Equal(t, codes, policy.Check(plain, password.About{PhoneDigits: "9161234567", Email: "a@b.ru"}))
		if !utf8.ValidString(plain) {
			require.Equal(t, []apperr.Code{apperr.PasswordNotText}, codes)
		}
		for _, code := range codes {
			require.Equal(t, apperr.KindField, code.Kind())
		}
	})
}

// Random passwords as managers make them are never taken for common ones.
func TestRandomPasswordsPass(t *testing.T) {
	t.Parallel()
	policy := newPolicy(t)
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%+-_"
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		plain := make([]byte, 20)
		for i := range plain {
			seed = seed*6364136223846793005 + 1442695040888963407
			plain[i] = alphabet[(seed>>33)%uint64(len(alphabet))]
		}
		require.Empty(t, policy.Check(string(plain), password.About{}), string(plain))
	})
}

func BenchmarkNewPolicy(b *testing.B) {
	for b.Loop() {
		newPolicy(b)
	}
}

// BenchmarkCheckWorst is a password with as many ways to take off its margins
// as there can be.
func BenchmarkCheckWorst(b *testing.B) {
	policy := newPolicy(b)
	plain := strings.Repeat("73", 32) + "ж" + strings.Repeat("91", 31) + "8"
	for b.Loop() {
		policy.Check(plain, password.About{})
	}
}
