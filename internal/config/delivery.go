package config

import (
	"net/mail"
	"net/url"
)

// Delivery is how messages leave. In the sandbox none does, and both are empty.
type Delivery struct {
	// SMTPURL is the mail server:
	// smtp[s]://USER:PASSWORD@HOST:PORT?from=ADDRESS.
	SMTPURL Secret `env:"KABINET_SMTP_URL"`
	// SMSURL is the SMS gateway: https://TOKEN@HOST/PATH.
	SMSURL Secret `env:"KABINET_SMS_URL"`
}

func (d Delivery) check(e Environment, r report) {
	checkGateway("KABINET_SMTP_URL", d.SMTPURL, e, r)
	checkGateway("KABINET_SMS_URL", d.SMSURL, e, r)
	if e == Sandbox {
		return
	}
	smtp, sms := gateway(d.SMTPURL), gateway(d.SMSURL)
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
	if sms.Scheme != "https" && (sms.Scheme != "http" || !isLoopback(sms.Hostname())) {
		r.add("KABINET_SMS_URL", "must be https, or http to the same machine")
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
