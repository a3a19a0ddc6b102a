package insured

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// row is a row of a file.
type row struct {
	line int
	// fields is nil for a row that cannot be read.
	fields *fields
	// wrong is what is wrong with the form of the row.
	wrong []error
}

// fields is a row as both forms of file have it.
type fields struct {
	SNILS      string `json:"snils"`
	FamilyName string `json:"family_name"`
	GivenName  string `json:"given_name"`
	Patronymic string `json:"patronymic"`
	BirthDate  string `json:"birth_date"`
	Gender     string `json:"gender"`
	Deceased   bool   `json:"deceased"`
}

// person makes a person of a row, and tells everything that is wrong with it
// without a word of what it says.
func (r row) person(today ident.Date) (domain.InsuredPerson, []error) {
	if r.fields == nil {
		return domain.InsuredPerson{}, r.wrong
	}
	f, p := r.fields, parser{wrong: r.wrong}
	person := domain.InsuredPerson{
		SNILS:      parse(&p, "snils", f.SNILS, ident.ParseSNILS),
		FamilyName: p.name("family_name", f.FamilyName),
		GivenName:  p.name("given_name", f.GivenName),
		Patronymic: parse(&p, "patronymic", f.Patronymic, func(text string) (ident.Patronymic, error) {
			return ident.ParsePatronymic(text, strings.TrimSpace(text) == "")
		}),
		BirthDate: parse(&p, "birth_date", f.BirthDate, ident.ParseDate),
		Gender:    domain.Gender(f.Gender),
		Deceased:  f.Deceased,
	}
	if strings.TrimSpace(f.FamilyName+f.GivenName) == "" {
		p.note("family_name, given_name", errors.New("at least one must be given"))
	}
	if person.BirthDate.After(today) {
		p.note("birth_date", errors.New("must not be in the future"))
	}
	if !slices.Contains(domain.Genders(), person.Gender) {
		p.note("gender", errors.New("must be male or female"))
	}
	return person, p.wrong
}

// parser gathers what is wrong with values.
type parser struct{ wrong []error }

func (p *parser) note(name string, err error) {
	p.wrong = append(p.wrong, fmt.Errorf("%s: %w", name, err))
}

func (p *parser) name(name, text string) ident.Name {
	if strings.TrimSpace(text) == "" {
		return ident.Name{}
	}
	return parse(p, name, text, ident.ParseName)
}

func parse[T any](p *parser, name, text string, read func(string) (T, error)) T {
	v, err := read(text)
	if err != nil {
		p.note(name, inWords(err))
	}
	return v
}

// inWords says what an identifier has to look like.
func inWords(err error) error {
	words := map[ident.FormatError]string{
		ident.ErrSNILS:            "must be eleven digits",
		ident.ErrSNILSCheckDigits: "the check digits do not fit the number",
		ident.ErrName:             "must be Russian or Latin letters, hyphens, spaces, apostrophes and dots",
		ident.ErrMixedAlphabets:   "must be of one alphabet",
		ident.ErrTooLong:          "must not be longer than 60 characters",
		ident.ErrDate:             "must be a date such as 1984-05-17",
	}
	if format, ok := errors.AsType[ident.FormatError](err); ok && words[format] != "" {
		return errors.New(words[format])
	}
	return errors.New("is wrong")
}

// numbers is a set of SNILS that needs at most 140 MB for all there can be: a
// bit for each number, of which those without check digits may have several.
type numbers map[uint32]*[pageWords]uint64

const (
	// pageBits is how many numbers one page of a set holds.
	pageBits  = 1 << 16
	pageWords = pageBits / 64
)

// add tells whether the number was not in the set yet.
func (n numbers) add(s ident.SNILS) bool {
	const lastUnchecked, checks, all = 1_001_998, 100, 1_000_000_000
	whole, err := strconv.ParseUint(s.Digits(), 10, 64)
	if err != nil {
		return true // there is no number, which is told otherwise
	}
	value := whole / checks
	if value <= lastUnchecked {
		value = all + whole
	}
	page := n[uint32(value/pageBits)]
	if page == nil {
		page = &[pageWords]uint64{}
		n[uint32(value/pageBits)] = page
	}
	word, bit := value%pageBits/64, uint64(1)<<(value%64)
	fresh := page[word]&bit == 0
	page[word] |= bit
	return fresh
}
