package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

const (
	// identityKills is how often a process is killed on each engine: in the
	// middle of checks, of letters being asked for, of their being printed and
	// posted, and of reminders.
	identityKills = 25
	// identityPeople is how many people are on the way meanwhile.
	identityPeople = 6
	// longestLife is how long a process lives that is killed.
	longestLife = 200 * time.Millisecond
)

// The process dies 50 times at random moments while checks run and letters are
// ordered, printed, posted and reminded of. Every case ends as it would have,
// and everybody has each message exactly once. On PostgreSQL workers of their
// own run beside the API, and die in turn with it.
//
// M05 M06 M09 M24
func TestIdentityOutlivesKillsAtAnyMoment(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		for name, value := range map[string]string{
			"PUBLIC_URL": "http://kabinet.example.org", "POLICY_ACCESS_TOKEN_LIFETIME": "1h", "POLICY_SESSION_IDLE": "6h",
			"POLICY_CHECK_RETRY_AFTER": "1s", "POLICY_CHECK_RETRY_AT_MOST": "1s", "POLICY_CHECK_POLL_AT_MOST": "1s",
		} {
			h.settings["KABINET_"+name] = value
		}
		w := &siege{house: h, t: t, random: rand.New(rand.NewPCG(3, 7))}
		w.prepare()
		w.underKills(9, w.submit)
		w.underKills(5, w.order)
		w.underKills(6, w.post)
		w.underKills(5, w.remind)
		w.finish()
		require.Equal(t, identityKills, w.kills)
		t.Logf("%d kills found %d jobs under way", w.kills, w.caught)
		require.Positive(t, w.caught)
	})
}

// siege is people and an operator who go on whatever dies.
type siege struct {
	*house

	t        *testing.T
	random   *rand.Rand
	people   []*citizen
	consent  string
	operator string
	place    string
	// going is how many of the people are on the way.
	going int
	// kills is how often a process was killed, caught how many jobs were under
	// way then.
	kills, caught int
}

// prepare lets nothing die yet: everybody has an account and is signed in.
func (w *siege) prepare() {
	code, out, complaint := w.run(nil, "operator", "create", "--login", "desk", "--family-name", "Операторова", "--given-name", "Ольга",
		"--email", "desk@example.org", "--snils", "087-654-303 00", "--role", "operator", "--place", w.aPlace())
	require.Zero(w.t, code, complaint)
	_, link, ok := strings.Cut(strings.TrimSpace(out), "#")
	require.True(w.t, ok, out)
	p := w.serve()
	w.enrol(p, link)
	w.consent = p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/terms/personal-data"}).text("version")
	for n := range identityPeople {
		c := newCitizen(n)
		require.NoError(w.t, p.settle(c))
		w.people = append(w.people, c)
	}
	w.awaitIdle(w.t)
	p.kill()
}

// aPlace is the code of an office; a process that has run has the list of them.
func (w *siege) aPlace() (code string) {
	p := w.serve()
	defer p.stop()
	list := p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/service-centres?kind=fund_office&limit=1"})
	w.place = first(list).text("id")
	db := testkit.SQL(w.t, w.engine, w.database)
	defer func() { require.NoError(w.t, db.Close()) }()
	require.NoError(w.t, db.QueryRowContext(w.t.Context(), "SELECT code FROM service_centres WHERE id = '"+w.place+"'").Scan(&code))
	return code
}

// all are the objects of a list in an answer.
func all(a answer, name string) (out []answer) {
	var body map[string]json.RawMessage
	var items []json.RawMessage
	if json.Unmarshal(a.body, &body) != nil || json.Unmarshal(body[name], &items) != nil {
		return nil
	}
	for _, item := range items {
		out = append(out, answer{status: a.status, body: item})
	}
	return out
}

// first is the first of them; an empty answer of none.
func first(a answer) answer {
	if items := all(a, "items"); len(items) > 0 {
		return items[0]
	}
	return answer{}
}

func (w *siege) enrol(p *program, link string) {
	const password = "a wren sings in the reeds"
	shown := p.must(http.StatusCreated, request{
		method: http.MethodPost, path: "/v1/operator-enrolments", body: map[string]string{"enrolment_token": link},
	})
	otp := func(offset time.Duration) string {
		code, err := totp.GenerateCode(shown.text("totp", "secret"), time.Now().Add(offset))
		require.NoError(w.t, err)
		return code
	}
	p.must(http.StatusCreated, request{
		method: http.MethodPost, path: "/v1/operator-enrolments/completion", body: map[string]string{
			"enrolment_token": link, "password": password, "password_confirmation": password, "otp": otp(0),
		},
	})
	w.operator = p.must(http.StatusCreated, request{method: http.MethodPost, path: "/v1/sessions", body: map[string]string{
		"account_type": "operator", "login": "desk", "password": password, "otp": otp(30 * time.Second),
	}}).text("access_token")
}

