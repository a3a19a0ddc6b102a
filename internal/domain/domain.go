// Package domain holds the nouns of the cabinet, the states they can be in and
// the moves between those states. It does no input or output, and time comes
// in as an argument.
package domain

import (
	"net/netip"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

// NewID returns a UUIDv7 (RFC 9562), which sorts by the time of its making.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Turn says who has to act next on something that has a state.
type Turn string

// Whose turn it can be in the flows that exist.
const (
	TurnPerson  Turn = "person"
	TurnKabinet Turn = "kabinet"
	// TurnPost is a letter on its way.
	TurnPost Turn = "post"
	// TurnOperator is something that somebody at the fund or at a service
	// centre has to decide or to do.
	TurnOperator Turn = "operator"
	TurnNobody   Turn = "nobody"
)

// Caller is who sent a request, as far as the connection tells.
type Caller struct {
	RequestID string
	// Address is the client's network address.
	Address   string
	UserAgent string
}

// Move is one row of a state machine's table.
type Move[S, E ~string] struct {
	From S
	On   E
	To   S
}

// next finds where an event leads from a state. What is not in the table is
// an invalid transition.
func next[S, E ~string](table []Move[S, E], from S, on E) (S, error) {
	for _, m := range table {
		if m.From == from && m.On == on {
			return m.To, nil
		}
	}
	return from, apperr.New(apperr.InvalidTransition)
}

// Network is the address as limits count it: an IPv6 address stands for its
// /64, which is what one subscriber is given (RFC 6177).
func (c Caller) Network() string {
	const subscriber = 64
	address, err := netip.ParseAddr(c.Address)
	if err != nil || address.Unmap().Is4() {
		return c.Address
	}
	prefix, err := address.WithZone("").Prefix(subscriber)
	if err != nil {
		return c.Address
	}
	return prefix.String()
}
