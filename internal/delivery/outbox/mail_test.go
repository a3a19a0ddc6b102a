package outbox_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
)

func mail() outbox.Message {
	return outbox.Message{
		ID: domain.NewID(), Channel: domain.ChannelRegisteredMail, To: "Анна Синтетическая, 236000, Калининград",
		Subject: "Код", Text: "Ваш код: 7K2MZ-0Q9XW", Code: "7K2MZ-0Q9XW", CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestMail(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	m := mail()
	require.NoError(t, o.Mail(t.Context(), m, ".pdf", []byte("%PDF-1")))
	file := m.ID.String() + ".pdf"
	pdf, err := os.ReadFile(filepath.Join(folder, file))
	require.NoError(t, err)
	require.Equal(t, "%PDF-1", string(pdf))
	raw, err := os.ReadFile(filepath.Join(folder, m.ID.String()+".json"))
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(raw, &fields))
	require.Equal(t, "registered_mail", fields["channel"])
	require.Equal(t, []any{file}, fields["attachments"])
	list, err := o.List("", domain.Page{Limit: 10})
	require.NoError(t, err)
	m.Attachments = []string{file}
	require.Equal(t, []outbox.Message{m}, list)
}

// What lies beside a message is called as it is.
func TestMailWithXML(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	m := mail()
	m.Channel = domain.ChannelEDO
	require.NoError(t, o.Mail(t.Context(), m, ".xml", []byte("<document/>")))
	xml, err := os.ReadFile(filepath.Join(folder, m.ID.String()+".xml"))
	require.NoError(t, err)
	require.Equal(t, "<document/>", string(xml))
	list, err := o.List(m.To, domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []string{m.ID.String() + ".xml"}, list[0].Attachments)
}

// The first copy of a letter stays, whatever comes later and however many at
// once.
func TestMailIsKeptOnce(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	m := mail()
	require.NoError(t, o.Mail(t.Context(), m, ".pdf", []byte("first")))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			other := m
			other.Text = "another"
			_ = o.Mail(t.Context(), other, ".pdf", []byte("later"))
		})
	}
	all.Wait()
	list, err := o.List("", domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, m.Text, list[0].Text)
	pdf, err := os.ReadFile(filepath.Join(folder, m.ID.String()+".pdf"))
	require.NoError(t, err)
	require.Equal(t, "first", string(pdf))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestMailThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	o, folder := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, o.Mail(ctx, mail(), ".pdf", nil), context.Canceled)
	m := mail()
	require.NoError(t, os.Mkdir(filepath.Join(folder, m.ID.String()+".pdf"), 0o700))
	err := o.Mail(t.Context(), m, ".pdf", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), m.Code)
	require.NoError(t, os.RemoveAll(folder))
	require.Error(t, o.Mail(t.Context(), m, ".pdf", nil))
}