// underKills lets a step be tried over and over while a process dies so many
// times, and then once more until it is done.
func (w *siege) underKills(times int, step func(p *program) error) {
	for n := range times {
		w.forget()
		w.going = min(n+1, identityPeople)
		victim := w.serve()
		api := victim
		if w.engine == testkit.PostgreSQL && n%2 == 0 {
			victim = w.launch("worker")
			victim.awaitReady()
		}
		timer := time.AfterFunc(time.Duration(w.random.Int64N(int64(longestLife))), victim.kill)
		// How far it comes is a matter of luck.
		_ = step(api)
		<-victim.ended
		timer.Stop()
		w.kills++
		if victim != api {
			api.kill()
		}
	}
	w.forget()
	w.going = identityPeople
	p := w.serve()
	var last error
	var moved time.Time
	err := eventually(patience, func() (bool, error) {
		if last = step(p); last != nil && time.Since(moved) > time.Second {
			// The slow register has been slow for long enough.
			p.must(http.StatusOK, request{method: http.MethodPost, path: clockPath, body: map[string]string{"advance": "30s"}})
			moved = time.Now()
		}
		return last == nil, nil
	})
	require.NoError(w.t, errors.Join(err, last))
	w.awaitIdle(w.t)
	p.kill()
}

// forget lets so much time have gone by that the jobs of the dead are given to
// others, and those that failed are tried again.
func (w *siege) forget() {
	earlier := "datetime(%s, '-1 hour')"
	if w.engine == testkit.PostgreSQL {
		earlier = "%s - interval '1 hour'"
	}
	db := testkit.SQL(w.t, w.engine, w.database)
	defer func() { require.NoError(w.t, db.Close()) }()
	w.caught += w.count(w.t, "SELECT count(*) FROM river_job WHERE state = 'running'")
	for _, statement := range []string{
		"UPDATE river_job SET attempted_at = " + fmt.Sprintf(earlier, "attempted_at") + " WHERE state = 'running'",
		"UPDATE river_job SET scheduled_at = " + fmt.Sprintf(earlier, "scheduled_at") + " WHERE state = 'retryable'",
		"DELETE FROM river_leader",
	} {
		_, err := db.ExecContext(w.t.Context(), statement)
		require.NoError(w.t, err)
	}
}

// each does something for everybody at once.
func (w *siege) each(do func(c *citizen, n int) error) error {
	var group errgroup.Group
	for n, c := range w.people[:w.going] {
		group.Go(func() error { return do(c, n) })
	}
	return group.Wait()
}

// submit tells everybody's data, and waits for the checks.
func (w *siege) submit(p *program) error {
	return w.each(func(c *citizen, n int) error {
		a, err := p.ask(request{method: http.MethodGet, path: "/v1/me/verification", token: c.access})
		if err == nil && a.status == http.StatusNotFound {
			a, err = p.want(http.StatusAccepted, request{
				method: http.MethodPut, path: "/v1/me/personal-data", token: c.access, body: w.papers(n),
			})
		}
		if err == nil && a.text("status") != "passed" {
			err = fmt.Errorf("the case is %s", a.body)
		}
		return err
	})
}

func (w *siege) papers(n int) map[string]any {
	return map[string]any{
		"family_name": "Канареева", "given_name": "Лукерья", "no_patronymic": true, "birth_date": "1984-05-17", "gender": "female",
		"birthplace": "гор. Калининград", "snils": fmt.Sprintf("000-000-%s %02d", []string{"600", "606", "604"}[n%3], n+31),
		"passport": map[string]string{
			"series": "2714", "number": "000700", "issue_date": "2014-06-02", "department_code": "390-001", "issued_by": "Отделом",
		},
		"registration_address":     w.address(),
		"accepted_consent_version": w.consent,
	}
}

func (*siege) address() map[string]string {
	return map[string]string{
		"postal_index": "236000", "region": "Калининградская область", "city": "Калининград", "street": "ул. Синтетическая", "house": "7",
	}
}

// order asks for everybody's letter, unless it is asked for already.
func (w *siege) order(p *program) error {
	return w.each(func(c *citizen, _ int) error {
		list, err := p.want(http.StatusOK, request{method: http.MethodGet, path: "/v1/me/confirmations", token: c.access})
		if err != nil || len(all(list, "items")) > 0 {
			return err
		}
		_, err = p.want(http.StatusCreated, request{
			method: http.MethodPost, path: "/v1/me/confirmations", token: c.access,
			body: map[string]any{"method": "registered_letter", "postal_address": w.address()},
		})
		return err
	})
}

