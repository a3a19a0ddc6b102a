package process_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// M28
func TestStartInAnEmptyFolder(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	clear(h.settings)
	h.workIn = t.TempDir()
	h.folder = filepath.Join(h.workIn, "data")
	p := h.launch()
	p.awaitReady()
	for _, part := range []string{"SANDBOX", p.url + "/v1", p.url + "/docs", "data/outbox", p.admin + "/readyz"} {
		require.Contains(t, p.out.String(), part)
	}
	for _, path := range []string{"/docs", "/openapi.yaml", "/v1/policies", "/problems"} {
		p.must(http.StatusOK, request{method: http.MethodGet, path: path})
	}
	require.NoError(t, p.settle(newCitizen(0)))
	requirePrivate(t, h.folder)
	p.stop()
	requirePrivate(t, h.folder)
}

// requirePrivate fails where others than the owner may read or enter.
func requirePrivate(t *testing.T, folder string) {
	t.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		require.Equal(t, want, info.Mode().Perm(), path)
		seen[filepath.Base(path)] = true
		return nil
	})
	require.NoError(t, err)
	require.Subset(t, seen, map[string]bool{"data": true, "outbox": true, "keyset.json": true, "kabinet.db": true})
}

// What is there outlives the process: account, session and tokens.
func TestRestart(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		p, c := settled(t, h)
		p.stop()
		// The next process has another port, and so another issuer of tokens.
		h.settings["KABINET_PUBLIC_URL"] = p.url
		p = h.serve()
		require.NoError(t, p.known(c))
		c.entered(p.must(http.StatusOK, c.renewal()))
		require.NoError(t, p.known(c))
		require.NoError(t, p.enter(c))
	})
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	p := h.serve()
	for _, name := range []string{"KABINET_ADDR", "KABINET_ADMIN_ADDR"} {
		more := map[string]string{"KABINET_ADDR": freeAddress(t), "KABINET_ADMIN_ADDR": freeAddress(t), "KABINET_DATA_DIR": t.TempDir()}
		more[name] = p.url[len("http://"):]
		code, _, complaint := h.run(more, "serve")
		require.Equal(t, 1, code)
		require.Contains(t, complaint, name)
	}
}

// BenchmarkStart is the time from the start of the process in an empty folder to
// its readiness.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		h := newSandbox(b)
		b.StartTimer()
		p := h.serve()
		b.StopTimer()
		p.kill()
		b.StartTimer()
	}
}
