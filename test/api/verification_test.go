package api_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

type verification struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Checks []struct {
		Kind   string `json:"kind"`
		Status string `json:"status"`
		Reason *struct {
			Fields []string `json:"fields"`
		} `json:"reason"`
		CheckedAt *time.Time `json:"checked_at"`
		RetryAt   *time.Time `json:"retry_at"`
	} `json:"checks"`
	Attempt     int        `json:"attempt"`
	Deadline    *time.Time `json:"deadline"`
	NextActions []string   `json:"next_actions"`
}

// results are the results of both checks in one line.
func (v verification) results() string {
	var parts []string
	for _, check := range v.Checks {
		part := check.Status
		if check.Reason != nil {
			part += ":" + strings.Join(check.Reason.Fields, "+")
		}
		parts = append(parts, part)
	}
	return v.Status + " " + strings.Join(parts, "|")
}

// terms is a document to agree to.
type terms struct {
	Document      string `json:"document"`
	Version       string `json:"version"`
	EffectiveFrom string `json:"effective_from"`
	Text          string `json:"text"`
	Hash          string `json:"hash"`
}

// consent is the version of the consent that has to be accepted.
func (c *client) consent(t *testing.T) string {
	t.Helper()
	return as[terms](t, c.get(t, "/v1/terms/personal-data"), http.StatusOK).Version
}

// papers is a person's data, whose numbers choose the personas of both
// registers.
func (c *client) papers(t *testing.T, snils, passport string) object {
	t.Helper()
	return object{
		"family_name": "Смирнова", "given_name": "Анна", "patronymic": "Петровна",
		"birth_date": "1984-05-17", "gender": "female", "birthplace": "гор. Калининград",
		"snils": "000-000-" + snils + " 31",
		"passport": object{
			"series": "2714", "number": "000" + passport, "issue_date": "2014-06-02",
			"department_code": "390-001", "issued_by": "ОУФМС России по Калининградской области",
		},
		"registration_address": object{
			"postal_index": "236000", "region": "Калининградская область", "city": "Калининград",
			"street": "ул. Синтетическая", "house": "7", "flat": "15",
		},
		"accepted_consent_version": c.consent(t),
	}
}

func (c *client) put(t *testing.T, body object) answer {
	t.Helper()
	return c.do(t, call{method: http.MethodPut, path: "/v1/me/personal-data", body: body})
}

func (c *client) submit(t *testing.T, body object) verification {
	t.Helper()
	return as[verification](t, c.put(t, body), http.StatusAccepted)
}

func (c *client) verification(t *testing.T) verification {
	t.Helper()
	return as[verification](t, c.get(t, "/v1/me/verification"), http.StatusOK)
}

// After 90 days what has passed proves nothing any more, wherever it is asked
// for: whoever looks is told to give the data again.
func TestPassedChecksGrowOld(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		at := place(t, s, domain.CentreMFC)
		staff := newStaff(t, s, invited(domain.RoleOperator), at)
		newCitizen(t, c, phone, "600", "passed")
		s.Clock.Advance(90*24*time.Hour - time.Minute)
		fresh := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
		require.Equal(t, []string{"request_confirmation", "edit_personal_data", "sign_out"}, fresh.Account.NextActions)
		s.Clock.Advance(time.Minute)
		person := c.bearing(fresh.AccessToken)
		want := person.verification(t).NextActions
		require.Equal(t, []string{"fill_personal_data"}, want)
		want = append(want, "sign_out")
		require.Equal(t, want, c.me(t, fresh.AccessToken).NextActions)
		require.Equal(t, want, as[signedIn](t, c.refresh(t, fresh.RefreshToken), http.StatusOK).Account.NextActions)
		require.Equal(t, want, as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).Account.NextActions)
		desk := counter{c.bearing(c.signInOperator(t, staff).AccessToken), at}
		seen := desk.search(t, "phone", phone)[0]
		require.Equal(t, "expired", seen.VerificationStatus)
		require.Equal(t, []string{"fill_personal_data"}, seen.NextActions)
	})
}

