package payers

import (
	"context"
	"net/http"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// Gateway is the register behind an HTTP gateway. It is safe for concurrent use.
type Gateway struct{ client *registry.Client }

// New makes the client of the register's gateway. It reads the files, and connects
// to nothing. No error repeats anything of the URL.
func New(c registry.GatewayConfig) (*Gateway, error) {
	client, err := registry.NewClient(c)
	if err != nil {
		return nil, wrap(err)
	}
	return &Gateway{client}, nil
}

// Find implements [registry.Payers].
func (g *Gateway) Find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error) {
	payer, found, err := g.look(ctx, number)
	switch {
	case err != nil:
		return domain.Payer{}, wrap(err)
	case !found:
		return domain.Payer{}, apperr.New(apperr.NotFound)
	}
	return payer, nil
}

func (g *Gateway) look(ctx context.Context, number domain.PayerNumber) (p domain.Payer, found bool, err error) {
	post, err := g.client.Post(ctx, "payers/lookup", lookup{number.PFR.Digits(), number.Unified.Digits()})
	if err != nil {
		return p, false, err
	}
	var r report
	if err := g.client.Do(post, http.StatusOK, &r); err != nil {
		return p, false, err
	}
	switch {
	case r.Status == statusNotFound && r.Payer == nil:
		return p, false, nil
	case r.Status != statusFound || r.Payer == nil:
		return p, false, registry.ErrContract
	}
	p, ok := r.Payer.payer()
	if !ok || !number.Of(p) {
		return domain.Payer{}, false, registry.ErrContract
	}
	return p, true, nil
}
