package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// example is the file that docs/service-centres.md shows.
const example = "../../internal/service/centre/testdata/centres.csv"

func TestImportCentres(t *testing.T) {
	t.Parallel()
	at := "KABINET_DATA_DIR=" + filepath.Join(t.TempDir(), "data")
	for range 2 {
		r := run(t, "import centres "+example, at)
		require.Equal(t, result{code: exitOK, out: "Service centres: 2, removed: 0\n", err: "100 %  2 of 2\n"}, r)
	}
	r := run(t, "import centres "+strings.TrimSuffix(example, "csv")+"json", at)
	require.Equal(t, exitOK, r.code, r.err)
	require.Equal(t, "Service centres: 2, removed: 0\n", r.out)
}

// Nothing of a wrong file is imported, and each wrong row is told by its line.
func TestImportOfAWrongFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := "KABINET_DATA_DIR=" + filepath.Join(folder, "data")
	content, err := os.ReadFile(example)
	require.NoError(t, err)
	bad := filepath.Join(folder, "bad.csv")
	text := strings.NewReplacer("mfc,67", "bank,67", "236000", "736000").Replace(string(content))
	require.NoError(t, os.WriteFile(bad, []byte(text), 0o600))
	require.Equal(t, exitOK, run(t, "import centres "+example, at).code)
	r := run(t, "import centres "+bad, at)
	require.Equal(t, exitFailed, r.code)
	require.Empty(t, r.out)
	require.Equal(t, bad+`: nothing was imported, wrong rows: 2
line 2: postal_index: must be six digits, the first from 1 to 6
line 3: kind: must be mfc or fund_office
`, r.err)
	require.Equal(t, "Service centres: 2, removed: 0\n", run(t, "import centres "+example, at).out)
}

// The fund's own register: all of a file or nothing, as often as one likes, and
// no word of any person.
func TestImportInsuredPersons(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := "KABINET_DATA_DIR=" + filepath.Join(folder, "data")
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return "import insured-persons " + path
	}
	good := write("good.csv", `snils,family_name,given_name,patronymic,birth_date,gender,deceased
112-233-445 95,Синтетическая,Анна,Петровна,1984-05-17,female,no
110-725-115 99,Синтетический,Борис,,1951-01-02,male,yes
`)
	for range 2 {
		r := run(t, good, at)
		require.Equal(t, exitOK, r.code, r.err)
		require.Equal(t, "Insured persons: 2, removed: 0\n", r.out)
		require.Contains(t, r.err, "100 %  2 of 2\n")
	}
	bad := run(t, write("bad.csv", `snils,family_name,given_name,patronymic,birth_date,gender
112-233-445 96,Синтетическая,Анна,Петровна,1984-05-17,female
`), at)
	require.Equal(t, exitFailed, bad.code)
	require.Contains(t, bad.err, "nothing was imported, wrong rows: 1\nline 2: snils: the check digits do not fit the number\n")
	require.NotContains(t, bad.err, "Синтетическая")
	next := run(t, write("next.json", `[{"snils": "11223344595", "family_name": "Синтетическая", "given_name": "Анна",
		"patronymic": "Петровна", "birth_date": "1984-05-17", "gender": "female"}]`), at)
	require.Equal(t, "Insured persons: 1, removed: 1\n", next.out, next.err)
	require.Equal(t, exitUsage, run(t, "import insured-persons", at).code)
	require.Contains(t, run(t, "import insured-persons nowhere.csv", at).err, "nowhere.csv: no such file")
	require.Contains(t, run(t, "import insured-persons people.xlsx", at).err, "must end in .csv or .json")
}

