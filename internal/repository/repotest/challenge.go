package repotest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func challengeTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"challenge/comes back as it was":             challengeComesBack,
		"challenge/every state can be kept":          challengeStates,
		"challenge/issue supersedes":                 challengeSupersedes,
		"challenge/issues at once leave one":         challengeIssuesAtOnce,
		"challenge/spend":                            challengeSpend,
		"challenge/nothing to spend":                 challengeNothingToSpend,
		"challenge/guesses at once get the attempts": challengeSpendAtOnce,
		"challenge/is solved once":                   challengeSolvedOnce,
		"challenge/unknown":                          challengeUnknown,
	}
}

func challengeComesBack(t *testing.T, w *world) {
	t.Helper()
	want := w.challenge(domain.NewID())
	require.NoError(t, w.challenges.Issue(t.Context(), want))
	got, err := w.challenges.Current(t.Context(), want.Purpose, want.SubjectID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func challengeStates(t *testing.T, w *world) {
	t.Helper()
	for _, status := range domain.ChallengeStatuses() {
		c := w.challenge(domain.NewID())
		c.Status = status
		require.NoError(t, w.challenges.Issue(t.Context(), c))
	}
}

func challengeSupersedes(t *testing.T, w *world) {
	t.Helper()
	first, other := w.challenge(domain.NewID()), w.challenge(domain.NewID())
	second, third := w.challenge(first.SubjectID), w.challenge(first.SubjectID)
	for _, c := range []domain.Challenge{first, other, second, third} {
		require.NoError(t, w.challenges.Issue(t.Context(), c))
	}
	current, err := w.challenges.Current(t.Context(), first.Purpose, first.SubjectID)
	require.NoError(t, err)
	require.Equal(t, third, current, "of the same moment, the one made last")
	for _, old := range []domain.Challenge{first, second} {
		got, spent, err := w.challenges.Spend(t.Context(), old.ID, w.now)
		require.NoError(t, err)
		require.False(t, spent)
		require.Equal(t, domain.ChallengeSuperseded, got.Status)
	}
	untouched, err := w.challenges.Current(t.Context(), other.Purpose, other.SubjectID)
	require.NoError(t, err)
	require.Equal(t, other, untouched)
}

func challengeIssuesAtOnce(t *testing.T, w *world) {
	t.Helper()
	subject := domain.NewID()
	var all [20]domain.Challenge
	for i := range all {
		all[i] = w.challenge(subject)
	}
	codes := atOnce(len(all), func(i int) error { return w.challenges.Issue(t.Context(), all[i]) })
	require.Positive(t, codes[""])
	require.Equal(t, len(all), codes[""]+codes[apperr.ServiceUnavailable], "%v", codes)
	issued := 0
	for _, c := range all {
		_, spent, err := w.challenges.Spend(t.Context(), c.ID, w.now)
		if err == nil && spent {
			issued++
		}
	}
	require.Equal(t, 1, issued)
}

func challengeSpend(t *testing.T, w *world) {
	t.Helper()
	c := w.challenge(domain.NewID())
	require.NoError(t, w.challenges.Issue(t.Context(), c))
	for range 5 {
		got, spent, err := w.challenges.Spend(t.Context(), c.ID, w.now)
		require.NoError(t, err)
		require.True(t, spent)
		c.AttemptsLeft--
		require.Equal(t, c, got)
	}
	got, spent, err := w.challenges.Spend(t.Context(), c.ID, w.now)
	require.NoError(t, err)
	require.False(t, spent)
	require.Equal(t, c, got)
}

func challengeNothingToSpend(t *testing.T, w *world) {
	t.Helper()
	c := w.challenge(domain.NewID())
	require.NoError(t, w.challenges.Issue(t.Context(), c))
	_, spent, err := w.challenges.Spend(t.Context(), c.ID, c.ExpiresAt)
	require.NoError(t, err)
	require.False(t, spent, "its time is over")
	_, spent, err = w.challenges.Spend(t.Context(), c.ID, c.ExpiresAt.Add(-time.Microsecond))
	require.NoError(t, err)
	require.True(t, spent, "its time is not over yet")
	_, err = w.challenges.Update(t.Context(), c.ID, (*domain.Challenge).Solve)
	require.NoError(t, err)
	got, spent, err := w.challenges.Spend(t.Context(), c.ID, w.now)
	require.NoError(t, err)
	require.False(t, spent, "it is solved")
	require.Equal(t, domain.ChallengeSolved, got.Status)
}

// challengeSpendAtOnce is the promise that wrong attempts never exceed the
// limit, whatever runs in parallel.
func challengeSpendAtOnce(t *testing.T, w *world) {
	t.Helper()
	c := w.challenge(domain.NewID())
	require.NoError(t, w.challenges.Issue(t.Context(), c))
	var spent atomic.Int64
	codes := atOnce(100, func(int) error {
		_, ok, err := w.challenges.Spend(t.Context(), c.ID, w.now)
		if ok {
			spent.Add(1)
		}
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 100}, codes)
	require.EqualValues(t, 5, spent.Load())
}

func challengeSolvedOnce(t *testing.T, w *world) {
	t.Helper()
	c := w.challenge(domain.NewID())
	require.NoError(t, w.challenges.Issue(t.Context(), c))
	codes := atOnce(30, func(int) error {
		_, err := w.challenges.Update(t.Context(), c.ID, (*domain.Challenge).Solve)
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 29}, codes)
}

func challengeUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.challenges.Current(t.Context(), domain.PurposeRegistration, domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, _, err = w.challenges.Spend(t.Context(), domain.NewID(), w.now)
	requireCode(t, apperr.NotFound, err)
	_, err = w.challenges.Update(t.Context(), domain.NewID(), (*domain.Challenge).Solve)
	requireCode(t, apperr.NotFound, err)
}
