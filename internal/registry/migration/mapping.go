package migration

import (
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// subject is the schema DocumentSubject of docs/registry-gateway.openapi.yaml.
type subject struct {
	FamilyName string   `json:"family_name,omitempty"`
	GivenName  string   `json:"given_name,omitempty"`
	Patronymic string   `json:"patronymic,omitempty"`
	BirthDate  string   `json:"birth_date"`
	Passport   passport `json:"passport"`
}

type passport struct {
	Series         string `json:"series"`
	Number         string `json:"number"`
	IssueDate      string `json:"issue_date"`
	DepartmentCode string `json:"department_code"`
}

func dialect() registry.Dialect {
	own := []string{registry.GroupPassport}
	revoked := registry.Meaning{Result: domain.CheckRevoked, Fields: own}
	return registry.Dialect{
		Kind:    domain.CheckDocument,
		Subject: newSubject,
		Meanings: map[string]registry.Meaning{
			"valid":     {Result: domain.CheckPassed},
			"not_found": {Result: domain.CheckNotFound, Fields: own},
			"mismatch":  {Result: domain.CheckMismatch},
			"replaced":  revoked,
			"expired":   revoked,
			"withdrawn": revoked,
			"lost":      revoked,
			"deceased":  {Result: domain.CheckDeceased},
		},
		Groups: []string{
			registry.GroupName, registry.GroupBirthDate, registry.GroupPassport, registry.GroupIssueDate,
			registry.GroupDepartmentCode,
		},
	}
}

func newSubject(s domain.CheckSubject) any {
	parts := s.Passport.Parts()
	return subject{
		s.FamilyName.Text(), s.GivenName.Text(), s.Patronymic.Text(), s.BirthDate.ISO(),
		passport{parts.Series.Digits(), parts.Number.Digits(), parts.Issued.ISO(), parts.Department.Formatted()},
	}
}
