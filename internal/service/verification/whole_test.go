package verification_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/repository/repotest"
	"example.org/kabinet/internal/service/account"
	"example.org/kabinet/internal/service/verification"
	"example.org/kabinet/internal/testkit"
)

var errSabotage = errors.New("sabotage")

// saboteur stands between a service and its database, and fails one call.
type saboteur struct {
	store *repository.Store
	clock *testkit.Clock
	// left is how many calls succeed before the one that fails.
	left   int
	letter bool
}

func (s *saboteur) tick() error {
	s.left--
	if s.left == -1 {
		return errSabotage
	}
	return nil
}

// after does the work, and then fails if it is that call's turn.
func after[T any](s *saboteur, v T, err error) (T, error) {
	return v, errors.Join(err, s.tick())
}

func (s *saboteur) Void(ctx context.Context, of uuid.UUID, _ domain.Caller) (bool, error) {
	return after(s, false, repository.NewClaims(s.store).Release(ctx, of))
}

func (s *saboteur) Withdraw(context.Context, uuid.UUID, domain.Caller) error { return s.tick() }

func (s *saboteur) LetterUnderWay(context.Context, uuid.UUID) (bool, error) {
	return after(s, s.letter, nil)
}

func (s *saboteur) Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error) {
	q, err := repository.NewLimits(s.store).Take(ctx, l, subject, now)
	if failed := s.tick(); failed != nil {
		return q, failed // and not a limit that is reached
	}
	return q, err
}

func (s *saboteur) Record(ctx context.Context, e domain.AuditEvent) error {
	return errors.Join(repository.NewAudit(s.store).Record(ctx, e), s.tick())
}

func (s *saboteur) Enqueue(ctx context.Context, m domain.Message) error {
	return errors.Join(repository.NewMessages(s.store).Enqueue(ctx, m), s.tick())
}

func (s *saboteur) Raise(ctx context.Context, a domain.Alarm) error {
	return errors.Join(repository.NewAlarms(s.store).Raise(ctx, a), s.tick())
}

func (s *saboteur) EndAll(ctx context.Context, of uuid.UUID, now time.Time) ([]domain.Session, error) {
	ended, err := repository.NewSessions(s.store).EndAll(ctx, of, now)
	return after(s, ended, err)
}

type badAccounts struct{ *saboteur }

func (s badAccounts) Get(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	a, err := repository.NewAccounts(s.store).Get(ctx, id)
	return after(s.saboteur, a, err)
}

func (s badAccounts) Update(ctx context.Context, id uuid.UUID, fn func(*domain.Account) error) (domain.Account, error) {
	a, err := repository.NewAccounts(s.store).Update(ctx, id, fn)
	return after(s.saboteur, a, err)
}

type badPapers struct{ *saboteur }

func (s badPapers) Get(ctx context.Context, of uuid.UUID) (domain.PersonalData, error) {
	d, err := repository.NewPersonalData(s.store).Get(ctx, of)
	return after(s.saboteur, d, err)
}

func (s badPapers) Put(ctx context.Context, d domain.PersonalData) error {
	return errors.Join(repository.NewPersonalData(s.store).Put(ctx, d), s.tick())
}

func (s badPapers) Accept(ctx context.Context, c domain.Consent) error {
	return errors.Join(repository.NewPersonalData(s.store).Accept(ctx, c), s.tick())
}

type badCases struct{ *saboteur }

func (s badCases) cases() *repository.Verifications { return repository.NewVerifications(s.store) }

func (s badCases) Create(ctx context.Context, c domain.VerificationCase) error {
	return errors.Join(s.cases().Create(ctx, c), s.tick())
}

func (s badCases) Get(ctx context.Context, id uuid.UUID) (domain.VerificationCase, error) {
	return s.cases().Get(ctx, id)
}

func (s badCases) Current(ctx context.Context, of uuid.UUID) (domain.VerificationCase, error) {
	return s.cases().Current(ctx, of)
}

func (s badCases) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.VerificationCase) error,
) (domain.VerificationCase, error) {
	c, err := s.cases().Update(ctx, id, fn)
	return after(s.saboteur, c, err)
}

func (s badCases) Schedule(ctx context.Context, run domain.CheckRun) error {
	return errors.Join(s.cases().Schedule(ctx, run), s.tick())
}

