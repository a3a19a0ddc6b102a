package registry

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/kabinet/internal/domain"
)

// The personas of docs/sandbox.md. Any other number is all right, and so is 600.
const (
	personaFine        = "600"
	personaNotFound    = "601"
	personaOtherName   = "602"
	personaDeceased    = "603"
	personaDownAtFirst = "604"
	personaDown        = "605"
	personaSlow        = "606"
	personaTwice       = "607"
)

const (
	// refusals is how often persona 604 is unavailable.
	refusals = 2
	// slowness is how long persona 606 takes.
	slowness = 20 * time.Second
	// secondAnswer is how long after its first answer persona 607 says something
	// else: no repetition of a step that failed comes so late.
	secondAnswer = 10 * time.Minute
	// maxKept is how many questions are remembered.
	maxKept = 1000
)

// PersonaConfig says which register the personas stand in for.
type PersonaConfig struct {
	Kind domain.CheckKind
	// Group is that of the register's own number.
	Group string
	// Number is what chooses the persona, such as 601.
	Number func(domain.CheckSubject) string
}

// Personas is a register of the sandbox: what it says depends on the number that
// it is asked about, and the name is always right. Nothing leaves the machine.
//
// The reference holds the persona and the time of the question, so that another
// process can go on with it. Only what was said to 604 and 607 is kept in memory,
// by the question's key, which is the same when a question is repeated. A process
// that does not know of it says it once more, so a restart costs 604 two more
// tries. It is safe for concurrent use.
type Personas struct {
	config PersonaConfig
	clock  Clock

	mu   sync.Mutex
	said map[string]history // by the question's key
}

// history is what was said to a question.
type history struct {
	refused  int
	answered time.Time // the first time; zero before
}

// NewPersonas makes a register of the sandbox.
func NewPersonas(c PersonaConfig, clock Clock) *Personas {
	return &Personas{config: c, clock: clock, said: map[string]history{}}
}

// Ask implements [Register].
func (p *Personas) Ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	persona := p.config.Number(request.Subject)
	switch {
	case ctx.Err() != nil:
		return "", p.wrap(ctx.Err())
	case request.Kind != p.config.Kind:
		return "", p.wrap(fmt.Errorf("cannot check %s", request.Kind))
	case persona == personaDown:
		return "", p.wrap(errDown)
	case persona < personaFine || persona > personaTwice || len(persona) != len(personaFine):
		persona = personaFine // the number of somebody else stays out of the reference
	}
	return reference{persona, p.clock.Now(), request.Key}.String(), nil
}

// Poll implements [Register].
func (p *Personas) Poll(ctx context.Context, text string) (domain.CheckOutcome, error) {
	if ctx.Err() != nil {
		return domain.CheckOutcome{}, p.wrap(ctx.Err())
	}
	r, err := parseReference(text)
	if err != nil {
		return domain.CheckOutcome{}, p.wrap(err)
	}
	done := domain.CheckOutcome{Done: true, Result: domain.CheckPassed}
	otherName := domain.CheckOutcome{Done: true, Result: domain.CheckMismatch, Fields: []string{GroupName}}
	switch r.persona {
	case personaNotFound:
		done.Result, done.Fields = domain.CheckNotFound, []string{p.config.Group}
	case personaOtherName:
		return otherName, nil
	case personaDeceased:
		done.Result = domain.CheckDeceased
	case personaDownAtFirst:
		if p.refuses(r) {
			return domain.CheckOutcome{}, p.wrap(errDown)
		}
	case personaSlow:
		if p.clock.Now().Before(r.asked.Add(slowness)) {
			return domain.CheckOutcome{}, nil
		}
	case personaTwice:
		if p.hasAnswered(r) {
			return otherName, nil
		}
	}
	return done, nil
}

// refuses tells whether persona 604 is unavailable once more.
func (p *Personas) refuses(r reference) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.said[r.key]
	if h.refused == refusals {
		return false
	}
	h.refused++
	p.keep(r.key, h)
	return true
}

// hasAnswered tells whether persona 607 answered long enough ago to say
// something else now.
func (p *Personas) hasAnswered(r reference) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, h := p.clock.Now(), p.said[r.key]
	if !h.answered.IsZero() {
		return !now.Before(h.answered.Add(secondAnswer))
	}
	p.keep(r.key, history{answered: now})
	return false
}

// keep remembers what was said to a question. Rather than grow, it forgets the
// others.
func (p *Personas) keep(key string, h history) {
	if len(p.said) >= maxKept {
		clear(p.said)
	}
	p.said[key] = h
}

func (p *Personas) wrap(err error) error { return fmt.Errorf("register %s: %w", p.config.Kind, err) }

var (
	// errDown is about one persona: no breaker keeps others from their answers.
	errDown      = fmt.Errorf("this persona's register is down: %w", ErrAnswered)
	errReference = fmt.Errorf("not a reference of this register: %w", ErrAnswered)
)

// reference is what a persona's register remembers of a question.
type reference struct {
	persona string
	asked   time.Time // to the microsecond
	key     string
}

// String is PERSONA.TIME.KEY.
func (r reference) String() string {
	return r.persona + "." + strconv.FormatInt(r.asked.UnixMicro(), 10) + "." + r.key
}

func parseReference(text string) (reference, error) {
	persona, rest, _ := strings.Cut(text, ".")
	asked, key, found := strings.Cut(rest, ".")
	micros, err := strconv.ParseInt(asked, 10, 64)
	if !found || err != nil {
		return reference{}, errReference
	}
	return reference{persona, time.UnixMicro(micros), key}, nil
}
