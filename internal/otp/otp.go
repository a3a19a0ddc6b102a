// Package otp makes one-time codes and keeps them in a form that tells nobody
// the code: a MAC under the server's key over the challenge, its purpose and
// the code (NIST SP 800-63B, 3.1.3.2: secrets sent out of band are random and
// short-lived). It counts no attempts and knows no time.
package otp

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// maxDigits bounds the length of a numeric code.
const maxDigits = 32

// Digits returns a code of n decimal digits (1 to 32), every one of the 10^n
// equally likely.
func Digits(n int) (string, error) {
	if n < 1 || n > maxDigits {
		return "", fmt.Errorf("otp: a code of %d digits", n)
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	code, err := rand.Int(rand.Reader, limit)
	if err != nil {
		return "", fmt.Errorf("otp: random digits: %w", err)
	}
	return fmt.Sprintf("%0*d", n, code), nil
}

// Sealer turns codes into what is stored, and compares. It is safe for
// concurrent use.
type Sealer struct {
	mac tink.MAC
}

// NewSealer returns a sealer over the server's key for codes.
func NewSealer(mac tink.MAC) *Sealer { return &Sealer{mac: mac} }

// Seal is what is stored in place of the code. It is bound to the challenge
// and its purpose: copied to another challenge it matches nothing.
func (s *Sealer) Seal(challengeID uuid.UUID, purpose, code string) ([]byte, error) {
	sealed, err := s.mac.ComputeMAC(message(challengeID, purpose, code))
	if err != nil {
		return nil, fmt.Errorf("otp: seal: %w", err)
	}
	return sealed, nil
}

// Matches tells whether sealed was made by [Sealer.Seal] from the same three
// values, in time that does not depend on how much of it agrees.
func (s *Sealer) Matches(sealed []byte, challengeID uuid.UUID, purpose, code string) bool {
	return s.mac.VerifyMAC(sealed, message(challengeID, purpose, code)) == nil
}

// Decoy is a value that looks like a sealed code and that no code solves. It
// stands in the challenges that only pretend, so that a stored challenge does
// not tell whether a contact was free (promise M26).
func (s *Sealer) Decoy() ([]byte, error) {
	// 256 random bits under a nil challenge: no real one has that id, and
	// nobody ever sees the bits.
	return s.Seal(uuid.Nil, "decoy", rand.Text()+rand.Text())
}

// message joins the three parts; the purpose carries its length, so that no
// two triples share an encoding.
func message(challengeID uuid.UUID, purpose, code string) []byte {
	out := binary.AppendUvarint(append([]byte(nil), challengeID[:]...), uint64(len(purpose)))
	return append(append(out, purpose...), code...)
}
