package config_test

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/domain"
)

// production is the smallest environment that production starts with.
func production(more ...string) []string {
	return append([]string{
		"KABINET_ENV=production",
		"KABINET_DATABASE_URL=postgres://kabinet:db-secret@db.example.org/kabinet",
		"KABINET_KEYSET_FILE=/run/keys/keyset.json",
		"KABINET_PUBLIC_URL=https://api.example.org",
		"KABINET_SMTP_URL=smtp://mailer:smtp-secret@mail.example.org:587?from=cabinet@example.org",
		"KABINET_SMS_URL=https://sms-secret@sms.example.org/send",
		"KABINET_REGISTRY_SNILS_URL=https://snils-secret@registers.example.org/snils",
		"KABINET_REGISTRY_PAYERS_URL=https://payers-secret@registers.example.org/payers",
		"KABINET_REGISTRY_PASSPORT_URL=https://passport-secret@registers.example.org/passports",
		"KABINET_EDO_URL=https://edo-secret@edo.example.org/exchange",
		"KABINET_EDO_CERT_FILE=/run/keys/edo.crt",
		"KABINET_EDO_KEY_FILE=/run/keys/edo.key",
	}, more...)
}

func sandbox(more ...string) []string { return more }

// lines are the lines of the error of an environment, in their order.
func lines(t *testing.T, environ []string) []string {
	t.Helper()
	c, err := config.Load(environ)
	if err == nil {
		return nil
	}
	require.Zero(t, c)
	return strings.Split(err.Error(), "\n")
}

// The program starts without any configuration (M28).
func TestDefaultsAreASandbox(t *testing.T) {
	t.Parallel()
	c, err := config.Load(nil)
	require.NoError(t, err)
	require.Equal(t, config.Sandbox, c.Environment)
	require.Equal(t, "./data", c.DataDir)
	require.Equal(t, config.Server{
		Addr: "127.0.0.1:8080", AdminAddr: "127.0.0.1:8081", PublicURL: "http://127.0.0.1:8080",
		CabinetURL: "http://127.0.0.1:8080", RequestsAtOnce: 1024,
	}, c.Server)
	require.Equal(t, config.NoPooler, c.Database.Pooler)
	require.Equal(t, "sqlite:data/kabinet.db", c.Database.URL.Reveal())
	require.Equal(t, "data/keyset.json", c.Keys.File)
	require.Zero(t, c.Delivery)
	require.Zero(t, c.Registry)
	require.Equal(t, config.Log{Level: slog.LevelInfo, Format: config.LogJSON}, c.Log)
	require.Equal(t, config.Hash{
		MemoryKiB: 19456, Time: 2, Threads: 1, Parallel: runtime.GOMAXPROCS(0), Queue: 256,
	}, c.Hash)
	require.Equal(t, domain.DefaultPolicies(), domain.Policies(c.Policies))
}

func TestProductionStarts(t *testing.T) {
	t.Parallel()
	c, err := config.Load(production())
	require.NoError(t, err)
	require.Equal(t, config.Production, c.Environment)
	require.Equal(t, "postgres://kabinet:db-secret@db.example.org/kabinet", c.Database.URL.Reveal())
	require.Equal(t, "/run/keys/keyset.json", c.Keys.File)
	require.Equal(t, 5*time.Second, c.Server.Drain)
	require.False(t, c.Database.Pooled())
	require.Equal(t, "https://sms-secret@sms.example.org/send", c.Delivery.SMSURL.Reveal())
}

