package cipher_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/cipher"
)

func saved(t *testing.T) (path string, k *cipher.Keyset) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "keyset.json")
	k = newKeyset(t)
	require.NoError(t, k.Save(path))
	return path, k
}

func TestSavedKeysetIsLoaded(t *testing.T) {
	t.Parallel()
	path, k := saved(t)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	loaded, err := cipher.Load(path)
	require.NoError(t, err)
	at := cipher.Place{Table: "accounts", Column: "name", Row: uuid.New()}
	sealed, err := fieldsOf(t, k).Encrypt([]byte("value"), at)
	require.NoError(t, err)
	opened, err := fieldsOf(t, loaded).Decrypt(sealed, at)
	require.NoError(t, err)
	require.Equal(t, "value", string(opened))
	require.True(t, holds(loaded.TokenKeys(), primary(t, k.TokenKeys())))
}

// Nothing but the key set is left in its folder, and an older file is replaced.
func TestSaveReplacesTheFile(t *testing.T) {
	t.Parallel()
	path, k := saved(t)
	require.NoError(t, k.AddKeys())
	require.NoError(t, k.Save(path))
	loaded, err := cipher.Load(path)
	require.NoError(t, err)
	require.Len(t, loaded.TokenKeys(), 2)
	requireOneFile(t, filepath.Dir(path))
}

func requireOneFile(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestSaveWithoutFolderFails(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing", "keyset.json")
	require.ErrorIs(t, newKeyset(t).Save(missing), fs.ErrNotExist)
	_, _, err := cipher.LoadOrCreate(missing)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A failed save leaves neither a half file nor a temporary one with keys in it.
func TestFailedSaveLeavesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "keyset.json")
	require.NoError(t, os.MkdirAll(filepath.Join(path, "in the way"), 0o700))
	require.Error(t, newKeyset(t).Save(path))
	requireOneFile(t, folder)
}

func TestLoadRefusesFilesThatOthersCanOpen(t *testing.T) {
	t.Parallel()
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644, 0o620, 0o666, 0o601} {
		path, _ := saved(t)
		require.NoError(t, os.Chmod(path, mode))
		_, err := cipher.Load(path)
		require.ErrorContains(t, err, "make it 0600", mode.String())
		require.ErrorContains(t, err, path)
	}
	path, _ := saved(t)
	require.NoError(t, os.Chmod(path, 0o400))
	_, err := cipher.Load(path)
	require.NoError(t, err, "read-only is as private")
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	_, err := cipher.Load(filepath.Join(t.TempDir(), "missing"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = cipher.Load(t.TempDir())
	require.ErrorContains(t, err, "not a regular file")

	large := filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(large, make([]byte, 2<<20), 0o600))
	_, err = cipher.Load(large)
	require.ErrorContains(t, err, "larger than")
}

// edit changes the file's JSON.
func edit(t *testing.T, path string, change func(map[string]any)) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var content map[string]any
	require.NoError(t, json.Unmarshal(text, &content))
	change(content)
	text, err = json.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

func pkcs8(t *testing.T, curve elliptic.Curve) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(der)
}

