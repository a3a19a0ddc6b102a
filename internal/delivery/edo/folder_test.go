package edo_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/domain"
)

func newFolder(t *testing.T) (f *edo.Folder, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "edo")
	f, err := edo.NewFolder(path, documents(t))
	require.NoError(t, err)
	return f, path
}

func TestFolderSend(t *testing.T) {
	t.Parallel()
	d := documents(t)
	path := filepath.Join(t.TempDir(), "edo")
	f, err := edo.NewFolder(path, d)
	require.NoError(t, err)
	m := message(t)
	require.NoError(t, f.Send(t.Context(), m))
	file := filepath.Join(path, "out", m.ID.String()+".xml")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(mustXML(t, d, m)), string(content))
	for name, mode := range map[string]os.FileMode{path: 0o700, filepath.Dir(file): 0o700, filepath.Join(path, "in"): 0o700, file: 0o600} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), name)
	}
}

// Sent twice, or by many at once, a document is there once, as it was first.
func TestFolderSendsOnce(t *testing.T) {
	t.Parallel()
	f, path := newFolder(t)
	m := message(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			other := m
			other.PayerName = strings.Repeat("Щ", i+1)
			require.NoError(t, f.Send(t.Context(), other))
		})
	}
	all.Wait()
	read := func() string {
		content, err := os.ReadFile(filepath.Join(path, "out", m.ID.String()+".xml"))
		require.NoError(t, err)
		return string(content)
	}
	first := read()
	require.NoError(t, f.Send(t.Context(), m))
	require.Equal(t, first, read())
	entries, err := os.ReadDir(filepath.Join(path, "out"))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// M16: what the other side says about a document is read from its receipts.
func TestFolderReceipts(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)
	m := message(t)
	_, err := f.Receipt(t.Context(), m.ID)
	require.ErrorIs(t, err, apperr.New(apperr.NotFound))
	require.ErrorIs(t, f.Play(t.Context(), m.ID, domain.EDOReceipt{Status: domain.EDORead, At: at()}), apperr.New(apperr.NotFound))
	require.NoError(t, f.Send(t.Context(), m))
	requireReceipt(t, f, m, domain.EDOReceipt{Status: domain.EDOSent, At: at()})
	for _, r := range []domain.EDOReceipt{
		{Status: domain.EDODelivered, At: at().Add(time.Minute)},
		{Status: domain.EDORead, At: at().Add(time.Hour)},
		{Status: domain.EDORejected, At: at().Add(2 * time.Hour), Reason: "нет такого абонента"},
	} {
		require.NoError(t, f.Play(t.Context(), m.ID, r))
		requireReceipt(t, f, m, r)
	}
	late := domain.EDOReceipt{Status: domain.EDODelivered, At: at().Add(3 * time.Hour)}
	require.NoError(t, f.Play(t.Context(), m.ID, late))
	requireReceipt(t, f, m, late)
}

func requireReceipt(t *testing.T, f *edo.Folder, m domain.EDOMessage, want domain.EDOReceipt) {
	t.Helper()
	r, err := f.Receipt(t.Context(), m.ID)
	require.NoError(t, err)
	require.True(t, want.At.Equal(r.At), r.At)
	r.At, want.At = time.Time{}, time.Time{}
	require.Equal(t, want, r)
}

// Of two of one moment the one that comes later in a document's life counts, and
// a clock of the other side that is slow does no harm.
func TestReceiptsOfOneMoment(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)
	m := message(t)
	require.NoError(t, f.Send(t.Context(), m))
	slow := at().Add(-time.Hour)
	for _, status := range []domain.EDOStatus{domain.EDORead, domain.EDODelivered} {
		require.NoError(t, f.Play(t.Context(), m.ID, domain.EDOReceipt{Status: status, At: slow}))
	}
	requireReceipt(t, f, m, domain.EDOReceipt{Status: domain.EDORead, At: slow})
}

