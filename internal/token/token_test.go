package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/token"
)

const (
	issuer   = "https://kabinet.example.org"
	audience = "kabinet"
	ttl      = 10 * time.Minute
)

// hand is a clock that is moved by hand.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

func noon() *hand { return &hand{time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)} }

func newKey(tb testing.TB, id string, primary bool) token.SigningKey {
	tb.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(tb, err)
	return token.SigningKey{ID: id, Private: private, Primary: primary}
}

func newIssuer(tb testing.TB, clk *hand, keys ...token.SigningKey) *token.Issuer {
	tb.Helper()
	i, err := token.NewIssuer(token.Config{Issuer: issuer, Audience: audience, TTL: ttl, Keys: keys, Clock: clk})
	require.NoError(tb, err)
	return i
}

func someClaims(clk *hand) token.Claims {
	return token.Claims{
		Subject:     uuid.New(),
		SessionID:   uuid.New(),
		AccountType: "citizen",
		Level:       "simplified",
		Scope:       "account",
		AuthTime:    clk.at.Add(-time.Hour).Truncate(time.Second),
	}
}

func TestIssuedTokenIsVerified(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	want := someClaims(clk)
	text, expires, err := i.Issue(want)
	require.NoError(t, err)
	require.Less(t, len(text), token.MaxLength)

	got, err := i.Verify(text)
	require.NoError(t, err)
	require.NotEmpty(t, got.ID)
	want.ID = got.ID
	want.IssuedAt = clk.at.Truncate(time.Second)
	want.ExpiresAt = want.IssuedAt.Add(ttl)
	require.Equal(t, want, got)
	require.Equal(t, want.ExpiresAt, expires)
}

// The wire form is that of RFC 9068: what other programs read.
func TestTokenHasTheProfileOfRFC9068(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	claims := someClaims(clk)
	text, _, err := i.Issue(claims)
	require.NoError(t, err)
	parsed, _, err := jwt.NewParser().ParseUnverified(text, jwt.MapClaims{})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"alg": "ES256", "typ": "at+jwt", "kid": "k1"}, parsed.Header)
	body := parsed.Claims.(jwt.MapClaims)
	require.NotEmpty(t, body["jti"])
	delete(body, "jti")
	require.Equal(t, jwt.MapClaims{
		"iss": issuer, "aud": []any{audience}, "sub": claims.Subject.String(), "sid": claims.SessionID.String(),
		"iat": float64(clk.at.Unix()), "exp": float64(clk.at.Unix() + 600), "auth_time": float64(claims.AuthTime.Unix()),
		"account_type": "citizen", "level": "simplified", "scope": "account",
	}, body)
}

func TestEveryTokenHasItsOwnID(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	claims := someClaims(clk)
	claims.ID = "chosen"
	seen := map[string]bool{}
	for range 20 {
		text, _, err := i.Issue(claims)
		require.NoError(t, err)
		got, err := i.Verify(text)
		require.NoError(t, err)
		require.NotEqual(t, "chosen", got.ID)
		require.False(t, seen[got.ID])
		seen[got.ID] = true
	}
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	text, expires, err := i.Issue(someClaims(clk))
	require.NoError(t, err)
	clk.at = expires.Add(-time.Microsecond)
	_, err = i.Verify(text)
	require.NoError(t, err)
	clk.at = expires
	requireInvalid(t, i, text)
	clk.at = expires.Add(24 * time.Hour)
	requireInvalid(t, i, text)
}

// Replicas' clocks differ a little; a token from tomorrow is no such case.
func TestTokenFromTheFuture(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	text, _, err := i.Issue(someClaims(clk))
	require.NoError(t, err)
	clk.at = clk.at.Add(-20 * time.Second)
	_, err = i.Verify(text)
	require.NoError(t, err)
	clk.at = clk.at.Add(-20 * time.Second)
	requireInvalid(t, i, text)
}

// requireInvalid checks that a token is refused, and that the public part of
// the error does not say why.
func requireInvalid(tb testing.TB, i *token.Issuer, text string) {
	tb.Helper()
	claims, err := i.Verify(text)
	require.Error(tb, err)
	require.Equal(tb, token.Claims{}, claims)
	var public *apperr.Error
	require.ErrorAs(tb, err, &public)
	require.Equal(tb, apperr.AccessTokenInvalid, public.Code)
	require.Empty(tb, public.Fields)
	require.Empty(tb, public.Params)
}

