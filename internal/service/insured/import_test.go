package insured_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/insured"
)

// shelf is everything outside the service.
type shelf struct {
	people  []domain.InsuredPerson
	lists   []uuid.UUID
	events  []domain.AuditEvent
	outage  error
	opened  int
	content func(opened int) string
}

func (s *shelf) Now() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

func (s *shelf) InTx(ctx context.Context, fn func(context.Context) error) error {
	before := *s
	err := fn(ctx)
	if err != nil {
		s.people, s.lists, s.events = before.people, before.lists, before.events
	}
	return err
}

func (s *shelf) Replace(_ context.Context, list domain.InsuredList) (domain.InsuredChanges, error) {
	var people []domain.InsuredPerson
	for p, err := range list.People {
		if err != nil {
			return domain.InsuredChanges{}, err
		}
		people = append(people, p)
	}
	list.Progress(len(people))
	s.people, s.lists = people, append(s.lists, list.ID)
	return domain.InsuredChanges{Stored: len(people)}, s.outage
}

func (s *shelf) Record(_ context.Context, e domain.AuditEvent) error {
	s.events = append(s.events, e)
	return nil
}

func (s *shelf) importAs(t *testing.T, f insured.Format) ([]insured.Progress, error) {
	t.Helper()
	var told []insured.Progress
	service := insured.New(insured.Parts{Tx: s, Persons: s, Journal: s, Clock: s})
	_, err := service.Import(t.Context(), insured.File{Format: f, Open: func() (io.ReadCloser, error) {
		s.opened++
		return io.NopCloser(strings.NewReader(s.content(s.opened))), nil
	}}, func(p insured.Progress) { told = append(told, p) })
	return told, err
}

func holding(content string) *shelf {
	return &shelf{content: func(int) string { return content }}
}

const (
	header = "snils,family_name,given_name,patronymic,birth_date,gender,deceased\n"
	anna   = "112-233-445 95,Синтетическая,Анна,Петровна,1984-05-17,female,no\n"
	boris  = "110-725-115 99,,Борис,,1951-01-02,male,yes\n"
)

func lineOf(p domain.InsuredPerson) string {
	return fmt.Sprint(p.SNILS.Digits(), "|", p.FamilyName.Text(), "|", p.GivenName.Text(), "|", p.Patronymic.Text(), "|",
		p.Patronymic.None(), "|", p.BirthDate.ISO(), "|", p.Gender, "|", p.Deceased)
}

// All forms of a file say the same.
func TestForms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		format  insured.Format
		content string
	}{
		"commas":        {insured.FormatCSV, header + anna + boris},
		"semicolons":    {insured.FormatCSV, "\ufeff" + strings.ReplaceAll(header+anna+boris, ",", ";")},
		"another order": {insured.FormatCSV, "gender,snils,deceased,given_name,family_name,birth_date,patronymic\r\n" + "female,11223344595,,Анна, Синтетическая ,1984-05-17,Петровна\r\nmale,11072511599,yes,Борис,,1951-01-02,\r\n"},
		"json": {insured.FormatJSON, `[{"snils":"112-233-445 95","family_name":"Синтетическая","given_name":"Анна",
			"patronymic":"Петровна","birth_date":"1984-05-17","gender":"female"},
			{"snils":"11072511599","given_name":"Борис","birth_date":"1951-01-02","gender":"male","deceased":true}]`},
	} {
		s := holding(tc.content)
		told, err := s.importAs(t, tc.format)
		require.NoError(t, err, name)
		require.Equal(t, []insured.Progress{{Stored: 2, Total: 2}}, told)
		require.Equal(t, "11223344595|Синтетическая|Анна|Петровна|false|1984-05-17|female|false", lineOf(s.people[0]), name)
		require.Equal(t, "11072511599||Борис||true|1951-01-02|male|true", lineOf(s.people[1]), name)
		require.Equal(t, "insured_person.import", s.events[0].Action)
		require.Equal(t, s.lists[0], s.events[0].SubjectID)
	}
	s := holding("snils,family_name,given_name,patronymic,birth_date,gender\n112-233-445 95,Синтетическая,Анна,,1984-05-17,female")
	_, err := s.importAs(t, insured.FormatCSV)
	require.NoError(t, err, "deceased may be left out")
}

// What is wrong is told by line and column, all at once, and never what is in it.
func TestWrongRows(t *testing.T) {
	t.Parallel()
	wrong := header + anna +
		"112-233-445 96,Secretова,Анна1,Петровна,1984-13-17,female,no\n" +
		"11223344,,,,2026-11-03,f,maybe\n" +
		anna + "too,few\n" +
		"110-725-115 99,Синтетическая," + strings.Repeat("Ы", 61) + ",,1951-01-02,male,\n"
	want := `nothing was imported, wrong rows: 5
line 3: snils: the check digits do not fit the number; family_name: must be of one alphabet; given_name: must be Russian or Latin letters, hyphens, spaces, apostrophes and dots; birth_date: must be a date such as 1984-05-17
line 4: deceased: must be yes or no; snils: must be eleven digits; family_name, given_name: at least one must be given; birth_date: must not be in the future; gender: must be male or female
line 5: snils: stands in the file twice
line 6: has 2 cells, the header has 7
line 7: given_name: must not be longer than 60 characters`
	s := holding(wrong)
	_, err := s.importAs(t, insured.FormatCSV)
	require.EqualError(t, err, want)
	require.Empty(t, s.people)
	require.Empty(t, s.events)
	require.Equal(t, 1, s.opened, "the database was left alone")
}

