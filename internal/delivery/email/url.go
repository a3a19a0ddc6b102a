package email

import (
	"errors"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// The schemes of the server's URL.
const (
	// schemeSTARTTLS upgrades a plain connection (RFC 3207), or fails.
	schemeSTARTTLS = "smtp"
	// schemeTLS is TLS from the first byte (RFC 8314).
	schemeTLS = "smtps"
	// schemePlain is for a server on the same machine.
	schemePlain = "smtp+insecure"
)

// server is what the URL of a mail server says.
type server struct {
	scheme   string
	host     string
	port     int
	user     string
	password string
	from     *mail.Address
}

// parseURL reads SCHEME://[USER:PASSWORD@]HOST[:PORT]?from=ADDRESS. No error
// repeats anything of the text, which may hold a password.
func parseURL(text string) (server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return server{}, errors.New("not the URL of a mail server")
	}
	s := server{scheme: u.Scheme, host: u.Hostname(), user: u.User.Username()}
	s.password, _ = u.User.Password()
	if s.port, err = port(u); err != nil {
		return server{}, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(query) != 1 || len(query["from"]) != 1 {
		return server{}, errors.New("the URL needs the parameter from, once, and nothing else")
	}
	s.from, err = mail.ParseAddress(query.Get("from"))
	switch {
	case err != nil:
		return server{}, errors.New("the parameter from is no address")
	case strings.ContainsFunc(s.from.Address, func(r rune) bool { return r > unicode.MaxASCII }):
		return server{}, errors.New("the address in from must be ASCII, its domain in the form xn--…")
	case (s.user == "") != (s.password == ""):
		return server{}, errors.New("the URL needs both a user and a password, or neither")
	case s.scheme == schemePlain && (s.user != "" || !s.isLoopback()):
		return server{}, errors.New("smtp+insecure is for a server on the same machine, and without a password")
	}
	return s, nil
}

// port is the port of the URL, or the one that its scheme stands for.
func port(u *url.URL) (int, error) {
	usual := map[string]int{schemeSTARTTLS: 587, schemeTLS: 465, schemePlain: 25}[u.Scheme]
	if usual == 0 {
		return 0, errors.New("the URL must begin with smtp://, smtps:// or smtp+insecure://")
	}
	if u.Port() == "" {
		return usual, nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || n == 0 {
		return 0, errors.New("the port must be from 1 to 65535")
	}
	return int(n), nil
}

func (s server) isLoopback() bool {
	addr, err := netip.ParseAddr(s.host)
	return s.host == "localhost" || err == nil && addr.IsLoopback()
}
