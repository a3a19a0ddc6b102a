package table_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/table"
)

// read is what a reader of a table with the columns a and b, and perhaps c, sees.
func read(content io.Reader) (rows []string, err error) {
	columns := table.Columns{Required: []string{"a", "b"}, Optional: []string{"c"}}
	err = table.Read(content, columns, func(r table.Row) error {
		text := fmt.Sprint(r.Wrong)
		if r.Wrong == nil {
			text = r.Cell("a") + "|" + r.Cell("b") + "|" + r.Cell("c")
		}
		rows = append(rows, fmt.Sprint(r.Line, " ", text))
		return nil
	})
	return rows, err
}

func TestRead(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][]string{
		"":                           nil,
		"\ufeff":                     nil,
		"a,b":                        nil,
		"a,b\n1,2":                   {"2 1|2|"},
		"\ufeffb;a;c\r\n2;1;3\r\n":   {"2 1|2|3"},
		"a,b\n\n\"x\ny\", z \n3,4\n": {"3 x\ny|z|", "5 3|4|"},
		"a,b\n1\n1,2,3\n1,2\n":       {"2 has 1 cells, the header has 2", "3 has 3 cells, the header has 2", "4 1|2|"},
		"a,b\n1,x \"y\"\n3,4\n":      {"2 has a quotation mark in a cell that does not begin with one", "3 3|4|"},
	} {
		rows, err := read(strings.NewReader(content))
		require.NoError(t, err, content)
		require.Equal(t, want, rows, content)
	}
}

// The words of a wrong header are not repeated: they may be those of a row.
func TestWrongHeaders(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"secret,b\n":   "line 1: the header's column 1 is unknown; column a is missing",
		"a,b,b,c\n":    "line 1: column b stands twice",
		"a\n":          "line 1: column b is missing",
		"\"secret\n\n": "line 1: the header cannot be read",
	} {
		rows, err := read(strings.NewReader(content))
		require.EqualError(t, err, want)
		require.Empty(t, rows)
		_, ok := errors.AsType[table.RowError](err)
		require.True(t, ok)
	}
}

// After a quotation mark that is not closed, or that is closed too early, the rest
// of the file is no rows: whoever took it for the end of the table would lose them.
func TestUnreadableRest(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"a,b\n1,2\n\"x,2\n3,4\n", "a,b\n1,2\n\"x\" y,2\n3,4\n"} {
		rows, err := read(strings.NewReader(content))
		require.EqualError(t, err, "line 3: cannot be read from here on: a quotation mark is wrong")
		require.Equal(t, []string{"2 1|2|"}, rows)
		_, ok := errors.AsType[table.RowError](err)
		require.True(t, ok)
	}
}

// What cannot be read is no row of the table.
func TestReadingFails(t *testing.T) {
	t.Parallel()
	gone := errors.New("the disk is gone")
	for _, begin := range []string{"", "a,b\n", "a,b\n1,2\n", "a,b\n" + strings.Repeat("1,2\n", 2000)} {
		_, err := read(io.MultiReader(strings.NewReader(begin), iotest.ErrReader(gone)))
		require.ErrorIs(t, err, gone, len(begin))
	}
	stop := errors.New("stop")
	err := table.Read(strings.NewReader("a\n1\n2\n"), table.Columns{Required: []string{"a"}}, func(table.Row) error { return stop })
	require.Same(t, stop, err)
}

func TestRowError(t *testing.T) {
	t.Parallel()
	e := table.RowError{Line: 7, Reasons: []error{errors.New("a: is wrong"), errors.New("b: is missing")}}
	require.EqualError(t, e, "line 7: a: is wrong; b: is missing")
	require.Equal(t, "a: is wrong; b: is missing", e.Text())
}
