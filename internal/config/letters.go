package config

import (
	"path/filepath"
	"strings"
)

// Letters is how letters leave by machine. All of it may be empty: then they leave by
// hand. In a sandbox the printing house is a folder in it unless another is set, and
// nothing may lead to another machine.
type Letters struct {
	// PrintHouseURL is the printing house: file:///PATH, sftp://USER@HOST:PORT/PATH or
	// https://TOKEN@HOST/PATH.
	PrintHouseURL Secret `env:"KABINET_PRINT_HOUSE_URL"`
	// PrintHouseKeyFile is the private key for SFTP, PrintHouseKnownHostsFile has the
	// host keys of its server.
	PrintHouseKeyFile        string `env:"KABINET_PRINT_HOUSE_KEY_FILE"`
	PrintHouseKnownHostsFile string `env:"KABINET_PRINT_HOUSE_KNOWN_HOSTS_FILE"`
	// PostURL is the post's shipping API: https://TOKEN:KEY@HOST.
	PostURL Secret `env:"KABINET_POST_URL"`
	// PostOffice is the index of the post office that takes the letters.
	PostOffice string `env:"KABINET_POST_OFFICE"`
	// PostLetterMass is what a letter weighs, in grams.
	PostLetterMass uint32 `env:"KABINET_POST_LETTER_MASS" envDefault:"20" min:"1" max:"100"`
	// PostTrackingURL is the post's tracking service: https://LOGIN:PASSWORD@HOST/PATH.
	PostTrackingURL Secret `env:"KABINET_POST_TRACKING_URL"`
}

func (l Letters) check(e Environment, r report) {
	l.checkPrintHouse(r)
	checkLogin("KABINET_POST_URL", l.PostURL, r)
	checkLogin("KABINET_POST_TRACKING_URL", l.PostTrackingURL, r)
	const digits = 6
	if l.PostOffice != "" && (len(l.PostOffice) != digits || strings.Trim(l.PostOffice, "0123456789") != "") {
		r.add("KABINET_POST_OFFICE", "must be a postal index of six digits")
	}
	if e == Sandbox {
		l.checkSandbox(r)
	}
}

func (l Letters) checkPrintHouse(r report) {
	const name = "KABINET_PRINT_HOUSE_URL"
	u := gateway(l.PrintHouseURL)
	over := u.Scheme == "sftp"
	checkNeeded(over, r, setting{"KABINET_PRINT_HOUSE_KEY_FILE", l.PrintHouseKeyFile})
	checkNeeded(over, r, setting{"KABINET_PRINT_HOUSE_KNOWN_HOSTS_FILE", l.PrintHouseKnownHostsFile})
	_, password := u.User.Password()
	switch {
	case l.PrintHouseURL.IsZero():
	case u.RawQuery != "" || u.Fragment != "":
		r.add(name, "must end with the path")
	case u.Scheme == "file":
		if u.Host != "" || u.User != nil || !filepath.IsAbs(u.Path) {
			r.add(name, "must be file:///PATH")
		}
	case over:
		if u.Hostname() == "" || u.User.Username() == "" || password {
			r.add(name, "must be sftp://USER@HOST:PORT/PATH")
		}
	default:
		if wrong := wrongGateway(l.PrintHouseURL); wrong != "" {
			r.add(name, "must be file or sftp, or: %s", wrong)
		}
	}
}

// checkNeeded demands a setting that is of use, and refuses one that is not.
func checkNeeded(of bool, r report, s setting) {
	switch {
	case of && s.value == "":
		r.add(s.name, "must be set for an SFTP server")
	case !of && s.value != "":
		r.add(s.name, "has no use without an SFTP server")
	}
}

// checkLogin looks at a URL with a user and a password; it may be missing.
func checkLogin(name string, s Secret, r report) {
	u := gateway(s)
	password, _ := u.User.Password()
	switch {
	case s.IsZero():
	case u.Hostname() == "":
		r.add(name, "must be a URL with a host")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		r.add(name, "must be https, or http to the same machine")
	case u.RawQuery != "" || u.Fragment != "":
		r.add(name, "must end with the path")
	case u.User.Username() == "" || password == "":
		r.add(name, "must hold both parts of what opens it")
	}
}

// checkSandbox refuses what would leave the machine.
func (l Letters) checkSandbox(r report) {
	for name, s := range map[string]Secret{
		"KABINET_PRINT_HOUSE_URL": l.PrintHouseURL, "KABINET_POST_URL": l.PostURL, "KABINET_POST_TRACKING_URL": l.PostTrackingURL,
	} {
		u := gateway(s)
		if !s.IsZero() && u.Scheme != "file" && !isLoopback(u.Hostname()) {
			r.add(name, "must lead to the same machine in the sandbox, where no letter leaves")
		}
	}
}
