package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// earlyWait is how long a payer waits whose code is not taken yet.
const earlyWait = 15 * time.Second

// application leads a payer from an application to a session.
func (j *journey) application() []step {
	j.login = payerNumber(j.n)
	return []step{
		{"apply", func(ctx context.Context) error {
			a, err := j.want(ctx, request{
				method: http.MethodPost, path: "/v1/payer-applications", key: j.key("apply"),
				body: map[string]string{
					"registration_number": j.login, "inn": payerINN(j.n), "email": j.contact, "delivery_method": "edo",
					"locale": []string{"ru", "en"}[j.n%2],
				},
			}, http.StatusCreated)
			j.id, j.flow, j.asked = a.text("id"), a.text("flow_token"), time.Now()
			return err
		}},
		{"prove the address", func(ctx context.Context) error { return j.prove(ctx, "/v1/payer-applications/"+j.id) }},
		{"activate", j.activate},
		{"sign in", func(ctx context.Context) error { return j.enter(ctx, "sign-in") }},
		{"be known", func(ctx context.Context) error {
			_, err := j.signed(ctx, request{method: http.MethodGet, path: "/v1/me"}, http.StatusOK)
			return err
		}},
	}
}

// activate waits for the document, and enters its code.
func (j *journey) activate(ctx context.Context) error {
	terms, err := j.want(ctx, request{method: http.MethodGet, path: "/v1/terms/payer-connection"}, http.StatusOK)
	if err != nil {
		return err
	}
	code, come := j.arrivals.code(ctx, j.login, nil)
	if !come {
		return ctx.Err()
	}
	for {
		a, err := j.want(ctx, request{
			method: http.MethodPost, path: "/v1/payer-activations", key: j.key(fmt.Sprintf("activate-%d", j.resent)),
			body: map[string]string{
				"registration_number": j.login, "activation_code": code.code, "accepted_terms_version": terms.text("version"),
				"password": j.password, "password_confirmation": j.password,
			},
		}, http.StatusCreated, http.StatusUnprocessableEntity)
		if err != nil || a.status == http.StatusCreated {
			return err
		}
		if a.text("code") != "code_incorrect" {
			return &unexpected{answer: a}
		}
		// The code counts from the moment that its sending is noted, which may be
		// after it has come: a process that is killed in between notes nothing.
		j.figures.add("activation codes that came before their sending was noted", 1)
		j.resent++
		if !pause(ctx, earlyWait) {
			return ctx.Err()
		}
	}
}
