package confirmation_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/service/confirmation"
)

// world is everything outside the service, with one account in it.
type world struct {
	now           time.Time
	account       domain.Account
	data          domain.PersonalData
	c             domain.VerificationCase
	confirmations []domain.Confirmation
	letters       map[uuid.UUID]domain.Letter
	nextLetter    time.Time
	holder        uuid.UUID
	offers        []domain.RegionOffer
	audit         []domain.AuditEvent
	messages      []domain.Message
	alarms        []domain.Alarm
	settled       []domain.SettleSNILS
	kept          []any
	// wrong is what Compare says.
	wrong error
	// before happens while a code is compared.
	before func()
	*confirmation.Service
}

func parse[T any](t *testing.T, text string, parse func(string) (T, error)) T {
	t.Helper()
	v, err := parse(text)
	require.NoError(t, err)
	return v
}

func newWorld(t *testing.T) *world {
	t.Helper()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := &world{now: now, letters: map[uuid.UUID]domain.Letter{}}
	w.account = domain.Account{
		ID: domain.NewID(), Type: domain.AccountCitizen, Level: domain.LevelStandard, Status: domain.AccountActive,
		Locale: domain.LocaleEnglish, Contacts: []domain.Contact{
			{Value: parse(t, "person@example.org", ident.ParseLogin), ConfirmedAt: now},
			{Value: parse(t, "+79001234567", ident.ParseLogin), ConfirmedAt: now},
			{Value: parse(t, "+79007654321", ident.ParseLogin)},
		},
	}
	w.c = domain.NewVouchedCase(w.account.ID, now, 90*24*time.Hour)
	w.data = domain.PersonalData{AccountID: w.account.ID, CaseID: w.c.ID, Subject: subject(t)}
	w.data.Registration.Region = parse(t, "Калининградская область", ident.ParseAddressLine)
	w.offers = []domain.RegionOffer{
		{Region: "39", Name: "Калининградская область", Method: domain.MethodServiceCentre, From: parse(t, "2014-01-01", ident.ParseDate)},
		{Region: "39", Name: "Калининградская область", Method: domain.MethodFundOffice, From: parse(t, "2016-07-01", ident.ParseDate)},
	}
	w.Service = confirmation.New(confirmation.Parts{
		Tx: w, Accounts: accounts{w}, PersonalData: papers{w}, Cases: cases{w}, Confirmations: store{w}, Finder: store{w},
		Letters: post{w}, Claims: claims{w}, Offers: places{w}, Sessions: sessions{w}, Journal: w,
		Clock: w, Policies: domain.DefaultPolicies(), CabinetURL: "https://cabinet.example.org",
	})
	return w
}

func subject(t *testing.T) domain.CheckSubject {
	t.Helper()
	s := domain.CheckSubject{
		FamilyName: parse(t, "Смирнова", ident.ParseName), GivenName: parse(t, "Анна", ident.ParseName),
		BirthDate: parse(t, "1984-05-17", ident.ParseDate), SNILS: parse(t, "000-000-600 31", ident.ParseSNILS),
	}
	var err error
	s.Passport, err = ident.NewPassport(ident.PassportParts{
		Series: parse(t, "2714", ident.ParsePassportSeries), Number: parse(t, "000600", ident.ParsePassportNumber),
		Issued: parse(t, "2014-06-02", ident.ParseDate), Department: parse(t, "390-001", ident.ParseDepartmentCode),
		IssuedBy: parse(t, "ОУФМС", ident.ParseIssuedBy),
	}, s.BirthDate, parse(t, "2026-01-01", ident.ParseDate))
	require.NoError(t, err)
	s.Patronymic, err = ident.ParsePatronymic("Петровна", false)
	require.NoError(t, err)
	return s
}

