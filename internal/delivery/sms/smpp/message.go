package smpp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"example.org/kabinet/internal/delivery"
)

// The types of number and numbering plans that are used.
const (
	tonUnknown       = 0
	tonInternational = 1
	tonAlphanumeric  = 5
	npiUnknown       = 0
	npiISDN          = 1
	// shortNumber is the length up to which a number is one of the network's own.
	shortNumber = 8
)

const (
	// headerLength is what the header of a part takes of its octets.
	headerLength = 6
	// maxOctets is what one SMS carries, packed seven bits to a character where
	// the alphabet allows.
	maxOctets = 140
	// maxPlain is how many characters of the default alphabet that is.
	maxPlain = 160
	// plainInPart and octetsInPart are what is left beside the header.
	plainInPart  = 153
	octetsInPart = maxOctets - headerLength
	maxParts     = 255
)

// finalReceipt asks for one receipt, when the outcome is known (SMPP 3.4, 5.2.17).
const finalReceipt = 1

// plan is a message as the centre gets it, one PDU for each part. A receipt is asked
// for the last part alone: it is what the whole message is known by.
func (a account) plan(r delivery.Rendered, now time.Time) ([]*pdu.SubmitSM, error) {
	segments, coding := split(r.Text)
	if len(segments) > maxParts {
		return nil, errors.New("the text is too long")
	}
	mark := sha256.Sum256(r.ID[:]) // the same however often the message is sent
	var all []*pdu.SubmitSM
	for i, segment := range segments {
		p, _ := pdu.NewSubmitSM().(*pdu.SubmitSM)
		p.SourceAddr = a.source()
		p.DestAddr = pdu.NewAddressWithTonNpi(tonInternational, npiISDN)
		if err := p.DestAddr.SetAddress(strings.TrimPrefix(r.To, "+")); err != nil {
			return nil, errors.New("the number is too long") // the cause holds it
		}
		if err := p.Message.SetMessageDataWithEncoding(segment, coding); err != nil {
			return nil, errors.New("the text cannot be encoded")
		}
		p.ValidityPeriod = validity(r.ExpiresAt, now)
		if len(segments) > 1 {
			p.EsmClass |= data.SM_UDH_GSM
			total, number := byte(len(segments)), byte(i+1) //nolint:gosec // there are at most maxParts
			p.Message.SetUDH(pdu.UDH{pdu.NewIEConcatMessage(total, number, mark[2])})
		}
		p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagUserMessageReference, Data: mark[:2]})
		if i == len(segments)-1 {
			p.RegisteredDelivery = finalReceipt
		}
		all = append(all, p)
	}
	return all, nil
}

// validity is how long the centre shall try to reach the phone, so that no code
// arrives after its time (SMPP 3.4, 7.1.1, the relative form); empty for its usual
// time.
func validity(until, now time.Time) string {
	const day, most = 24 * time.Hour, 30 * 24 * time.Hour
	left := until.Sub(now).Truncate(time.Second)
	if until.IsZero() || left <= 0 || left >= most {
		return ""
	}
	clock := time.Time{}.Add(left % day)
	return fmt.Sprintf("0000%02d%s000R", left/day, clock.Format("150405"))
}

func (a account) source() pdu.Address {
	source := pdu.NewAddressWithTonNpi(tonAlphanumeric, npiUnknown)
	switch {
	case isNumber(a.from) && len(a.from) <= shortNumber:
		source = pdu.NewAddressWithTonNpi(tonUnknown, npiUnknown)
	case isNumber(a.from):
		source = pdu.NewAddressWithTonNpi(tonInternational, npiISDN)
	}
	_ = source.SetAddress(a.from) // its length was looked at with the URL
	return source
}

// split encodes a text, in parts where it is longer than one SMS. What is plain
// leaves in the centre's default alphabet: a character there is one octet that the
// centre packs. Everything else is UCS-2.
func split(text string) ([][]byte, data.Encoding) {
	if isPlain(text) {
		if len(text) <= maxPlain {
			return [][]byte{[]byte(text)}, data.GSM7BIT
		}
		return chunks([]byte(text), plainInPart), data.GSM7BIT
	}
	encoded, _ := data.UCS2.Encode(text) // there is no text that it refuses
	if len(encoded) <= maxOctets {
		return [][]byte{encoded}, data.UCS2
	}
	return chunks(encoded, octetsInPart), data.UCS2
}

// chunks cuts octets into pieces. A character of two UCS-2 units may be cut in two:
// phones join the parts before they read them.
func chunks(octets []byte, most int) [][]byte {
	var all [][]byte
	for len(octets) > most {
		all = append(all, octets[:most])
		octets = octets[most:]
	}
	return append(all, octets)
}

// isPlain tells whether a text is the same in ASCII, ISO 8859-1 and the GSM
// alphabet, one of which the centre's default alphabet is.
func isPlain(text string) bool {
	const same = "\n\r !\"#%&'()*+,-./0123456789:;<=>?" +
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(same, r) })
}
