package verification_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/service/verification"
)

// world is everything outside the service, with one account in it.
type world struct {
	now      time.Time
	account  domain.Account
	data     domain.PersonalData
	cases    []domain.VerificationCase
	consents []domain.Consent
	runs     []domain.CheckRun
	actions  []string
	messages []domain.Message
	// outage is the error of the next write of a case, like a process that dies.
	outage error
	alarms []domain.AlarmKind
	// holder is whose account has the SNILS, and neighbour is that account.
	holder    uuid.UUID
	neighbour domain.Account
	others    []uuid.UUID
	letter    bool
	voided    int
	// taken is until when what may happen once has happened.
	taken map[string]time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	mail, err := ident.ParseLogin("person@example.org")
	require.NoError(t, err)
	number, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	now := time.Date(2026, 11, 2, 22, 0, 0, 0, time.UTC)
	return &world{
		taken: map[string]time.Time{}, now: now,
		account: domain.Account{
			ID: domain.NewID(), Status: domain.AccountActive, Level: domain.LevelSimplified, Locale: domain.LocaleEnglish,
			Contacts: []domain.Contact{{Value: mail, ConfirmedAt: now}, {Value: number, ConfirmedAt: now}},
		},
	}
}

func (w *world) Now() time.Time { return w.now }

func (w *world) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

func (w *world) Record(_ context.Context, e domain.AuditEvent) error {
	w.actions = append(w.actions, e.Action)
	return nil
}

func (w *world) Enqueue(_ context.Context, m domain.Message) error {
	w.messages = append(w.messages, m)
	return nil
}

// Take counts what may happen once; all else has no limit here.
func (w *world) Take(_ context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error) {
	key := l.Name + " " + subject
	if l.Max == 1 && now.Before(w.taken[key]) {
		return apperr.Quota{}, &apperr.Error{Code: apperr.RateLimited, RetryAt: w.taken[key]}
	}
	w.taken[key] = now.Add(l.Window)
	return apperr.Quota{}, nil
}

// Raise keeps each kind once, as the database does for one case.
func (w *world) Raise(_ context.Context, a domain.Alarm) error {
	if !slices.Contains(w.alarms, a.Kind) {
		w.alarms = append(w.alarms, a.Kind)
	}
	return nil
}

func (w *world) Holder(context.Context, ident.SNILS) (uuid.UUID, error) { return w.holder, nil }

func (w *world) Others(context.Context, ident.SNILS, uuid.UUID) ([]uuid.UUID, error) {
	return w.others, nil
}

func (w *world) Void(context.Context, uuid.UUID, domain.Caller) (bool, error) {
	w.voided++
	return true, nil
}

func (w *world) LetterUnderWay(context.Context, uuid.UUID) (bool, error) { return w.letter, nil }

func (w *world) Freeze(_ context.Context, a *domain.Account, on domain.AccountEvent, e domain.AuditEvent) error {
	w.actions = append(w.actions, e.Action)
	return a.Move(on)
}

type accounts struct{ *world }

func (w accounts) Get(_ context.Context, id uuid.UUID) (domain.Account, error) {
	if id == w.neighbour.ID {
		return w.neighbour, nil
	}
	return w.account, nil
}

func (w accounts) Update(_ context.Context, _ uuid.UUID, fn func(*domain.Account) error) (domain.Account, error) {
	err := fn(&w.account)
	return w.account, err
}

type papers struct{ *world }

func (w papers) Get(context.Context, uuid.UUID) (domain.PersonalData, error) { return w.data, nil }

func (w papers) Put(_ context.Context, d domain.PersonalData) error {
	w.data = d
	return nil
}

func (w papers) Accept(_ context.Context, c domain.Consent) error {
	w.consents = append(w.consents, c)
	return nil
}

type cases struct{ *world }

func (w cases) Create(_ context.Context, c domain.VerificationCase) error {
	w.cases = append(w.cases, c)
	return nil
}

