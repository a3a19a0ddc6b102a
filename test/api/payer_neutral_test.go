package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// shape is a JSON value without what it says: names and types alone.
func shape(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+":"+shape(v[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, shape(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	default:
		return fmt.Sprintf("%T", value)
	}
}

// looks is what tells an answer from another one but for ids, tokens and times:
// status, names of headers, and the shape of the body.
func (a answer) looks(t *testing.T) string {
	t.Helper()
	var body any
	require.NoError(t, json.Unmarshal(a.body, &body))
	return fmt.Sprint(a.status, slices.Sorted(maps.Keys(a.header)), shape(body))
}

// kinds are the applications that an outsider must not tell apart.
func kinds() map[string]payer {
	wrongINN := firstPayer()
	wrongINN.inn = secondPayer().inn
	return map[string]payer{
		"good": firstPayer(), "unknown": unknownPayer(), "wrong INN": wrongINN,
		"liquidated": liquidatedPayer(), "connected": connectedPayer(),
	}
}

// stopwatch measures how long the server takes for requests with the header
// X-Kind, by its value.
type stopwatch struct {
	mu    sync.Mutex
	times map[string][]time.Duration
}

func (w *stopwatch) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		began := time.Now()
		next.ServeHTTP(rw, r)
		took := time.Since(began)
		w.mu.Lock()
		defer w.mu.Unlock()
		kind := r.Header.Get("X-Kind")
		w.times[kind] = append(w.times[kind], took)
	})
}

// quantile is the time within which such a part of the requests was answered.
func (w *stopwatch) quantile(kind string, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(w.times[kind]))
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}

// Applications for a good payer, an unknown number, a wrong INN, a liquidated and
// a connected payer are answered with the same status, headers and shape of the
// body, and as fast: 200 of each, in turns. // M15 M26
func TestApplicationsAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		const each = 200
		w := &stopwatch{times: map[string][]time.Duration{}}
		_, c := newServer(t, e, testkit.Around(w.around), payerLimits())
		seen := map[string]bool{}
		file := func(i int, kind, method string) {
			body := applicationOf(kinds()[kind], method)
			body["email"] = fmt.Sprintf("%s-%d@ledger.example", strings.ReplaceAll(kind, " ", "-"), i)
			seen[c.with("X-Kind", kind).post(t, applicationsPath, body).looks(t)] = true
		}
		file(0, "good", "registered_mail")
		w.times = map[string][]time.Duration{} // the first one pays for much
		for i := range each {
			for kind := range kinds() {
				file(i+1, kind, []string{"edo", "registered_mail"}[i%2])
			}
		}
		require.Len(t, seen, 1, "%v", seen)
		good := w.quantile("good", 0.5)
		for kind := range kinds() {
			median := w.quantile(kind, 0.5)
			t.Logf("%-10s median %v, p90 %v, p99 %v", kind, median, w.quantile(kind, 0.9), w.quantile(kind, 0.99))
			require.Len(t, w.times[kind], each)
			require.Less(t, median, 2*good, kind)
			require.Greater(t, 2*median, good, kind)
		}
	})
}

// What becomes of the application of a payer who is connected already looks at
// every step as that of a good one, on both ways; only the payer's own channels
// tell the truth. // M15 M26
func TestConnectedPayersApplicationGoesOn(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		follow := func(p payer, method string) (steps []string) {
			a := c.apply(t, p, method)
			look := func(status string) {
				c.reaches(t, a, status)
				got := c.bearing(a.FlowToken).get(t, a.path(""))
				steps = append(steps, status, got.looks(t), fmt.Sprint(c.lookAt(t, a).NextActions))
			}
			if method == "registered_mail" {
				look("code_preparing")
				desk := newCounter(t, s, "operator", "fund_office")
				b := desk.printed(t, desk.take(t))
				desk.handOver(t, b, a.ID, trackOf(p))
			}
			look("sent")
			s.Clock.Advance(2 * day)
			look("sent")
			a = c.proveAddressAgain(t, a)
			look("sent")
			choose := c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), object{"delivery_method": "in_person"})
			steps = append(steps, choose.looks(t))
			s.Clock.Advance(30 * day)
			look("expired")
			return steps
		}
		for _, method := range []string{"edo", "registered_mail"} {
			require.Equal(t, follow(firstPayer(), method), follow(connectedPayer(), method), method)
		}
		notice := s.Await(t, connectedPayer().number, 1)[0]
		require.Empty(t, notice.Code)
		require.NotEmpty(t, notice.Text)
		for _, guess := range []string{wrongActivationCode(t), wrongActivationCode(t)} {
			for _, p := range []payer{connectedPayer(), unknownPayer(), firstPayer()} {
				refused := c.activate(t, p, guess)
				require.Nil(t, refused.fails(t, http.StatusUnprocessableEntity, "code_incorrect").AttemptsLeft)
			}
		}
	})
}