func TestWrongFiles(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"":                        "line 1: the file has no rows",
		header:                    "line 1: the file has no rows",
		anna:                      "the header's column 1 is unknown",
		"snils,snils,gender\n":    "line 1: column snils stands twice; column family_name is missing; column given_name is missing",
		"\"a":                     "the header cannot be read",
		header + anna + "\"a,b\n": "line 3: cannot be read from here on: a quotation mark is wrong",
	} {
		_, err := holding(content).importAs(t, insured.FormatCSV)
		require.ErrorContains(t, err, want, content)
		require.NotContains(t, err.Error(), "Синтетическая")
	}
	for content, want := range map[string]string{
		"":                                  "line 1: must be an array of objects",
		"{}":                                "line 1: must be an array of objects",
		"[]":                                "line 1: the file has no rows",
		"[\n{\n},\n\n{\"secret\": 1}]":      "line 5: a field has the wrong type or is unknown",
		"[\n1]":                             "line 2: a field has the wrong type or is unknown",
		"[{\"snils\": 11223344595}]":        "line 1: a field has the wrong type or is unknown",
		"[\n{\"snils\":\"11223344595\"}\nx": "line 3: cannot be read from here on: not JSON",
		"[{}":                               "cannot be read from here on: not JSON",
		"[{}] []":                           "has data after the array",
	} {
		_, err := holding(content).importAs(t, insured.FormatJSON)
		require.ErrorContains(t, err, want, content)
	}
}

// A file that changes while it is read, a context that ends and a database that
// fails leave the register as it was.
func TestTrouble(t *testing.T) {
	t.Parallel()
	changing := &shelf{content: func(opened int) string {
		if opened == 1 {
			return header + anna
		}
		return header + "x\n"
	}}
	_, err := changing.importAs(t, insured.FormatCSV)
	require.ErrorContains(t, err, "changed while it was read")
	require.Empty(t, changing.events)

	failing := holding(header + anna)
	failing.outage = errors.New("the disk is full")
	_, err = failing.importAs(t, insured.FormatCSV)
	require.Same(t, failing.outage, err)
	require.Empty(t, failing.people)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	service := insured.New(insured.Parts{Tx: failing, Persons: failing, Journal: failing, Clock: failing})
	_, err = service.Import(ctx, insured.File{Format: insured.FormatCSV, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(header + anna)), nil
	}}, func(insured.Progress) {})
	require.ErrorIs(t, err, context.Canceled)

	missing := errors.New("no such file")
	_, err = service.Import(t.Context(), insured.File{Open: func() (io.ReadCloser, error) { return nil, missing }}, nil)
	require.ErrorIs(t, err, missing)
	_, err = service.Import(t.Context(), insured.File{Format: insured.FormatJSON, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("[{"), broken{})), nil
	}}, nil)
	require.ErrorContains(t, err, "bad sector")
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("bad sector") }

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]insured.Format{"a.csv": insured.FormatCSV, "b/c.JSON": insured.FormatJSON} {
		got, err := insured.FormatOf(name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := insured.FormatOf("people.xlsx")
	require.ErrorIs(t, err, insured.ErrFormat)
}

// generated is a file of many rows that is never there as a whole.
type generated struct {
	rows, next int
	rest       string
}

func (g *generated) Read(into []byte) (int, error) {
	if g.rest == "" {
		if g.next > g.rows {
			return 0, io.EOF
		}
		g.rest = header
		if g.next > 0 {
			g.rest = fmt.Sprintf("%09d00,Синтетическая,Анна,Петровна,1984-05-17,female,no\n", g.next)
		}
		g.next++
	}
	n := copy(into, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// Rows are told apart by line to the end of a long file, with a bounded list of
// what is wrong.
func TestLongFile(t *testing.T) {
	t.Parallel()
	const rows = 5000
	s := &shelf{}
	service := insured.New(insured.Parts{Tx: s, Persons: s, Journal: s, Clock: s})
	open := func(more string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(&generated{rows: rows}, strings.NewReader(more))), nil
		}
	}
	changes, err := service.Import(t.Context(), insured.File{Format: insured.FormatCSV, Open: open("")}, func(insured.Progress) {})
	require.NoError(t, err)
	require.Equal(t, rows, changes.Stored)
	_, err = service.Import(t.Context(), insured.File{Format: insured.FormatCSV, Open: open(strings.Repeat("x\n", 1500))}, nil)
	var failure *insured.FileError
	require.ErrorAs(t, err, &failure)
	require.Equal(t, 1500, failure.Wrong)
	require.Len(t, failure.Rows, 1000)
	require.Equal(t, rows+2, failure.Rows[0].Line)
	require.Contains(t, err.Error(), "and 500 more")
}
