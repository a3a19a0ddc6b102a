// Package config reads the configuration from the environment: every value is
// checked, and all that is wrong is told at once.
package config

import (
	"path/filepath"
	"reflect"
	"runtime"
)

// Environment says what the program is run for.
type Environment string

// The environments.
const (
	// Sandbox is for building and testing frontends: messages become files.
	Sandbox Environment = "sandbox"
	// Production serves people, and refuses every part of the sandbox.
	Production Environment = "production"
)

// Config is the whole configuration, complete and consistent.
//
// Each variable stands in the tags of its field: its name, its default, that of
// a sandbox where it is another one, its bounds. No field's name is used twice in all the sections.
type Config struct {
	Environment Environment `env:"KABINET_ENV" envDefault:"sandbox"`
	// DataDir is the folder for what the program keeps in files.
	DataDir  string `env:"KABINET_DATA_DIR" envDefault:"./data"`
	Server   Server
	Database Database
	Keys     Keys
	Delivery Delivery
	Registry Registry
	Terms    Terms
	EDO      EDO
	Letters  Letters
	Hash     Hash
	Log      Log
	Policies Policies
}

// Load reads the configuration from an environment in the form of
// [os.Environ]. Names that do not begin with KABINET_ are not its business,
// and an empty value counts as none. The error has one line for each wrong
// variable, sorted by name; it never repeats a value.
func Load(environ []string) (Config, error) {
	var c Config
	r := report{}
	values := collect(environ)
	known := variables(reflect.TypeFor[Config]())
	refuseUnknown(values, known, r)
	readSecretFiles(values, known, r)
	preferSandbox(values, known)
	parse(&c, values, known, r)
	checkBounds(reflect.ValueOf(c), known, r)
	c.check(r)
	if err := r.err(); err != nil {
		return Config{}, err
	}
	c.complete()
	return c, nil
}

func (c *Config) check(r report) {
	if c.Environment != Sandbox && c.Environment != Production {
		r.add("KABINET_ENV", "must be sandbox or production")
		return
	}
	c.Server.check(c.Environment, r)
	c.Database.check(c.Environment, r)
	c.Keys.check(c.Environment, r)
	c.Delivery.check(c.Environment, r)
	c.Registry.check(c.Environment, r)
	c.EDO.check(c.Environment, r)
	c.Letters.check(c.Environment, r)
	c.Hash.check(c.Environment, r)
	c.Log.check(r)
	c.Policies.check(r)
}

// complete fills in the defaults that depend on other values.
func (c *Config) complete() {
	if c.Hash.Parallel == 0 {
		c.Hash.Parallel = runtime.GOMAXPROCS(0)
	}
	if c.Environment == Sandbox {
		c.completeSandbox()
	}
	if c.Server.CabinetURL == "" {
		c.Server.CabinetURL = c.Server.PublicURL
	}
}

func (c *Config) completeSandbox() {
	if c.Database.URL.IsZero() {
		c.Database.URL = Secret{"sqlite:" + filepath.Join(c.DataDir, "kabinet.db")}
	}
	if c.Keys.File == "" {
		c.Keys.File = filepath.Join(c.DataDir, "keyset.json")
	}
	if c.Server.PublicURL == "" {
		c.Server.PublicURL = localURL(c.Server.Addr)
	}
}