// Guesses wear out the notice of a connected payer as they do a code, on both
// ways: an application looks the same after each of them. // M16 M26
func TestGuessesAtNoticesCount(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		follow := func(p payer, method string) (steps []string) {
			a := c.apply(t, p, method)
			if method == "registered_mail" {
				c.reaches(t, a, "code_preparing")
				desk := newCounter(t, s, "operator", "fund_office")
				desk.handOver(t, desk.printed(t, desk.take(t)), a.ID, trackOf(p))
			}
			a = c.reaches(t, a, "sent")
			s.Clock.Advance(time.Minute)
			a = c.proveAddressAgain(t, a)
			for guess := range 20 {
				if guess%5 == 0 {
					s.Clock.Advance(15 * time.Minute)
				}
				c.activate(t, p, wrongActivationCode(t)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
				now := c.lookAt(t, a)
				steps = append(steps, fmt.Sprint(now.Status, now.NextActions))
			}
			s.Clock.Advance(time.Hour)
			return steps
		}
		for _, method := range []string{"edo", "registered_mail"} {
			want := follow(firstPayer(), method)
			require.Equal(t, want, follow(connectedPayer(), method), method)
			require.Contains(t, want[18], "sent")
			require.Contains(t, want[19], "method_required")
		}
	})
}

// trackOf is a number from the post for a letter to a payer.
func trackOf(p payer) string {
	if p == firstPayer() {
		return track
	}
	return otherTrack
}

// What each of them is told by e-mail: the given address never more than that
// nothing came of it, the address on record the reason. // M15 M26
func TestWhoIsToldWhat(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		refused := []string{"Заявка на подключение плательщика не исполнена"}
		sent := []string{"Код активации отправлен"}
		for kind, told := range map[string]struct {
			given    []string
			onRecord string
		}{
			"good":       {sent, "придёт только самому плательщику"},
			"unknown":    {refused, ""},
			"wrong INN":  {refused, "ИНН"},
			"liquidated": {refused, "снят с учёта"},
			"connected":  {sent, "уже подключ"},
		} {
			p := kinds()[kind]
			body := applicationOf(p, "edo")
			given := strings.ReplaceAll(kind, " ", "-") + "@ledger.example"
			body["email"] = given
			known := len(s.Sent(t, p.email))
			a := as[payerApplication](t, c.post(t, applicationsPath, body), http.StatusCreated)
			s.Await(t, given, 2)
			require.Equal(t, told.given, payerKinds(t, s, given), kind)
			seen := c.lookAt(t, a)
			require.Contains(t, []string{"submitted", "sent"}, seen.Status)
			if told.onRecord == "" {
				continue
			}
			m := s.Await(t, p.email, known+1)[0]
			require.Equal(t, "Кто-то подал заявку на подключение Вашего кабинета плательщика", m.Subject)
			t.Log(kind, m.Text)
			require.Contains(t, m.Text, p.number)
			require.Contains(t, m.Text, told.onRecord, kind)
			require.NotContains(t, m.Text, given)
			require.Empty(t, m.Code)
		}
	})
}

// Who has proven the address sees of the three that nothing comes of the same
// end, and no reason. // M26
func TestClosedApplicationsLookAlike(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		seen := map[string]bool{}
		for i, kind := range []string{"unknown", "wrong INN", "liquidated"} {
			a := c.apply(t, kinds()[kind], "edo")
			becomesInside(t, s, a, "closed")
			before := c.lookAt(t, a)
			require.Equal(t, "submitted", before.Status)
			a = c.proveAddressOf(t, a, i+1)
			got := c.bearing(a.FlowToken).get(t, a.path(""))
			require.Equal(t, "closed", c.lookAt(t, a).Status)
			seen[got.looks(t)+fmt.Sprint(c.lookAt(t, a).NextActions)] = true
			choose := object{"delivery_method": "in_person"}
			c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), choose).fails(t, http.StatusConflict, "invalid_transition")
		}
		require.Len(t, seen, 1, "%v", seen)
	})
}

// The address on record is told once of an application, however often another way
// is chosen for its code: an applicant cannot have it flooded.
func TestPayerIsToldOnceOfAnApplication(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		for i, p := range []payer{firstPayer(), connectedPayer()} {
			a := c.reaches(t, c.apply(t, p, "in_person"), "office_visit")
			a = c.proveAddressOf(t, a, i+1)
			for range 3 {
				c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), object{"delivery_method": "in_person"}).ok(t, http.StatusOK)
				c.reaches(t, a, "office_visit")
			}
			s.Settle(t)
			require.Equal(t, []string{"Кто-то подал заявку на подключение Вашего кабинета плательщика"}, payerKinds(t, s, p.email))
		}
	})
}
