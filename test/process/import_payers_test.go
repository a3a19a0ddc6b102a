package process_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// importRows is how many rows the measured import has.
var importRows = flag.Int("import-rows", 1_000_000, "rows of BenchmarkImportPayers")

const (
	payersHeader = "registration_number,unified_number,inn,kpp,ogrn,name,postal_index,region,area,city,street,house," +
		"building,flat,office_code,edo_agreement,edo_from,edo_to,state,email\n"
	// everyWrong is which row of a register is wrong: one of a hundred.
	everyWrong = 100
	// kindsOfWrong is in how many ways rows are wrong, in turn.
	kindsOfWrong = 4
)

// register is a generated file with synthetic payers, each of whom has a number of
// its own.
type register struct {
	rows int
	// from is the number of the first payer, name is what all are called.
	from int
	name string
	// right leaves the wrong rows out.
	right bool
}

// row is the row of a number, and what is wrong with it.
func (r register) row(i int) (text, wrong string) {
	number, inn, office, state, more := i, "6700000014", "087-214", "active", ""
	if !r.right && i%everyWrong == everyWrong-1 {
		switch i / everyWrong % kindsOfWrong {
		case 0:
			inn, wrong = "6700000015", "inn: the check digits do not fit the number"
		case 1:
			number, wrong = i-1, "registration_number: stands in an earlier line"
		case 2:
			more, wrong = ",", "has 21 cells, the header has 20"
		default:
			office, state = "087-215", "gone"
			wrong = "office_code: must be the first six digits of the registration number; state: must be active or liquidated"
		}
	}
	return fmt.Sprintf("087-214-%06d,%010d,%s,670101001,1266700000016,ООО «%s %d»,214000,Смоленская область,,Смоленск,"+
		"ул. Примерная,%d,,,%s,SYN-%d,2020-01-01,,%s,payer%d@example.org%s\n",
		number, i, inn, r.name, i, i%100+1, office, i, state, i, more), wrong
}

// write writes the file to w.
func (r register) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	_, err := out.WriteString(payersHeader)
	for i := r.from; i < r.from+r.rows && err == nil; i++ {
		text, _ := r.row(i)
		_, err = out.WriteString(text)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// file is the path of the file.
func (r register) file(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "payers.csv")
	out, err := os.Create(filepath.Clean(path))
	require.NoError(tb, err)
	require.NoError(tb, r.write(out))
	require.NoError(tb, out.Close())
	return path
}

// rejects is what the reject file of an import holds: what is seen of a row alone,
// and then the lines whose numbers stand in earlier ones.
func (r register) rejects() string {
	var alone, twice strings.Builder
	for i := r.from; i < r.from+r.rows; i++ {
		_, wrong := r.row(i)
		if wrong == "" {
			continue
		}
		cell := wrong
		if strings.Contains(wrong, ",") {
			cell = `"` + wrong + `"`
		}
		line := fmt.Sprintf("%d,%s\n", i-r.from+2, cell)
		if strings.Contains(wrong, "earlier") {
			_, _ = twice.WriteString(line)
		} else {
			_, _ = alone.WriteString(line)
		}
	}
	return "line,reasons\n" + alone.String() + twice.String()
}

// imported runs an import that has to end well.
func (h *house) imported(args ...string) (out, complaint string) {
	h.Helper()
	code, out, complaint := h.run(nil, append([]string{"import", "payers"}, args...)...)
	require.Zero(h, code, complaint)
	require.Regexp(h, `\n[0-9]+\.[0-9] s, [0-9]+ rows per second\n$`, out)
	return regexp.MustCompile(`\n[0-9].*\n$`).ReplaceAllString(out, "\n"), complaint
}

const importedRows = 20_000

// A register is taken over with all its right rows; the wrong ones are told by
// line and column. The same file again changes nothing.
func TestImportPayers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h, r := newHouse(t, e), register{rows: importedRows, name: "Пример"}
		path := r.file(t)
		out, complaint := h.imported(path)
		require.Equal(t, "Payers added: 19800, changed: 0, removed: 0, unchanged: 0, rejected: 200\n", out)
		require.Contains(t, complaint, "100 %  ")
		require.Contains(t, complaint, "Wrong rows: 200, see "+path+".rejected.csv\n")
		requireRejects(t, path+".rejected.csv", r.rejects())
		out, _ = h.imported(path)
		require.Equal(t, "Nothing has changed.\nPayers added: 0, changed: 0, removed: 0, unchanged: 19800, rejected: 200\n", out)

		// Nothing of a file is taken over that must have no wrong row.
		elsewhere := filepath.Join(t.TempDir(), "rejects.csv")
		code, out, complaint := h.run(nil, "import", "payers", "--strict", register{rows: 200, name: "Образец"}.file(t), "--rejects", elsewhere)
		require.Equal(t, 1, code)
		require.Empty(t, out)
		require.Contains(t, complaint, "nothing was imported, wrong rows: 2\n")
		requireRejects(t, elsewhere, register{rows: 200, name: "Образец"}.rejects())
		require.Equal(t, 19800, h.count(t, "SELECT count(*) FROM payers"))

		// Where no row is wrong no reject file is left, not even that of before.
		out, _ = h.imported("--rejects", elsewhere, register{rows: 1000, from: 19500, name: "Пример", right: true}.file(t))
		require.Equal(t, "Payers added: 505, changed: 0, removed: 19305, unchanged: 495, rejected: 0\n", out)
		require.NoFileExists(t, elsewhere)
		out, _ = h.imported("--strict", register{rows: 1000, from: 19500, name: "Образец", right: true}.file(t))
		require.Equal(t, "Payers added: 0, changed: 1000, removed: 0, unchanged: 0, rejected: 0\n", out)
		require.Equal(t, 4, h.count(t, "SELECT count(*) FROM audit_events WHERE action = 'payer.import'"))
	})
}

