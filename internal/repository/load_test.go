package repository_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

// With two connections and 64 who want one at once, everything ends: nothing
// asks for a second connection while it holds one.
func TestSmallPoolDoesNotHang(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		if e == testkit.PostgreSQL {
			at = withPool(t, at, "2")
		}
		s := testkit.Open(t, at)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		crowd(ctx, t, s)
	})
}

// The same while jobs are worked on over the same two connections.
func TestSmallPoolWithWorkersDoesNotHang(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		if e == testkit.PostgreSQL {
			at = withPool(t, at, "2")
		}
		s := testkit.Open(t, at)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		worked := make(chan struct{}, 64)
		runner, err := s.Queue(sendConfig(repository.NewMessages(s), worked))
		require.NoError(t, err)
		require.NoError(t, runner.Start(ctx))
		crowd(ctx, t, s)
		for range 64 {
			select {
			case <-worked:
			case <-ctx.Done():
				require.Fail(t, "not all jobs were worked on")
			}
		}
		require.NoError(t, runner.Stop(ctx))
	})
}

// sendConfig has a worker that settles the message, as sending it would.
func sendConfig(messages *repository.Messages, worked chan<- struct{}) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[domain.SendMessage]) error {
		_, err := messages.Update(ctx, j.Args.MessageID, func(m *domain.Message) error {
			return m.Move(domain.MessageSend, time.Now())
		})
		if err == nil {
			worked <- struct{}{}
		}
		return err
	}))
	queue := river.QueueConfig{MaxWorkers: 8}
	return &river.Config{
		Queues:  map[string]river.QueueConfig{string(domain.QueueCodesSMS): queue, string(domain.QueueCodesEmail): queue, string(domain.QueueNotices): queue},
		Workers: workers,
		Logger:  slog.New(slog.DiscardHandler),
	}
}

// crowd does 64 units of mixed work at once, each of which sends one message.
func crowd(ctx context.Context, t *testing.T, s *repository.Store) {
	t.Helper()
	units := []func(context.Context, *testing.T, *repository.Store, person) error{register, signIn, limited}
	var wg sync.WaitGroup
	failed := make([]error, 64)
	for i := range failed {
		p := canary()
		p.login = fmt.Sprintf("+7900%07d", i)
		wg.Go(func() { failed[i] = units[i%len(units)](ctx, t, s, p) })
	}
	wg.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
}

func notice(kind domain.MessageKind, r domain.Registration) domain.Message {
	return domain.NewMessage(kind, r.Contact, domain.LocaleRussian, r.CreatedAt)
}

// register is one transaction over many repositories.
func register(ctx context.Context, t *testing.T, s *repository.Store, p person) error {
	t.Helper()
	r := p.registration(t)
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := repository.NewRegistrations(s).Create(ctx, r); err != nil {
			return err
		}
		if err := repository.NewChallenges(s).Issue(ctx, p.challenge(r.ID)); err != nil {
			return err
		}
		_, err := repository.NewLimits(s).Take(ctx, domain.DefaultPolicies().CodesPerDayLimit(), p.login, r.CreatedAt)
		if err != nil {
			return err
		}
		return repository.NewMessages(s).Enqueue(ctx, notice(domain.MessageRegistrationCode, r))
	})
}

// signIn is several transactions one after the other.
func signIn(ctx context.Context, t *testing.T, s *repository.Store, p person) error {
	t.Helper()
	r := p.registration(t)
	a := domain.NewCitizen(r, r.CreatedAt)
	accounts := repository.NewAccounts(s)
	if err := accounts.Create(ctx, a, domain.Credential{AccountID: a.ID, Hash: "old", ChangedAt: a.CreatedAt}); err != nil {
		return err
	}
	err := repository.NewThrottles(s).Update(ctx, p.login, p.address, func(v *domain.Throttle) error {
		return v.Attempt(a.CreatedAt, domain.DefaultPolicies())
	})
	if err != nil {
		return err
	}
	if _, err := accounts.FindByContact(ctx, r.Contact); err != nil {
		return err
	}
	if err := accounts.ReplaceHash(ctx, a.ID, "old", "new"); err != nil {
		return err
	}
	return repository.NewMessages(s).Enqueue(ctx, notice(domain.MessageSessionRevoked, r))
}

// limited changes a row and asks others within the change.
func limited(ctx context.Context, t *testing.T, s *repository.Store, p person) error {
	t.Helper()
	r := p.registration(t)
	registrations := repository.NewRegistrations(s)
	if err := registrations.Create(ctx, r); err != nil {
		return err
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		_, err := registrations.Update(ctx, r.ID, func(r *domain.Registration) error {
			r.CodesSent++
			return nil
		})
		if err != nil {
			return err
		}
		if _, err := registrations.CloseOthers(ctx, r, r.CreatedAt); err != nil {
			return err
		}
		return repository.NewMessages(s).Enqueue(ctx, notice(domain.MessageRegistrationAttempt, r))
	})
}
