package process_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// smsToken is what the gateway knows the program by.
const smsToken = "token-of-the-gateway"

// text is a message that a gateway was handed.
type text struct {
	ID string `json:"id"`
	To string `json:"to"`
	// Text is what an SMS says; of a mail, all of it.
	Text string `json:"text"`
	// authorization and key are the headers of the request.
	authorization, key string
	// accepted ends when the test lets the gateway say yes.
	accepted chan struct{}
}

// accept lets the gateway take the message.
func (t text) accept() { close(t.accepted) }

// code is the only row of six digits in the words of the message.
func (t text) code() string {
	_, body, found := strings.Cut(t.Text, "\r\n\r\n")
	if !found {
		body = t.Text
	}
	return regexp.MustCompile(`\b[0-9]{6}\b`).FindString(body)
}

// gateways are what messages leave by in production. Both hand over what they
// get, and answer when the test has accepted it.
type gateways struct{ sms, mail chan text }

// newProduction is a production on PostgreSQL, with gateways of its own.
func newProduction(t *testing.T) (*house, gateways) {
	t.Helper()
	g := gateways{sms: make(chan text), mail: make(chan text)}
	h := newHouse(t, testkit.PostgreSQL)
	cert, key := signature(t)
	for name, value := range map[string]string{
		"KABINET_ENV":             "production",
		"KABINET_KEYSET_FILE":     filepath.Join(t.TempDir(), "keyset.json"),
		"KABINET_PUBLIC_URL":      "https://kabinet.example.org",
		"KABINET_SMS_URL":         strings.Replace(g.serveSMS(t), "http://", "http://"+smsToken+"@", 1),
		"KABINET_SMTP_URL":        "smtp+insecure://" + g.serveMail(t) + "?from=cabinet@example.org",
		"KABINET_HASH_MEMORY_KIB": "7168",
		"KABINET_DRAIN":           "0s",
		// Nobody listens there: no test of a production has a person checked, or
		// sends a document.
		"KABINET_REGISTRY_SNILS_URL":    "http://127.0.0.1:1/snils",
		"KABINET_REGISTRY_PAYERS_URL":   "http://127.0.0.1:1/payers",
		"KABINET_REGISTRY_PASSPORT_URL": "http://127.0.0.1:1/passports",
		"KABINET_EDO_URL":               "http://127.0.0.1:1/edo",
		"KABINET_EDO_CERT_FILE":         cert,
		"KABINET_EDO_KEY_FILE":          key,
	} {
		h.settings[name] = value
	}
	code, _, complaint := h.run(nil, "keys", "create")
	require.Zero(t, code, complaint)
	return h, g
}

func (g gateways) serveSMS(t *testing.T) string {
	t.Helper()
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one := text{
			authorization: r.Header.Get("Authorization"),
			key:           r.Header.Get("Idempotency-Key"),
			accepted:      make(chan struct{}),
		}
		if json.NewDecoder(r.Body).Decode(&one) != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		select {
		case g.sms <- one:
		case <-over:
		}
		select {
		case <-one.accepted:
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	return server.URL + "/send"
}

func (g gateways) serveMail(t *testing.T) string {
	t.Helper()
	over := make(chan struct{})
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &mailSession{mail: g.mail, over: over}, nil
	}))
	server.Domain = "mail.example.org"
	server.Addr = freeAddress(t)
	go func() { _ = server.ListenAndServe() }()
	t.Cleanup(func() {
		close(over)
		_ = server.Close()
	})
	return server.Addr
}

// mailSession implements [smtp.Session].
type mailSession struct {
	mail chan<- text
	over <-chan struct{}
	to   string
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	one := text{To: s.to, Text: string(content), accepted: make(chan struct{})}
	select {
	case s.mail <- one:
	case <-s.over:
	}
	select {
	case <-one.accepted:
	case <-s.over:
	}
	return err
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

// M24, M28
func TestProductionSendsThroughGateways(t *testing.T) {
	t.Parallel()
	h, g := newProduction(t)
	p := h.serve()
	require.Empty(t, p.out.String(), "no greeting of a sandbox")
	require.NoDirExists(t, h.folder, "production keeps nothing in files")
	_, parts, _ := p.parts(t)
	require.Equal(t, map[string]string{
		"database": "ok", "register_snils": "ok", "register_passport": "ok", "register_payers": "ok",
		"channel_sms": "ok", "channel_smtp": "ok",
	}, parts)
	p.must(http.StatusNotFound, request{method: http.MethodGet, path: "/v1/sandbox/messages"})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		p.must(http.StatusNotFound, request{method: method, path: "/v1/sandbox/clock", body: map[string]string{"advance": "1h"}})
	}
	policies := p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/policies"})
	require.NotContains(t, string(policies.body), `"sandbox"`)

	c := newCitizen(0)
	require.NoError(t, p.register(c))
	sent := <-g.sms
	sent.accept()
	require.Equal(t, c.phone, sent.To)
	require.Equal(t, "Bearer "+smsToken, sent.authorization)
	require.Equal(t, sent.ID, sent.key)
	c.code = sent.code()
	p.must(http.StatusOK, c.confirmation())
	c.entered(p.must(http.StatusCreated, c.choice()))
	require.NoError(t, p.known(c))

	const address = "lukerya@example.org"
	registration := c.registration()
	registration.body = map[string]string{
		"family_name": "Канареева", "given_name": "Лукерья", "email": address, "locale": "en",
	}
	c.started(p.must(http.StatusCreated, registration))
	sent = <-g.mail
	sent.accept()
	require.Equal(t, address, sent.To)
	c.code = sent.code()
	p.must(http.StatusOK, c.confirmation())
	p.stop()
	require.NotContains(t, p.log.String(), smsToken)
}