func requireRejects(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Clean(path))
	require.NoError(t, err)
	require.Equal(t, want, string(got))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// Whoever reads while a register is taken over sees the one before, until the new
// one is there as a whole.
func TestReadersDuringAnImportOfPayers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		h.imported(register{rows: 5000, name: "Пример", right: true}.file(t))
		command := h.command(nil, "import", "payers", register{rows: 12_000, from: 3000, name: "Образец", right: true}.file(t))
		require.NoError(t, command.Start())
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		seen := map[int]int{}
		for running := true; running; {
			select {
			case err := <-ended:
				require.NoError(t, err)
				running = false
			default:
				seen[h.count(t, "SELECT count(*) FROM payers")]++
			}
		}
		seen[h.count(t, "SELECT count(*) FROM payers")]++
		require.Len(t, seen, 2, "%v", seen)
		require.Positive(t, seen[5000])
		require.Positive(t, seen[12_000])
	})
}

// An import that is killed leaves the register before it, and no lock.
func TestKilledImportOfPayers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		h.imported(register{rows: 500, name: "Пример", right: true}.file(t))
		pipe := filepath.Join(t.TempDir(), "payers.csv")
		require.NoError(t, syscall.Mkfifo(pipe, 0o600))
		command := h.command(nil, "import", "payers", pipe)
		require.NoError(t, command.Start())
		in, err := os.OpenFile(filepath.Clean(pipe), os.O_WRONLY, 0)
		require.NoError(t, err)
		// Far more than a pipe holds: most of it is read when it is written.
		require.NoError(t, register{rows: 5000, name: "Образец"}.write(in))
		require.NoError(t, command.Process.Kill())
		require.Error(t, command.Wait())
		require.NoError(t, in.Close())
		require.Equal(t, 500, h.count(t, "SELECT count(*) FROM payers"))
		out, _ := h.imported(register{rows: 500, name: "Пример", right: true}.file(t))
		require.Equal(t, "Nothing has changed.\nPayers added: 0, changed: 0, removed: 0, unchanged: 500, rejected: 0\n", out)
	})
}

// A file with a wrong header, or without a right row, is not taken over.
func TestImportOfNoPayers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	h.imported(register{rows: 10, name: "Пример", right: true}.file(t))
	for content, want := range map[string]string{
		"":           "nothing was imported: the file has no rows",
		payersHeader: "nothing was imported: the file has no rows",
		strings.Replace(payersHeader, "inn,", "", 1): "nothing was imported: line 1: column inn is missing",
		payersHeader + "secret\n":                    "nothing was imported, wrong rows: 1",
	} {
		path := filepath.Join(t.TempDir(), "payers.csv")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		code, out, complaint := h.run(nil, "import", "payers", path)
		require.Equal(t, 1, code, complaint)
		require.Empty(t, out)
		require.Contains(t, complaint, want)
		require.NotContains(t, complaint, "secret")
	}
	path := register{rows: 100, name: "Пример"}.file(t)
	code, _, complaint := h.run(nil, "import", "payers", path, "--rejects", path)
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "must be another one")
	require.FileExists(t, path)
	for _, args := range [][]string{{}, {"--strict"}, {path, path}, {path, "--rejects"}, {"--loose", path}} {
		code, _, complaint := h.run(nil, append([]string{"import", "payers"}, args...)...)
		require.Equal(t, 2, code, complaint)
	}
	require.Equal(t, 10, h.count(t, "SELECT count(*) FROM payers"))
}

// BenchmarkImportPayers takes a large register over into PostgreSQL, and the same
// once more. It reports rows per second and the most memory that was resident,
// which has to stay under maxImportResident.
func BenchmarkImportPayers(b *testing.B) {
	const maxImportResident = 200 << 20
	r := register{rows: *importRows, name: "Пример"}
	path := r.file(b)
	for b.Loop() {
		h := newSandbox(b)
		h.settings["KABINET_DATABASE_URL"] = testkit.DatabaseURL(b, testkit.PostgreSQL)
		for _, round := range []string{"first", "again"} {
			command := h.command(nil, "import", "payers", path)
			began := time.Now()
			out, err := command.Output()
			require.NoError(b, err)
			took := time.Since(began)
			// In kilobytes; it counts what the test itself had when it started the process.
			resident := command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
			worked := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
			b.Logf("%s: %d rows in %s, of which %s of work, resident at most %d MB\n%s",
				round, r.rows, took.Round(time.Millisecond), worked.Round(time.Millisecond), resident>>20, out)
			b.ReportMetric(float64(r.rows)/took.Seconds(), round+"-rows/s")
			b.ReportMetric(float64(resident>>20), round+"-MB")
			require.Less(b, resident, int64(maxImportResident))
		}
	}
}
