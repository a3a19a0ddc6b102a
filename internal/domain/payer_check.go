package domain

import "slices"

// MaxPayerName is how many characters the name of a payer has at most.
const MaxPayerName = 500

// Check returns everything that makes no sense in what a register says of a
// payer, named as in lists. It repeats nothing of the payer.
func (p Payer) Check() []error {
	f := faults{}
	f.add(p.Number.IsZero(), "registration_number: is missing")
	f.numbers(p)
	f.text("name", p.Name, MaxPayerName)
	f.add(p.Address.PostalIndex.IsZero(), "postal_index: is missing")
	f.add(p.Address.Region.IsZero(), "region: is missing")
	f.add(p.Address.City.IsZero(), "city: is missing")
	f.add(p.Address.House.IsZero(), "house: is missing")
	f.add(p.Office.IsZero(), "office_code: is missing")
	f.add(!p.Number.IsZero() && !p.Office.IsZero() && p.Office != p.Number.Office(),
		"office_code: must be the first six digits of the registration number")
	f.agreement(p.Agreement)
	f.add(!slices.Contains(PayerStates(), p.State), "state: must be active or liquidated")
	return f.found
}

// numbers demands the numbers of an organisation or those of a sole trader. What
// is missing is told once.
func (f *faults) numbers(p Payer) {
	f.add(p.OGRN.IsZero(), "ogrn: is missing")
	f.add(p.INN.IsZero(), "inn: is missing")
	if p.OGRN.IsZero() {
		return
	}
	if p.OGRN.OfOrganisation() {
		f.add(!p.INN.IsZero() && !p.INN.OfOrganisation(), "inn: an organisation's has ten digits")
		f.add(p.KPP.IsZero(), "kpp: an organisation has one")
		return
	}
	f.add(!p.INN.IsZero() && p.INN.OfOrganisation(), "inn: a sole trader's has twelve digits")
	f.add(!p.KPP.IsZero(), "kpp: a sole trader has none")
}

func (f *faults) agreement(a EDOAgreement) {
	f.add(a.ID == "" && (!a.From.IsZero() || !a.To.IsZero()), "edo_agreement: is missing")
	f.add(a.ID != "" && a.From.IsZero(), "edo_from: is missing")
	f.add(!a.From.IsZero() && !a.To.IsZero() && a.To.Before(a.From), "edo_to: must not be before edo_from")
	if a.ID != "" {
		f.text("edo_agreement", a.ID, MaxAgreementID)
	}
}

// MaxAgreementID is how many characters the number of an agreement has at most.
const MaxAgreementID = 100
