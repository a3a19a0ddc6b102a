package token

import (
	"encoding/json"
	"fmt"

	"github.com/MicahParks/jwkset"
)

// JWKS is the JWK Set (RFC 7517, 5) of every key that verifies, also of those
// that do not sign yet, so that others know them before the first signature.
// It holds public keys only.
func (i *Issuer) JWKS() ([]byte, error) {
	set := jwkset.JWKSMarshal{Keys: make([]jwkset.JWKMarshal, 0, len(i.config.Keys))}
	for _, key := range i.config.Keys {
		jwk, err := jwkset.NewJWKFromKey(&key.Private.PublicKey, jwkset.JWKOptions{
			Metadata: jwkset.JWKMetadataOptions{
				ALG: jwkset.AlgES256,
				KID: key.ID,
				USE: jwkset.UseSig,
			},
		})
		if err != nil {
			return nil, fmt.Errorf("token: publish key %s: %w", key.ID, err)
		}
		set.Keys = append(set.Keys, jwk.Marshal())
	}
	return json.Marshal(set)
}
