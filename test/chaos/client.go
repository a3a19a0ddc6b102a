package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	answersWith500     = "answers with 500"
	answersWithoutWait = "answers 429 and 503 without Retry-After"
)

// longWait is the longest Retry-After that a client sits out by itself.
const longWait = 30 * time.Second

// client behaves as docs/errors.md tells clients to: what had no answer, or that
// of a server in trouble, is repeated with the same Idempotency-Key.
type client struct {
	url     string
	http    *http.Client
	figures *figures
	verdict *verdict
}

func newClient(url string, f *figures, v *verdict) *client {
	transport := &http.Transport{
		MaxIdleConnsPerHost: 256, IdleConnTimeout: 30 * time.Second,
		// The certificate is one of a moment ago, by nobody.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	return &client{url, &http.Client{Transport: transport, Timeout: time.Minute}, f, v}
}

// request is what is asked.
type request struct {
	method, path string
	token, key   string
	address      string
	body         any
}

// answer is what was said.
type answer struct {
	status int
	header http.Header
	body   []byte
	// repeats is how often it was asked again until then.
	repeats int
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

// isProblem tells the program's own refusals from those of HAProxy.
func (a answer) isProblem() bool {
	return strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json")
}

// await waits until there is an answer at all.
func (c *client) await(ctx context.Context) error {
	_, err := c.do(ctx, request{method: http.MethodGet, path: "/v1/policies"})
	return err
}

// do asks until there is an answer that repeating will not mend; an error when
// ctx ends before.
func (c *client) do(ctx context.Context, r request) (answer, error) {
	for repeats := 0; ; repeats++ {
		begun := time.Now()
		a, err := c.once(ctx, r)
		c.figures.add("requests", 1)
		c.figures.longest("longest request", time.Since(begun))
		if ctx.Err() != nil {
			return answer{}, ctx.Err()
		}
		wait := c.retry(r, a, err, repeats)
		if wait == 0 {
			a.repeats = repeats
			return a, nil
		}
		c.figures.add("repeats", 1)
		if !pause(ctx, wait) {
			return answer{}, ctx.Err()
		}
	}
}

// retry is how long to wait before asking again; zero where the answer stands.
func (c *client) retry(r request, a answer, err error, repeats int) time.Duration {
	patience := min(time.Duration(repeats+1)*300*time.Millisecond, 3*time.Second)
	switch {
	case err != nil:
		c.figures.add("answers: none", 1)
		return patience
	case !a.isProblem() && a.status >= http.StatusInternalServerError:
		c.figures.add(fmt.Sprintf("answers: %d of HAProxy", a.status), 1)
		return patience
	case a.status == http.StatusInternalServerError:
		c.verdict.fail(answersWith500, "%s %s: %s, %s", r.method, r.path, a.text("code"), a.text("instance"))
		return patience
	case a.status == http.StatusServiceUnavailable || a.status == http.StatusTooManyRequests:
		c.figures.add(fmt.Sprintf("answers: %d %s", a.status, a.text("code")), 1)
		return c.retryAfter(r, a)
	case a.text("code") == "idempotency_key_in_use":
		c.figures.add("answers: 409 idempotency_key_in_use", 1)
		return time.Second
	default:
		return 0
	}
}

// retryAfter is what the answer says; zero where that is too long to sit out.
func (c *client) retryAfter(r request, a answer) time.Duration {
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		c.verdict.fail(answersWithoutWait, "%s %s: %d %s", r.method, r.path, a.status, a.text("code"))
		return time.Second
	}
	wait := time.Duration(max(seconds, 1)) * time.Second
	if wait > longWait {
		return 0
	}
	return wait
}

// once asks once.
func (c *client) once(ctx context.Context, r request) (answer, error) {
	var body []byte
	var err error
	if r.body != nil {
		if body, err = json.Marshal(r.body); err != nil {
			return answer{}, err
		}
	}
	in, err := http.NewRequestWithContext(ctx, r.method, c.url+r.path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range map[string]string{
		"Idempotency-Key": r.key, "X-Forwarded-For": r.address, "Accept-Language": "en",
	} {
		if value != "" {
			in.Header.Set(name, value)
		}
	}
	if r.body != nil {
		in.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		in.Header.Set("Authorization", "Bearer "+r.token)
	}
	out, err := c.http.Do(in)
	if err != nil {
		return answer{}, err
	}
	text, err := io.ReadAll(out.Body)
	return answer{status: out.StatusCode, header: out.Header, body: text}, errors.Join(err, out.Body.Close())
}
