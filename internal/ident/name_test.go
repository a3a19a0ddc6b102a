package ident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestNameEqual(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"Иванова", "ИВАНОВА", true},
		{"Семёнова", "семенова", true},
		{"ЁЛКИНА", "елкина", true},
		{"Семе\u0308нова", "Семенова", true},
		{"Салтыков-Щедрин", "САЛТЫКОВ—ЩЕДРИН", true},
		{"Салтыков‑Щедрин", "салтыков–щедрин", true},
		{"О’Коннор", "о'коннор", true},
		{"OʼBrien", "o`brien", true},
		{"  Анна   Мария ", "анна\u00a0мария", true},
		{"Jürgen", "JU\u0308RGEN", true},
		{"Strauß", "STRAUSS", true},
		{"Иванова", "Иванов", false},
		{"Анна-Мария", "Анна Мария", false},
		{"Анна Мария", "Аннамария", false},
		{"Бойков", "Боиков", false}, // of all marks only the dots of Ё are forgiven
		{"Jürgen", "Jurgen", false},
		{"Дж.", "Дж", false},
		{"Анна", "Anna", false},
	} {
		a, err := ident.ParseName(test.a)
		require.NoError(t, err, test.a)
		b, err := ident.ParseName(test.b)
		require.NoError(t, err, test.b)
		require.Equal(t, test.want, a.Equal(b), "%s, %s", test.a, test.b)
		require.Equal(t, test.want, b.Equal(a), "%s, %s", test.b, test.a)
	}
}

// A name in another spelling is the same name.
func TestNameEqualForgivesSpelling(t *testing.T) {
	t.Parallel()
	spellings := map[rune][]string{
		'ё': {"ё", "е", "Ё", "Е", "е\u0308"}, '-': {"-", "‐", "‑", "–", "—", "−"},
		'\'': {"'", "’", "‘", "ʼ", "`"}, ' ': {" ", "  ", "\t", "\u00a0"},
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching("[а-яё]{1,9}([-' ][а-яё]{1,9}){0,3}").Draw(t, "name")
		var other strings.Builder
		for _, r := range text {
			choice, special := spellings[r]
			if !special {
				choice = []string{string(r), strings.ToUpper(string(r))}
			}
			other.WriteString(rapid.SampledFrom(choice).Draw(t, "spelling"))
		}
		a, err := ident.ParseName(text)
		require.NoError(t, err)
		b, err := ident.ParseName(other.String())
		require.NoError(t, err)
		require.True(t, a.Equal(b), "%q, %q", text, other.String())
	})
}
