package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/problem"
)

type fixedClock time.Time

func (f fixedClock) Now() time.Time { return time.Time(f) }

func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func writer(t *testing.T) *problem.Writer {
	t.Helper()
	catalog, err := i18n.New()
	require.NoError(t, err)
	return problem.New("https://kabinet.test/", catalog, fixedClock(now()))
}

func TestEveryCodeHasAProblem(t *testing.T) {
	t.Parallel()
	w := writer(t)
	for _, entry := range apperr.Catalogue() {
		for _, locale := range i18n.Locales() {
			p := w.Of(apperr.New(entry.Code), locale, "r")
			assert.GreaterOrEqual(t, p.Status, 400, entry.Code)
			assert.NotEmpty(t, p.Title, entry.Code)
			assert.NotEmpty(t, p.Detail, entry.Code)
			assert.NotContains(t, p.Title+p.Detail, "{", entry.Code)
			assert.NotContains(t, p.Title+p.Detail, "problem.", entry.Code)
			assert.Equal(t, "https://kabinet.test/problems/"+p.Code, p.Type)
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for code, want := range map[apperr.Code]int{
		apperr.Internal:             500,
		apperr.ServiceUnavailable:   503,
		apperr.Busy:                 503,
		apperr.MalformedJSON:        400,
		apperr.ValidationFailed:     422,
		apperr.PhoneInvalid:         422,
		apperr.BodyTooLarge:         413,
		apperr.UnsupportedMediaType: 415,
		apperr.Unauthenticated:      401,
		apperr.OriginNotAllowed:     403,
		apperr.NotFound:             404,
		apperr.MethodNotAllowed:     405,
		apperr.InvalidTransition:    409,
		apperr.RateLimited:          429,
		"never_heard_of":            500,
	} {
		assert.Equal(t, want, problem.Status(code), code)
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want apperr.Code
	}{
		"known":                     {apperr.New(apperr.NotFound), apperr.NotFound},
		"wrapped":                   {fmt.Errorf("x: %w", apperr.New(apperr.Busy)), apperr.Busy},
		"unknown":                   {errors.New("secret"), apperr.Internal},
		"deadline":                  {fmt.Errorf("x: %w", context.DeadlineExceeded), apperr.ServiceUnavailable},
		"client gone":               {context.Canceled, apperr.ServiceUnavailable},
		"deadline inside internal":  {apperr.Wrap(apperr.Internal, context.DeadlineExceeded), apperr.ServiceUnavailable},
		"deadline inside not found": {apperr.Wrap(apperr.NotFound, context.DeadlineExceeded), apperr.NotFound},
		"body cut off":              {fmt.Errorf("x: %w", &http.MaxBytesError{Limit: 1}), apperr.BodyTooLarge},
		"field alone":               {apperr.New(apperr.PhoneInvalid), apperr.ValidationFailed},
		"code of no catalogue":      {apperr.New("never_heard_of"), apperr.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, problem.Normalize(test.err).Code)
		})
	}
}

