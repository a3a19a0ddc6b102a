package model_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.org/kabinet/internal/domain"
)

// reached counts where the sequences have come, so that nobody takes sequences
// that never get anywhere for a proof.
type reached struct {
	mu    sync.Mutex
	times map[string]int
}

// add counts the states of a snapshot.
func (r *reached) add(v snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range v.nouns {
		r.times[n.kind+" "+n.status]++
		if n.kind == "account" {
			r.times["level "+n.more]++
		}
	}
}

// enough is how many sequences come everywhere.
const enough = 5000

// require holds what was reached against what there is.
func (r *reached) require(t *testing.T, played int64) {
	t.Helper()
	for _, state := range slices.Sorted(maps.Keys(r.times)) {
		t.Logf("%7d %s", r.times[state], state)
	}
	if played < enough {
		return
	}
	for _, state := range slices.Concat(
		named("account ", domain.AccountStatuses()), named("level ", domain.Levels()),
		named("case ", domain.VerificationStatuses()), named("confirmation ", domain.ConfirmationStatuses()),
		named("letter ", domain.LetterStatuses()), named("approval ", domain.ApprovalStatuses()),
	) {
		assert.Positive(t, r.times[state], "no sequence has reached %s", state)
	}
}

func named[S ~string](kind string, statuses []S) []string {
	var all []string
	for _, status := range statuses {
		all = append(all, kind+string(status))
	}
	return all
}
