package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// registration leads to an account and a session.
func (j *journey) registration() []step {
	path := func() string { return "/v1/registrations/" + j.id }
	return []step{
		{"register", func(ctx context.Context) error {
			body := map[string]string{"family_name": "Синтетическая", "given_name": "Анна", "locale": []string{"ru", "en"}[j.n%2]}
			body["phone"] = j.contact
			if strings.Contains(j.contact, "@") {
				delete(body, "phone")
				body["email"] = j.contact
			}
			a, err := j.want(ctx, request{
				method: http.MethodPost, path: "/v1/registrations", key: j.key("register"), body: body,
			}, http.StatusCreated)
			j.id, j.flow, j.login, j.asked = a.text("id"), a.text("flow_token"), j.contact, time.Now()
			return err
		}},
		{"prove the contact", func(ctx context.Context) error { return j.prove(ctx, path()) }},
		{"choose a password", func(ctx context.Context) error {
			a, err := j.want(ctx, request{
				method: http.MethodPost, path: path() + "/password", token: j.flow, key: j.key("password"),
				body: map[string]string{"password": j.password, "password_confirmation": j.password},
			}, http.StatusCreated)
			j.access, j.refresh = a.text("access_token"), a.text("refresh_token")
			return err
		}},
	}
}

// checks lead from there to data that the registers confirm.
func (j *journey) checks() []step {
	return []step{
		{"submit data", func(ctx context.Context) error {
			terms, err := j.want(ctx, request{method: http.MethodGet, path: "/v1/terms/personal-data"}, http.StatusOK)
			if err != nil {
				return err
			}
			_, err = j.signed(ctx, request{
				method: http.MethodPut, path: "/v1/me/personal-data", body: j.papers(terms.text("version")),
			}, http.StatusAccepted, http.StatusOK)
			return err
		}},
		{"pass the checks", j.await},
		{"have the level", func(ctx context.Context) error {
			r := request{method: http.MethodGet, path: "/v1/me"}
			a, err := j.signed(ctx, r, http.StatusOK)
			if err == nil && a.text("level") != "standard" {
				err = &unexpected{r, a}
			}
			return err
		}},
	}
}

// await waits until the registers have said yes.
func (j *journey) await(ctx context.Context) error {
	r := request{method: http.MethodGet, path: "/v1/me/verification?wait=10s"}
	for {
		a, err := j.signed(ctx, r, http.StatusOK)
		if err != nil {
			return err
		}
		switch a.text("status") {
		case "passed":
			return nil
		case "checking", "waiting_registry":
			if !pause(ctx, time.Second) {
				return ctx.Err()
			}
		default:
			return &unexpected{r, a}
		}
	}
}

func (j *journey) papers(consent string) map[string]any {
	return map[string]any{
		"family_name": "Синтетическая", "given_name": "Анна", "no_patronymic": true, "birth_date": "1984-05-17", "gender": "female",
		"birthplace": "гор. Калининград", "snils": personSNILS(j.n),
		"passport": map[string]string{
			"series": "2714", "number": fmt.Sprintf("%06d", j.n), "issue_date": "2014-06-02", "department_code": "390-001", "issued_by": "Отделом",
		},
		"registration_address": map[string]string{
			"postal_index": "236000", "region": "Калининградская область", "city": "Калининград", "street": "ул. Синтетическая", "house": "7",
		},
		"accepted_consent_version": consent,
	}
}

// sessions are opened, gone on with and ended.
func (j *journey) sessions() []step {
	renew := func(turn string) func(context.Context) error {
		return func(ctx context.Context) error {
			a, err := j.want(ctx, request{
				method: http.MethodPost, path: "/v1/sessions/refresh", key: j.key("refresh-" + turn),
				body: map[string]string{"refresh_token": j.refresh},
			}, http.StatusOK)
			if err == nil {
				j.access, j.refresh = a.text("access_token"), a.text("refresh_token")
			}
			return err
		}
	}
	return []step{
		{"sign in", func(ctx context.Context) error { return j.enter(ctx, "sign-in") }},
		{"refresh", renew("first")},
		{"refresh again", renew("second")},
		{"sign out", j.leave},
		{"be signed out", func(ctx context.Context) error {
			_, err := j.want(ctx, request{method: http.MethodGet, path: "/v1/me", token: j.access}, http.StatusUnauthorized)
			return err
		}},
	}
}

// leave signs out. Who repeats it after an answer that was lost is signed out
// already; whose access token has run out needs another one first.
func (j *journey) leave(ctx context.Context) error {
	r := request{method: http.MethodDelete, path: "/v1/sessions/current", token: j.access}
	a, err := j.want(ctx, r, http.StatusNoContent)
	refused, ok := errors.AsType[*unexpected](err)
	switch {
	case !ok || refused.answer.status != http.StatusUnauthorized:
		return err
	case a.repeats > 0:
		return nil
	default:
		if err := j.enter(ctx, uuid.NewString()); err != nil {
			return err
		}
		return j.leave(ctx)
	}
}
