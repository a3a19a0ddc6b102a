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

	"example.org/kabinet/internal/domain"
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
	Files TLSFiles
}

// Gateway is a register behind an HTTP gateway. It is safe for concurrent use.
type Gateway struct {
	dialect  Dialect
	endpoint string // of the checks, without a slash at its end
	token    string
	client   *http.Client
}

// NewGateway makes the client of a gateway that speaks a dialect. It reads the
// files, and connects to nothing. No error repeats anything of the URL.
func NewGateway(c GatewayConfig, d Dialect) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("register %s: not the URL of a gateway", d.Kind)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, fmt.Errorf("register %s: the URL must be https, or http to the same machine", d.Kind)
	}
	token := u.User.Username()
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	if _, two := u.User.Password(); two || strings.ContainsFunc(token, invisible) {
		return nil, fmt.Errorf("register %s: the URL must hold one token, not a user and a password", d.Kind)
	}
	secure, err := c.Files.load()
	if err != nil {
		return nil, fmt.Errorf("register %s: %w", d.Kind, err)
	}
	u.User = nil
	return &Gateway{
		dialect: d, endpoint: u.JoinPath("checks").String(), token: token,
		client: &http.Client{
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

// Ask implements [Register].
func (g *Gateway) Ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	reference, err := g.ask(ctx, request)
	if err != nil {
		return "", fmt.Errorf("register %s: ask: %w", g.dialect.Kind, err)
	}
	return reference, nil
}

func (g *Gateway) ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	if request.Kind != g.dialect.Kind {
		return "", fmt.Errorf("cannot check %s", request.Kind)
	}
	body, err := json.Marshal(question{request.Key, request.Kind, g.dialect.Subject(request.Subject)})
	if err != nil {
		return "", errors.New("the question cannot be encoded") // the cause may hold personal data
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, g.endpoint, bytes.NewReader(body))
	if err != nil {
		return "", errors.New("the request cannot be made") // the cause holds the URL
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("Idempotency-Key", request.Key)
	var r receipt
	if err := g.do(post, http.StatusAccepted, &r); err != nil {
		return "", err
	}
	if !isReference(r.Reference) {
		return "", errContract
	}
	return r.Reference, nil
}

// Poll implements [Register].
func (g *Gateway) Poll(ctx context.Context, reference string) (domain.CheckOutcome, error) {
	outcome, err := g.poll(ctx, reference)
	if err != nil {
		return domain.CheckOutcome{}, fmt.Errorf("register %s: poll: %w", g.dialect.Kind, err)
	}
	return outcome, nil
}

func (g *Gateway) poll(ctx context.Context, reference string) (domain.CheckOutcome, error) {
	if !isReference(reference) {
		return domain.CheckOutcome{}, fmt.Errorf("not a reference: %w", ErrAnswered)
	}
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, g.endpoint+"/"+reference, http.NoBody)
	if err != nil {
		return domain.CheckOutcome{}, errors.New("the request cannot be made") // the cause holds the URL
	}
	var r report
	if err := g.do(get, http.StatusOK, &r); err != nil {
		return domain.CheckOutcome{}, err
	}
	return g.dialect.outcome(r)
}

// do sends a request, and reads the answer if it has the status that is
// expected.
func (g *Gateway) do(request *http.Request, expected int, into any) error {
	request.Header.Set("Accept", "application/json")
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
	}
	response, err := g.client.Do(request)
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