type badClaims struct{ *saboteur }

func (s badClaims) Holder(ctx context.Context, snils ident.SNILS) (uuid.UUID, error) {
	holder, err := repository.NewClaims(s.store).Holder(ctx, snils)
	return after(s.saboteur, holder, err)
}

func (s badClaims) Others(ctx context.Context, snils ident.SNILS, except uuid.UUID) ([]uuid.UUID, error) {
	others, err := repository.NewClaims(s.store).Others(ctx, snils, except)
	return after(s.saboteur, others, err)
}

// house is the service over a real database, with two accounts in it.
type house struct {
	*verification.Service
	bad        *saboteur
	engine     testkit.Engine
	url        string
	account    domain.Account
	neighbour  domain.Account
	snils      *register
	document   *register
	cases      *repository.Verifications
	data       domain.PersonalData
	accountsOf *repository.Accounts
	claimsOf   *repository.Claims
}

func newHouse(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	url := testkit.DatabaseURL(t, e)
	store := testkit.Open(t, url)
	h := &house{
		bad: &saboteur{store: store, clock: testkit.NewClock()}, engine: e, url: url,
		snils: &register{outcome: done(domain.CheckPassed)}, document: &register{outcome: done(domain.CheckPassed)},
		cases: repository.NewVerifications(store), accountsOf: repository.NewAccounts(store),
		claimsOf: repository.NewClaims(store),
	}
	h.bad.left = -2
	h.Service = verification.New(verification.Parts{
		Tx: store, Accounts: badAccounts{h.bad}, PersonalData: badPapers{h.bad}, Cases: badCases{h.bad},
		Claims: badClaims{h.bad}, Confirmations: h.bad, Journal: h.bad, Limits: h.bad,
		Freezer: account.New(account.Parts{
			Accounts: badAccounts{h.bad}, Sessions: h.bad, Confirmations: h.bad, Journal: h.bad, Clock: h.bad.clock,
		}),
		Clock: h.bad.clock, Policies: domain.DefaultPolicies(),
		Registers: map[domain.CheckKind]verification.Register{domain.CheckSNILS: h.snils, domain.CheckDocument: h.document},
	})
	h.account, h.neighbour = h.person(t, "+79001234567"), h.person(t, "+79007654321")
	h.data = repotest.Papers(t, h.account.ID, uuid.Nil, h.bad.clock.Now())
	return h
}

func (h *house) person(t *testing.T, contact string) domain.Account {
	t.Helper()
	c, err := ident.ParseLogin(contact)
	require.NoError(t, err)
	name, err := ident.ParseName("Синтетическая")
	require.NoError(t, err)
	a := domain.NewCitizen(domain.Registration{
		FamilyName: name, GivenName: name, Contact: c, Locale: domain.LocaleRussian,
	}, h.bad.clock.Now())
	require.NoError(t, h.accountsOf.Create(t.Context(), a, domain.Credential{AccountID: a.ID, Hash: "$", ChangedAt: a.CreatedAt}))
	session := domain.Session{
		ID: domain.NewID(), AccountID: a.ID, Status: domain.SessionActive, Transport: domain.TransportBody, Scope: domain.ScopeCabinet,
		CreatedAt: a.CreatedAt, LastUsedAt: a.CreatedAt, IdleAt: a.CreatedAt.Add(time.Hour), ExpiresAt: a.CreatedAt.Add(time.Hour),
	}
	require.NoError(t, repository.NewSessions(h.bad.store).Create(t.Context(), session))
	return a
}

func (h *house) submit(t *testing.T, family string) error {
	t.Helper()
	data := h.data
	name, err := ident.ParseName(family)
	require.NoError(t, err)
	data.Subject.FamilyName = name
	_, err = h.Submit(t.Context(), domain.Submission{
		Account: h.account.ID, AuthTime: h.bad.clock.Now(), Data: data, VoidLetter: true,
		Consent: domain.Terms{Document: domain.DocumentPersonalData, Version: "2026-11-01", Hash: make([]byte, 32)},
	})
	return err
}

func (h *house) run(t *testing.T, i int) error {
	t.Helper()
	c, err := h.cases.Current(t.Context(), h.account.ID)
	require.NoError(t, err)
	_, err = h.Run(t.Context(), c.Runs()[i])
	return err
}