// post prints and posts the letters, as far as that is not done.
func (w *siege) post(p *program) error {
	path := "/v1/operator/places/" + w.place + "/letter-batches"
	batches, err := p.want(http.StatusOK, request{method: http.MethodGet, path: path, token: w.operator})
	if err != nil {
		return err
	}
	if len(all(batches, "items")) == 0 {
		if _, err := p.want(http.StatusCreated, request{method: http.MethodPost, path: path, token: w.operator}); err != nil {
			return err
		}
		return errors.New("a batch was made")
	}
	path += "/" + first(batches).text("id")
	batch, err := p.want(http.StatusOK, request{method: http.MethodGet, path: path, token: w.operator})
	if err != nil {
		return err
	}
	if batch.text("status") == "open" {
		_, err := p.want(http.StatusOK, request{method: http.MethodPost, path: path + "/printing", token: w.operator})
		return errors.Join(err, errors.New("the batch was printed"))
	}
	var items []map[string]string
	for n, letter := range all(batch, "letters") {
		if letter.text("status") == "printed" {
			items = append(items, map[string]string{"letter_id": letter.text("id"), "track_number": track(n)})
		}
	}
	if len(items) == 0 {
		return nil
	}
	_, err = p.want(http.StatusOK, request{
		method: http.MethodPost, path: path + "/posting", token: w.operator, body: map[string]any{"items": items},
	})
	return err
}

// track is the nth number that the post gives.
func track(n int) string {
	number, sum := fmt.Sprintf("2360000%06d", n), 0
	for i, digit := range number {
		weight := 1
		if i%2 == 0 {
			weight = 3
		}
		sum += weight * int(digit-'0')
	}
	return number + strconv.Itoa((10-sum%10)%10)
}

// clockPath is the sandbox's clock.
const clockPath = "/v1/sandbox/clock"

// remind lets 17 days go by, once, and waits for the reminders.
func (w *siege) remind(p *program) error {
	now, err := p.want(http.StatusOK, request{method: http.MethodGet, path: clockPath})
	if err != nil {
		return err
	}
	var moved struct {
		By float64 `json:"advanced_by"`
	}
	if err := json.Unmarshal(now.body, &moved); err != nil {
		return err
	}
	if moved.By < (24 * time.Hour).Seconds() {
		_, err = p.want(http.StatusOK, request{method: http.MethodPost, path: clockPath, body: map[string]string{"advance": "408h"}})
		if err != nil {
			return err
		}
	}
	if done := w.count(w.t, "SELECT count(*) FROM letters WHERE reminders = 1"); done < identityPeople {
		return fmt.Errorf("%d were reminded", done)
	}
	return nil
}

// finish has everybody type the code, and counts the messages.
func (w *siege) finish() {
	w.forget()
	p := w.serve()
	sent, err := w.messages("")
	require.NoError(w.t, err)
	codes := map[string]string{}
	for _, m := range sent {
		if m.Channel == "registered_mail" {
			codes[m.ID] = m.Code
		}
	}
	require.Len(w.t, codes, identityPeople, "each letter was printed once")
	for _, c := range w.people {
		require.NoError(w.t, p.enter(c))
		list := p.must(http.StatusOK, request{method: http.MethodGet, path: "/v1/me/confirmations", token: c.access})
		id := first(list).text("id")
		done := p.must(http.StatusOK, request{
			method: http.MethodPost, path: "/v1/me/confirmations/" + id + "/code", token: c.access, body: map[string]string{"code": codes[id]},
		})
		require.Equal(w.t, "confirmed", done.text("level"))
	}
	require.NoError(w.t, eventually(rescue, func() (bool, error) {
		return w.count(w.t, "SELECT count(*) FROM messages WHERE status = 'queued'") == 0, nil
	}))
	w.requireEachOnce()
	p.stop()
}

// requireEachOnce: everybody was told once of everything, and nothing was done
// twice.
func (w *siege) requireEachOnce() {
	kinds := []string{"registration_code", "verification_passed", "letter_posted", "letter_reminder", "identity_confirmed"}
	for _, kind := range kinds {
		require.Equal(w.t, identityPeople, w.count(w.t, "SELECT count(*) FROM messages WHERE status = 'sent' AND kind = '"+kind+"'"), kind)
	}
	for n, c := range w.people {
		found, err := w.messages(c.phone)
		require.NoError(w.t, err)
		want := len(kinds)
		if n%3 == 2 {
			want++ // a register was down, of which they were told
		}
		require.Len(w.t, found, want, "%v", found)
	}
	for _, query := range []string{
		"SELECT count(*) FROM verification_cases", "SELECT count(*) FROM letters",
		"SELECT count(*) FROM confirmations WHERE status = 'confirmed'", "SELECT count(*) FROM accounts WHERE level = 'confirmed'",
	} {
		require.Equal(w.t, identityPeople, w.count(w.t, query), query)
	}
	for _, action := range []string{
		"verification.pass", "account.pass_checks", "letter.request", "letter.print", "letter.post", "letter.enter_code",
		"confirmation.confirm", "account.confirm_identity",
	} {
		require.Equal(w.t, identityPeople, w.count(w.t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"), action)
	}
}
