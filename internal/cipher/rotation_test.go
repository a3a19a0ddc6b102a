package cipher_test

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/cipher"
)

// rotation is the same key set as replicas load it before a rotation, after
// its first step and after its second, and once more around.
func rotation(t *testing.T) []*cipher.Keyset {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyset.json")
	k := newKeyset(t)
	stages := make([]*cipher.Keyset, 0, 5)
	for _, step := range []func() error{
		func() error { return nil }, k.AddKeys, k.Promote, k.AddKeys, k.Promote,
	} {
		require.NoError(t, step())
		require.NoError(t, k.Save(path))
		loaded, err := cipher.Load(path)
		require.NoError(t, err)
		stages = append(stages, loaded)
	}
	return stages
}

// canRead tells whether a replica at one stage must read what one at another
// wrote: everything older, and one step ahead of itself.
func canRead(reader, writer int) bool { return writer <= reader+1 }

func TestReplicasReadEachOtherThroughARotation(t *testing.T) {
	t.Parallel()
	stages := rotation(t)
	at := cipher.Place{Table: "accounts", Column: "name", Row: uuid.New()}
	for w, writer := range stages {
		sealed, err := fieldsOf(t, writer).Encrypt([]byte("value"), at)
		require.NoError(t, err)
		index, err := fieldsOf(t, writer).Index("phone", "+79161234567")
		require.NoError(t, err)
		for r, reader := range stages {
			if !canRead(r, w) {
				continue
			}
			opened, err := fieldsOf(t, reader).Decrypt(sealed, at)
			require.NoError(t, err, "stage %d reads stage %d", r, w)
			require.Equal(t, "value", string(opened))
			same, err := fieldsOf(t, reader).Index("phone", "+79161234567")
			require.NoError(t, err)
			require.Equal(t, index, same, "the index is never rotated")
		}
	}
}

// Why there are two steps: a replica that is two behind is lost.
func TestSkippingAStepIsNotReadable(t *testing.T) {
	t.Parallel()
	stages := rotation(t)
	at := cipher.Place{Table: "accounts", Column: "name", Row: uuid.New()}
	sealed, err := fieldsOf(t, stages[2]).Encrypt([]byte("value"), at)
	require.NoError(t, err)
	_, err = fieldsOf(t, stages[0]).Decrypt(sealed, at)
	require.ErrorIs(t, err, cipher.ErrUnreadable)
}

func TestCodesAreVerifiedThroughARotation(t *testing.T) {
	t.Parallel()
	stages := rotation(t)
	for w, writer := range stages {
		writerCodes, err := writer.Codes()
		require.NoError(t, err)
		tag, err := writerCodes.ComputeMAC([]byte("code"))
		require.NoError(t, err)
		require.Len(t, tag, 5+32, "Tink's prefix and 256 bits")
		for r, reader := range stages {
			codes, err := reader.Codes()
			require.NoError(t, err)
			if canRead(r, w) {
				require.NoError(t, codes.VerifyMAC(tag, []byte("code")), "stage %d verifies stage %d", r, w)
			}
			require.Error(t, codes.VerifyMAC(tag, []byte("edoc")))
		}
	}
}

func TestSigningKeysThroughARotation(t *testing.T) {
	t.Parallel()
	stages := rotation(t)
	for w, writer := range stages {
		signing := primary(t, writer.TokenKeys())
		for r, reader := range stages {
			if canRead(r, w) {
				require.True(t, holds(reader.TokenKeys(), signing), "stage %d knows the key of stage %d", r, w)
			}
		}
	}
	require.Len(t, stages[0].TokenKeys(), 1)
	require.Len(t, stages[4].TokenKeys(), 3)
	require.Equal(t, primary(t, stages[0].TokenKeys()).ID, primary(t, stages[1].TokenKeys()).ID)
	require.NotEqual(t, primary(t, stages[1].TokenKeys()).ID, primary(t, stages[2].TokenKeys()).ID)
}

func primary(t *testing.T, keys []cipher.SigningKey) cipher.SigningKey {
	t.Helper()
	var found []cipher.SigningKey
	for _, key := range keys {
		if key.Primary {
			found = append(found, key)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

func holds(keys []cipher.SigningKey, wanted cipher.SigningKey) bool {
	for _, key := range keys {
		if key.ID == wanted.ID && key.Private.Equal(wanted.Private) {
			return true
		}
	}
	return false
}

func TestStepsCannotBeTakenOutOfOrder(t *testing.T) {
	t.Parallel()
	k := newKeyset(t)
	require.ErrorIs(t, k.Promote(), cipher.ErrNothingNewer)
	require.NoError(t, k.AddKeys())
	require.ErrorIs(t, k.AddKeys(), cipher.ErrPending)
	require.Len(t, k.TokenKeys(), 2, "a refused step changes nothing")
	require.NoError(t, k.Promote())
	require.ErrorIs(t, k.Promote(), cipher.ErrNothingNewer)
}

// What was taken from the key set before a step is not changed by it.
func TestTokenKeysAreACopy(t *testing.T) {
	t.Parallel()
	k := newKeyset(t)
	before := k.TokenKeys()
	require.NoError(t, k.AddKeys())
	require.NoError(t, k.Promote())
	require.Len(t, before, 1)
	require.True(t, before[0].Primary)
	before[0].Primary = false
	require.Len(t, k.TokenKeys(), 2)
	require.False(t, k.TokenKeys()[0].Primary)
	require.True(t, k.TokenKeys()[1].Primary)
}
