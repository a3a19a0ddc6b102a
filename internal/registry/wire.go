package registry

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"

	"example.org/kabinet/internal/domain"
)

// The words of docs/registry-gateway.openapi.yaml that all registers share.
const (
	statusPending       = "pending"
	statusDone          = "done"
	resultCouldNotCheck = "could_not_check"
)

const (
	// maxAnswer is the largest body that is read, in bytes.
	maxAnswer = 64 << 10
	// maxReference is the longest reference, in characters.
	maxReference = 200
)

// ErrContract is the error of an answer that is not what the contract says. What
// was wrong with it is hidden: it may hold personal data.
var ErrContract = errors.New("the answer is not what the contract says")

// Dialect is what one register understands and says.
type Dialect struct {
	Kind domain.CheckKind
	// Subject is what the register is told of a person: what it needs for its
	// check, and nothing else. It is encoded as JSON.
	Subject func(domain.CheckSubject) any
	// Meanings has every final result that the register knows.
	Meanings map[string]Meaning
	// Groups are those that the register can name with a mismatch.
	Groups []string
}

// Meaning is what a final result of a register says.
type Meaning struct {
	Result domain.CheckResult
	// Fields are the groups to correct. A mismatch has none of its own: the
	// register names them.
	Fields []string
}

// question is the body of POST /checks.
type question struct {
	Key     string           `json:"key"`
	Kind    domain.CheckKind `json:"kind"`
	Subject any              `json:"subject"`
}

// receipt is the answer to a question.
type receipt struct {
	Reference string `json:"reference"`
}

// report is the answer of GET /checks/{reference}.
type report struct {
	Status string   `json:"status"`
	Result string   `json:"result"`
	Fields []string `json:"fields"`
}

// outcome translates a report. Whatever the contract does not know is an error:
// it must neither pass nor fail anybody.
func (d Dialect) outcome(r report) (domain.CheckOutcome, error) {
	meaning, known := d.Meanings[r.Result]
	switch {
	case r.Status == statusPending && r.Result == "" && r.Fields == nil:
		return domain.CheckOutcome{}, nil
	case r.Status == statusDone && r.Result == resultCouldNotCheck && r.Fields == nil:
		return domain.CheckOutcome{}, fmt.Errorf("could not check: %w", ErrAnswered)
	case r.Status != statusDone || !known:
		return domain.CheckOutcome{}, ErrContract
	case meaning.Result == domain.CheckMismatch:
		return d.mismatch(r.Fields)
	case r.Fields != nil:
		return domain.CheckOutcome{}, ErrContract
	}
	return domain.CheckOutcome{Done: true, Result: meaning.Result, Fields: slices.Clone(meaning.Fields)}, nil
}

// mismatch keeps the dialect's order of groups.
func (d Dialect) mismatch(named []string) (domain.CheckOutcome, error) {
	var groups []string
	for _, group := range d.Groups {
		if slices.Contains(named, group) {
			groups = append(groups, group)
		}
	}
	if len(groups) == 0 || len(groups) != len(named) { // one is unknown, or named twice
		return domain.CheckOutcome{}, ErrContract
	}
	return domain.CheckOutcome{Done: true, Result: domain.CheckMismatch, Fields: groups}, nil
}

// isReference tells whether a text can be a reference: it goes into a URL.
func isReference(text string) bool {
	if text == "" || len(text) > maxReference || text == "." || text == ".." {
		return false
	}
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// decode reads a body strictly: one JSON object (RFC 8259) with nothing after
// it, no name twice, no name that the contract does not know.
func decode(response *http.Response, into any) error {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return ErrContract
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("read the answer: %w", confidential(err))
	}
	if len(body) > maxAnswer || json.Unmarshal(body, into, json.RejectUnknownMembers(true)) != nil {
		return ErrContract
	}
	return nil
}
