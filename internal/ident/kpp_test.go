package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParseKPP(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseKPP, ident.KPP.Text, []row{
		{"770601001", "770601001"},
		{"7706AZ001", "7706AZ001"},
		{"77060Z001", "77060Z001"},
		{" 7706-01 001 ", "770601001"},

		{"", ident.ErrKPP},
		{"77060100", ident.ErrKPP},
		{"7706010011", ident.ErrKPP},
		{"7706az001", ident.ErrKPP},
		{"7706АВ001", ident.ErrKPP}, // Russian letters
		{"77А01001", ident.ErrKPP},
		{"A70601001", ident.ErrKPP},
		{"77060100A", ident.ErrKPP},
		{"7706_1001", ident.ErrKPP},
		{"７７０６０１００１", ident.ErrKPP},
		{"770601001\x00", ident.ErrKPP},
	})
}

func TestKPPRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching("[0-9]{4}[0-9A-Z]{2}[0-9]{3}").Draw(t, "code")
		got, err := ident.ParseKPP(grouped(t, text))
		require.NoError(t, err)
		require.Equal(t, text, got.Text())
		roundTrips(t, ident.ParseKPP, ident.KPP.Text, got)
	})
}

func TestKPPIsMasked(t *testing.T) {
	t.Parallel()
	got, err := ident.ParseKPP("770601001")
	require.NoError(t, err)
	require.Equal(t, "***01", got.String())
	zeroIsEmpty(t, ident.KPP.Text)
}

func FuzzParseKPP(f *testing.F) {
	fuzzes(f, ident.ParseKPP, ident.KPP.Text, "770601001", "7706AZ001", "7706АВ001")
}