func (w cases) find(id uuid.UUID) *domain.VerificationCase {
	for i := range w.cases {
		if w.cases[i].ID == id {
			return &w.cases[i]
		}
	}
	return nil
}

func copied(c domain.VerificationCase) domain.VerificationCase {
	c.Checks = append([]domain.Check(nil), c.Checks...)
	return c
}

func (w cases) Get(_ context.Context, id uuid.UUID) (domain.VerificationCase, error) {
	return copied(*w.find(id)), nil
}

func (w cases) Current(context.Context, uuid.UUID) (domain.VerificationCase, error) {
	if len(w.cases) == 0 {
		return domain.VerificationCase{}, apperr.New(apperr.NotFound)
	}
	return copied(w.cases[len(w.cases)-1]), nil
}

func (w cases) Update(
	_ context.Context, id uuid.UUID, fn func(*domain.VerificationCase) error,
) (domain.VerificationCase, error) {
	if err := w.outage; err != nil {
		w.outage = nil
		return domain.VerificationCase{}, err
	}
	c := w.find(id)
	err := fn(c)
	return copied(*c), err
}

func (w cases) Schedule(_ context.Context, run domain.CheckRun) error {
	w.runs = append(w.runs, run)
	return nil
}

// register answers what it is told to, and notes what it was asked.
type register struct {
	askErr, pollErr error
	outcome         domain.CheckOutcome
	keys            []string
	polled          []string
	// before happens while the question is on its way.
	before func()
}

func (r *register) Ask(_ context.Context, q domain.CheckRequest) (string, error) {
	if r.before != nil {
		r.before()
	}
	r.keys = append(r.keys, q.Key)
	return "reference of " + q.Key, r.askErr
}

func (r *register) Poll(_ context.Context, reference string) (domain.CheckOutcome, error) {
	r.polled = append(r.polled, reference)
	return r.outcome, r.pollErr
}

func done(r domain.CheckResult) domain.CheckOutcome {
	return domain.CheckOutcome{Done: true, Result: r}
}

// documents has one, in one version.
type documents struct{}

func consent() domain.Terms {
	return domain.Terms{Document: domain.DocumentPersonalData, Version: "7", Hash: []byte("hash")}
}

func (documents) Current(document string) (domain.Terms, error) {
	if document != domain.DocumentPersonalData {
		return domain.Terms{}, apperr.New(apperr.NotFound)
	}
	return consent(), nil
}

// desk is a service with its registers.
type desk struct {
	*world
	*verification.Service
	snils, document *register
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{
		world: newWorld(t), snils: &register{outcome: done(domain.CheckPassed)}, document: &register{outcome: done(domain.CheckPassed)},
	}
	d.Service = verification.New(verification.Parts{
		Tx: d.world, Accounts: accounts{d.world}, PersonalData: papers{d.world}, Cases: cases{d.world},
		Claims: d.world, Confirmations: d.world, Freezer: d.world, Journal: d.world, Limits: d.world, Clock: d.world, Policies: domain.DefaultPolicies(),
		Documents: documents{},
		Registers: map[domain.CheckKind]verification.Register{domain.CheckSNILS: d.snils, domain.CheckDocument: d.document},
	})
	return d
}

func (d *desk) submit(t *testing.T, family string) domain.VerificationCase {
	t.Helper()
	name, err := ident.ParseName(family)
	require.NoError(t, err)
	out, err := d.Submit(t.Context(), domain.Submission{
		Account: d.account.ID, AuthTime: d.now, Data: domain.PersonalData{Subject: domain.CheckSubject{FamilyName: name}},
		Consent: consent(),
	})
	require.NoError(t, err)
	return out.Case
}