func TestEverythingCanBeSet(t *testing.T) {
	t.Parallel()
	c, err := config.Load(sandbox(
		"PATH=/bin", "KABINET_TEST_DATABASE_URL=postgres://localhost/x", "KABINET_SMS_URL=",
		"KABINET_DATA_DIR=/var/lib/kabinet",
		"KABINET_ADDR=0.0.0.0:9000", "KABINET_ADMIN_ADDR=:9001", "KABINET_SANDBOX_PUBLIC=true",
		"KABINET_CORS_ORIGINS=https://app.example.org, http://localhost:3000",
		"KABINET_TRUSTED_PROXIES=10.0.0.0/8,fd00::/8",
		"KABINET_LOG_LEVEL=DEBUG", "KABINET_LOG_FORMAT=text",
		"KABINET_HASH_MEMORY_KIB=64", "KABINET_HASH_TIME=1", "KABINET_HASH_THREADS=2",
		"KABINET_HASH_PARALLEL=3", "KABINET_HASH_QUEUE=0",
		"KABINET_REQUESTS_AT_ONCE=7", "KABINET_DRAIN=2s",
		"KABINET_POLICY_CODE_SMS_LIFETIME=5m", "KABINET_POLICY_CODE_ATTEMPTS=3",
	))
	require.NoError(t, err)
	require.Equal(t, "sqlite:/var/lib/kabinet/kabinet.db", c.Database.URL.Reveal())
	require.Equal(t, "/var/lib/kabinet/keyset.json", c.Keys.File)
	require.Equal(t, config.Server{
		Addr: "0.0.0.0:9000", AdminAddr: ":9001", PublicURL: "http://127.0.0.1:9000", SandboxPublic: true,
		CabinetURL: "http://127.0.0.1:9000", RequestsAtOnce: 7, Drain: 2 * time.Second,
		CORSOrigins:    []string{"https://app.example.org", "http://localhost:3000"},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
	}, c.Server)
	require.Equal(t, config.Log{Level: slog.LevelDebug, Format: config.LogText}, c.Log)
	require.Equal(t, config.Hash{MemoryKiB: 64, Time: 1, Threads: 2, Parallel: 3, Queue: 0}, c.Hash)
	require.Equal(t, 5*time.Minute, c.Policies.CodeSMSLifetime)
	require.Equal(t, 3, c.Policies.CodeAttempts)
}

func TestPublicURLOfTheSandbox(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"localhost:3000": "http://localhost:3000",
		"[::1]:3000":     "http://[::1]:3000",
		"127.0.0.2:80":   "http://127.0.0.2",
		"[::1]:80":       "http://[::1]",
		"127.0.0.1:0":    "http://127.0.0.1:0",
	} {
		c, err := config.Load(sandbox("KABINET_ADDR=" + addr))
		require.NoError(t, err, addr)
		require.Equal(t, want, c.Server.PublicURL)
		require.Equal(t, want, c.Server.CabinetURL)
	}
	c, err := config.Load(sandbox("KABINET_CABINET_URL=https://cabinet.example.org"))
	require.NoError(t, err)
	require.Equal(t, "https://cabinet.example.org", c.Server.CabinetURL)
}

func TestAcceptedValues(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"KABINET_DATABASE_URL=postgresql://db.example.org/x",
		"KABINET_DATABASE_URL=sqlite:/tmp/x.db",
		"KABINET_ADDR=[::1]:8080",
		"KABINET_PUBLIC_URL=http://[::1]:8080",
		"KABINET_PUBLIC_URL=https://xn--80aesfpebagmfblc0a.xn--p1ai",
		"KABINET_CORS_ORIGINS=https://a.example.org:8443",
		"KABINET_LOG_LEVEL=warn",
		"KABINET_SANDBOX_PUBLIC=false",
	} {
		require.Empty(t, lines(t, sandbox(entry)), entry)
	}
	for _, entry := range []string{
		"KABINET_SMTP_URL=smtps://mail.example.org?from=a@example.org",
		"KABINET_SMTP_URL=smtp+insecure://127.0.0.1:25?from=a@example.org",
		"KABINET_SMS_URL=http://localhost:9999/sms",
		"KABINET_SMS_URL=smsc://login:password@smsc.ru?from=Kabinet",
		"KABINET_SMS_URL=smsru+insecure://key@127.0.0.1:9000",
		"KABINET_SMS_URL=smpp://login:password@127.0.0.1:2775?from=Kabinet",
		"KABINET_SMS_FALLBACK_URL=smpps://login:password@smsc.example.org?from=Kabinet",
		"KABINET_SMS_FALLBACK_URL=smpp+insecure://login:password@10.8.0.1?from=Kabinet",
		"KABINET_ADDR=0.0.0.0:8080",
	} {
		require.Empty(t, lines(t, production(entry)), entry)
	}
}

