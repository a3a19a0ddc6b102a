package repotest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func verificationTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"verification/comes back as it was":     verificationComesBack,
		"verification/one case is alive":        verificationOneAlive,
		"verification/newest case":              verificationCurrent,
		"verification/update that fails":        verificationUpdateFails,
		"verification/job with the transaction": verificationSchedule,
		"personal data/comes back as it was":    personalDataComesBack,
		"personal data/replaced":                personalDataReplaced,
		"personal data/consents are added":      consentsAreAdded,
		"account/update":                        accountUpdate,
		"account/update at once":                accountUpdateAtOnce,
		"account/tells of its checks":           accountTellsOfChecks,
	}
}

// person is a stored account.
func (w *world) person(t *testing.T) domain.Account {
	t.Helper()
	a, c := w.account(t, w.contact(t))
	require.NoError(t, w.accounts.Create(t.Context(), a, c))
	return a
}

// verification is a stored case of an account.
func (w *world) verification(t *testing.T, account uuid.UUID) domain.VerificationCase {
	t.Helper()
	c := domain.NewVerificationCase(account, w.now)
	require.NoError(t, w.verifications.Create(t.Context(), c))
	return c
}

func verificationComesBack(t *testing.T, w *world) {
	t.Helper()
	c := w.verification(t, w.person(t).ID)
	got, err := w.verifications.Get(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, c, got)
	change := func(c *domain.VerificationCase) {
		c.Status, c.Attempt, c.DelayTold, c.ValidUntil = domain.VerificationPassed, 3, true, w.now.Add(time.Hour)
		c.Checks[0] = domain.Check{
			Kind: domain.CheckSNILS, Result: domain.CheckMismatch, Fields: []string{"name", "snils"},
			CheckedAt: w.now.Add(time.Second),
		}
		c.Checks[1] = domain.Check{
			Kind: domain.CheckDocument, Result: domain.CheckUnavailable, Reference: "reference 7/1",
			Failures: 2, Polls: 5, RetryAt: w.now.Add(time.Minute),
		}
	}
	change(&c)
	changed, err := w.verifications.Update(t.Context(), c.ID, func(c *domain.VerificationCase) error {
		change(c)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, c, changed)
	a, err := w.accounts.Get(t.Context(), c.AccountID)
	require.NoError(t, err)
	require.Equal(t, c.Status, a.Verification)
	require.Equal(t, c.ValidUntil, a.VerifiedUntil)
	got, err = w.verifications.Get(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, c, got)
	_, err = w.verifications.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

func verificationOneAlive(t *testing.T, w *world) {
	t.Helper()
	a := w.person(t)
	first := w.verification(t, a.ID)
	require.Error(t, w.verifications.Create(t.Context(), domain.NewVerificationCase(a.ID, w.now)))
	_, err := w.verifications.Update(t.Context(), first.ID, (*domain.VerificationCase).Supersede)
	require.NoError(t, err)
	w.verification(t, a.ID)
	w.verification(t, w.person(t).ID)
}

func verificationCurrent(t *testing.T, w *world) {
	t.Helper()
	a := w.person(t)
	_, err := w.verifications.Current(t.Context(), a.ID)
	requireCode(t, apperr.NotFound, err)
	first := w.verification(t, a.ID)
	_, err = w.verifications.Update(t.Context(), first.ID, (*domain.VerificationCase).Supersede)
	require.NoError(t, err)
	second := w.verification(t, a.ID)
	got, err := w.verifications.Current(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, second, got)
}

func verificationUpdateFails(t *testing.T, w *world) {
	t.Helper()
	c, wanted := w.verification(t, w.person(t).ID), errors.New("no")
	_, err := w.verifications.Update(t.Context(), c.ID, func(c *domain.VerificationCase) error {
		c.Checks[0].Result = domain.CheckPassed
		return wanted
	})
	require.Same(t, wanted, err, "the error comes back as it is")
	got, err := w.verifications.Get(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, c, got)
}

func verificationSchedule(t *testing.T, w *world) {
	t.Helper()
	run := domain.CheckRun{CaseID: domain.NewID(), Check: domain.CheckSNILS, Attempt: 1}
	require.Error(t, w.verifications.Schedule(t.Context(), run), "a job needs a transaction")
	w.in(t, func(ctx context.Context) { require.NoError(t, w.verifications.Schedule(ctx, run)) })
}

func personalDataComesBack(t *testing.T, w *world) {
	t.Helper()
	a := w.person(t)
	_, err := w.personalData.Get(t.Context(), a.ID)
	requireCode(t, apperr.NotFound, err)
	d := Papers(t, a.ID, w.verification(t, a.ID).ID, w.now)
	require.NoError(t, w.personalData.Put(t.Context(), d))
	got, err := w.personalData.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, d, got)
}

func personalDataReplaced(t *testing.T, w *world) {
	t.Helper()
	a := w.person(t)
	d := Papers(t, a.ID, w.verification(t, a.ID).ID, w.now)
	require.NoError(t, w.personalData.Put(t.Context(), d))
	d.Residence, d.UpdatedAt = domain.Address{}, w.now.Add(time.Hour)
	d.Registration.Area, d.Registration.Building, d.Registration.Flat = ident.AddressLine{}, ident.AddressLine{}, ident.AddressLine{}
	var err error
	d.Subject.Patronymic, err = ident.ParsePatronymic("", true)
	require.NoError(t, err)
	require.NoError(t, w.personalData.Put(t.Context(), d))
	got, err := w.personalData.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, d, got)
}

