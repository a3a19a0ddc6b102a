package config

import (
	"net/url"
	"strings"
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
	}
}

// Embedded tells whether the database is a file of this one process.
func (d Database) Embedded() bool { return strings.HasPrefix(d.URL.Reveal(), "sqlite:") }
