package repotest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func sessionTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"session/comes back as it was":       sessionComesBack,
		"session/every state can be kept":    sessionStates,
		"session/unknown":                    sessionUnknown,
		"session/update":                     sessionUpdate,
		"session/list":                       sessionList,
		"session/list in pages":              sessionPages,
		"session/needs an account":           sessionNeedsAccount,
		"session/all but one end":            sessionEndOthers,
		"session/scope":                      sessionScope,
		"session/refresh token":              sessionRefresh,
		"session/refresh token is used once": sessionRefreshOnce,
		"session/refresh tokens of one end":  sessionUseAll,
	}
}

func sessionComesBack(t *testing.T, w *world) {
	t.Helper()
	want := w.session(t)
	require.NoError(t, w.sessions.Create(t.Context(), want))
	got, err := w.sessions.Get(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	bare := w.sessionOf(want.AccountID)
	bare.UserAgent, bare.Address, bare.Transport = "", "", domain.TransportBody
	require.NoError(t, w.sessions.Create(t.Context(), bare))
	got, err = w.sessions.Get(t.Context(), bare.ID)
	require.NoError(t, err)
	require.Equal(t, bare, got)
}

func sessionStates(t *testing.T, w *world) {
	t.Helper()
	first := w.session(t)
	for _, status := range domain.SessionStatuses() {
		s := w.sessionOf(first.AccountID)
		s.Status = status
		require.NoError(t, w.sessions.Create(t.Context(), s))
	}
}

func sessionUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.sessions.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, err = w.sessions.FindRefresh(t.Context(), []byte("none"))
	requireCode(t, apperr.NotFound, err)
	list, err := w.sessions.List(t.Context(), domain.NewID(), w.now, domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, list)
}

func sessionUpdate(t *testing.T, w *world) {
	t.Helper()
	s := w.session(t)
	require.NoError(t, w.sessions.Create(t.Context(), s))
	later := w.now.Add(time.Minute)
	got, err := w.sessions.Update(t.Context(), s.ID, func(s *domain.Session) error {
		return s.Refresh(later, time.Hour)
	})
	require.NoError(t, err)
	s.LastUsedAt, s.IdleAt = later, later.Add(time.Hour)
	require.Equal(t, s, got)
	stored, err := w.sessions.Get(t.Context(), s.ID)
	require.NoError(t, err)
	require.Equal(t, s, stored)
}

func sessionList(t *testing.T, w *world) {
	t.Helper()
	mine, others := w.session(t), w.session(t)
	ended := w.sessionOf(mine.AccountID)
	ended.Status = domain.SessionSignedOut
	newer := w.sessionOf(mine.AccountID)
	newer.CreatedAt = w.now.Add(500 * time.Millisecond)
	idle, over := w.sessionOf(mine.AccountID), w.sessionOf(mine.AccountID)
	idle.IdleAt, over.ExpiresAt = w.now, w.now
	for _, s := range []domain.Session{newer, mine, others, ended, idle, over} {
		require.NoError(t, w.sessions.Create(t.Context(), s))
	}
	got, err := w.sessions.List(t.Context(), mine.AccountID, w.now, domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Session{newer, mine}, got)
}

// sessionPages reads a list page by page, over sessions of the same and of
// different moments, and gets each one once.
func sessionPages(t *testing.T, w *world) {
	t.Helper()
	var want []domain.Session
	first := w.session(t)
	for i := range 7 {
		s := w.sessionOf(first.AccountID)
		s.CreatedAt = w.now.Add(time.Duration(i/3) * time.Microsecond)
		require.NoError(t, w.sessions.Create(t.Context(), s))
		want = append([]domain.Session{s}, want...)
	}
	var got []domain.Session
	page := domain.Page{Limit: 2}
	for {
		part, err := w.sessions.List(t.Context(), first.AccountID, w.now, page)
		require.NoError(t, err)
		if len(part) == 0 {
			break
		}
		got = append(got, part...)
		last := part[len(part)-1]
		page.After = &domain.Position{CreatedAt: last.CreatedAt, ID: last.ID}
	}
	require.Equal(t, want, got)
}

func sessionNeedsAccount(t *testing.T, w *world) {
	t.Helper()
	require.Error(t, w.sessions.Create(t.Context(), w.sessionOf(domain.NewID())))
	token := domain.RefreshToken{Hash: []byte("h"), SessionID: domain.NewID(), CreatedAt: w.now}
	require.Error(t, w.sessions.AddRefresh(t.Context(), token))
}

