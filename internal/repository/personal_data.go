package repository

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// PersonalData keeps what people have told of themselves, one row for each
// account, and what they agreed to.
type PersonalData struct {
	table[personalDataRow, domain.PersonalData]
}

// NewPersonalData returns the personal data of a store.
func NewPersonalData(s *Store) *PersonalData {
	return &PersonalData{table[personalDataRow, domain.PersonalData]{s, s.personalDataRow, s.personalData}}
}

type personalDataRow struct {
	AccountID  uuid.UUID `gorm:"primaryKey"`
	CaseID     uuid.UUID
	DataEnc    []byte
	SNILSIndex []byte `gorm:"column:snils_index"`
	// Time comes from the caller's clock, not from GORM's.
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// TableName implements GORM's Tabler.
func (personalDataRow) TableName() string { return "personal_data" }

type consentRow struct {
	ID         uuid.UUID
	AccountID  uuid.UUID
	Document   string
	Version    string
	TextHash   []byte
	AcceptedAt time.Time
	Channel    domain.ConsentChannel
	AddressEnc []byte
}

// TableName implements GORM's Tabler.
func (consentRow) TableName() string { return "consents" }

// Put keeps an account's data in the place of those before.
func (r *PersonalData) Put(ctx context.Context, d domain.PersonalData) error {
	row, err := r.encode(d)
	if err != nil {
		return err
	}
	return translate(ctx, r.store.db(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "account_id"}}, UpdateAll: true,
	}).Create(&row).Error)
}

// Get finds the data of an account.
func (r *PersonalData) Get(ctx context.Context, account uuid.UUID) (domain.PersonalData, error) {
	return r.get(ctx, r.store.db(ctx).Where("account_id = ?", account))
}

// Accept adds the proof of an agreement.
func (r *PersonalData) Accept(ctx context.Context, c domain.Consent) error {
	row := consentRow{
		ID: c.ID, AccountID: c.AccountID, Document: c.Document, Version: c.Version, TextHash: c.TextHash,
		AcceptedAt: c.AcceptedAt, Channel: c.Channel,
	}
	if c.Address != "" {
		e := r.store.sealer("consents", c.ID)
		if row.AddressEnc = e.seal("address_enc", c.Address); e.err != nil {
			return e.err
		}
	}
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}

// person is the sealed form of personal data. Its names stay: what was sealed
// once has to be read by every later release.
type person struct {
	FamilyName     string  `json:"family_name"`
	GivenName      string  `json:"given_name"`
	Patronymic     string  `json:"patronymic,omitempty"`
	NoPatronymic   bool    `json:"no_patronymic,omitempty"`
	BirthDate      string  `json:"birth_date"`
	Gender         string  `json:"gender"`
	Birthplace     string  `json:"birthplace"`
	SNILS          string  `json:"snils"`
	Series         string  `json:"passport_series"`
	Number         string  `json:"passport_number"`
	Issued         string  `json:"passport_issued"`
	Department     string  `json:"passport_department"`
	IssuedBy       string  `json:"passport_issued_by"`
	Registration   address `json:"registration"`
	Residence      address `json:"residence,omitzero"`
	ConsentVersion string  `json:"consent_version"`
}

type address struct {
	PostalIndex string `json:"postal_index"`
	Region      string `json:"region"`
	Area        string `json:"area,omitempty"`
	City        string `json:"city"`
	Street      string `json:"street"`
	House       string `json:"house"`
	Building    string `json:"building,omitempty"`
	Flat        string `json:"flat,omitempty"`
}

