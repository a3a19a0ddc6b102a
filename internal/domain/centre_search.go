package domain

import "github.com/google/uuid"

// CentreQuery says which service centres are wanted, and in which order: the
// nearest first, or by name.
type CentreQuery struct {
	// Near is where the way begins; nil orders by name.
	Near *Point
	// Kind is empty for all kinds.
	Kind CentreKind
	// Region is the two digits of a constituent entity or its name as in
	// addresses; empty for all.
	Region string
	// Text is words that all stand in name or address, as parts of words.
	Text string
	// Keep refuses centres for reasons that the storage does not know; nil
	// refuses none. Its error ends the search.
	Keep func(ServiceCentre) (bool, error)
	// After is where the page before ended; nil for the first page.
	After *CentrePosition
	Limit int
}

// CentrePosition is where in a list of service centres one stands.
type CentrePosition struct {
	// Distance in metres counts in lists of the nearest, Name elsewhere.
	Distance float64
	// Name is the name's [SearchText].
	Name string
	ID   uuid.UUID
}

// FoundCentre is a service centre in an answer.
type FoundCentre struct {
	ServiceCentre
	// Distance is how far it is, in metres; nil where nobody asked.
	Distance *float64
	// OpenNow tells whether it is open; nil where nobody knows, since the
	// working calendar lacks the year.
	OpenNow *bool
	// Offered are the ways of confirmation on offer today.
	Offered []CentreMethod
}

// Position is where the centre stands in the list that it was found in.
func (f FoundCentre) Position() CentrePosition {
	p := CentrePosition{Name: SearchText(f.Name), ID: f.ID}
	if f.Distance != nil {
		p.Distance = *f.Distance
	}
	return p
}

// CentreReplacement is a whole list of service centres that takes the place of
// the one before.
type CentreReplacement struct {
	Centres []ServiceCentre
	// Progress is told how many of them are stored.
	Progress func(stored int)
}

// CentreChanges is what a replacement did.
type CentreChanges struct {
	// ListID names the new list.
	ListID uuid.UUID
	// Stored is how many centres there are now, Removed how many no longer.
	Stored, Removed int
}
