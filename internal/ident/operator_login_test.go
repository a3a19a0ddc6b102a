package ident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/ident"
)

func TestOperatorLogin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"anna": "anna", "\tAnna.Desk-1": "anna.desk-1", "a_b-c.d9": "a_b-c.d9", "abc": "abc",
		strings.Repeat("a", 40): strings.Repeat("a", 40),
	} {
		login, err := ident.ParseOperatorLogin(text)
		require.NoError(t, err, text)
		require.Equal(t, want, login.Text())
	}
	for text, want := range map[string]error{
		"": ident.ErrOperatorLogin, "ab": ident.ErrOperatorLogin, "1abc": ident.ErrOperatorLogin, "a..b": ident.ErrOperatorLogin,
		"anna.": ident.ErrOperatorLogin, "анна": ident.ErrOperatorLogin, "an na": ident.ErrOperatorLogin, "a@b.ru": ident.ErrOperatorLogin,
		"anna\x00": ident.ErrOperatorLogin, "+79001234567": ident.ErrOperatorLogin, strings.Repeat("a", 41): ident.ErrTooLong,
	} {
		_, err := ident.ParseOperatorLogin(text)
		require.ErrorIs(t, err, want, text)
	}
}

func FuzzParseOperatorLogin(f *testing.F) {
	f.Add("anna.desk-1")
	f.Fuzz(func(t *testing.T, text string) {
		login, err := ident.ParseOperatorLogin(text)
		if err != nil {
			return
		}
		again, err := ident.ParseOperatorLogin(login.Text())
		require.NoError(t, err)
		require.Equal(t, login, again)
	})
}
