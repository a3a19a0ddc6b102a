package edo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Folder exchanges documents through files, which is how a sandbox does it:
// documents are put into out, and whoever plays the payer puts receipts into in.
// Any number of processes can use the same folder.
type Folder struct {
	out, in   string
	documents *Documents
}

// NewFolder opens the folder of an exchange, and makes it if it is missing: it
// is for its owner only, since documents hold codes in clear.
func NewFolder(path string, d *Documents) (*Folder, error) {
	f := &Folder{filepath.Join(path, "out"), filepath.Join(path, "in"), d}
	for _, folder := range []string{path, f.out, f.in} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, wrapped(err)
		}
		if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder needs its x
			return nil, wrapped(err)
		}
	}
	return f, nil
}

// Send puts a document into the folder. One that is there already stays as it
// is.
func (f *Folder) Send(ctx context.Context, m domain.EDOMessage) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	document, err := f.documents.XML(m)
	if err != nil {
		return err
	}
	made, err := once(f.sent(m.ID), func() ([]byte, error) { return document, nil })
	if err != nil || !made {
		return err
	}
	// The file's time is when the document was sent, by the clock of the sandbox.
	now := f.documents.Clock.Now()
	return wrapped(os.Chtimes(f.sent(m.ID), now, now))
}

// Receipt is the newest receipt of a document that lies in the folder. One that
// has none was sent. A document that was never sent is not_found.
func (f *Folder) Receipt(ctx context.Context, id uuid.UUID) (domain.EDOReceipt, error) {
	if err := ctx.Err(); err != nil {
		return domain.EDOReceipt{}, err
	}
	newest, err := f.sending(id)
	if err != nil {
		return domain.EDOReceipt{}, err
	}
	for _, status := range statuses() {
		r, err := readReceipt(f.receipt(id, status), id)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return domain.EDOReceipt{}, fmt.Errorf("edo: receipt %s of %s: %w", status, id, err)
		}
		if r.Status != status {
			return domain.EDOReceipt{}, fmt.Errorf("edo: receipt %s of %s says something else", status, id)
		}
		if newest.Status == domain.EDOSent || !r.At.Before(newest.At) {
			newest = r
		}
	}
	return newest, nil
}

// Play puts a receipt into the folder in the place of the other side; its status
// is delivered, read or rejected. A second one of a status replaces the first. A
// document that was never sent is not_found.
func (f *Folder) Play(ctx context.Context, id uuid.UUID, r domain.EDOReceipt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := f.sending(id); err != nil {
		return err
	}
	text, err := writeReceipt(id, r)
	if err != nil {
		return wrapped(err)
	}
	return wrapped(put(f.receipt(id, r.Status), text, os.Rename))
}

// sending is the receipt of a document of which nothing was heard since it was
// sent.
func (f *Folder) sending(id uuid.UUID) (domain.EDOReceipt, error) {
	info, err := os.Lstat(f.sent(id))
	if errors.Is(err, fs.ErrNotExist) {
		return domain.EDOReceipt{}, apperr.New(apperr.NotFound)
	}
	if err != nil {
		return domain.EDOReceipt{}, wrapped(err)
	}
	return domain.EDOReceipt{Status: domain.EDOSent, At: info.ModTime()}, nil
}

func (f *Folder) sent(id uuid.UUID) string { return filepath.Join(f.out, id.String()+".xml") }

func (f *Folder) receipt(id uuid.UUID, status domain.EDOStatus) string {
	return filepath.Join(f.in, id.String()+"."+string(status)+".xml")
}
