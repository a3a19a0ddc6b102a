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
}

func (d Database) check(e Environment, r report) {
	const name = "KABINET_DATABASE_URL"
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
