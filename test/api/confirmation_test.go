package api_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// By post: a code arrives in a registered letter, and entering it confirms the
// identity; only then do the services open. // M07 M09 M11 M12
func TestLetterJourney(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		for method, w := range anna.ways(t) {
			require.True(t, w.Available, method)
			require.Equal(t, []string{"request_confirmation"}, w.NextActions)
		}
		a := anna.post(t, confirmationsPath, anna.byLetter())
		letter := as[confirmation](t, a, http.StatusCreated)
		require.Equal(t, letter.path(""), a.header.Get("Location"))
		require.Equal(t, "requested", letter.Status)
		require.NotEmpty(t, letter.DueOn)
		require.Nil(t, letter.ExpiresAt)
		require.Equal(t, []string{"wait_for_letter", "cancel_confirmation"}, letter.NextActions)
		p := anna.enter(t, letter, "7K3M9QR4TW").fails(t, http.StatusConflict, "letter_not_posted")
		require.Equal(t, []string{"wait_for_letter", "cancel_confirmation"}, p.NextActions)

		code := anna.delivered(t, letter)
		seen := anna.look(t, letter)
		require.Equal(t, "delivered", seen.Status)
		require.Len(t, seen.TrackingNumber, 14)
		require.Equal(t, s.Clock.Now().Add(30*24*time.Hour), *seen.ExpiresAt)
		require.Equal(t, 20, *seen.AttemptsLeft)
		require.Equal(t, s.Clock.Now().Add(24*time.Hour), *seen.NextAllowedAt)
		require.Equal(t, "enter_code", seen.NextActions[0])
		p = anna.enter(t, letter, wrongLetterCode(code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, 19, *p.AttemptsLeft)
		for _, malformed := range []string{"7K3M9QR4T", "7K3M9QR4TWW", "7K3M9QR4TU", "код письма"} {
			p = anna.enter(t, letter, malformed).fails(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Equal(t, "letter_code_format", p.Errors[0].Code)
		}
		require.Equal(t, 19, *anna.look(t, letter).AttemptsLeft, "what cannot be a code costs nothing")

		done := as[confirmation](t, anna.enter(t, letter, sloppily(code)), http.StatusOK)
		require.Equal(t, "confirmed", done.Status)
		require.Equal(t, "confirmed", done.Level)
		require.Equal(t, []string{"use_services"}, done.NextActions)
		requireConfirmed(t, anna)
		for _, action := range []string{
			"confirmation.request", "letter.request", "letter.print", "letter.post", "letter.deliver",
			"letter.enter_code", "confirmation.confirm", "account.confirm_identity",
		} {
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"), action)
		}
		anna.enter(t, letter, code).fails(t, http.StatusConflict, "invalid_transition")
		anna.post(t, confirmationsPath, visit("service_centre")).fails(t, http.StatusConflict, "identity_already_confirmed")
		for _, w := range anna.ways(t) {
			require.Equal(t, "identity_already_confirmed", w.Reason.Code)
		}
	})
}

// requireConfirmed checks everything that tells a person's level.
func requireConfirmed(t *testing.T, p citizen) {
	t.Helper()
	now := p.me(t, p.AccessToken)
	require.Equal(t, "confirmed", now.Level)
	require.Equal(t, "use_services", now.NextActions[0])
	next := as[signedIn](t, p.refresh(t, p.RefreshToken), http.StatusOK)
	require.Equal(t, "confirmed", next.Account.Level)
	again := as[signedIn](t, p.signIn(t, p.contact, password), http.StatusCreated)
	for _, s := range p.services(t, again.AccessToken) {
		require.True(t, s.Available, s.ID)
		require.Equal(t, []string{"use_service"}, s.NextActions)
	}
	p.notice(t)
}

type cabinetService struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Description   string   `json:"description"`
	RequiredLevel string   `json:"required_level"`
	Available     bool     `json:"available"`
	NextActions   []string `json:"next_actions"`
}

func (c *client) services(t *testing.T, token string) []cabinetService {
	t.Helper()
	list := as[struct{ Items []cabinetService }](t, c.bearing(token).get(t, "/v1/services"), http.StatusOK)
	require.GreaterOrEqual(t, len(list.Items), 8)
	return list.Items
}

