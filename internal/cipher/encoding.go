package cipher

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

const fileVersion = 1

// file is the key set as it is written. The Tink parts are clear text: the
// file is itself the secret.
type file struct {
	Version int             `json:"version"`
	Data    json.RawMessage `json:"data"`
	Index   json.RawMessage `json:"index"`
	Codes   json.RawMessage `json:"codes"`
	Tokens  []fileToken     `json:"tokens"`
}

type fileToken struct {
	ID      string `json:"kid"`
	PKCS8   []byte `json:"pkcs8"`
	Primary bool   `json:"primary"`
}

func (k *Keyset) encode() ([]byte, error) {
	data, errData := encodePart(k.data)
	index, errIndex := encodePart(k.index)
	codes, errCodes := encodePart(k.codes)
	tokens, errTokens := encodeTokens(k.tokens)
	if err := errors.Join(errData, errIndex, errCodes, errTokens); err != nil {
		return nil, fmt.Errorf("cipher: encode key set: %w", err)
	}
	return json.MarshalIndent(file{fileVersion, data, index, codes, tokens}, "", "  ")
}

func encodePart(handle *keyset.Handle) (json.RawMessage, error) {
	var out bytes.Buffer
	err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&out))
	return out.Bytes(), err
}

func encodeTokens(keys []SigningKey) ([]fileToken, error) {
	tokens := make([]fileToken, 0, len(keys))
	for _, key := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(key.Private)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, fileToken{ID: key.ID, PKCS8: der, Primary: key.Primary})
	}
	return tokens, nil
}

// decode reads and checks a key set. Its errors name the part that is wrong and
// leave the parsers' own words out, since those may quote a key.
func decode(text []byte) (*Keyset, error) {
	var in file
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&in) != nil || decoder.More() {
		return nil, errors.New("is not a key set in JSON")
	}
	if in.Version != fileVersion {
		return nil, fmt.Errorf("has version %d, this program knows %d", in.Version, fileVersion)
	}
	data, errData := decodePart("data", in.Data)
	index, errIndex := decodePart("index", in.Index)
	codes, errCodes := decodePart("codes", in.Codes)
	tokens, errTokens := decodeTokens(in.Tokens)
	if err := errors.Join(errData, errIndex, errCodes, errTokens); err != nil {
		return nil, err
	}
	k := &Keyset{data: data, index: index, codes: codes, tokens: tokens}
	return k, k.check()
}

func decodePart(name string, text []byte) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, fmt.Errorf("part %s is not a Tink key set", name)
	}
	return handle, nil
}

func decodeTokens(in []fileToken) ([]SigningKey, error) {
	keys := make([]SigningKey, 0, len(in))
	seen := make(map[string]bool, len(in))
	primaries := 0
	for i, t := range in {
		parsed, err := x509.ParsePKCS8PrivateKey(t.PKCS8)
		private, ok := parsed.(*ecdsa.PrivateKey)
		if err != nil || !ok || private.Curve != elliptic.P256() {
			return nil, fmt.Errorf("part tokens, key %d is not a P-256 private key", i)
		}
		if t.ID == "" || seen[t.ID] {
			return nil, fmt.Errorf("part tokens, key %d has no kid of its own", i)
		}
		seen[t.ID] = true
		if t.Primary {
			primaries++
		}
		keys = append(keys, SigningKey{ID: t.ID, Private: private, Primary: t.Primary})
	}
	if primaries != 1 {
		return nil, fmt.Errorf("part tokens has %d primary keys instead of 1", primaries)
	}
	return keys, nil
}

// check refuses parts that hold keys of another kind, and such that would write
// values without Tink's prefix, which tells by what key they were made.
func (k *Keyset) check() error {
	if _, err := k.Fields(); err != nil {
		return errors.New("part data or index holds keys of another kind")
	}
	if _, err := k.Codes(); err != nil {
		return errors.New("part codes holds keys of another kind")
	}
	if !allPrefixed(k.data) || !allPrefixed(k.codes) {
		return errors.New("part data or codes holds a key without Tink's prefix")
	}
	if k.index.Len() != 1 {
		return fmt.Errorf("part index has %d keys instead of 1", k.index.Len())
	}
	return nil
}

func allPrefixed(handle *keyset.Handle) bool {
	for _, key := range handle.KeysetInfo().GetKeyInfo() {
		if key.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return false
		}
	}
	return true
}
