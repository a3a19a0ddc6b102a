// Package model plays random sequences of events against the services over a
// real database, and looks after each event whether what must always hold still
// holds.
package model
