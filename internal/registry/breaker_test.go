package registry_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/testkit"
)

// stub is a register whose every call is one function.
type stub func() error

func (s stub) Ask(context.Context, domain.CheckRequest) (string, error) { return "r", s() }

func (s stub) Poll(context.Context, string) (domain.CheckOutcome, error) { return passed(), s() }

var errDown = errors.New("down")

// switchable is a register that can be told what to say, and counts its calls.
type switchable struct {
	mu    sync.Mutex
	err   error
	calls int
}

func (s *switchable) say(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *switchable) call() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return s.err
}

func newBreaker() (*registry.Breaker, *switchable, *testkit.Clock) {
	s, clock := &switchable{}, testkit.NewClock()
	return registry.NewBreaker(stub(s.call), clock), s, clock
}

func pollOnce(t *testing.T, b *registry.Breaker) error {
	t.Helper()
	_, err := b.Poll(t.Context(), "r")
	return err
}

// fail makes calls fail until the breaker is open.
func fail(t *testing.T, b *registry.Breaker, s *switchable) {
	t.Helper()
	s.say(errDown)
	for range 5 {
		require.ErrorIs(t, pollOnce(t, b), errDown)
	}
	require.ErrorIs(t, pollOnce(t, b), registry.ErrOpen)
}

func TestABreakerHandsOver(t *testing.T) {
	t.Parallel()
	b, s, _ := newBreaker()
	reference, err := b.Ask(t.Context(), question(domain.CheckSNILS, "600"))
	require.NoError(t, err)
	require.Equal(t, "r", reference)
	outcome, err := b.Poll(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, passed(), outcome)
	require.Equal(t, 2, s.calls)
}

// Both calls count, and both are spared.
func TestABreakerOpensAfterFiveFailuresInARow(t *testing.T) {
	t.Parallel()
	b, s, _ := newBreaker()
	s.say(errDown)
	for range 2 {
		_, err := b.Ask(t.Context(), question(domain.CheckSNILS, "600"))
		require.ErrorIs(t, err, errDown)
		require.ErrorIs(t, pollOnce(t, b), errDown)
	}
	require.ErrorIs(t, pollOnce(t, b), errDown)
	reference, err := b.Ask(t.Context(), question(domain.CheckSNILS, "600"))
	require.ErrorIs(t, err, registry.ErrOpen)
	require.NotErrorIs(t, err, registry.ErrAnswered)
	require.Empty(t, reference)
	outcome, err := b.Poll(t.Context(), "r")
	require.ErrorIs(t, err, registry.ErrOpen)
	require.Zero(t, outcome)
	require.Equal(t, 5, s.calls)
}

func TestOneSuccessForgivesTheFailuresBefore(t *testing.T) {
	t.Parallel()
	b, s, _ := newBreaker()
	for range 10 {
		s.say(errDown)
		for range 4 {
			require.ErrorIs(t, pollOnce(t, b), errDown)
		}
		s.say(nil)
		require.NoError(t, pollOnce(t, b))
	}
}

// A register that works, but cannot check one person, is available to others.
func TestErrorsAboutOneQuestionDoNotOpenABreaker(t *testing.T) {
	t.Parallel()
	b, s, _ := newBreaker()
	s.say(errors.Join(errDown, registry.ErrAnswered))
	for range 20 {
		require.ErrorIs(t, pollOnce(t, b), registry.ErrAnswered)
	}
}

func TestACallerThatHasGoneIsNoFailure(t *testing.T) {
	t.Parallel()
	b, s, _ := newBreaker()
	s.say(context.Canceled)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		_, err := b.Poll(ctx, "r")
		require.ErrorIs(t, err, context.Canceled)
	}
	s.say(nil)
	require.NoError(t, pollOnce(t, b))
}

