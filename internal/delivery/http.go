package delivery

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Timeout bounds one request to a gateway, its answer included.
const Timeout = 15 * time.Second

// NewClient returns a client for one gateway; secure may be nil. It follows no
// redirect, which could lead a token and a person's data anywhere.
func NewClient(secure *tls.Config) *http.Client {
	const maxIdle = 8 // connections that are kept for the next requests
	return &http.Client{
		Timeout: Timeout,
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: Timeout}).DialContext,
			TLSClientConfig:     secure,
			TLSHandshakeTimeout: Timeout,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: maxIdle,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Private tells whether nobody on the way can read what is sent to a URL: it is
// https, or http to the same machine.
func Private(u *url.URL) bool {
	addr, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

// Gateway takes https://TOKEN@HOST/PATH apart; http is for the same machine only. The
// token, which may be missing, is for a header and never stays in the URL. No error
// repeats anything of it.
func Gateway(u *url.URL) (bare *url.URL, token string, err error) {
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	token = u.User.Username()
	_, two := u.User.Password()
	switch {
	case u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "":
		return nil, "", errors.New("not the URL of a gateway")
	case !Private(u):
		return nil, "", errors.New("the URL must be https, or http to the same machine")
	case two || strings.ContainsFunc(token, invisible):
		return nil, "", errors.New("the URL must hold one token, not a user and a password")
	}
	without := *u
	without.User = nil
	return &without, token, nil
}

// Nameless is the cause of a failed connection without the name or the address of
// the host, which are an operator's secrets.
func Nameless(err error) error {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return errors.New("the host was not found")
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return errors.New("the certificate is not trusted, or is not for this host")
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Err != nil {
		return e.Err
	}
	return err
}

// errNoHTTP stands for an answer that net/http could not read: its own error
// repeats what the gateway said, and gateways repeat what they were sent.
var errNoHTTP = errors.New("there was no HTTP answer")

// Confidential is the cause of a failed request, [Nameless], and without anything of
// the answer.
func Confidential(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	_, network := errors.AsType[net.Error](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	gone := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if network || certificate || gone || strings.HasPrefix(err.Error(), "tls: ") {
		return Nameless(err)
	}
	return errNoHTTP
}
