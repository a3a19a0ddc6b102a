package sms_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// vendor is a gateway as its documentation describes it.
type vendor struct {
	// url is what the provider is made of; HOST is the server's address.
	url string
	// is tells whether a request is as documented.
	is func(r *http.Request, body string, m delivery.Rendered) bool
	// yes is what it says when it accepts a message; ID is the message's.
	yes       string
	reference string
	// says are its other answers with 200, and what they mean.
	says map[string]string
}

// form tells whether the body is a form with exactly these fields.
func form(body string, want map[string]string) bool {
	fields, err := url.ParseQuery(body)
	ok := err == nil && len(fields) == len(want)
	for name, value := range want {
		ok = ok && fields.Get(name) == value
	}
	return ok
}

func vendors() map[string]vendor {
	return map[string]vendor{
		"plain": {
			url: "http://canary-token@HOST/send?a=b",
			is: func(r *http.Request, body string, m delivery.Rendered) bool {
				return r.URL.String() == "/send?a=b" && r.Header.Get("Authorization") == "Bearer canary-token" &&
					body == `{"id":"`+m.ID.String()+`","text":"`+m.Text+`","to":"`+m.To+`"}`
			},
			yes:  `canary`,
			says: map[string]string{"": "yes", "<html>canary +79001234567": "yes"},
		},
		"smsc": {
			url: "smsc+insecure://canary-login:canary%2Fpassword@HOST?from=Kabinet",
			is: func(r *http.Request, body string, m delivery.Rendered) bool {
				return r.URL.String() == "/sys/send.php" && form(body, map[string]string{
					"login": "canary-login", "psw": "canary/password", "id": m.ID.String(), "phones": m.To, "mes": m.Text,
					"sender": "Kabinet", "charset": "utf-8", "fmt": "3",
				})
			},
			yes:       `{"id": "ID", "cnt": 1}`,
			reference: "ID",
			says: map[string]string{
				`{"error": "canary", "error_code": 7}`:                                               "final 7",
				`{"error": "canary", "error_code": 8, "id": "5"}`:                                    "final 8",
				`{"error": "duplicate request, wait a minute (canary)", "error_code": 9, "id": "5"}`: "later 9",
				`{"error": "authorise error", "error_code": 2}`:                                      "later 2",
				`{"error": "no money", "error_code": 3}`:                                             "later 3",
				`{"error": "message is denied", "error_code": 6}`:                                    "later 6",
				`{"error": "canary", "error_code": "123456"}`:                                        "later unknown",
			},
		},
		"smsc by its key": {
			url: "smsc+insecure://canary-key@HOST",
			is: func(_ *http.Request, body string, m delivery.Rendered) bool {
				return form(body, map[string]string{
					"apikey": "canary-key", "id": m.ID.String(), "phones": m.To, "mes": m.Text, "charset": "utf-8", "fmt": "3",
				})
			},
			yes:       `{"id": 4711, "cnt": 1}`,
			reference: "4711",
		},
		"smsru": {
			url: "smsru+insecure://canary-key@HOST?from=Kabinet",
			is: func(r *http.Request, body string, m delivery.Rendered) bool {
				return r.URL.String() == "/sms/send" && form(body, map[string]string{
					"api_id": "canary-key", "to": "79001234567", "msg": m.Text, "from": "Kabinet", "json": "1",
				})
			},
			yes: `{"status": "OK", "status_code": 100, "sms": {"79001234567":
				{"status": "OK", "status_code": 100, "sms_id": "000000-10000000"}}, "balance": 4122.56}`,
			reference: "000000-10000000",
			says: map[string]string{
				smsruSays("202"): "final 202", smsruSays("207"): "final 207", smsruSays("209"): "final 209",
				smsruSays("215"): "final 215", smsruSays("231"): "yes", smsruSays("230"): "later 230", smsruSays("220"): "later 220",
				smsruSays(`"123456"`): "later unknown",
				`{"status": "ERROR", "status_code": 301, "status_text": "canary"}`: "later 301",
				`{"status": "ERROR", "status_code": 201}`:                          "later 201",
			},
		},
		"a template of one's own by its key": {
			url: "http://canary-key@HOST?settings=testdata/own.json",
			is: func(r *http.Request, body string, m delivery.Rendered) bool {
				return r.URL.String() == "/" && r.Header.Get("X-Key") == "canary-key" && len(r.Header["X-Login"]) == 0 &&
					strings.Contains(body, `"content":{"short_text":"`+m.Text+`"}`)
			},
			yes:       `{"messages": [{"accepted": true, "id/uuid": 17}]}`,
			reference: "17",
		},
		"a template of one's own": {
			url: "http://canary-login:canary-password@HOST/v1/send?settings=testdata/own.json&from=Kabinet",
			is: func(r *http.Request, body string, m delivery.Rendered) bool {
				return r.URL.String() == "/v1/send" && r.Header.Get("X-Login") == "canary-login" &&
					r.Header.Get("X-Password") == "canary-password" && len(r.Header["X-Key"]) == 0 &&
					body == `{"messages":[{"client_id":"`+m.ID.String()+`","content":{"sender":"Kabinet","short_text":"`+m.Text+
						`"},"recipient":"79001234567"}],"options":{"class":1,"test":false}}`
			},
			yes:       `{"messages": [{"accepted": true, "id/uuid": "a-1"}]}`,
			reference: "a-1",
			says: map[string]string{
				`{"messages": [{"accepted": false, "error": "bad-number"}]}`:      "final bad-number",
				`{"messages": [{"accepted": false, "error": "seen"}]}`:            "yes",
				`{"messages": [{"accepted": false, "error": "canary"}]}`:          "later unknown",
				`{"messages": [], "error": 17}`:                                   "later 17",
				`{"messages": [{"accepted": true, "id/uuid": "79001234567"}]}`:    "yes",
				`{"messages": [{"accepted": true, "id/uuid": "of code 123456"}]}`: "yes",
				`{"messages": [{"accepted": true, "id/uuid": {"canary": "a"}}]}`:  "yes",
				`{"messages": {"0": {"accepted": null}}}`:                         "later",
			},
		},
	}
}

