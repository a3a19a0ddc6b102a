package ident

import "strings"

// Patronymic is a person's patronymic, or the statement that there is none. The
// zero value says neither.
type Patronymic struct {
	name   Name
	absent bool
}

// ParsePatronymic reads a patronymic by the rules of [ParseName], or, with none
// set, the statement that the person has no patronymic. A person who has none
// says so, because a patronymic left out by mistake makes every check fail:
// neither of the two is [ErrRequired], both are [ErrNotAllowed].
func ParsePatronymic(text string, none bool) (Patronymic, error) {
	blank := strings.TrimSpace(text) == ""
	switch {
	case none && blank:
		return Patronymic{absent: true}, nil
	case none:
		return Patronymic{}, ErrNotAllowed
	case blank:
		return Patronymic{}, ErrRequired
	}
	name, err := ParseName(text)
	return Patronymic{name: name}, err
}

// Text is the patronymic in clear; empty if the person has none.
func (p Patronymic) Text() string { return p.name.Text() }

// None tells whether the person is known to have no patronymic.
func (p Patronymic) None() bool { return p.absent }

// Equal tells whether both are one patronymic in the sense of [Name.Equal], or
// both say that there is none.
func (p Patronymic) Equal(other Patronymic) bool {
	return p.absent == other.absent && p.name.Equal(other.name)
}

// String is the patronymic masked to its first letter, and empty if there is
// none.
func (p Patronymic) String() string {
	if p.name.IsZero() {
		return ""
	}
	return p.name.String()
}

// IsZero tells whether nothing is known of a patronymic.
func (p Patronymic) IsZero() bool { return p == Patronymic{} }
