package registry_test

import (
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/migration"
	"example.org/kabinet/internal/registry/pensionfund"
)

// personal is what of a person must never stand in an error, a reference or a
// URL.
func personal() []string {
	return []string{"Синтетическая", "Анна", "Ивановна", "1990", "4321", "Отделом", "canary"}
}

// must takes what a parser made of a literal.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// person has a number of three digits in both registers, such as 601.
func person(number string) domain.CheckSubject {
	birth := must(ident.ParseDate("1990-01-31"))
	return domain.CheckSubject{
		FamilyName: must(ident.ParseName("Синтетическая")),
		GivenName:  must(ident.ParseName("Анна")),
		Patronymic: must(ident.ParsePatronymic("Ивановна", false)),
		BirthDate:  birth,
		Gender:     domain.GenderFemale,
		SNILS:      must(ident.ParseSNILS("000000" + number + "17")),
		Passport: must(ident.NewPassport(ident.PassportParts{
			Series:     must(ident.ParsePassportSeries("4321")),
			Number:     must(ident.ParsePassportNumber("000" + number)),
			Issued:     must(ident.ParseDate("2010-02-15")),
			Department: must(ident.ParseDepartmentCode("390-001")),
			IssuedBy:   must(ident.ParseIssuedBy("Отделом УФМС")),
		}, birth, must(ident.ParseDate("2026-03-04")))),
	}
}

// question is about the person with a number.
func question(kind domain.CheckKind, number string) domain.CheckRequest {
	return domain.CheckRequest{
		Kind: kind, Key: "01988f5e-5c1e-7cc3-98c4-dc0c0c07398f:" + string(kind) + ":1", Subject: person(number),
	}
}

// own is the group of the number that a kind of check is about.
func own(kind domain.CheckKind) string {
	return map[domain.CheckKind]string{
		domain.CheckSNILS: registry.GroupSNILS, domain.CheckDocument: registry.GroupPassport,
	}[kind]
}

// gateway is the client of a kind's gateway at a URL.
func gateway(kind domain.CheckKind, c registry.GatewayConfig) (*registry.Gateway, error) {
	if kind == domain.CheckSNILS {
		return pensionfund.New(c)
	}
	return migration.New(c)
}

// sandbox is the register of a kind in the sandbox.
func sandbox(kind domain.CheckKind, clock registry.Clock) *registry.Personas {
	if kind == domain.CheckSNILS {
		return pensionfund.NewSandbox(clock)
	}
	return migration.NewSandbox(clock)
}

// requireConfidential holds what is not confidential against what a person and
// a gateway's URL consist of (M27).
func requireConfidential(t *testing.T, number, text string) {
	t.Helper()
	for _, word := range append(personal(), "000"+number) {
		require.NotContains(t, text, word)
	}
	require.NotContains(t, text, "://")
}

func passed() domain.CheckOutcome {
	return domain.CheckOutcome{Done: true, Result: domain.CheckPassed}
}

func otherName() domain.CheckOutcome {
	return domain.CheckOutcome{Done: true, Result: domain.CheckMismatch, Fields: []string{registry.GroupName}}
}

func isAnswered(err error) bool { return errors.Is(err, registry.ErrAnswered) }

func splitPort(t *testing.T, address string) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	return host, port
}
