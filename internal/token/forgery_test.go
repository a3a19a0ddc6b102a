package token_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/token"
)

func publicKey(t *testing.T, i *token.Issuer) *ecdsa.PublicKey {
	t.Helper()
	text, err := i.JWKS()
	require.NoError(t, err)
	var set jwkset.JWKSMarshal
	require.NoError(t, json.Unmarshal(text, &set))
	keys, err := set.JWKSlice()
	require.NoError(t, err)
	return keys[0].Key().(*ecdsa.PublicKey)
}

// body is what a good token says at the given time.
func body(now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": uuid.NewString(), "sid": uuid.NewString(), "jti": uuid.NewString(),
		"iat": now.Unix(), "exp": now.Add(ttl).Unix(), "auth_time": now.Unix(),
		"account_type": "citizen", "level": "simplified", "scope": "account",
	}
}

// forge signs any header and claims.
func forge(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	unsigned := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	maps.Copy(unsigned.Header, header)
	text, err := unsigned.SignedString(key)
	require.NoError(t, err)
	return text
}

// Signed with our own key, but saying what ours never say.
func TestTokensOfOtherContentAreRefused(t *testing.T) {
	t.Parallel()
	clk := noon()
	key := newKey(t, "k1", true)
	i := newIssuer(t, clk, key)
	good := func() (header, claims map[string]any) {
		return map[string]any{"typ": "at+jwt", "kid": "k1"}, body(clk.at)
	}
	header, claims := good()
	_, err := i.Verify(forge(t, jwt.SigningMethodES256, key.Private, header, claims))
	require.NoError(t, err, "unchanged it is accepted")

	for name, change := range map[string]func(header, claims map[string]any){
		"another issuer":    func(_, c map[string]any) { c["iss"] = "https://elsewhere.example.org" },
		"no issuer":         func(_, c map[string]any) { delete(c, "iss") },
		"another audience":  func(_, c map[string]any) { c["aud"] = "elsewhere" },
		"no audience":       func(_, c map[string]any) { delete(c, "aud") },
		"expired":           func(_, c map[string]any) { c["exp"] = clk.at.Add(-time.Second).Unix() },
		"never expires":     func(_, c map[string]any) { delete(c, "exp") },
		"not yet valid":     func(_, c map[string]any) { c["nbf"] = clk.at.Add(time.Minute).Unix() },
		"issued tomorrow":   func(_, c map[string]any) { c["iat"] = clk.at.Add(24 * time.Hour).Unix() },
		"no time of issue":  func(_, c map[string]any) { delete(c, "iat") },
		"no time of proof":  func(_, c map[string]any) { delete(c, "auth_time") },
		"subject is a name": func(_, c map[string]any) { c["sub"] = "root" },
		"no subject":        func(_, c map[string]any) { delete(c, "sub") },
		"no session":        func(_, c map[string]any) { delete(c, "sid") },
		"no id":             func(_, c map[string]any) { delete(c, "jti") },
		"no account type":   func(_, c map[string]any) { delete(c, "account_type") },
		"wrong JSON type":   func(_, c map[string]any) { c["level"] = 3 },
		"type JWT":          func(h, _ map[string]any) { h["typ"] = "JWT" },
		"no type":           func(h, _ map[string]any) { delete(h, "typ") },
		"type of an array":  func(h, _ map[string]any) { h["typ"] = []string{"at+jwt"} },
		"unknown kid":       func(h, _ map[string]any) { h["kid"] = "k2" },
		"no kid":            func(h, _ map[string]any) { delete(h, "kid") },
		"kid of a number":   func(h, _ map[string]any) { h["kid"] = 1 },
		"critical header":   func(h, _ map[string]any) { h["crit"] = []string{"exp"} },
		"oversized":         func(_, c map[string]any) { c["scope"] = strings.Repeat("x", token.MaxLength) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header, claims := good()
			change(header, claims)
			unsigned := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims(claims))
			unsigned.Header = header
			unsigned.Header["alg"] = "ES256"
			text, err := unsigned.SignedString(key.Private)
			require.NoError(t, err)
			requireInvalid(t, i, text)
		})
	}
}

