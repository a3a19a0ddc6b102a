package model_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

var (
	sequences = flag.Int("sequences", many, "how many sequences of events are played on both engines together")
	seed      = flag.Uint64("seed", 0, "the seed of the sequences; 0 makes one")
	only      = flag.Int("only", -1, "the one sequence of the seed to play")
)

func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400) // it is time that is short here
	testkit.Main(m)
}

const (
	// shortest and longest are how many events a sequence has.
	shortest = 3
	longest  = 20
	// workers is how many sequences are played at once on an engine, each of
	// them in a database of its own: mostly they wait for it.
	workers = 3
)

// M07 M09 M25: whatever happens, in whatever order, what must always hold does.
func TestSequences(t *testing.T) {
	t.Parallel()
	chosen := *seed
	if chosen == 0 {
		chosen = rand.Uint64()
	}
	began := time.Now()
	var played, happened atomic.Int64
	been := &reached{times: map[string]int{}}
	t.Cleanup(func() {
		been.require(t, played.Load())
		fmt.Printf("model: %d sequences, %d events, seed %d, %s\n", played.Load(), happened.Load(), chosen, time.Since(began).Round(time.Second))
	})
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		var wg sync.WaitGroup
		for worker := range workers {
			wg.Go(func() {
				t.Run(strconv.Itoa(worker), func(t *testing.T) {
					w := newWorld(t, e)
					w.been = been
					for number := worker; number < *sequences/2; number += workers {
						if *only < 0 || *only == number {
							happened.Add(int64(w.run(t, chosen, number)))
							played.Add(1)
						}
					}
				})
			})
		}
		wg.Wait()
	})
}

// run plays one sequence and returns how many events it had.
func (w *world) run(t *testing.T, seed uint64, number int) int {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("again: go test ./test/model -run 'TestSequences/%s' -seed %d -only %d", w.engine, seed, number)
		}
	}()
	s := w.begin(t, seed, number)
	theme := s.random.IntN(len(themes()))
	all := events(theme)
	s.prepare(theme)
	// Mostly short: what is wrong after many events is mostly wrong after few.
	count := shortest + s.random.IntN(1+s.random.IntN(longest-shortest+1))
	for range count {
		s.step(all)
	}
	s.reread()
	s.end()
	return count
}

// end clears the letters away that later sequences would print or sweep.
func (s *sequence) end() {
	_, err := s.db.ExecContext(s.ctx(), `UPDATE letters SET status = 'superseded', print_enc = NULL
		WHERE status IN ('requested', 'printed', 'posted', 'delivered')`)
	require.NoError(s.t, err)
}
