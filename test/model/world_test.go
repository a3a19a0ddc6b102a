package model_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/account"
	"example.org/kabinet/internal/service/confirmation"
	"example.org/kabinet/internal/service/letter"
	"example.org/kabinet/internal/service/review"
	"example.org/kabinet/internal/service/session"
	"example.org/kabinet/internal/service/terms"
	"example.org/kabinet/internal/service/verification"
	"example.org/kabinet/internal/testkit"
	"example.org/kabinet/internal/token"
)

// world is the services over one database, with everything outside of them
// played. Sequences follow one another in it, each with people of its own.
type world struct {
	engine   testkit.Engine
	store    *repository.Store
	db       *sql.DB
	prepared map[string]*sql.Stmt
	clock    *testkit.Clock
	began    time.Time
	tape     *tape
	// play is the sequence that is played at present.
	play *sequence
	been *reached

	accounts *repository.Accounts
	data     *repository.PersonalData
	printing *repository.Letters
	sessions *session.Service
	mail     *letter.Service
	// tracks counts the track numbers that were given.
	tracks        int
	confirmations *confirmation.Service
	verifications *verification.Service
	reviews       *review.Service

	places    []domain.ServiceCentre
	operators []domain.Operator
}

// tape is what services put into the queue: it is the sequence that decides
// when a job runs, and how often.
type tape struct {
	mu      sync.Mutex
	checks  []domain.CheckRun
	settles []domain.SettleSNILS
	links   []string
}

// cases puts the jobs on the tape.
type cases struct {
	*repository.Verifications
	tape *tape
}

func (c cases) Schedule(_ context.Context, run domain.CheckRun) error {
	c.tape.mu.Lock()
	defer c.tape.mu.Unlock()
	c.tape.checks = append(c.tape.checks, run)
	return nil
}

func (c cases) ScheduleSettle(_ context.Context, j domain.SettleSNILS) error {
	c.tape.mu.Lock()
	defer c.tape.mu.Unlock()
	c.tape.settles = append(c.tape.settles, j)
	return nil
}

// journal keeps the audit log and the alarms; messages are only read.
type journal struct {
	*repository.Audit
	*repository.Alarms
	tape *tape
}

func (j journal) Enqueue(_ context.Context, m domain.Message) error {
	j.tape.mu.Lock()
	defer j.tape.mu.Unlock()
	if m.Kind == domain.MessageIdentityConfirmed {
		j.tape.links = append(j.tape.links, m.Link)
	}
	return nil
}

func (journal) Keep(context.Context, any) error { return nil }

// right is the password of everybody; hashing is not what is tried here.
const right = "right"

type passwords struct{}

func (passwords) Reserve(string) (func(), error)               { return func() {}, nil }
func (passwords) Hash(context.Context, string) (string, error) { return right, nil }
func (passwords) VerifyDummy(context.Context, string) error    { return nil }
func (passwords) Verify(_ context.Context, hash, plain string) (ok, rehash bool, err error) {
	return hash == plain, false, nil
}

// press prints nothing.
type press struct{}

func (press) Letters(domain.LetterBatch, domain.ServiceCentre, []domain.PrintedLetter) ([]byte, error) {
	return nil, errors.New("no letter is looked at here")
}

func (press) DispatchPDF(domain.LetterBatch, domain.ServiceCentre) ([]byte, error) {
	return nil, errors.New("no list is looked at here")
}

func (press) DispatchCSV(domain.LetterBatch) ([]byte, error) {
	return nil, errors.New("no list is looked at here")
}

// register answers as the sequence wants.
type register struct {
	w    *world
	kind domain.CheckKind
}

func (r register) Ask(_ context.Context, q domain.CheckRequest) (string, error) {
	return r.w.play.ask(q)
}

func (r register) Poll(_ context.Context, reference string) (domain.CheckOutcome, error) {
	return r.w.play.poll(r.kind, reference)
}

func newWorld(t *testing.T, e testkit.Engine) *world {
	t.Helper()
	at := testkit.DatabaseURL(t, e)
	w := &world{engine: e, store: testkit.Open(t, at), db: testkit.SQL(t, e, at), clock: testkit.NewClock(), tape: &tape{}, prepared: map[string]*sql.Stmt{}}
	t.Cleanup(func() { require.NoError(t, w.db.Close()) })
	w.began = w.clock.Now()
	w.accounts, w.data, w.printing = repository.NewAccounts(w.store), repository.NewPersonalData(w.store), repository.NewLetters(w.store)
	w.buildSessions(t)
	w.buildRest(t)
	w.furnish(t)
	return w
}

func (w *world) journal() journal {
	return journal{repository.NewAudit(w.store), repository.NewAlarms(w.store), w.tape}
}

