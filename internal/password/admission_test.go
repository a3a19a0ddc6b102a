package password

import (
	"context"
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
	h := admitting(t, cheapest(), 2, 3)
	all := calls(t, h)
	for range 5 {
		h.places <- struct{}{}
	}
	for name, call := range all {
		err := call(t.Context())
		require.ErrorIs(t, err, apperr.New(apperr.Busy), name)
		var busy *apperr.Error
		require.ErrorAs(t, err, &busy, name)
		require.Equal(t, noon().Add(time.Second), busy.RetryAt, name)
	}
	<-h.places
	for name, call := range all {
		require.NoError(t, call(t.Context()), name)
	}
}

// A caller waits for its turn, gets it when it comes, and gives its place back
// when its context ends first.
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
			synctest.Wait()
			require.Len(t, h.places, 2, name)

			require.ErrorIs(t, <-short, context.DeadlineExceeded, name)
			require.Len(t, h.places, 1, name)
			h.turns.Release(1)
			require.NoError(t, <-patient, name)
			synctest.Wait()
			require.Empty(t, h.places, name)
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
			switch err := h.VerifyDummy(t.Context(), "correct horse battery staple"); {
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

// Who has a place is served though the queue is full, however often it hashes.
func TestReservedPlaceIsKept(t *testing.T) {
	t.Parallel()
	h := admitting(t, cheapest(), 1, 0)
	ctx, leave, err := h.Reserve(t.Context())
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, h.VerifyDummy(ctx, "a password"))
	}
	require.ErrorIs(t, h.VerifyDummy(t.Context(), "a password"), apperr.New(apperr.Busy))
	_, _, err = h.Reserve(t.Context())
	require.ErrorIs(t, err, apperr.New(apperr.Busy))
	leave()
	require.NoError(t, h.VerifyDummy(t.Context(), "a password"))
}
