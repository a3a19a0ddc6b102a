package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/config"
)

func TestLettersByMachine(t *testing.T) {
	t.Parallel()
	c, err := config.Load(production())
	require.NoError(t, err)
	require.Equal(t, config.Letters{PostLetterMass: 20}, c.Letters, "letters leave by hand")
	c, err = config.Load(production(
		"KABINET_PRINT_HOUSE_URL=sftp://kabinet@print.example.org/in", "KABINET_PRINT_HOUSE_KEY_FILE=/run/keys/print",
		"KABINET_PRINT_HOUSE_KNOWN_HOSTS_FILE=/run/keys/hosts", "KABINET_POST_URL=https://token:key@otpravka-api.pochta.ru",
		"KABINET_POST_OFFICE=236000", "KABINET_POST_LETTER_MASS=15", "KABINET_POST_TRACKING_URL=https://a:b@tracking.russianpost.ru/rtm34",
	))
	require.NoError(t, err)
	require.Equal(t, "sftp://kabinet@print.example.org/in", c.Letters.PrintHouseURL.Reveal())
	require.Equal(t, "https://token:key@otpravka-api.pochta.ru", c.Letters.PostURL.Reveal())
	require.Equal(t, []any{"/run/keys/print", "/run/keys/hosts", "236000", uint32(15)}, []any{
		c.Letters.PrintHouseKeyFile, c.Letters.PrintHouseKnownHostsFile, c.Letters.PostOffice, c.Letters.PostLetterMass,
	})
	for _, url := range []string{"file:///var/spool/letters", "https://token@print.example.org/x", "http://127.0.0.1:1"} {
		_, err := config.Load(production("KABINET_PRINT_HOUSE_URL=" + url))
		require.NoError(t, err, url)
	}
}

func TestRefusedLettersByMachine(t *testing.T) {
	t.Parallel()
	const house, post, tracking = "KABINET_PRINT_HOUSE_URL", "KABINET_POST_URL", "KABINET_POST_TRACKING_URL"
	for _, tc := range [][3]string{
		{house, "file://host/x", "must be file:///PATH"},
		{house, "file:x", "must be file:///PATH"},
		{house, "file:///x?a=b", "must end with the path"},
		{house, "http://print.example.org", "must be file or sftp, or: must be https, or http to the same machine"},
		{house, "https://a:b@h", "must be file or sftp, or: must hold one token, not a user and a password"},
		{"KABINET_PRINT_HOUSE_KEY_FILE", "/x", "has no use without an SFTP server"},
		{"KABINET_PRINT_HOUSE_KNOWN_HOSTS_FILE", "/x", "has no use without an SFTP server"},
		{post, "%zz", "must be a URL with a host"},
		{post, "http://a:b@example.org", "must be https, or http to the same machine"},
		{post, "https://a@h", "must hold both parts of what opens it"},
		{post, "https://a:b@h?x", "must end with the path"},
		{tracking, "https://h/rtm34", "must hold both parts of what opens it"},
		{"KABINET_POST_OFFICE", "23600a", "must be a postal index of six digits"},
		{"KABINET_POST_OFFICE", "23600", "must be a postal index of six digits"},
		{"KABINET_POST_LETTER_MASS", "0", "must be a whole number from 1 to 100"},
	} {
		require.Equal(t, []string{tc[0] + ": " + tc[2]}, lines(t, production(tc[0]+"="+tc[1])), tc)
	}
	for _, url := range []string{"sftp://h/x", "sftp://a:b@h/x"} {
		require.Equal(t, []string{
			"KABINET_PRINT_HOUSE_KEY_FILE: must be set for an SFTP server",
			"KABINET_PRINT_HOUSE_KNOWN_HOSTS_FILE: must be set for an SFTP server",
			house + ": must be sftp://USER@HOST:PORT/PATH",
		}, lines(t, production(house+"="+url)))
	}
}

// No letter leaves the machine of a sandbox.
func TestLettersStayInTheSandbox(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"KABINET_PRINT_HOUSE_URL": "https://print.example.org", "KABINET_POST_URL": "https://a:b@otpravka-api.pochta.ru",
		"KABINET_POST_TRACKING_URL": "https://a:b@tracking.russianpost.ru/rtm34",
	} {
		require.Equal(t, []string{name + ": must lead to the same machine in the sandbox, where no letter leaves"},
			lines(t, sandbox(name+"="+url)))
	}
	_, err := config.Load(sandbox("KABINET_PRINT_HOUSE_URL=file:///x", "KABINET_POST_URL=http://a:b@localhost:1"))
	require.NoError(t, err)
}
