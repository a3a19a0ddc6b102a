package payers

import (
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// The words of docs/registry-gateway.openapi.yaml.
const (
	statusFound    = "found"
	statusNotFound = "not_found"
)

// lookup is the body of POST /payers/lookup: one of the numbers. It is in no URL:
// those end up in the logs of what is in between.
type lookup struct {
	Number  string `json:"registration_number,omitempty"`
	Unified string `json:"unified_number,omitempty"`
}

// report is the answer.
type report struct {
	Status string `json:"status"`
	Payer  *payer `json:"payer"`
}

// payer is the schema Payer.
type payer struct {
	Number    string     `json:"registration_number"`
	Unified   string     `json:"unified_number"`
	INN       string     `json:"inn"`
	KPP       string     `json:"kpp"`
	OGRN      string     `json:"ogrn"`
	Name      string     `json:"name"`
	Address   address    `json:"address"`
	Office    string     `json:"office_code"`
	Agreement *agreement `json:"edo_agreement"`
	State     string     `json:"state"`
	Email     string     `json:"email"`
}

// address is the schema Address.
type address struct {
	PostalIndex string `json:"postal_index"`
	Region      string `json:"region"`
	Area        string `json:"area"`
	City        string `json:"city"`
	Street      string `json:"street"`
	House       string `json:"house"`
	Building    string `json:"building"`
	Flat        string `json:"flat"`
}

// agreement is the schema EdoAgreement.
type agreement struct {
	ID   string `json:"id"`
	From string `json:"from"`
	To   string `json:"to"`
}

// payer is what a register says, if that makes sense.
func (p payer) payer() (domain.Payer, bool) {
	r := reader{ok: true}
	out := domain.Payer{
		Number:  read(&r, p.Number, ident.ParsePFRRegNumber),
		Unified: read(&r, p.Unified, ident.ParseUnifiedRegNumber),
		INN:     read(&r, p.INN, ident.ParseINN),
		KPP:     read(&r, p.KPP, ident.ParseKPP),
		OGRN:    read(&r, p.OGRN, ident.ParseOGRN),
		Name:    p.Name,
		Address: r.address(p.Address),
		Office:  read(&r, p.Office, ident.ParseOfficeCode),
		State:   domain.PayerState(p.State),
		Email: read(&r, p.Email, func(text string) (ident.Contact, error) {
			return ident.ParseContact(ident.ContactEmail, text)
		}),
	}
	if p.Agreement != nil {
		out.Agreement = domain.EDOAgreement{
			ID: p.Agreement.ID, From: read(&r, p.Agreement.From, ident.ParseDate), To: read(&r, p.Agreement.To, ident.ParseDate),
		}
		r.ok = r.ok && p.Agreement.ID != ""
	}
	return out, r.ok && len(out.Check()) == 0
}

// reader reads values, and remembers whether all of them could be read.
type reader struct{ ok bool }

// read reads a value; none is the zero value.
func read[T any](r *reader, text string, parse func(string) (T, error)) (v T) {
	if text == "" {
		return v
	}
	v, err := parse(text)
	r.ok = r.ok && err == nil
	return v
}

func (r *reader) address(a address) domain.Address {
	line := func(text string) ident.AddressLine { return read(r, text, ident.ParseAddressLine) }
	return domain.Address{
		PostalIndex: read(r, a.PostalIndex, ident.ParsePostalIndex),
		Region:      line(a.Region), Area: line(a.Area), City: line(a.City), Street: line(a.Street),
		House: line(a.House), Building: line(a.Building), Flat: line(a.Flat),
	}
}
