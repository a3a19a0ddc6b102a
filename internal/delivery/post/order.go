package post

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// order is what is told of a letter to have it carried. The names are the API's.
type order struct {
	Number      string `json:"order-num"`
	Comment     string `json:"comment"`
	AddressType string `json:"address-type-to"`
	Index       int    `json:"index-to"`
	Region      string `json:"region-to"`
	Area        string `json:"area-to,omitempty"`
	Place       string `json:"place-to"`
	Street      string `json:"street-to,omitempty"`
	House       string `json:"house-to,omitempty"`
	Corpus      string `json:"corpus-to,omitempty"`
	Room        string `json:"room-to,omitempty"`
	Recipient   string `json:"recipient-name"`
	Type        string `json:"mail-type"`
	Category    string `json:"mail-category"`
	Direct      int    `json:"mail-direct"`
	Envelope    string `json:"envelope-type"`
	Mass        int    `json:"mass"`
	PostOffice  string `json:"postoffice-code,omitempty"`
}

// What the letters are: registered, inside Russia (ISO 3166-1), in envelopes of 110 by
// 220 mm.
const (
	addressType  = "DEFAULT"
	mailType     = "LETTER"
	mailCategory = "ORDERED"
	mailDirect   = 643
	envelope     = "DL"
)

func (p *Post) order(o *domain.PostOrder) (order, error) {
	a := o.Letter.Address
	index, err := strconv.Atoi(a.PostalIndex.Digits())
	if err != nil {
		return order{}, fmt.Errorf("letter %s has no postal index: %w", o.Name, domain.ErrUndeliverable)
	}
	return order{
		Number: o.Number(), Comment: o.Name, AddressType: addressType, Index: index,
		Region: a.Region.Text(), Area: a.Area.Text(), Place: a.City.Text(), Street: a.Street.Text(),
		House: a.House.Text(), Corpus: a.Building.Text(), Room: a.Flat.Text(), Recipient: o.Letter.Recipient,
		Type: mailType, Category: mailCategory, Direct: mailDirect, Envelope: envelope,
		Mass: p.mass, PostOffice: p.office,
	}, nil
}

// found is an order as the API tells of it.
type found struct {
	ID      int64  `json:"id"`
	Number  string `json:"order-num"`
	Barcode string `json:"barcode"`
	Batch   string `json:"batch-name"`
}

// makeOrders orders the carriage of letters. One that was asked for before is looked
// for first.
func (p *Post) makeOrders(ctx context.Context, orders []domain.PostOrder) error {
	if err := each(ctx, orders, domain.OrderAsked, p.look); err != nil {
		return err
	}
	var missing []*domain.PostOrder
	for i := range orders {
		if orders[i].Stage != domain.OrderMade {
			missing = append(missing, &orders[i])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return p.create(ctx, missing)
}

// lookups is how many orders are looked up at once.
const lookups = 4

// each looks something up for all orders of a stage.
func each(
	ctx context.Context, orders []domain.PostOrder, stage domain.OrderStage, look func(context.Context, *domain.PostOrder) error,
) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(lookups)
	for i := range orders {
		if orders[i].Stage == stage {
			group.Go(func() error { return look(ctx, &orders[i]) })
		}
	}
	return group.Wait()
}

// look finds an order that was made.
func (p *Post) look(ctx context.Context, o *domain.PostOrder) error {
	var all []found
	c := call{method: http.MethodGet, path: []string{"1.0", "backlog", "search"}, query: url.Values{"query": {o.Number()}}}
	if err := p.api.ask(ctx, c, &all); err != nil {
		return err
	}
	for _, f := range all {
		if f.Number == o.Number() && f.ID > 0 {
			o.ID, o.Stage = f.ID, domain.OrderMade
			return nil
		}
	}
	return nil
}

// create makes orders that there are none of.
func (p *Post) create(ctx context.Context, missing []*domain.PostOrder) error {
	body := make([]order, 0, len(missing))
	byNumber := map[string]*domain.PostOrder{}
	for _, o := range missing {
		one, err := p.order(o)
		if err != nil {
			return err
		}
		body = append(body, one)
		byNumber[one.Number] = o
	}
	var answer struct {
		Orders []struct {
			Number string `json:"order-num"`
			ID     int64  `json:"result-id"`
		} `json:"orders"`
		Errors []complaint `json:"errors"`
	}
	c := call{method: http.MethodPut, path: []string{"2.0", "user", "backlog"}, body: body}
	if err := p.api.ask(ctx, c, &answer); err != nil {
		return err
	}
	for _, made := range answer.Orders {
		if o := byNumber[made.Number]; o != nil && made.ID > 0 {
			o.ID, o.Stage = made.ID, domain.OrderMade
		}
	}
	if len(answer.Errors) > 0 {
		return refusals(missing, answer.Errors)
	}
	for _, o := range missing {
		if o.Stage != domain.OrderMade {
			return errContract
		}
	}
	return nil
}

// inBatch finds the batch of an order; [errNotFound] if it is in none.
func (p *Post) inBatch(ctx context.Context, id int64) (f found, err error) {
	c := call{method: http.MethodGet, path: []string{"1.0", "shipment", strconv.FormatInt(id, 10)}}
	if err := p.api.ask(ctx, c, &f); err != nil {
		return f, err
	}
	if f.ID != id || f.Batch == "" {
		return f, errContract
	}
	return f, nil
}

// withdraw takes back the orders of letters that ended. One that the post has none
// of, or that is with its postmen already, is over.
func (p *Post) withdraw(ctx context.Context, orders []domain.PostOrder) error {
	var batched, loose []*domain.PostOrder
	for i := range orders {
		o := &orders[i]
		if o.ID == 0 {
			if err := p.look(ctx, o); err != nil {
				return err
			}
		}
		if o.ID == 0 {
			o.Stage = domain.OrderOver
			continue
		}
		_, err := p.inBatch(ctx, o.ID)
		switch {
		case errors.Is(err, errNotFound):
			loose = append(loose, o)
		case err != nil:
			return err
		default:
			batched = append(batched, o)
		}
	}
	return errors.Join(p.remove(ctx, "shipment", batched), p.remove(ctx, "backlog", loose))
}

// remove deletes orders from where they are.
func (p *Post) remove(ctx context.Context, from string, orders []*domain.PostOrder) error {
	if len(orders) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(orders))
	for _, o := range orders {
		ids = append(ids, o.ID)
	}
	var answer struct {
		Errors []complaint `json:"errors"`
	}
	if err := p.api.ask(ctx, call{method: http.MethodDelete, path: []string{"1.0", from}, body: ids}, &answer); err != nil {
		return err
	}
	for _, c := range answer.Errors {
		if !over(c.codes()) {
			return refusals(orders, answer.Errors)
		}
	}
	for _, o := range orders {
		o.Stage = domain.OrderOver
	}
	return nil
}

// over tells whether codes say that nothing is left to be taken back.
func over(codes []string) bool {
	for _, code := range codes {
		switch code {
		case "NOT_FOUND", "READONLY_STATE", "ALL_SHIPMENTS_SENT", "DELIVERY_IN_PROGRESS":
		default:
			return false
		}
	}
	return true
}

// track reads a track number, which the post must have given.
func track(o *domain.PostOrder, barcode string) (ident.PostalItemID, error) {
	id, err := ident.ParsePostalItemID(barcode)
	if err != nil {
		return id, fmt.Errorf("letter %s got no track number: %w", o.Name, domain.ErrUndeliverable)
	}
	return id, nil
}
