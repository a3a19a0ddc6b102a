package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func must[T any](t *testing.T, parse func(string) (T, error), text string) T {
	t.Helper()
	v, err := parse(text)
	require.NoError(t, err, text)
	return v
}

// organisation is a payer that makes sense.
func organisation(t *testing.T) domain.Payer {
	t.Helper()
	line := must(t, ident.ParseAddressLine, "Пример")
	number := must(t, ident.ParsePFRRegNumber, "087-214-012345")
	return domain.Payer{
		Number: number, Office: number.Office(), INN: must(t, ident.ParseINN, "6700000092"),
		KPP: must(t, ident.ParseKPP, "670101001"), OGRN: must(t, ident.ParseOGRN, "1266700000093"), Name: "ООО «Пример»",
		Address: domain.Address{PostalIndex: must(t, ident.ParsePostalIndex, "214000"), Region: line, City: line, House: line},
		State:   domain.PayerActive,
	}
}

func TestPayerCheck(t *testing.T) {
	t.Parallel()
	personal, trader := must(t, ident.ParseINN, "670000000330"), must(t, ident.ParseOGRN, "326670000000035")
	day, before := must(t, ident.ParseDate, "2020-01-02"), must(t, ident.ParseDate, "2020-01-01")
	for want, change := range map[string]func(*domain.Payer){
		"": func(*domain.Payer) {},
		"registration_number: is missing; ogrn: is missing; inn: is missing; name: is missing; postal_index: is missing; " +
			"region: is missing; city: is missing; house: is missing; office_code: is missing; " +
			"state: must be active or liquidated": func(p *domain.Payer) { *p = domain.Payer{} },
		"inn: an organisation's has ten digits; kpp: an organisation has one": func(p *domain.Payer) {
			p.INN, p.KPP = personal, ident.KPP{}
		},
		"inn: a sole trader's has twelve digits; kpp: a sole trader has none": func(p *domain.Payer) { p.OGRN = trader },
		"office_code: must be the first six digits of the registration number": func(p *domain.Payer) {
			p.Office = must(t, ident.ParseOfficeCode, "087-215")
		},
		"edo_agreement: is missing":                   func(p *domain.Payer) { p.Agreement.From = day },
		"edo_from: is missing":                        func(p *domain.Payer) { p.Agreement = domain.EDOAgreement{ID: "1", To: day} },
		"edo_to: must not be before edo_from":         func(p *domain.Payer) { p.Agreement = domain.EDOAgreement{ID: "1", From: day, To: before} },
		"name: has more than 500 characters":          func(p *domain.Payer) { p.Name = strings.Repeat("Ы", 501) },
		"name: has characters that cannot be printed": func(p *domain.Payer) { p.Name = "a\x00" },
		"edo_agreement: has more than 100 characters": func(p *domain.Payer) {
			p.Agreement = domain.EDOAgreement{ID: strings.Repeat("1", 101), From: day}
		},
	} {
		p := organisation(t)
		change(&p)
		var told []string
		for _, fault := range p.Check() {
			told = append(told, fault.Error())
		}
		require.Equal(t, want, strings.Join(told, "; "))
	}
}

// M14: an agreement opens the channel on its days alone.
func TestAgreementInForce(t *testing.T) {
	t.Parallel()
	day := func(text string) ident.Date { return must(t, ident.ParseDate, text) }
	ends := domain.EDOAgreement{ID: "1", From: day("2020-01-02"), To: day("2025-12-31")}
	open := domain.EDOAgreement{ID: "1", From: day("2020-01-02")}
	for on, want := range map[string][2]bool{
		"2020-01-01": {false, false}, "2020-01-02": {true, true}, "2025-12-31": {true, true}, "2026-01-01": {false, true},
	} {
		require.Equal(t, want, [2]bool{ends.InForce(day(on)), open.InForce(day(on))}, on)
		require.False(t, domain.EDOAgreement{}.InForce(day(on)))
	}
}