func (w *world) buildSessions(t *testing.T) {
	t.Helper()
	var keys []token.SigningKey
	for _, k := range testkit.Keyset(t).TokenKeys() {
		keys = append(keys, token.SigningKey(k))
	}
	tokens, err := token.NewIssuer(token.Config{
		Issuer: "https://model.example.org", Audience: "kabinet", TTL: domain.DefaultPolicies().AccessTokenLifetime, Keys: keys, Clock: w.clock,
	})
	require.NoError(t, err)
	sessions := repository.NewSessions(w.store)
	w.sessions = session.New(session.Parts{
		Tx: w.store, Sessions: sessions, RefreshTokens: sessions, Accounts: w.accounts,
		Operators: repository.NewOperators(w.store), Limits: repository.NewLimits(w.store),
		Throttles: repository.NewThrottles(w.store), Journal: w.journal(), Passwords: passwords{}, Tokens: tokens,
		Clock: w.clock, Phones: w.clock, Policies: domain.DefaultPolicies(),
	})
}

func (w *world) buildRest(t *testing.T) {
	t.Helper()
	mac, err := testkit.Keyset(t).Codes()
	require.NoError(t, err)
	days, err := calendar.Default()
	require.NoError(t, err)
	documents, err := terms.New(terms.Parts{Clock: w.clock})
	require.NoError(t, err)
	policies, left, limits := domain.DefaultPolicies(), w.journal(), repository.NewLimits(w.store)
	found := cases{repository.NewVerifications(w.store), w.tape}
	sessions, claims := repository.NewSessions(w.store), repository.NewClaims(w.store)
	w.mail = letter.New(letter.Parts{
		Tx: w.store, Letters: w.printing, Batches: w.printing, Desk: w.printing, Due: w.printing, Accounts: w.accounts,
		Holders: claims, Journal: left, Limits: limits, Sealer: otp.NewSealer(mac), Calendar: days, Press: press{}, Clock: w.clock, Policies: policies,
	})
	kept := repository.NewConfirmations(w.store)
	w.confirmations = confirmation.New(confirmation.Parts{
		Tx: w.store, Accounts: w.accounts, PersonalData: w.data, Cases: found, Confirmations: kept, Finder: kept,
		Letters: w.mail, Claims: claims, Offers: repository.NewCentres(w.store), Sessions: sessions, Journal: left,
		Clock: w.clock, Policies: policies, CabinetURL: "https://cabinet.example.org",
	})
	owners := account.New(account.Parts{
		Accounts: w.accounts, Sessions: sessions, Confirmations: w.confirmations, Journal: left, Clock: w.clock,
	})
	w.verifications = verification.New(verification.Parts{
		Tx: w.store, Accounts: w.accounts, PersonalData: w.data, Cases: found, Claims: claims, Journal: left, Limits: limits,
		Confirmations: w.confirmations, Freezer: owners, Documents: documents, Clock: w.clock, Policies: policies,
		Registers: map[domain.CheckKind]verification.Register{
			domain.CheckSNILS: register{w, domain.CheckSNILS}, domain.CheckDocument: register{w, domain.CheckDocument},
		},
	})
	w.reviews = review.New(review.Parts{
		Tx: w.store, Accounts: w.accounts, PersonalData: w.data, Cases: found, Claims: claims,
		Approvals: repository.NewApprovals(w.store), Alarms: repository.NewAlarms(w.store), Freezer: owners,
		Holder: w.verifications, Journal: left, Clock: w.clock, Policies: policies,
	})
}

// furnish adds two places of each kind, and three operators who work at all of
// them.
func (w *world) furnish(t *testing.T) {
	t.Helper()
	from := must(ident.ParseDate("2016-07-01"))
	for _, kind := range domain.CentreKinds() {
		w.places = append(w.places, domain.ServiceCentre{
			ID: domain.NewID(), Code: "model-" + string(kind), Kind: kind, Region: "39", Name: string(kind), Zone: time.UTC,
			Address: domain.CentreAddress{PostalIndex: "236000", Region: "Калининградская область", City: "Калининград", House: "1"},
			Offers:  []domain.CentreOffer{{Method: kind.Method(), From: from}}, Synthetic: true,
		})
	}
	_, err := repository.NewCentres(w.store).Replace(t.Context(), domain.CentreReplacement{Centres: w.places, Progress: func(int) {}}, w.began)
	require.NoError(t, err)
	for i, login := range []string{"first", "second", "third"} {
		o := domain.Operator{
			ID: domain.NewID(), Login: login, FamilyName: must(ident.ParseName("Оператор")), GivenName: must(ident.ParseName("Имя")),
			Email: must(ident.ParseLogin(login + "@example.org")), SNILS: snils(900_000_001 + i), Role: domain.RoleSupervisor,
			Status: domain.OperatorActive, CreatedAt: w.began,
		}
		a := domain.Account{
			ID: o.ID, Type: domain.AccountOperator, Level: domain.LevelNone, Status: domain.AccountActive,
			FamilyName: o.FamilyName, GivenName: o.GivenName, Locale: domain.LocaleRussian, CreatedAt: w.began,
		}
		require.NoError(t, repository.NewOperators(w.store).Create(t.Context(), o, a))
		w.operators = append(w.operators, o)
	}
}

// must is for values that are known to be right.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
