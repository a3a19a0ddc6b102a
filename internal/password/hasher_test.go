package password_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/password"
)

// cheap keeps tests quick where the cost is not what they test.
func cheap() password.Params { return password.Params{MemoryKiB: 8, Time: 1, Threads: 1} }

func newHasher(tb testing.TB, params password.Params, parallel, queue int) *password.Hasher {
	tb.Helper()
	h, err := password.NewHasher(params, password.Admission{
		Parallel: parallel, Queue: queue, RetryAfter: time.Second,
	}, clock.System{})
	require.NoError(tb, err)
	return h
}

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	h := newHasher(t, password.DefaultParams(), 2, 2)
	hash, err := h.Hash(t.Context(), "correct horse battery staple")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)

	ok, rehash, err := h.Verify(t.Context(), hash, "correct horse battery staple")
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, rehash)

	ok, rehash, err = h.Verify(t.Context(), hash, "correct horse battery stapler")
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, rehash)
}

func TestEveryHashHasItsOwnSalt(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap(), 1, 0)
	first, err := h.Hash(t.Context(), "same")
	require.NoError(t, err)
	second, err := h.Hash(t.Context(), "same")
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

// The hash was made by OpenSSL's argon2id: other programs read ours, and we theirs.
func TestVerifyReadsOtherCosts(t *testing.T) {
	t.Parallel()
	const hash = "$argon2id$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$dGpJXe973EQbjqE0C8qcYYA5RLxEiODgQ2zc+fHoLOo"
	h := newHasher(t, cheap(), 1, 0)
	ok, rehash, err := h.Verify(t.Context(), hash, "трижды девять земель")
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, rehash, "a hash of another cost is to be made anew")

	ok, rehash, err = h.Verify(t.Context(), hash, "wrong")
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, rehash, "a wrong password renews nothing")
}

// Two keyboards may send the same word as different code points.
func TestPasswordsAreNormalised(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap(), 1, 0)
	hash, err := h.Hash(t.Context(), "\u0451\u0436 \u0438\u0434\u0451\u0442")
	require.NoError(t, err)
	ok, _, err := h.Verify(t.Context(), hash, "\u0435\u0308\u0436 \u0438\u0434\u0435\u0308\u0442")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestVerifyRefusesBrokenHashes(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap(), 1, 0)
	for _, hash := range []string{"", "plain", "$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHRzYWx0c2E$a2V5"} {
		_, _, err := h.Verify(t.Context(), hash, "x")
		require.Error(t, err)
		require.Equal(t, apperr.Internal, apperr.CodeOf(err))
	}
}

func TestVerifyDummyNeverFailsByItself(t *testing.T) {
	t.Parallel()
	h := newHasher(t, cheap(), 1, 0)
	require.NoError(t, h.VerifyDummy(t.Context(), "anything"))
	require.NoError(t, h.VerifyDummy(t.Context(), ""))
}

func TestNewHasherChecksItsArguments(t *testing.T) {
	t.Parallel()
	good := password.Admission{Parallel: 1}
	for name, c := range map[string]struct {
		params    password.Params
		admission password.Admission
		clock     clock.Clock
	}{
		"no cost":        {password.Params{}, good, clock.System{}},
		"absurd memory":  {password.Params{MemoryKiB: 1 << 20, Time: 1, Threads: 1}, good, clock.System{}},
		"no place":       {cheap(), password.Admission{}, clock.System{}},
		"negative queue": {cheap(), password.Admission{Parallel: 1, Queue: -1}, clock.System{}},
		"no clock":       {cheap(), good, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := password.NewHasher(c.params, c.admission, c.clock)
			require.Error(t, err)
		})
	}
}

func BenchmarkHash(b *testing.B) {
	h := newHasher(b, password.DefaultParams(), 1, 0)
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyDummy(b *testing.B) {
	h := newHasher(b, password.DefaultParams(), 1, 0)
	for b.Loop() {
		if err := h.VerifyDummy(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}