// desk is an operator at a centre that confirms identities.
func (w *world) desk(t *testing.T) domain.Desk {
	t.Helper()
	return domain.Desk{
		Operator: domain.Operator{
			ID: domain.NewID(), SNILS: parse(t, "112-233-445 95", ident.ParseSNILS),
			Email: parse(t, "operator@example.org", ident.ParseLogin),
		},
		Place: domain.ServiceCentre{
			ID: domain.NewID(), Kind: domain.CentreMFC, Zone: time.UTC,
			Offers: []domain.CentreOffer{{Method: domain.MethodServiceCentre, From: parse(t, "2014-01-01", ident.ParseDate)}},
		},
	}
}

// office is an operator of an office of the fund.
func (w *world) office(t *testing.T) domain.Desk {
	t.Helper()
	d := w.desk(t)
	d.Place.Kind = domain.CentreFundOffice
	d.Place.Offers = []domain.CentreOffer{{Method: domain.MethodFundOffice, From: parse(t, "2014-01-01", ident.ParseDate)}}
	return d
}

// decision is the one about the right document.
func (w *world) decision(t *testing.T) domain.InPersonDecision {
	t.Helper()
	s := w.data.Subject
	parts := s.Passport.Parts()
	return domain.InPersonDecision{Desk: w.desk(t), AccountID: w.account.ID, Document: domain.DocumentSeen{
		Series: parts.Series, Number: parts.Number, Issued: parts.Issued, Department: parts.Department,
		FamilyName: s.FamilyName, GivenName: s.GivenName, Patronymic: s.Patronymic, BirthDate: s.BirthDate,
	}}
}

func (w *world) who() domain.Principal { return domain.Principal{AccountID: w.account.ID} }

func (w *world) ask(t *testing.T, m domain.ConfirmationMethod) domain.ConfirmationView {
	t.Helper()
	v, err := w.Request(t.Context(), domain.ConfirmationRequest{Who: w.who(), Method: m})
	require.NoError(t, err)
	return v
}

// actions are what the audit log holds, in order.
func (w *world) actions() (all []string) {
	for _, e := range w.audit {
		all = append(all, e.Action)
	}
	return all
}

func (w *world) Now() time.Time { return w.now }

func (w *world) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

func (w *world) Record(_ context.Context, e domain.AuditEvent) error {
	w.audit = append(w.audit, e)
	return nil
}

func (w *world) Enqueue(_ context.Context, m domain.Message) error {
	w.messages = append(w.messages, m)
	return nil
}

func (w *world) Keep(_ context.Context, outcome any) error {
	w.kept = append(w.kept, outcome)
	return nil
}

func (w *world) Raise(_ context.Context, a domain.Alarm) error {
	w.alarms = append(w.alarms, a)
	return nil
}

type accounts struct{ *world }

func (w accounts) Get(context.Context, uuid.UUID) (domain.Account, error) { return w.account, nil }

func (w accounts) Update(_ context.Context, _ uuid.UUID, fn func(*domain.Account) error) (domain.Account, error) {
	changed := w.account
	err := fn(&changed)
	if err == nil {
		w.account = changed
	}
	return changed, err
}

type papers struct{ *world }

func (w papers) Get(context.Context, uuid.UUID) (domain.PersonalData, error) {
	if w.data.AccountID == uuid.Nil {
		return w.data, apperr.New(apperr.NotFound)
	}
	return w.data, nil
}

type cases struct{ *world }

func (w cases) Current(context.Context, uuid.UUID) (domain.VerificationCase, error) {
	if w.c.ID == uuid.Nil {
		return w.c, apperr.New(apperr.NotFound)
	}
	return w.c, nil
}

func (w cases) Update(
	_ context.Context, _ uuid.UUID, fn func(*domain.VerificationCase) error,
) (domain.VerificationCase, error) {
	err := fn(&w.c)
	return w.c, err
}

func (w cases) ScheduleSettle(_ context.Context, j domain.SettleSNILS) error {
	w.settled = append(w.settled, j)
	return nil
}

type store struct{ *world }

func (w store) find(match func(domain.Confirmation) bool) (domain.Confirmation, error) {
	for _, c := range w.confirmations {
		if match(c) {
			return c, nil
		}
	}
	return domain.Confirmation{}, apperr.New(apperr.NotFound)
}

