package domain

import (
	"iter"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// PayerState says whether a payer of contributions exists.
type PayerState string

// The states of a payer in the fund's register.
const (
	PayerActive     PayerState = "active"
	PayerLiquidated PayerState = "liquidated"
)

// PayerStates lists every state of a payer.
func PayerStates() []PayerState { return []PayerState{PayerActive, PayerLiquidated} }

// EDOAgreement is an agreement on the electronic exchange of documents between
// a payer and the fund.
type EDOAgreement struct {
	// ID is the number of the agreement; empty where there is none.
	ID string
	// From is its first day, and To its last; zero for no end.
	From, To ident.Date
}

// InForce tells whether there is an agreement that is in force on a day.
func (a EDOAgreement) InForce(on ident.Date) bool {
	return a.ID != "" && !on.Before(a.From) && (a.To.IsZero() || !on.After(a.To))
}

// Payer is a payer of contributions as the fund's register has it.
type Payer struct {
	Number ident.PFRRegNumber
	// Unified is the number of the united fund; zero where none was given out.
	Unified ident.UnifiedRegNumber
	INN     ident.INN
	// KPP is zero for sole traders.
	KPP  ident.KPP
	OGRN ident.OGRN
	Name string
	// Address is that of the extract from the register of legal entities or of
	// sole traders (EGRUL, EGRIP).
	Address Address
	// Office is the territorial office where the payer is registered.
	Office    ident.OfficeCode
	Agreement EDOAgreement
	State     PayerState
	// Email is the address on record; zero where there is none.
	Email ident.Contact
}

// PayerRow is a row of a file with the register of payers.
type PayerRow struct {
	// Line is where in the file the row begins, from 1 on.
	Line  int
	Payer Payer
}

// PayerList is a whole register of payers that takes the place of the one
// before.
type PayerList struct {
	ID uuid.UUID
	// Rows are read one after another; their first error ends it all.
	Rows iter.Seq2[PayerRow, error]
	// Kept are the numbers of rows that were left out for what is wrong with them:
	// what the register has of these payers stays. It is asked once all rows are
	// read; nil for none.
	Kept func() []ident.PFRRegNumber
}

// PayerChanges is what a list has changed.
type PayerChanges struct {
	Added, Changed, Removed, Unchanged int
	// Twice are the lines that were left out, in their order.
	Twice []PayerTwice
}

// PayerTwice is a line of a list whose registration number, or whose unified
// number, stands in an earlier line.
type PayerTwice struct {
	Line            int
	Number, Unified bool
}