// M27: the cause of an error is for the log alone.
func TestCauseIsNotTold(t *testing.T) {
	t.Parallel()
	w := writer(t)
	for _, err := range []error{
		errors.New("canary"),
		apperr.Wrap(apperr.Internal, errors.New("canary")),
		apperr.Wrap(apperr.NotFound, errors.New("canary")),
		apperr.New("canary"),
	} {
		text, failed := json.Marshal(w.Of(err, i18n.English, "r"))
		require.NoError(t, failed)
		assert.NotContains(t, string(text), "canary")
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	left := 2
	for name, test := range map[string]struct {
		err    error
		locale i18n.Locale
		want   string
	}{
		"plain": {
			apperr.New(apperr.Unauthenticated), i18n.English,
			`{"type":"https://kabinet.test/problems/unauthenticated","title":"Sign-in required","status":401,` +
				`"detail":"Sign in to do this.","instance":"id-1","code":"unauthenticated"}`,
		},
		"fields": {
			apperr.Invalid(
				apperr.Field{Pointer: "/phone", Code: apperr.PhoneInvalid},
				apperr.Field{Pointer: "/x", Code: apperr.FieldWrongType, Params: map[string]string{"expected": "string"}},
			), i18n.English,
			`{"type":"https://kabinet.test/problems/validation_failed","title":"The request has errors","status":422,` +
				`"detail":"Some fields are not filled in correctly. Correct them and repeat the request.",` +
				`"instance":"id-1","code":"validation_failed","errors":[` +
				`{"pointer":"/phone","code":"phone_invalid","detail":"Check the phone number; an example: +7 912 345-67-89."},` +
				`{"pointer":"/x","code":"wrong_type","detail":"The value has a wrong type; expected: string."}]}`,
		},
		"everything": {
			&apperr.Error{
				Code: apperr.CodeIncorrect, AttemptsLeft: &left, NextActions: []string{"confirm", "resend_code"},
				RetryAt: now().In(time.FixedZone("MSK", 3*3600)),
			}, i18n.Russian,
			`{"type":"https://kabinet.test/problems/code_incorrect","title":"Код не подошёл","status":422,` +
				`"detail":"Код не подошёл. Проверьте его и введите ещё раз.","instance":"id-1","code":"code_incorrect",` +
				`"attempts_left":2,"retry_at":"2026-03-01T12:00:00Z","next_actions":["confirm","resend_code"]}`,
		},
		"missing parameter reads as the title": {
			apperr.New(apperr.MalformedJSON), i18n.English,
			`{"type":"https://kabinet.test/problems/malformed_json","title":"Request body cannot be read","status":400,` +
				`"detail":"Request body cannot be read","instance":"id-1","code":"malformed_json"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(writer(t).Of(test.err, test.locale, "id-1"))
			require.NoError(t, err)
			require.JSONEq(t, test.want, string(text))
		})
	}
}

func TestNoAttemptsLeftIsTold(t *testing.T) {
	t.Parallel()
	zero := 0
	text, err := json.Marshal(writer(t).Of(&apperr.Error{Code: apperr.CodeExhausted, AttemptsLeft: &zero}, i18n.English, ""))
	require.NoError(t, err)
	require.Contains(t, string(text), `"attempts_left":0`)
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	quota := &apperr.Quota{Name: "codes", Limit: 25, Window: 5 * time.Minute, Remaining: 24, Reset: 290 * time.Second}
	spent := &apperr.Quota{Name: "codes", Limit: 25, Window: 5 * time.Minute, Reset: 6500 * time.Millisecond}
	for name, test := range map[string]struct {
		err  error
		want map[string]string
	}{
		"none":                {apperr.New(apperr.NotFound), map[string]string{}},
		"challenge":           {apperr.New(apperr.AccessTokenInvalid), map[string]string{"Www-Authenticate": "Bearer"}},
		"retry in the future": {retryAt(now().Add(90 * time.Second)), map[string]string{"Retry-After": "90"}},
		"rounded up":          {retryAt(now().Add(1100 * time.Millisecond)), map[string]string{"Retry-After": "2"}},
		"at once":             {retryAt(now()), map[string]string{"Retry-After": "1"}},
		"past":                {retryAt(now().Add(-time.Hour)), map[string]string{"Retry-After": "1"}},
		"retry without a 429": {&apperr.Error{Code: apperr.InvalidTransition, RetryAt: now()}, map[string]string{}},
		"quota": {&apperr.Error{Code: apperr.CodeIncorrect, Quota: quota}, map[string]string{
			"Ratelimit-Policy": `"codes";q=25;w=300`, "Ratelimit": `"codes";r=24;t=290`,
		}},
		"spent quota": {&apperr.Error{Code: apperr.RateLimited, Quota: spent}, map[string]string{
			"Ratelimit-Policy": `"codes";q=25;w=300`, "Ratelimit": `"codes";r=0;t=7`, "Retry-After": "7",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for key, values := range writer(t).Headers(test.err) {
				got[key] = values[0]
			}
			require.Equal(t, test.want, got)
		})
	}
}

func retryAt(at time.Time) error { return &apperr.Error{Code: apperr.RateLimited, RetryAt: at} }

func TestRetryAfterIsNeverMissing(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 200 {
		for _, code := range []apperr.Code{apperr.Busy, apperr.ServiceUnavailable, apperr.RateLimited} {
			after, err := strconv.Atoi(writer(t).Headers(apperr.New(code)).Get("Retry-After"))
			require.NoError(t, err)
			require.True(t, after >= 1 && after <= 5, after)
			seen[after] = true
		}
	}
	require.Len(t, seen, 5, "clients are not spread")
}

func TestSetQuotaClampsNegativeValues(t *testing.T) {
	t.Parallel()
	header := http.Header{}
	problem.SetQuota(header, apperr.Quota{Name: "sign-in", Limit: 5, Window: time.Hour, Remaining: -3, Reset: -time.Second})
	require.Equal(t, `"sign-in";q=5;w=3600`, header.Get("RateLimit-Policy"))
	require.Equal(t, `"sign-in";r=0;t=0`, header.Get("RateLimit"))
}