// A register that hangs is down.
func TestADeadlineIsAFailure(t *testing.T) {
	t.Parallel()
	b, s, _ := newBreaker()
	s.say(context.DeadlineExceeded)
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for range 5 {
		_, err := b.Poll(ctx, "r")
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	require.ErrorIs(t, pollOnce(t, b), registry.ErrOpen)
}

func TestABreakerTriesAgainAfterHalfAMinute(t *testing.T) {
	t.Parallel()
	b, s, clock := newBreaker()
	require.False(t, b.Down())
	fail(t, b, s)
	for range 3 {
		require.True(t, b.Down())
		clock.Advance(30*time.Second - time.Microsecond)
		require.ErrorIs(t, pollOnce(t, b), registry.ErrOpen)
		clock.Advance(time.Microsecond)
		require.ErrorIs(t, pollOnce(t, b), errDown, "a single call goes through")
		require.ErrorIs(t, pollOnce(t, b), registry.ErrOpen, "and its failure closes the way")
	}
	require.Equal(t, 8, s.calls)
	clock.Advance(30 * time.Second)
	s.say(nil)
	for range 10 {
		require.NoError(t, pollOnce(t, b))
	}
	require.False(t, b.Down())
	fail(t, b, s)
}

// However many wait, one of them finds out whether the register is back.
func TestASingleCallTries(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	entered, release := make(chan struct{}), make(chan struct{})
	down.Store(true)
	clock := testkit.NewClock()
	b := registry.NewBreaker(stub(func() error {
		if down.Load() {
			return errDown
		}
		entered <- struct{}{}
		<-release
		return nil
	}), clock)
	for range 5 {
		require.ErrorIs(t, pollOnce(t, b), errDown)
	}
	clock.Advance(time.Minute)
	down.Store(false)
	single := make(chan error)
	go func() {
		_, err := b.Poll(t.Context(), "r")
		single <- err
	}()
	<-entered
	var others sync.WaitGroup
	for range 20 {
		others.Go(func() {
			_, err := b.Poll(t.Context(), "r")
			if !errors.Is(err, registry.ErrOpen) {
				t.Error(err)
			}
		})
	}
	others.Wait()
	close(release)
	require.NoError(t, <-single)
	go func() { <-entered }()
	require.NoError(t, pollOnce(t, b))
}

// A single call that ends without a lesson leaves its place to the next.
func TestTheSingleCallsPlaceIsNeverLost(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*registry.Breaker){
		"the caller goes": func(b *registry.Breaker) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := b.Poll(ctx, "r")
			require.ErrorIs(t, err, errDown)
		},
		"it panics": func(b *registry.Breaker) {
			require.Panics(t, func() { _, _ = b.Poll(t.Context(), "panic") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, clock := &switchable{}, testkit.NewClock()
			b := registry.NewBreaker(panicking{stub(s.call)}, clock)
			fail(t, b, s)
			clock.Advance(30 * time.Second)
			behave(b)
			s.say(nil)
			require.NoError(t, pollOnce(t, b))
		})
	}
}

type panicking struct{ stub }

func (p panicking) Poll(ctx context.Context, reference string) (domain.CheckOutcome, error) {
	if reference == "panic" {
		panic(reference)
	}
	return p.stub.Poll(ctx, reference)
}

// Whatever happens, a register that is back is used again within half a minute,
// and one that is down is called at most five times and then twice a minute.
func TestABreakerInTheLongRun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		b, s, clock := newBreaker()
		inARow, lastFailure := 0, clock.Now()
		for range rapid.IntRange(1, 200).Draw(r, "steps") {
			clock.Advance(time.Duration(rapid.IntRange(0, 40).Draw(r, "seconds")) * time.Second)
			down := rapid.Bool().Draw(r, "down")
			s.say(map[bool]error{true: errDown}[down])
			spared := inARow >= 5 && clock.Now().Before(lastFailure.Add(30*time.Second))
			_, err := b.Poll(t.Context(), "r")
			switch {
			case spared:
				require.ErrorIs(r, err, registry.ErrOpen)
			case down:
				require.ErrorIs(r, err, errDown)
				inARow++
				lastFailure = clock.Now()
			default:
				require.NoError(r, err)
				inARow = 0
			}
		}
	})
}

func TestABreakerUnderLoad(t *testing.T) {
	t.Parallel()
	b, s, clock := newBreaker()
	s.say(errDown)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 20 {
				_, _ = b.Poll(t.Context(), "r")
				_, _ = b.Ask(t.Context(), question(domain.CheckSNILS, "600"))
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, s.calls, 5+50, "those that were under way when it opened")
	clock.Advance(time.Minute)
	s.say(nil)
	require.NoError(t, pollOnce(t, b))
}
