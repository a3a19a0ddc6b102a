package config

import "strings"

// OwnRegister is the URL of one of the Pension Fund's registers where the fund
// itself runs the program: it is in the own database.
const OwnRegister = "internal:"

// Registry is the gateways to the registers of other agencies. A sandbox asks
// none, and all of it is empty there.
type Registry struct {
	// RegistrySNILSURL and RegistryPayersURL are the Pension Fund's gateways to the
	// registers of people and of payers, RegistryPassportURL is that of the
	// migration service: https://TOKEN@HOST/PATH. The fund's may be [OwnRegister].
	RegistrySNILSURL    Secret `env:"KABINET_REGISTRY_SNILS_URL"`
	RegistryPayersURL   Secret `env:"KABINET_REGISTRY_PAYERS_URL"`
	RegistryPassportURL Secret `env:"KABINET_REGISTRY_PASSPORT_URL"`
	// RegistryCertFile and RegistryKeyFile are what gateways are shown that ask
	// for a certificate; RegistryCAFile holds the authorities of theirs.
	RegistryCertFile string `env:"KABINET_REGISTRY_CERT_FILE"`
	RegistryKeyFile  string `env:"KABINET_REGISTRY_KEY_FILE"`
	RegistryCAFile   string `env:"KABINET_REGISTRY_CA_FILE"`
}

func (g Registry) check(e Environment, r report) {
	urls := map[string]Secret{
		"KABINET_REGISTRY_SNILS_URL": g.RegistrySNILSURL, "KABINET_REGISTRY_PAYERS_URL": g.RegistryPayersURL,
		"KABINET_REGISTRY_PASSPORT_URL": g.RegistryPassportURL,
	}
	if e == Sandbox {
		g.refuseAll(urls, r)
		return
	}
	for name, value := range urls {
		if name != "KABINET_REGISTRY_PASSPORT_URL" && value.Reveal() == OwnRegister {
			continue
		}
		if wrong := wrongGateway(value); wrong != "" {
			r.add(name, "%s", wrong)
		}
	}
	checkPair(r, setting{"KABINET_REGISTRY_CERT_FILE", g.RegistryCertFile}, setting{"KABINET_REGISTRY_KEY_FILE", g.RegistryKeyFile})
}

// refuseAll refuses every setting: no register is asked from a sandbox, not
// even by mistake.
func (g Registry) refuseAll(urls map[string]Secret, r report) {
	set := map[string]bool{
		"KABINET_REGISTRY_CERT_FILE": g.RegistryCertFile != "",
		"KABINET_REGISTRY_KEY_FILE":  g.RegistryKeyFile != "",
		"KABINET_REGISTRY_CA_FILE":   g.RegistryCAFile != "",
	}
	for name, value := range urls {
		set[name] = !value.IsZero()
	}
	for name, given := range set {
		if given {
			r.add(name, "has no use in the sandbox, where no register is asked")
		}
	}
}

// wrongGateway says what is wrong with the URL of a gateway; empty if nothing.
func wrongGateway(s Secret) string {
	u := gateway(s)
	_, two := u.User.Password()
	invisible := func(c rune) bool { return c <= ' ' || c > '~' }
	switch {
	case s.IsZero():
		return "must be set in production"
	case u.Hostname() == "":
		return "must be a URL with a host"
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return "must be https, or http to the same machine"
	case u.RawQuery != "" || u.Fragment != "":
		return "must end with the path"
	case two || strings.ContainsFunc(u.User.Username(), invisible):
		return "must hold one token, not a user and a password"
	default:
		return ""
	}
}

// setting is a variable with its value.
type setting struct{ name, value string }

// checkPair demands both of two settings or neither.
func checkPair(r report, one, other setting) {
	switch {
	case one.value == "" && other.value != "":
		r.add(one.name, "must be set with %s", other.name)
	case one.value != "" && other.value == "":
		r.add(other.name, "must be set with %s", one.name)
	}
}