// One wrong entry on top of an environment gives exactly one line.
func TestRefusedValues(t *testing.T) {
	t.Parallel()
	origin := "must be scheme://host[:port] in lower case with nothing after it, not even a slash"
	address := "must be host:port with a port from 0 to 65535"
	loopback := "a sandbox listens on loopback only, unless KABINET_SANDBOX_PUBLIC is true"
	for entry, want := range map[string]string{
		"KABINET_ENV=prod":                                         "must be sandbox or production",
		"KABINET_ADDR=8080":                                        address,
		"KABINET_ADDR=127.0.0.1:http":                              address,
		"KABINET_ADDR=127.0.0.1:65536":                             address,
		"KABINET_ADDR=0.0.0.0:8080":                                loopback,
		"KABINET_ADDR=:8080":                                       loopback,
		"KABINET_ADDR=kabinet.example.org:8080":                    loopback,
		"KABINET_ADMIN_ADDR=[::]:8081":                             loopback,
		"KABINET_ADMIN_ADDR=127.0.0.1:8080":                        "must differ from KABINET_ADDR",
		"KABINET_SANDBOX_PUBLIC=maybe":                             "must be true or false",
		"KABINET_DATABASE_URL=mysql://db/x":                        "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
		"KABINET_DATABASE_URL=postgres:x":                          "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
		"KABINET_DATABASE_URL=postgres://u:p@h/d?sslmode=x":        "has a parameter that PostgreSQL's clients do not know, or a wrong value of one",
		"KABINET_DATABASE_URL=postgres://u:p@h/d?pool_max_conns=1": "must have a pool_max_conns of at least 2",
		"KABINET_POLICY_ACCESS_TOKEN_LIFETIME=1500ms":              "must be whole seconds: tokens know no smaller ones",
		"KABINET_DATABASE_URL=sqlite:":                             "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
		"KABINET_PUBLIC_URL=api.example.org":                       origin,
		"KABINET_PUBLIC_URL=https://":                              origin,
		"KABINET_PUBLIC_URL=https://api.example.org/":              origin,
		"KABINET_PUBLIC_URL=https://api.example.org/v1":            origin,
		"KABINET_PUBLIC_URL=https://api.example.org?a=b":           origin,
		"KABINET_PUBLIC_URL=https://me@api.example.org":            origin,
		"KABINET_PUBLIC_URL=https://api.example.org:443":           "must not name the port that its scheme implies: no browser does",
		"KABINET_PUBLIC_URL=https://api.example.org:70000":         "must have a port from 0 to 65535, or none",
		"KABINET_CABINET_URL=https://cabinet.example.org/":         origin,
		"KABINET_CORS_ORIGINS=*":                                   origin,
		"KABINET_CORS_ORIGINS=null":                                origin,
		"KABINET_CORS_ORIGINS=https://*.example.org":               origin,
		"KABINET_CORS_ORIGINS=https://App.example.org":             origin,
		"KABINET_CORS_ORIGINS=https://кабинет.example.org":         origin,
		"KABINET_CORS_ORIGINS=ftp://a.example.org":                 origin,
		"KABINET_CORS_ORIGINS=https://a.example.org,":              origin,
		"KABINET_CORS_ORIGINS=https://a.example.org:":              "must have a port from 0 to 65535, or none",
		"KABINET_CORS_ORIGINS=http://a.example.org:80":             "must not name the port that its scheme implies: no browser does",
		"KABINET_TRUSTED_PROXIES=10.0.0.1":                         "must be a list of networks such as 10.0.0.0/8, separated by commas without spaces",
		"KABINET_SMTP_URL=smtp://localhost?from=a@b.org":           "has no use in the sandbox, where messages are files",
		"KABINET_SMS_URL=http://localhost":                         "has no use in the sandbox, where messages are files",
		"KABINET_SMS_FALLBACK_URL=http://localhost":                "has no use in the sandbox, where messages are files",
		"KABINET_LOG_LEVEL=loud":                                   "must be debug, info, warn or error",
		"KABINET_LOG_FORMAT=xml":                                   "must be json or text",
		"KABINET_HASH_MEMORY_KIB=7":                                "must be a whole number from 8 to 65536",
		"KABINET_HASH_MEMORY_KIB=-1":                               "must be a whole number from 8 to 65536",
		"KABINET_HASH_TIME=0":                                      "must be a whole number from 1 to 10",
		"KABINET_HASH_THREADS=300":                                 "must be a whole number from 1 to 4",
		"KABINET_HASH_PARALLEL=-1":                                 "must be a whole number from 0 to 256",
		"KABINET_HASH_QUEUE=many":                                  "must be a whole number from 0 to 65536",
		"KABINET_POLICY_CODE_ATTEMPTS=21":                          "must be a whole number from 1 to 20",
		"KABINET_POLICY_CODE_ATTEMPTS=0":                           "must be a whole number from 1 to 20",
		"KABINET_POLICY_CODE_SMS_LIFETIME=10":                      "must be a duration from 1m to 24h",
		"KABINET_POLICY_CODE_SMS_LIFETIME=-10m":                    "must be a duration from 1m to 24h",
		"KABINET_POLICY_CODE_EMAIL_LIFETIME=25h":                   "must be a duration from 1m to 24h",
		"KABINET_EDO_LINK=https://edo.example.org":                 "not a variable of this release",
		"KABINET_LOGLEVEL=debug":                                   "not a variable of this release",
		"KABINET_ADDR_FILE=/run/secrets/addr":                      "not a variable of this release",
	} {
		name, _, _ := strings.Cut(entry, "=")
		require.Equal(t, []string{name + ": " + want}, lines(t, sandbox(entry)), entry)
	}
}

