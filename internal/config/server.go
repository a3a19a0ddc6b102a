package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Server is where the program is reached, and by whom.
type Server struct {
	// Addr is where the API listens: host:port.
	Addr string `env:"KABINET_ADDR" envDefault:"127.0.0.1:8080"`
	// AdminAddr is where health and metrics listen: host:port.
	AdminAddr string `env:"KABINET_ADMIN_ADDR" envDefault:"127.0.0.1:8081"`
	// PublicURL is the origin under which people reach the API, without a
	// slash at its end.
	PublicURL string `env:"KABINET_PUBLIC_URL"`
	// CabinetURL is the origin of the frontend in which people use the
	// cabinet, without a slash at its end: letters and messages point there.
	CabinetURL string `env:"KABINET_CABINET_URL"`
	// CORSOrigins are the origins whose pages may call the API.
	CORSOrigins []string `env:"KABINET_CORS_ORIGINS"`
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `env:"KABINET_TRUSTED_PROXIES" want:"a list of networks such as 10.0.0.0/8, separated by commas without spaces"`
	// SandboxPublic lets a sandbox listen on other addresses than loopback.
	SandboxPublic bool `env:"KABINET_SANDBOX_PUBLIC"`
	// RequestsAtOnce is how many requests are worked on; more are refused at once.
	RequestsAtOnce int `env:"KABINET_REQUESTS_AT_ONCE" envDefault:"1024" min:"1" max:"65536"`
	// Drain is how long requests are still taken after the program was asked to
	// stop, while it tells that it is no longer ready.
	Drain time.Duration `env:"KABINET_DRAIN" envDefault:"5s" sandbox:"0s" min:"0s" max:"5m"`
}

func (s *Server) check(e Environment, r report) {
	s.checkAddress("KABINET_ADDR", s.Addr, e, r)
	s.checkAddress("KABINET_ADMIN_ADDR", s.AdminAddr, e, r)
	if s.Addr == s.AdminAddr && !strings.HasSuffix(s.Addr, ":0") {
		r.add("KABINET_ADMIN_ADDR", "must differ from KABINET_ADDR")
	}
	if e == Production && s.SandboxPublic {
		r.add("KABINET_SANDBOX_PUBLIC", "has no place in production")
	}
	if s.PublicURL != "" {
		checkOrigin("KABINET_PUBLIC_URL", s.PublicURL, e, r)
	} else if e == Production {
		r.add("KABINET_PUBLIC_URL", "must be set in production")
	}
	if s.CabinetURL != "" {
		checkOrigin("KABINET_CABINET_URL", s.CabinetURL, e, r)
	}
	for i, origin := range s.CORSOrigins {
		s.CORSOrigins[i] = strings.TrimSpace(origin)
		checkOrigin("KABINET_CORS_ORIGINS", s.CORSOrigins[i], e, r)
	}
}

func (s *Server) checkAddress(name, addr string, e Environment, r report) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || !isPort(port) {
		r.add(name, "must be host:port with a port from 0 to 65535")
		return
	}
	if e == Sandbox && !s.SandboxPublic && !isLoopback(host) {
		r.add(name, "a sandbox listens on loopback only, unless KABINET_SANDBOX_PUBLIC is true")
	}
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// isLoopback tells whether a host's name is surely this machine.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// checkOrigin refuses what is not the origin of RFC 6454 as a browser spells
// it: scheme://host[:port] in lower case, no default port, nothing after it.
func checkOrigin(name, text string, e Environment, r report) {
	u, err := url.Parse(text)
	web := err == nil && (u.Scheme == "http" || u.Scheme == "https")
	switch {
	case !web, u.Hostname() == "", text != u.Scheme+"://"+u.Host, !isOriginHost(u.Host):
		r.add(name, "must be scheme://host[:port] in lower case with nothing after it, not even a slash")
	case u.Port() != "" && !isPort(u.Port()), strings.HasSuffix(u.Host, ":"):
		r.add(name, "must have a port from 0 to 65535, or none")
	case u.Scheme == "http" && u.Port() == "80", u.Scheme == "https" && u.Port() == "443":
		r.add(name, "must not name the port that its scheme implies: no browser does")
	case e == Production && u.Scheme != "https":
		r.add(name, "must be https in production")
	}
}

func isOriginHost(host string) bool {
	return strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:[]") == "" && !strings.Contains(host, "..")
}

// localURL is how the machine itself reaches a checked address that the API
// listens on.
func localURL(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + strings.TrimSuffix(net.JoinHostPort(host, port), ":80")
}
