// Package testkit is what tests share: databases of their own on both engines,
// keys, and a clock that they move.
//
// A package whose tests need a database hands its TestMain to [Main].
package testkit

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/cipher"
	"example.org/kabinet/internal/repository"
)

// Engine is one of the databases that everything has to work on.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Main runs a package's tests and ends what they started.
func Main(m *testing.M) {
	process.begin()
	defer process.end()
	m.Run()
}

// Engines runs fn as a parallel subtest on each engine.
func Engines(t *testing.T, fn func(t *testing.T, e Engine)) {
	t.Helper()
	for _, e := range []Engine{SQLite, PostgreSQL} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			fn(t, e)
		})
	}
}

// Keyset is the key set of all tests of the process. It must not be changed.
func Keyset(tb testing.TB) *cipher.Keyset {
	tb.Helper()
	k, err := process.keyset()
	require.NoError(tb, err)
	return k
}

// Store is an open store over a fresh database, closed when the test ends.
func Store(tb testing.TB, e Engine) *repository.Store {
	tb.Helper()
	return Open(tb, DatabaseURL(tb, e))
}

// Open opens a store over a test's database, closed when the test ends. Several
// over one database are like several replicas.
func Open(tb testing.TB, url string) *repository.Store {
	tb.Helper()
	fields, err := Keyset(tb).Fields()
	require.NoError(tb, err)
	s, err := repository.Open(tb.Context(), repository.Config{URL: url, Fields: fields})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	return s
}

// shared is what the tests of one process have in common, made when it is first
// needed.
type shared struct {
	keyset   func() (*cipher.Keyset, error)
	builtin  func() (*app.Builtin, error)
	postgres server
	sqlite   file
}

// process is the one place that outlives single tests.
//
//nolint:gochecknoglobals // package testing offers no other place between TestMain and a test
var process = &shared{keyset: sync.OnceValues(cipher.Generate), builtin: sync.OnceValues(app.NewBuiltin)}

func (p *shared) begin() { p.postgres.allowed = true }
func (p *shared) end()   { p.postgres.end() }
