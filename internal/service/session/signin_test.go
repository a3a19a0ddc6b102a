package session_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/service/session"
	"example.org/kabinet/internal/token"
)

var errCredentials = apperr.New(apperr.CredentialsIncorrect)

// standing is a clock that stands still.
type standing time.Time

func (c standing) Now() time.Time { return time.Time(c) }

// world is everything that the service stands on, in memory.
type world struct {
	mu        sync.Mutex
	accounts  map[string]domain.Account
	hashes    map[uuid.UUID]string
	throttles map[string]domain.Throttle
	operators map[string]domain.Operator
	taken     map[string]int
	// meanwhile happens while a hash is made.
	meanwhile func()
	sessions  []domain.Session
	actions   []string
	kept      int
	// hashing lists what was asked of the hasher.
	hashing []string
	// busy makes the hasher refuse, stale makes every hash an old one.
	busy, stale bool
	// full makes it turn away who asks for a place.
	full bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		accounts: map[string]domain.Account{}, hashes: map[uuid.UUID]string{}, throttles: map[string]domain.Throttle{},
	}
	contact, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	account := domain.Account{ID: domain.NewID(), Type: domain.AccountCitizen, Status: domain.AccountActive}
	w.accounts[contact.Key()] = account
	w.hashes[account.ID] = "hash of right"
	return w
}

func (w *world) service() *session.Service {
	return session.New(session.Parts{
		Tx: w, Sessions: sessions{w}, RefreshTokens: refreshTokens{}, Accounts: w, Throttles: throttles{w}, Journal: w,
		Operators: staff{w}, Payers: payers{w}, Terms: w, Limits: w, Phones: standing(noon()),
		Passwords: hasher{w}, Tokens: issuer{}, Clock: standing(noon()),
		Policies: domain.DefaultPolicies(),
	})
}

func noon() time.Time { return time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC) }

func (w *world) InTx(ctx context.Context, fn func(ctx context.Context) error) error { return fn(ctx) }

func (w *world) Get(_ context.Context, id uuid.UUID) (domain.Account, error) {
	for _, account := range w.accounts {
		if account.ID == id {
			return account, nil
		}
	}
	return domain.Account{}, apperr.New(apperr.NotFound)
}

func (w *world) Lock(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	return w.Get(ctx, id)
}

func (w *world) FindByContact(_ context.Context, c ident.Contact) (domain.Account, error) {
	account, found := w.accounts[c.Key()]
	if !found {
		return account, apperr.New(apperr.NotFound)
	}
	return account, nil
}

func (w *world) Credential(_ context.Context, id uuid.UUID) (domain.Credential, error) {
	if _, ok := w.hashes[id]; !ok {
		return domain.Credential{}, apperr.New(apperr.NotFound)
	}
	return domain.Credential{AccountID: id, Hash: w.hashes[id]}, nil
}

func (w *world) ReplaceHash(_ context.Context, id uuid.UUID, old, fresh string) error {
	if w.hashes[id] == old {
		w.hashes[id] = fresh
	}
	return nil
}

func (w *world) Record(_ context.Context, e domain.AuditEvent) error {
	w.actions = append(w.actions, e.Action)
	return nil
}

func (w *world) Enqueue(context.Context, domain.Message) error { return nil }

func (w *world) Keep(context.Context, any) error {
	w.kept++
	return nil
}

type sessions struct{ *world }

func (s sessions) Create(_ context.Context, v domain.Session) error {
	s.sessions = append(s.sessions, v)
	return nil
}

func (s sessions) Get(context.Context, uuid.UUID) (domain.Session, error) {
	return domain.Session{}, apperr.New(apperr.NotFound)
}

func (s sessions) Update(context.Context, uuid.UUID, func(*domain.Session) error) (domain.Session, error) {
	return domain.Session{}, apperr.New(apperr.NotFound)
}

func (s sessions) List(context.Context, uuid.UUID, time.Time, domain.Page) ([]domain.Session, error) {
	return nil, nil
}

type refreshTokens struct{}

func (refreshTokens) AddRefresh(context.Context, domain.RefreshToken) error { return nil }

func (refreshTokens) FindRefresh(context.Context, []byte) (domain.RefreshToken, error) {
	return domain.RefreshToken{}, apperr.New(apperr.NotFound)
}

func (refreshTokens) UseRefresh(context.Context, []byte, time.Time) error { return nil }

func (refreshTokens) UseAll(context.Context, uuid.UUID, time.Time) error { return nil }

type throttles struct{ *world }

func (t throttles) Update(_ context.Context, login, address string, fn func(*domain.Throttle) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	throttle := t.throttles[login+address]
	if err := fn(&throttle); err != nil {
		return err
	}
	t.throttles[login+address] = throttle
	return nil
}

// hasher counts its work, which is what an outsider could measure.
type hasher struct{ *world }

func (h hasher) work(what string) error {
	h.hashing = append(h.hashing, what)
	if h.busy {
		return apperr.New(apperr.Busy)
	}
	return nil
}

func (h hasher) Reserve(string) (leave func(), err error) {
	if h.full {
		return nil, apperr.New(apperr.Busy)
	}
	return func() {}, nil
}

func (h hasher) Hash(_ context.Context, plain string) (string, error) {
	if h.meanwhile != nil {
		h.meanwhile()
	}
	return "new hash of " + plain, h.work("hash")
}

func (h hasher) Verify(_ context.Context, hash, plain string) (ok, rehash bool, err error) {
	ok = hash == "hash of "+plain || hash == "new hash of "+plain
	return ok, ok && h.stale, h.work("compare")
}

