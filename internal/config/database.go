package config

import (
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Database is where everything is kept.
type Database struct {
	// URL is sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.
	URL Secret `env:"KABINET_DATABASE_URL"`
	// Pooler is what stands between the program and PostgreSQL: [NoPooler] or
	// [TransactionPooler].
	Pooler string `env:"KABINET_DATABASE_POOLER" envDefault:"none"`
}

// What may stand before PostgreSQL.
const (
	// NoPooler is nothing, or a pooler that gives each session a connection of
	// its own.
	NoPooler = "none"
	// TransactionPooler is one that may give each transaction another connection.
	TransactionPooler = "transaction"
)

// Pooled tells whether nothing may be kept in a session of the database.
func (d Database) Pooled() bool { return d.Pooler == TransactionPooler }

func (d Database) check(e Environment, r report) {
	const name = "KABINET_DATABASE_URL"
	d.checkPooler(r)
	text := d.URL.Reveal()
	path, lite := strings.CutPrefix(text, "sqlite:")
	u, err := url.Parse(text)
	postgres := err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Opaque == ""
	switch {
	case e == Sandbox && d.URL.IsZero():
	case e == Production && !postgres:
		r.add(name, "must be postgres://… in production")
	case !postgres && (!lite || path == ""):
		r.add(name, "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")
	case postgres:
		checkPool(name, text, r)
	}
}

func (d Database) checkPooler(r report) {
	const name = "KABINET_DATABASE_POOLER"
	switch {
	case d.Pooler != NoPooler && d.Pooler != TransactionPooler:
		r.add(name, "must be none or transaction")
	case d.Pooled() && (d.URL.IsZero() || d.Embedded()):
		r.add(name, "is for PostgreSQL only")
	}
}

// minConnections is what migrating takes: one connection holds the lock while
// another one works.
const minConnections = 2

// checkPool has the URL's parameters read by who will use them.
func checkPool(name, text string, r report) {
	pool, err := pgxpool.ParseConfig(text)
	switch {
	case err != nil:
		r.add(name, "has a parameter that PostgreSQL's clients do not know, or a wrong value of one")
	case pool.MaxConns < minConnections:
		r.add(name, "must have a pool_max_conns of at least %d", minConnections)
	}
}

// Embedded tells whether the database is a file of this one process.
func (d Database) Embedded() bool { return strings.HasPrefix(d.URL.Reveal(), "sqlite:") }
