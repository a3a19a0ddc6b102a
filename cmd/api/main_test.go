package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/cipher"
)

// result is how a run of the program ended.
type result struct {
	code     int
	out, err string
}

// run runs the program within the test: arguments first, then the environment.
func run(t *testing.T, args string, environ ...string) result {
	t.Helper()
	var out, complaints bytes.Buffer
	code := realMain(t.Context(), invocation{strings.Fields(args), environ, &out, &complaints})
	return result{code, out.String(), complaints.String()}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"help", "-h", "--help"} {
		// Help is there even where the configuration is wrong.
		r := run(t, args, "KABINET_ENV=nonsense")
		require.Equal(t, result{code: exitOK, out: usage}, r, args)
	}
	for name := range commands() {
		word, _, _ := strings.Cut(name, " ")
		if !strings.HasPrefix(word, "-") && word != "help" {
			require.Contains(t, usage, word)
		}
	}
	require.Contains(t, usage, "--promote")
}

func TestUnknownCommand(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"sevre", "serve now", "keys", "keys rotate --promot", "keys promote", "--promote", "worker --help", "SERVE",
	} {
		r := run(t, args, "KABINET_DATA_DIR="+filepath.Join(t.TempDir(), "data"))
		require.Equal(t, exitUsage, r.code, args)
		require.Empty(t, r.out, args)
		require.Contains(t, r.err, "unknown command: "+args)
		require.Contains(t, r.err, usage)
	}
}

// All wrong values are told at once, by name, whatever the command; what was
// given is not repeated, since it may be a secret.
func TestWrongConfiguration(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"
	environ := []string{
		"KABINET_ADDR=" + secret,
		"KABINET_DATABASE_URL=mysql://root:" + secret + "@localhost/kabinet",
		"KABINET_HASH_TIME=" + secret,
		"KABINET_POLICY_CODE_LIFETIME_SMS=" + secret,
		"KABINET_SMS_URL=https://" + secret + "@sms.example.org",
		"KABINET_LOG_FORMAT=" + secret,
		"KABINET_SMPT_URL=" + secret,
		"PATH=" + secret,
	}
	for name, command := range commands() {
		if command == nil {
			continue
		}
		r := run(t, name, environ...)
		require.Equal(t, exitUsage, r.code, name)
		require.Empty(t, r.out)
		require.True(t, strings.HasPrefix(r.err, "wrong configuration:\n"))
		require.NotContains(t, r.err, secret)
		require.Equal(t, len(environ), strings.Count(r.err, "\n"), "one line for each: %s", r.err)
		for _, variable := range environ[:len(environ)-1] {
			variable, _, _ = strings.Cut(variable, "=")
			require.Contains(t, r.err, "\n"+variable+": ")
		}
	}
}

func TestSecretsInFilesAreNotToldEither(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "database-url")
	require.NoError(t, os.WriteFile(path, []byte("mysql://root:s3cr3t@localhost/kabinet\n"), 0o600))
	r := run(t, "migrate", "KABINET_DATABASE_URL_FILE="+path)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "KABINET_DATABASE_URL: ")
	require.NotContains(t, r.err, "s3cr3t")
	r = run(t, "migrate", "KABINET_DATABASE_URL=postgres://root:s3cr3t@127.0.0.1:1/kabinet?connect_timeout=1")
	require.Equal(t, exitFailed, r.code)
	require.NotEmpty(t, r.err)
	require.NotContains(t, r.err, "s3cr3t")
}

