package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// beginOutside starts all that belongs to others: the mail server, the gateways.
func (w *world) beginOutside(ctx context.Context) (err error) {
	if w.mail, err = startMail(ctx, w.arrivals, w.verdict); err != nil {
		return err
	}
	w.later(w.mail.end)
	if w.mailLine, err = newLine(w.mail.url.Host, w.random); err != nil {
		return err
	}
	w.later(w.mailLine.end)
	way := *w.mail.url
	way.Host = w.mailLine.address
	w.settings["KABINET_SMTP_URL"] = way.String()
	w.settings["SSL_CERT_FILE"] = filepath.Join(w.mail.folder, "ca.pem")
	if w.centre, err = startCentre(w.arrivals); err != nil {
		return err
	}
	w.later(w.centre.end)
	w.settings["KABINET_SMS_URL"] = w.centre.URL()
	w.sms = &smsGateway{arrivals: w.arrivals}
	w.registry = &register{random: w.random, polls: map[string]int{}}
	w.edo = &exchange{arrivals: w.arrivals}
	for name, part := range map[string]struct {
		gate    *gate
		handler http.Handler
		path    string
	}{
		"KABINET_SMS_FALLBACK_URL":      {&w.sms.gate, http.HandlerFunc(w.sms.take), "/send"},
		"KABINET_REGISTRY_SNILS_URL":    {&w.registry.gate, w.registry.handler(), "/snils"},
		"KABINET_REGISTRY_PASSPORT_URL": {nil, w.registry.handler(), "/passports"},
		"KABINET_EDO_URL":               {&w.edo.gate, w.edo.handler(), "/edo"},
	} {
		gate := part.gate
		if gate == nil {
			gate = &w.registry.gate
		}
		address, err := w.serve(gate.around(http.StripPrefix(part.path, part.handler)))
		if err != nil {
			return err
		}
		w.settings[name] = "http://token-of-the-gateway@" + address + part.path
	}
	return nil
}

// serve answers on an address of its own.
func (w *world) serve(h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens until it is closed
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	w.later(server.Close)
	return listener.Addr().String(), nil
}

// The states of a gate.
const (
	gateOpen = iota
	// gateDown answers 503.
	gateDown
	// gateBusy answers 429.
	gateBusy
	// gateHung takes requests and does not answer.
	gateHung
)

// gate stands before a gateway and can be shut.
type gate struct {
	mu    sync.Mutex
	state int
	// opened is closed when a gate that hung does so no more.
	opened chan struct{}
}

func (g *gate) set(state int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
	if g.state = state; state == gateHung {
		g.opened = make(chan struct{})
	}
	return nil
}

func (g *gate) now() (int, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state, g.opened
}

// around lets requests through as far as the gate's state allows.
func (g *gate) around(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		state, opened := g.now()
		switch state {
		case gateDown:
			out.WriteHeader(http.StatusServiceUnavailable)
		case gateBusy:
			out.WriteHeader(http.StatusTooManyRequests)
		case gateHung:
			// Whoever asked has gone by then, and is asked nothing.
			select {
			case <-opened:
			case <-in.Context().Done():
			}
			panic(http.ErrAbortHandler)
		default:
			inner.ServeHTTP(out, in)
		}
	})
}

// answerJSON writes an answer; a client that has gone needs none.
func answerJSON(out http.ResponseWriter, status int, body any) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	_ = json.NewEncoder(out).Encode(body)
}

// smsGateway takes messages by the plain contract of docs/configuration.md.
type smsGateway struct {
	gate

	arrivals *arrivals
}

// take hands a message on that it does not know yet.
func (g *smsGateway) take(out http.ResponseWriter, in *http.Request) {
	var m struct{ ID, To, Text string }
	if json.NewDecoder(in.Body).Decode(&m) != nil || m.ID != in.Header.Get("Idempotency-Key") {
		out.WriteHeader(http.StatusBadRequest)
		return
	}
	if !g.arrivals.again(m.ID) {
		g.arrivals.add(arrival{id: m.ID, way: bySMS, to: m.To, code: contactCode(m.Text)})
	}
	out.WriteHeader(http.StatusOK)
}

// register is the Pension Fund's and the migration service's, by
// docs/registry-gateway.openapi.yaml. It says yes to everybody, to some at
// once and to some later, and now and then it is busy.
type register struct {
	gate

	random *dice
	mu     sync.Mutex
	polls  map[string]int
}

func (r *register) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /checks", func(out http.ResponseWriter, in *http.Request) {
		var question struct{ Key string }
		if json.NewDecoder(in.Body).Decode(&question) != nil || question.Key != in.Header.Get("Idempotency-Key") {
			out.WriteHeader(http.StatusBadRequest)
			return
		}
		if r.random.chance(3) {
			out.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		answerJSON(out, http.StatusAccepted, map[string]string{"reference": strings.NewReplacer(":", ".", "/", ".").Replace(question.Key)})
	})
	mux.HandleFunc("GET /checks/{reference}", func(out http.ResponseWriter, in *http.Request) {
		r.mu.Lock()
		r.polls[in.PathValue("reference")]++
		first := r.polls[in.PathValue("reference")] == 1
		r.mu.Unlock()
		switch {
		case r.random.chance(3):
			out.WriteHeader(http.StatusServiceUnavailable)
		case first && r.random.chance(20):
			answerJSON(out, http.StatusOK, map[string]string{"status": "pending"})
		default:
			answerJSON(out, http.StatusOK, map[string]string{"status": "done", "result": "valid"})
		}
	})
	return mux
}

// exchange takes electronic documents, by docs/edo-gateway.openapi.yaml.
type exchange struct {
	gate

	arrivals *arrivals
}

func (e *exchange) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /documents", func(out http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err == nil {
			err = e.take(in.Header.Get("Idempotency-Key"), body)
		}
		if err != nil {
			out.WriteHeader(http.StatusBadRequest)
			return
		}
		out.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("GET /documents/{id}", func(out http.ResponseWriter, in *http.Request) {
		answerJSON(out, http.StatusOK, map[string]string{"status": "delivered", "at": time.Now().UTC().Format(time.RFC3339)})
	})
	return mux
}

// take hands a document on that it does not know yet.
func (e *exchange) take(id string, document []byte) error {
	var d struct {
		ID     string `xml:"id,attr"`
		Number string `xml:"receiver>number"`
		Code   string `xml:"activation>code"`
	}
	if err := xml.Unmarshal(document, &d); err != nil {
		return err
	}
	if d.ID != id || d.Number == "" || d.Code == "" {
		return errors.New("not a document with a code")
	}
	if !e.arrivals.again(id) {
		e.arrivals.add(arrival{id: id, way: byEDO, to: d.Number, code: d.Code})
	}
	return nil
}

// personSNILS is the number of the nth person: one of those without check digits,
// which nobody has any more.
func personSNILS(n int) string { return fmt.Sprintf("000-%03d-%03d %02d", n/1000%1000, n%1000, 1+n%97) }