// all is everything in the database that a use case of verification changes.
func (h *house) all(t *testing.T) string {
	t.Helper()
	db := testkit.SQL(t, h.engine, h.url)
	defer func() { require.NoError(t, db.Close()) }()
	var out strings.Builder
	for _, table := range []string{
		"accounts", "sessions", "verification_cases", "verification_checks", "personal_data", "consents", "audit_events",
		"messages", "alarms", "snils_claims", "rate_limits",
	} {
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		require.NoError(t, err)
		dump(t, &out, rows)
	}
	var jobs int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM river_job").Scan(&jobs))
	return fmt.Sprintf("%s%d jobs", out.String(), jobs)
}

func dump(t *testing.T, out *strings.Builder, rows *sql.Rows) {
	t.Helper()
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		_, _ = fmt.Fprintln(out, values...)
	}
	require.NoError(t, rows.Err())
}

// fails lets every call of a use case fail in turn: each time nothing of it is
// left, and at last it succeeds as if nothing had happened.
func (h *house) fails(t *testing.T, least int, use func() error) {
	t.Helper()
	before := h.all(t)
	for calls := 0; ; calls++ {
		h.bad.left = calls
		err := use()
		if err == nil {
			require.GreaterOrEqual(t, calls, least)
			break
		}
		require.ErrorIs(t, err, errSabotage)
		require.Equal(t, before, h.all(t), "after %d calls", calls)
	}
	require.NotEqual(t, before, h.all(t))
	h.bad.left = -2
}

// Whatever fails in the middle, nothing of a submission, of its consent or of its
// limits is left behind, nor of a check's outcome. // M04
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		h.fails(t, 9, func() error { return h.submit(t, "Первая") })
		h.snils.outcome = done(domain.CheckMismatch)
		h.fails(t, 4, func() error { return h.run(t, 0) })
		h.fails(t, 6, func() error { return h.run(t, 1) })
		h.snils.outcome = done(domain.CheckPassed)
		h.fails(t, 9, func() error { return h.submit(t, "Вторая") }) // a correction
		require.NoError(t, h.run(t, 0))
		h.fails(t, 8, func() error { return h.run(t, 1) })
		_, err := h.claimsOf.Claim(t.Context(), h.data.Subject.SNILS, h.account.ID, h.bad.clock.Now())
		require.NoError(t, err)
		h.bad.letter = true
		h.fails(t, 11, func() error { return h.submit(t, "Третья") }) // proven data
		holder, err := h.claimsOf.Holder(t.Context(), h.data.Subject.SNILS)
		require.NoError(t, err)
		require.Equal(t, uuid.Nil, holder)
	})
}

// Neither is a conflict half found, nor a death half recorded.
func TestHoldAndDeathAreWhole(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		_, err := h.claimsOf.Claim(t.Context(), h.data.Subject.SNILS, h.neighbour.ID, h.bad.clock.Now())
		require.NoError(t, err)
		require.NoError(t, h.submit(t, "Первая"))
		require.NoError(t, h.run(t, 0))
		h.fails(t, 9, func() error { return h.run(t, 1) })
		c, err := h.cases.Current(t.Context(), h.account.ID)
		require.NoError(t, err)
		require.Equal(t, domain.VerificationOnHold, c.Status)

		require.NoError(t, h.claimsOf.Release(t.Context(), h.neighbour.ID))
		require.NoError(t, h.submit(t, "Вторая"))
		require.NoError(t, h.run(t, 0))
		require.NoError(t, h.run(t, 1))
		_, err = h.claimsOf.Claim(t.Context(), h.data.Subject.SNILS, h.neighbour.ID, h.bad.clock.Now())
		require.NoError(t, err)
		h.bad.clock.Advance(24 * time.Hour) // so that operators are called again
		h.fails(t, 8, func() error { return h.Hold(t.Context(), h.account.ID) })

		require.NoError(t, h.submit(t, "Третья"))
		h.document.outcome = done(domain.CheckDeceased)
		h.fails(t, 10, func() error { return h.run(t, 1) })
		a, err := h.accountsOf.Get(t.Context(), h.account.ID)
		require.NoError(t, err)
		require.Equal(t, domain.AccountDeceased, a.Status)
	})
}
