package edo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/tlsfile"
)

// maxAnswer is the largest body that is read, in bytes.
const maxAnswer = 64 << 10

// errContract hides what was wrong with an answer: it may hold personal data.
var errContract = errors.New("the answer is not what the contract says")

// GatewayConfig is where the gateway of the exchange is, and how it knows us.
type GatewayConfig struct {
	// URL is https://TOKEN@HOST/PATH. The token, which may be missing, is sent as
	// a bearer token (RFC 6750) and never in the URL. http is for loopback only.
	URL string
	// Files make the connection mutually authenticated.
	Files tlsfile.Files
}

// Gateway exchanges documents over HTTP; docs/edo-gateway.openapi.yaml is the
// contract. It is safe for concurrent use.
type Gateway struct {
	documents *Documents
	endpoint  string // of the documents, without a slash at its end
	token     string
	client    *http.Client
}

// NewGateway makes the client of a gateway. It reads the files, and connects to
// nothing. No error repeats anything of the URL.
func NewGateway(c GatewayConfig, d *Documents) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("edo: not the URL of a gateway") // the cause holds it
	}
	bare, token, err := delivery.Gateway(u)
	if err != nil {
		return nil, wrapped(err)
	}
	secure, err := c.Files.Load()
	if err != nil {
		return nil, err
	}
	return &Gateway{d, bare.JoinPath("documents").String(), token, delivery.NewClient(secure)}, nil
}

// Send hands a document over. An error that wraps [domain.ErrUndeliverable] says
// that this document will never be taken; every other one is worth another try.
func (g *Gateway) Send(ctx context.Context, m domain.EDOMessage) error {
	document, err := g.documents.XML(m)
	if err != nil {
		return err
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, g.endpoint, bytes.NewReader(document))
	if err != nil {
		return errors.New("edo: the request cannot be made") // the cause holds the URL
	}
	post.Header.Set("Content-Type", "application/xml")
	post.Header.Set("Idempotency-Key", m.ID.String())
	response, err := g.do(post)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	// A body that was read to its end frees the connection for the next one.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	switch response.StatusCode {
	case http.StatusAccepted:
		return nil
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
		return fmt.Errorf("edo: status %d: %w", response.StatusCode, domain.ErrUndeliverable)
	default:
		return fmt.Errorf("edo: status %d", response.StatusCode)
	}
}

// Receipt asks how far a document has come.
func (g *Gateway) Receipt(ctx context.Context, id uuid.UUID) (domain.EDOReceipt, error) {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, g.endpoint+"/"+id.String(), http.NoBody)
	if err != nil {
		return domain.EDOReceipt{}, errors.New("edo: the request cannot be made") // the cause holds the URL
	}
	get.Header.Set("Accept", "application/json")
	response, err := g.do(get)
	if err != nil {
		return domain.EDOReceipt{}, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return domain.EDOReceipt{}, fmt.Errorf("edo: status %d", response.StatusCode)
	}
	r, err := decode(response)
	return r, wrapped(err)
}

func (g *Gateway) do(request *http.Request) (*http.Response, error) {
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
	}
	response, err := g.client.Do(request)
	if err != nil {
		return nil, wrapped(delivery.Confidential(err))
	}
	return response, nil
}

// report is the answer of GET /documents/{id}.
type report struct {
	Status domain.EDOStatus `json:"status"`
	At     time.Time        `json:"at"`
	Reason string           `json:"reason"`
}

// decode reads a body strictly: one JSON object (RFC 8259) with nothing after
// it, no name twice, no name that the contract does not know.
func decode(response *http.Response) (domain.EDOReceipt, error) {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return domain.EDOReceipt{}, errContract
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return domain.EDOReceipt{}, fmt.Errorf("read the answer: %w", delivery.Confidential(err))
	}
	var r report
	known := append(statuses(), domain.EDOSent)
	if len(body) > maxAnswer || json.Unmarshal(body, &r, json.RejectUnknownMembers(true)) != nil ||
		!slices.Contains(known, r.Status) || r.At.IsZero() || r.Reason != "" && r.Status != domain.EDORejected {
		return domain.EDOReceipt{}, errContract
	}
	return domain.EDOReceipt{Status: r.Status, At: r.At, Reason: reason(r.Reason)}, nil
}