func (s *Store) personalDataRow(d domain.PersonalData) (personalDataRow, error) {
	passport := d.Subject.Passport.Parts()
	text, err := json.Marshal(person{
		FamilyName:     d.Subject.FamilyName.Text(),
		GivenName:      d.Subject.GivenName.Text(),
		Patronymic:     d.Subject.Patronymic.Text(),
		NoPatronymic:   d.Subject.Patronymic.None(),
		BirthDate:      d.Subject.BirthDate.ISO(),
		Gender:         string(d.Subject.Gender),
		Birthplace:     d.Birthplace.Text(),
		SNILS:          d.Subject.SNILS.Digits(),
		Series:         passport.Series.Digits(),
		Number:         passport.Number.Digits(),
		Issued:         passport.Issued.ISO(),
		Department:     passport.Department.Digits(),
		IssuedBy:       passport.IssuedBy.Text(),
		Registration:   writeAddress(d.Registration),
		Residence:      writeAddress(d.Residence),
		ConsentVersion: d.ConsentVersion,
	})
	if err != nil {
		return personalDataRow{}, err
	}
	e := s.sealer("personal_data", d.AccountID)
	return personalDataRow{
		AccountID:  d.AccountID,
		CaseID:     d.CaseID,
		DataEnc:    e.seal("data_enc", string(text)),
		SNILSIndex: e.index(indexSNILS, d.Subject.SNILS.Digits()),
		UpdatedAt:  d.UpdatedAt,
	}, e.err
}

func (s *Store) personalData(row personalDataRow) (domain.PersonalData, error) {
	d := domain.PersonalData{AccountID: row.AccountID, CaseID: row.CaseID, UpdatedAt: row.UpdatedAt}
	e := s.sealer("personal_data", row.AccountID)
	text := e.open("data_enc", row.DataEnc)
	if e.err != nil {
		return d, e.err
	}
	var p person
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return d, err
	}
	var errSubject error
	d.Subject, errSubject = p.subject()
	d.ConsentVersion = p.ConsentVersion
	d.Birthplace = ident.StoredBirthplace(p.Birthplace)
	registration, errRegistration := readAddress(p.Registration)
	d.Registration = registration
	if p.Residence == (address{}) {
		return d, errors.Join(errSubject, errRegistration)
	}
	residence, errResidence := readAddress(p.Residence)
	d.Residence = residence
	return d, errors.Join(errSubject, errRegistration, errResidence)
}

func (p person) subject() (s domain.CheckSubject, err error) {
	var failed [7]error
	s.FamilyName, failed[0] = ident.ParseName(p.FamilyName)
	s.GivenName, failed[1] = ident.ParseName(p.GivenName)
	s.Patronymic, failed[2] = ident.ParsePatronymic(p.Patronymic, p.NoPatronymic)
	s.BirthDate, failed[3] = ident.ParseDate(p.BirthDate)
	s.Gender = domain.Gender(p.Gender)
	s.SNILS, failed[4] = ident.ParseSNILS(p.SNILS)
	parts, err := p.passport()
	failed[5] = err
	// The day of its issue is one on which it could be issued.
	s.Passport, failed[6] = ident.NewPassport(parts, s.BirthDate, parts.Issued)
	return s, errors.Join(failed[:]...)
}

func (p person) passport() (parts ident.PassportParts, err error) {
	var failed [4]error
	parts.Series, failed[0] = ident.ParsePassportSeries(p.Series)
	parts.Number, failed[1] = ident.ParsePassportNumber(p.Number)
	parts.Issued, failed[2] = ident.ParseDate(p.Issued)
	parts.Department, failed[3] = ident.ParseDepartmentCode(p.Department)
	parts.IssuedBy = ident.StoredIssuedBy(p.IssuedBy)
	return parts, errors.Join(failed[:]...)
}

func writeAddress(a domain.Address) address {
	return address{
		PostalIndex: a.PostalIndex.Digits(),
		Region:      a.Region.Text(),
		Area:        a.Area.Text(),
		City:        a.City.Text(),
		Street:      a.Street.Text(),
		House:       a.House.Text(),
		Building:    a.Building.Text(),
		Flat:        a.Flat.Text(),
	}
}

func readAddress(a address) (out domain.Address, err error) {
	out.PostalIndex, err = ident.ParsePostalIndex(a.PostalIndex)
	for _, part := range []struct {
		text string
		into *ident.AddressLine
	}{
		{a.Region, &out.Region},
		{a.Area, &out.Area},
		{a.City, &out.City},
		{a.Street, &out.Street},
		{a.House, &out.House},
		{a.Building, &out.Building},
		{a.Flat, &out.Flat},
	} {
		*part.into = ident.StoredAddressLine(part.text)
	}
	return out, err
}
