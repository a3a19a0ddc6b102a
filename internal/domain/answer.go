package domain

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Answer is what a request with an Idempotency-Key was answered, kept so that
// the same request gets it again.
type Answer struct {
	Status int                 `json:"status"`
	Header map[string][]string `json:"header"`
	Body   []byte              `json:"body"`
}

// IdempotentRequest is a request with an Idempotency-Key.
type IdempotentRequest struct {
	// Scope is what makes one client's key differ from another's: the
	// credentials that came with it, or the network address where there are
	// none; and the method, the path and the origin.
	Scope string
	Key   string
	Body  []byte
}

// Lease is the right to carry out a request with an Idempotency-Key.
type Lease struct {
	// Key is the keyed hash of the caller, the route and the client's key.
	Key []byte
	// Owner tells this try at the request from an earlier one that died.
	Owner uuid.UUID
	// Encode turns the outcome of the use case into its answer.
	Encode func(outcome any) (Answer, error)
	// Kept is set when the answer was stored together with the work.
	Kept bool
}

type leaseKey struct{}

// WithLease gives the lease to those who work for the request.
func WithLease(ctx context.Context, l *Lease) context.Context {
	return context.WithValue(ctx, leaseKey{}, l)
}

// LeaseFrom is the lease of the request at hand; nil if it has no key.
func LeaseFrom(ctx context.Context) *Lease {
	l, _ := ctx.Value(leaseKey{}).(*Lease)
	return l
}

// AnswerRequest asks for the lease on a request.
type AnswerRequest struct {
	Key []byte
	// RequestHash tells whether the same key came with another body.
	RequestHash []byte
	Owner       uuid.UUID
	Now         time.Time
	// LockedUntil is when the owner is given up for dead.
	LockedUntil time.Time
	// KeepUntil is when the answer is forgotten.
	KeepUntil time.Time
}

// AnswerRecord is what is known of a request's key.
type AnswerRecord struct {
	// Acquired tells that the request has to be carried out by who asked.
	Acquired    bool
	RequestHash []byte
	LockedUntil time.Time
	// Answer is the first answer; nil while there is none.
	Answer *Answer
}
