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
		{"\u0661\u0662", ident.ErrAddressLine}, // digits, but Arabic ones
		{"7/2, лит. А", "7/2, лит. А"},
		{"и\u0306", "й"},
		{"пр-кт «Победы», д. № 7 (корп. 2) — лит. Ё", "пр-кт «Победы», д. № 7 (корп. 2) — лит. Ё"},
		{"ул. Лесная\u2011Южная", "ул. Лесная-Южная"},
		{"Käthe-Kollwitz-Straße 3 & Co. #4", "Käthe-Kollwitz-Straße 3 & Co. #4"},
		{"ул. Ҡаратау", "ул. Ҡаратау"},
		{strings.Repeat("я", 120), strings.Repeat("я", 120)},

		{"", ident.ErrAddressLine},
		{" \t", ident.ErrAddressLine},
		{"-", ident.ErrAddressLine},
		{"дом\x00", ident.ErrAddressLine},
		{"ул\u202eица", ident.ErrAddressLine},
		{"\xff\xfe", ident.ErrAddressLine},
		{strings.Repeat("я", 121), ident.ErrTooLong},
		{"شارع السلام", ident.ErrAddressLine}, // Arabic
		{"ул. ☃", ident.ErrAddressLine},
		{"ул. 🏠 7", ident.ErrAddressLine},
		{"улица\u0301", ident.ErrAddressLine}, // a mark that no letter has
		{"長安街", ident.ErrAddressLine},
		{"Ωμέγα", ident.ErrAddressLine},
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
