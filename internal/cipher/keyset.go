package cipher

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// What stops a rotation.
var (
	// ErrPending says that a key was added and is not promoted yet.
	ErrPending = errors.New("cipher: a new key already waits to be promoted")
	// ErrNothingNewer says that there is no added key to promote.
	ErrNothingNewer = errors.New("cipher: no newer key to promote; add one first")
)

// Keyset is every key of the program: for fields (data), for blind indexes
// (index), for one-time codes (codes) and for signing access tokens (tokens).
// It is not safe for use while it is being changed.
type Keyset struct {
	data   *keyset.Handle
	index  *keyset.Handle
	codes  *keyset.Handle
	tokens []SigningKey
}

// SigningKey is one ES256 key pair for access tokens (RFC 7518, 3.4).
type SigningKey struct {
	// ID is the key's public name, the kid of the token header.
	ID string
	// Private is a key on the curve P-256.
	Private *ecdsa.PrivateKey
	// Primary marks the one key that signs; all of them verify.
	Primary bool
}

// Generate makes a key set with one fresh key for each use.
func Generate() (*Keyset, error) {
	data, errData := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	index, errIndex := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	codes, errCodes := keyset.NewHandle(mac.HMACSHA256Tag256KeyTemplate())
	signing, errSigning := newSigningKey()
	if err := errors.Join(errData, errIndex, errCodes, errSigning); err != nil {
		return nil, fmt.Errorf("cipher: generate keys: %w", err)
	}
	signing.Primary = true
	return &Keyset{data: data, index: index, codes: codes, tokens: []SigningKey{signing}}, nil
}

// Codes is the MAC for one-time codes: HMAC-SHA-256 with a tag of 256 bits.
func (k *Keyset) Codes() (tink.MAC, error) {
	codes, err := mac.New(k.codes)
	if err != nil {
		return nil, fmt.Errorf("cipher: key set part codes: %w", err)
	}
	return codes, nil
}

// TokenKeys is every signing key, oldest first; exactly one is primary.
func (k *Keyset) TokenKeys() []SigningKey {
	return append([]SigningKey(nil), k.tokens...)
}

// AddKeys is the first step of a rotation: data, codes and tokens get one more
// key each, which reads and verifies but does not write or sign yet. Only when
// every running replica has loaded the saved file may [Keyset.Promote] follow;
// then none ever meets a key that it does not know.
//
// The index key is not rotated: an index under a new key equals none that is
// stored, so every look-up would fail until all rows are indexed anew.
//
// It returns [ErrPending], and changes nothing, while an earlier added key
// waits for its promotion.
func (k *Keyset) AddKeys() error {
	if k.pending() {
		return ErrPending
	}
	data, errData := withKey(k.data, aead.AES256GCMKeyTemplate())
	codes, errCodes := withKey(k.codes, mac.HMACSHA256Tag256KeyTemplate())
	signing, errSigning := newSigningKey()
	if err := errors.Join(errData, errCodes, errSigning); err != nil {
		return fmt.Errorf("cipher: add keys: %w", err)
	}
	k.data, k.codes = data, codes
	k.tokens = append(k.TokenKeys(), signing)
	return nil
}

// Promote is the second step of a rotation: the newest key of data, codes and
// tokens becomes the one that writes and signs. The older ones stay, for what
// they wrote. It returns [ErrNothingNewer], and changes nothing, without a
// preceding [Keyset.AddKeys].
func (k *Keyset) Promote() error {
	if !k.pending() {
		return ErrNothingNewer
	}
	data, errData := promoted(k.data)
	codes, errCodes := promoted(k.codes)
	if err := errors.Join(errData, errCodes); err != nil {
		return fmt.Errorf("cipher: promote keys: %w", err)
	}
	tokens := k.TokenKeys()
	for i := range tokens {
		tokens[i].Primary = i == len(tokens)-1
	}
	k.data, k.codes, k.tokens = data, codes, tokens
	return nil
}

// pending tells whether any part's newest key is not its primary one.
func (k *Keyset) pending() bool {
	return !newestIsPrimary(k.data) || !newestIsPrimary(k.codes) ||
		!k.tokens[len(k.tokens)-1].Primary
}

func newestIsPrimary(handle *keyset.Handle) bool {
	info := handle.KeysetInfo()
	return newestID(info) == info.GetPrimaryKeyId()
}

func newestID(info *tinkpb.KeysetInfo) uint32 {
	return info.GetKeyInfo()[len(info.GetKeyInfo())-1].GetKeyId()
}

func withKey(handle *keyset.Handle, template *tinkpb.KeyTemplate) (*keyset.Handle, error) {
	manager := keyset.NewManagerFromHandle(handle)
	if _, err := manager.Add(template); err != nil {
		return nil, err
	}
	return manager.Handle()
}

func promoted(handle *keyset.Handle) (*keyset.Handle, error) {
	manager := keyset.NewManagerFromHandle(handle)
	if err := manager.SetPrimary(newestID(handle.KeysetInfo())); err != nil {
		return nil, err
	}
	return manager.Handle()
}

func newSigningKey() (SigningKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return SigningKey{}, err
	}
	return SigningKey{ID: rand.Text(), Private: private}, nil
}
