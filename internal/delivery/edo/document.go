// Package edo exchanges electronic documents with payers of contributions, by
// the telecommunication channel that their agreements with the fund provide
// for. A document is XML that the fund has signed; docs/edo.md describes it.
// Production hands documents to a gateway, a sandbox puts them into a folder.
package edo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/beevik/etree"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// Namespace is that of documents and receipts: docs/edo.xsd.
const Namespace = "https://example.org/kabinet/edo/1"

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

// Config is what all documents have in common.
type Config struct {
	Texts *i18n.Catalog
	// CabinetURL is the origin of the frontend that documents point to.
	CabinetURL string
	// Policies are the numbers that documents tell of.
	Policies domain.Policies
	Signer   *Signer
	Clock    Clock
}

// Documents writes documents and signs them. It is safe for concurrent use.
type Documents struct{ Config }

// NewDocuments returns a writer of documents.
func NewDocuments(c Config) *Documents { return &Documents{c} }

// XML is a document with its signature. The same message is the same document
// as long as the key stays the same.
func (d *Documents) XML(m domain.EDOMessage) ([]byte, error) {
	const spaces = 2
	document := etree.NewDocument()
	document.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	document.SetRoot(d.root(m))
	document.Indent(spaces)
	signed, err := d.Signer.sign(document.Root(), d.Clock.Now())
	if err != nil {
		return nil, fmt.Errorf("edo: document %s: %w", m.ID, err)
	}
	document.SetRoot(signed)
	file, err := document.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("edo: document %s cannot be written", m.ID) // the cause may hold its content
	}
	return file, nil
}

// root is the document without its signature.
func (d *Documents) root(m domain.EDOMessage) *etree.Element {
	root := etree.NewElement("document")
	root.CreateAttr("xmlns", Namespace)
	root.CreateAttr("id", m.ID.String())
	root.CreateAttr("kind", string(m.Kind))
	root.CreateAttr("issued", instant(m.IssuedAt))
	add(root, "sender", d.Texts.Text(i18n.Russian, "letter.fund", nil))
	receiver := root.CreateElement("receiver")
	add(receiver, "number", m.Number.Formatted())
	add(receiver, "inn", m.INN.Digits())
	add(receiver, "kpp", m.KPP.Text())
	add(receiver, "name", m.PayerName)
	add(receiver, "agreement", m.Agreement)
	if m.Code != "" {
		activation := root.CreateElement("activation")
		add(activation, "code", Grouped(m.Code))
		add(activation, "validUntil", instant(m.ValidUntil))
	}
	add(root, "page", d.page(m.Kind))
	for _, locale := range locales(m) {
		subject, text := d.text(m, locale)
		words := root.CreateElement("message")
		words.CreateAttr("lang", string(locale))
		add(words, "subject", subject)
		add(words, "text", text)
	}
	return root
}

// add adds an element with a text; what is not known is left out.
func add(to *etree.Element, name, text string) {
	if text != "" {
		to.CreateElement(name).SetText(writable(text))
	}
}

// writable is a text without the characters that XML cannot have.
func writable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), r == '\ufffe', r == '\uffff':
			return ' '
		}
		return r
	}, text)
}

// instant is a moment as documents have it.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// locales are the languages of a document: Russian, and the payer's own.
func locales(m domain.EDOMessage) []i18n.Locale {
	if own := i18n.Locale(m.Locale); own == i18n.English {
		return []i18n.Locale{i18n.Russian, own}
	}
	return []i18n.Locale{i18n.Russian}
}

// Text is a document in plain words, in the payer's language.
func (d *Documents) Text(m domain.EDOMessage) (subject, text string) {
	return d.text(m, i18n.Locale(m.Locale))
}

func (d *Documents) text(m domain.EDOMessage, locale i18n.Locale) (subject, text string) {
	const moscow = 3 * 60 * 60 // seconds east of Greenwich, in summer, too
	key := "edo." + string(m.Kind)
	return d.Texts.Text(locale, key+".subject", nil), d.Texts.Text(locale, key+".text", map[string]string{
		"number":   m.Number.Formatted(),
		"code":     Grouped(m.Code),
		"url":      d.page(m.Kind),
		"until":    m.ValidUntil.In(time.FixedZone("", moscow)).Format("02.01.2006 15:04"),
		"attempts": strconv.Itoa(d.Policies.PayerCodeAttempts),
	})
}

// page is where a document leads: to the entry of codes, or to the sign-in.
func (d *Documents) page(kind domain.EDOKind) string {
	if kind == domain.EDOActivation {
		return d.CabinetURL + "/payer-activation"
	}
	return d.CabinetURL + "/payer"
}

// Grouped is a code as it is easiest to read: XXXXX-XXXXX-XXXXX-XXXXX.
func Grouped(code string) string {
	const group = 5
	var groups []string
	for len(code) > group {
		groups, code = append(groups, code[:group]), code[group:]
	}
	return strings.Join(append(groups, code), "-")
}
