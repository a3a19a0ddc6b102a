// Package repotest is what every engine has to keep to: one suite of tests that
// package repository runs on each of them.
package repotest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

// Run runs the whole suite. Every test gets a store over a fresh database from
// open, which also closes it.
func Run(t *testing.T, open func(t *testing.T) *repository.Store) {
	t.Helper()
	for _, group := range []map[string]func(*testing.T, *world){
		transactionTests(), registrationTests(), challengeTests(), accountTests(), sessionTests(),
		throttleTests(), messageTests(), auditTests(), limitTests(), answerTests(), leaseTests(), centreTests(),
		verificationTests(), claimTests(), insuredTests(), payerTests(), confirmationTests(), letterTests(), sandboxClockTests(), operatorTests(), deskTests(),
		calendarTests(), payerAccountTests(), payerApplicationTests(), edoDocumentTests(), registrationCardTests(),
		leftoverTests(),
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, newWorld(open(t)))
			})
		}
	}
}

// world is a store with all its repositories, and the makers of what is kept in
// them.
type world struct {
	store         *repository.Store
	registrations *repository.Registrations
	challenges    *repository.Challenges
	accounts      *repository.Accounts
	sessions      *repository.Sessions
	throttles     *repository.Throttles
	messages      *repository.Messages
	attempts      *repository.Attempts
	audit         *repository.Audit
	limits        *repository.Limits
	answers       *repository.Answers
	centres       *repository.Centres
	verifications *repository.Verifications
	personalData  *repository.PersonalData
	// now has microseconds: what both engines keep.
	now     time.Time
	numbers atomic.Int64
}

func newWorld(s *repository.Store) *world {
	return &world{
		store:         s,
		registrations: repository.NewRegistrations(s),
		challenges:    repository.NewChallenges(s),
		accounts:      repository.NewAccounts(s),
		sessions:      repository.NewSessions(s),
		throttles:     repository.NewThrottles(s),
		messages:      repository.NewMessages(s),
		attempts:      repository.NewAttempts(s),
		audit:         repository.NewAudit(s),
		limits:        repository.NewLimits(s),
		answers:       repository.NewAnswers(s),
		centres:       repository.NewCentres(s),
		verifications: repository.NewVerifications(s),
		personalData:  repository.NewPersonalData(s),
		now:           time.Date(2026, time.March, 4, 12, 0, 0, 123_456_000, time.UTC),
	}
}

// contact is a number that no other contact of this world has.
func (w *world) contact(t *testing.T) ident.Contact {
	t.Helper()
	return contactOf(t, fmt.Sprintf("+7900%07d", w.numbers.Add(1)))
}

func (w *world) registration(t *testing.T, c ident.Contact) domain.Registration {
	t.Helper()
	return domain.Registration{
		ID:         domain.NewID(),
		Status:     domain.RegistrationCodeSent,
		FamilyName: nameOf(t, "Салтыков-Щедрин"),
		GivenName:  nameOf(t, "O'Brien"),
		Contact:    c,
		Locale:     domain.LocaleRussian,
		TokenHash:  []byte("hash of a token"),
		CodesSent:  3,
		CreatedAt:  w.now,
		ExpiresAt:  w.now.Add(24 * time.Hour),
	}
}

func (w *world) challenge(subject uuid.UUID) domain.Challenge {
	return domain.Challenge{
		ID:           domain.NewID(),
		Purpose:      domain.PurposeRegistration,
		SubjectID:    subject,
		Status:       domain.ChallengeIssued,
		MAC:          []byte{0, 1, 2, 255},
		AttemptsLeft: 5,
		CreatedAt:    w.now,
		ExpiresAt:    w.now.Add(10 * time.Minute),
		ResendAt:     w.now.Add(time.Minute),
	}
}

// account is an account that is not stored yet, with its credential.
func (w *world) account(t *testing.T, c ident.Contact) (domain.Account, domain.Credential) {
	t.Helper()
	a := domain.NewCitizen(w.registration(t, c), w.now)
	return a, domain.Credential{AccountID: a.ID, Hash: "$argon2id$old", ChangedAt: w.now}
}

// session is a session that is not stored yet, of an account that is.
func (w *world) session(t *testing.T) domain.Session {
	t.Helper()
	a, c := w.account(t, w.contact(t))
	require.NoError(t, w.accounts.Create(t.Context(), a, c))
	return w.sessionOf(a.ID)
}

func (w *world) sessionOf(account uuid.UUID) domain.Session {
	return domain.Session{
		ID:         domain.NewID(),
		AccountID:  account,
		Status:     domain.SessionActive,
		Transport:  domain.TransportCookie,
		Scope:      domain.ScopeCabinet,
		UserAgent:  "Браузер/1.0",
		Address:    "2001:db8::7",
		CreatedAt:  w.now,
		LastUsedAt: w.now,
		IdleAt:     w.now.Add(30 * time.Minute),
		ExpiresAt:  w.now.Add(12 * time.Hour),
	}
}

func (w *world) message(t *testing.T, kind domain.MessageKind) domain.Message {
	t.Helper()
	m := domain.NewMessage(kind, w.contact(t), domain.LocaleEnglish, w.now)
	m.Code, m.ExpiresAt = "271828", w.now.Add(10*time.Minute)
	return m
}

func contactOf(t *testing.T, text string) ident.Contact {
	t.Helper()
	c, err := ident.ParseLogin(text)
	require.NoError(t, err)
	return c
}

func nameOf(t *testing.T, text string) ident.Name {
	t.Helper()
	n, err := ident.ParseName(text)
	require.NoError(t, err)
	return n
}

// atOnce calls fn so many times in parallel and returns the errors by their
// codes; the key of success is empty.
func atOnce(n int, fn func(i int) error) map[apperr.Code]int {
	var wg sync.WaitGroup
	failed := make([]error, n)
	for i := range n {
		wg.Go(func() { failed[i] = fn(i) })
	}
	wg.Wait()
	codes := map[apperr.Code]int{}
	for _, err := range failed {
		if err == nil {
			codes[""]++
			continue
		}
		codes[apperr.CodeOf(err)]++
	}
	return codes
}

func requireCode(t *testing.T, want apperr.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, apperr.CodeOf(err), "%v", err)
}

// in runs fn in a transaction and needs it to succeed.
func (w *world) in(t *testing.T, fn func(ctx context.Context)) {
	t.Helper()
	require.NoError(t, w.store.InTx(t.Context(), func(ctx context.Context) error {
		fn(ctx)
		return nil
	}))
}
