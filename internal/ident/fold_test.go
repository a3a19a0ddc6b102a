package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestFold(t *testing.T) {
	t.Parallel()
	tests := []struct{ spellings []string }{
		{[]string{"Орёл", "ОРЕЛ", "орел", "Оре\u0308л"}},
		{[]string{"Нижний", "НИЖНИЙ", "Нижнии\u0306"}},
		{[]string{"STRASSE", "straße"}},
	}
	for _, test := range tests {
		for _, spelling := range test.spellings {
			require.Equal(t, ident.Fold(test.spellings[0]), ident.Fold(spelling), spelling)
		}
	}
	require.NotEqual(t, ident.Fold("и"), ident.Fold("й"))
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := ident.Fold(rapid.StringOf(rapid.RuneFrom([]rune("АаЁё еЙи\u0306ẞßѢ-1"))).Draw(t, "text"))
		require.Equal(t, once, ident.Fold(once))
	})
}
