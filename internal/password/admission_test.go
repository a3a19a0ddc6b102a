package password

import (
	"context"
	"crypto/rand"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
)

// frozen is a clock that stands still.
type frozen struct{ at time.Time }

func (f frozen) Now() time.Time { return f.at }

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func admitting(t *testing.T, params Params, parallel, queue int) *Hasher {
	t.Helper()
	h, err := NewHasher(params, Admission{Parallel: parallel, Queue: queue, RetryAfter: time.Second}, frozen{noon()})
	require.NoError(t, err)
	return h
}

func cheapest() Params { return Params{MemoryKiB: 8, Time: 1, Threads: 1} }

// calls are the three ways to ask for a hash.
func calls(t *testing.T, h *Hasher) map[string]func(context.Context) error {
	t.Helper()
	hash, err := h.Hash(t.Context(), "x")
	require.NoError(t, err)
	return map[string]func(context.Context) error{
		"Hash":        func(ctx context.Context) error { _, err := h.Hash(ctx, "x"); return err },
		"Verify":      func(ctx context.Context) error { _, _, err := h.Verify(ctx, hash, "x"); return err },
		"VerifyDummy": func(ctx context.Context) error { return h.VerifyDummy(ctx, "x") },
	}
}

func TestPastTheQueueIsBusyAtOnce(t *testing.T) {
	t.Parallel()
	h := admitting(t, cheapest(), 2, 4)
	var leave []func()
	for _, client := range []string{"a", "a", "a", "b", "c", "d"} {
		done, err := h.Reserve(client)
		require.NoError(t, err)
		leave = append(leave, done)
	}
	_, err := h.Reserve("e")
	var busy *apperr.Error
	require.ErrorAs(t, err, &busy)
	require.Equal(t, apperr.Busy, busy.Code)
	require.Equal(t, noon().Add(time.Second), busy.RetryAt)
	for _, done := range leave {
		done()
	}
	require.Empty(t, h.places.by)
	_, err = h.Reserve("e")
	require.NoError(t, err)
}

// One client cannot take all the places, however many requests it sends.
func TestOneClientHasHalfOfThePlaces(t *testing.T) {
	t.Parallel()
	h := admitting(t, cheapest(), 2, 4)
	for range 3 {
		_, err := h.Reserve("hostile")
		require.NoError(t, err)
	}
	_, err := h.Reserve("hostile")
	require.ErrorIs(t, err, apperr.New(apperr.Busy))
	_, err = h.Reserve("somebody else")
	require.NoError(t, err)

	tiny := admitting(t, cheapest(), 1, 0)
	_, err = tiny.Reserve("anybody")
	require.NoError(t, err, "a single place can be had")
}

// A caller waits for its turn, gets it when it comes, and gives up when its
// context ends first.
func TestWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := admitting(t, cheapest(), 1, 2)
		all := calls(t, h)
		for name, call := range all {
			require.NoError(t, h.turns.Acquire(t.Context(), 1))
			patience, cancel := context.WithTimeout(t.Context(), time.Minute)
			short, patient := make(chan error, 1), make(chan error, 1)
			go func() { short <- call(patience) }()
			go func() { patient <- call(t.Context()) }()
			require.ErrorIs(t, <-short, context.DeadlineExceeded, name)
			h.turns.Release(1)
			require.NoError(t, <-patient, name)
			cancel()
		}
	})
}

// A thousand sign-ins at the same moment: a few hash, some wait, the rest is
// told to come back, and memory holds little more than the buffers in use.
// Not parallel, so that other tests' memory is not counted.
//
//nolint:paralleltest // It measures the memory of the whole process.
func TestMemoryIsBoundedWithAThousandSignIns(t *testing.T) {
	const callers, parallel, queue = 1000, 2, 60
	h := admitting(t, DefaultParams(), parallel, queue)
	runtime.GC()
	before := memoryInUse()
	stop, peak := watchMemory()

	var done, busy, failed atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range callers {
		wg.Go(func() {
			<-start
			switch err := admitted(t, h); {
			case err == nil:
				done.Add(1)
			case apperr.CodeOf(err) == apperr.Busy:
				busy.Add(1)
			default:
				failed.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	close(stop)

	require.Zero(t, failed.Load())
	require.Equal(t, int64(callers), done.Load()+busy.Load())
	require.GreaterOrEqual(t, done.Load(), int64(parallel+queue), "all who found a place were served")
	highest := <-peak - before
	t.Logf("served %d, turned away %d, peak %d MiB above the start", done.Load(), busy.Load(), highest>>20)
	require.Less(t, highest, uint64(160<<20))
}

// watchMemory takes the highest use until stop is closed.
func watchMemory() (stop chan struct{}, peak chan uint64) {
	stop, peak = make(chan struct{}), make(chan uint64, 1)
	go func() {
		ticks := time.NewTicker(time.Millisecond)
		defer ticks.Stop()
		highest := uint64(0)
		for {
			select {
			case <-ticks.C:
				highest = max(highest, memoryInUse())
			case <-stop:
				peak <- max(highest, memoryInUse())
				return
			}
		}
	}()
	return stop, peak
}

// memoryInUse is what the Go runtime has mapped and not given back, in bytes.
func memoryInUse() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// admitted hashes as a service does: with a place, or not at all.
func admitted(t *testing.T, h *Hasher) error {
	t.Helper()
	leave, err := h.Reserve(rand.Text())
	if err != nil {
		return err
	}
	defer leave()
	return h.VerifyDummy(t.Context(), "correct horse battery staple")
}
