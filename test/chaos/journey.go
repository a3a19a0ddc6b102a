package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	// mailDomain is where everybody's mail goes.
	mailDomain = "people.example.org"
	// codePatience is how long a person waits for a code before asking for
	// another one.
	codePatience = 30 * time.Second
)

// journey is one person's way, which can be interrupted between any two requests
// and gone on with later, as by a person who comes back to the page.
type journey struct {
	*world

	n     int
	kind  string
	steps []step
	// next is the first step that is not done; broken why it cannot be.
	next   int
	broken error
	// secret makes the keys of the requests.
	secret string
	// address is the person's own network address.
	address string

	contact, login, password string
	id, flow                 string
	access, refresh          string
	// tried are the codes that were entered, resent how often another one was
	// asked for.
	tried  []string
	resent int
	// asked is when a code was asked for last.
	asked time.Time
}

// step is a part of a journey that is done or not.
type step struct {
	name string
	do   func(context.Context) error
}

// unexpected is an answer that should not have been given.
type unexpected struct {
	request request
	answer  answer
}

// Error implements error. It names no token and no code.
func (e *unexpected) Error() string {
	return fmt.Sprintf("%s %s: %d %s after %d repeats", e.request.method, e.request.path, e.answer.status, e.answer.text("code"), e.answer.repeats)
}

// newJourney is the nth person's.
func (w *world) newJourney(n int) *journey {
	j := &journey{
		world: w, n: n, secret: uuid.NewString(), address: fmt.Sprintf("198.18.%d.%d", n/250, 1+n%250),
		password: fmt.Sprintf("lantern radish %d horse", n),
	}
	switch kind := w.random.below(100); {
	case kind < 40:
		j.kind, j.contact = "citizen by phone", fmt.Sprintf("+7921%07d", 1_000_000+n)
		j.steps = slices.Concat(j.registration(), j.checks())
	case kind < 70:
		j.kind, j.contact = "citizen by e-mail", fmt.Sprintf("person-%d@%s", n, mailDomain)
		j.steps = slices.Concat(j.registration(), j.checks())
	case kind < 85:
		j.kind, j.contact = "sign-in and out", fmt.Sprintf("+7921%07d", 1_000_000+n)
		j.steps = slices.Concat(j.registration(), j.sessions())
	default:
		j.kind, j.contact = "payer", fmt.Sprintf("person-%d@%s", n, mailDomain)
		j.steps = j.application()
	}
	return j
}

// accepted tells whether the first step was answered well: from then on the
// journey must come to its end.
func (j *journey) accepted() bool { return j.next > 0 }

// done tells whether it has.
func (j *journey) done() bool { return j.next == len(j.steps) }

// walk goes on until the end, or until ctx ends, or for so many steps.
func (j *journey) walk(ctx context.Context, most int) {
	for range most {
		if j.done() {
			return
		}
		j.broken = j.steps[j.next].do(ctx)
		if j.broken != nil {
			if ctx.Err() != nil && errors.Is(j.broken, ctx.Err()) {
				j.broken = nil
			}
			return
		}
		j.next++
	}
}

// key is the same for the same request, whenever it is repeated.
func (j *journey) key(step string) string { return j.secret + "-" + step }

// want asks, and takes another status than those for a mistake.
func (j *journey) want(ctx context.Context, r request, statuses ...int) (answer, error) {
	r.address = j.address
	a, err := j.client.do(ctx, r)
	if err == nil && !slices.Contains(statuses, a.status) {
		err = &unexpected{r, a}
	}
	return a, err
}

// signed is want for somebody who is signed in, and signs in again where the
// session has ended meanwhile.
func (j *journey) signed(ctx context.Context, r request, statuses ...int) (answer, error) {
	r.token = j.access
	a, err := j.want(ctx, r, statuses...)
	if refused, ok := errors.AsType[*unexpected](err); !ok || refused.answer.status != http.StatusUnauthorized {
		return a, err
	}
	j.figures.add("sessions that were over meanwhile", 1)
	if err := j.enter(ctx, uuid.NewString()); err != nil {
		return a, err
	}
	r.token = j.access
	return j.want(ctx, r, statuses...)
}

// enter signs in.
func (j *journey) enter(ctx context.Context, key string) error {
	kind := "citizen"
	if j.kind == "payer" {
		kind = "payer"
	}
	a, err := j.want(ctx, request{
		method: http.MethodPost, path: "/v1/sessions", key: j.key(key),
		body: map[string]string{"account_type": kind, "login": j.login, "password": j.password},
	}, http.StatusCreated)
	if err == nil {
		j.access, j.refresh = a.text("access_token"), a.text("refresh_token")
	}
	return err
}

// prove enters the codes that come, and asks for another one when none does.
// The path is that of what is proven.
func (j *journey) prove(ctx context.Context, path string) error {
	for {
		waiting, stop := context.WithTimeout(ctx, codePatience)
		code, come := j.arrivals.code(waiting, j.contact, j.tried)
		stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !come {
			if err := j.askAgain(ctx, path); err != nil {
				return err
			}
			continue
		}
		proven, err := j.try(ctx, path, code)
		if err != nil || proven {
			return err
		}
	}
}

// try enters one code; false where it is a wrong one, or too old.
func (j *journey) try(ctx context.Context, path string, code arrival) (bool, error) {
	a, err := j.want(ctx, request{
		method: http.MethodPost, path: path + "/confirmation", token: j.flow, key: j.key("code-" + code.code),
		body: map[string]string{"code": code.code},
	}, http.StatusOK, http.StatusUnprocessableEntity)
	if err != nil {
		return false, err
	}
	j.tried = append(j.tried, code.code)
	if a.status == http.StatusOK {
		j.figures.longest("longest wait for a code, from the last time it was asked for", code.at.Sub(j.asked))
		return true, nil
	}
	j.figures.add("codes that came too late: "+a.text("code"), 1)
	return false, nil
}

// askAgain has another code sent, or takes it that none may be yet.
func (j *journey) askAgain(ctx context.Context, path string) error {
	a, err := j.want(ctx, request{
		method: http.MethodPost, path: path + "/codes", token: j.flow, key: j.key(fmt.Sprintf("again-%d", j.resent)),
	}, http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusTooManyRequests)
	if err != nil {
		return err
	}
	j.resent++
	if a.status != http.StatusTooManyRequests {
		j.asked = time.Now()
		j.figures.add("codes asked for again", 1)
	}
	return nil
}
