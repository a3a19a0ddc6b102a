package edo_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/domain"
)

// parse reads a document without looking at its signature.
func parse(t *testing.T, file []byte) *etree.Element {
	t.Helper()
	d := etree.NewDocument()
	require.NoError(t, d.ReadFromBytes(file))
	return d.Root()
}

// verify checks a document's signature by a certificate as the other side would.
func verify(t *testing.T, file []byte, cert *x509.Certificate) error {
	t.Helper()
	root := parse(t, file)
	value := root.FindElement("//ds:SignatureValue")
	require.NotNil(t, value)
	if method := root.FindElement("//ds:SignatureMethod").SelectAttrValue("Algorithm", ""); strings.Contains(method, "ecdsa") {
		// The library knows signatures of this kind as ASN.1 only.
		raw, err := base64.StdEncoding.DecodeString(value.Text())
		require.NoError(t, err)
		require.Len(t, raw, 64)
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
		require.NoError(t, err)
		value.SetText(base64.StdEncoding.EncodeToString(der))
	}
	c := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	c.Clock = dsig.NewFakeClockAt(at())
	_, err := c.Validate(root)
	return err
}

// M16: the document says for whom it is, which code, how and until when.
func TestTheDocument(t *testing.T) {
	t.Parallel()
	file, err := documents(t).XML(message(t))
	require.NoError(t, err)
	keep(t, "edo-activation.xml", file)
	root := parse(t, file)
	require.Equal(t, edo.Namespace, root.NamespaceURI())
	for path, want := range map[string]string{
		"@id": "0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55", "@kind": "activation_code", "@issued": "2026-11-02T22:30:00Z",
	} {
		require.Equal(t, want, root.SelectAttrValue(path[1:], ""), path)
	}
	for path, want := range map[string]string{
		"sender": "Пенсионный фонд Российской Федерации", "receiver/number": "087-214-000001", "receiver/inn": "3900000009",
		"receiver/kpp": "390001001", "receiver/name": "ООО «Синтетика & Ко» <canary>", "receiver/agreement": "ЭДО-2026/17",
		"activation/code": "48210-93775-06192-83343", "activation/validUntil": "2026-12-02T22:30:00Z",
		"page": "https://cabinet.example.org/payer-activation", "message/subject": "Код активации личного кабинета плательщика",
	} {
		require.NotNil(t, root.FindElement(path), path)
		require.Equal(t, want, root.FindElement(path).Text(), path)
	}
	require.Len(t, root.FindElements("message"), 1)
	text := root.FindElement("message/text").Text()
	for _, piece := range []string{
		"087-214-000001", "Код активации: 48210-93775-06192-83343\n", "https://cabinet.example.org/payer-activation",
		"до 03.12.2026 01:30 по московскому времени", "После 20 неверных",
	} {
		require.Contains(t, text, piece)
	}
	require.NotContains(t, text, "{")
}

// The notice has no code; whoever reads English gets both languages.
func TestTheNotice(t *testing.T) {
	t.Parallel()
	m := notice(t)
	d := documents(t)
	file, err := d.XML(m)
	require.NoError(t, err)
	keep(t, "edo-notice.xml", file)
	root := parse(t, file)
	require.Nil(t, root.FindElement("activation"))
	require.Nil(t, root.FindElement("receiver/kpp"))
	require.Equal(t, "https://cabinet.example.org/payer", root.FindElement("page").Text())
	words := root.FindElements("message")
	require.Len(t, words, 2)
	require.Equal(t, "ru", words[0].SelectAttrValue("lang", ""))
	require.Equal(t, "en", words[1].SelectAttrValue("lang", ""))
	subject, text := d.Text(m)
	require.Equal(t, words[1].FindElement("subject").Text(), subject)
	require.Equal(t, words[1].FindElement("text").Text(), text)
	require.NotContains(t, string(file), "{")
}

func TestTheSignature(t *testing.T) {
	t.Parallel()
	stranger := issue(t, curve(t, elliptic.P256()), nil)
	for name, i := range map[string]*identity{
		"ECDSA": issue(t, curve(t, elliptic.P256()), nil), "RSA": issue(t, rsaKey(t, 2048), nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer, err := edo.LoadSigner(i.certFile, i.keyFile)
			require.NoError(t, err)
			d := signedBy(t, signer)
			for _, m := range []domain.EDOMessage{message(t), notice(t)} {
				file, err := d.XML(m)
				require.NoError(t, err)
				require.NoError(t, verify(t, file, i.cert))
				require.Error(t, verify(t, file, stranger.cert))
				forged := strings.Replace(string(file), "087-214-000001", "087-214-000002", 1)
				require.Error(t, verify(t, []byte(forged), i.cert))
				again, err := d.XML(m)
				require.NoError(t, err)
				require.Equal(t, string(file), string(again), "the same message is the same document")
			}
			root := parse(t, mustXML(t, d, message(t)))
			require.Equal(t, "http://www.w3.org/2001/10/xml-exc-c14n#",
				root.FindElement("//ds:CanonicalizationMethod").SelectAttrValue("Algorithm", ""))
			require.Empty(t, root.FindElement("//ds:Reference").SelectAttrValue("URI", "?"), "all of the document")
		})
	}
}

func mustXML(t *testing.T, d *edo.Documents, m domain.EDOMessage) []byte {
	t.Helper()
	file, err := d.XML(m)
	require.NoError(t, err)
	return file
}

// Whatever a register has in a name, the document is XML and its signature good.
func TestStrangeNames(t *testing.T) {
	t.Parallel()
	i := issue(t, curve(t, elliptic.P256()), nil)
	signer, err := edo.LoadSigner(i.certFile, i.keyFile)
	require.NoError(t, err)
	for _, name := range []string{
		strings.Repeat("Щ", 500), "a\x00b\x1f\r\n\t", "\xff\xfe", "\ufffe\uffff", "𐀀 😀", "<![CDATA[", "]]>", "&#0; &amp;", " a  b ", "--",
	} {
		m := message(t)
		m.PayerName = name
		require.NoError(t, verify(t, mustXML(t, signedBy(t, signer), m), i.cert), "%q", name)
	}
}

// What cannot be trusted is not sent, and waits for a new certificate.
func TestACertificateThatIsOver(t *testing.T) {
	t.Parallel()
	i := issue(t, curve(t, elliptic.P256()), nil)
	signer, err := edo.LoadSigner(i.certFile, i.keyFile)
	require.NoError(t, err)
	for years, good := range map[int]bool{-11: false, -9: true, 9: true, 11: false} {
		d := signedBy(t, signer)
		d.Clock = fixed(at().AddDate(years, 0, 0))
		_, err := d.XML(message(t))
		require.Equal(t, good, err == nil, years)
		if !good {
			require.ErrorContains(t, err, "not valid at this time")
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
		}
	}
}
