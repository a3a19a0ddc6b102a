package ident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/ident"
)

func TestParseAddressLine(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseAddressLine, ident.AddressLine.Text, []row{
		{"Калининградская область", "Калининградская область"},
		{"  ул.   Синтетическая ", "ул. Синтетическая"},
		{"12", "12"},
		{"7/2, лит. А", "7/2, лит. А"},
		{"и\u0306", "й"},
		{strings.Repeat("я", 120), strings.Repeat("я", 120)},

		{"", ident.ErrAddressLine},
		{" \t", ident.ErrAddressLine},
		{"-", ident.ErrAddressLine},
		{"дом\x00", ident.ErrAddressLine},
		{"ул\u202eица", ident.ErrAddressLine},
		{"\xff\xfe", ident.ErrAddressLine},
		{strings.Repeat("я", 121), ident.ErrTooLong},
	})
}

func TestAddressLineIsMasked(t *testing.T) {
	t.Parallel()
	line, err := ident.ParseAddressLine("ул. Синтетическая")
	require.NoError(t, err)
	require.Equal(t, "***", line.String())
	require.False(t, line.IsZero())
	zeroIsEmpty(t, ident.AddressLine.Text)
}

func FuzzParseAddressLine(f *testing.F) {
	fuzzes(f, ident.ParseAddressLine, ident.AddressLine.Text, "ул. Синтетическая", "12", "7/2", " - ")
}
