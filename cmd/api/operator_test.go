package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// operator runs operator create; flags are given as one list.
func operator(t *testing.T, folder string, flags ...string) result {
	t.Helper()
	var out, complaints bytes.Buffer
	args := append([]string{"operator", "create"}, flags...)
	code := realMain(t.Context(), invocation{args, []string{"KABINET_DATA_DIR=" + folder}, &out, &complaints})
	return result{code, out.String(), complaints.String()}
}

func ivanova(more ...string) []string {
	return append([]string{
		"--login", "Ivanova", "--family-name", "Синтетическая", "--given-name", "Анна Мария",
		"--email", "ivanova@example.org", "--snils", "112-233-445 95",
	}, more...)
}

func TestOperatorCreate(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	r := operator(t, folder, ivanova()...)
	require.Equal(t, exitOK, r.code, r.err)
	require.Regexp(t, `^Operator Ivanova is invited\. This link is good once, until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ:\n\n`+
		`http://127\.0\.0\.1:8080/operator-enrolment#[A-Za-z0-9_-]{43}\n$`, r.out)
	require.NotContains(t, r.err, "operator-enrolment#", "the log has no link")

	r = operator(t, folder, ivanova()...)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, `there is an operator "ivanova" already`)
	require.Empty(t, r.out)

	r = operator(t, folder, ivanova("--login", "Another")...)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, "--snils, --email: there is an operator with one of them already")
	require.Empty(t, r.out)

	r = operator(t, folder, ivanova("--login", "petrova", "--role", "operator", "--place", "no-such-code")...)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, `no service centre has the code "no-such-code"`)
}

// All that is wrong is told at once, by the name of the flag, and what was
// typed is not repeated.
func TestOperatorCreateWithWrongValues(t *testing.T) {
	t.Parallel()
	r := operator(t, filepath.Join(t.TempDir(), "data"), "--login", "имя", "--family-name", "", "--given-name", "42",
		"--email", "nobody", "--snils", "112-233-445 96", "--role", "king")
	require.Equal(t, exitFailed, r.code)
	require.Empty(t, r.out)
	for _, want := range []string{
		"--login: login_format", "--family-name: name_invalid", "--given-name: name_invalid",
		"--email: email_invalid", "--snils: snils_check_digits", "--role: unsupported_value",
	} {
		require.Contains(t, r.err, want)
	}
	require.NotContains(t, r.err, "112-233")
}

func TestOperatorCreateWithWrongFlags(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{{"--password", "x"}, {"ivanova"}, {"--login"}, {"--help"}} {
		r := operator(t, filepath.Join(t.TempDir(), "data"), flags...)
		require.Equal(t, exitUsage, r.code, flags)
		require.Empty(t, r.out)
		require.Contains(t, r.err, "wrong command line: operator create: ")
		require.Contains(t, r.err, usage)
	}
	for _, args := range []string{"operator", "operator delete", "operator --login x"} {
		r := run(t, args, "KABINET_DATA_DIR="+filepath.Join(t.TempDir(), "data"))
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, "unknown command: "+args)
	}
}
