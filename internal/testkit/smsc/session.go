package smsc

import (
	"bufio"
	"encoding/hex"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// session is one connection.
type session struct {
	server *Server
	conn   net.Conn
	bound  bool // guarded by the server's lock

	writing sync.Mutex
}

// partKey names a message of several parts while not all of them are there.
type partKey struct {
	from, to  string
	reference byte
}

// part is one part of a message.
type part struct{ text string }

// serve answers until the connection ends.
func (c *session) serve() {
	defer func() {
		_ = c.conn.Close()
		c.server.left(c)
	}()
	reader := bufio.NewReader(c.conn)
	for {
		p, err := pdu.Parse(reader)
		if err != nil || !c.handle(p) {
			return
		}
	}
}

// handle tells whether the connection goes on.
func (c *session) handle(p pdu.PDU) bool {
	s := c.server
	s.mu.Lock()
	b := s.behaviour
	s.mu.Unlock()
	switch p := p.(type) {
	case *pdu.BindRequest:
		return c.bind(p, b)
	case *pdu.EnquireLink:
		s.mu.Lock()
		s.enquiries++
		s.mu.Unlock()
		if !b.Mute {
			c.write(p.GetResponse())
		}
	case *pdu.SubmitSM:
		return c.submit(p, b)
	case *pdu.DeliverSMResp:
		s.acknowledge(p)
	case *pdu.Unbind:
		s.mu.Lock()
		s.unbinds++
		s.mu.Unlock()
		c.write(p.GetResponse())
		return false
	default:
	}
	return true
}

func (c *session) bind(p *pdu.BindRequest, b Behaviour) bool {
	if b.Mute {
		return true
	}
	answer := pdu.NewBindResp(*p)
	answer.SystemID = "smsc"
	answer.CommandStatus = b.Bind
	if b.Bind == data.ESME_ROK && (p.SystemID != SystemID || p.Password != Password) {
		answer.CommandStatus = data.ESME_RINVPASWD
	}
	if answer.CommandStatus != data.ESME_ROK {
		c.write(answer)
		return false
	}
	c.write(answer)
	c.server.mu.Lock()
	c.server.binds++
	c.bound = true
	c.server.mu.Unlock()
	c.server.deliver()
	return true
}

func (c *session) submit(p *pdu.SubmitSM, b Behaviour) bool {
	answer, _ := p.GetResponse().(*pdu.SubmitSMResp)
	if b.Submit != data.ESME_ROK {
		answer.CommandStatus = b.Submit
		c.write(answer)
		return true
	}
	id := c.server.take(p, b)
	switch {
	case b.Mute:
	case b.Lose:
		return false
	case b.Garbage:
		c.raw([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
	default:
		if !b.Nameless {
			answer.MessageID = id
		}
		time.AfterFunc(b.Late, func() {
			c.write(answer)
			if b.Twice {
				c.write(answer)
			}
		})
	}
	return true
}

// take accepts a part, and returns its id. The last part completes the message.
func (s *Server) take(p *pdu.SubmitSM, b Behaviour) string {
	text, _ := p.Message.GetMessage()
	s.mu.Lock()
	s.nextID++
	id := strconv.Itoa(s.nextID)
	m := Message{
		ID: id, From: p.SourceAddr.Address(), To: p.DestAddr.Address(), Parts: 1,
		Coding: p.Message.Encoding().DataCoding(), Receipt: p.RegisteredDelivery&1 == 1, Validity: p.ValidityPeriod,
	}
	if reference, given := p.OptionalParameters[pdu.TagUserMessageReference]; given {
		m.Reference = hex.EncodeToString(reference.Data)
	}
	total, number, reference, several := p.Message.UDH().GetConcatInfo()
	if several {
		key := partKey{m.From, m.To, reference}
		if s.parts[key] == nil {
			s.parts[key] = map[byte]part{}
		}
		s.parts[key][number] = part{text}
		m.Parts = int(total)
		text = joined(s.parts[key], total)
	}
	complete := text != ""
	if complete {
		m.Text = text
		s.messages = append(s.messages, m)
	}
	s.mu.Unlock()
	if complete && m.Receipt {
		s.promise(m, b.Receipts)
	}
	return id
}

// joined is the text of all parts, empty while one is missing.
func joined(parts map[byte]part, total byte) string {
	var text strings.Builder
	for number := range total {
		one, there := parts[number+1]
		if !there {
			return ""
		}
		text.WriteString(one.text)
	}
	return text.String()
}

func (c *session) write(p pdu.PDU) {
	buffer := pdu.NewBuffer(nil)
	p.Marshal(buffer)
	c.raw(buffer.Bytes())
}

// raw writes bytes; a connection that is gone is no concern of the centre.
func (c *session) raw(bytes []byte) {
	c.writing.Lock()
	defer c.writing.Unlock()
	_, _ = c.conn.Write(bytes)
}