// Wrong files of documents are told all at once, before anything runs.
func TestWrongTerms(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "personal-data.txt"), []byte("Текст.\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "payer-connection.2027-01-01.txt"), nil, 0o600))
	at := "KABINET_DATA_DIR=" + filepath.Join(t.TempDir(), "data")
	r := run(t, "serve", at, "KABINET_TERMS_DIR="+folder, "KABINET_LOG_LEVEL=error")
	require.Equal(t, exitFailed, r.code)
	require.Empty(t, r.out)
	require.Equal(t, `KABINET_TERMS_DIR: documents to agree to:
payer-connection.2027-01-01.txt: is empty
personal-data.txt: must be named DOCUMENT.YYYY-MM-DD.txt
`, r.err)
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset.json")
	at := "KABINET_KEYSET_FILE=" + path
	r := run(t, "keys rotate", at)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, path, "there is no key set yet")
	require.NoFileExists(t, path)

	first, err := cipher.Generate()
	require.NoError(t, err)
	require.NoError(t, first.Save(path))
	r = run(t, "keys rotate --promote", at)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, cipher.ErrNothingNewer.Error())

	r = run(t, "keys rotate", at)
	require.Equal(t, exitOK, r.code, r.err)
	require.Contains(t, r.out, "keys rotate --promote")
	old, added := signers(t, path)
	require.Equal(t, first.TokenKeys()[0].ID, old, "nothing writes with the new keys yet")

	r = run(t, "keys rotate", at)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, cipher.ErrPending.Error())

	r = run(t, "keys rotate --promote", at)
	require.Equal(t, exitOK, r.code, r.err)
	require.NotEmpty(t, r.out)
	now, last := signers(t, path)
	require.Equal(t, added, now)
	require.Equal(t, added, last)
}

// signers are the ids of the key that signs and of the newest one.
func signers(t *testing.T, path string) (primary, newest string) {
	t.Helper()
	k, err := cipher.Load(path)
	require.NoError(t, err)
	for _, key := range k.TokenKeys() {
		newest = key.ID
		if key.Primary {
			primary = key.ID
		}
	}
	return primary, newest
}

func TestMigrateInAnEmptyFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	for range 2 {
		require.Equal(t, result{code: exitOK}, run(t, "migrate", "KABINET_DATA_DIR="+folder))
	}
	require.FileExists(t, filepath.Join(folder, "kabinet.db"))
	require.NoFileExists(t, filepath.Join(folder, "keyset.json"), "a schema needs no keys")
}

func TestWorkerOnSQLite(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	r := run(t, "worker", "KABINET_DATA_DIR="+folder)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, "SQLite")
	require.NoDirExists(t, folder)
}

func TestHealthcheckOfNobody(t *testing.T) {
	t.Parallel()
	r := run(t, "healthcheck", "KABINET_ADMIN_ADDR=127.0.0.1:1")
	require.Equal(t, exitFailed, r.code)
	require.Empty(t, r.out)
	require.NotEmpty(t, r.err)
}

func TestDataFolderThatCannotBe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	for _, command := range []string{"serve", "migrate"} {
		r := run(t, command, "KABINET_DATA_DIR="+path)
		require.Equal(t, exitFailed, r.code)
		require.Contains(t, r.err, "KABINET_DATA_DIR")
	}
}

// The program stops when its context ends, as it does at a signal, and well.
func TestServeUntilTheEndOfItsContext(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"serve"}} {
		ctx, cancel := context.WithCancel(t.Context())
		greeting := &watched{seen: make(chan struct{})}
		var log bytes.Buffer
		ended := make(chan int)
		go func() {
			ended <- realMain(ctx, invocation{args, []string{
				"KABINET_DATA_DIR=" + filepath.Join(t.TempDir(), "data"),
				"KABINET_ADDR=127.0.0.1:0", "KABINET_ADMIN_ADDR=127.0.0.1:0",
			}, greeting, &log})
		}()
		select {
		case <-greeting.seen:
		case <-time.After(30 * time.Second):
			require.Fail(t, "no greeting")
		}
		cancel()
		require.Equal(t, exitOK, <-ended, log.String())
		require.Contains(t, log.String(), `"msg":"stopped"`)
	}
}

// watched tells when something is written.
type watched struct {
	once sync.Once
	seen chan struct{}
}

func (w *watched) Write(b []byte) (int, error) {
	w.once.Do(func() { close(w.seen) })
	return len(b), nil
}

//nolint:paralleltest // it changes a setting of the whole process
func TestCollectEarlyHeedsTheOperator(t *testing.T) {
	old := debug.SetGCPercent(100)
	defer debug.SetGCPercent(old)
	collectEarly()
	require.Equal(t, gcPercent, debug.SetGCPercent(77))
	collectEarly()
	require.Equal(t, 77, debug.SetGCPercent(100))
}