func TestLoadRefusesDamagedKeysets(t *testing.T) {
	t.Parallel()
	token := func(c map[string]any) map[string]any { return c["tokens"].([]any)[0].(map[string]any) }
	key := func(c map[string]any, part string) map[string]any {
		return c[part].(map[string]any)["key"].([]any)[0].(map[string]any)
	}
	for name, change := range map[string]func(map[string]any){
		"version 0":              func(c map[string]any) { delete(c, "version") },
		"version 2":              func(c map[string]any) { c["version"] = 2 },
		"unknown part":           func(c map[string]any) { c["more"] = 1 },
		"no data":                func(c map[string]any) { delete(c, "data") },
		"no index":               func(c map[string]any) { delete(c, "index") },
		"no codes":               func(c map[string]any) { delete(c, "codes") },
		"no tokens":              func(c map[string]any) { delete(c, "tokens") },
		"data is a MAC":          func(c map[string]any) { c["data"] = c["codes"] },
		"codes is an AEAD":       func(c map[string]any) { c["codes"] = c["data"] },
		"index is an AEAD":       func(c map[string]any) { c["index"] = c["data"] },
		"two index keys":         func(c map[string]any) { twice(c, "index") },
		"unprefixed data key":    func(c map[string]any) { key(c, "data")["outputPrefixType"] = "RAW" },
		"unprefixed codes key":   func(c map[string]any) { key(c, "codes")["outputPrefixType"] = "RAW" },
		"disabled primary":       func(c map[string]any) { key(c, "data")["status"] = "DISABLED" },
		"no primary":             func(c map[string]any) { c["data"].(map[string]any)["primaryKeyId"] = 1 },
		"signing key without id": func(c map[string]any) { token(c)["kid"] = "" },
		"no primary signing key": func(c map[string]any) { token(c)["primary"] = false },
		"two of one kid":         func(c map[string]any) { c["tokens"] = append(c["tokens"].([]any), token(c)) },
		"signing key is nothing": func(c map[string]any) { token(c)["pkcs8"] = "" },
		"signing key on P-384":   func(c map[string]any) { token(c)["pkcs8"] = pkcs8(t, elliptic.P384()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := saved(t)
			edit(t, path, change)
			_, err := cipher.Load(path)
			require.ErrorContains(t, err, path)
		})
	}
}

// twice gives a part its first key a second time, under another id.
func twice(content map[string]any, part string) {
	keys := content[part].(map[string]any)
	first := keys["key"].([]any)[0].(map[string]any)
	second := map[string]any{}
	for name, value := range first {
		second[name] = value
	}
	second["keyId"] = 7
	keys["key"] = []any{first, second}
}

// M27: an error about a damaged file goes to the log, so it quotes nothing of it.
func TestErrorsDoNotQuoteTheFile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"canary-secret", `{"canary-secret": 1}`, `{"version": 1, "data": "canary-secret"}`,
		`{"version": 1, "data": {"canary-secret": 1}}`, `{"version": 1, "tokens": [{"kid": "canary-secret"}]}`,
		`{"version": "canary-secret"}`,
	} {
		path := filepath.Join(t.TempDir(), "keyset.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := cipher.Load(path)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "canary", text)
	}
}

func TestLoadRefusesTrailingText(t *testing.T) {
	t.Parallel()
	path, _ := saved(t)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(text, "{}"...), 0o600))
	_, err = cipher.Load(path)
	require.ErrorContains(t, err, "not a key set")
	require.NoError(t, os.WriteFile(path, text[:len(text)/2], 0o600))
	_, err = cipher.Load(path)
	require.ErrorContains(t, err, "not a key set")
}

func TestLoadOrCreateKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset.json")
	made, created, err := cipher.LoadOrCreate(path)
	require.NoError(t, err)
	require.True(t, created)
	found, created, err := cipher.LoadOrCreate(path)
	require.NoError(t, err)
	require.False(t, created)
	require.Equal(t, primary(t, made.TokenKeys()).ID, primary(t, found.TokenKeys()).ID)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	requireOneFile(t, filepath.Dir(path))
}

// A broken or open file is never papered over with fresh keys.
func TestLoadOrCreateDoesNotReplaceABrokenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset.json")
	require.NoError(t, os.WriteFile(path, []byte("broken"), 0o600))
	_, _, err := cipher.LoadOrCreate(path)
	require.Error(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "broken", string(text))
}

// Processes that start together on an empty folder end with the same keys.
func TestLoadOrCreateTogether(t *testing.T) {
	t.Parallel()
	const processes = 32
	path := filepath.Join(t.TempDir(), "keyset.json")
	keys := make([]*cipher.Keyset, processes)
	creators := make([]bool, processes)
	errs := make([]error, processes)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			<-start
			keys[i], creators[i], errs[i] = cipher.LoadOrCreate(path)
		})
	}
	close(start)
	wg.Wait()
	created := 0
	for i := range processes {
		require.NoError(t, errs[i])
		require.Equal(t, primary(t, keys[0].TokenKeys()).ID, primary(t, keys[i].TokenKeys()).ID)
		if creators[i] {
			created++
		}
	}
	require.Equal(t, 1, created)
	requireOneFile(t, filepath.Dir(path))
}
