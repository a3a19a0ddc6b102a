package token_test

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/token"
)

func TestNewOpaqueHas256Bits(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		text, hash, err := token.NewOpaque()
		require.NoError(t, err)
		random, err := base64.RawURLEncoding.Strict().DecodeString(text)
		require.NoError(t, err)
		require.Len(t, random, 32)
		require.Equal(t, token.HashOpaque(text), hash)
		require.False(t, seen[text])
		seen[text] = true
	}
}

// M27: the stored form is SHA-256 (the value is FIPS 180-2's for "abc"), from
// which the token cannot be had back.
func TestHashOpaqueIsSHA256(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		hex.EncodeToString(token.HashOpaque("abc")))
	require.Len(t, token.HashOpaque(""), 32)
}
