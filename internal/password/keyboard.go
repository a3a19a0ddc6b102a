package password

import "strings"

// latinKeys is text as the same keys give it in the Latin layout: "пароль"
// becomes "gfhjkm". Lists of leaked passwords hold Russian words in this form.
func latinKeys(lower string) string {
	const (
		cyrillic = "ёйцукенгшщзхъфывапролджэячсмитьбю"
		latin    = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
	)
	at := make(map[rune]rune, len(latin))
	for i, r := range []rune(cyrillic) {
		at[r] = rune(latin[i])
	}
	return strings.Map(func(r rune) rune {
		if key, ok := at[r]; ok {
			return key
		}
		return r
	}, lower)
}

// minRun is the shortest run of neighbours that counts as one: two characters
// that stand side by side on a keyboard occur in every text.
const minRun = 3

// isSequence tells whether the whole text can be typed by running along rows or
// columns of the keyboard, the digits or an alphabet, in either direction, or by
// repeating keys: "123456789012", "qwertyuiop[]", "1qaz2wsx3edc", "aaabbbccc".
// A rest shorter than a run does not save it.
func isSequence(lower string) bool {
	text := []rune(lower)
	covered := 0
	for covered < len(text) {
		run := longestRun(text[covered:])
		if run < minRun {
			break
		}
		covered += run
	}
	return covered > 0 && len(text)-covered < minRun
}

// longestRun is the length of the longest run at the start of text.
func longestRun(text []rune) int {
	best := sameRun(text)
	for _, track := range tracks() {
		best = max(best, trackRun(text, track), trackRun(text, reversed(track)))
	}
	return best
}

func sameRun(text []rune) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return min(n, len(text))
}

func trackRun(text []rune, track string) int {
	n := 1
	for n < len(text) && strings.Contains(track, string(text[n-1:n+1])) {
		n++
	}
	return min(n, len(text))
}

// tracks are the lines that fingers follow. The digits go round.
func tracks() []string {
	return []string{
		"12345678901",
		"!@#$%^&*()_+",
		"`1234567890-=",
		"qwertyuiop[]\\",
		"asdfghjkl;'",
		"zxcvbnm,./",
		"1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/",
		"abcdefghijklmnopqrstuvwxyz",
		"абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
		"абвгдежзийклмнопрстуфхцчшщъыьэюя",
	}
}

func reversed(text string) string {
	runes := []rune(text)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}