// becomes waits until the case is in a state. A wait that is over moves the
// clock on.
func (c *client) becomes(t *testing.T, status string, step time.Duration) verification {
	t.Helper()
	var v verification
	require.Eventually(t, func() bool {
		v = c.verification(t)
		if v.Status != status {
			c.server.Clock.Advance(step)
		}
		return v.Status == status
	}, patience, 100*time.Millisecond, "not %s", status)
	return v
}

// M04 M05 M06 M12: personal data are filled in, checked by themselves, and
// raise the level.
func TestPersonalDataAreChecked(t *testing.T) {
	t.Parallel()
	for name, contact := range map[string]string{"phone": phone, "e-mail": mailbox} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e)
				in := c.register(t, contact)
				require.Equal(t, []string{"fill_personal_data", "sign_out"}, in.Account.NextActions)
				c = c.bearing(in.AccessToken)
				for _, path := range []string{"/v1/me/personal-data", "/v1/me/verification"} {
					p := c.get(t, path).fails(t, http.StatusNotFound, "not_found")
					require.Equal(t, []string{"fill_personal_data"}, p.NextActions)
				}
				a := c.put(t, c.papers(t, "600", "600"))
				began := as[verification](t, a, http.StatusAccepted)
				require.Equal(t, "/v1/me/verification", a.header.Get("Location"))
				require.Equal(t, "checking pending|pending", began.results())
				require.NotEmpty(t, a.header.Get("RateLimit"))

				over := as[verification](t, c.get(t, "/v1/me/verification?wait=30s"), http.StatusOK)
				if over.Status == "checking" { // one of the two was quicker
					over = c.becomes(t, "passed", 0)
				}
				require.Equal(t, "passed passed|passed", over.results())
				require.Equal(t, began.ID, over.ID)
				require.Equal(t, s.Clock.Now().Add(90*24*time.Hour), *over.Deadline)
				now := c.me(t, in.AccessToken)
				require.Equal(t, "standard", now.Level)
				require.Equal(t, []string{"request_confirmation", "edit_personal_data", "sign_out"}, now.NextActions)

				sent := s.Await(t, contact, 2)
				require.Contains(t, sent[0].Text, "стандартн")
				next := as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
				require.Equal(t, "standard", next.Account.Level)
				s.Clock.Advance(time.Second)
				require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'verification.pass'"))
				require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'account.pass_checks'"))
			})
		})
	}
}

// What is on file comes back as it was typed, in its usual spelling. // M04
func TestPersonalDataComeBack(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		c = c.bearing(c.register(t, phone).AccessToken)
		body := c.papers(t, "600", "600")
		delete(body, "patronymic")
		body["no_patronymic"] = true
		body["family_name"] = "Смирнова-Ёлкина"
		body["snils"] = "00000060031"
		body["residence_address"] = object{
			"postal_index": "214000", "region": "Смоленская область", "area": "Смоленский район", "city": "Смоленск",
			"street": "пер. Пробный", "house": "12", "building": "3",
		}
		c.submit(t, body)
		got := as[object](t, c.get(t, "/v1/me/personal-data"), http.StatusOK)
		require.NotEmpty(t, got["updated_at"])
		delete(got, "updated_at")
		body["snils"] = "000-000-600 31"
		require.Equal(t, fmt.Sprint(normal(body)), fmt.Sprint(normal(got)))
		require.Equal(t, "Смирнова-Ёлкина", as[account](t, c.get(t, "/v1/me"), http.StatusOK).FamilyName)
	})
}

// normal is a JSON object with inner objects of one Go type.
func normal(o object) object {
	out := object{}
	for name, value := range o {
		if inner, ok := value.(map[string]any); ok {
			value = object(inner)
		}
		if inner, ok := value.(object); ok {
			value = normal(inner)
		}
		out[name] = value
	}
	return out
}

