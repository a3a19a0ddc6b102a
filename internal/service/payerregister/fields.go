package payerregister

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/table"
)

// columns are those that docs/payers-register.md describes.
func columns() table.Columns {
	return table.Columns{Required: []string{
		"registration_number", "unified_number", "inn", "kpp", "ogrn", "name", "postal_index", "region", "area", "city",
		"street", "house", "building", "flat", "office_code", "edo_agreement", "edo_from", "edo_to", "state", "email",
	}}
}

// payer makes a payer of a row, and tells everything that is wrong with it without
// a word of what it says.
func payer(row table.Row) (domain.Payer, []error) {
	if row.Wrong != nil {
		return domain.Payer{}, []error{row.Wrong}
	}
	p := parser{row: row}
	made := domain.Payer{
		Number:  parse(&p, "registration_number", ident.ParsePFRRegNumber),
		Unified: parse(&p, "unified_number", ident.ParseUnifiedRegNumber),
		INN:     parse(&p, "inn", ident.ParseINN),
		KPP:     parse(&p, "kpp", ident.ParseKPP),
		OGRN:    parse(&p, "ogrn", ident.ParseOGRN),
		Name:    strings.Join(strings.Fields(row.Cell("name")), " "),
		Address: p.address(),
		Office:  parse(&p, "office_code", ident.ParseOfficeCode),
		Agreement: domain.EDOAgreement{
			ID:   row.Cell("edo_agreement"),
			From: parse(&p, "edo_from", ident.ParseDate),
			To:   parse(&p, "edo_to", ident.ParseDate),
		},
		State: domain.PayerState(row.Cell("state")),
		Email: parse(&p, "email", parseEmail),
	}
	for _, fault := range made.Check() {
		if column, _, _ := strings.Cut(fault.Error(), ":"); !slices.Contains(p.told, column) {
			p.wrong = append(p.wrong, fault)
		}
	}
	return made, p.wrong
}

func parseEmail(text string) (ident.Contact, error) {
	return ident.ParseContact(ident.ContactEmail, text)
}

// parser reads the cells of a row and gathers what is wrong with them.
type parser struct {
	row   table.Row
	told  []string // the columns of what is wrong
	wrong []error
}

// parse reads a cell; an empty one is the zero value.
func parse[T any](p *parser, column string, read func(string) (T, error)) (v T) {
	text := p.row.Cell(column)
	if text == "" {
		return v
	}
	v, err := read(text)
	if err != nil {
		p.told = append(p.told, column)
		p.wrong = append(p.wrong, fmt.Errorf("%s: %w", column, inWords(err)))
	}
	return v
}

func (p *parser) address() domain.Address {
	line := func(column string) ident.AddressLine { return parse(p, column, ident.ParseAddressLine) }
	return domain.Address{
		PostalIndex: parse(p, "postal_index", ident.ParsePostalIndex),
		Region:      line("region"), Area: line("area"), City: line("city"), Street: line("street"),
		House: line("house"), Building: line("building"), Flat: line("flat"),
	}
}

// inWords says what an identifier has to look like.
func inWords(err error) error {
	const inn, ogrn = "must be ten or twelve digits, the first two not 00", "must be thirteen digits from 1 or 5 on, or fifteen from 3 on"
	words := map[ident.FormatError]string{
		ident.ErrPFRRegNumber:     "must be twelve digits such as 087-214-012345",
		ident.ErrUnifiedRegNumber: "must be ten digits",
		ident.ErrINN:              inn,
		ident.ErrINNLength:        inn,
		ident.ErrINNCheckDigits:   "the check digits do not fit the number",
		ident.ErrOGRN:             ogrn,
		ident.ErrOGRNLength:       ogrn,
		ident.ErrOGRNCheckDigit:   "the check digit does not fit the number",
		ident.ErrKPP:              "must be nine characters such as 770601001",
		ident.ErrPostalIndex:      "must be six digits, the first from 1 to 6",
		ident.ErrAddressLine:      "has characters that no address has",
		ident.ErrOfficeCode:       "must be six digits such as 087-214",
		ident.ErrDate:             "must be a date such as 2020-01-31",
		ident.ErrEmail:            "must be an e-mail address",
		ident.ErrTooLong:          "is too long",
	}
	if format, ok := errors.AsType[ident.FormatError](err); ok && words[format] != "" {
		return errors.New(words[format])
	}
	return errors.New("is wrong")
}
