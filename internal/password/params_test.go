package password

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	salt22 = base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("s", saltSize)))
	key43  = base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("k", keySize)))
)

func phc(head string) string { return head + "$" + salt22 + "$" + key43 }

func TestParseReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		threads := rapid.Uint8Range(1, maxThreads).Draw(t, "threads")
		want := stored{
			params: Params{
				MemoryKiB: rapid.Uint32Range(minMemoryKiB*uint32(threads), maxMemoryKiB).Draw(t, "memory"),
				Time:      rapid.Uint32Range(1, maxTime).Draw(t, "time"),
				Threads:   threads,
			},
			salt: rapid.SliceOfN(rapid.Byte(), saltSize, saltSize).Draw(t, "salt"),
			key:  rapid.SliceOfN(rapid.Byte(), keySize, keySize).Draw(t, "key"),
		}
		got, err := parse(want.String())
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestParseIsStrict(t *testing.T) {
	t.Parallel()
	good := phc("$argon2id$v=19$m=19456,t=2,p=1")
	_, err := parse(good)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"empty":              "",
		"clear text":         "correct horse",
		"bcrypt":             "$2b$12$abcdefghijklmnopqrstuv",
		"argon2i":            phc("$argon2i$v=19$m=19456,t=2,p=1"),
		"other version":      phc("$argon2id$v=16$m=19456,t=2,p=1"),
		"no version":         phc("$argon2id$m=19456,t=2,p=1"),
		"text before":        "x" + good,
		"text after":         good + "$",
		"line feed after":    good + "\n",
		"padding":            good + "=",
		"other order":        phc("$argon2id$v=19$t=2,m=19456,p=1"),
		"leading zero":       phc("$argon2id$v=19$m=019456,t=2,p=1"),
		"sign":               phc("$argon2id$v=19$m=+19456,t=2,p=1"),
		"more parameters":    phc("$argon2id$v=19$m=19456,t=2,p=1,x=1"),
		"not a number":       phc("$argon2id$v=19$m=lots,t=2,p=1"),
		"gigabytes":          phc("$argon2id$v=19$m=1048576,t=2,p=1"),
		"overflow":           phc("$argon2id$v=19$m=4294986752,t=2,p=1"),
		"no memory":          phc("$argon2id$v=19$m=0,t=2,p=1"),
		"too little memory":  phc("$argon2id$v=19$m=15,t=2,p=2"),
		"no pass":            phc("$argon2id$v=19$m=19456,t=0,p=1"),
		"many passes":        phc("$argon2id$v=19$m=19456,t=11,p=1"),
		"no thread":          phc("$argon2id$v=19$m=19456,t=2,p=0"),
		"many threads":       phc("$argon2id$v=19$m=19456,t=2,p=255"),
		"threads overflow":   phc("$argon2id$v=19$m=19456,t=2,p=257"),
		"short salt":         "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$" + key43,
		"short key":          "$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$a2V5",
		"no key":             "$argon2id$v=19$m=19456,t=2,p=1$" + salt22 + "$",
		"salt is not base64": "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("*", 22) + "$" + key43,
		"loose base64":       "$argon2id$v=19$m=19456,t=2,p=1$" + salt22[:21] + "x$" + key43,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(text)
			require.Error(t, err)
			require.NotContains(t, err.Error(), key43)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(phc("$argon2id$v=19$m=19456,t=2,p=1"))
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse(text)
		if err != nil {
			return
		}
		require.Equal(t, text, s.String())
		require.NoError(t, s.params.check())
	})
}