// smsruSays is what SMS.RU says of a number.
func smsruSays(code string) string {
	return `{"status": "OK", "status_code": 100, "sms": {"79001234567":
		{"status": "ERROR", "status_code": ` + code + `, "status_text": "canary 79001234567"}}, "balance": 1.2}`
}

// serve is the provider of a vendor whose answers are the test's.
func (v vendor) serve(t *testing.T, answer http.HandlerFunc) delivery.Provider {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	p, err := open(strings.Replace(v.url, "HOST", strings.TrimPrefix(server.URL, "http://"), 1))
	require.NoError(t, err)
	return p
}

// everyVendor runs a test for each of them.
func everyVendor(t *testing.T, test func(t *testing.T, v vendor)) {
	t.Helper()
	for name, v := range vendors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, v)
		})
	}
}

func (v vendor) accepts(m delivery.Rendered) string {
	return strings.ReplaceAll(v.yes, "ID", m.ID.String())
}

// A message that is sent twice looks the same, so that it can be told (M24).
func TestVendorsAcceptMessages(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, v vendor) {
		t.Helper()
		m := message()
		var mu sync.Mutex
		var bodies []string
		p := v.serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			bodies = append(bodies, string(body))
			mu.Unlock()
			if r.Method != http.MethodPost || !v.is(r, string(body), m) {
				w.WriteHeader(http.StatusTeapot)
				return
			}
			_, _ = io.WriteString(w, v.accepts(m))
		})
		for range 2 {
			reference, err := p.Send(t.Context(), m)
			require.NoError(t, err)
			require.Equal(t, strings.ReplaceAll(v.reference, "ID", m.ID.String()), reference)
		}
		require.Len(t, bodies, 2)
		require.Equal(t, bodies[0], bodies[1])
	})
}

func TestVendorsSayNo(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, v vendor) {
		t.Helper()
		for body, want := range v.says {
			p := v.serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			reference, err := p.Send(t.Context(), message())
			require.Empty(t, reference)
			if want == "yes" {
				require.NoError(t, err, body)
				continue
			}
			kind, code, coded := strings.Cut(want, " ")
			require.Error(t, err, body)
			require.Equal(t, kind == "final", errors.Is(err, domain.ErrUndeliverable), "%s: %v", body, err)
			if coded {
				require.Contains(t, err.Error(), "refused with code "+code)
			}
			requireConfidential(t, err)
		}
	})
}

// Answers that make no sense are worth another try, whatever they are.
// What a gateway refuses for one number or text alone does not keep others from it
// (M24).
func TestRefusalsOfOneMessageAndTheBreaker(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		vendor, says string
		down         bool
	}{
		"SMSC.ru, twice":        {"smsc", `{"error": "wait", "error_code": 9}`, false},
		"SMSC.ru, no money":     {"smsc", `{"error": "money", "error_code": 3}`, true},
		"SMS.RU, of a number":   {"smsru", smsruSays("230"), false},
		"SMS.RU, the same text": {"smsru", smsruSays("232"), false},
		"SMS.RU, a code":        {"smsru", smsruSays("233"), false},
		"SMS.RU, out of order":  {"smsru", smsruSays("220"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := delivery.Guard(vendors()[tc.vendor].serve(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, tc.says)
			}), testkit.NewClock())
			for range 6 {
				_, err := p.Send(t.Context(), message())
				require.Error(t, err)
			}
			guard, ok := p.(interface{ Down() bool })
			require.True(t, ok)
			require.Equal(t, tc.down, guard.Down())
		})
	}
}

