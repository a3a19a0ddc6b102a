package outbox_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
)

func open(t *testing.T) (*outbox.Outbox, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data", "outbox")
	o, err := outbox.New(folder)
	require.NoError(t, err)
	return o, folder
}

func rendered(to string) delivery.Rendered {
	return delivery.Rendered{
		ID: domain.NewID(), Channel: domain.ChannelSMS, To: to,
		Text: "Кабинет: код 123456 <действует> 10 мин.", Code: "123456",
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC),
	}
}

func send(t *testing.T, o *outbox.Outbox, all ...delivery.Rendered) {
	t.Helper()
	for _, r := range all {
		require.NoError(t, hand(t.Context(), o.Provider(r.Channel), r))
	}
}

// ids are the ids of a page.
func ids(messages []outbox.Message) []uuid.UUID {
	all := []uuid.UUID{}
	for _, m := range messages {
		all = append(all, m.ID)
	}
	return all
}

// The fields of the file are part of the contract.
func TestTheFile(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	r := rendered("+79001234567")
	send(t, o, r)
	path := filepath.Join(folder, r.ID.String()+".json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(raw, &fields))
	require.Equal(t, map[string]any{
		"id":          r.ID.String(),
		"channel":     "sms",
		"to":          "+79001234567",
		"subject":     "",
		"text":        r.Text,
		"code":        "123456",
		"created_at":  "2026-01-02T03:04:05.678901Z",
		"attachments": []any{},
	}, fields)

	for name, want := range map[string]os.FileMode{path: 0o600, folder: os.ModeDir | 0o700} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, want, info.Mode())
	}
}

// However often a message is sent, it is in the outbox once (M24).
func TestSendingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	r := rendered("+79001234567")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _ = hand(t.Context(), o.Provider(domain.ChannelSMS), r) })
	}
	all.Wait()
	send(t, o, r)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "one file, and nothing temporary")
	messages, err := o.List("", domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{r.ID}, ids(messages))
}

func TestChannels(t *testing.T) {
	t.Parallel()
	o, _ := open(t)
	r := rendered("person@example.org")
	r.Channel, r.Subject = domain.ChannelEmail, "Тема"
	provider := o.Provider(domain.ChannelEmail)
	require.Equal(t, domain.ChannelEmail, provider.Channel())
	require.NoError(t, hand(t.Context(), provider, r))
	messages, err := o.List("", domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []outbox.Message{{
		ID: r.ID, Channel: domain.ChannelEmail, To: r.To, Subject: r.Subject, Text: r.Text, Code: r.Code,
		CreatedAt: r.CreatedAt, Attachments: []string{},
	}}, messages)
}

func TestListIsNewestFirstInPages(t *testing.T) {
	t.Parallel()
	o, _ := open(t)
	var want []uuid.UUID
	for range 5 {
		r := rendered("+79001234567")
		send(t, o, r)
		want = append([]uuid.UUID{r.ID}, want...)
	}
	var got []uuid.UUID
	page := domain.Page{Limit: 2}
	for range 3 {
		messages, err := o.List("", page)
		require.NoError(t, err)
		got = append(got, ids(messages)...)
		last := messages[len(messages)-1]
		page.After = &domain.Position{CreatedAt: last.CreatedAt, ID: last.ID}
	}
	require.Equal(t, want, got)
	messages, err := o.List("", page)
	require.NoError(t, err)
	require.NotNil(t, messages)
	require.Empty(t, messages)
}

func TestListByReceiver(t *testing.T) {
	t.Parallel()
	o, _ := open(t)
	first, other, second := rendered("Person@example.org"), rendered("+79001234567"), rendered("person@example.org")
	send(t, o, first, other, second)
	for to, want := range map[string][]uuid.UUID{
		"person@EXAMPLE.org": {second.ID, first.ID},
		"+79001234567":       {other.ID},
		"+7900123456":        {},
		"":                   {second.ID, other.ID, first.ID},
	} {
		messages, err := o.List(to, domain.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, want, ids(messages), to)
	}
	messages, err := o.List("person@example.org", domain.Page{Limit: 1, After: &domain.Position{ID: second.ID}})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{first.ID}, ids(messages))
}

func TestListLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	r := rendered("+79001234567")
	send(t, o, r)
	for _, name := range []string{".message-123", "note.json", domain.NewID().String() + ".pdf", "README"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("{"), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(folder, domain.NewID().String()+".json"), 0o700))
	require.NoError(t, os.Symlink("gone", filepath.Join(folder, domain.NewID().String()+".json")))
	messages, err := o.List("", domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{r.ID}, ids(messages))
}

func TestADamagedFileIsTold(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	name := domain.NewID().String() + ".json"
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(`{"code":"123456"`), 0o600))
	_, err := o.List("", domain.Page{Limit: 10})
	require.ErrorContains(t, err, name)
	require.NotContains(t, err.Error(), "123456")
}

// Reading while others write and tidy up never shows half a message.
func TestListWhileOthersWrite(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 25 {
				r := rendered("+79001234567")
				_ = hand(t.Context(), o.Provider(domain.ChannelSMS), r)
				_ = os.Remove(filepath.Join(folder, r.ID.String()+".json"))
			}
		})
	}
	for range 50 {
		messages, err := o.List("", domain.Page{Limit: 100})
		require.NoError(t, err)
		for _, m := range messages {
			require.Equal(t, "123456", m.Code)
		}
	}
	writers.Wait()
}

func TestOpeningTightensTheFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "outbox")
	require.NoError(t, os.Mkdir(folder, 0o755))
	_, err := outbox.New(folder)
	require.NoError(t, err)
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

// What cannot be written is an error worth another try, and leaves nothing.
func TestFailures(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := outbox.New(filepath.Join(file, "outbox"))
	require.Error(t, err)

	o, folder := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := rendered("+79001234567")
	require.ErrorIs(t, hand(ctx, o.Provider(domain.ChannelSMS), r), context.Canceled)

	require.NoError(t, os.Mkdir(filepath.Join(folder, r.ID.String()+".json"), 0o700))
	err = hand(t.Context(), o.Provider(domain.ChannelSMS), r)
	require.Error(t, err)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
	require.False(t, strings.Contains(err.Error(), r.To) || strings.Contains(err.Error(), r.Code))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing temporary is left")

	require.NoError(t, os.RemoveAll(folder))
	require.Error(t, hand(t.Context(), o.Provider(domain.ChannelSMS), r))
	_, err = o.List("", domain.Page{Limit: 1})
	require.Error(t, err)
}

// hand gives a message to a provider, of whom no receipts come.
func hand(ctx context.Context, p delivery.Provider, r delivery.Rendered) error {
	_, err := p.Send(ctx, r)
	return err
}
