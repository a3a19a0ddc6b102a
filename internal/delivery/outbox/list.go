package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

const suffix = ".json"

// List reads a page of the messages to an address, newest first; no address
// means all. Of page.After only the id counts: it is a UUIDv7, which sorts by
// time. A page shorter than page.Limit is the last.
func (o *Outbox) List(to string, page domain.Page) ([]Message, error) {
	ids, err := o.ids()
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	found := []Message{}
	for _, id := range ids {
		if len(found) == page.Limit {
			break
		}
		if page.After != nil && id >= page.After.ID.String() {
			continue
		}
		m, err := o.read(id)
		if errors.Is(err, fs.ErrNotExist) {
			// Somebody is tidying up the folder.
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		if to == "" || strings.EqualFold(m.To, to) {
			found = append(found, m)
		}
	}
	return found, nil
}

// ids are the names of the messages' files without their suffix, newest first.
func (o *Outbox) ids() ([]string, error) {
	entries, err := os.ReadDir(o.folder)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), suffix)
		if _, err := uuid.Parse(id); ok && err == nil && entry.Type().IsRegular() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids, nil
}

func (o *Outbox) read(id string) (Message, error) {
	text, err := os.ReadFile(filepath.Join(o.folder, id+suffix)) //nolint:gosec // the name is a UUID of the folder
	if err != nil {
		return Message{}, err
	}
	var m Message
	if err := json.Unmarshal(text, &m); err != nil {
		return Message{}, fmt.Errorf("%s%s is not a message: %w", id, suffix, err)
	}
	return m, nil
}
