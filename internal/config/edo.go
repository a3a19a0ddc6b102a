package config

// EDO is how electronic documents for payers of contributions leave, and what
// they are signed with. A sandbox exchanges files and makes its own key: all of
// it is empty there.
type EDO struct {
	// EDOURL is the gateway of the exchange: https://TOKEN@HOST/PATH.
	EDOURL Secret `env:"KABINET_EDO_URL"`
	// EDOCertFile and EDOKeyFile are what documents are signed with.
	EDOCertFile string `env:"KABINET_EDO_CERT_FILE"`
	EDOKeyFile  string `env:"KABINET_EDO_KEY_FILE"`
	// EDOClientCertFile and EDOClientKeyFile are what a gateway is shown that asks
	// for a certificate; EDOCAFile holds the authorities of its own.
	EDOClientCertFile string `env:"KABINET_EDO_CLIENT_CERT_FILE"`
	EDOClientKeyFile  string `env:"KABINET_EDO_CLIENT_KEY_FILE"`
	EDOCAFile         string `env:"KABINET_EDO_CA_FILE"`
}

func (d EDO) check(e Environment, r report) {
	if e == Sandbox {
		d.refuseAll(r)
		return
	}
	if wrong := wrongGateway(d.EDOURL); wrong != "" {
		r.add("KABINET_EDO_URL", "%s", wrong)
	}
	if d.EDOCertFile == "" {
		r.add("KABINET_EDO_CERT_FILE", "must be set in production")
	}
	if d.EDOKeyFile == "" {
		r.add("KABINET_EDO_KEY_FILE", "must be set in production")
	}
	checkPair(r, setting{"KABINET_EDO_CLIENT_CERT_FILE", d.EDOClientCertFile}, setting{"KABINET_EDO_CLIENT_KEY_FILE", d.EDOClientKeyFile})
}

// refuseAll refuses every setting: no document leaves a sandbox, not even by
// mistake.
func (d EDO) refuseAll(r report) {
	for name, given := range map[string]bool{
		"KABINET_EDO_URL":              !d.EDOURL.IsZero(),
		"KABINET_EDO_CERT_FILE":        d.EDOCertFile != "",
		"KABINET_EDO_KEY_FILE":         d.EDOKeyFile != "",
		"KABINET_EDO_CLIENT_CERT_FILE": d.EDOClientCertFile != "",
		"KABINET_EDO_CLIENT_KEY_FILE":  d.EDOClientKeyFile != "",
		"KABINET_EDO_CA_FILE":          d.EDOCAFile != "",
	} {
		if given {
			r.add(name, "has no use in the sandbox, where documents are files")
		}
	}
}
