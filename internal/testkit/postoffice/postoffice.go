// Package postoffice plays the post for tests: its shipping API, with orders,
// batches, lists and check-ins, and its tracking service.
package postoffice

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The credentials that the post wants.
const (
	Token    = "post-token"
	Key      = "cG9zdDprZXk="
	Login    = "tracking-login"
	Password = "tracking-<password>"
)

// Order is an order as the post has it.
type Order struct {
	ID      int64  `json:"id"`
	Number  string `json:"order-num"`
	Comment string `json:"comment"`
	Barcode string `json:"barcode,omitempty"`
	Batch   string `json:"batch-name,omitempty"`
	// Body is what was asked for.
	Body map[string]any `json:"-"`
}

// Call is what the post is asked for, without the names in its path.
type Call string

// The calls.
const (
	Create  Call = "PUT backlog"
	Search  Call = "GET backlog/search"
	Batch   Call = "POST shipment"
	Look    Call = "GET shipment"
	Members Call = "GET batch/shipment"
	State   Call = "GET batch"
	List    Call = "GET f103pdf"
	CheckIn Call = "POST checkin"
	Delete  Call = "DELETE"
	Trace   Call = "POST trace"
)

// Fault is what goes wrong with calls.
type Fault struct {
	// Status is answered in the place of doing what is asked; zero does it.
	Status int
	// Body goes with the status.
	Body string
	// Lost does what is asked, and ends the connection without an answer.
	Lost bool
	// Times is how often; zero is for ever.
	Times int
}

// Office is a post. Its fields are read and written under Do.
type Office struct {
	URL string
	// Split puts each order into a batch of its own.
	Split bool

	mu       sync.Mutex
	Orders   []*Order
	CheckIns []string
	Calls    map[Call]int
	states   map[string]string
	faults   map[Call]*Fault
	traces   map[string][][2]int
}

// New starts a post.
func New(t *testing.T) *Office {
	t.Helper()
	o := &Office{Calls: map[Call]int{}, states: map[string]string{}, faults: map[Call]*Fault{}, traces: map[string][][2]int{}}
	server := httptest.NewServer(o.handler())
	t.Cleanup(server.Close)
	o.URL = server.URL
	return o
}

// Shipping and Tracking are the URLs of the services, with what opens them.
func (o *Office) Shipping() string {
	return strings.Replace(o.URL, "://", "://"+Token+":"+strings.ReplaceAll(Key, "=", "%3D")+"@", 1)
}

// Tracking is the URL of the tracking service.
func (o *Office) Tracking() string {
	password := strings.NewReplacer("<", "%3C", ">", "%3E").Replace(Password)
	return strings.Replace(o.URL, "://", "://"+Login+":"+password+"@", 1) + "/rtm34"
}

// Do reads or writes what the post has.
func (o *Office) Do(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fn()
}

// Break lets something go wrong with a call.
func (o *Office) Break(c Call, f Fault) { o.Do(func() { o.faults[c] = &f }) }

// Mend lets a call be answered well again.
func (o *Office) Mend(c Call) { o.Do(func() { delete(o.faults, c) }) }

// Happens lets an operation happen to a letter on its way.
func (o *Office) Happens(track string, kind, attribute int) {
	o.Do(func() { o.traces[track] = append(o.traces[track], [2]int{kind, attribute}) })
}

// Count is how often something was asked.
func (o *Office) Count(c Call) (n int) {
	o.Do(func() { n = o.Calls[c] })
	return n
}

func (o *Office) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, a := range map[string]answer{
		"PUT /2.0/user/backlog":          {Create, o.create},
		"GET /1.0/backlog/search":        {Search, o.search},
		"POST /1.0/user/shipment":        {Batch, o.batch},
		"GET /1.0/shipment/{id}":         {Look, o.look},
		"GET /1.0/batch/{name}/shipment": {Members, o.members},
		"GET /1.0/batch/{name}":          {State, o.state},
		"GET /1.0/forms/{name}/f103pdf":  {List, o.list},
		"POST /1.0/batch/{name}/checkin": {CheckIn, o.checkIn},
		"DELETE /1.0/shipment":           {Delete, o.remove},
		"DELETE /1.0/backlog":            {Delete, o.remove},
	} {
		mux.Handle(pattern, o.opened(a))
	}
	mux.Handle("POST /rtm34", o.faulty(answer{Trace, o.trace}))
	return mux
}

// answer is how a call is answered.
type answer struct {
	call Call
	give func(*http.Request) any
}

// opened wants the credentials of the shipping API.
func (o *Office) opened(a answer) http.Handler {
	next := o.faulty(a)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "AccessToken "+Token || r.Header.Get("X-User-Authorization") != "Basic "+Key {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (o *Office) faulty(a answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.Calls[a.call]++
		fault := o.fault(a.call)
		if fault.Status != 0 {
			w.WriteHeader(fault.Status)
			_, _ = io.WriteString(w, fault.Body)
			return
		}
		given := a.give(r)
		if fault.Lost {
			panic(http.ErrAbortHandler)
		}
		write(w, given)
	})
}

// fault is what goes wrong with a call now.
func (o *Office) fault(c Call) Fault {
	f := o.faults[c]
	if f == nil {
		return Fault{}
	}
	now := *f
	if f.Times > 0 {
		if f.Times--; f.Times == 0 {
			delete(o.faults, c)
		}
	}
	return now
}

