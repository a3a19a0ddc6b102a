package registry_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/testkit"
)

// A reference is good in any process and after any restart.
func TestPersonasGoOnInAnotherProcess(t *testing.T) {
	t.Parallel()
	for _, kind := range domain.CheckKinds() {
		clock := testkit.NewClock()
		slow, err := sandbox(kind, clock).Ask(t.Context(), question(kind, "606"))
		require.NoError(t, err)
		clock.Advance(20*time.Second - time.Microsecond)
		outcome, err := sandbox(kind, clock).Poll(t.Context(), slow)
		require.NoError(t, err)
		require.False(t, outcome.Done)
		clock.Advance(time.Microsecond)
		outcome, err = sandbox(kind, clock).Poll(t.Context(), slow)
		require.NoError(t, err)
		require.Equal(t, passed(), outcome)
	}
}

// Whether the question is asked anew or the reference is kept, before a restart
// and after it.
func TestAPersonaThatIsDownAtFirstComesBack(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	request := question(domain.CheckSNILS, "604")
	before, after := sandbox(domain.CheckSNILS, clock), sandbox(domain.CheckSNILS, clock)
	reference, err := before.Ask(t.Context(), request)
	require.NoError(t, err)
	_, err = before.Poll(t.Context(), reference)
	require.Error(t, err)
	for range 2 {
		_, err = after.Poll(t.Context(), reference)
		require.Error(t, err)
		clock.Advance(time.Minute)
		reference, err = after.Ask(t.Context(), request)
		require.NoError(t, err)
	}
	outcome, err := after.Poll(t.Context(), reference)
	require.NoError(t, err)
	require.Equal(t, passed(), outcome)
}

// A step that failed and is repeated gets the first answer again.
func TestThePersonaThatAnswersTwiceIsLate(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	register := sandbox(domain.CheckDocument, clock)
	reference, err := register.Ask(t.Context(), question(domain.CheckDocument, "607"))
	require.NoError(t, err)
	clock.Advance(24 * time.Hour)
	for _, want := range []domain.CheckOutcome{passed(), passed(), otherName(), otherName()} {
		outcome, err := register.Poll(t.Context(), reference)
		require.NoError(t, err)
		require.Equal(t, want, outcome)
		clock.Advance(5 * time.Minute)
	}
	outcome, err := sandbox(domain.CheckDocument, clock).Poll(t.Context(), reference)
	require.NoError(t, err)
	require.Equal(t, passed(), outcome, "who knows of no first answer gives it")
}

// Two people with the same number do not count for each other.
func TestQuestionsAreApart(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	register := sandbox(domain.CheckSNILS, clock)
	for i := range 3 {
		request := question(domain.CheckSNILS, "604")
		request.Key = fmt.Sprintf("case-%d", i)
		reference, err := register.Ask(t.Context(), request)
		require.NoError(t, err)
		for range 2 {
			_, err = register.Poll(t.Context(), reference)
			require.Error(t, err)
		}
		_, err = register.Poll(t.Context(), reference)
		require.NoError(t, err)
	}
}

// Memory does not grow with the questions.
func TestPersonasForget(t *testing.T) {
	t.Parallel()
	register := sandbox(domain.CheckSNILS, testkit.NewClock())
	ask := func(i int) string {
		request := question(domain.CheckSNILS, "604")
		request.Key = fmt.Sprintf("case-%d", i)
		reference, err := register.Ask(t.Context(), request)
		require.NoError(t, err)
		return reference
	}
	refused := 0
	for i := range 1001 {
		_, err := register.Poll(t.Context(), ask(i))
		require.Error(t, err)
	}
	for {
		if _, err := register.Poll(t.Context(), ask(0)); err == nil {
			break
		}
		refused++
	}
	require.Equal(t, 2, refused, "it was forgotten, and began anew")
}

// The persona is in the whole number, not in a part of it.
func TestNumbersThatLookLikePersonas(t *testing.T) {
	t.Parallel()
	for _, digits := range []string{"00060100000", "60100000061", "00000060166", "00100060100", "00000160100"} {
		snils, err := ident.ParseSNILS(digits)
		require.NoError(t, err)
		request := question(domain.CheckSNILS, "600")
		request.Subject.SNILS = snils
		reference, err := sandbox(domain.CheckSNILS, testkit.NewClock()).Ask(t.Context(), request)
		require.NoError(t, err)
		outcome, err := sandbox(domain.CheckSNILS, testkit.NewClock()).Poll(t.Context(), reference)
		require.NoError(t, err)
		require.Equal(t, digits != "00000060166", outcome.Result == domain.CheckPassed, digits)
	}
}

// What is missing is nobody's persona.
func TestAnEmptySubject(t *testing.T) {
	t.Parallel()
	for _, kind := range domain.CheckKinds() {
		reference, err := sandbox(kind, testkit.NewClock()).Ask(t.Context(), domain.CheckRequest{Kind: kind, Key: "k"})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(reference, "600."))
	}
}

func TestPersonasForManyAtOnce(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	register := sandbox(domain.CheckSNILS, clock)
	reference, err := register.Ask(t.Context(), question(domain.CheckSNILS, "604"))
	require.NoError(t, err)
	var mu sync.Mutex
	var all sync.WaitGroup
	refused := 0
	for range 50 {
		all.Go(func() {
			if _, err := register.Poll(t.Context(), reference); err != nil {
				mu.Lock()
				defer mu.Unlock()
				refused++
			}
		})
	}
	all.Wait()
	require.Equal(t, 2, refused)
}

// Every persona is in the table that frontends read.
func TestPersonasAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/sandbox.md")
	require.NoError(t, err)
	for number := 600; number <= 607; number++ {
		require.Contains(t, string(text), fmt.Sprintf("| `000-000-%d NN` | `000%d` |", number, number))
	}
}

// A person whose persona's register is down keeps nobody else from an answer.
func TestPersonasOpenNoBreaker(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	register := registry.NewBreaker(sandbox(domain.CheckSNILS, clock), clock)
	for range 20 {
		_, err := register.Ask(t.Context(), question(domain.CheckSNILS, "605"))
		require.ErrorContains(t, err, "down")
	}
	_, err := register.Ask(t.Context(), question(domain.CheckSNILS, "600"))
	require.NoError(t, err)
}
