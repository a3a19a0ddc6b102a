package process_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// staffPassword is every operator's.
const staffPassword = "a wren sings in the reeds"

// staffSNILS is the nth number of a person of the fund, and of nobody else.
func staffSNILS(n int) string {
	digits, sum := fmt.Sprintf("%09d", 300_000_000+n), 0
	for i, digit := range digits {
		sum += int(digit-'0') * (len(digits) - i)
	}
	return fmt.Sprintf("%s%02d", digits, sum%101%100)
}

// employ makes an operator on the command line and lets them in.
func (p *program) employ(n int, role string, places ...string) (access string) {
	p.Helper()
	login := fmt.Sprintf("staff-%d", n)
	args := []string{
		"operator", "create", "--login", login, "--family-name", "Операторова", "--given-name", "Ольга",
		"--email", login + "@example.org", "--snils", staffSNILS(n), "--role", role,
	}
	for _, place := range places {
		args = append(args, "--place", place)
	}
	code, out, complaint := p.run(nil, args...)
	require.Zero(p, code, complaint)
	_, link, ok := strings.Cut(strings.TrimSpace(out), "#")
	require.True(p, ok, out)
	secret, err := p.enrol(link)
	require.NoError(p, err)
	// The code of now is used up: the next one is good already.
	next, err := totp.GenerateCode(secret, time.Now().Add(30*time.Second))
	require.NoError(p, err)
	return p.must(http.StatusCreated, request{method: http.MethodPost, path: "/v1/sessions", body: map[string]string{
		"account_type": "operator", "login": login, "password": staffPassword, "otp": next,
	}}).text("access_token")
}

// enrol follows the link of an invitation to its end.
func (p *program) enrol(link string) (secret string, err error) {
	shown, err := p.want(http.StatusCreated, request{
		method: http.MethodPost, path: "/v1/operator-enrolments", key: "start" + link, body: map[string]string{"enrolment_token": link},
	})
	if err != nil {
		return "", err
	}
	secret = shown.text("totp", "secret")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		return "", err
	}
	_, err = p.want(http.StatusCreated, request{
		method: http.MethodPost, path: "/v1/operator-enrolments/completion", key: "complete" + link, body: map[string]string{
			"enrolment_token": link, "password": staffPassword, "password_confirmation": staffPassword, "otp": code,
		},
	})
	return secret, err
}

// throng is a crowd of people who are registered at a counter, and one of
// operators who are invited.
type throng struct {
	*program

	admin, desk, place, consent string
}

// newcomer is invited, and enrols with the link of the message.
func (w throng) newcomer(n int) error {
	login := fmt.Sprintf("newcomer-%d", n)
	_, err := w.want(http.StatusCreated, request{
		method: http.MethodPost, path: "/v1/operator/operators", token: w.admin, key: login, body: map[string]any{
			"login": login, "family_name": "Операторова", "given_name": "Ольга", "email": login + "@example.org",
			"snils": staffSNILS(100 + n), "role": "supervisor", "place_ids": []string{w.place},
		},
	})
	if err != nil {
		return err
	}
	if _, err := w.code(login + "@example.org"); err != nil {
		return err
	}
	sent, err := w.messages(login + "@example.org")
	if err != nil {
		return err
	}
	_, after, found := strings.Cut(sent[0].Text, "#")
	if !found {
		return errors.New("no link")
	}
	_, err = w.enrol(strings.Fields(after)[0])
	return err
}

// walkIn is registered at the counter, and signs in with the code of the message.
func (w throng) walkIn(n int) error {
	c := newCitizen(n + 1)
	body := (&siege{consent: w.consent}).papers(n)
	body["snils"], body["phone"] = staffSNILS(1000+n), c.phone
	_, err := w.want(http.StatusCreated, request{
		method: http.MethodPost, path: "/v1/operator/places/" + w.place + "/registrations", token: w.desk,
		key: c.phone, body: body,
	})
	if err != nil {
		return err
	}
	if c.code, err = w.code(c.phone); err != nil {
		return err
	}
	_, err = w.want(http.StatusCreated, request{method: http.MethodPost, path: "/v1/first-sign-ins", key: c.phone, body: map[string]string{
		"login": c.phone, "code": c.code, "password": c.password, "password_confirmation": c.password,
	}})
	return err
}

// With two connections to the database, 64 operators are invited and enrol while
// 64 people are registered at the counter and sign in for the first time.
func TestPoolOfTwoAtTheCounter(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.poolOfTwo()
	place, code := h.office(t)
	p := h.serve()
	w := throng{
		program: p, admin: p.employ(1, "administrator"), desk: p.employ(2, "operator", code), place: place,
		consent: p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/terms/personal-data"}).text("version"),
	}
	var group errgroup.Group
	for n := range crowd {
		group.Go(func() error { return w.newcomer(n) })
		group.Go(func() error { return w.walkIn(n) })
	}
	require.NoError(t, group.Wait())
	require.Equal(t, crowd+2, h.count(t, "SELECT count(*) FROM operators WHERE status = 'active'"))
	require.Equal(t, crowd, h.count(t, "SELECT count(*) FROM accounts WHERE type = 'citizen' AND level = 'confirmed'"))
	require.Equal(t, 2*crowd+2, h.count(t, "SELECT count(*) FROM credentials WHERE account_id IN (SELECT id FROM accounts WHERE type <> 'payer')"))
	p.stop()
}

// office is a place of the sandbox's list, which a process that has run has.
func (h *house) office(t *testing.T) (id, code string) {
	t.Helper()
	p := h.serve()
	defer p.stop()
	id = first(p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/service-centres?kind=mfc&limit=1"})).text("id")
	db := testkit.SQL(t, h.engine, h.database)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT code FROM service_centres WHERE id = $1", id).Scan(&code))
	return id, code
}