func TestPoliciesMustNotContradictEachOther(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"CODE_ATTEMPTS_PER_DAY=4":          "CODE_ATTEMPTS_PER_DAY: must not be less than KABINET_POLICY_CODE_ATTEMPTS",
		"CODE_RESEND_AFTER=16m":            "CODE_RESEND_AT_MOST: must not be less than KABINET_POLICY_CODE_RESEND_AFTER",
		"CODES_PER_HOUR=11":                "CODES_PER_DAY: must not be less than KABINET_POLICY_CODES_PER_HOUR",
		"REGISTRATION_LIFETIME=59m":        "REGISTRATION_LIFETIME: must not be less than KABINET_POLICY_CODE_EMAIL_LIFETIME",
		"ACCESS_TOKEN_LIFETIME=31m":        "SESSION_IDLE: must not be less than KABINET_POLICY_ACCESS_TOKEN_LIFETIME",
		"SESSION_ABSOLUTE=29m":             "SESSION_ABSOLUTE: must not be less than KABINET_POLICY_SESSION_IDLE",
		"SIGN_IN_DELAY_AT_MOST=29s":        "SIGN_IN_DELAY_AT_MOST: must not be less than KABINET_POLICY_SIGN_IN_DELAY",
		"REGISTER_ALARM_AGAIN_AFTER=59m":   "REGISTER_ALARM_AGAIN_AFTER: must not be less than KABINET_POLICY_REGISTER_ALARM_AFTER",
		"MANUAL_REVIEW_AFTER=23h":          "MANUAL_REVIEW_AFTER: must not be less than KABINET_POLICY_REGISTER_ALARM_AGAIN_AFTER",
		"LETTER_ATTEMPTS=4":                "LETTER_ATTEMPTS: must not be less than KABINET_POLICY_LETTER_ATTEMPTS_PER_WINDOW",
		"REGISTRATION_PASSWORD_WINDOW=25h": "REGISTRATION_PASSWORD_WINDOW: must be a duration from 1m to 24h",
	} {
		require.Equal(t, []string{"KABINET_POLICY_" + want}, lines(t, sandbox("KABINET_POLICY_"+entry)), entry)
	}
	require.Equal(t, []string{
		"KABINET_POLICY_REGISTRATION_LIFETIME: must not be less than KABINET_POLICY_REGISTRATION_PASSWORD_WINDOW",
	}, lines(t, sandbox(
		"KABINET_POLICY_REGISTRATION_LIFETIME=2h", "KABINET_POLICY_REGISTRATION_PASSWORD_WINDOW=3h")))
	require.Equal(t, []string{"KABINET_POLICY_LETTERS_PERIOD: must not be less than KABINET_POLICY_LETTER_GAP"},
		lines(t, sandbox("KABINET_POLICY_LETTERS_PERIOD=24h", "KABINET_POLICY_LETTER_GAP=25h")))
	require.Equal(t, []string{
		"KABINET_HASH_MEMORY_KIB: must be at least 8 for each of KABINET_HASH_THREADS",
	}, lines(t, sandbox("KABINET_HASH_MEMORY_KIB=31", "KABINET_HASH_THREADS=4")))
}

