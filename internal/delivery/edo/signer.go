package edo

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Signer signs documents in the name of the fund. It is safe for concurrent use.
type Signer struct {
	key   crypto.Signer
	leaf  *x509.Certificate
	chain [][]byte
}

// minRSABits is the least length of an RSA key.
const minRSABits = 2048

// errExpired says that nobody would accept a signature now.
var errExpired = errors.New("the certificate of the signature is not valid at this time")

// LoadSigner reads a certificate with its chain, and its key, from PEM files: RSA
// of at least 2048 bits or ECDSA on P-256. No error repeats anything of their
// content.
func LoadSigner(certFile, keyFile string) (*Signer, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, errors.New("edo: the certificate of the signature and its key cannot be read, or do not belong together")
	}
	s := &Signer{leaf: pair.Leaf, chain: pair.Certificate}
	switch key := pair.PrivateKey.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() >= minRSABits {
			s.key = key
		}
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P256() {
			s.key = curveKey{key}
		}
	}
	if s.key == nil {
		return nil, errors.New("edo: the key of the signature must be RSA of at least 2048 bits, or ECDSA on P-256")
	}
	return s, nil
}

// sign returns a copy of an element with its signature inside: XML-DSig,
// enveloped, over exclusive canonical XML, with SHA-256.
func (s *Signer) sign(root *etree.Element, now time.Time) (*etree.Element, error) {
	if now.Before(s.leaf.NotBefore) || now.After(s.leaf.NotAfter) {
		return nil, errExpired
	}
	c, err := dsig.NewSigningContext(s.key, s.chain)
	if err != nil {
		return nil, err
	}
	c.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	return c.SignEnveloped(root)
}

// curveKey signs with ECDSA as XML-DSig wants it.
type curveKey struct{ key *ecdsa.PrivateKey }

// Public implements [crypto.Signer].
func (k curveKey) Public() crypto.PublicKey { return k.key.Public() }

// Sign implements [crypto.Signer]. The signature is both numbers one behind the
// other and no ASN.1 (XML Signature 1.1, section 6.4.3), and is made without
// chance (RFC 6979): the same document keeps its signature.
func (k curveKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	der, err := k.key.Sign(nil, digest, opts)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return nil, err
	}
	const size = 256 / 8
	signature := make([]byte, 2*size)
	pair.R.FillBytes(signature[:size])
	pair.S.FillBytes(signature[size:])
	return signature, nil
}
