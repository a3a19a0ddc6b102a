package domain

// CabinetService is something that the cabinet does for people, from a level
// on.
type CabinetService struct {
	// ID is stable, and names the texts.
	ID string
	// Level is the lowest that may use the service.
	Level Level
}

// CabinetServices lists the services of the citizen's cabinet. Frontends take
// from here what a person may use.
func CabinetServices() []CabinetService {
	return []CabinetService{
		{"office_appointment", LevelSimplified},
		{"pension_calculator", LevelSimplified},
		{"document_order", LevelStandard},
		{"individual_account_statement", LevelConfirmed},
		{"pension_statement", LevelConfirmed},
		{"pension_certificate", LevelConfirmed},
		{"pension_application", LevelConfirmed},
		{"delivery_change", LevelConfirmed},
		{"maternity_capital_balance", LevelConfirmed},
		{"maternity_capital_use", LevelConfirmed},
		{"work_record_copy", LevelConfirmed},
	}
}

// Available tells whether an account may use the service.
func (s CabinetService) Available(a Account) bool {
	return a.Status == AccountActive && a.Level.Reaches(s.Level)
}

// NextActions names what leads an account to the service.
func (s CabinetService) NextActions(a Account) []string {
	if s.Available(a) {
		return []string{"use_service"}
	}
	return a.Verification.NextActions()
}