// A replica that has not promoted the new key yet verifies what one that has
// promoted it signs, and the other way round.
func TestRotationOverlaps(t *testing.T) {
	t.Parallel()
	clk := noon()
	older, newer := newKey(t, "k1", true), newKey(t, "k2", false)
	added := newIssuer(t, clk, older, newer)
	older.Primary, newer.Primary = false, true
	promoted := newIssuer(t, clk, older, newer)
	for _, pair := range [][2]*token.Issuer{{added, promoted}, {promoted, added}} {
		text, _, err := pair[0].Issue(someClaims(clk))
		require.NoError(t, err)
		_, err = pair[1].Verify(text)
		require.NoError(t, err)
	}
	newer.Primary = true
	without := newIssuer(t, clk, newer)
	text, _, err := added.Issue(someClaims(clk))
	require.NoError(t, err)
	requireInvalid(t, without, text)
}

func TestJWKSHoldsEveryPublicKey(t *testing.T) {
	t.Parallel()
	older, newer := newKey(t, "k1", true), newKey(t, "k2", false)
	i := newIssuer(t, noon(), older, newer)
	text, err := i.JWKS()
	require.NoError(t, err)
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	require.NoError(t, json.Unmarshal(text, &set))
	require.Len(t, set.Keys, 2)
	for n, key := range []token.SigningKey{older, newer} {
		got := set.Keys[n]
		require.Equal(t, key.ID, got["kid"])
		require.Equal(t, "EC", got["kty"])
		require.Equal(t, "P-256", got["crv"])
		require.Equal(t, "sig", got["use"])
		require.Equal(t, "ES256", got["alg"])
		require.Len(t, got["x"], 43)
		require.Len(t, got["y"], 43)
		require.Len(t, got, 7, "no private part, nothing else")
		require.NotContains(t, got, "d")
	}
}

// M23: a stranger with nothing but the published keys verifies a token.
func TestJWKSVerifiesATokenElsewhere(t *testing.T) {
	t.Parallel()
	clk := noon()
	i := newIssuer(t, clk, newKey(t, "k1", true))
	text, _, err := i.Issue(someClaims(clk))
	require.NoError(t, err)
	public := publicKey(t, i)
	parsed, err := jwt.Parse(text, func(*jwt.Token) (any, error) { return public, nil },
		jwt.WithTimeFunc(clk.Now), jwt.WithValidMethods([]string{"ES256"}))
	require.NoError(t, err)
	require.True(t, parsed.Valid)
}

func TestNewIssuerChecksItsConfiguration(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	for name, change := range map[string]func(*token.Config){
		"no issuer":        func(c *token.Config) { c.Issuer = "" },
		"no audience":      func(c *token.Config) { c.Audience = "" },
		"no clock":         func(c *token.Config) { c.Clock = nil },
		"no lifetime":      func(c *token.Config) { c.TTL = 0 },
		"half a second":    func(c *token.Config) { c.TTL = 1500 * time.Millisecond },
		"no keys":          func(c *token.Config) { c.Keys = nil },
		"no primary":       func(c *token.Config) { c.Keys[0].Primary = false },
		"two primaries":    func(c *token.Config) { c.Keys = append(c.Keys, newKey(t, "k2", true)) },
		"no kid":           func(c *token.Config) { c.Keys[0].ID = "" },
		"one kid twice":    func(c *token.Config) { c.Keys = append(c.Keys, newKey(t, "k1", false)) },
		"no private key":   func(c *token.Config) { c.Keys[0].Private = nil },
		"key of elsewhere": func(c *token.Config) { c.Keys[0].Private = p384 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := token.Config{
				Issuer: issuer, Audience: audience, TTL: ttl, Clock: noon(),
				Keys: []token.SigningKey{newKey(t, "k1", true)},
			}
			change(&config)
			_, err := token.NewIssuer(config)
			require.Error(t, err)
		})
	}
}

func BenchmarkIssue(b *testing.B) {
	clk := noon()
	i := newIssuer(b, clk, newKey(b, "k1", true))
	claims := someClaims(clk)
	for b.Loop() {
		if _, _, err := i.Issue(claims); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	clk := noon()
	i := newIssuer(b, clk, newKey(b, "k1", true))
	text, _, err := i.Issue(someClaims(clk))
	require.NoError(b, err)
	for b.Loop() {
		if _, err := i.Verify(text); err != nil {
			b.Fatal(err)
		}
	}
}
