package domain

import "example.org/kabinet/internal/ident"

// PayerNumber is the number that a payer of contributions goes by: that of the
// Pension Fund, or since 2023 the unified one. Exactly one is given.
type PayerNumber struct {
	PFR     ident.PFRRegNumber
	Unified ident.UnifiedRegNumber
}

// ParsePayerNumber reads either number: ten digits are the unified one.
func ParsePayerNumber(text string) (PayerNumber, error) {
	if unified, err := ident.ParseUnifiedRegNumber(text); err == nil {
		return PayerNumber{Unified: unified}, nil
	}
	number, err := ident.ParsePFRRegNumber(text)
	return PayerNumber{PFR: number}, err
}

// Digits is the number in clear, as digits alone.
func (n PayerNumber) Digits() string {
	if n.PFR.IsZero() {
		return n.Unified.Digits()
	}
	return n.PFR.Digits()
}

// Formatted is the number in clear as it is usually spelled.
func (n PayerNumber) Formatted() string {
	if n.PFR.IsZero() {
		return n.Unified.Digits()
	}
	return n.PFR.Formatted()
}

// Office is the code of the office that the number tells; zero where it is the
// unified number, which tells none.
func (n PayerNumber) Office() ident.OfficeCode { return n.PFR.Office() }

// Of tells whether the number is a payer's.
func (n PayerNumber) Of(p Payer) bool {
	if n.PFR.IsZero() {
		return n.Unified == p.Unified
	}
	return n.PFR == p.Number
}

// String is the number masked.
func (n PayerNumber) String() string {
	if n.PFR.IsZero() {
		return n.Unified.String()
	}
	return n.PFR.String()
}
