package domain

// Level says how much about the person behind an account is proven.
type Level string

// The levels.
const (
	// LevelSimplified is an account with nothing proven but its contact.
	LevelSimplified Level = "simplified"
	// LevelStandard is an account whose data passed the checks of the registers.
	LevelStandard Level = "standard"
)

// Levels lists every level, the lowest first.
func Levels() []Level { return []Level{LevelSimplified, LevelStandard} }

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
)

// LevelEvents lists every event of a level.
func LevelEvents() []LevelEvent { return []LevelEvent{LevelPassChecks, LevelEditData} }

// LevelMoves is the table of an account's levels.
func LevelMoves() []Move[Level, LevelEvent] {
	return []Move[Level, LevelEvent]{
		{LevelSimplified, LevelPassChecks, LevelStandard},
		{LevelStandard, LevelEditData, LevelSimplified},
	}
}

// PassChecks records that the registers hold the same data.
func (a *Account) PassChecks() error { return a.moveLevel(LevelPassChecks) }

// EditData records that the data are not those that were checked.
func (a *Account) EditData() error { return a.moveLevel(LevelEditData) }

func (a *Account) moveLevel(on LevelEvent) error {
	to, err := next(LevelMoves(), a.Level, on)
	if err == nil {
		a.Level = to
	}
	return err
}