func TestPlayKnowsThreeStatuses(t *testing.T) {
	t.Parallel()
	f, path := newFolder(t)
	m := message(t)
	require.NoError(t, f.Send(t.Context(), m))
	for _, status := range []domain.EDOStatus{"", domain.EDOSent, domain.EDOQueued, domain.EDOExpired, "../x"} {
		require.ErrorContains(t, f.Play(t.Context(), m.ID, domain.EDOReceipt{Status: status, At: at()}), "cannot say")
	}
	long := domain.EDOReceipt{Status: domain.EDORejected, At: at(), Reason: " a\n\x00b <c> &" + strings.Repeat("щ", 1000)}
	require.NoError(t, f.Play(t.Context(), m.ID, long))
	r, err := f.Receipt(t.Context(), m.ID)
	require.NoError(t, err)
	require.Equal(t, "a b <c> &"+strings.Repeat("щ", 491), r.Reason)
	text, err := os.ReadFile(filepath.Join(path, "in", m.ID.String()+".rejected.xml"))
	require.NoError(t, err)
	keep(t, "edo-receipt.xml", text)
}

// A person can write a receipt by hand.
func TestReceiptsByHand(t *testing.T) {
	t.Parallel()
	f, path := newFolder(t)
	m := message(t)
	require.NoError(t, f.Send(t.Context(), m))
	drop := func(text string) error {
		require.NoError(t, os.WriteFile(filepath.Join(path, "in", m.ID.String()+".delivered.xml"), []byte(text), 0o600))
		_, err := f.Receipt(t.Context(), m.ID)
		return err
	}
	const form = `<receipt xmlns="https://example.org/kabinet/edo/1" document="%s" status="%s" at="%s">%s</receipt>`
	id := m.ID.String()
	for _, good := range []string{
		fmt.Sprintf(form, id, "delivered", "2026-11-03T09:00:00+03:00", ""),
		"<?xml version=\"1.0\"?>\n<!-- by hand -->\n" + fmt.Sprintf(form, id, "delivered", "2026-11-03T06:00:00Z", "<reason/>"),
	} {
		require.NoError(t, drop(good), good)
	}
	for _, bad := range []string{
		"", "canary", "<receipt/>", fmt.Sprintf(form, id, "delivered", "", ""), fmt.Sprintf(form, id, "delivered", "canary", ""),
		fmt.Sprintf(form, id, "delivered", "0001-01-01T00:00:00Z", ""), fmt.Sprintf(form, id, "read", "2026-11-03T06:00:00Z", ""),
		fmt.Sprintf(form, "0199c0de-7a11-7c3e-8f00-6d2f1b9a4e56", "delivered", "2026-11-03T06:00:00Z", ""),
		fmt.Sprintf(form, "canary", "delivered", "2026-11-03T06:00:00Z", ""),
		fmt.Sprintf(form, id, "delivered", "2026-11-03T06:00:00Z", "<canary/>"),
		strings.Replace(fmt.Sprintf(form, id, "delivered", "2026-11-03T06:00:00Z", ""), "edo/1", "edo/2", 1),
		fmt.Sprintf(form, id, "delivered", "2026-11-03T06:00:00Z", strings.Repeat(" ", 64<<10)),
		`<!DOCTYPE r [<!ENTITY x "canary">]>` + fmt.Sprintf(form, id, "delivered", "2026-11-03T06:00:00Z", "<reason>&x;</reason>"),
	} {
		err := drop(bad)
		require.ErrorContains(t, err, "edo: receipt delivered of "+id, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}

func TestFoldersThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	f, path := newFolder(t)
	m := message(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Send(ctx, m), context.Canceled)
	_, err := f.Receipt(ctx, m.ID)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, f.Play(ctx, m.ID, domain.EDOReceipt{}), context.Canceled)
	require.NoError(t, os.RemoveAll(path))
	err = f.Send(t.Context(), m)
	require.Error(t, err)
	require.NotContains(t, err.Error(), activationCode)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = edo.NewFolder(path, documents(t))
	require.Error(t, err)
}
