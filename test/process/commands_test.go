package process_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// The schema can be made before the program is started, and again.
func TestMigrate(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		for range 2 {
			code, out, complaint := h.run(nil, "migrate")
			require.Zero(t, code, complaint)
			require.Empty(t, out)
			require.Zero(t, h.count(t, "SELECT count(*) FROM registrations"))
			require.Zero(t, h.count(t, "SELECT count(*) FROM river_job"))
		}
		require.NoError(t, h.serve().settle(newCitizen(0)))
	})
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		p := h.serve()
		at := map[string]string{"KABINET_ADMIN_ADDR": p.admin[len("http://"):]}
		code, out, complaint := h.run(at, "healthcheck")
		require.Zero(t, code, complaint)
		require.Empty(t, out+complaint)
		p.stop()
		code, _, complaint = h.run(at, "healthcheck")
		require.Equal(t, 1, code)
		require.NotEmpty(t, complaint)
	})
}

// Being alive and being ready are two things: without its database a process
// lives and gets no requests.
func TestHealthcheckWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	proxy := newProxy(t, h)
	p := h.serve()
	proxy.cut()
	at := map[string]string{"KABINET_ADMIN_ADDR": p.admin[len("http://"):]}
	code, _, complaint := h.run(at, "healthcheck")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "not ready")
	a := p.must(http.StatusServiceUnavailable, newCitizen(0).registration())
	require.NotEmpty(t, a.header.Get("Retry-After"))
	proxy.mend()
	p.awaitReady()
	require.NoError(t, p.settle(newCitizen(0)))
	p.stop()
}

// M28
func TestWorkerNeedsPostgreSQL(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	code, out, complaint := h.run(nil, "worker")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, complaint, "SQLite")
	require.Contains(t, complaint, "serve")
	require.NoFileExists(t, filepath.Join(h.folder, "kabinet.db"))
}

// Two replicas get new keys one after the other while both are used. At each
// step either understands what the other writes and signs.
func TestKeysRotateUnderTwoReplicas(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	pair, n := h.replicas(2), 1
	first := newCitizen(0)
	require.NoError(t, pair[0].settle(first))
	look := func() {
		t.Helper()
		for i := range pair {
			here, there := pair[i], pair[1-i]
			c := newCitizen(n)
			n++
			requireShared(t, here, there, c)
			require.NoError(t, here.enter(first))
			require.NoError(t, there.known(first))
			first.entered(there.must(http.StatusOK, first.renewal()))
			require.NoError(t, here.known(first))
		}
	}
	restart := func() {
		t.Helper()
		for i := range pair {
			pair[i].stop()
			require.NoError(t, pair[1-i].known(first))
			pair[i] = h.serve()
			look()
		}
	}
	change := func(args ...string) {
		t.Helper()
		code, out, complaint := h.run(nil, append([]string{"keys", "rotate"}, args...)...)
		require.Zero(t, code, complaint)
		require.NotEmpty(t, out)
		look()
	}
	look()
	old := signingKeys(t, pair[0])
	require.Len(t, old, 1)
	change()
	restart()
	keys := signingKeys(t, pair[0])
	require.Len(t, keys, 2)
	require.Equal(t, keys, signingKeys(t, pair[1]))
	before := *first
	change("--promote")
	restart()
	require.Equal(t, keys, signingKeys(t, pair[1]))
	require.NoError(t, pair[0].known(&before), "the old key's tokens live on")
	require.NotEqual(t, header(t, before.access), header(t, first.access), "the new key signs")
	info, err := os.Stat(filepath.Join(h.folder, "keyset.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// requireShared walks one person's way step by step from one process to the
// other.
func requireShared(t *testing.T, here, there *program, c *citizen) {
	t.Helper()
	require.NoError(t, here.register(c))
	require.NoError(t, there.finish(c))
	require.NoError(t, here.known(c))
	require.NoError(t, there.enter(c))
	require.NoError(t, here.known(c))
	repeated := c.registration()
	repeated.key = "key-of-" + c.phone
	a := here.must(http.StatusCreated, repeated)
	require.Equal(t, string(a.body), string(there.must(http.StatusCreated, repeated).body))
}

// signingKeys are the ids of the published keys.
func signingKeys(t *testing.T, p *program) map[string]bool {
	t.Helper()
	var set struct {
		Keys []struct {
			Kid string `json:"kid"`
		} `json:"keys"`
	}
	a := p.must(http.StatusOK, request{method: http.MethodGet, path: "/.well-known/jwks.json"})
	require.NoError(t, json.Unmarshal(a.body, &set))
	ids := map[string]bool{}
	for _, key := range set.Keys {
		ids[key.Kid] = true
	}
	return ids
}

// header is the part of an access token that names its key.
func header(t *testing.T, token string) string {
	t.Helper()
	first, _, found := bytes.Cut([]byte(token), []byte("."))
	require.True(t, found)
	return string(first)
}
