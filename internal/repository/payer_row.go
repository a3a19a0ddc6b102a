package repository

import (
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

type payerRow struct {
	NumberIndex []byte `gorm:"primaryKey"`
	// UnifiedIndex is nil for payers without a unified number.
	UnifiedIndex []byte
	// ID is what the payer is sealed for; each list that says something new of the
	// payer seals anew.
	ID       uuid.UUID
	PayerEnc []byte
	State    domain.PayerState
	// Digest is the same for rows that say the same.
	Digest []byte
	ListID uuid.UUID
}

// TableName implements GORM's Tabler.
func (payerRow) TableName() string { return "payers" }

// payer is the sealed form of a payer. Its names stay: what was sealed once has
// to be read by every later release. What they are sealed as is also what digests
// are made of, so a change of it makes every row of the next list a changed one.
type payer struct {
	Number    string  `json:"number"`
	Unified   string  `json:"unified,omitempty"`
	INN       string  `json:"inn"`
	KPP       string  `json:"kpp,omitempty"`
	OGRN      string  `json:"ogrn"`
	Name      string  `json:"name"`
	Address   address `json:"address"`
	Office    string  `json:"office"`
	Agreement string  `json:"agreement,omitempty"`
	From      string  `json:"agreement_from,omitempty"`
	To        string  `json:"agreement_to,omitempty"`
	State     string  `json:"state"`
	Email     string  `json:"email,omitempty"`
}

func (s *Store) payerRow(p domain.Payer) (payerRow, error) {
	stored := payer{
		Number: p.Number.Digits(), Unified: p.Unified.Digits(), INN: p.INN.Digits(), KPP: p.KPP.Text(),
		OGRN: p.OGRN.Digits(), Name: p.Name, Address: writeAddress(p.Address), Office: p.Office.Digits(),
		Agreement: p.Agreement.ID, From: p.Agreement.From.ISO(), To: p.Agreement.To.ISO(), State: string(p.State),
	}
	if !p.Email.IsZero() {
		stored.Email = writeContact(p.Email)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return payerRow{}, err
	}
	row := payerRow{ID: domain.NewID(), State: p.State}
	e := s.sealer("payers", row.ID)
	row.PayerEnc = e.seal("payer_enc", string(text))
	row.Digest = e.index(indexPayerDigest, string(text))
	row.NumberIndex = e.index(indexPayerNumber, p.Number.Digits())
	if !p.Unified.IsZero() {
		row.UnifiedIndex = e.index(indexUnifiedNumber, p.Unified.Digits())
	}
	return row, e.err
}

func (s *Store) payer(row payerRow) (p domain.Payer, err error) {
	e := s.sealer("payers", row.ID)
	text := e.open("payer_enc", row.PayerEnc)
	if e.err != nil {
		return p, e.err
	}
	var stored payer
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return p, err
	}
	p.Name, p.State, p.Agreement.ID = stored.Name, domain.PayerState(stored.State), stored.Agreement
	var failed [9]error
	p.Number, failed[0] = ident.ParsePFRRegNumber(stored.Number)
	p.Unified, failed[1] = optional(stored.Unified, ident.ParseUnifiedRegNumber)
	p.INN, failed[2] = ident.ParseINN(stored.INN)
	p.KPP, failed[3] = optional(stored.KPP, ident.ParseKPP)
	p.OGRN, failed[4] = ident.ParseOGRN(stored.OGRN)
	p.Address, failed[5] = readAddress(stored.Address)
	p.Office, failed[6] = ident.ParseOfficeCode(stored.Office)
	p.Agreement.From, p.Agreement.To, failed[7] = stored.days()
	p.Email, failed[8] = optional(stored.Email, readContact)
	return p, errors.Join(failed[:]...)
}

func (p payer) days() (from, to ident.Date, err error) {
	from, errFrom := optional(p.From, ident.ParseDate)
	to, errTo := optional(p.To, ident.ParseDate)
	return from, to, errors.Join(errFrom, errTo)
}

// optional reads a text; none is the zero value.
func optional[T any](text string, read func(string) (T, error)) (v T, err error) {
	if text == "" {
		return v, nil
	}
	return read(text)
}
