package domain

import "slices"

// Level says how much about the person behind an account is proven.
type Level string

// The levels.
const (
	// LevelSimplified is an account with nothing proven but its contact.
	LevelSimplified Level = "simplified"
	// LevelStandard is an account whose data passed the checks of the registers.
	LevelStandard Level = "standard"
	// LevelConfirmed is an account whose owner's identity was confirmed.
	LevelConfirmed Level = "confirmed"
)

// LevelNone is the level of accounts that are not a citizen's.
const LevelNone Level = ""

// Levels lists every level of a citizen, the lowest first.
func Levels() []Level { return []Level{LevelSimplified, LevelStandard, LevelConfirmed} }

// Reaches tells whether the level is at least another one.
func (l Level) Reaches(wanted Level) bool {
	return slices.Index(Levels(), l) >= slices.Index(Levels(), wanted)
}

// Turn says who acts next: a level is always the person's to raise or to keep.
func (Level) Turn() Turn { return TurnPerson }

// LevelEvent is what can happen to an account's level.
type LevelEvent string

// The events of a level.
const (
	LevelPassChecks LevelEvent = "pass_checks"
	// LevelEditData is a change of what was checked: nothing of it is proven
	// any more.
	LevelEditData LevelEvent = "edit_data"
	// LevelConfirmIdentity is an identity that was confirmed.
	LevelConfirmIdentity LevelEvent = "confirm_identity"
	// LevelDoubtIdentity is an owner who says that the confirmation was not
	// theirs: the data are proven, the identity is not.
	LevelDoubtIdentity LevelEvent = "doubt_identity"
	// LevelLoseSNILS is a SNILS that turned out to be another person's.
	LevelLoseSNILS LevelEvent = "lose_snils"
)

// LevelEvents lists every event of a level.
func LevelEvents() []LevelEvent {
	return []LevelEvent{LevelPassChecks, LevelEditData, LevelConfirmIdentity, LevelDoubtIdentity, LevelLoseSNILS}
}

// LevelMoves is the table of an account's levels.
func LevelMoves() []Move[Level, LevelEvent] {
	return []Move[Level, LevelEvent]{
		{LevelSimplified, LevelPassChecks, LevelStandard},
		{LevelStandard, LevelEditData, LevelSimplified},
		{LevelStandard, LevelConfirmIdentity, LevelConfirmed},
		{LevelStandard, LevelLoseSNILS, LevelSimplified},
		{LevelConfirmed, LevelEditData, LevelSimplified},
		{LevelConfirmed, LevelDoubtIdentity, LevelStandard},
		{LevelConfirmed, LevelLoseSNILS, LevelSimplified},
	}
}

// PassChecks records that the registers hold the same data.
func (a *Account) PassChecks() error { return a.moveLevel(LevelPassChecks) }

// EditData records that the data are not those that were checked.
func (a *Account) EditData() error { return a.moveLevel(LevelEditData) }

// ConfirmIdentity records that the owner's identity was confirmed.
func (a *Account) ConfirmIdentity() error { return a.moveLevel(LevelConfirmIdentity) }

// DoubtIdentity records that the owner denies the confirmation.
func (a *Account) DoubtIdentity() error { return a.moveLevel(LevelDoubtIdentity) }

// LoseSNILS records that the SNILS is another person's.
func (a *Account) LoseSNILS() error { return a.moveLevel(LevelLoseSNILS) }

func (a *Account) moveLevel(on LevelEvent) error {
	to, err := next(LevelMoves(), a.Level, on)
	if err == nil {
		a.Level = to
	}
	return err
}
