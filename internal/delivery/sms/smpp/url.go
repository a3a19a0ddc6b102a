package smpp

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// The schemes of a centre's URL.
const (
	// schemePlain is without TLS, to the same machine only.
	schemePlain = "smpp"
	// schemeInsecure is without TLS, to anywhere: operators offer a tunnel for it.
	schemeInsecure = "smpp+insecure"
	// schemeTLS is TLS from the first byte.
	schemeTLS = "smpps"
)

// The usual ports, and the lengths of SMPP 3.4 without the closing NUL. Centres
// take longer passwords than the eight characters of the specification.
const (
	portPlain     = "2775"
	portTLS       = "3550"
	maxSystemID   = 15
	maxPassword   = 64
	maxSystemType = 12
	maxName       = 11
	maxNumber     = 20
)

// account is what the URL of a centre says.
type account struct {
	addr       string
	host       string
	tls        bool
	systemID   string
	password   string
	systemType string
	// from is the sender: a name or a number.
	from string
	// hex tells that ids are hexadecimal in answers and decimal in receipts.
	hex bool
}

// parseURL reads SCHEME://SYSTEM_ID:PASSWORD@HOST[:PORT]?from=NAME, with the
// parameters system_type and ids if need be. No error repeats anything of the text,
// which holds a password.
func parseURL(text string) (account, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return account{}, errors.New("not the URL of an SMS centre")
	}
	a := account{host: u.Hostname(), systemID: u.User.Username(), tls: u.Scheme == schemeTLS}
	a.password, _ = u.User.Password()
	if a.addr, err = address(u); err != nil {
		return account{}, err
	}
	switch {
	case !printable(a.systemID, maxSystemID) || a.systemID == "":
		return account{}, errors.New("the URL needs a system id of at most 15 plain characters")
	case !printable(a.password, maxPassword):
		return account{}, errors.New("the password must have plain characters, at most 64")
	}
	return a.withQuery(u)
}

// address is host and port, the usual one if none is given.
func address(u *url.URL) (string, error) {
	port := u.Port()
	switch u.Scheme {
	case schemePlain, schemeInsecure:
		if u.Scheme == schemePlain && !isLoopback(u.Hostname()) {
			return "", errors.New("smpp is for a centre on the same machine: use smpps, or smpp+insecure inside a tunnel")
		}
		if port == "" {
			port = portPlain
		}
	case schemeTLS:
		if port == "" {
			port = portTLS
		}
	default:
		return "", errors.New("the URL must begin with smpp://, smpps:// or smpp+insecure://")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("the port must be from 1 to 65535")
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// withQuery is the account with what the parameters say.
func (a account) withQuery(u *url.URL) (account, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return a, errors.New("the parameters of the URL cannot be read")
	}
	for name, values := range query {
		if len(values) != 1 {
			return a, errors.New("each parameter of the URL may stand there once")
		}
		switch name {
		case "from":
			a.from = values[0]
		case "system_type":
			a.systemType = values[0]
		case "ids":
			a.hex = values[0] == "hex"
			if !a.hex {
				return a, errors.New("the parameter ids can be hex only")
			}
		default:
			return a, errors.New("the URL takes the parameters from, system_type and ids only")
		}
	}
	longest := maxName
	if isNumber(a.from) {
		longest = maxNumber
	}
	switch {
	case a.from == "" || !printable(a.from, longest):
		return a, errors.New("the parameter from must be a name of at most 11 plain characters, or a number")
	case !printable(a.systemType, maxSystemType):
		return a, errors.New("the parameter system_type must have at most 12 plain characters")
	}
	return a, nil
}

// printable tells whether a text is short enough and plain ASCII, which is all that
// SMPP can carry there.
func printable(text string, most int) bool {
	return len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func isNumber(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