// Each service names the level it needs, and is open to those who have it. // M12
func TestServicesNeedTheirLevel(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		in := c.register(t, phone)
		anna := citizen{c.bearing(in.AccessToken), in, phone, c.papers(t, "600", "600")}
		for _, s := range anna.services(t, in.AccessToken) {
			require.Equal(t, s.RequiredLevel == "simplified", s.Available, s.ID)
			require.NotContains(t, s.Name+s.Description, "service.")
			if !s.Available {
				require.Equal(t, []string{"fill_personal_data"}, s.NextActions)
			}
		}
		for _, w := range anna.ways(t) {
			require.Equal(t, "identity_not_verified", w.Reason.Code)
			require.Equal(t, []string{"fill_personal_data"}, w.NextActions)
		}
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		english := anna.with("Accept-Language", "en")
		for _, s := range english.services(t, in.AccessToken) {
			require.Equal(t, s.RequiredLevel != "confirmed", s.Available, s.ID)
			require.Regexp(t, `^[A-Z][ -~]+$`, s.Name)
			if !s.Available {
				require.Equal(t, "request_confirmation", s.NextActions[0])
			}
		}
		c.get(t, "/v1/services").fails(t, http.StatusUnauthorized, "unauthenticated")
	})
}

// A visit has a code for the operator's search, as text and as a picture; the
// first way that succeeds confirms, and the others end. // M07 M08 M10
func TestFirstWayWins(t *testing.T) {
	t.Parallel()
	for _, kind := range domain.CentreKinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e, roomy())
				desk := newCounter(t, s, domain.RoleOperator, kind)
				anna := newCitizen(t, c, phone, "600", "passed")
				own := anna.request(t, visit(string(kind.Method())))
				other := anna.request(t, visit(map[domain.CentreKind]string{
					domain.CentreMFC: "fund_office", domain.CentreFundOffice: "service_centre",
				}[kind]))
				letter := anna.request(t, anna.byLetter())
				require.Equal(t, "open", own.Status)
				require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`, own.VisitCode)
				require.Equal(t, s.Clock.Now().Add(30*24*time.Hour), *own.ExpiresAt)
				require.NotEqual(t, own.VisitCode, other.VisitCode)
				anna.post(t, confirmationsPath, visit(own.Method)).fails(t, http.StatusConflict, "confirmation_open")
				for _, w := range anna.ways(t) {
					require.Equal(t, "confirmation_open", w.Reason.Code)
				}
				picture := anna.get(t, own.path("/visit-code.png"))
				picture.ok(t, http.StatusOK)
				_, err := png.Decode(bytes.NewReader(picture.body))
				require.NoError(t, err)
				anna.get(t, letter.path("/visit-code.png")).fails(t, http.StatusNotFound, "not_found")

				require.Equal(t, anna.Account.ID, desk.search(t, "visit_code", own.QRPayload)[0].ID)
				require.Equal(t, anna.Account.ID, desk.search(t, "visit_code", sloppily(own.VisitCode))[0].ID)
				code := anna.delivered(t, letter)
				desk.confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
				requireConfirmed(t, anna)
				require.Equal(t, "confirmed", anna.look(t, own).Status)
				for _, loser := range []confirmation{other, letter} {
					seen := anna.look(t, loser)
					require.Equal(t, "superseded", seen.Status)
					require.Empty(t, seen.VisitCode)
				}
				anna.enter(t, letter, code).fails(t, http.StatusConflict, "invalid_transition")
				anna.get(t, own.path("/visit-code.png")).fails(t, http.StatusNotFound, "not_found")
				require.Empty(t, desk.search(t, "visit_code", own.VisitCode))
				require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'confirmation.supersede'"))
				require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter.supersede'"))
			})
		})
	}
}

// An office of the fund confirms from its region's first day on. // M10
func TestFundOfficeBeforeItsFirstDay(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first := s.Clock.Now().Add(10 * 24 * time.Hour).Format(time.DateOnly)
		s.Exec(t, "UPDATE service_centre_offers SET offered_on = '"+first+"' WHERE method = 'fund_office'")
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		s.Exec(t, `UPDATE service_centres SET details = replace(details, '"2016-07-01"', '"`+first+`"') WHERE kind = 'fund_office'`)
		anna := newCitizen(t, c, phone, "600", "passed")
		ways := anna.ways(t)
		require.Equal(t, "method_not_available", ways["fund_office"].Reason.Code)
		require.NotEmpty(t, ways["fund_office"].Reason.Detail)
		require.Equal(t, first, ways["fund_office"].AvailableFrom)
		require.Equal(t, "39", ways["fund_office"].Regions[0].Region)
		require.Equal(t, "Калининградская область", ways["fund_office"].Regions[0].Name)
		require.True(t, ways["service_centre"].Available)
		anna.post(t, confirmationsPath, visit("fund_office")).fails(t, http.StatusConflict, "method_not_available")
		desk.confirm(t, anna.Account.ID, document(anna.papers)).fails(t, http.StatusConflict, "method_not_available")
		require.Equal(t, "standard", anna.level(t))

		s.Clock.Advance(10 * 24 * time.Hour)
		again := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
		anna.client = c.bearing(again.AccessToken)
		require.Equal(t, "open", anna.request(t, visit("fund_office")).Status)
		desk.client = newOperator(t, s, domain.RoleOperator, desk.place)
		desk.confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
		require.Equal(t, "confirmed", anna.level(t))
	})
}

// One way at a time, one letter a day, a visit for thirty days.
func TestConfirmationLimits(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy(), testkit.Env("KABINET_POLICY_SESSION_IDLE", "12h"))
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		anna.delete(t, letter.path("")).ok(t, http.StatusNoContent)
		require.Equal(t, "cancelled", anna.look(t, letter).Status)
		anna.delete(t, letter.path("")).fails(t, http.StatusConflict, "invalid_transition")
		p := anna.post(t, confirmationsPath, anna.byLetter()).fails(t, http.StatusTooManyRequests, "letter_too_early")
		require.Equal(t, s.Clock.Now().Add(24*time.Hour), *p.RetryAt)
		w := anna.ways(t)["registered_letter"]
		require.Equal(t, "letter_too_early", w.Reason.Code)
		require.Equal(t, *p.RetryAt, *w.NextAllowedAt)
		open := anna.request(t, visit("service_centre"))

		s.Clock.Advance(30*24*time.Hour - time.Second)
		anna.client = c.bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		require.Equal(t, "open", anna.look(t, open).Status)
		s.Clock.Advance(time.Second)
		seen := anna.look(t, open)
		require.Equal(t, "expired", seen.Status)
		require.Equal(t, []string{"request_confirmation"}, seen.NextActions)
		anna.delete(t, open.path("")).fails(t, http.StatusConflict, "invalid_transition")
		require.Equal(t, "open", anna.request(t, visit("service_centre")).Status)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'confirmation.expire'"))

		var all []confirmation
		path := confirmationsPath + "?limit=2"
		for {
			page := as[struct {
				Items      []confirmation
				NextCursor *string `json:"next_cursor"`
			}](t, anna.get(t, path), http.StatusOK)
			all = append(all, page.Items...)
			if page.NextCursor == nil {
				break
			}
			path = confirmationsPath + "?limit=2&cursor=" + *page.NextCursor
		}
		require.Len(t, all, 3)
		require.Equal(t, []string{"open", "expired", "cancelled"}, []string{all[0].Status, all[1].Status, all[2].Status})
	})
}

// Passed checks prove the data for ninety days: after them no way can be begun,
// and a letter that was asked for in time still confirms.
func TestWaysAfterTheChecks(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		s.Clock.Advance(89 * 24 * time.Hour)
		anna.client = c.bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		letter := anna.request(t, anna.byLetter())
		code := anna.delivered(t, letter)
		s.Clock.Advance(24 * time.Hour)
		anna.client = c.bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		p := anna.post(t, confirmationsPath, visit("service_centre")).fails(t, http.StatusConflict, "identity_not_verified")
		require.Equal(t, []string{"fill_personal_data"}, p.NextActions)
		anna.enter(t, letter, code).ok(t, http.StatusOK)
		require.Equal(t, "confirmed", anna.level(t))
	})
}

// What a person has begun is nobody else's business.
func TestConfirmationsOfOthers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		maria := newCitizen(t, c, mailbox, "777", "passed")
		letter, open := anna.request(t, anna.byLetter()), anna.request(t, visit("service_centre"))
		code := anna.delivered(t, letter)
		for _, foreign := range []confirmation{letter, open, {ID: domain.NewID().String()}} {
			maria.get(t, foreign.path("")).fails(t, http.StatusNotFound, "not_found")
			maria.get(t, foreign.path("/visit-code.png")).fails(t, http.StatusNotFound, "not_found")
			maria.delete(t, foreign.path("")).fails(t, http.StatusNotFound, "not_found")
			maria.enter(t, foreign, code).fails(t, http.StatusNotFound, "not_found")
		}
		require.Equal(t, 20, *anna.look(t, letter).AttemptsLeft)
		anna.enter(t, open, code).fails(t, http.StatusConflict, "invalid_transition")
		stranger := anna.with("Authorization")
		stranger.get(t, letter.path("")).fails(t, http.StatusUnauthorized, "unauthenticated")
		stranger.post(t, confirmationsPath, visit("fund_office")).fails(t, http.StatusUnauthorized, "unauthenticated")
	})
}

// Changed data make everything worthless that was to confirm the old ones.
func TestConfirmationsEndWithTheirData(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		letter, open := anna.request(t, anna.byLetter()), anna.request(t, visit("service_centre"))
		code := anna.delivered(t, letter)
		anna.papers["family_name"] = "Иная"
		anna.put(t, anna.papers).fails(t, http.StatusConflict, "letter_under_way")
		require.Equal(t, "delivered", anna.look(t, letter).Status)
		anna.papers["void_letter"] = true
		anna.submit(t, anna.papers)
		for _, over := range []confirmation{letter, open} {
			require.Equal(t, "superseded", anna.look(t, over).Status)
		}
		anna.enter(t, letter, code).fails(t, http.StatusConflict, "invalid_transition")
	})
}

// A refusal is told in plain words, and every third of them calls a supervisor,
// also after the first call was settled.
func TestRefusedVisit(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		anna := newCitizen(t, c, phone, "600", "passed")
		supervisor, _ := supervisors(t, s)
		for i := range 6 {
			require.Equal(t, i/3, s.Count(t, "SELECT count(*) FROM alarms WHERE kind = 'repeated_refusals'"))
			if i == 3 {
				alarm := column(t, s, "SELECT id FROM alarms")[0]
				supervisor.post(t, supervisor.path("/alarms/%s/settlement", alarm), object{"reason": why}).ok(t, http.StatusOK)
			}
			open := anna.request(t, visit("service_centre"))
			body := object{"reason": "no_document", "note": "Приходил без паспорта"}
			desk.post(t, desk.path("/accounts/%s/refusal", anna.Account.ID), body).ok(t, http.StatusCreated)
			seen := anna.look(t, open)
			require.Equal(t, "refused", seen.Status)
			require.Equal(t, "no_document", seen.Reason.Code)
			require.Equal(t, "Вы пришли без паспорта.", seen.Reason.Detail)
			require.Equal(t, []string{"request_confirmation"}, seen.NextActions)
			english := as[confirmation](t, anna.with("Accept-Language", "en").get(t, open.path("")), http.StatusOK)
			require.Equal(t, "You came without a passport.", english.Reason.Detail)
			require.Contains(t, s.Await(t, phone, 3+i)[0].Text, "без паспорта")
			s.Clock.Advance(time.Minute)
		}
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM alarms WHERE kind = 'repeated_refusals'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM alarms WHERE settled_at IS NULL"))
	})
}

// Two accounts that race to confirm one SNILS: one wins, the other is on hold,
// and neither learns of the other.
func TestRaceForOneSNILS(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		people := []citizen{newCitizen(t, c, phone, "600", "passed"), newCitizen(t, c, mailbox, "600", "passed")}
		letters, codes := make([]confirmation, 2), make([]string, 2)
		for i, p := range people {
			letters[i] = p.request(t, p.byLetter())
			codes[i] = p.delivered(t, letters[i])
		}
		s.Settle(t)
		answers := parallel(t, 2, func(i int) answer { return people[i].enter(t, letters[i], codes[i]) })
		require.Equal(t, 1, count(answers, http.StatusOK), "%s", fmt.Sprint(outcomes(t, answers)))
		for i, a := range answers {
			me, other := people[i], people[1-i]
			require.NotContains(t, string(a.body), other.Account.ID)
			if a.status == http.StatusOK {
				require.Equal(t, "confirmed", me.level(t))
				continue
			}
			// It lost at the claim, or was on hold by then.
			p := a.fails(t, http.StatusConflict, "identity_on_hold")
			require.Equal(t, []string{"visit_office", "edit_personal_data"}, p.NextActions)
			me.becomes(t, "on_hold", 0)
			require.Equal(t, "simplified", me.level(t))
			require.Equal(t, "superseded", me.look(t, letters[i]).Status)
			me.post(t, confirmationsPath, visit("service_centre")).fails(t, http.StatusConflict, "identity_on_hold")
			for _, w := range me.ways(t) {
				require.Equal(t, "identity_on_hold", w.Reason.Code)
			}
		}
		s.Settle(t)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM snils_claims"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM accounts WHERE level = 'confirmed'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'verification.hold'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM alarms WHERE kind = 'snils_conflict'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'verification_on_hold'"))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'snils_contested'"), "neither learns of the other")
	})
}

// The same right code at the same moment confirms once.
func TestSameCodeAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		code := anna.delivered(t, letter)
		answers := parallel(t, 5, func(int) answer { return anna.enter(t, letter, code) })
		require.Equal(t, 1, count(answers, http.StatusOK), "%s", fmt.Sprint(outcomes(t, answers)))
		require.Equal(t, 4, count(answers, http.StatusConflict), "%s", fmt.Sprint(outcomes(t, answers)))
		for _, action := range []string{"confirmation.confirm", "letter.enter_code", "account.confirm_identity"} {
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"), action)
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'identity_confirmed'"))
	})
}

// A cancellation and the right code at the same moment: one of them happens.
func TestCancelAgainstConfirm(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		code := anna.delivered(t, letter)
		answers := parallel(t, 2, func(i int) answer {
			if i == 0 {
				return anna.delete(t, letter.path(""))
			}
			return anna.enter(t, letter, code)
		})
		seen := anna.look(t, letter)
		switch seen.Status {
		case "confirmed":
			require.Equal(t, []int{http.StatusConflict, http.StatusOK}, []int{answers[0].status, answers[1].status})
			require.Equal(t, "confirmed", anna.level(t))
		case "cancelled":
			require.Equal(t, []int{http.StatusNoContent, http.StatusConflict}, []int{answers[0].status, answers[1].status})
			require.Equal(t, "standard", anna.level(t))
		default:
			require.Fail(t, seen.Status)
		}
		require.Equal(t, 1, s.Count(t, `SELECT count(*) FROM audit_events
			WHERE action IN ('confirmation.confirm', 'confirmation.cancel')`))
	})
}

// What is no request for a confirmation, with all that is wrong at once.
func TestWrongConfirmationRequests(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite, roomy())
	anna := newCitizen(t, c, phone, "600", "passed")
	address := anna.papers["registration_address"]
	for _, test := range []struct {
		path, pointer, code string
		body                object
	}{
		{confirmationsPath, "/method", "required", object{}},
		{confirmationsPath, "/method", "unsupported_value", object{"method": "carrier_pigeon"}},
		{confirmationsPath, "/postal_address", "required", object{"method": "registered_letter"}},
		{confirmationsPath, "/postal_address", "not_allowed", object{"method": "fund_office", "postal_address": address}},
		{confirmationsPath, "/postal_address/city", "required", object{"method": "registered_letter", "postal_address": object{
			"postal_index": "236000", "region": "Калининградская область", "street": "ул. Синтетическая", "house": "7",
		}}},
		{confirmationsPath + "/" + domain.NewID().String() + "/code", "/code", "required", object{"code": ""}},
		{"/v1/confirmation-disputes", "/token", "required", object{"token": ""}},
	} {
		a := anna.do(t, call{method: http.MethodPost, path: test.path, body: test.body, wrong: true})
		p := a.fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, test.pointer, p.Errors[0].Pointer)
		require.Equal(t, test.code, p.Errors[0].Code)
	}
}
