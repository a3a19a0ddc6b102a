package process_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// request is what is asked of a program.
type request struct {
	method, path string
	// token is the bearer's, key the Idempotency-Key; both may be empty.
	token, key string
	header     http.Header
	body       any
}

// answer is what it said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// text is a member of the answer, by its path.
func (a answer) text(path ...string) string {
	var value any
	if json.Unmarshal(a.body, &value) != nil {
		return ""
	}
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	text, _ := value.(string)
	return text
}

// ask sends a request. It may be called from any goroutine.
func (p *program) ask(r request) (answer, error) {
	body, err := json.Marshal(r.body)
	if err != nil {
		return answer{}, err
	}
	if r.body == nil {
		body = nil
	}
	// What is under way when a test ends may still end well.
	ctx := context.WithoutCancel(p.Context())
	in, err := http.NewRequestWithContext(ctx, r.method, p.url+r.path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if r.header != nil {
		in.Header = r.header.Clone()
	}
	if r.body != nil {
		in.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		in.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.key != "" {
		in.Header.Set("Idempotency-Key", r.key)
	}
	out, err := p.client.Do(in)
	if err != nil {
		return answer{}, err
	}
	text, err := io.ReadAll(out.Body)
	return answer{out.StatusCode, out.Header, text}, errors.Join(err, out.Body.Close())
}

// want is ask with an error for any other status.
func (p *program) want(status int, r request) (answer, error) {
	a, err := p.ask(r)
	if err == nil && a.status != status {
		err = fmt.Errorf("%s %s: %d instead of %d: %s", r.method, r.path, a.status, status, a.body)
	}
	return a, err
}

func (p *program) must(status int, r request) answer {
	p.Helper()
	a, err := p.want(status, r)
	require.NoError(p, err)
	return a
}

// citizen is a person on the way to an account, and what the API gave to them.
type citizen struct {
	phone, password       string
	header                http.Header
	id, flow              string
	account               string
	access, refresh, code string
}

// newCitizen is the nth person of a test.
func newCitizen(n int) *citizen {
	return &citizen{phone: fmt.Sprintf("+7921%07d", 1_000_000+n), password: fmt.Sprintf("lantern radish %d horse", n)}
}

func (c *citizen) registration() request {
	return request{method: http.MethodPost, path: "/v1/registrations", header: c.header, body: map[string]string{
		"family_name": "Канареева", "given_name": "Лукерья", "phone": c.phone, "locale": "en",
	}}
}

func (c *citizen) confirmation() request {
	path := "/v1/registrations/" + c.id + "/confirmation"
	return request{method: http.MethodPost, path: path, token: c.flow, header: c.header, body: map[string]string{"code": c.code}}
}

func (c *citizen) choice() request {
	path := "/v1/registrations/" + c.id + "/password"
	body := map[string]string{"password": c.password, "password_confirmation": c.password}
	return request{method: http.MethodPost, path: path, token: c.flow, header: c.header, body: body}
}

func (c *citizen) signIn() request {
	body := map[string]string{"account_type": "citizen", "login": c.phone, "password": c.password}
	return request{method: http.MethodPost, path: "/v1/sessions", header: c.header, body: body}
}

func (c *citizen) renewal() request {
	body := map[string]string{"refresh_token": c.refresh}
	return request{method: http.MethodPost, path: "/v1/sessions/refresh", header: c.header, body: body}
}

func (c *citizen) me() request {
	return request{method: http.MethodGet, path: "/v1/me", token: c.access, header: c.header}
}

// started takes over what the registration gave.
func (c *citizen) started(a answer) { c.id, c.flow = a.text("id"), a.text("flow_token") }

// entered takes over a pair of tokens.
func (c *citizen) entered(a answer) {
	c.access, c.refresh, c.account = a.text("access_token"), a.text("refresh_token"), a.text("account", "id")
}

// register asks for the account.
func (p *program) register(c *citizen) error {
	a, err := p.want(http.StatusCreated, c.registration())
	c.started(a)
	return err
}

// finish waits for the code and goes the rest of the way to the account.
func (p *program) finish(c *citizen) (err error) {
	if c.code, err = p.code(c.phone); err != nil {
		return err
	}
	if _, err := p.want(http.StatusOK, c.confirmation()); err != nil {
		return err
	}
	a, err := p.want(http.StatusCreated, c.choice())
	c.entered(a)
	return err
}

// settle is the whole way.
func (p *program) settle(c *citizen) error {
	if err := p.register(c); err != nil {
		return err
	}
	return p.finish(c)
}

// enter signs in.
func (p *program) enter(c *citizen) error {
	a, err := p.want(http.StatusCreated, c.signIn())
	c.entered(a)
	return err
}

// known tells whether the program takes the access token for this person's.
func (p *program) known(c *citizen) error {
	a, err := p.want(http.StatusOK, c.me())
	if err == nil && a.text("id") != c.account {
		err = fmt.Errorf("account %s instead of %s", a.text("id"), c.account)
	}
	return err
}

// settled is a sandbox with one process and one person who has an account.
func settled(t *testing.T, h *house) (*program, *citizen) {
	t.Helper()
	p, c := h.serve(), newCitizen(0)
	require.NoError(t, p.settle(c))
	return p, c
}
