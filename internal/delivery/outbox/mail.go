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

// Mail puts a message with a file beside it into the folder, named after the
// message and with an extension such as ".pdf"; its attachments are that file's
// name. A message that is there already stays as it is.
func (o *Outbox) Mail(ctx context.Context, m Message, extension string, content []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := os.Lstat(o.path(m.ID.String() + suffix)); !errors.Is(err, fs.ErrNotExist) {
		return wrapped(err)
	}
	file := m.ID.String() + extension
	m.Attachments = []string{file}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return wrapped(err)
	}
	// The file first: whoever reads the message finds it.
	if err := o.put(file, content); err != nil {
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