// Every persona of the sandbox gives its outcome. // M05 M06
func TestPersonas(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e, roomy())
		for i, persona := range []struct {
			snils, passport, status, want, message string
		}{
			{"600", "600", "passed", "passed|passed", "стандартной"},
			{"601", "600", "needs_correction", "not_found:snils|passed", "исправьте"},
			{"600", "601", "needs_correction", "passed|not_found:passport", "исправьте"},
			{"602", "602", "needs_correction", "mismatch:name|mismatch:name", "исправьте"},
			{"606", "600", "passed", "passed|passed", "стандартной"},
			{"607", "607", "passed", "passed|passed", "стандартной"},
			{"777", "777", "passed", "passed|passed", "стандартной"},
		} {
			contact := fmt.Sprintf("+7900777%04d", i)
			person := c.bearing(c.register(t, contact).AccessToken)
			person.submit(t, person.papers(t, persona.snils, persona.passport))
			v := person.becomes(t, persona.status, time.Second)
			require.Equal(t, persona.status+" "+persona.want, v.results())
			require.Contains(t, c.server.Await(t, contact, 2)[0].Text, persona.message)
		}
	})
}

// A register that is down delays the check and never fails it; the person is
// told once, and does nothing. // M05
func TestRegisterThatIsDown(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, testkit.Env("KABINET_POLICY_ACCESS_TOKEN_LIFETIME", "1h"),
			testkit.Env("KABINET_POLICY_SESSION_IDLE", "6h"))
		c = c.bearing(c.register(t, phone).AccessToken)
		c.submit(t, c.papers(t, "604", "600"))
		v := c.becomes(t, "waiting_registry", 0)
		require.Equal(t, []string{"wait_for_checks", "edit_personal_data"}, v.NextActions)
		require.Equal(t, "unavailable", v.Checks[0].Status)
		wait := v.Checks[0].RetryAt.Sub(s.Clock.Now())
		require.LessOrEqual(t, wait, time.Minute)
		require.GreaterOrEqual(t, wait, 48*time.Second)
		c.becomes(t, "passed", 10*time.Second)
		require.Equal(t, "standard", as[account](t, c.get(t, "/v1/me"), http.StatusOK).Level)
		sent := s.Await(t, phone, 3)
		require.Contains(t, sent[0].Text+sent[1].Text, "реестр не отвечает")
		require.Contains(t, sent[0].Text+sent[1].Text, "стандартной")
	})
}

// Never is a register's absence held against the person.
func TestRegisterThatStaysDown(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	c = c.bearing(c.register(t, phone).AccessToken)
	c.submit(t, c.papers(t, "605", "600"))
	c.becomes(t, "waiting_registry", 0)
	failures := "SELECT max(failures) FROM verification_checks"
	require.Eventually(t, func() bool {
		s.Clock.Advance(10 * time.Minute)
		return s.Count(t, failures) > 3
	}, patience, 100*time.Millisecond)
	require.Zero(t, s.Count(t, "SELECT count(*) FROM verification_cases WHERE status <> 'waiting_registry'"))
	s.Await(t, phone, 2)
}

// A correction is checked in the same case, and the level follows the data.
func TestCorrection(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		c = c.bearing(c.register(t, phone).AccessToken)
		first := c.submit(t, c.papers(t, "602", "600"))
		v := c.becomes(t, "needs_correction", 0)
		require.Equal(t, []string{"correct_personal_data"}, v.NextActions)
		second := c.submit(t, c.papers(t, "600", "600"))
		require.Equal(t, first.ID, second.ID)
		require.Equal(t, 2, second.Attempt)
		c.becomes(t, "passed", 0)

		// Another address changes nothing that was checked.
		moved := c.papers(t, "600", "600")
		moved["registration_address"].(object)["house"] = "8"
		same := c.submit(t, moved)
		require.Equal(t, []string{second.ID, "passed"}, []string{same.ID, same.Status})
		require.Equal(t, "standard", as[account](t, c.get(t, "/v1/me"), http.StatusOK).Level)

		third := c.submit(t, c.papers(t, "606", "600"))
		require.NotEqual(t, second.ID, third.ID)
		require.Equal(t, "simplified", as[account](t, c.get(t, "/v1/me"), http.StatusOK).Level)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM verification_cases WHERE status = 'superseded'"))
		c.becomes(t, "passed", time.Second)
		require.Equal(t, "standard", as[account](t, c.get(t, "/v1/me"), http.StatusOK).Level)
	})
}

