package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/ident"
)

// What is taken once is taken again as it is kept, and means the same.
func FuzzParsePhone(f *testing.F) {
	for _, seed := range []string{"+79001234567", "8 (900) 123-45-67", "79001234567", "+7900", "９00", "+1 202 555 0100", "\xff", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ident.ParsePhone(text)
		if err != nil {
			require.Zero(t, p)
			return
		}
		require.Regexp(t, `^\+79[0-9]{9}$`, p.E164())
		again, err := ident.ParsePhone(p.E164())
		require.NoError(t, err)
		require.Equal(t, p, again)
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{"a@example.org", " A.B@Example.ORG ", "почта@пример.рф", "a@b", "@", "a@b@c.org", "a\r\nb@c.org", "\xff@b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ident.ParseEmail(text)
		if err != nil {
			require.Zero(t, e)
			return
		}
		// It becomes a line of a message's head.
		require.NotRegexp(t, `[\x00-\x20\x7f]`, e.Address())
		again, err := ident.ParseEmail(e.Address())
		require.NoError(t, err)
		require.Equal(t, e, again)
	})
}

func FuzzParseContact(f *testing.F) {
	for _, seed := range [][2]string{{"phone", "+79001234567"}, {"email", "a@example.org"}, {"fax", "1"}, {"", ""}, {"email", "+79001234567"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		c, err := ident.ParseContact(ident.ContactKind(kind), text)
		if err != nil {
			return
		}
		require.Equal(t, ident.ContactKind(kind), c.Kind())
		again, err := ident.ParseContact(c.Kind(), c.Value())
		require.NoError(t, err)
		require.Equal(t, c, again)
		require.NotContains(t, c.String(), c.Value(), "it is masked")
	})
}
