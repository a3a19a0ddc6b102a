package registry_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/testkit"
)

// What holds of every register, whatever is behind it: the clients of both
// gateways before a server that keeps to the documented contract, and both
// registers of the sandbox, each also behind a breaker.
func TestEveryRegister(t *testing.T) {
	t.Parallel()
	for _, kind := range domain.CheckKinds() {
		t.Run("gateway/"+string(kind), func(t *testing.T) {
			t.Parallel()
			testRegister(t, kind, func(t *testing.T, clock registry.Clock) registry.Register {
				t.Helper()
				g, err := gateway(kind, registry.GatewayConfig{URL: newFake(t, clock)})
				require.NoError(t, err)
				return g
			})
		})
		t.Run("sandbox/"+string(kind), func(t *testing.T) {
			t.Parallel()
			testRegister(t, kind, func(_ *testing.T, clock registry.Clock) registry.Register {
				return sandbox(kind, clock)
			})
		})
		t.Run("breaker/"+string(kind), func(t *testing.T) {
			t.Parallel()
			testRegister(t, kind, func(_ *testing.T, clock registry.Clock) registry.Register {
				return registry.NewBreaker(sandbox(kind, clock), clock)
			})
		})
	}
}

// opened is a register with the clock that it goes by.
type opened struct {
	registry.Register
	kind  domain.CheckKind
	clock *testkit.Clock
}

func testRegister(t *testing.T, kind domain.CheckKind, open func(*testing.T, registry.Clock) registry.Register) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, opened){
		"results":               testResults,
		"down at first":         testDownAtFirst,
		"down":                  testDown,
		"slow":                  testSlow,
		"answers twice":         testAnswersTwice,
		"asked twice":           testAskedTwice,
		"unknown reference":     testUnknownReference,
		"question of the other": testOtherKind,
		"caller has gone":       testCallerHasGone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := testkit.NewClock()
			test(t, opened{open(t, clock), kind, clock})
		})
	}
}

func (r opened) ask(t *testing.T, number string) string {
	t.Helper()
	reference, err := r.Ask(t.Context(), question(r.kind, number))
	require.NoError(t, err)
	require.NotEmpty(t, reference)
	require.LessOrEqual(t, len(reference), 200)
	requireConfidential(t, number, reference)
	return reference
}

func (r opened) poll(t *testing.T, reference string) domain.CheckOutcome {
	t.Helper()
	outcome, err := r.Poll(t.Context(), reference)
	require.NoError(t, err)
	return outcome
}

// The person learns what to correct, and nothing that the register holds (M05).
func testResults(t *testing.T, r opened) {
	t.Helper()
	mine := []string{own(r.kind)}
	for number, want := range map[string]domain.CheckOutcome{
		"600": passed(),
		"601": {Done: true, Result: domain.CheckNotFound, Fields: mine},
		"602": otherName(),
		"603": {Done: true, Result: domain.CheckDeceased},
		"608": passed(),
		"599": passed(),
		"123": passed(),
	} {
		reference := r.ask(t, number)
		require.Equal(t, want, r.poll(t, reference), number)
		require.Equal(t, want, r.poll(t, reference), "%s again", number)
	}
}

// A register that is down delays a check, and never fails it (M05).
func testDownAtFirst(t *testing.T, r opened) {
	t.Helper()
	refused := 0
	for {
		reference, err := r.Ask(t.Context(), question(r.kind, "604"))
		outcome := domain.CheckOutcome{}
		if err == nil {
			outcome, err = r.Poll(t.Context(), reference)
		}
		if err == nil {
			require.Equal(t, passed(), outcome)
			require.Equal(t, passed(), r.poll(t, reference), "and it stays so")
			break
		}
		requireConfidential(t, "604", err.Error())
		refused++
		require.LessOrEqual(t, refused, 2)
		r.clock.Advance(time.Minute)
	}
	require.Equal(t, 2, refused)
}

func testDown(t *testing.T, r opened) {
	t.Helper()
	for range 4 { // a real one's breaker opens at five
		_, err := r.Ask(t.Context(), question(r.kind, "605"))
		require.Error(t, err)
		require.NotErrorIs(t, err, registry.ErrOpen)
		requireConfidential(t, "605", err.Error())
		r.clock.Advance(24 * time.Hour)
	}
}

func testSlow(t *testing.T, r opened) {
	t.Helper()
	reference := r.ask(t, "606")
	for range 20 {
		require.Equal(t, domain.CheckOutcome{}, r.poll(t, reference))
		r.clock.Advance(time.Second)
	}
	require.Equal(t, passed(), r.poll(t, reference))
}

// What comes later is handed over as it is; whoever has an answer stops asking.
func testAnswersTwice(t *testing.T, r opened) {
	t.Helper()
	reference := r.ask(t, "607")
	require.Equal(t, passed(), r.poll(t, reference))
	r.clock.Advance(time.Hour)
	require.Equal(t, otherName(), r.poll(t, reference))
}

func testAskedTwice(t *testing.T, r opened) {
	t.Helper()
	first, second := r.ask(t, "600"), r.ask(t, "600")
	require.Equal(t, first, second)
	require.Equal(t, passed(), r.poll(t, second))
	require.Equal(t, passed(), r.poll(t, first))
}

func testUnknownReference(t *testing.T, r opened) {
	t.Helper()
	for _, reference := range []string{"unknown", "600.x.y", "", ".", "..", "a/b", "a?b", "а", "\x00"} {
		outcome, err := r.Poll(t.Context(), reference)
		require.ErrorIs(t, err, registry.ErrAnswered, reference)
		require.Zero(t, outcome)
	}
}

// One register's data never reach the other.
func testOtherKind(t *testing.T, r opened) {
	t.Helper()
	for _, kind := range append(domain.CheckKinds(), "other") {
		if kind == r.kind {
			continue
		}
		_, err := r.Ask(t.Context(), question(kind, "600"))
		require.ErrorContains(t, err, "cannot check "+string(kind))
	}
}

func testCallerHasGone(t *testing.T, r opened) {
	t.Helper()
	reference := r.ask(t, "600")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Ask(ctx, question(r.kind, "600"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = r.Poll(ctx, reference)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, passed(), r.poll(t, reference), "nobody else is affected")
}
