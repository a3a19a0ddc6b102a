package config

// Keys is where the keys are that personal data is encrypted and tokens are
// signed with.
type Keys struct {
	// File is the path of the key set. Whether it can be read shows when it
	// is loaded.
	File string `env:"KABINET_KEYSET_FILE"`
}

func (k Keys) check(e Environment, r report) {
	if e == Production && k.File == "" {
		r.add("KABINET_KEYSET_FILE", "must be set in production")
	}
}