func TestBothChecksPass(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.submit(t, "Синтетическая")
	require.Len(t, d.runs, 2)
	require.Equal(t, "7", d.consents[0].Version)
	require.Equal(t, []byte("hash"), d.consents[0].TextHash)
	require.Equal(t, domain.ConsentByAPI, d.consents[0].Channel)
	for _, run := range d.runs {
		wait, err := d.Run(t.Context(), run)
		require.NoError(t, err)
		require.Zero(t, wait)
	}
	require.Equal(t, domain.VerificationPassed, d.world.cases[0].Status)
	require.Equal(t, domain.LevelStandard, d.account.Level)
	require.Equal(t, []string{"verification.start", "personal_data.submit", "verification.pass", "account.pass_checks"}, d.actions)
	require.Len(t, d.messages, 2, "one for every contact")
	require.Equal(t, domain.LocaleEnglish, d.messages[0].Locale)
	require.Equal(t, []string{c.ID.String() + "/snils/1"}, d.snils.keys)
}

// A job that comes again, for whatever reason, changes nothing and asks nobody.
func TestRepeatedJobsChangeNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	for range 3 {
		for _, run := range d.runs {
			_, err := d.Run(t.Context(), run)
			require.NoError(t, err)
		}
	}
	d.snils.outcome = done(domain.CheckDeceased)
	_, err := d.Run(t.Context(), d.runs[0])
	require.NoError(t, err)
	require.Len(t, d.snils.keys, 1)
	require.Len(t, d.actions, 4)
	require.Len(t, d.messages, 2)
	require.Equal(t, domain.VerificationPassed, d.world.cases[0].Status)
}

// A process that dies between question and note asks the same question again.
func TestDeathAfterTheQuestion(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	d.outage = errors.New("the process is gone")
	_, err := d.Run(t.Context(), d.runs[0])
	require.ErrorContains(t, err, "gone")
	_, err = d.Run(t.Context(), d.runs[0])
	require.NoError(t, err)
	require.Len(t, d.snils.keys, 2)
	require.Equal(t, d.snils.keys[0], d.snils.keys[1])
	require.Equal(t, domain.CheckPassed, d.world.cases[0].Checks[0].Result)
}

// A slow register is asked once and polled with growing pauses.
func TestSlowRegister(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.snils.outcome = domain.CheckOutcome{}
	d.submit(t, "Синтетическая")
	var waits []time.Duration
	for range 8 {
		wait, err := d.Run(t.Context(), d.runs[0])
		require.NoError(t, err)
		waits = append(waits, wait)
		early, err := d.Run(t.Context(), d.runs[0])
		require.NoError(t, err)
		require.Equal(t, wait, early, "too early: nothing is asked")
		d.now = d.now.Add(wait)
	}
	require.Len(t, d.snils.keys, 1)
	require.Len(t, d.snils.polled, 8)
	for i, want := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		longest := time.Duration(want) * time.Second
		require.LessOrEqual(t, waits[i], longest)
		require.GreaterOrEqual(t, waits[i], longest*4/5)
	}
	require.Equal(t, domain.VerificationChecking, d.world.cases[0].Status)
	require.Empty(t, d.messages)
}

// A register that is down delays and never fails; the person is told once. // M05
func TestRegisterDown(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	for name, trouble := range map[string]func(*register){
		"asking":          func(r *register) { r.askErr = down },
		"polling":         func(r *register) { r.pollErr = down },
		"could not check": func(r *register) { r.outcome = done(domain.CheckUnavailable) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.submit(t, "Синтетическая")
			trouble(d.snils)
			began := d.now
			for i, want := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
				wait, err := d.Run(t.Context(), d.runs[0])
				require.Error(t, err, "for the log")
				longest, least := time.Duration(want)*time.Minute, time.Duration(want)*time.Minute*4/5
				if alarm := began.Add(time.Hour).Sub(d.now); alarm > 0 { // operators are called in time
					least = min(least, alarm)
				}
				require.LessOrEqual(t, wait, longest, i)
				require.GreaterOrEqual(t, wait, least, i)
				d.now = d.now.Add(wait)
			}
			require.Equal(t, domain.VerificationWaitingRegistry, d.world.cases[0].Status)
			require.Len(t, d.messages, 2, "each contact once")
			*d.snils = register{outcome: done(domain.CheckPassed)}
			for _, run := range d.runs {
				_, err := d.Run(t.Context(), run)
				require.NoError(t, err)
			}
			require.Equal(t, domain.LevelStandard, d.account.Level)
			require.Len(t, d.messages, 4)
		})
	}
}

