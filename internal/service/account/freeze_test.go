package account_test

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
	"example.org/kabinet/internal/service/account"
)

// world is everything outside the service, with one account in it.
type world struct {
	account  domain.Account
	sessions []domain.Session
	voided   int
	// withdrawn counts how often what was under way was ended.
	withdrawn int
	events    []domain.AuditEvent
	messages  []domain.Message
	// trouble is what the step that it names fails with.
	trouble map[string]error
}

func (w *world) Now() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

func (w *world) Get(context.Context, uuid.UUID) (domain.Account, error) { return w.account, nil }

func (w *world) EndAll(_ context.Context, _ uuid.UUID, now time.Time) ([]domain.Session, error) {
	for i := range w.sessions {
		if err := w.sessions[i].Close(now); err != nil {
			return nil, err
		}
	}
	return w.sessions, w.trouble["sessions"]
}

func (w *world) Void(context.Context, uuid.UUID, domain.Caller) (bool, error) {
	w.voided++
	return true, w.trouble["void"]
}

func (w *world) Withdraw(context.Context, uuid.UUID, domain.Caller) error {
	w.withdrawn++
	return w.trouble["withdraw"]
}

func (w *world) Record(_ context.Context, e domain.AuditEvent) error {
	w.events = append(w.events, e)
	return w.trouble["record"]
}

func (w *world) Enqueue(_ context.Context, m domain.Message) error {
	w.messages = append(w.messages, m)
	return w.trouble["enqueue"]
}

func newWorld(t *testing.T, level domain.Level) (*world, *account.Service) {
	t.Helper()
	mail, err := ident.ParseLogin("person@example.org")
	require.NoError(t, err)
	number, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	proven := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	w := &world{trouble: map[string]error{}, account: domain.Account{
		ID: domain.NewID(), Type: domain.AccountCitizen, Status: domain.AccountActive, Level: level,
		Locale: domain.LocaleEnglish, Contacts: []domain.Contact{
			{Value: mail, ConfirmedAt: proven}, {Value: number, ConfirmedAt: proven}, {Value: number},
		},
	}}
	for range 3 {
		w.sessions = append(w.sessions, domain.Session{
			ID: domain.NewID(), Status: domain.SessionActive, IdleAt: w.Now().Add(time.Hour), ExpiresAt: w.Now().Add(time.Hour),
		})
	}
	return w, account.New(account.Parts{Accounts: w, Sessions: w, Confirmations: w, Journal: w, Clock: w})
}

func (w *world) actions() (all []string) {
	for _, e := range w.events {
		all = append(all, e.Action)
	}
	return all
}

func (w *world) event(on domain.AccountEvent) domain.AuditEvent {
	return domain.NewAuditEvent("account."+string(on), w.account.ID, domain.Caller{Address: "192.0.2.7"}, w.Now())
}

func TestMe(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t, domain.LevelStandard)
	a, err := s.Me(t.Context(), domain.Principal{AccountID: w.account.ID})
	require.NoError(t, err)
	require.Equal(t, w.account, a)
}

// Nothing of a suspended account works, and its owner learns where to turn to. What
// is proven is proven still when it is back.
func TestSuspension(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t, domain.LevelConfirmed)
	desk := domain.Desk{Operator: domain.Operator{ID: domain.NewID()}, Place: domain.ServiceCentre{ID: domain.NewID()}}
	event := w.event(domain.AccountSuspend).By(desk).Because("asked to by the owner")
	require.NoError(t, s.Freeze(t.Context(), &w.account, domain.AccountSuspend, event))
	require.Equal(t, domain.AccountSuspended, w.account.Status)
	require.Equal(t, domain.LevelConfirmed, w.account.Level)
	require.Zero(t, w.voided)
	require.Equal(t, 1, w.withdrawn)
	require.Equal(t, []string{"account.suspend", "session.close", "session.close", "session.close"}, w.actions())
	ids := map[uuid.UUID]bool{}
	for i, e := range w.events {
		ids[e.ID] = true
		require.Equal(t, w.account.ID, e.AccountID)
		require.Equal(t, []uuid.UUID{desk.Operator.ID, desk.Place.ID}, []uuid.UUID{e.OperatorID, e.PlaceID})
		require.Equal(t, i == 0, e.Reason != "", "the reason is said once")
	}
	require.Len(t, ids, 4)
	for _, session := range w.sessions {
		require.Equal(t, domain.SessionRevoked, session.Status)
	}
	require.Len(t, w.messages, 2, "every proven contact")
	require.Equal(t, domain.MessageAccountSuspended, w.messages[0].Kind)
	require.Equal(t, domain.LocaleEnglish, w.messages[0].Locale)

	err := s.Freeze(t.Context(), &w.account, domain.AccountSuspend, event)
	require.ErrorIs(t, err, apperr.New(apperr.InvalidTransition))
	require.Equal(t, 1, w.withdrawn)
	require.Len(t, w.events, 4)

	require.NoError(t, s.Thaw(t.Context(), &w.account, domain.AccountReinstate, w.event(domain.AccountReinstate)))
	require.Equal(t, domain.AccountActive, w.account.Status)
	require.Equal(t, "account.reinstate", w.events[4].Action)
	require.Equal(t, w.account.ID, w.events[4].AccountID)
	require.Equal(t, domain.MessageAccountReinstated, w.messages[3].Kind)
	require.Equal(t, domain.LevelConfirmed, w.account.Level)
	require.ErrorIs(t, s.Thaw(t.Context(), &w.account, domain.AccountReinstate, event), apperr.New(apperr.InvalidTransition))
}

// After a death nothing is proven any more; of it this tells nobody anything.
func TestDeath(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t, domain.LevelConfirmed)
	require.NoError(t, s.Freeze(t.Context(), &w.account, domain.AccountRecordDeath, w.event(domain.AccountRecordDeath)))
	require.Equal(t, domain.AccountDeceased, w.account.Status)
	require.Equal(t, []string{
		"account.record_death", "session.close", "session.close", "session.close", "account.doubt_identity",
	}, w.actions())
	require.Equal(t, domain.LevelStandard, w.account.Level)
	require.Equal(t, 1, w.voided)
	require.Empty(t, w.messages)
	require.NoError(t, s.Thaw(t.Context(), &w.account, domain.AccountUndoDeath, w.event(domain.AccountUndoDeath)))
	require.Equal(t, domain.MessageAccountReinstated, w.messages[0].Kind)
}

// A step that fails is the end, for the caller to roll back.
func TestTrouble(t *testing.T) {
	t.Parallel()
	for step, on := range map[string]domain.AccountEvent{
		"sessions": domain.AccountSuspend, "withdraw": domain.AccountSuspend, "record": domain.AccountSuspend,
		"enqueue": domain.AccountSuspend, "void": domain.AccountRecordDeath,
	} {
		w, s := newWorld(t, domain.LevelConfirmed)
		w.trouble[step] = errors.New("the disk is full")
		err := s.Freeze(t.Context(), &w.account, on, w.event(on))
		require.Same(t, w.trouble[step], err, step)
	}
}
