package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/service/payerregister"
)

// PayerImport is a file that becomes the fund's register of payers.
type PayerImport struct {
	Path string
	// Rejects is the path of the file with what is wrong with rows. It is there
	// after the import if any row was wrong.
	Rejects string
	// Strict refuses the whole file for a single wrong row.
	Strict bool
	// Report is told how many of the file's bytes are read.
	Report func(done, total int)
}

// PayerImportResult is what an import came to, and how long it took.
type PayerImportResult struct {
	payerregister.Result
	Took time.Duration
}

// errSameFile keeps the reject file from overwriting the register.
var errSameFile = errors.New("the file with the rejected rows must be another one")

// ImportPayers makes the right rows of a file the fund's register of payers, or
// changes nothing.
func ImportPayers(ctx context.Context, c config.Config, in PayerImport) (out PayerImportResult, err error) {
	file, err := os.Open(filepath.Clean(in.Path))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return out, err
	}
	rejects := &lateFile{path: in.Rejects}
	if err := rejects.clear(info); err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, rejects.Close()) }()
	a := &App{Parts: Parts{Config: c, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.openKeyed(ctx); err != nil {
		return out, err
	}
	started := a.Clock.Now()
	out.Result, err = a.newPayerRegister().Import(ctx, payerregister.File{
		Content: &countedReader{content: file, total: int(info.Size()), report: in.Report}, Rejects: rejects, Strict: in.Strict,
	})
	out.Took = a.Clock.Now().Sub(started)
	if err != nil {
		return out, fmt.Errorf("%s: %w", in.Path, err)
	}
	return out, nil
}

// countedReader reports how much of a content is read.
type countedReader struct {
	content     io.Reader
	done, total int
	report      func(done, total int)
}

// Read implements [io.Reader].
func (r *countedReader) Read(into []byte) (int, error) {
	n, err := r.content.Read(into)
	r.done += n
	r.report(r.done, r.total)
	return n, err
}

// lateFile is a file for its owner only, which is made when something is written
// to it.
type lateFile struct {
	path string
	file *os.File
}

// clear removes the file of an earlier import, unless it is another's.
func (f *lateFile) clear(source fs.FileInfo) error {
	known, err := os.Lstat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case os.SameFile(known, source), !known.Mode().IsRegular():
		return fmt.Errorf("%s: %w", f.path, errSameFile)
	}
	return os.Remove(f.path)
}

// Write implements [io.Writer].
func (f *lateFile) Write(text []byte) (n int, err error) {
	if f.file == nil {
		f.file, err = os.OpenFile(filepath.Clean(f.path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return 0, err
		}
	}
	return f.file.Write(text)
}

// Close implements [io.Closer].
func (f *lateFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}