// Signed by other means than our keys and ES256.
func TestForgedSignaturesAreRefused(t *testing.T) {
	t.Parallel()
	clk := noon()
	key, stranger := newKey(t, "k1", true), newKey(t, "k1", true)
	i := newIssuer(t, clk, key, newKey(t, "k2", false))
	header := map[string]any{"typ": "at+jwt", "kid": "k1"}
	der, err := x509.MarshalPKIXPublicKey(&key.Private.PublicKey)
	require.NoError(t, err)

	for name, text := range map[string]string{
		"none":             forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, header, body(clk.at)),
		"HS256 by our key": forge(t, jwt.SigningMethodHS256, der, header, body(clk.at)),
		"HS256 by nothing": forge(t, jwt.SigningMethodHS256, []byte{}, header, body(clk.at)),
		"another key":      forge(t, jwt.SigningMethodES256, stranger.Private, header, body(clk.at)),
		"key of another kid": forge(t, jwt.SigningMethodES256, key.Private,
			map[string]any{"typ": "at+jwt", "kid": "k2"}, body(clk.at)),
		"key in the header": forge(t, jwt.SigningMethodES256, stranger.Private, map[string]any{
			"typ": "at+jwt", "kid": "stranger", "jwk": map[string]string{"kty": "EC"},
		}, body(clk.at)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireInvalid(t, i, text)
		})
	}
}

func TestTamperedTokensAreRefused(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	claims := someClaims(clk)
	text, _, err := i.Issue(claims)
	require.NoError(t, err)
	parts := strings.Split(text, ".")
	raised := decode(t, parts[1])
	raised = strings.Replace(raised, `"simplified"`, `"confirmed"`, 1)

	for name, forged := range map[string]string{
		"level raised":         parts[0] + "." + encode(raised) + "." + parts[2],
		"no signature":         parts[0] + "." + parts[1] + ".",
		"two parts":            parts[0] + "." + parts[1],
		"four parts":           text + ".x",
		"empty":                "",
		"dots":                 "..",
		"space around":         " " + text,
		"Bearer in front":      "Bearer " + text,
		"padding":              text + "=",
		"signature cut":        text[:len(text)-4],
		"zero signature":       parts[0] + "." + parts[1] + "." + encode(strings.Repeat("\x00", 64)),
		"header is not JSON":   encode("typ") + "." + parts[1] + "." + parts[2],
		"claims are a list":    parts[0] + "." + encode("[]") + "." + parts[2],
		"a token, 4 KiB later": text + strings.Repeat("A", token.MaxLength),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireInvalid(t, i, forged)
		})
	}
}

// The error goes to the log, a token never does.
func TestErrorDoesNotQuoteTheToken(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	text, expires, err := i.Issue(someClaims(clk))
	require.NoError(t, err)
	clk.at = expires
	_, err = i.Verify(text)
	require.Error(t, err)
	for _, part := range strings.Split(text, ".") {
		require.NotContains(t, err.Error(), part)
	}
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func decode(tb testing.TB, text string) string {
	tb.Helper()
	plain, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(tb, err)
	return string(plain)
}

// FuzzVerify: no text but the issued one is accepted, and none breaks the parser.
func FuzzVerify(f *testing.F) {
	clk := noon()
	i := newIssuer(f, clk, newKey(f, "k1", true))
	issued, _, err := i.Issue(someClaims(clk))
	require.NoError(f, err)
	parts := strings.Split(issued, ".")
	f.Add("")
	f.Add("..")
	f.Add(issued)
	f.Add(issued[:len(issued)-1])
	f.Add(encode(`{"alg":"none","typ":"at+jwt","kid":"k1"}`) + "." + parts[1] + ".")
	f.Add(encode(`{"alg":"HS256","typ":"at+jwt","kid":"k1"}`) + "." + parts[1] + "." + parts[2])
	f.Add(encode(`{"alg":"ES256","typ":"at+jwt","kid":null}`) + "." + parts[1] + "." + parts[2])
	f.Add(parts[0] + "." + encode(`{"exp":1e400}`) + "." + parts[2])
	f.Add(parts[0] + "." + encode(`{"aud":[1,null]}`) + "." + parts[2])
	f.Fuzz(func(t *testing.T, text string) {
		if text == issued {
			_, err := i.Verify(text)
			require.NoError(t, err)
			return
		}
		requireInvalid(t, i, text)
	})
}
