package registry

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"example.org/kabinet/internal/tlsfile"
)

const (
	// timeout bounds one request, its answer included.
	timeout = 15 * time.Second
	// maxIdle is how many connections are kept for the next questions.
	maxIdle = 8
)

// GatewayConfig is where the gateway of a register is, and how it knows us.
type GatewayConfig struct {
	// URL is https://TOKEN@HOST/PATH. The token, which may be missing, is sent as
	// a bearer token (RFC 6750) and never in the URL. http is for loopback only.
	URL string
	// Files make the connection mutually authenticated.
	Files tlsfile.Files
}

// Client speaks HTTP with a gateway. No error of its tells anything of a person,
// of the token or of the address. It is safe for concurrent use.
type Client struct {
	base  *url.URL
	token string
	http  *http.Client
}

// NewClient makes the client of a gateway. It reads the files, and connects to
// nothing. No error repeats anything of the URL.
func NewClient(c GatewayConfig) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("not the URL of a gateway")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, errors.New("the URL must be https, or http to the same machine")
	}
	token := u.User.Username()
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	if _, two := u.User.Password(); two || strings.ContainsFunc(token, invisible) {
		return nil, errors.New("the URL must hold one token, not a user and a password")
	}
	secure, err := c.Files.Load()
	if err != nil {
		return nil, err
	}
	u.User = nil
	return &Client{
		base: u, token: token,
		http: &http.Client{
			Timeout: timeout,
			Transport: &http.Transport{
				DialContext:         (&net.Dialer{Timeout: timeout}).DialContext,
				TLSClientConfig:     secure,
				TLSHandshakeTimeout: timeout,
				ForceAttemptHTTP2:   true,
				MaxIdleConnsPerHost: maxIdle,
				IdleConnTimeout:     time.Minute,
			},
			// A redirect could lead the token and the person's data anywhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Post is a request with a body, which is encoded as JSON.
func (c *Client) Post(ctx context.Context, path string, body any) (*http.Request, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, errors.New("the question cannot be encoded") // the cause may hold personal data
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath(path).String(), bytes.NewReader(text))
	if err != nil {
		return nil, errNoRequest
	}
	post.Header.Set("Content-Type", "application/json")
	return post, nil
}

// Get is a request without a body.
func (c *Client) Get(ctx context.Context, path string) (*http.Request, error) {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath(path).String(), http.NoBody)
	if err != nil {
		return nil, errNoRequest
	}
	return get, nil
}

// errNoRequest stands for a cause that holds the URL.
var errNoRequest = errors.New("the request cannot be made")

// Do sends a request, and reads the answer if it has the status that is expected.
// It is read strictly, and must be what the contract says.
func (c *Client) Do(request *http.Request, expected int, into any) error {
	request.Header.Set("Accept", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return confidential(err)
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case expected:
		return decode(response, into)
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return fmt.Errorf("status %d: %w", response.StatusCode, ErrAnswered)
	default:
		return fmt.Errorf("status %d", response.StatusCode)
	}
}

// errNoHTTP stands for an answer that net/http could not read: its own error
// repeats what was sent.
var errNoHTTP = errors.New("there was no HTTP answer")

// confidential is the cause without the address, which is an operator's secret,
// and without anything of the answer.
func confidential(err error) error {
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
