package handler

import (
	"strings"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// earliestBirthYear is before the birth of anybody alive.
const earliestBirthYear = 1900

// PersonalDataRequest is all personal data, as in the documents. Exactly one of
// patronymic and no_patronymic is given.
type PersonalDataRequest struct {
	FamilyName string  `json:"family_name" binding:"required" minLength:"1" maxLength:"120" example:"Синтетическая"`
	GivenName  string  `json:"given_name" binding:"required" minLength:"1" maxLength:"120" example:"Анна"`
	Patronymic *string `json:"patronymic,omitempty" minLength:"1" maxLength:"120" example:"Петровна"`
	// NoPatronymic says that the person has none.
	NoPatronymic *bool `json:"no_patronymic,omitempty" example:"false"`
	// BirthDate is YYYY-MM-DD.
	BirthDate  string `json:"birth_date" binding:"required" format:"date" example:"1984-05-17"`
	Gender     string `json:"gender" binding:"required" enums:"male,female" example:"female"`
	Birthplace string `json:"birthplace" binding:"required" minLength:"1" maxLength:"510" example:"гор. Калининград"`
	// SNILS is eleven digits, grouped or not.
	SNILS               string          `json:"snils" binding:"required" minLength:"1" maxLength:"40" example:"000-000-600 31"`
	Passport            PassportRequest `json:"passport" binding:"required"`
	RegistrationAddress AddressRequest  `json:"registration_address" binding:"required"`
	// ResidenceAddress is missing where it is the address of registration.
	ResidenceAddress *AddressRequest `json:"residence_address,omitempty"`
	// AcceptedConsentVersion is the version of /v1/terms/personal-data that the
	// person was shown and agreed to.
	AcceptedConsentVersion string `json:"accepted_consent_version" binding:"required" minLength:"1" maxLength:"32" example:"2026-11-01"`
	// VoidLetter says that a registered letter under way may be given up: its
	// code is of no more use.
	VoidLetter *bool `json:"void_letter,omitempty" example:"false"`
} // @name PersonalDataRequest

// PassportRequest is a passport inside Russia.
type PassportRequest struct {
	Series         string `json:"series" binding:"required" minLength:"1" maxLength:"40" example:"2714"`
	Number         string `json:"number" binding:"required" minLength:"1" maxLength:"40" example:"000600"`
	IssueDate      string `json:"issue_date" binding:"required" format:"date" example:"2014-06-02"`
	DepartmentCode string `json:"department_code" binding:"required" minLength:"1" maxLength:"40" example:"390-001"`
	IssuedBy       string `json:"issued_by" binding:"required" minLength:"1" maxLength:"466" example:"ОУФМС России по Калининградской области"`
} // @name PassportRequest

// AddressRequest is a postal address in parts.
type AddressRequest struct {
	PostalIndex string  `json:"postal_index" binding:"required" minLength:"1" maxLength:"40" example:"236000"`
	Region      string  `json:"region" binding:"required" minLength:"1" maxLength:"240" example:"Калининградская область"`
	Area        *string `json:"area,omitempty" minLength:"1" maxLength:"240" example:"Гурьевский район"`
	City        string  `json:"city" binding:"required" minLength:"1" maxLength:"240" example:"Калининград"`
	Street      string  `json:"street" binding:"required" minLength:"1" maxLength:"240" example:"ул. Синтетическая"`
	House       string  `json:"house" binding:"required" minLength:"1" maxLength:"240" example:"7"`
	Building    *string `json:"building,omitempty" minLength:"1" maxLength:"240" example:"2"`
	Flat        *string `json:"flat,omitempty" minLength:"1" maxLength:"240" example:"15"`
} // @name AddressRequest

// parse tells all that is wrong at once, the consent's version included.
func (in PersonalDataRequest) parse(wrong *fieldErrors, form domain.PersonalDataForm) domain.PersonalData {
	d := domain.PersonalData{Subject: domain.CheckSubject{
		FamilyName: parseName(wrong, "/family_name", in.FamilyName),
		GivenName:  parseName(wrong, "/given_name", in.GivenName),
		Patronymic: in.patronymic(wrong),
		BirthDate:  in.birthDate(wrong, form.Today),
		Gender:     in.gender(wrong),
	}}
	d.Birthplace = parseIdent(wrong, "/birthplace", in.Birthplace, ident.ParseBirthplace)
	d.Subject.SNILS = parseIdent(wrong, "/snils", in.SNILS, ident.ParseSNILS)
	d.Subject.Passport = in.Passport.parse(wrong, d.Subject.BirthDate, form.Today)
	d.Registration = in.RegistrationAddress.parse(wrong, "/registration_address")
	if in.ResidenceAddress != nil {
		d.Residence = in.ResidenceAddress.parse(wrong, "/residence_address")
	}
	switch in.AcceptedConsentVersion {
	case form.Consent.Version:
	case "":
		wrong.add("/accepted_consent_version", apperr.FieldRequired)
	default:
		wrong.add("/accepted_consent_version", apperr.ConsentOutdated, "version", form.Consent.Version)
	}
	return d
}

// parseIdent reads a text of which there has to be something.
func parseIdent[T any](wrong *fieldErrors, pointer, text string, parse func(string) (T, error)) (v T) {
	if strings.TrimSpace(text) == "" {
		wrong.add(pointer, apperr.FieldRequired)
		return v
	}
	v, err := parse(text)
	wrong.addIdent(pointer, err)
	return v
}

func (in PersonalDataRequest) patronymic(wrong *fieldErrors) ident.Patronymic {
	var text string
	if in.Patronymic != nil {
		text = *in.Patronymic
	}
	p, err := ident.ParsePatronymic(text, in.NoPatronymic != nil && *in.NoPatronymic)
	wrong.addIdent("/patronymic", err)
	return p
}

func (in PersonalDataRequest) birthDate(wrong *fieldErrors, today ident.Date) ident.Date {
	d := parseIdent(wrong, "/birth_date", in.BirthDate, ident.ParseDate)
	if !d.IsZero() && (d.After(today) || d.Year() < earliestBirthYear) {
		wrong.add("/birth_date", apperr.DateInvalid)
		return ident.Date{}
	}
	return d
}

func (in PersonalDataRequest) gender(wrong *fieldErrors) domain.Gender {
	for _, g := range domain.Genders() {
		if in.Gender == string(g) {
			return g
		}
	}
	if in.Gender == "" {
		wrong.add("/gender", apperr.FieldRequired)
	} else {
		wrong.add("/gender", apperr.FieldUnsupportedValue)
	}
	return ""
}

// parse judges the day of issue only where birth date and day are dates.
func (in PassportRequest) parse(wrong *fieldErrors, birth, today ident.Date) ident.Passport {
	parts := ident.PassportParts{
		Series:     parseIdent(wrong, "/passport/series", in.Series, ident.ParsePassportSeries),
		Number:     parseIdent(wrong, "/passport/number", in.Number, ident.ParsePassportNumber),
		Issued:     parseIdent(wrong, "/passport/issue_date", in.IssueDate, ident.ParseDate),
		Department: parseIdent(wrong, "/passport/department_code", in.DepartmentCode, ident.ParseDepartmentCode),
		IssuedBy:   parseIdent(wrong, "/passport/issued_by", in.IssuedBy, ident.ParseIssuedBy),
	}
	if !parts.Issued.IsZero() && !birth.IsZero() {
		wrong.addIdent("/passport/issue_date", ident.CheckPassportIssued(parts.Issued, birth, today))
	}
	p, err := ident.NewPassport(parts, birth, today)
	if err != nil {
		return ident.Passport{} // each part has said what is wrong with it
	}
	return p
}

func (in AddressRequest) parse(wrong *fieldErrors, pointer string) domain.Address {
	line := func(name, text string) ident.AddressLine {
		return parseIdent(wrong, pointer+"/"+name, text, ident.ParseAddressLine)
	}
	optional := func(name string, text *string) ident.AddressLine {
		if text == nil {
			return ident.AddressLine{}
		}
		return line(name, *text)
	}
	return domain.Address{
		PostalIndex: parseIdent(wrong, pointer+"/postal_index", in.PostalIndex, ident.ParsePostalIndex),
		Region:      line("region", in.Region),
		Area:        optional("area", in.Area),
		City:        line("city", in.City),
		Street:      line("street", in.Street),
		House:       line("house", in.House),
		Building:    optional("building", in.Building),
		Flat:        optional("flat", in.Flat),
	}
}

// PersonalDataResponse is the personal data on file.
type PersonalDataResponse struct {
	FamilyName          string           `json:"family_name" binding:"required" maxLength:"60" example:"Синтетическая"`
	GivenName           string           `json:"given_name" binding:"required" maxLength:"60" example:"Анна"`
	Patronymic          string           `json:"patronymic,omitempty" maxLength:"60" example:"Петровна"`
	NoPatronymic        bool             `json:"no_patronymic" binding:"required" example:"false"`
	BirthDate           string           `json:"birth_date" binding:"required" format:"date" example:"1984-05-17"`
	Gender              string           `json:"gender" binding:"required" enums:"male,female" example:"female"`
	Birthplace          string           `json:"birthplace" binding:"required" maxLength:"255" example:"гор. Калининград"`
	SNILS               string           `json:"snils" binding:"required" example:"000-000-600 31"`
	Passport            PassportResponse `json:"passport" binding:"required"`
	RegistrationAddress AddressResponse  `json:"registration_address" binding:"required"`
	// ResidenceAddress is missing where it is the address of registration.
	ResidenceAddress *AddressResponse `json:"residence_address,omitempty"`
	// AcceptedConsentVersion is the consent under which the data were given.
	AcceptedConsentVersion string    `json:"accepted_consent_version" binding:"required" example:"2026-11-01"`
	UpdatedAt              time.Time `json:"updated_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
} // @name PersonalDataResponse

// PassportResponse is a passport inside Russia.
type PassportResponse struct {
	Series         string `json:"series" binding:"required" example:"2714"`
	Number         string `json:"number" binding:"required" example:"000600"`
	IssueDate      string `json:"issue_date" binding:"required" format:"date" example:"2014-06-02"`
	DepartmentCode string `json:"department_code" binding:"required" example:"390-001"`
	IssuedBy       string `json:"issued_by" binding:"required" example:"ОУФМС России по Калининградской области"`
} // @name PassportResponse

// AddressResponse is a postal address in parts.
type AddressResponse struct {
	PostalIndex string `json:"postal_index" binding:"required" example:"236000"`
	Region      string `json:"region" binding:"required" example:"Калининградская область"`
	Area        string `json:"area,omitempty" example:"Гурьевский район"`
	City        string `json:"city" binding:"required" example:"Калининград"`
	Street      string `json:"street" binding:"required" example:"ул. Синтетическая"`
	House       string `json:"house" binding:"required" example:"7"`
	Building    string `json:"building,omitempty" example:"2"`
	Flat        string `json:"flat,omitempty" example:"15"`
} // @name AddressResponse

func newPersonalDataResponse(d domain.PersonalData) PersonalDataResponse {
	passport := d.Subject.Passport.Parts()
	out := PersonalDataResponse{
		FamilyName:   d.Subject.FamilyName.Text(),
		GivenName:    d.Subject.GivenName.Text(),
		Patronymic:   d.Subject.Patronymic.Text(),
		NoPatronymic: d.Subject.Patronymic.None(),
		BirthDate:    d.Subject.BirthDate.ISO(),
		Gender:       string(d.Subject.Gender),
		Birthplace:   d.Birthplace.Text(),
		SNILS:        d.Subject.SNILS.Formatted(),
		Passport: PassportResponse{
			Series:         passport.Series.Digits(),
			Number:         passport.Number.Digits(),
			IssueDate:      passport.Issued.ISO(),
			DepartmentCode: passport.Department.Formatted(),
			IssuedBy:       passport.IssuedBy.Text(),
		},
		RegistrationAddress:    newAddressResponse(d.Registration),
		AcceptedConsentVersion: d.ConsentVersion,
		UpdatedAt:              d.UpdatedAt,
	}
	if !d.Residence.IsZero() {
		residence := newAddressResponse(d.Residence)
		out.ResidenceAddress = &residence
	}
	return out
}

func newAddressResponse(a domain.Address) AddressResponse {
	return AddressResponse{
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