func consentsAreAdded(t *testing.T, w *world) {
	t.Helper()
	c := Agreement(w.person(t).ID, w.now)
	require.NoError(t, w.personalData.Accept(t.Context(), c))
	require.Error(t, w.personalData.Accept(t.Context(), c), "one agreement is kept once")
	c.ID = domain.NewID()
	require.NoError(t, w.personalData.Accept(t.Context(), c))
}

func accountUpdate(t *testing.T, w *world) {
	t.Helper()
	a, wanted := w.person(t), errors.New("no")
	_, err := w.accounts.Update(t.Context(), a.ID, func(a *domain.Account) error {
		a.Level = domain.LevelStandard
		return wanted
	})
	require.Same(t, wanted, err, "the error comes back as it is")
	got, err := w.accounts.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	a.FamilyName = nameOf(t, "Другая")
	require.NoError(t, a.PassChecks())
	_, err = w.accounts.Update(t.Context(), a.ID, func(stored *domain.Account) error {
		stored.FamilyName = a.FamilyName
		return stored.PassChecks()
	})
	require.NoError(t, err)
	got, err = w.accounts.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	_, err = w.accounts.Update(t.Context(), domain.NewID(), func(*domain.Account) error { return nil })
	requireCode(t, apperr.NotFound, err)
}

func accountUpdateAtOnce(t *testing.T, w *world) {
	t.Helper()
	a := w.person(t)
	codes := atOnce(20, func(int) error {
		_, err := w.accounts.Update(t.Context(), a.ID, (*domain.Account).PassChecks)
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 19}, codes)
}

func accountTellsOfChecks(t *testing.T, w *world) {
	t.Helper()
	a := w.person(t)
	c := w.verification(t, a.ID)
	got, err := w.accounts.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, domain.VerificationChecking, got.Verification)
	_, err = w.verifications.Update(t.Context(), c.ID, (*domain.VerificationCase).Supersede)
	require.NoError(t, err)
	got, err = w.accounts.FindByContact(t.Context(), a.Contacts[0].Value)
	require.NoError(t, err)
	require.Equal(t, domain.VerificationSuperseded, got.Verification)
}

// Agreement is some account's consent.
func Agreement(account uuid.UUID, at time.Time) domain.Consent {
	return domain.Consent{
		ID: domain.NewID(), AccountID: account, Document: domain.DocumentPersonalData, Version: "2026-11-01",
		TextHash: make([]byte, 32), AcceptedAt: at, Channel: domain.ConsentByAPI,
	}
}

// Papers is somebody's personal data, with every field filled in.
func Papers(t *testing.T, account, caseID uuid.UUID, at time.Time) domain.PersonalData {
	t.Helper()
	birth := parsed(t, ident.ParseDate, "1984-05-17")
	passport, err := ident.NewPassport(ident.PassportParts{
		Series:     parsed(t, ident.ParsePassportSeries, "2714"),
		Number:     parsed(t, ident.ParsePassportNumber, "918273"),
		Issued:     parsed(t, ident.ParseDate, "2014-06-02"),
		Department: parsed(t, ident.ParseDepartmentCode, "390-001"),
		IssuedBy:   parsed(t, ident.ParseIssuedBy, "Отдел Синтетических Документов"),
	}, birth, parsed(t, ident.ParseDate, "2026-03-04"))
	require.NoError(t, err)
	patronymic, err := ident.ParsePatronymic("Канареевна", false)
	require.NoError(t, err)
	home := domain.Address{
		PostalIndex: parsed(t, ident.ParsePostalIndex, "236977"),
		Region:      parsed(t, ident.ParseAddressLine, "Канареечная область"),
		Area:        parsed(t, ident.ParseAddressLine, "Синичкин район"),
		City:        parsed(t, ident.ParseAddressLine, "Воробьёвск"),
		Street:      parsed(t, ident.ParseAddressLine, "ул. Щегловая"),
		House:       parsed(t, ident.ParseAddressLine, "7/2"),
		Building:    parsed(t, ident.ParseAddressLine, "3"),
		Flat:        parsed(t, ident.ParseAddressLine, "15"),
	}
	away := home
	away.City = parsed(t, ident.ParseAddressLine, "Чижовск")
	return domain.PersonalData{
		AccountID: account, CaseID: caseID, ConsentVersion: "2026-11-01", UpdatedAt: at,
		Subject: domain.CheckSubject{
			FamilyName: nameOf(t, "Канарейкина"), GivenName: nameOf(t, "Кенара"), Patronymic: patronymic,
			BirthDate: birth, Gender: domain.GenderFemale, SNILS: parsed(t, ident.ParseSNILS, "112-233-445 95"), Passport: passport,
		},
		Birthplace: parsed(t, ident.ParseBirthplace, "гор. Снегирёвск"), Registration: home, Residence: away,
	}
}

func parsed[T any](t *testing.T, parse func(string) (T, error), text string) T {
	t.Helper()
	v, err := parse(text)
	require.NoError(t, err, text)
	return v
}