func (w store) Create(_ context.Context, c domain.Confirmation) error {
	w.confirmations = append(w.confirmations, c)
	return nil
}

func (w store) Get(_ context.Context, id uuid.UUID) (domain.Confirmation, error) {
	return w.find(func(c domain.Confirmation) bool { return c.ID == id })
}

func (w store) Update(
	_ context.Context, id uuid.UUID, fn func(*domain.Confirmation) error,
) (domain.Confirmation, error) {
	for i := range w.confirmations {
		if changed := w.confirmations[i]; changed.ID == id {
			if err := fn(&changed); err != nil {
				return changed, err
			}
			w.confirmations[i] = changed
			return changed, nil
		}
	}
	return domain.Confirmation{}, apperr.New(apperr.NotFound)
}

func (w store) List(context.Context, uuid.UUID, domain.Page) ([]domain.Confirmation, error) {
	return w.confirmations, nil
}

func (w store) with(statuses ...domain.ConfirmationStatus) (all []domain.Confirmation) {
	for _, c := range w.confirmations {
		for _, status := range statuses {
			if c.Status == status {
				all = append(all, c)
			}
		}
	}
	return all
}

func (w store) Live(context.Context, uuid.UUID) ([]domain.Confirmation, error) {
	return w.with(domain.ConfirmationRequested, domain.ConfirmationConfirmed), nil
}

func (w store) Refused(context.Context, uuid.UUID) ([]domain.Confirmation, error) {
	return w.with(domain.ConfirmationRefused), nil
}

func (w store) FindByVisitCode(_ context.Context, code string) (domain.Confirmation, error) {
	return w.find(func(c domain.Confirmation) bool { return c.VisitCode == code && code != "" })
}

func (w store) FindByDispute(_ context.Context, hash []byte) (domain.Confirmation, error) {
	return w.find(func(c domain.Confirmation) bool { return string(c.DisputeHash) == string(hash) })
}

// post keeps letters and does with them what it is told.
type post struct{ *world }

func (w post) Request(_ context.Context, o domain.LetterOrder) (domain.Letter, error) {
	l := domain.Letter{ID: o.ID, AccountID: o.AccountID, Recipient: o.Recipient, Status: domain.LetterRequested}
	w.letters[o.ID] = l
	return l, nil
}

func (w post) Find(_ context.Context, id uuid.UUID) (domain.Letter, error) { return w.letters[id], nil }

func (w post) Compare(context.Context, uuid.UUID, string) error {
	if w.before != nil {
		w.before()
	}
	return w.wrong
}

func (w post) Settle(_ context.Context, id uuid.UUID, on domain.LetterEvent, _ domain.Caller) error {
	l := w.letters[id]
	if !l.Status.Live() && on != domain.LetterEnterCode {
		return nil
	}
	err := l.Move(on, w.now)
	w.letters[id] = l
	return err
}

func (w post) NextAllowed(context.Context, uuid.UUID) (time.Time, error) { return w.nextLetter, nil }

// is puts a letter into a status.
func (w *world) is(id uuid.UUID, status domain.LetterStatus) {
	l := w.letters[id]
	l.Status, l.ExpiresAt = status, w.now.Add(30*24*time.Hour)
	w.letters[id] = l
}

type claims struct{ *world }

func (w claims) Claim(_ context.Context, _ ident.SNILS, account uuid.UUID, _ time.Time) (uuid.UUID, error) {
	if w.holder == uuid.Nil {
		w.holder = account
	}
	return w.holder, nil
}

func (w claims) Release(_ context.Context, account uuid.UUID) error {
	if w.holder == account {
		w.holder = uuid.Nil
	}
	return nil
}

type places struct{ *world }

func (w places) Offers(context.Context) ([]domain.RegionOffer, error) { return w.offers, nil }

type sessions struct{ *world }

func (w sessions) EndAll(context.Context, uuid.UUID, time.Time) ([]domain.Session, error) {
	return []domain.Session{{ID: domain.NewID()}, {ID: domain.NewID()}}, nil
}