// A caller that goes away says nothing about the register.
func TestStoppedProcessBlamesNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	ctx, cancel := context.WithCancel(t.Context())
	d.snils.before, d.snils.askErr = cancel, context.Canceled
	wait, err := d.Run(ctx, d.runs[0])
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, wait)
	require.Equal(t, domain.CheckPending, d.world.cases[0].Checks[0].Result)
	require.Empty(t, d.messages)
}

// Data that change while a register is asked belong to another case.
func TestDataThatChangeMeanwhile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	d.snils.before = func() {
		d.snils.before = nil
		d.submit(t, "Другая")
	}
	d.snils.outcome = done(domain.CheckMismatch)
	_, err := d.Run(t.Context(), d.runs[0])
	require.NoError(t, err)
	require.Equal(t, domain.VerificationSuperseded, d.world.cases[0].Status)
	require.Equal(t, domain.VerificationChecking, d.world.cases[1].Status)
	require.Equal(t, domain.CheckPending, d.world.cases[1].Checks[0].Result)
	_, err = d.Run(t.Context(), d.runs[1])
	require.NoError(t, err)
	require.Empty(t, d.document.keys, "nobody asks about data that are gone")
}

// A person who sends the same again waits for the same check.
func TestSameDataAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.submit(t, "Синтетическая")
	require.Equal(t, first.ID, d.submit(t, "Синтетическая").ID)
	require.Len(t, d.runs, 2)
	for _, run := range d.runs {
		_, err := d.Run(t.Context(), run)
		require.NoError(t, err)
	}
	require.Equal(t, domain.VerificationPassed, d.submit(t, "Синтетическая").Status)
	require.Equal(t, domain.LevelStandard, d.account.Level)
	second := d.submit(t, "Другая")
	require.NotEqual(t, first.ID, second.ID)
	require.Equal(t, domain.LevelSimplified, d.account.Level)
	require.Equal(t, "Другая", d.account.FamilyName.Text())
	require.Contains(t, d.actions, "account.edit_data")
	require.Contains(t, d.actions, "verification.supersede")
}

// It is a new day in Kamchatka nine hours before it is in Moscow.
func TestFormKnowsTheLatestDay(t *testing.T) {
	t.Parallel()
	form, err := newDesk(t).Form()
	require.NoError(t, err)
	require.Equal(t, "2026-11-03", form.Today.ISO())
	require.Equal(t, consent(), form.Consent)
}

func TestWatchAnswersAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	who := domain.Principal{AccountID: d.account.ID}
	_, err := d.Watch(t.Context(), who, time.Hour)
	var failure *apperr.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, []string{"fill_personal_data"}, failure.NextActions)
	c := d.submit(t, "Синтетическая")
	got, err := d.Watch(t.Context(), who, 0)
	require.NoError(t, err)
	require.Equal(t, c.ID, got.ID)
	for _, run := range d.runs {
		_, err := d.Run(t.Context(), run)
		require.NoError(t, err)
	}
	got, err = d.Watch(t.Context(), who, time.Hour)
	require.NoError(t, err)
	require.Equal(t, domain.VerificationPassed, got.Status)
}

// Whoever waits and goes away is not waited for.
func TestWatchEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Watch(ctx, domain.Principal{AccountID: d.account.ID}, time.Hour)
	require.ErrorIs(t, err, context.Canceled)
}