func TestVendorsTalkNonsense(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, v vendor) {
		t.Helper()
		if v.reference == "" {
			t.Log("the plain contract does not look at the body")
			return
		}
		for _, body := range []string{
			"", "canary", "{", "[]", "null", `"canary"`, "{}", `{"sms": []}`, `{"messages": [1]}`, "<html>+79001234567</html>",
			v.accepts(message()) + "canary", `{"a": "` + strings.Repeat("x", 1<<20) + `"}`,
		} {
			p := v.serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			_, err := p.Send(t.Context(), message())
			require.Error(t, err, body)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
		}
	})
}

func TestVendorsStatuses(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, v vendor) {
		t.Helper()
		for _, status := range []int{301, 400, 401, 403, 404, 422, 429, 500, 502, 503} {
			m := message()
			p := v.serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, v.accepts(m))
			})
			_, err := p.Send(t.Context(), m)
			require.Error(t, err, status)
			final := v.reference == "" && (status == 400 || status == 422)
			require.Equal(t, final, errors.Is(err, domain.ErrUndeliverable), status)
			requireConfidential(t, err)
		}
	})
}

func TestVendorsThatAreLateOrNeverAnswer(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, v vendor) {
		t.Helper()
		m, late := message(), make(chan struct{})
		p := v.serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-late:
			case <-r.Context().Done():
			}
			_, _ = io.WriteString(w, v.accepts(m))
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		_, err := p.Send(ctx, m)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
		requireConfidential(t, err)
		close(late)
		_, err = p.Send(t.Context(), m)
		require.NoError(t, err)
	})
}

// An answer that is cut off was no yes, if the body is what says yes.
func TestVendorsThatBreakOff(t *testing.T) {
	t.Parallel()
	everyVendor(t, func(t *testing.T, v vendor) {
		t.Helper()
		m := message()
		p := v.serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, v.accepts(m))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
		_, err := p.Send(t.Context(), m)
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
		if v.reference != "" {
			require.Error(t, err)
			requireConfidential(t, err)
		}
	})
}

func TestReceiptsOfVendors(t *testing.T) {
	t.Parallel()
	state := func(code string) string { return `{"status": "OK", "sms": {"000-1": {"status_code": ` + code + `}}}` }
	const pending, failed = "pending", "failed"
	for name, tc := range map[string]struct {
		url, path, body string
		states          map[string]string
	}{
		"smsru": {
			"smsru+insecure://canary-key@HOST", "/sms/status", "api_id=canary-key&json=1&sms_id=000-1",
			map[string]string{
				state("103"): "", state("110"): "", state("102"): pending, state("100"): pending,
				state("104"): "expired", state("150"): "no route to the number",
				state("-1"): failed, state("900"): failed, state(`"canary"`): failed,
				`{"status": "ERROR", "status_code": 301}`: failed, "canary": failed, "": failed, `{"sms": {"000-2": {}}}`: failed,
			},
		},
		"a template of one's own": {
			"http://canary-key@HOST/v1/send?settings=testdata/own.json", "/v1/state/000-1", `{"id":"000-1"}`,
			map[string]string{
				`{"state": "delivered"}`: "", `{"state": "sent"}`: pending, `{"state": "dead"}`: "undeliverable", `{"state": 7}`: failed,
			},
		},
	} {
		for body, want := range tc.states {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := vendor{url: tc.url}.serve(t, func(w http.ResponseWriter, r *http.Request) {
					asked, _ := io.ReadAll(r.Body)
					if r.URL.String() != tc.path || string(asked) != tc.body || r.Method != http.MethodPost {
						w.WriteHeader(http.StatusTeapot)
					}
					_, _ = io.WriteString(w, body)
				})
				poller, is := p.(delivery.Poller)
				require.True(t, is)
				receipt, waits, err := poller.Poll(t.Context(), "000-1")
				if want == failed {
					require.Error(t, err, body)
					require.False(t, waits)
					requireConfidential(t, err)
					return
				}
				require.NoError(t, err, body)
				require.Equal(t, want == pending, waits)
				if want != pending {
					require.Equal(t, domain.MessageReceipt{
						Provider: "first", Reference: "000-1", Delivered: want == "", Reason: want, At: testkit.NewClock().Now(),
					}, receipt)
				}
			})
		}
	}
}

func TestAStatusThatIsRefusedOrNeverComes(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 400, 401, 403, 429, 500, 503} {
		p := vendors()["smsru"].serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"sms": {"000-1": {"status_code": 103}}}`)
		})
		poller, _ := p.(delivery.Poller)
		_, waits, err := poller.Poll(t.Context(), "000-1")
		require.Error(t, err)
		require.False(t, waits)
	}
	p := vendors()["smsru"].serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	poller, _ := p.(delivery.Poller)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, _, err := poller.Poll(ctx, "000-1")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	requireConfidential(t, err)
}
