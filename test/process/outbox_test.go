package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/stretchr/testify/require"
)

func (h *house) outbox(name ...string) string {
	return filepath.Join(append([]string{h.folder, "outbox"}, name...)...)
}

// message is a file of the outbox.
type message struct {
	ID, Channel, To, Text, Code string
}

// messages are those in the outbox, to one address or, without it, to all.
func (h *house) messages(to string) ([]message, error) {
	names, err := filepath.Glob(h.outbox("*.json"))
	if err != nil {
		return nil, err
	}
	var found []message
	for _, name := range names {
		text, err := os.ReadFile(filepath.Clean(name))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EISDIR) {
			continue
		}
		var m message
		if err := errors.Join(err, json.Unmarshal(text, &m)); err != nil {
			return nil, err
		}
		if to == "" || m.To == to {
			found = append(found, m)
		}
	}
	return found, nil
}

// code waits for the code that was sent to an address.
func (h *house) code(to string) (string, error) {
	var found []message
	err := eventually(patience, func() (bool, error) {
		var err error
		found, err = h.messages(to)
		return len(found) > 0, err
	})
	if err != nil {
		return "", fmt.Errorf("no message to %s: %w", to, err)
	}
	return found[len(found)-1].Code, nil
}

// breakOutbox puts a plain file where the outbox is, so that nothing can be
// written there, not even by root.
func (h *house) breakOutbox() {
	h.Helper()
	require.NoError(h, os.Rename(h.outbox(), h.outbox()+"-away"))
	require.NoError(h, os.WriteFile(h.outbox(), nil, 0o600))
}

func (h *house) mendOutbox() {
	h.Helper()
	require.NoError(h, os.Remove(h.outbox()))
	require.NoError(h, os.Rename(h.outbox()+"-away", h.outbox()))
}
