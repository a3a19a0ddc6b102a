package smpp

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"example.org/kabinet/internal/domain"
)

// report is what a receipt says.
type report struct {
	reference string
	// known tells that the state is one that ends the message's way.
	known     bool
	delivered bool
	reason    string
}

// messageType are the bits of esm_class that say what a deliver_sm is.
const messageType = 0x3C

// readReceipt understands a receipt, by its optional parameters as far as there are
// any, and by the text of SMPP 3.4, appendix B, otherwise. Anything else, such as
// what people write back, is none.
func (a account) readReceipt(p *pdu.DeliverSM) (report, bool) {
	id, named := p.OptionalParameters[pdu.TagReceiptedMessageID]
	if !named && p.EsmClass&messageType != data.SM_SMSC_DLV_RCPT_TYPE {
		return report{}, false
	}
	text := receiptText(p)
	r := report{reference: firstGroup(regexp.MustCompile(`(?i)\bid:\s*([^ ]+)`), text)}
	if named {
		r.reference = a.reference(id.String())
	}
	state := strings.ToUpper(firstGroup(regexp.MustCompile(`(?i)\bstat:\s*([A-Z]+)`), text))
	if value := p.OptionalParameters[pdu.TagMessageStateOption].Data; len(value) == 1 {
		state = stateWords()[value[0]]
	}
	r.known, r.delivered, r.reason = outcome(state)
	// Of what the centre says only what is a number is repeated.
	if code := firstGroup(regexp.MustCompile(`(?i)\berr:\s*([0-9]{1,4})\b`), text); code != "" && r.reason != "" {
		r.reason += ", error " + code
	}
	return r, r.reference != ""
}

// receiptText is the text of a receipt, which is plain in every alphabet that
// centres have for it.
func receiptText(p *pdu.DeliverSM) string {
	octets, _ := p.Message.GetMessageData()
	if payload, given := p.OptionalParameters[pdu.TagMessagePayload]; given && len(octets) == 0 {
		octets = payload.Data
	}
	return string(octets)
}

func firstGroup(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// stateWords are the words of the text form by the values of message_state (SMPP
// 3.4, 5.2.28).
func stateWords() map[byte]string {
	return map[byte]string{
		data.SM_STATE_EN_ROUTE: "ENROUTE", data.SM_STATE_DELIVERED: "DELIVRD", data.SM_STATE_EXPIRED: "EXPIRED",
		data.SM_STATE_DELETED: "DELETED", data.SM_STATE_UNDELIVERABLE: "UNDELIV", data.SM_STATE_ACCEPTED: "ACCEPTD",
		data.SM_STATE_INVALID: "UNKNOWN", data.SM_STATE_REJECTED: "REJECTD",
	}
}

// outcome is what a state means. A centre that knows nothing of a message, or has it
// still under way, says nothing about its outcome.
func outcome(state string) (known, delivered bool, reason string) {
	switch state {
	case "DELIVRD":
		return true, true, ""
	case "EXPIRED":
		return true, false, "expired"
	case "DELETED":
		return true, false, "deleted"
	case "UNDELIV":
		return true, false, "undeliverable"
	case "REJECTD":
		return true, false, "rejected"
	default:
		return false, false, ""
	}
}

// reference is an id of an answer or of an optional parameter as the text of a
// receipt writes it.
func (a account) reference(id string) string {
	if !a.hex {
		return id
	}
	number, err := strconv.ParseUint(id, 16, 64)
	if err != nil {
		return id
	}
	return strconv.FormatUint(number, 10)
}

// receipt is the report in the words of the domain.
func (p *Provider) receipt(r report) domain.MessageReceipt {
	return domain.MessageReceipt{
		Provider: p.config.Name, Reference: r.reference, Delivered: r.delivered, Reason: r.reason, At: p.config.Clock.Now(),
	}
}