func TestProductionRefuses(t *testing.T) {
	t.Parallel()
	smsSchemes := "must begin with https://, smsc://, smsru://, smpps://, smpp:// or smpp+insecure://"
	for entry, want := range map[string]string{
		"KABINET_SANDBOX_PUBLIC=true":                                      "has no place in production",
		"KABINET_DATABASE_URL=sqlite:/var/lib/kabinet.db":                  "must be postgres://… in production",
		"KABINET_DATABASE_URL=":                                            "must be postgres://… in production",
		"KABINET_KEYSET_FILE=":                                             "must be set in production",
		"KABINET_PUBLIC_URL=":                                              "must be set in production",
		"KABINET_PUBLIC_URL=http://api.example.org":                        "must be https in production",
		"KABINET_CABINET_URL=http://cabinet.example.org":                   "must be https in production",
		"KABINET_CORS_ORIGINS=https://a.example.org,http://b.org":          "must be https in production",
		"KABINET_SMTP_URL=":                                                "must be set in production",
		"KABINET_SMTP_URL=http://mail.example.org?from=a@b.org":            "must begin with smtp://, smtps:// or smtp+insecure://",
		"KABINET_SMTP_URL=smtp://?from=a@b.org":                            "must be a URL with a host",
		"KABINET_SMTP_URL=smtp://mail.example.org":                         "must name the sender: ?from=ADDRESS",
		"KABINET_SMTP_URL=smtp+insecure://mail.example.org?from=a@b":       "smtp+insecure is for a server on the same machine only",
		"KABINET_SMS_URL=":                                                 "must be set in production",
		"KABINET_SMS_URL=%zz":                                              "must be a URL with a host",
		"KABINET_SMS_URL=http://sms.example.org/send":                      "must be https, or http to the same machine",
		"KABINET_SMS_URL=ftp://localhost/send":                             smsSchemes,
		"KABINET_SMS_URL=smsc+insecure://login:password@smsc.ru":           "smsc+insecure is for the same machine only",
		"KABINET_SMS_URL=smpps://login:password@smsc.example.org":          "must name the sender: ?from=NAME",
		"KABINET_SMS_URL=smpp://u:p@smsc.example.org?from=Kabinet":         "smpp is for the same machine only: use smpps, or smpp+insecure inside a tunnel",
		"KABINET_SMS_FALLBACK_URL=http://sms.example.org/send":             "must be https, or http to the same machine",
		"KABINET_SMS_FALLBACK_URL=https://":                                "must be a URL with a host",
		"KABINET_SMS_FALLBACK_URL=ftp://localhost/send":                    smsSchemes,
		"KABINET_SMS_FALLBACK_URL=https://sms-secret@sms.example.org/send": "must differ from KABINET_SMS_URL",
		"KABINET_HASH_MEMORY_KIB=4096":                                     "must be at least 7168 in production",
	} {
		name, value, _ := strings.Cut(entry, "=")
		environ := production()
		for i, base := range environ {
			if strings.HasPrefix(base, name+"=") {
				environ[i] = name + "=" + value
				entry = ""
			}
		}
		if entry != "" {
			environ = append(environ, entry)
		}
		require.Equal(t, []string{name + ": " + want}, lines(t, environ), "%s=%s", name, value)
	}
}

func TestAnEmptyProductionNamesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"KABINET_DATABASE_URL: must be postgres://… in production",
		"KABINET_EDO_CERT_FILE: must be set in production",
		"KABINET_EDO_KEY_FILE: must be set in production",
		"KABINET_EDO_URL: must be set in production",
		"KABINET_KEYSET_FILE: must be set in production",
		"KABINET_PUBLIC_URL: must be set in production",
		"KABINET_REGISTRY_PASSPORT_URL: must be set in production",
		"KABINET_REGISTRY_PAYERS_URL: must be set in production",
		"KABINET_REGISTRY_SNILS_URL: must be set in production",
		"KABINET_SMS_URL: must be set in production",
		"KABINET_SMTP_URL: must be set in production",
	}, lines(t, []string{"KABINET_ENV=production"}))
}

func TestAllWrongValuesAtOnce(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"KABINET_ADDR: must be host:port with a port from 0 to 65535",
		"KABINET_HASH_TIME: must be a whole number from 1 to 10",
		"KABINET_LOG_FORMAT: must be json or text",
		"KABINET_POLICY_CODE_ATTEMPTS: must be a whole number from 1 to 20",
		"KABINET_TYPO: not a variable of this release",
	}, lines(t, sandbox("KABINET_ADDR=x", "KABINET_HASH_TIME=x", "KABINET_LOG_FORMAT=x",
		"KABINET_POLICY_CODE_ATTEMPTS=99", "KABINET_TYPO=x")))
}

// No secret is repeated in an error or printed with the configuration (M27).
func TestSecretsStayOutOfErrorsAndPrints(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"KABINET_DATABASE_URL", "KABINET_SMTP_URL", "KABINET_SMS_URL", "KABINET_SMS_FALLBACK_URL",
		"KABINET_REGISTRY_SNILS_URL", "KABINET_REGISTRY_PAYERS_URL", "KABINET_REGISTRY_PASSPORT_URL",
	} {
		for _, value := range []string{"canary", "https://u:canary@h:x/", "://canary", "%zzcanary", "\x01canary"} {
			found := strings.Join(lines(t, production(name+"="+value)), "\n")
			require.Contains(t, found, name+": ")
			require.NotContains(t, found, "canary")
			require.NotContains(t, found, "%!")
		}
	}
	c, err := config.Load(production())
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		printed := fmt.Sprintf(verb, c)
		require.NotContains(t, printed, "-secret", verb)
	}
	require.Equal(t, "***", c.Database.URL.String())
	require.Empty(t, config.Secret{}.String())
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	good := file("good", "postgres://u:canary@db.example.org/x\r\n")
	c, err := config.Load(sandbox("KABINET_DATABASE_URL_FILE=" + good))
	require.NoError(t, err)
	require.Equal(t, "postgres://u:canary@db.example.org/x", c.Database.URL.Reveal())

	const fileName, name = "KABINET_DATABASE_URL_FILE", "KABINET_DATABASE_URL"
	for path, want := range map[string]string{
		filepath.Join(folder, "none"): fileName + ": the file cannot be opened",
		folder:                        fileName + ": the file cannot be read",
		file("empty", "\n"):           fileName + ": the file is empty",
		file("large", strings.Repeat("canary", 64<<10)):  fileName + ": the file is too large for a secret",
		file("wrong", "mysql://u:canary@db.example.org"): name + ": must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
	} {
		found := lines(t, sandbox(fileName+"="+path))
		require.Equal(t, want, found[len(found)-1])
		require.NotContains(t, strings.Join(found, "\n"), "canary")
	}
	require.Equal(t, []string{name + ": set either it or KABINET_DATABASE_URL_FILE, not both"},
		lines(t, sandbox(name+"=sqlite:x", fileName+"="+good)))
}
