// Package post hands letters to Russian Post: its shipping API "Otpravka" makes
// orders, batches and lists of them, and its tracking service tells where letters
// are. docs/letters-post.md says what of both is used.
package post

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// maxAnswer is the largest body that is read, in bytes: a list of 100 letters has a
// few hundred KiB.
const maxAnswer = 8 << 20

// What is told of answers.
var (
	// errContract hides what was wrong with an answer: it holds personal data.
	errContract = errors.New("the answer is not what is documented")
	// errNotFound is for what the post does not know.
	errNotFound = errors.New("not found")
)

// api is the client of the shipping API.
type api struct {
	endpoint   *url.URL
	token, key string
	client     *http.Client
}

// newAPI reads https://TOKEN:KEY@HOST. No error repeats anything of the URL.
func newAPI(text string) (*api, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("post: not the URL of the shipping API")
	}
	if !delivery.Private(u) {
		return nil, errors.New("post: the URL must be https, or http to the same machine")
	}
	token := u.User.Username()
	key, both := u.User.Password()
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	if !both || token == "" || slices.ContainsFunc([]rune(token+key), invisible) {
		return nil, errors.New("post: the URL must hold the token and the key")
	}
	bare := *u
	bare.User = nil
	return &api{&bare, token, key, delivery.NewClient(nil)}, nil
}

// call is a request to the API.
type call struct {
	method string
	path   []string
	query  url.Values
	body   any // nil for none
}

// ask makes a request and reads its answer as JSON.
func (a *api) ask(ctx context.Context, c call, into any) error {
	raw, err := a.fetch(ctx, c)
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, into) != nil {
		return errContract
	}
	return nil
}

// fetch makes a request and returns the body of its answer.
func (a *api) fetch(ctx context.Context, c call) ([]byte, error) {
	request, err := a.request(ctx, c)
	if err != nil {
		return nil, err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, delivery.Confidential(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, delivery.Confidential(err)
	}
	if response.StatusCode == http.StatusOK && len(raw) <= maxAnswer {
		return raw, nil
	}
	return nil, refused(response.StatusCode, raw)
}

func (a *api) request(ctx context.Context, c call) (*http.Request, error) {
	to := a.endpoint
	for _, part := range c.path {
		to = to.JoinPath(url.PathEscape(part))
	}
	var body io.Reader = http.NoBody
	if c.body != nil {
		text, err := json.Marshal(c.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	full := *to
	full.RawQuery = c.query.Encode()
	request, err := http.NewRequestWithContext(ctx, c.method, full.String(), body)
	if err != nil {
		return nil, errors.New("the request cannot be made") // the cause holds the URL
	}
	request.Header.Set("Authorization", "AccessToken "+a.token)
	request.Header.Set("X-User-Authorization", "Basic "+a.key)
	request.Header.Set("Accept", "application/json;charset=UTF-8")
	request.Header.Set("Content-Type", "application/json;charset=UTF-8")
	return request, nil
}

// refused is the error of an answer that is not 200. What is wrong with a request
// stays wrong; all else may pass.
func refused(status int, raw []byte) error {
	var said struct {
		SubCode string `json:"sub-code"`
	}
	_ = json.Unmarshal(raw, &said) // a body of another kind tells nothing
	switch {
	case status == http.StatusOK:
		return errContract
	case status == http.StatusNotFound, said.SubCode == "RESOURCE_NOT_FOUND":
		return fmt.Errorf("status %d: %w", status, errNotFound)
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return fmt.Errorf("status %d: %w", status, domain.ErrUndeliverable)
	default:
		return fmt.Errorf("status %d", status)
	}
}