// The years of a file are added to those that are known, and each names where it
// comes from; the same file again says that nothing has changed.
func TestImportCalendar(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := []string{"KABINET_DATA_DIR=" + filepath.Join(folder, "data"), "KABINET_LOG_LEVEL=error"}
	const path = "testdata/calendar-2028.json"
	known := `  2025  Government of the Russian Federation, decree No 1335 of 04.10.2024
  2026  Government of the Russian Federation, decree No 1466 of 24.09.2025
  2027  Government of the Russian Federation, decree No 1187 of 17.09.2026
  2028  synthetic example: no decree`
	require.Equal(t, result{code: exitOK, out: "Working calendar: new or replaced years: 1\n" + known + " (imported now)\n"},
		run(t, "import calendar "+path, at...))
	for range 2 {
		require.Equal(t, result{code: exitOK, out: "Working calendar: nothing has changed\n" + known + "\n"},
			run(t, "import calendar "+path, at...))
	}

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	bad := filepath.Join(folder, "bad.json")
	text := strings.NewReplacer("2028-11-03", "2028-11-05", "synthetic example: no decree", "").Replace(string(content))
	require.NoError(t, os.WriteFile(bad, []byte(text), 0o600))
	require.Equal(t, result{code: exitFailed, err: bad + `: nothing was imported: working calendar: 2028 has no source
2028: 2028-11-05 is shortened but no working day
`}, run(t, "import calendar "+bad, at...))
	require.Equal(t, exitUsage, run(t, "import calendar", at...).code)
	require.Contains(t, run(t, "import calendar nowhere.json", at...).err, "nowhere.json: no such file")
}

// The register of payers: its right rows, or with --strict all of it or nothing.
func TestImportPayers(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := "KABINET_DATA_DIR=" + filepath.Join(folder, "data")
	path := filepath.Join(folder, "payers.csv")
	content, err := os.ReadFile("../../internal/app/data/sandbox-payers.csv")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(content, "secret\n"...), 0o600))
	r := run(t, "import payers --strict "+path, at)
	require.Equal(t, exitFailed, r.code)
	require.Empty(t, r.out)
	require.Contains(t, r.err, "Wrong rows: 1, see "+path+".rejected.csv\n")
	require.Contains(t, r.err, "nothing was imported, wrong rows: 1\n")
	r = run(t, "import payers "+path, at)
	require.Equal(t, exitOK, r.code, r.err)
	require.Contains(t, r.out, "Payers added: 12, changed: 0, removed: 0, unchanged: 0, rejected: 1\n")
	r = run(t, "import payers "+path+" --rejects "+path+".wrong", at)
	require.Contains(t, r.out, "Nothing has changed.\nPayers added: 0, changed: 0, removed: 0, unchanged: 12, rejected: 1\n")
	rejects, err := os.ReadFile(path + ".wrong")
	require.NoError(t, err)
	require.Equal(t, "line,reasons\n14,\"has 1 cells, the header has 20\"\n", string(rejects))
	for args, want := range map[string]string{
		"": "the file is missing", " --strict": "the file is missing", " a b": "superfluous: b", " a --rejects": "needs an argument",
		" a --other": "not defined",
	} {
		r := run(t, "import payers"+args, at)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, want)
	}
	require.Contains(t, run(t, "import payers nowhere.csv", at).err, "nowhere.csv: no such file")
}

func TestImportWithoutAFile(t *testing.T) {
	t.Parallel()
	at := "KABINET_DATA_DIR=" + filepath.Join(t.TempDir(), "data")
	for _, args := range []string{"import", "import centres", "import centres --help", "import centres a.csv b.csv", "import buildings a.csv"} {
		r := run(t, args, at)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, "unknown command: "+args)
	}
	for args, want := range map[string]string{
		"import centres nowhere.csv": "nowhere.csv: no such file", "import centres import_test.go": "must end in .csv or .json",
		"import centres .csv": "no such file",
	} {
		r := run(t, args, at)
		require.Equal(t, exitFailed, r.code, args)
		require.Contains(t, r.err, want)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terminal bool
		want     string
	}{
		"plain":    {false, "  1 %  10 of 1000\n 11 %  110 of 1000\n100 %  1000 of 1000\n"},
		"terminal": {true, "\r  1 %  10 of 1000\r 10 %  100 of 1000\r 11 %  110 of 1000\r100 %  1000 of 1000\n"},
	} {
		var out bytes.Buffer
		p := newProgress(&out)
		require.False(t, p.terminal)
		p.terminal = test.terminal
		for _, done := range []int{10, 11, 100, 110, 115, 1000, 1000} {
			p.show(done, 1000)
		}
		p.end()
		require.Equal(t, test.want, out.String(), name)
	}
	var out bytes.Buffer
	p := newProgress(&out)
	p.end()
	require.Empty(t, out.String())
	p.show(0, 0)
	require.Equal(t, "100 %  0 of 0\n", out.String())
	file, err := os.Open(os.DevNull)
	require.NoError(t, err)
	require.False(t, newProgress(file).terminal)
	require.NoError(t, file.Close())
}
