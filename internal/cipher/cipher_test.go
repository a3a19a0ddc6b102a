package cipher_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/cipher"
)

func newKeyset(tb testing.TB) *cipher.Keyset {
	tb.Helper()
	k, err := cipher.Generate()
	require.NoError(tb, err)
	return k
}

func fieldsOf(tb testing.TB, k *cipher.Keyset) *cipher.Fields {
	tb.Helper()
	fields, err := k.Fields()
	require.NoError(tb, err)
	return fields
}

func TestSealedFieldOpensAtItsPlace(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(t, newKeyset(t))
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		at := cipher.Place{
			Table:  rapid.String().Draw(t, "table"),
			Column: rapid.String().Draw(t, "column"),
			Row:    uuid.New(),
		}
		sealed, err := fields.Encrypt(plain, at)
		require.NoError(t, err)
		// The database has a CHECK on this byte: clear text does not get in.
		require.Equal(t, byte(0x01), sealed[0])
		opened, err := fields.Decrypt(sealed, at)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, opened))
	})
}

// M27: a sealed field holds neither the value nor a repeatable picture of it.
func TestSealedFieldTellsNothing(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(t, newKeyset(t))
	at := cipher.Place{Table: "accounts", Column: "family_name", Row: uuid.New()}
	first, err := fields.Encrypt([]byte("Ковалевская"), at)
	require.NoError(t, err)
	second, err := fields.Encrypt([]byte("Ковалевская"), at)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	require.NotContains(t, string(first), "Ковалевская")
}

func TestSealedFieldOpensNowhereElse(t *testing.T) {
	t.Parallel()
	k := newKeyset(t)
	fields := fieldsOf(t, k)
	at := cipher.Place{Table: "accounts", Column: "name", Row: uuid.New()}
	sealed, err := fields.Encrypt([]byte("value"), at)
	require.NoError(t, err)
	for name, other := range map[string]cipher.Place{
		"row":                  {Table: at.Table, Column: at.Column, Row: uuid.New()},
		"column":               {Table: at.Table, Column: "names", Row: at.Row},
		"table":                {Table: "account", Column: at.Column, Row: at.Row},
		"text between parts":   {Table: "accountsn", Column: "ame", Row: at.Row},
		"table without column": {Table: "accountsname", Row: at.Row},
		"nothing":              {},
	} {
		_, err := fields.Decrypt(sealed, other)
		require.ErrorIs(t, err, cipher.ErrUnreadable, name)
	}
	_, err = fieldsOf(t, newKeyset(t)).Decrypt(sealed, at)
	require.ErrorIs(t, err, cipher.ErrUnreadable, "another key set")
}

func TestTamperedFieldDoesNotOpen(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(t, newKeyset(t))
	at := cipher.Place{Table: "accounts", Column: "name", Row: uuid.New()}
	sealed, err := fields.Encrypt([]byte("secret value"), at)
	require.NoError(t, err)
	for i := range sealed {
		tampered := bytes.Clone(sealed)
		tampered[i] ^= 1
		_, err := fields.Decrypt(tampered, at)
		require.ErrorIs(t, err, cipher.ErrUnreadable, "byte %d", i)
	}
	for i := range sealed {
		_, err := fields.Decrypt(sealed[:i], at)
		require.ErrorIs(t, err, cipher.ErrUnreadable, "cut to %d", i)
	}
	_, err = fields.Decrypt([]byte("secret value"), at)
	require.ErrorIs(t, err, cipher.ErrUnreadable, "clear text")
	require.NotContains(t, err.Error(), "secret value")
}

func TestIndexFindsTheSameValueOnly(t *testing.T) {
	t.Parallel()
	k := newKeyset(t)
	fields, again := fieldsOf(t, k), fieldsOf(t, k)
	index := func(f *cipher.Fields, purpose, value string) []byte {
		sum, err := f.Index(purpose, value)
		require.NoError(t, err)
		require.Len(t, sum, cipher.IndexSize)
		return sum
	}
	want := index(fields, "phone", "+79161234567")
	require.Equal(t, want, index(again, "phone", "+79161234567"))
	require.NotContains(t, string(want), "79161234567")
	for name, other := range map[string][]byte{
		"value":              index(fields, "phone", "+79161234568"),
		"purpose":            index(fields, "login", "+79161234567"),
		"text between parts": index(fields, "phone+", "79161234567"),
		"empty":              index(fields, "", ""),
		"key set":            index(fieldsOf(t, newKeyset(t)), "phone", "+79161234567"),
	} {
		require.NotEqual(t, want, other, name)
	}
}

func TestIndexIsUnambiguous(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(t, newKeyset(t))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(2, 200, -1).Draw(t, "text")
		a := rapid.IntRange(0, len(text)).Draw(t, "a")
		b := rapid.IntRange(0, len(text)).Draw(t, "b")
		first, err := fields.Index(text[:a], text[a:])
		require.NoError(t, err)
		second, err := fields.Index(text[:b], text[b:])
		require.NoError(t, err)
		require.Equal(t, a == b, bytes.Equal(first, second))
	})
}

func BenchmarkEncrypt(b *testing.B) {
	fields := fieldsOf(b, newKeyset(b))
	at := cipher.Place{Table: "accounts", Column: "name", Row: uuid.New()}
	for b.Loop() {
		if _, err := fields.Encrypt([]byte("Ковалевская"), at); err != nil {
			b.Fatal(err)
		}
	}
}
