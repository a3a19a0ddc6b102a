package otp_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/tink"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/otp"
)

func newMAC(t *testing.T) tink.MAC {
	t.Helper()
	handle, err := keyset.NewHandle(mac.HMACSHA256Tag256KeyTemplate())
	require.NoError(t, err)
	primitive, err := mac.New(handle)
	require.NoError(t, err)
	return primitive
}

func TestDigitsHaveTheirLength(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 32; n++ {
		for range 50 {
			code, err := otp.Digits(n)
			require.NoError(t, err)
			require.Len(t, code, n)
			require.Empty(t, strings.Trim(code, "0123456789"))
		}
	}
	for _, n := range []int{-1, 0, 33} {
		_, err := otp.Digits(n)
		require.Error(t, err)
	}
}

// Every digit is as likely at every place, the first one too: chi-square over
// ten values, 9 degrees of freedom. The bound is passed by chance once in about
// 10^10 runs; a code taken modulo 256 or without leading zeros exceeds it by far.
func TestDigitsAreUniform(t *testing.T) {
	t.Parallel()
	const codes, length, bound = 20_000, 6, 65.0
	var counts [length][10]int
	for range codes {
		code, err := otp.Digits(length)
		require.NoError(t, err)
		for place, digit := range []byte(code) {
			counts[place][digit-'0']++
		}
	}
	for place := range counts {
		chi, want := 0.0, codes/10.0
		for _, n := range counts[place] {
			chi += (float64(n) - want) * (float64(n) - want) / want
		}
		require.Less(t, chi, bound, "place %d: %v", place, counts[place])
	}
}

func TestCodesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		code, err := otp.Digits(20)
		require.NoError(t, err)
		require.False(t, seen[code])
		seen[code] = true
	}
}

func TestOnlyTheSameTripleMatches(t *testing.T) {
	t.Parallel()
	sealer := otp.NewSealer(newMAC(t))
	id := uuid.New()
	sealed, err := sealer.Seal(id, "registration", "012345")
	require.NoError(t, err)

	require.True(t, sealer.Matches(sealed, id, "registration", "012345"))
	require.False(t, sealer.Matches(sealed, id, "registration", "012346"), "another code")
	require.False(t, sealer.Matches(sealed, id, "registration", "12345"), "no leading zero")
	require.False(t, sealer.Matches(sealed, id, "registration", ""), "no code")
	require.False(t, sealer.Matches(sealed, id, "recovery", "012345"), "another purpose")
	require.False(t, sealer.Matches(sealed, uuid.New(), "registration", "012345"), "another challenge")
	require.False(t, sealer.Matches(sealed, id, "registration0", "12345"), "text moved between the parts")
	require.False(t, sealer.Matches(nil, id, "registration", "012345"), "nothing stored")
	require.False(t, sealer.Matches(sealed[:len(sealed)-1], id, "registration", "012345"), "cut short")
	require.False(t, otp.NewSealer(newMAC(t)).Matches(sealed, id, "registration", "012345"), "another key")

	for i := range sealed {
		tampered := append([]byte(nil), sealed...)
		tampered[i] ^= 1
		require.False(t, sealer.Matches(tampered, id, "registration", "012345"), "byte %d", i)
	}
}

// No two different triples share a stored form, wherever the text is cut.
func TestTriplesAreUnambiguous(t *testing.T) {
	t.Parallel()
	sealer := otp.NewSealer(newMAC(t))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(2, 20, -1).Draw(t, "text")
		a := rapid.IntRange(0, len(text)).Draw(t, "a")
		b := rapid.IntRange(0, len(text)).Draw(t, "b")
		sealed, err := sealer.Seal(uuid.Max, text[:a], text[a:])
		require.NoError(t, err)
		require.Equal(t, a == b, sealer.Matches(sealed, uuid.Max, text[:b], text[b:]))
	})
}

// M27: what is stored does not hold the code, and is no plain hash of it that
// could be looked up among a million.
func TestSealedFormDoesNotTellTheCode(t *testing.T) {
	t.Parallel()
	sealer := otp.NewSealer(newMAC(t))
	id := uuid.New()
	sealed, err := sealer.Seal(id, "registration", "123456")
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "123456")
	plain := sha256.Sum256([]byte("123456"))
	require.False(t, hmac.Equal(plain[:], sealed[len(sealed)-len(plain):]))
}

// M26: a decoy has the length and the key prefix of a real code, and no code of
// six digits solves it.
func TestDecoyLooksRealAndHasNoSolution(t *testing.T) {
	t.Parallel()
	sealer := otp.NewSealer(newMAC(t))
	id := uuid.New()
	sealed, err := sealer.Seal(id, "registration", "123456")
	require.NoError(t, err)
	decoy, err := sealer.Decoy()
	require.NoError(t, err)
	other, err := sealer.Decoy()
	require.NoError(t, err)

	const prefix = 5
	require.Len(t, decoy, len(sealed))
	require.Equal(t, sealed[:prefix], decoy[:prefix])
	require.NotEqual(t, decoy, other)
	for range 1000 {
		code, err := otp.Digits(6)
		require.NoError(t, err)
		require.False(t, sealer.Matches(decoy, id, "registration", code))
		require.False(t, sealer.Matches(decoy, uuid.Nil, "decoy", code))
	}
}

// broken is a MAC whose key is out of reach.
type broken struct{}

func (broken) ComputeMAC([]byte) ([]byte, error) { return nil, errors.New("no key") }
func (broken) VerifyMAC([]byte, []byte) error    { return errors.New("no key") }

func TestWithoutAKeyNothingIsSealedOrMatches(t *testing.T) {
	t.Parallel()
	sealer := otp.NewSealer(broken{})
	_, err := sealer.Seal(uuid.New(), "registration", "123456")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "123456")
	_, err = sealer.Decoy()
	require.Error(t, err)
	require.False(t, sealer.Matches([]byte("x"), uuid.New(), "registration", "123456"))
}
