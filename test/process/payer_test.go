package process_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// payer is a payer of the sandbox's register on the way to its cabinet, and what
// the API gave to it.
type payer struct {
	number, inn, email, password string
	header                       http.Header
	id, flow                     string
	terms, code                  string
	access, refresh              string
}

// newPayer is the first payer of the sandbox, which has an agreement on
// electronic documents.
func newPayer(email string) *payer {
	return &payer{number: "087-214-000001", inn: "6700000014", email: email, password: "lantern radish by the sea"}
}

func (o *payer) application() request {
	return request{method: http.MethodPost, path: "/v1/payer-applications", header: o.header, body: map[string]string{
		"registration_number": o.number, "inn": o.inn, "email": o.email, "delivery_method": "edo", "locale": "en",
	}}
}

func (o *payer) confirmation(code string) request {
	path := "/v1/payer-applications/" + o.id + "/confirmation"
	return request{method: http.MethodPost, path: path, token: o.flow, header: o.header, body: map[string]string{"code": code}}
}

func (o *payer) activation() request {
	return request{method: http.MethodPost, path: "/v1/payer-activations", header: o.header, body: map[string]string{
		"registration_number": o.number, "activation_code": o.code, "accepted_terms_version": o.terms,
		"password": o.password, "password_confirmation": o.password,
	}}
}

func (o *payer) signIn() request {
	body := map[string]string{"account_type": "payer", "login": o.number, "password": o.password}
	return request{method: http.MethodPost, path: "/v1/sessions", header: o.header, body: body}
}

// change chooses another password.
func (o *payer) change(password string) request {
	return request{method: http.MethodPost, path: "/v1/me/password", token: o.access, header: o.header, body: map[string]string{
		"current_password": o.password, "password": password, "password_confirmation": password,
	}}
}

// applied takes over what the application gave.
func (o *payer) applied(a answer) { o.id, o.flow = a.text("id"), a.text("flow_token") }

// entered takes over a pair of tokens.
func (o *payer) entered(a answer) {
	o.access, o.refresh = a.text("access_token"), a.text("refresh_token")
}

// agree reads the terms that are in force.
func (p *program) agree(o *payer) {
	p.Helper()
	o.terms = p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/terms/payer-connection"}).text("version")
}

// addressCode waits for the code that proves the applicant's address. Other
// messages go there, too.
func (h *house) addressCode(o *payer) (code string, err error) {
	err = eventually(patience, func() (bool, error) {
		found, err := h.messages(o.email)
		for _, m := range found {
			if m.Code != "" {
				code = m.Code
			}
		}
		return code != "", err
	})
	return code, err
}

// comes waits until so many rows are there.
func (h *house) comes(t *testing.T, rows string, many int) {
	t.Helper()
	require.NoError(t, eventually(patience, func() (bool, error) {
		return h.count(t, "SELECT count(*) FROM "+rows) == many, nil
	}), rows)
}

// placeOf is the id of a place of the sandbox's list.
func (h *house) placeOf(t *testing.T, code string) (id string) {
	t.Helper()
	db := testkit.SQL(t, h.engine, h.database)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT id FROM service_centres WHERE code = $1", code).Scan(&id))
	return id
}

// cardPassword reads the password on a registration card, where each character
// stands for itself.
func cardPassword(pdf []byte) (string, error) {
	for _, stream := range regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue // a picture
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return "", err
		}
		var password []byte
		for _, character := range regexp.MustCompile(`\(\x00([0-9A-HJKMNP-TV-Z])\) Tj`).FindAllSubmatch(content, -1) {
			password = append(password, character[1]...)
		}
		if len(password) == len("7K3M9QR4TW7K3M9Q") {
			return string(password), nil
		}
	}
	return "", errors.New("no password on the card")
}

// A document with an activation code is committed; it cannot be sent, the process
// dies, and once more. In the end the payer has it once, and its code is good.
//
// M24
func TestDocumentOutlivesTwoKills(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		o := newPayer("finch@example.org")
		p := h.serve()
		h.breakOutbox()
		o.applied(p.must(http.StatusCreated, o.application()))
		id := p.awaitLogged("document not carried", "document_id")
		h.awaitIdle(t)
		p.kill()

		// The outbox can be opened, but the document cannot be placed.
		h.mendOutbox()
		obstacle := h.outbox(id + ".xml")
		require.NoError(t, os.Mkdir(obstacle, 0o700))
		p = h.serve()
		require.Equal(t, id, p.awaitLogged("document not carried", "document_id"))
		h.awaitIdle(t)
		p.kill()

		require.NoError(t, os.Remove(obstacle))
		p = h.serve()
		h.comes(t, "edo_documents WHERE status = 'sent'", 1)
		h.comes(t, "messages WHERE status = 'queued'", 0)
		found, err := h.messages(o.number)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, id, found[0].ID)
		require.Equal(t, 1, h.count(t, "SELECT count(*) FROM messages WHERE kind = 'payer_code_sent'"))
		p.agree(o)
		o.code = found[0].Code
		p.must(http.StatusCreated, o.activation())
		p.must(http.StatusCreated, o.signIn())
	})
}

// With two connections to the database, 64 payers who apply while a payer signs
// in 64 times all come to an end, and so does what the applications set off.
func TestPoolOfTwoWithPayers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.poolOfTwo()
	h.settings["KABINET_POLICY_PAYER_APPLICATIONS_PER_NUMBER"] = "1000"
	p := h.serve()
	known := &payer{number: "087-214-000005", password: "correct horse battery staple"}
	apply := func(n int) error {
		o := newPayer(fmt.Sprintf("payer-%d@example.net", n))
		if n%2 == 0 {
			o.number = fmt.Sprintf("087-214-9%05d", n) // nobody's
		}
		a, err := p.want(http.StatusCreated, o.application())
		if err != nil {
			return err
		}
		o.applied(a)
		code, err := p.addressCode(o)
		if err == nil {
			_, err = p.want(http.StatusOK, o.confirmation(code))
		}
		return err
	}
	enter := func(n int) error {
		r := known.signIn()
		r.key = fmt.Sprintf("sign-in-%d", n)
		a, err := p.ask(r)
		// Many at once at one account look like somebody who guesses.
		if err == nil && a.status != http.StatusCreated && a.status != http.StatusTooManyRequests {
			err = fmt.Errorf("sign-in: %d %s", a.status, a.body)
		}
		return err
	}
	var group errgroup.Group
	for n := range crowd {
		group.Go(func() error { return apply(n) })
		group.Go(func() error { return enter(n) })
	}
	require.NoError(t, group.Wait())
	h.comes(t, "payer_applications WHERE status = 'closed'", crowd/2)
	h.comes(t, "payer_applications WHERE status = 'sent'", crowd/2)
	require.Equal(t, 2, h.count(t, "SELECT count(*) FROM payer_accounts"))
	p.stop()
}
