package smsc

import (
	"fmt"
	"slices"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// Receipts is what a [Server] reports of accepted messages.
type Receipts struct {
	// Times is how often each receipt is sent, even though it was taken.
	Times int
	// State is the word of the text form, such as DELIVRD, UNDELIV, EXPIRED or
	// ENROUTE; empty stands for DELIVRD.
	State string
	// After is how long the message has been accepted by then. Without it, a
	// receipt overtakes the answer to the message.
	After time.Duration
	// Form is which of the two forms a receipt has.
	Form Form
}

// Form is how a receipt is written.
type Form int

// The forms of a receipt: the text that most centres write, the optional
// parameters of SMPP 3.4, or both.
const (
	FormBoth Form = iota
	FormText
	FormParameters
)

// again is how long a receipt waits that was not taken.
const again = 50 * time.Millisecond

// receipt is one that was not taken yet.
type receipt struct {
	pdu *pdu.DeliverSM
	// left is how often it has yet to be sent.
	left int
	// with is who has it and has not answered yet.
	with *session
}

// promise sends the receipts of a message in time.
func (s *Server) promise(m Message, r Receipts) {
	if r.Times == 0 {
		return
	}
	one := &receipt{pdu: deliverSM(m, r), left: r.Times}
	due := func() {
		s.mu.Lock()
		s.receipts = append(s.receipts, one)
		s.mu.Unlock()
		s.deliver()
	}
	if r.After == 0 {
		due()
		return
	}
	time.AfterFunc(r.After, due)
}

// Waiting is how many receipts were not taken yet.
func (s *Server) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.receipts)
}

// Refused is how often a receipt was not taken.
func (s *Server) Refused() int { return s.count(&s.refused) }

// Report sends a PDU to one of those that are bound until it is taken.
func (s *Server) Report(p *pdu.DeliverSM) {
	s.mu.Lock()
	s.receipts = append(s.receipts, &receipt{pdu: p, left: 1})
	s.mu.Unlock()
	s.deliver()
}

// deliver sends what nobody has to one of those that are bound.
func (s *Server) deliver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		if !one.bound {
			continue
		}
		for _, r := range s.receipts {
			if r.with == nil {
				r.with = one
				one.write(r.pdu)
			}
		}
		return
	}
}

// left takes back what a session has not answered.
func (s *Server) left(gone *session) {
	s.mu.Lock()
	delete(s.sessions, gone)
	for _, r := range s.receipts {
		if r.with == gone {
			r.with = nil
		}
	}
	s.mu.Unlock()
	s.deliver()
}

// acknowledge notes the answer to a receipt. One that was not taken comes again.
func (s *Server) acknowledge(answer *pdu.DeliverSMResp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.receipts, func(r *receipt) bool { return r.pdu.SequenceNumber == answer.SequenceNumber })
	if i < 0 {
		return
	}
	if answer.CommandStatus == data.ESME_ROK {
		s.receipts[i].left--
	} else {
		s.refused++
	}
	if s.receipts[i].left == 0 {
		s.receipts = slices.Delete(s.receipts, i, i+1)
		return
	}
	one := s.receipts[i]
	time.AfterFunc(again, func() {
		s.mu.Lock()
		one.with = nil
		s.mu.Unlock()
		s.deliver()
	})
}

func deliverSM(m Message, r Receipts) *pdu.DeliverSM {
	p, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
	p.EsmClass = data.SM_SMSC_DLV_RCPT_TYPE
	_ = p.SourceAddr.SetAddress(m.To)
	_ = p.DestAddr.SetAddress(m.From)
	state := r.State
	if state == "" {
		state = "DELIVRD"
	}
	if r.Form != FormParameters {
		_ = p.Message.SetMessageWithEncoding(fmt.Sprintf(
			"id:%s sub:001 dlvrd:001 submit date:2611280900 done date:2611280901 stat:%s err:000 text:", m.ID, state), data.GSM7BIT)
	}
	if r.Form != FormText {
		p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagReceiptedMessageID, Data: append([]byte(m.ID), 0)})
		p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessageStateOption, Data: []byte{states()[state]}})
	}
	return p
}

// states are the values of message_state by the words of the text form.
func states() map[string]byte {
	return map[string]byte{
		"ENROUTE": data.SM_STATE_EN_ROUTE, "DELIVRD": data.SM_STATE_DELIVERED, "EXPIRED": data.SM_STATE_EXPIRED,
		"DELETED": data.SM_STATE_DELETED, "UNDELIV": data.SM_STATE_UNDELIVERABLE, "ACCEPTD": data.SM_STATE_ACCEPTED,
		"UNKNOWN": data.SM_STATE_INVALID, "REJECTD": data.SM_STATE_REJECTED,
	}
}
