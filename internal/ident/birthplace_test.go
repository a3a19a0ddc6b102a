package ident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/ident"
)

func TestParseBirthplace(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseBirthplace, ident.Birthplace.Text, []row{
		{"гор. Калининград", "гор. Калининград"},
		{" с.  Тестовое,\n обл. ", "с. Тестовое, обл."},
		{"Königsberg (СССР), д. 5/7", "Königsberg (СССР), д. 5/7"},
		{strings.Repeat("я", 255), strings.Repeat("я", 255)},

		{strings.Repeat("я", 256), ident.ErrTooLong},
		{"", ident.ErrBirthplace},
		{"\u00a0", ident.ErrBirthplace},
		{"236000, 7", ident.ErrBirthplace},
		{"гор.\x1b[31m", ident.ErrBirthplace},
		{"гор.\ufeff", ident.ErrBirthplace},
		{"гор.\xd0", ident.ErrBirthplace},
		{"شارع السلام", ident.ErrBirthplace}, // Arabic
		{"ул. ☃", ident.ErrBirthplace},
		{"ул. 🏠 7", ident.ErrBirthplace},
		{"улица\u0301", ident.ErrBirthplace}, // a mark that no letter has
		{"長安街", ident.ErrBirthplace},
		{"Ωμέγα", ident.ErrBirthplace},
	})
}

func TestBirthplaceIsMasked(t *testing.T) {
	t.Parallel()
	got, err := ident.ParseBirthplace("гор. Калининград")
	require.NoError(t, err)
	require.Equal(t, "***", got.String())
	hidden(t, got, "Калининград")
	zeroIsEmpty(t, ident.Birthplace.Text)
}

func FuzzParseBirthplace(f *testing.F) {
	fuzzes(f, ident.ParseBirthplace, ident.Birthplace.Text, "гор. Калининград", "и\u0306", "\u1fef\u0301")
}
