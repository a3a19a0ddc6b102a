package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Mail puts a message with a PDF beside it into the folder; its attachments are
// that file's name. A message that is there already stays as it is.
func (o *Outbox) Mail(ctx context.Context, m Message, pdf []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := os.Lstat(o.path(m.ID.String() + suffix)); !errors.Is(err, fs.ErrNotExist) {
		return wrapped(err)
	}
	file := m.ID.String() + ".pdf"
	m.Attachments = []string{file}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return wrapped(err)
	}
	// The PDF first: whoever reads the message finds it.
	if err := o.put(file, pdf); err != nil {
		return wrapped(err)
	}
	return wrapped(o.write(m.ID, append(text, '\n')))
}

func (o *Outbox) path(name string) string { return filepath.Join(o.folder, name) }

func wrapped(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("outbox: %w", err)
}
