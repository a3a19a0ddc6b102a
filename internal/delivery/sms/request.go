package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"example.org/kabinet/internal/delivery"
)

// maxAnswer is how much of an answer's body is read, in bytes.
const maxAnswer = 64 << 10

var (
	errNoRequest = errors.New("the request cannot be made") // the cause may hold what nobody may read
	errNoJSON    = errors.New("the answer is not JSON")
)

// answer is what a gateway said.
type answer struct {
	status int
	body   []byte
	// broken is why the body is not complete, if it is not.
	broken error
}

// post sends a request. The error holds nothing of it.
func (p *provider) post(ctx context.Context, r requestSetting, v values) (answer, error) {
	request, err := p.request(ctx, r, v)
	if err != nil {
		return answer{}, errNoRequest
	}
	response, err := p.client.Do(request)
	if err != nil {
		return answer{}, delivery.Confidential(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{response.StatusCode, body, err}, nil
}

func (p *provider) request(ctx context.Context, r requestSetting, v values) (*http.Request, error) {
	body, kind, err := r.body(v)
	if err != nil {
		return nil, err
	}
	target := *p.endpoint.base
	if r.Path != "" {
		open := v
		open.credentials = credentials{} // addresses are written to logs on the way
		path, err := fill(r.Path, open)
		if err != nil {
			return nil, err
		}
		target.Path = path
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", kind)
	for name, text := range r.Headers {
		value, err := fill(text, v)
		if err != nil {
			return nil, err
		}
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return request, nil
}

// body is the body of a request and its content type.
func (r requestSetting) body(v values) (body []byte, kind string, err error) {
	if r.Form == nil {
		value, err := filled(r.JSON, v)
		if err != nil {
			return nil, "", err
		}
		body, err = json.Marshal(value)
		return body, "application/json", err
	}
	form := url.Values{}
	for name, text := range r.Form {
		value, err := fill(text, v)
		if err != nil {
			return nil, "", err
		}
		if value != "" {
			form.Set(name, value)
		}
	}
	return []byte(form.Encode()), "application/x-www-form-urlencoded", nil
}

// document is the body as JSON.
func (a answer) document(v values) (document, error) {
	if a.broken != nil {
		return document{}, delivery.Confidential(a.broken)
	}
	d := document{values: v}
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(&d.root); err != nil || decoder.More() {
		return d, errNoJSON
	}
	return d, nil
}
