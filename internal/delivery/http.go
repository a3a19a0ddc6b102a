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

// errNoHTTP stands for an answer that net/http could not read: its own error
// repeats what the gateway said, and gateways repeat what they were sent.
var errNoHTTP = errors.New("there was no HTTP answer")

// Confidential is the cause of a failed request without the address, which may
// be confidential, and without anything of the answer.
func Confidential(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	_, network := errors.AsType[net.Error](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	gone := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if network || certificate || gone || strings.HasPrefix(err.Error(), "tls: ") {
		return err
	}
	return errNoHTTP
}