func (h hasher) VerifyDummy(context.Context, string) error { return h.work("compare") }

type issuer struct{}

func (issuer) Issue(token.Claims) (string, time.Time, error) {
	return "access", time.Date(2026, time.March, 4, 12, 10, 0, 0, time.UTC), nil
}

func (issuer) Verify(string) (token.Claims, error) {
	return token.Claims{}, apperr.New(apperr.AccessTokenInvalid)
}

func signIn(login, password string) domain.SignIn {
	return domain.SignIn{
		AccountType: domain.AccountCitizen, Login: login, Password: password,
		Transport: domain.TransportBody, Caller: domain.Caller{Address: "192.0.2.1"},
	}
}

// Whoever has no account takes as much hashing as whoever has one, and leaves
// the same traces. // M26
func TestUnknownLoginTakesTheSameWork(t *testing.T) {
	t.Parallel()
	known := newWorld(t)
	_, want := known.service().SignIn(t.Context(), signIn("+79001234567", "wrong"))
	require.ErrorIs(t, want, errCredentials)
	require.Equal(t, []string{"compare"}, known.hashing)
	for _, in := range []domain.SignIn{
		signIn("+79009999999", "wrong"), signIn("nobody@example.org", "right"), signIn("no login at all", "right"), signIn("@", "right"),
		{AccountType: "payer", Login: "+79001234567", Password: "right"},
	} {
		w := newWorld(t)
		_, err := w.service().SignIn(t.Context(), in)
		require.Equal(t, want.Error(), err.Error(), in.Login)
		require.Equal(t, known.hashing, w.hashing, in.Login)
		require.Equal(t, known.actions, w.actions)
		require.Len(t, w.throttles, len(known.throttles))
		require.Empty(t, w.sessions)
	}
}

func TestRightPasswordOpensSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in, err := w.service().SignIn(t.Context(), signIn("8 900 123-45-67", "right"))
	require.NoError(t, err)
	require.Equal(t, []domain.Session{in.Session}, w.sessions)
	require.Equal(t, []string{"session.open"}, w.actions)
	require.Equal(t, 1, w.kept)
	require.Equal(t, []string{"compare"}, w.hashing)
	for _, throttle := range w.throttles {
		require.Equal(t, domain.Throttle{}, throttle)
	}
}

// Only who gives the right password learns that the account is closed, and why.
func TestFrozenAccount(t *testing.T) {
	t.Parallel()
	for status, code := range map[domain.AccountStatus]apperr.Code{
		domain.AccountSuspended: apperr.AccountSuspended, domain.AccountDeceased: apperr.AccountFrozen,
	} {
		w := newWorld(t)
		for key, account := range w.accounts {
			account.Status = status
			w.accounts[key] = account
		}
		_, err := w.service().SignIn(t.Context(), signIn("+79001234567", "wrong"))
		require.ErrorIs(t, err, errCredentials)
		_, err = w.service().SignIn(t.Context(), signIn("+79001234567", "right"))
		require.ErrorIs(t, err, apperr.New(code))
		require.Equal(t, []string{"compare", "compare"}, w.hashing)
		require.Empty(t, w.sessions)
		for _, throttle := range w.throttles {
			require.Equal(t, 1, throttle.Failures, "the right password is no failure")
		}
	}
}

// A hash of yesterday's cost is replaced, by the right password only.
func TestStaleHashIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stale = true
	_, err := w.service().SignIn(t.Context(), signIn("+79001234567", "wrong"))
	require.ErrorIs(t, err, errCredentials)
	require.Equal(t, []string{"compare"}, w.hashing)
	_, err = w.service().SignIn(t.Context(), signIn("+79001234567", "right"))
	require.NoError(t, err)
	require.Equal(t, []string{"compare", "compare", "hash"}, w.hashing)
	for _, hash := range w.hashes {
		require.Equal(t, "new hash of right", hash)
	}
}

// A password that was not looked at is no wrong one, whoever's it is.
func TestBusyHasherIsNoFailure(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"+79001234567", "nobody@example.org"} {
		w := newWorld(t)
		w.busy = true
		for range 50 {
			_, err := w.service().SignIn(t.Context(), signIn(login, "wrong"))
			require.ErrorIs(t, err, apperr.New(apperr.Busy))
		}
		require.Empty(t, w.actions)
		for _, throttle := range w.throttles {
			require.Zero(t, throttle.Failures)
			require.Zero(t, throttle.BlockedUntil)
		}
		w.busy = false
		_, err := w.service().SignIn(t.Context(), signIn(login, "wrong"))
		require.ErrorIs(t, err, errCredentials)
	}
}

// During the delay no password is looked at.
func TestDelayComparesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 6 {
		_, err := w.service().SignIn(t.Context(), signIn("+79001234567", "wrong"))
		require.ErrorIs(t, err, errCredentials)
	}
	for range 3 {
		_, err := w.service().SignIn(t.Context(), signIn("+79001234567", "right"))
		require.ErrorIs(t, err, apperr.New(apperr.SignInDelayed))
	}
	require.Len(t, w.hashing, 6)
	elsewhere := signIn("+79001234567", "right")
	elsewhere.Caller.Address = "192.0.2.2"
	_, err := w.service().SignIn(t.Context(), elsewhere)
	require.NoError(t, err)
}

// Who finds the queue full is turned away before anything is done.
func TestFullQueueTouchesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.full = true
	_, err := w.service().SignIn(t.Context(), signIn("+79001234567", "right"))
	require.ErrorIs(t, err, apperr.New(apperr.Busy))
	require.Empty(t, w.hashing)
	require.Empty(t, w.throttles)
}