// sessionEndOthers ends what is alive of an account, but for the session that
// asks for it.
func sessionEndOthers(t *testing.T, w *world) {
	t.Helper()
	mine, others := w.session(t), w.session(t)
	second, idle, out := w.sessionOf(mine.AccountID), w.sessionOf(mine.AccountID), w.sessionOf(mine.AccountID)
	idle.IdleAt, out.Status = w.now, domain.SessionSignedOut
	for _, s := range []domain.Session{mine, others, second, idle, out} {
		require.NoError(t, w.sessions.Create(t.Context(), s))
	}
	w.in(t, func(ctx context.Context) {
		ended, err := w.sessions.EndOthers(ctx, mine.AccountID, mine.ID, w.now)
		require.NoError(t, err)
		second.Status = domain.SessionRevoked
		require.Equal(t, []domain.Session{second}, ended)
	})
	for _, want := range []domain.Session{mine, others, second, idle, out} {
		got, err := w.sessions.Get(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	w.in(t, func(ctx context.Context) {
		ended, err := w.sessions.EndOthers(ctx, mine.AccountID, mine.ID, w.now)
		require.NoError(t, err)
		require.Empty(t, ended)
	})
}

func sessionScope(t *testing.T, w *world) {
	t.Helper()
	account := w.person(t).ID
	for scope, reason := range map[domain.SessionScope]domain.ScopeReason{
		domain.ScopePasswordChange: domain.ScopeForCard, domain.ScopeTerms: domain.ScopeForTerms, domain.ScopeCabinet: "",
	} {
		s := w.sessionOf(account)
		s.Scope, s.ScopeReason = scope, reason
		require.NoError(t, w.sessions.Create(t.Context(), s))
		got, err := w.sessions.Get(t.Context(), s.ID)
		require.NoError(t, err)
		require.Equal(t, s, got)
		_, err = w.sessions.Update(t.Context(), s.ID, func(s *domain.Session) error { return s.Widen(w.now) })
		require.NoError(t, err)
		got, err = w.sessions.Get(t.Context(), s.ID)
		require.NoError(t, err)
		s.Scope, s.ScopeReason = domain.ScopeCabinet, ""
		require.Equal(t, s, got)
	}
	unknown := w.sessionOf(account)
	unknown.Scope = "everything"
	require.Error(t, w.sessions.Create(t.Context(), unknown))
}

func sessionRefresh(t *testing.T, w *world) {
	t.Helper()
	s := w.session(t)
	require.NoError(t, w.sessions.Create(t.Context(), s))
	var tokens []domain.RefreshToken
	for i := range 2 {
		hash := []byte(fmt.Sprintf("hash %d", i))
		tokens = append(tokens, domain.RefreshToken{Hash: hash, SessionID: s.ID, CreatedAt: w.now})
		require.NoError(t, w.sessions.AddRefresh(t.Context(), tokens[i]))
	}
	require.NoError(t, w.sessions.UseRefresh(t.Context(), tokens[0].Hash, w.now.Add(time.Second)))
	tokens[0].UsedAt = w.now.Add(time.Second)
	for _, want := range tokens {
		got, err := w.sessions.FindRefresh(t.Context(), want.Hash)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func sessionRefreshOnce(t *testing.T, w *world) {
	t.Helper()
	s := w.session(t)
	require.NoError(t, w.sessions.Create(t.Context(), s))
	token := domain.RefreshToken{Hash: []byte("hash"), SessionID: s.ID, CreatedAt: w.now}
	require.NoError(t, w.sessions.AddRefresh(t.Context(), token))
	codes := atOnce(30, func(i int) error {
		return w.sessions.UseRefresh(t.Context(), token.Hash, w.now.Add(time.Duration(i)*time.Second))
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.RefreshTokenReused: 29}, codes)
}

// sessionUseAll spends what one session has, and not again what is spent.
func sessionUseAll(t *testing.T, w *world) {
	t.Helper()
	mine, other := w.session(t), w.session(t)
	require.NoError(t, w.sessions.Create(t.Context(), mine))
	require.NoError(t, w.sessions.Create(t.Context(), other))
	for hash, s := range map[string]domain.Session{"used": mine, "fresh": mine, "other": other} {
		require.NoError(t, w.sessions.AddRefresh(t.Context(), domain.RefreshToken{Hash: []byte(hash), SessionID: s.ID, CreatedAt: w.now}))
	}
	require.NoError(t, w.sessions.UseRefresh(t.Context(), []byte("used"), w.now))
	later := w.now.Add(time.Minute)
	require.NoError(t, w.sessions.UseAll(t.Context(), mine.ID, later))
	for hash, want := range map[string]time.Time{"used": w.now, "fresh": later, "other": {}} {
		got, err := w.sessions.FindRefresh(t.Context(), []byte(hash))
		require.NoError(t, err)
		require.Equal(t, want, got.UsedAt, hash)
	}
}
