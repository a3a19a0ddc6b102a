package terms

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// builtIn is the texts that the program brings along. A new text is a new file
// and a new version: what somebody agreed to stays as it was.
//
//go:embed documents/*.txt
var builtIn embed.FS

// maxLength is how many characters a text may have: what the API promises.
const maxLength = 100_000

// version is what a file is named by.
type version struct{ document, day string }

// loader reads files and gathers what is wrong with them.
type loader struct {
	texts map[version]domain.Terms
	wrong []error
}

func (l *loader) refuse(name, format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
}

// read adds all files of a folder. Names that begin with a dot are left alone:
// what mounts a folder keeps its own things there.
func (l *loader) read(folder fs.FS) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		l.wrong = append(l.wrong, err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		t, wrong := parseName(e.Name())
		if wrong != "" {
			l.refuse(e.Name(), "%s", wrong)
			continue
		}
		text, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			l.wrong = append(l.wrong, err)
			continue
		}
		l.add(e.Name(), t, string(text))
	}
}

// parseName reads DOCUMENT.YYYY-MM-DD.txt, or says what is wrong.
func parseName(name string) (t domain.Terms, wrong string) {
	stem, isText := strings.CutSuffix(name, ".txt")
	document, day, dated := strings.Cut(stem, ".")
	from, err := ident.ParseDate(day)
	switch {
	case !isText || !dated || err != nil:
		return t, "must be named DOCUMENT.YYYY-MM-DD.txt"
	case !slices.Contains(domain.Documents(), document):
		return t, "must be named for one of the documents: " + strings.Join(domain.Documents(), ", ")
	}
	return domain.Terms{Document: document, Version: day, EffectiveFrom: from}, ""
}

// add keeps a text. A version that is there already may come again, but not with
// another text.
func (l *loader) add(name string, t domain.Terms, text string) {
	hash := sha256.Sum256([]byte(text))
	t.Text, t.Hash = text, hash[:]
	key := version{t.Document, t.Version}
	before, known := l.texts[key]
	switch {
	case strings.TrimSpace(text) == "":
		l.refuse(name, "is empty")
	case !utf8.ValidString(text):
		l.refuse(name, "must be UTF-8")
	case utf8.RuneCountInString(text) > maxLength:
		l.refuse(name, "must not be longer than %d characters", maxLength)
	case known && before.Text != text:
		l.refuse(name, "differs from the text of this version that is built in: give the new text a new date")
	default:
		l.texts[key] = t
	}
}