// Data need the current consent, whose proof is kept. // M04
func TestConsent(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	c.get(t, "/v1/terms/personal-data").ok(t, http.StatusOK)
	c.do(t, call{method: http.MethodGet, path: "/v1/terms/nothing", wrong: true}).fails(t, http.StatusNotFound, "not_found")
	c = c.bearing(c.register(t, phone).AccessToken)
	body := c.papers(t, "600", "600")
	body["accepted_consent_version"] = "2016-07-01"
	p := c.put(t, body).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	require.Len(t, p.Errors, 1)
	require.Equal(t, "/accepted_consent_version", p.Errors[0].Pointer)
	require.Equal(t, "consent_outdated", p.Errors[0].Code)
	require.Contains(t, p.Errors[0].Detail, c.consent(t))
	require.Zero(t, s.Count(t, "SELECT count(*) FROM consents"))
	require.Zero(t, s.Count(t, "SELECT count(*) FROM personal_data"))
	c.submit(t, c.papers(t, "600", "600"))
	require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM consents WHERE channel = 'api' AND version = '"+c.consent(t)+"'"))
}

// All wrong fields are told at once, each by its pointer. // M04
func TestWrongPersonalData(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	for _, path := range []string{"/v1/me/personal-data", "/v1/me/verification", "/v1/me/verification?wait=30s"} {
		c.get(t, path).fails(t, http.StatusUnauthorized, "unauthenticated")
	}
	c.put(t, c.papers(t, "600", "600")).fails(t, http.StatusUnauthorized, "unauthenticated")
	c = c.bearing(c.register(t, phone).AccessToken)
	told := func(body object) string {
		a := c.do(t, call{method: http.MethodPut, path: "/v1/me/personal-data", body: body, wrong: true})
		p := a.fails(t, http.StatusUnprocessableEntity, "validation_failed")
		var parts []string
		for _, f := range p.Errors {
			require.NotEmpty(t, f.Detail)
			parts = append(parts, f.Pointer+"="+f.Code)
		}
		return strings.Join(parts, " ")
	}
	require.Equal(t, "/family_name=required /given_name=required /patronymic=required /birth_date=required "+
		"/gender=required /birthplace=required /snils=required /passport/series=required /passport/number=required "+
		"/passport/issue_date=required /passport/department_code=required /passport/issued_by=required "+
		"/registration_address/postal_index=required /registration_address/region=required "+
		"/registration_address/city=required /registration_address/street=required /registration_address/house=required "+
		"/accepted_consent_version=required", told(object{}))
	for change, want := range map[string]func(object){
		"/snils=snils_check_digits":                      func(o object) { o["snils"] = "112-233-445 96" },
		"/snils=snils_format":                            func(o object) { o["snils"] = "112-233" },
		"/family_name=name_mixed_alphabets":              func(o object) { o["family_name"] = "Cмирнова" },
		"/patronymic=not_allowed":                        func(o object) { o["no_patronymic"] = true },
		"/birth_date=date_invalid":                       func(o object) { o["birth_date"] = "2027-01-01" },
		"/gender=unsupported_value":                      func(o object) { o["gender"] = "f" },
		"/passport/issue_date=passport_issued_too_early": func(o object) { o["passport"].(object)["issue_date"] = "1998-05-16" },
		"/passport/issue_date=passport_issued_in_future": func(o object) { o["passport"].(object)["issue_date"] = "2026-03-06" },
		"/passport/number=passport_number_format":        func(o object) { o["passport"].(object)["number"] = "12" },
		"/passport/extra=unknown_field":                  func(o object) { o["passport"].(object)["extra"] = "1" },
		"/registration_address/house=address_invalid":    func(o object) { o["registration_address"].(object)["house"] = "-" },
		"/residence_address/postal_index=required /residence_address/region=required /residence_address/city=required " +
			"/residence_address/street=required /residence_address/house=required": func(o object) { o["residence_address"] = object{} },
	} {
		body := c.papers(t, "600", "600")
		want(body)
		require.Equal(t, change, told(body))
	}
	require.Zero(t, s.Count(t, "SELECT count(*) FROM personal_data"))
	require.Zero(t, s.Count(t, "SELECT count(*) FROM verification_cases"))
}

