package otp_test

import (
	"encoding/base32"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/otp"
)

// rfcSecret is the secret of the test vectors of RFC 6238, appendix B.
func rfcSecret() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("12345678901234567890"))
}

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	for seconds, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		step, ok := otp.MatchTOTP(rfcSecret(), code, time.Unix(seconds, 0))
		require.True(t, ok, seconds)
		require.Equal(t, seconds/30, step)
	}
}

// A phone's clock may be half a minute wrong, not more.
func TestTOTPSkew(t *testing.T) {
	t.Parallel()
	const code = "081804"
	at := time.Unix(1111111109/30*30, 0)
	for offset, ok := range map[time.Duration]bool{
		-31 * time.Second: false, -30 * time.Second: true, 0: true, 59 * time.Second: true, 60 * time.Second: false,
	} {
		step, matched := otp.MatchTOTP(rfcSecret(), code, at.Add(offset))
		require.Equal(t, ok, matched, offset)
		if ok {
			require.Equal(t, int64(1111111109/30), step, "the step of the code, not of the clock")
		}
	}
}

func TestTOTPRefusesWhatIsNoCode(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"", "0", "08180", "0818041", "abcdef", "０８１８０４", "081 804"} {
		_, ok := otp.MatchTOTP(rfcSecret(), code, time.Unix(1111111109, 0))
		require.False(t, ok, code)
	}
	for _, secret := range []string{"", "not base 32!"} {
		_, ok := otp.MatchTOTP(secret, "081804", time.Unix(1111111109, 0))
		require.False(t, ok, secret)
	}
}

// What is no secret, or none yet, proves nothing: the codes of the empty secret
// are known to everybody.
func TestTOTPNeedsASecret(t *testing.T) {
	t.Parallel()
	now := time.Unix(1111111109, 0)
	for _, offset := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		code, err := totp.GenerateCode("", now.Add(offset))
		require.NoError(t, err)
		step, ok := otp.MatchTOTP("", code, now)
		require.False(t, ok, offset)
		require.Zero(t, step)
	}
}

func TestNewTOTP(t *testing.T) {
	t.Parallel()
	key, err := otp.NewTOTP("Kabinet", "front.desk-1")
	require.NoError(t, err)
	require.Len(t, key.Secret, 32)
	uri, err := url.Parse(key.URI)
	require.NoError(t, err)
	require.Equal(t, "otpauth", uri.Scheme)
	require.Equal(t, "totp", uri.Host)
	require.Equal(t, "/Kabinet:front.desk-1", uri.Path)
	require.Equal(t, key.Secret, uri.Query().Get("secret"))
	require.Equal(t, []string{"Kabinet"}, uri.Query()["issuer"])
	other, err := otp.NewTOTP("Kabinet", "front.desk-1")
	require.NoError(t, err)
	require.NotEqual(t, key.Secret, other.Secret)
}
