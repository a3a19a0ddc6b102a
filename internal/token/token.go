// Package token issues and verifies access tokens: JWTs signed with ES256 in
// the profile of RFC 9068, so that any party with the published keys can
// verify one. It also makes the opaque tokens of flows and sessions.
package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
)

const (
	// MaxLength is the longest access token that is looked at, in bytes.
	MaxLength = 4096
	// headerType is the typ of RFC 9068, 2.1: it keeps other JWTs out.
	headerType = "at+jwt"
	// maxSkew is how far the clocks of two replicas may be apart: a token
	// issued by the one that is ahead is good at once for the other.
	maxSkew = 30 * time.Second
)

// Claims is what an access token says.
type Claims struct {
	// Subject is the account.
	Subject   uuid.UUID
	SessionID uuid.UUID
	// AccountType is citizen, payer or operator.
	AccountType string
	// Level is how far the identity is proven.
	Level string
	Scope string
	// AuthTime is when the person last proved who they are, in whole seconds.
	AuthTime time.Time
	// IssuedAt, ExpiresAt and ID are set by [Issuer.Issue]; what they held
	// before is ignored.
	IssuedAt  time.Time
	ExpiresAt time.Time
	ID        string
}

// SigningKey is one ES256 key pair.
type SigningKey struct {
	// ID is the key's public name, the kid of the header.
	ID string
	// Private is a key on the curve P-256.
	Private *ecdsa.PrivateKey
	// Primary marks the one key that signs; all of them verify.
	Primary bool
}

// Config is what an [Issuer] needs.
type Config struct {
	// Issuer is the iss claim: the public URL of the API.
	Issuer string
	// Audience is the aud claim.
	Audience string
	// TTL is how long a token is good for, in whole seconds.
	TTL   time.Duration
	Keys  []SigningKey
	Clock clock.Clock
}

// Issuer issues and verifies access tokens. It is safe for concurrent use.
type Issuer struct {
	config  Config
	signing SigningKey
	public  map[string]*ecdsa.PublicKey
	parser  *jwt.Parser
}

// NewIssuer checks the configuration: names, a lifetime, P-256 keys with kids
// of their own, exactly one of them primary.
func NewIssuer(config Config) (*Issuer, error) {
	if config.Issuer == "" || config.Audience == "" || config.Clock == nil {
		return nil, errors.New("token: issuer, audience and clock are required")
	}
	if config.TTL < time.Second || config.TTL%time.Second != 0 {
		return nil, fmt.Errorf("token: lifetime %s is not a number of whole seconds", config.TTL)
	}
	i := &Issuer{config: config, public: make(map[string]*ecdsa.PublicKey, len(config.Keys))}
	if err := i.addKeys(config.Keys); err != nil {
		return nil, err
	}
	i.parser = jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}),
		jwt.WithIssuer(config.Issuer),
		jwt.WithAudience(config.Audience),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(config.Clock.Now),
		jwt.WithStrictDecoding(),
	)
	return i, nil
}

func (i *Issuer) addKeys(keys []SigningKey) error {
	primaries := 0
	for _, key := range keys {
		if key.ID == "" || i.public[key.ID] != nil {
			return errors.New("token: a signing key has no kid of its own")
		}
		if key.Private == nil || key.Private.Curve != elliptic.P256() {
			return fmt.Errorf("token: signing key %s is not on P-256", key.ID)
		}
		i.public[key.ID] = &key.Private.PublicKey
		if key.Primary {
			i.signing = key
			primaries++
		}
	}
	if primaries != 1 {
		return fmt.Errorf("token: %d primary signing keys instead of 1", primaries)
	}
	return nil
}

// Issue signs an access token and tells when it expires. Times are whole
// seconds, as in the token.
func (i *Issuer) Issue(claims Claims) (text string, expires time.Time, err error) {
	claims.IssuedAt = i.config.Clock.Now().Truncate(time.Second)
	claims.ExpiresAt = claims.IssuedAt.Add(i.config.TTL)
	claims.ID = uuid.NewString()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodES256, i.wire(claims))
	unsigned.Header["typ"] = headerType
	unsigned.Header["kid"] = i.signing.ID
	text, err = unsigned.SignedString(i.signing.Private)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("token: sign: %w", err)
	}
	return text, claims.ExpiresAt, nil
}

// Verify reads an access token of this issuer for this audience. Whatever is
// wrong with it, the error's code is [apperr.AccessTokenInvalid]; the reason is
// in its cause only.
func (i *Issuer) Verify(text string) (Claims, error) {
	claims, err := i.verify(text)
	if err != nil {
		return Claims{}, apperr.Wrap(apperr.AccessTokenInvalid, err)
	}
	return claims, nil
}

func (i *Issuer) verify(text string) (Claims, error) {
	if len(text) > MaxLength {
		return Claims{}, errors.New("token: too long")
	}
	var wire wireClaims
	if _, err := i.parser.ParseWithClaims(text, &wire, i.keyOf); err != nil {
		return Claims{}, fmt.Errorf("token: %w", err)
	}
	claims, err := wire.claims()
	if err != nil {
		return Claims{}, err
	}
	if claims.IssuedAt.After(i.config.Clock.Now().Add(maxSkew)) {
		return Claims{}, errors.New("token: issued in the future")
	}
	return claims, nil
}

// keyOf checks the header and returns the key that it names.
func (i *Issuer) keyOf(t *jwt.Token) (any, error) {
	if t.Header["typ"] != headerType {
		return nil, errors.New("typ is not at+jwt")
	}
	// RFC 7515, 4.1.11: extensions that are not understood must be refused,
	// and none is.
	if _, critical := t.Header["crit"]; critical {
		return nil, errors.New("crit is not supported")
	}
	kid, _ := t.Header["kid"].(string)
	key, known := i.public[kid]
	if !known {
		return nil, errors.New("kid is unknown")
	}
	return key, nil
}