// Every wrong value is told at once, by name, and no secret is repeated.
func TestProductionRefusesTheSandbox(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	h.settings = map[string]string{
		"KABINET_ENV":            "production",
		"KABINET_DATABASE_URL":   "sqlite:/secret-path/kabinet.db",
		"KABINET_PUBLIC_URL":     "http://kabinet.example.org",
		"KABINET_SANDBOX_PUBLIC": "true",
		"KABINET_SMTP_URL":       "smtp+insecure://user:secret-password@mail.example.org?from=a@example.org",
		"KABINET_SMS_URL":        "http://secret-token@sms.example.org/send",

		"KABINET_REGISTRY_SNILS_URL":    "http://secret-token@registers.example.org",
		"KABINET_REGISTRY_PAYERS_URL":   "ftp://registers.example.org/secret",
		"KABINET_REGISTRY_PASSPORT_URL": "https://registers.example.org?secret",
		"KABINET_EDO_URL":               "http://secret-token@edo.example.org",
	}
	code, out, complaint := h.run(nil, "serve")
	require.Equal(t, 2, code)
	require.Empty(t, out)
	for name := range h.settings {
		if name != "KABINET_ENV" {
			require.Contains(t, complaint, name+":")
		}
	}
	require.Contains(t, complaint, "KABINET_KEYSET_FILE:")
	require.NotContains(t, complaint, "secret")

	h.settings = map[string]string{"KABINET_ENV": "production"}
	code, _, complaint = h.run(nil)
	require.Equal(t, 2, code)
	for _, name := range []string{"DATABASE_URL", "KEYSET_FILE", "PUBLIC_URL", "SMTP_URL", "SMS_URL", "REGISTRY_SNILS_URL", "REGISTRY_PAYERS_URL", "REGISTRY_PASSPORT_URL", "EDO_URL", "EDO_CERT_FILE", "EDO_KEY_FILE"} {
		require.Contains(t, complaint, "KABINET_"+name+":")
	}
}

// One thing wrong in an otherwise good production is enough.
func TestProductionRefusesEachPartOfTheSandbox(t *testing.T) {
	t.Parallel()
	h, _ := newProduction(t)
	for name, value := range map[string]string{
		"KABINET_DATABASE_URL":    "sqlite:" + filepath.Join(t.TempDir(), "kabinet.db"),
		"KABINET_KEYSET_FILE":     "",
		"KABINET_PUBLIC_URL":      "http://kabinet.example.org",
		"KABINET_SANDBOX_PUBLIC":  "true",
		"KABINET_SMTP_URL":        "",
		"KABINET_SMS_URL":         "",
		"KABINET_HASH_MEMORY_KIB": "8",

		"KABINET_REGISTRY_SNILS_URL":    "",
		"KABINET_REGISTRY_PAYERS_URL":   "",
		"KABINET_REGISTRY_PASSPORT_URL": "",
		"KABINET_EDO_URL":               "",
	} {
		code, _, complaint := h.run(map[string]string{name: value}, "serve")
		require.Equal(t, 2, code, name)
		require.Contains(t, complaint, name+":")
	}
	code, _, complaint := h.run(map[string]string{"KABINET_KEYSET_FILE": filepath.Join(t.TempDir(), "none")}, "serve")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "key set")
}

func TestSandboxStaysOnLoopback(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	code, _, complaint := h.run(map[string]string{"KABINET_ADDR": "0.0.0.0:0"}, "serve")
	require.Equal(t, 2, code)
	require.Contains(t, complaint, "KABINET_ADDR:")
	require.Contains(t, complaint, "KABINET_SANDBOX_PUBLIC")

	h.settings["KABINET_SANDBOX_PUBLIC"] = "true"
	h.settings["KABINET_ADDR"] = strings.Replace(freeAddress(t), "127.0.0.1", "0.0.0.0", 1)
	h.serve().stop()
}
