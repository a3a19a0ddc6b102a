package otp

import (
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

const (
	// totpPeriod is how many seconds a code is shown (RFC 6238).
	totpPeriod = 30
	// totpSkew is how many steps a phone's clock may be wrong.
	totpSkew = 1
)

// TOTPKey is a second factor as it is shown once, to be scanned.
type TOTPKey struct {
	// Secret is in base 32 (RFC 4648); URI is otpauth://totp/….
	Secret string
	URI    string
}

// NewTOTP makes the secret of a second factor: 160 random bits, SHA-1, six
// digits, 30 seconds.
func NewTOTP(issuer, login string) (TOTPKey, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: login, Period: totpPeriod,
		Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return TOTPKey{}, fmt.Errorf("otp: second factor: %w", err)
	}
	return TOTPKey{Secret: key.Secret(), URI: key.URL()}, nil
}

// MatchTOTP finds the time step whose code was typed, among the present one
// and its neighbours (RFC 6238, 5.2). Every step is compared, in constant time
// each. Who accepts a code has to see to it that its step is used once. No code
// is right where there is no secret: those of the empty one anybody can work out.
func MatchTOTP(secret, code string, now time.Time) (step int64, ok bool) {
	if secret == "" {
		return 0, false
	}
	at := now.Unix() / totpPeriod
	for tried := max(at-totpSkew, 0); tried <= at+totpSkew; tried++ {
		right, err := hotp.ValidateCustom(code, uint64(tried), secret, hotp.ValidateOpts{
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && right {
			step, ok = tried, true
		}
	}
	return step, ok
}
