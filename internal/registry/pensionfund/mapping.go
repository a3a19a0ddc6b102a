package pensionfund

import (
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// subject is the schema SnilsSubject of docs/registry-gateway.openapi.yaml.
type subject struct {
	FamilyName string        `json:"family_name,omitempty"`
	GivenName  string        `json:"given_name,omitempty"`
	Patronymic string        `json:"patronymic,omitempty"`
	BirthDate  string        `json:"birth_date"`
	Gender     domain.Gender `json:"gender"`
	SNILS      string        `json:"snils"`
}

func dialect() registry.Dialect {
	return registry.Dialect{
		Kind: domain.CheckSNILS,
		Subject: func(s domain.CheckSubject) any {
			return subject{
				s.FamilyName.Text(), s.GivenName.Text(), s.Patronymic.Text(),
				s.BirthDate.ISO(), s.Gender, s.SNILS.Digits(),
			}
		},
		Meanings: map[string]registry.Meaning{
			"valid":     {Result: domain.CheckPassed},
			"not_found": {Result: domain.CheckNotFound, Fields: []string{registry.GroupSNILS}},
			"mismatch":  {Result: domain.CheckMismatch},
			"deceased":  {Result: domain.CheckDeceased},
		},
		Groups: []string{
			registry.GroupName, registry.GroupBirthDate, registry.GroupGender, registry.GroupSNILS,
		},
	}
}
