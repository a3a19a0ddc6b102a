// Package sms sends messages through a gateway that speaks plain HTTP: one POST
// of JSON for each message. docs/configuration.md describes it for those who
// have to put their operator's own gateway behind it.
package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// maxAnswer is how much of an answer's body is read, in bytes.
const maxAnswer = 16 << 10

// Provider sends messages through one gateway. It is safe for concurrent use.
type Provider struct {
	endpoint string
	token    string
	client   *http.Client
}

// New reads the URL of the gateway: https://TOKEN@HOST/PATH. The token, which
// may be missing, is sent as a bearer token (RFC 6750) and never in the URL.
// http is for loopback only. No error repeats anything of the URL.
func New(rawURL string) (*Provider, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || u.Fragment != "" {
		return nil, errors.New("sms: not the URL of a gateway")
	}
	if !delivery.Private(u) {
		return nil, errors.New("sms: the URL must be https, or http to the same machine")
	}
	if _, two := u.User.Password(); two {
		return nil, errors.New("sms: the URL must hold one token, not a user and a password")
	}
	c := &Provider{token: u.User.Username(), client: delivery.NewClient(nil)}
	u.User = nil
	c.endpoint = u.String()
	return c, nil
}

// Name implements [delivery.Provider].
func (c *Provider) Name() string { return "sms" }

// Channel implements [delivery.Provider].
func (c *Provider) Channel() domain.Channel { return domain.ChannelSMS }

// Send implements [delivery.Provider]. Any 2xx means accepted. For good are
// only 400 and 422, which are about this very message; every other refusal is
// about the gateway, its load, its address or our token, and the messages wait
// until somebody puts that right.
func (c *Provider) Send(ctx context.Context, r delivery.Rendered) (reference string, err error) {
	return "", c.hand(ctx, r)
}

// hand brings a message to the gateway.
func (c *Provider) hand(ctx context.Context, r delivery.Rendered) error {
	request, err := c.request(ctx, r)
	if err != nil {
		return err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return fmt.Errorf("sms: %w", delivery.Confidential(err))
	}
	defer func() { _ = response.Body.Close() }()
	// A body that was read to its end frees the connection for the next one.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	switch code := response.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusBadRequest, code == http.StatusUnprocessableEntity:
		return fmt.Errorf("sms: status %d: %w", code, domain.ErrUndeliverable)
	default:
		return fmt.Errorf("sms: status %d", code)
	}
}

func (c *Provider) request(ctx context.Context, r delivery.Rendered) (*http.Request, error) {
	body, err := json.Marshal(map[string]string{"id": r.ID.String(), "to": r.To, "text": r.Text})
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("sms: %w", delivery.Confidential(err))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", r.ID.String())
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	return request, nil
}