// Neither an account nor a number can be checked without end.
func TestSubmissionsAreLimited(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		person := c.bearing(c.register(t, phone).AccessToken)
		for i := range 5 {
			person.submit(t, person.papers(t, strconv.Itoa(700+i), "600"))
		}
		p := person.put(t, person.papers(t, "600", "600")).fails(t, http.StatusTooManyRequests, "rate_limited")
		require.Equal(t, s.Clock.Now().Add(6*time.Hour), *p.RetryAt)
		got := as[object](t, person.get(t, "/v1/me/personal-data"), http.StatusOK)
		require.Equal(t, "000-000-704 31", got["snils"], "nothing of what was refused is kept")
		// What needs no check is no submission.
		person.submit(t, person.papers(t, "704", "600"))

		for i := range 10 {
			other := c.bearing(c.register(t, fmt.Sprintf("+7900111%04d", i)).AccessToken)
			other.submit(t, other.papers(t, "800", "600"))
		}
		last := c.bearing(c.register(t, "+79002222222").AccessToken)
		p = last.put(t, last.papers(t, "800", "600")).fails(t, http.StatusTooManyRequests, "rate_limited")
		require.Equal(t, s.Clock.Now().Add(time.Hour), *p.RetryAt)
	})
}

// Submissions at once follow one another: one case is alive, and it is that of
// the data on file.
func TestSubmissionsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, testkit.Env("KABINET_POLICY_SUBMISSIONS_PER_ACCOUNT", "100"))
		c = c.bearing(c.register(t, phone).AccessToken)
		var bodies []object
		for i := range 12 {
			bodies = append(bodies, c.papers(t, strconv.Itoa(700+i), "600"))
		}
		var wg sync.WaitGroup
		for _, body := range bodies {
			wg.Go(func() { c.put(t, body) })
		}
		wg.Wait()
		c.becomes(t, "passed", 0)
		require.Equal(t, 1, s.Count(t, `SELECT count(*) FROM verification_cases c JOIN personal_data d ON d.case_id = c.id
			WHERE c.status = 'passed'`))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM verification_cases WHERE status NOT IN ('passed', 'superseded')"))
		require.Equal(t, "standard", as[account](t, c.get(t, "/v1/me"), http.StatusOK).Level)
	})
}

// The long poll answers the moment the case changes, also when another process
// did the work, and on time when nothing happens. // M06
func TestLongPoll(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		if e == testkit.SQLite {
			testLongPoll(t, e, nil)
			return
		}
		testLongPoll(t, e, func(t *testing.T, s *testkit.Server) *testkit.Server {
			t.Helper()
			return testkit.NewServer(t, e, testkit.Beside(s))
		})
	})
}

// glance is long enough for a request to have begun to wait.
const glance = 300 * time.Millisecond

func testLongPoll(t *testing.T, e testkit.Engine, beside func(*testing.T, *testkit.Server) *testkit.Server) {
	t.Helper()
	s, c := newServer(t, e)
	in := c.register(t, phone)
	watcher := c.bearing(in.AccessToken)
	if beside != nil {
		watcher = newClient(beside(t, s)).bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
	}
	c = c.bearing(in.AccessToken)
	c.submit(t, c.papers(t, "606", "606"))
	began := time.Now()
	quiet := as[verification](t, c.get(t, "/v1/me/verification?wait=1s"), http.StatusOK)
	require.Equal(t, "checking", quiet.Status)
	require.GreaterOrEqual(t, time.Since(began), time.Second)
	began = time.Now()
	time.AfterFunc(glance, func() { s.Clock.Advance(25 * time.Second) })
	v := as[verification](t, watcher.get(t, "/v1/me/verification?wait=30s"), http.StatusOK)
	require.NotEqual(t, "checking pending|pending", v.results())
	require.Less(t, time.Since(began), 15*time.Second)
	for _, wait := range []string{"30", "61s", "-1s", "s", "1m", "1.5s"} {
		a := c.do(t, call{method: http.MethodGet, path: "/v1/me/verification?wait=" + wait, wrong: true})
		a.fails(t, http.StatusUnprocessableEntity, "validation_failed")
	}
}
