// Package sms sends messages through gateways that speak HTTP: one POST for each
// message. How a gateway is spoken to is a matter of settings, of which some are
// built in; docs/sms.md describes them for those who run it.
package sms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// Config is what a provider is made of.
type Config struct {
	// URL is https://TOKEN@HOST/PATH for the plain contract,
	// NAME://LOGIN:PASSWORD@HOST or NAME://KEY@HOST for a gateway that is known, and
	// https://LOGIN:PASSWORD@HOST/PATH?settings=FILE for any other.
	URL string
	// Name is what attempts call the provider.
	Name  string
	Clock delivery.Clock
}

// provider sends messages through one gateway. It is safe for concurrent use.
type provider struct {
	name     string
	endpoint endpoint
	settings settings
	client   *http.Client
	clock    delivery.Clock
}

// New returns the provider that a URL names; it is a [delivery.Poller] if the gateway
// can be asked for receipts. The credentials are never in a URL that is asked. No
// error repeats anything of them.
func New(c Config) (delivery.Provider, error) {
	e, err := parseURL(c.URL)
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	s, err := e.load()
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	p := &provider{name: c.Name, endpoint: e, settings: s, client: delivery.NewClient(nil), clock: c.Clock}
	if s.Status == nil {
		return p, nil
	}
	return &poller{p}, nil
}

// Name implements [delivery.Provider].
func (p *provider) Name() string { return p.name }

// Channel implements [delivery.Provider].
func (p *provider) Channel() domain.Channel { return domain.ChannelSMS }

// Send implements [delivery.Provider]. For good is only what the settings call final:
// it is about this very message. Every other refusal is about the gateway, its load,
// its address or our credentials, and the messages wait until somebody puts that
// right.
func (p *provider) Send(ctx context.Context, r delivery.Rendered) (reference string, err error) {
	v := values{
		credentials: p.endpoint.credentials, ID: r.ID.String(), To: r.To, Digits: strings.TrimPrefix(r.To, "+"), Text: r.Text,
	}
	answer, err := p.post(ctx, p.settings.Send, v)
	if err != nil {
		return "", fmt.Errorf("sms: %w", err)
	}
	if answer.status < 200 || answer.status > 299 {
		err = fmt.Errorf("sms: status %d", answer.status)
		if slices.Contains(p.settings.Answer.FinalStatuses, answer.status) {
			err = fmt.Errorf("%w: %w", err, domain.ErrUndeliverable)
		}
		return "", err
	}
	if reference, err = p.settings.Answer.read(answer, v); err != nil {
		return "", fmt.Errorf("sms: %w", err)
	}
	if strings.Contains(reference, v.Digits) || r.Code != "" && strings.Contains(reference, r.Code) {
		return "", nil // no receipt is worth keeping a number or a code in clear
	}
	return reference, nil
}

// read is what an answer of 2xx says.
func (a answerSetting) read(answer answer, v values) (reference string, err error) {
	if a.Accepted == nil && a.Reference == "" {
		return "", nil
	}
	d, err := answer.document(v)
	if err != nil {
		return "", err
	}
	if a.Accepted == nil || d.holds(*a.Accepted) {
		reference, _ = d.at(a.Reference)
		return storable(reference), nil
	}
	code, found := d.first(a.Code)
	switch {
	case !found:
		return "", errors.New("the answer says neither yes nor no")
	case slices.Contains(a.Repeated, code):
		return "", nil
	case slices.Contains(a.Final, code):
		return "", fmt.Errorf("refused with code %s: %w", code, domain.ErrUndeliverable)
	}
	err = fmt.Errorf("refused with code %s", harmless(code))
	if slices.Contains(a.Alone, code) {
		err = delivery.Alone(err)
	}
	return "", err
}

// storable is a reference that can be kept, or none.
func storable(reference string) string {
	const longest = 200
	strange := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(reference) > longest || strings.ContainsFunc(reference, strange) {
		return ""
	}
	return reference
}

// harmless is a code as far as it can hold nothing but a code.
func harmless(code string) string {
	if regexp.MustCompile(`^-?[0-9]{1,4}$`).MatchString(code) {
		return code
	}
	return "unknown"
}
