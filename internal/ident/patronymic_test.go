package ident_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/ident"
)

func TestParsePatronymic(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		none bool
		want string
		err  error
	}{
		{"Тестовна", false, "Тестовна", nil},
		{"  Тестовна ", false, "Тестовна", nil},
		{"Али оглы", false, "Али оглы", nil},
		{"", true, "", nil},
		{" \t", true, "", nil},
		{"", false, "", ident.ErrRequired},
		{" ", false, "", ident.ErrRequired},
		{"Тестовна", true, "", ident.ErrNotAllowed},
		{"-", true, "", ident.ErrNotAllowed},
		{"-", false, "", ident.ErrName},
		{"Teстовна", false, "", ident.ErrMixedAlphabets},
		{strings.Repeat("я", 61), false, "", ident.ErrTooLong},
	} {
		got, err := ident.ParsePatronymic(test.text, test.none)
		require.Equal(t, test.err, err, "%v", test)
		require.Equal(t, test.want, got.Text(), "%v", test)
		require.Equal(t, test.err == nil && test.none, got.None(), "%v", test)
		require.Equal(t, test.err != nil, got.IsZero(), "%v", test)
	}
}

func patronymic(t *testing.T, text string) ident.Patronymic {
	t.Helper()
	p, err := ident.ParsePatronymic(text, text == "")
	require.NoError(t, err)
	return p
}

func TestPatronymicEqual(t *testing.T) {
	t.Parallel()
	none, unknown := patronymic(t, ""), ident.Patronymic{}
	require.True(t, patronymic(t, "Семёновна").Equal(patronymic(t, "СЕМЕНОВНА")))
	require.False(t, patronymic(t, "Семёновна").Equal(patronymic(t, "Тестовна")))
	require.True(t, none.Equal(patronymic(t, "")))
	require.False(t, none.Equal(patronymic(t, "Семёновна")))
	require.False(t, none.Equal(unknown))
	require.False(t, unknown.Equal(none))
}

func TestPatronymicIsMasked(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Т*** ", fmt.Sprint(patronymic(t, "Тестовна"), " ", patronymic(t, "")))
	hidden(t, patronymic(t, "Тестовна"), "Тестовна")
	zeroIsEmpty(t, ident.Patronymic.Text)
}

func FuzzParsePatronymic(f *testing.F) {
	f.Add("Тестовна", false)
	f.Add("", true)
	f.Add(" ", false)
	f.Add("\xff", true)
	f.Fuzz(func(t *testing.T, text string, none bool) {
		got, err := ident.ParsePatronymic(text, none)
		if err != nil {
			require.True(t, got.IsZero())
			return
		}
		require.Equal(t, none, got.None())
		again, err := ident.ParsePatronymic(got.Text(), got.None())
		require.NoError(t, err)
		require.Equal(t, got, again)
		require.True(t, got.Equal(again))
	})
}
