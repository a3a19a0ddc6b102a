// Package cipher keeps the program's keys and encrypts single database fields
// with them.
//
// All keys live in one file, the key set. Personal data is sealed with AES-256
// in GCM mode and bound to the place where it is stored, so that a value moved
// to another row, column or table does not open. What must be found again
// without being readable goes through a keyed index (HMAC-SHA-256).
package cipher

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// IndexSize is the length of a blind index in bytes.
const IndexSize = 32

// ErrUnreadable says that a sealed field is damaged, was sealed by an unknown
// key, or belongs to another place.
var ErrUnreadable = errors.New("cipher: sealed field cannot be opened")

// Place is where a sealed value is stored. It is not secret; it is what the
// value is bound to.
type Place struct {
	Table  string
	Column string
	Row    uuid.UUID
}

// Fields seals, opens and indexes single fields. It is safe for concurrent use.
type Fields struct {
	data  tink.AEAD
	index *prf.Set
}

// Fields returns the field encryption of the key set as it stands now; keys
// that are added or promoted later do not reach it.
func (k *Keyset) Fields() (*Fields, error) {
	data, err := aead.New(k.data)
	if err != nil {
		return nil, fmt.Errorf("cipher: key set part data: %w", err)
	}
	index, err := prf.NewPRFSet(k.index)
	if err != nil {
		return nil, fmt.Errorf("cipher: key set part index: %w", err)
	}
	return &Fields{data: data, index: index}, nil
}

// Encrypt seals plain for one place. The result begins with the byte 0x01 and
// the id of the key (Tink's output prefix), and differs at every call.
func (f *Fields) Encrypt(plain []byte, at Place) ([]byte, error) {
	sealed, err := f.data.Encrypt(plain, at.bytes())
	if err != nil {
		return nil, fmt.Errorf("cipher: encrypt %s.%s: %w", at.Table, at.Column, err)
	}
	return sealed, nil
}

// Decrypt opens what [Fields.Encrypt] sealed for the same place. Anything else
// is [ErrUnreadable].
func (f *Fields) Decrypt(sealed []byte, at Place) ([]byte, error) {
	plain, err := f.data.Decrypt(sealed, at.bytes())
	if err != nil {
		return nil, fmt.Errorf("%w: %s.%s: %w", ErrUnreadable, at.Table, at.Column, err)
	}
	return plain, nil
}

// Index is the blind index of a value: [IndexSize] bytes that are the same for
// the same purpose and value, and tell nothing about either to those without
// the key. The value must be in its one canonical form.
func (f *Fields) Index(purpose, value string) ([]byte, error) {
	input := appendText(appendText(nil, purpose), value)
	sum, err := f.index.ComputePrimaryPRF(input, IndexSize)
	if err != nil {
		return nil, fmt.Errorf("cipher: index %s: %w", purpose, err)
	}
	return sum, nil
}

// bytes is the associated data of a place. Every part carries its length, so
// that no two places share an encoding.
func (p Place) bytes() []byte {
	return append(appendText(appendText(nil, p.Table), p.Column), p.Row[:]...)
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}
