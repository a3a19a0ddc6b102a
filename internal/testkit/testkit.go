// Package testkit is what tests share: databases of their own on both engines,
// keys, and a clock that they move.
//
// A package whose tests need a database hands its TestMain to [Main].
package testkit

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

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
func Keyset(t *testing.T) *cipher.Keyset {
	t.Helper()
	k, err := process.keyset()
	require.NoError(t, err)
	return k
}

// Store is an open store over a fresh database, closed when the test ends.
func Store(t *testing.T, e Engine) *repository.Store {
	t.Helper()
	return Open(t, DatabaseURL(t, e))
}

// Open opens a store over a test's database, closed when the test ends. Several
// over one database are like several replicas.
func Open(t *testing.T, url string) *repository.Store {
	t.Helper()
	fields, err := Keyset(t).Fields()
	require.NoError(t, err)
	s, err := repository.Open(t.Context(), repository.Config{URL: url, Fields: fields})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// shared is what the tests of one process have in common, made when it is first
// needed.
type shared struct {
	keyset   func() (*cipher.Keyset, error)
	postgres server
	sqlite   file
}

// process is the one place that outlives single tests.
//
//nolint:gochecknoglobals // package testing offers no other place between TestMain and a test
var process = &shared{keyset: sync.OnceValues(cipher.Generate)}

func (p *shared) begin() { p.postgres.allowed = true }
func (p *shared) end()   { p.postgres.end() }