// unknown is the answer about what the post does not have.
type unknown struct{}

func write(w http.ResponseWriter, given any) {
	switch v := given.(type) {
	case unknown:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"code":"1001","desc":"Instance not found","sub-code":"RESOURCE_NOT_FOUND"}`)
	case []byte:
		_, _ = w.Write(v)
	default:
		_ = json.NewEncoder(w).Encode(v)
	}
}

func (o *Office) create(r *http.Request) any {
	var all []map[string]any
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		return unknown{}
	}
	made, wrong := []object{}, []object{}
	for i, body := range all {
		if body["place-to"] == "Нигде" {
			wrong = append(wrong, object{"position": i, "error-codes": []object{
				{"code": "EMPTY_PLACE_TO", "description": "Нигде"}, {"code": "Синтетика", "details": "Нигде"},
			}})
			continue
		}
		next := &Order{ID: int64(len(o.Orders)) + 1001, Number: text(body["order-num"]), Comment: text(body["comment"]), Body: body}
		o.Orders = append(o.Orders, next)
		made = append(made, object{"order-num": next.Number, "result-id": next.ID, "barcode": Barcode(next.ID)})
	}
	slices.Reverse(made) // in whatever order
	return object{"orders": made, "errors": wrong}
}

type object = map[string]any

func text(v any) string {
	s, _ := v.(string)
	return s
}

// Barcode is the track number of an order.
func Barcode(id int64) string {
	digits := fmt.Sprintf("236000%07d", id)
	sum := 0
	for i, c := range digits {
		weight := 3
		if i%2 == 1 {
			weight = 1
		}
		sum += weight * int(c-'0')
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

func (o *Office) search(r *http.Request) any {
	found := []*Order{}
	for _, order := range o.Orders {
		// As the post does it, more than the one is found.
		if order.Batch == "" && strings.HasPrefix(order.Number, r.URL.Query().Get("query")[:2]) {
			found = append(found, order)
		}
	}
	return found
}

func (o *Office) byID(id int64) *Order {
	i := slices.IndexFunc(o.Orders, func(order *Order) bool { return order.ID == id })
	if i < 0 {
		return nil
	}
	return o.Orders[i]
}

func (o *Office) batch(r *http.Request) any {
	var ids []int64
	if err := json.NewDecoder(r.Body).Decode(&ids); err != nil {
		return unknown{}
	}
	made, wrong := []object{}, []object{}
	for i, id := range ids {
		order := o.byID(id)
		if order == nil || order.Batch != "" {
			wrong = append(wrong, object{"position": i, "error-code": "NOT_FOUND"})
			continue
		}
		if len(made) == 0 || o.Split {
			name := strconv.Itoa(len(o.states) + 71)
			o.states[name] = "CREATED"
			made = append(made, object{"batch-name": name, "batch-status": "CREATED"})
		}
		order.Batch, order.Barcode = text(made[len(made)-1]["batch-name"]), Barcode(id)
	}
	return object{"batches": made, "result-ids": ids, "errors": wrong}
}

func (o *Office) look(r *http.Request) any {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if order := o.byID(id); order != nil && order.Batch != "" {
		return order
	}
	return unknown{}
}

func (o *Office) members(r *http.Request) any {
	all := []*Order{}
	for _, order := range o.Orders {
		if order.Batch == r.PathValue("name") {
			all = append(all, order)
		}
	}
	return all
}

func (o *Office) state(r *http.Request) any {
	name := r.PathValue("name")
	if o.states[name] == "" {
		return unknown{}
	}
	return object{"batch-name": name, "batch-status": o.states[name]}
}

// ListText is what a list of the post's begins with.
const ListText = "%PDF-1.4 post"

func (o *Office) list(r *http.Request) any { return []byte(ListText + " " + r.PathValue("name")) }

func (o *Office) checkIn(r *http.Request) any {
	name := r.PathValue("name")
	o.CheckIns = append(o.CheckIns, name)
	o.states[name] = "FROZEN"
	return object{"f103-sent": true}
}

func (o *Office) remove(r *http.Request) any {
	var ids []int64
	if err := json.NewDecoder(r.Body).Decode(&ids); err != nil {
		return unknown{}
	}
	o.Orders = slices.DeleteFunc(o.Orders, func(order *Order) bool { return slices.Contains(ids, order.ID) })
	return object{"result-ids": ids}
}

func (o *Office) trace(r *http.Request) any {
	raw, _ := io.ReadAll(r.Body)
	_, rest, _ := strings.Cut(string(raw), ">236000")
	track := "236000" + rest[:min(8, len(rest))]
	var records strings.Builder
	for _, done := range o.traces[track] {
		_, _ = fmt.Fprintf(&records, `<d:historyRecord><d:OperationParameters><d:OperType><d:Id>%d</d:Id></d:OperType>`+
			`<d:OperAttr><d:Id>%d</d:Id></d:OperAttr></d:OperationParameters></d:historyRecord>`, done[0], done[1])
	}
	return []byte(`<?xml version="1.0"?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body>` +
		`<o:getOperationHistoryResponse xmlns:o="http://russianpost.org/operationhistory" xmlns:d="http://russianpost.org/operationhistory/data">` +
		`<d:OperationHistoryData>` + records.String() + `</d:OperationHistoryData></o:getOperationHistoryResponse></S:Body></S:Envelope>`)
}
