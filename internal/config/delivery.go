package config

import (
	"net/mail"
	"net/url"
	"strings"
)

// Delivery is how messages leave. In the sandbox none does, and both are empty.
type Delivery struct {
	// SMTPURL is the mail server:
	// smtp[s]://USER:PASSWORD@HOST:PORT?from=ADDRESS.
	SMTPURL Secret `env:"KABINET_SMTP_URL"`
	// SMSURL is the first choice for SMS, SMSFallbackURL the second, if there is
	// one: docs/sms.md tells what they may be.
	SMSURL         Secret `env:"KABINET_SMS_URL"`
	SMSFallbackURL Secret `env:"KABINET_SMS_FALLBACK_URL"`
}

func (d Delivery) check(e Environment, r report) {
	checkGateway("KABINET_SMTP_URL", d.SMTPURL, e, r)
	checkGateway("KABINET_SMS_URL", d.SMSURL, e, r)
	if e == Sandbox {
		checkGateway("KABINET_SMS_FALLBACK_URL", d.SMSFallbackURL, e, r)
		return
	}
	smtp := gateway(d.SMTPURL)
	switch smtp.Scheme {
	case "smtp", "smtps", "smtp+insecure":
		if smtp.Scheme == "smtp+insecure" && !isLoopback(smtp.Hostname()) {
			r.add("KABINET_SMTP_URL", "smtp+insecure is for a server on the same machine only")
		}
		if _, err := mail.ParseAddress(smtp.Query().Get("from")); err != nil {
			r.add("KABINET_SMTP_URL", "must name the sender: ?from=ADDRESS")
		}
	default:
		r.add("KABINET_SMTP_URL", "must begin with smtp://, smtps:// or smtp+insecure://")
	}
	d.checkSMS(r)
}

func (d Delivery) checkSMS(r report) {
	checkSMSURL("KABINET_SMS_URL", d.SMSURL, r)
	if d.SMSFallbackURL.IsZero() {
		return
	}
	checkGateway("KABINET_SMS_FALLBACK_URL", d.SMSFallbackURL, Production, r)
	checkSMSURL("KABINET_SMS_FALLBACK_URL", d.SMSFallbackURL, r)
	if d.SMSFallbackURL == d.SMSURL {
		r.add("KABINET_SMS_FALLBACK_URL", "must differ from KABINET_SMS_URL")
	}
}

// checkSMSURL looks at what can be told without knowing the gateways.
func checkSMSURL(name string, s Secret, r report) {
	u := gateway(s)
	switch u.Scheme {
	case "https", "smsc", "smsru", "smpps", "smpp+insecure":
	case "http":
		if !isLoopback(u.Hostname()) {
			r.add(name, "must be https, or http to the same machine")
		}
	case "smpp":
		if !isLoopback(u.Hostname()) {
			r.add(name, "smpp is for the same machine only: use smpps, or smpp+insecure inside a tunnel")
		}
	case "smsc+insecure", "smsru+insecure":
		if !isLoopback(u.Hostname()) {
			r.add(name, "%s is for the same machine only", u.Scheme)
		}
	default:
		r.add(name, "must begin with https://, smsc://, smsru://, smpps://, smpp:// or smpp+insecure://")
	}
	if strings.HasPrefix(u.Scheme, "smpp") && u.Query().Get("from") == "" {
		r.add(name, "must name the sender: ?from=NAME")
	}
}

// checkGateway looks at what both URLs have in common.
func checkGateway(name string, s Secret, e Environment, r report) {
	switch {
	case e == Sandbox && !s.IsZero():
		r.add(name, "has no use in the sandbox, where messages are files")
	case e == Production && s.IsZero():
		r.add(name, "must be set in production")
	case e == Production && gateway(s).Hostname() == "":
		r.add(name, "must be a URL with a host")
	}
}

// gateway is the URL in a secret; empty if it is none.
func gateway(s Secret) *url.URL {
	u, err := url.Parse(s.Reveal())
	if err != nil {
		return &url.URL{}
	}
	return u
}
