package sms

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.org/kabinet/internal/domain"
)

// poller is a provider whose gateway can be asked for receipts.
type poller struct{ *provider }

// Poll implements [delivery.Poller].
func (p *poller) Poll(ctx context.Context, reference string) (r domain.MessageReceipt, pending bool, err error) {
	s := p.settings.Status
	v := values{credentials: p.endpoint.credentials, Reference: reference}
	answer, err := p.post(ctx, s.requestSetting, v)
	if err != nil {
		return r, false, fmt.Errorf("sms: %w", err)
	}
	if answer.status < 200 || answer.status > 299 {
		return r, false, fmt.Errorf("sms: status %d", answer.status)
	}
	d, err := answer.document(v)
	if err != nil {
		return r, false, fmt.Errorf("sms: %w", err)
	}
	state, found := d.at(s.State)
	if !found {
		return r, false, errors.New("sms: the answer says nothing about the message")
	}
	reason, failed := s.Failed[state]
	delivered := slices.Contains(s.Delivered, state)
	switch {
	case slices.Contains(s.Pending, state):
		return r, true, nil
	case !failed && !delivered:
		return r, false, fmt.Errorf("sms: the state %s is not known", harmless(state))
	}
	return domain.MessageReceipt{
		Provider: p.name, Reference: reference, Delivered: delivered, Reason: reason, At: p.clock.Now(),
	}, false, nil
}
