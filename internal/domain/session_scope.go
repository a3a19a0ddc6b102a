package domain

// SessionScope is what a session may be used for.
type SessionScope string

// The scopes.
const (
	// ScopeCabinet is for all that the account may do.
	ScopeCabinet SessionScope = "cabinet"
	// ScopePasswordChange is for a new password alone.
	ScopePasswordChange SessionScope = "password_change"
	// ScopeTerms is for accepting the terms of connection alone.
	ScopeTerms SessionScope = "terms"
)

// NextActions names what can be done next in a session of the scope.
func (s SessionScope) NextActions() []string {
	switch s {
	case ScopePasswordChange:
		return []string{"change_password", "sign_out"}
	case ScopeTerms:
		return []string{"accept_terms", "sign_out"}
	case ScopeCabinet:
		return []string{"refresh", "sign_out"}
	}
	return nil
}

// ScopeReason is why a session is for one thing alone.
type ScopeReason string

// The reasons.
const (
	ScopeForCard   ScopeReason = "registration_card"
	ScopeForExpiry ScopeReason = "password_expired"
	ScopeForTerms  ScopeReason = "terms_outdated"
)
