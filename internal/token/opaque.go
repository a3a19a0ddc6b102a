package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// opaqueSize is the number of random bytes in an opaque token: 256 bits.
const opaqueSize = 32

// NewOpaque makes a flow or refresh token: 256 random bits as 43 characters of
// base64url, and the hash that is stored in its place. The error is always nil
// today: the system's random source ends the program when it fails.
func NewOpaque() (text string, hash []byte, err error) {
	random := make([]byte, opaqueSize)
	if _, err := rand.Read(random); err != nil {
		return "", nil, err
	}
	text = base64.RawURLEncoding.EncodeToString(random)
	return text, HashOpaque(text), nil
}

// HashOpaque is the SHA-256 of an opaque token, the form in which it is stored
// and looked up. A slow or salted hash would add nothing: unlike a password,
// 256 random bits cannot be guessed from a list, and no two are alike.
func HashOpaque(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
