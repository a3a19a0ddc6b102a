package ident

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the form in which spellings of the same text are the same: case, the
// dots of Ё and the ways to encode a letter (Unicode, UAX #15) make no
// difference. Each step may take characters apart or leave some to be joined,
// hence the normalizations.
func Fold(text string) string {
	folded := cases.Fold().String(norm.NFC.String(text))
	return norm.NFC.String(strings.ReplaceAll(norm.NFC.String(folded), "ё", "е"))
}
