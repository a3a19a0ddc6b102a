package password

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed" // for the list
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// commonGz is the list of common passwords, one a line; see blocklist/README.md.
//
//go:embed blocklist/common.txt.gz
var commonGz []byte

// entryMargin is how many characters an entry with letters has before its first
// letter or after its last, at most.
const entryMargin = 11

// blocklist is the set of common passwords, in lower case.
type blocklist map[string]struct{}

func loadBlocklist() (blocklist, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(commonGz))
	if err != nil {
		return nil, fmt.Errorf("password: blocklist: %w", err)
	}
	list := make(blocklist, 50_000)
	lines := bufio.NewScanner(unpacked)
	for lines.Scan() {
		list[strings.ToLower(lines.Text())] = struct{}{}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("password: blocklist: %w", err)
	}
	return list, nil
}

// matches tells whether a password in lower case is an entry or so close to one
// that whoever guesses from a list tries it too: written in the other keyboard
// layout, with separators, repeated, with letters replaced by look-alikes, or
// with digits and punctuation around it. Runs along the keyboard count as entries.
func (b blocklist) matches(lower string) bool {
	plain := keep(lower, isLetterOrDigit)
	for _, form := range []string{lower, latinKeys(lower), plain, latinKeys(plain)} {
		if isSequence(form) || b.hasCore(form) {
			return true
		}
	}
	return false
}

// hasCore tells whether an entry is left when digits and punctuation are taken
// off both ends. All ways of taking them off are tried, since entries hold
// digits themselves ("1qaz2wsx!!!!"), though never more than [entryMargin].
func (b blocklist) hasCore(form string) bool {
	text := []rune(form)
	head, tail := margins(text)
	if head == len(text) {
		// Without a letter any digits inside would do as a core, and some four
		// of them always are an entry.
		digits := strings.TrimFunc(form, func(r rune) bool { return !unicode.IsDigit(r) })
		return b.hasUnit(form) || b.hasUnit(digits)
	}
	letters := unleet(text)
	first, last := max(0, head-entryMargin), len(text)-max(0, tail-entryMargin)
	for from := first; from <= head; from++ {
		for to := len(text) - tail; to <= last; to++ {
			if b.hasUnit(string(text[from:to])) || b.hasUnit(string(letters[from:to])) {
				return true
			}
		}
	}
	return false
}

// margins counts the characters before the first letter and after the last;
// without a letter head is the whole length and tail 0.
func margins(text []rune) (head, tail int) {
	for head < len(text) && !unicode.IsLetter(text[head]) {
		head++
	}
	for tail < len(text)-head && !unicode.IsLetter(text[len(text)-1-tail]) {
		tail++
	}
	return head, tail
}

// hasUnit tells whether core is an entry, or the repetition of one or of a few
// characters.
func (b blocklist) hasUnit(core string) bool {
	unit := core[:period(core)]
	if unit != core && len(unit) <= minRun {
		return true
	}
	_, entry := b[core]
	_, repeated := b[unit]
	return entry || repeated
}

// unleet undoes the usual replacements of letters by look-alikes, one for one.
func unleet(text []rune) []rune {
	const from, to = "@4310!$57", "aaeioisst"
	out := slices.Clone(text)
	for i, r := range out {
		if at := strings.IndexRune(from, r); at >= 0 {
			out[i] = rune(to[at])
		}
	}
	return out
}

// period is the length in bytes of the shortest text whose repetition is text,
// its whole length if there is none.
func period(text string) int {
	if text == "" {
		return 0
	}
	return strings.Index((text + text)[1:], text) + 1
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
