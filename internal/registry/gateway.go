package registry

import (
	"context"
	"fmt"
	"net/http"

	"example.org/kabinet/internal/domain"
)

// Gateway is a register behind an HTTP gateway. It is safe for concurrent use.
type Gateway struct {
	dialect Dialect
	client  *Client
}

// NewGateway makes the client of a gateway that speaks a dialect. It reads the
// files, and connects to nothing. No error repeats anything of the URL.
func NewGateway(c GatewayConfig, d Dialect) (*Gateway, error) {
	client, err := NewClient(c)
	if err != nil {
		return nil, fmt.Errorf("register %s: %w", d.Kind, err)
	}
	return &Gateway{dialect: d, client: client}, nil
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
	post, err := g.client.Post(ctx, "checks", question{request.Key, request.Kind, g.dialect.Subject(request.Subject)})
	if err != nil {
		return "", err
	}
	post.Header.Set("Idempotency-Key", request.Key)
	var r receipt
	if err := g.client.Do(post, http.StatusAccepted, &r); err != nil {
		return "", err
	}
	if !isReference(r.Reference) {
		return "", ErrContract
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
	get, err := g.client.Get(ctx, "checks/"+reference)
	if err != nil {
		return domain.CheckOutcome{}, err
	}
	var r report
	if err := g.client.Do(get, http.StatusOK, &r); err != nil {
		return domain.CheckOutcome{}, err
	}
	return g.dialect.outcome(r)
}
