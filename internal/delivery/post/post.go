package post

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/kabinet/internal/domain"
)

// Config is where the shipping API is, and what is told it of all letters.
type Config struct {
	// URL is https://TOKEN:KEY@HOST; http is for loopback only.
	URL string
	// Office is the index of the post office that takes the letters; empty for the
	// one that the post has noted.
	Office string
	// Mass is what a letter weighs, in grams.
	Mass int
}

// Post is the shipping API of Russian Post. It is safe for concurrent use.
type Post struct {
	api    *api
	office string
	mass   int
}

// New makes the client of the shipping API. It connects to nothing. No error repeats
// anything of the URL.
func New(c Config) (*Post, error) {
	a, err := newAPI(c.URL)
	return &Post{a, c.Office, c.Mass}, err
}

// Steps are what the post does.
func (p *Post) Steps() []domain.HandoverStep {
	return []domain.HandoverStep{
		domain.HandoverWithdraw, domain.HandoverOrder, domain.HandoverBatch, domain.HandoverList, domain.HandoverCheckIn,
	}
}

// Carry does a step with the orders of a consignment.
func (p *Post) Carry(ctx context.Context, step domain.HandoverStep, c *domain.Consignment) (err error) {
	switch step { //nolint:exhaustive // the others are not the post's
	case domain.HandoverWithdraw:
		err = p.withdraw(ctx, c.Orders)
	case domain.HandoverOrder:
		err = p.makeOrders(ctx, c.Orders)
	case domain.HandoverBatch:
		err = p.makeBatch(ctx, c.Orders)
	case domain.HandoverList:
		c.Lists, err = p.lists(ctx, c.Orders)
	case domain.HandoverCheckIn:
		err = p.checkIn(ctx, c.Orders[0].Batch)
	}
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	return nil
}

// makeBatch puts orders into a batch, which gives them track numbers. Whether orders
// that were put into one before are in it is looked up first.
func (p *Post) makeBatch(ctx context.Context, orders []domain.PostOrder) error {
	err := each(ctx, orders, domain.OrderBatching, func(ctx context.Context, o *domain.PostOrder) error {
		f, err := p.inBatch(ctx, o.ID)
		if errors.Is(err, errNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return settle(o, f)
	})
	if err != nil {
		return err
	}
	var loose []*domain.PostOrder
	for i := range orders {
		if orders[i].Stage != domain.OrderBatched {
			loose = append(loose, &orders[i])
		}
	}
	if len(loose) == 0 {
		return nil
	}
	return p.put(ctx, loose)
}

// settle notes the batch and the track number of an order.
func settle(o *domain.PostOrder, f found) (err error) {
	if !named(f.Batch) {
		return errContract
	}
	o.Batch = f.Batch
	if o.Track, err = track(o, f.Barcode); err != nil {
		return err
	}
	o.Stage = domain.OrderBatched
	return nil
}

// named tells whether a batch is called what can stand in a path.
func named(batch string) bool {
	const most = 64
	odd := func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	return batch != "" && len(batch) <= most && !strings.ContainsFunc(batch, odd)
}

// put makes a batch of orders, or several if the post wants it so.
func (p *Post) put(ctx context.Context, loose []*domain.PostOrder) error {
	ids := make([]int64, 0, len(loose))
	byID := map[int64]*domain.PostOrder{}
	for _, o := range loose {
		ids = append(ids, o.ID)
		byID[o.ID] = o
	}
	var answer struct {
		Batches []struct {
			Name string `json:"batch-name"`
		} `json:"batches"`
		Errors []complaint `json:"errors"`
	}
	if err := p.api.ask(ctx, call{method: http.MethodPost, path: []string{"1.0", "user", "shipment"}, body: ids}, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return refusals(loose, answer.Errors)
	}
	for _, b := range answer.Batches {
		if !named(b.Name) {
			return errContract
		}
		if err := p.number(ctx, b.Name, byID); err != nil {
			return err
		}
	}
	for _, o := range loose {
		if o.Stage != domain.OrderBatched {
			return errContract
		}
	}
	return nil
}

// number notes the track numbers of the orders in a batch. It has as many orders as
// were put into it at most, which fit on one page.
func (p *Post) number(ctx context.Context, batch string, orders map[int64]*domain.PostOrder) error {
	var all []found
	c := call{
		method: http.MethodGet, path: []string{"1.0", "batch", batch, "shipment"},
		query: url.Values{"size": {strconv.Itoa(domain.HandoverPart)}, "page": {"0"}},
	}
	if err := p.api.ask(ctx, c, &all); err != nil {
		return err
	}
	for _, f := range all {
		o := orders[f.ID]
		if o == nil {
			continue
		}
		f.Batch = batch
		if err := settle(o, f); err != nil {
			return err
		}
	}
	return nil
}

// lists are the post's lists F.103 of the batches that orders are in.
func (p *Post) lists(ctx context.Context, orders []domain.PostOrder) (all [][]byte, err error) {
	var names []string
	for _, o := range orders {
		if !slices.Contains(names, o.Batch) {
			names = append(names, o.Batch)
		}
	}
	for _, name := range names {
		pdf, err := p.api.fetch(ctx, call{method: http.MethodGet, path: []string{"1.0", "forms", name, "f103pdf"}})
		if err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			return nil, errContract
		}
		all = append(all, pdf)
	}
	return all, nil
}

// checkIn announces a batch to the post office. One that was announced before is left
// as it is.
func (p *Post) checkIn(ctx context.Context, batch string) error {
	var state struct {
		Name   string `json:"batch-name"`
		Status string `json:"batch-status"`
	}
	if err := p.api.ask(ctx, call{method: http.MethodGet, path: []string{"1.0", "batch", batch}}, &state); err != nil {
		return err
	}
	switch {
	case state.Name != batch:
		return errContract
	case slices.Contains([]string{"FROZEN", "ACCEPTED", "SENT", "ARCHIVED"}, state.Status):
		return nil
	case state.Status != "CREATED":
		return errContract
	}
	var answer struct {
		Sent bool   `json:"f103-sent"`
		Code string `json:"error-code"`
	}
	if err := p.api.ask(ctx, call{method: http.MethodPost, path: []string{"1.0", "batch", batch, "checkin"}}, &answer); err != nil {
		return err
	}
	switch {
	case answer.Sent, answer.Code == "BATCH_NOT_CHANGED":
		return nil
	case answer.Code != "":
		return fmt.Errorf("the post refused the check-in: %s", spoken(answer.Code))
	default:
		return errContract
	}
}
