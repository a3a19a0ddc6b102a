package smpp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// The library's own session is not used: it waits without end for the answer to a
// bind, ends with the first PDU that it cannot read, and does not wait for the
// answer to an unbind. Its PDUs are.

var (
	errLinkLost = errors.New("the connection was lost")
	errNoAnswer = errors.New("there was no answer in time")
)

// statusError is a refusal, in the centre's code.
type statusError data.CommandStatusType

// Error implements error.
func (e statusError) Error() string {
	const unsigned = 0xFFFFFFFF // the library's type has a sign
	return fmt.Sprintf("refused with status 0x%08X", int64(e)&unsigned)
}

// link is one connection that is bound. It is safe for concurrent use.
type link struct {
	conn net.Conn
	pace pace
	// reports get what the centre reports; one that does not fit is refused, so
	// that the centre sends it again.
	reports chan *pdu.DeliverSM
	// window holds a place for each request that waits for its answer.
	window chan struct{}
	// gone is closed when the connection has ended.
	gone chan struct{}

	writing sync.Mutex

	mu      sync.Mutex
	waiting map[int32]chan pdu.PDU
}

// bind makes a link of a connection, which it closes if that fails.
func bind(ctx context.Context, conn net.Conn, a account, p pace) (*link, error) {
	l := &link{
		conn: conn, pace: p, reports: make(chan *pdu.DeliverSM, p.reports), window: make(chan struct{}, p.window),
		gone: make(chan struct{}), waiting: map[int32]chan pdu.PDU{},
	}
	go l.read()
	request, _ := pdu.NewBindTransceiver().(*pdu.BindRequest)
	request.SystemID, request.Password, request.SystemType = a.systemID, a.password, a.systemType
	if _, err := l.ask(ctx, request); err != nil {
		l.close()
		return nil, fmt.Errorf("bind: %w", err)
	}
	return l, nil
}

// ask sends a request and waits for its answer, but not longer than the pace says.
// A refusal is an [statusError].
func (l *link) ask(ctx context.Context, p pdu.PDU) (pdu.PDU, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, l.pace.answer, errNoAnswer)
	defer cancel()
	answer := l.expect(p)
	defer l.forget(p)
	if !l.write(p) {
		return nil, errLinkLost
	}
	select {
	case a := <-answer:
		if status := a.GetHeader().CommandStatus; status != data.ESME_ROK {
			return nil, statusError(status)
		}
		return a, nil
	case <-l.gone:
		return nil, errLinkLost
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// submit asks the centre to take a message, when there is a place in the window.
// The id is what the centre calls it; empty if it has no name for it.
func (l *link) submit(ctx context.Context, p *pdu.SubmitSM) (id string, err error) {
	select {
	case l.window <- struct{}{}:
	case <-l.gone:
		return "", errLinkLost
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer func() { <-l.window }()
	answer, err := l.ask(ctx, p)
	if err != nil {
		return "", err
	}
	accepted, ok := answer.(*pdu.SubmitSMResp)
	if !ok {
		return "", errors.New("the answer is not one to a message")
	}
	return accepted.MessageID, nil
}

func (l *link) expect(p pdu.PDU) <-chan pdu.PDU {
	answer := make(chan pdu.PDU, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[p.GetSequenceNumber()] = answer
	return answer
}

func (l *link) forget(p pdu.PDU) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, p.GetSequenceNumber())
}

// write tells whether the PDU has left. A connection that takes nothing any more is
// closed.
func (l *link) write(p pdu.PDU) bool {
	buffer := pdu.NewBuffer(nil)
	p.Marshal(buffer)
	l.writing.Lock()
	defer l.writing.Unlock()
	stuck := time.AfterFunc(l.pace.answer, l.close)
	defer stuck.Stop()
	if _, err := l.conn.Write(buffer.Bytes()); err != nil {
		l.close()
		return false
	}
	return true
}

func (l *link) close() { _ = l.conn.Close() }

// read handles what the centre sends until the connection ends.
func (l *link) read() {
	defer close(l.gone)
	defer l.close()
	reader := bufio.NewReader(l.conn)
	for {
		p, err := readPDU(reader)
		switch {
		case errors.Is(err, errUnreadable):
			nack := pdu.NewGenericNack()
			nack.SetSequenceNumber(p.GetSequenceNumber())
			l.write(nack)
		case err != nil || !l.handle(p):
			return
		}
	}
}

// handle tells whether the connection goes on.
func (l *link) handle(p pdu.PDU) bool {
	switch p := p.(type) {
	case *pdu.DeliverSM:
		select {
		case l.reports <- p:
		default:
			l.answer(p, data.ESME_RX_T_APPN)
		}
	case *pdu.Unbind:
		l.write(p.GetResponse())
		return false
	default:
		if p.CanResponse() {
			l.write(p.GetResponse())
			return true
		}
		l.mu.Lock()
		waiting := l.waiting[p.GetSequenceNumber()]
		delete(l.waiting, p.GetSequenceNumber())
		l.mu.Unlock()
		if waiting != nil { // otherwise it comes too late, or twice
			waiting <- p
		}
	}
	return true
}

// answer tells the centre whether a report was taken.
func (l *link) answer(p *pdu.DeliverSM, status data.CommandStatusType) {
	answer, _ := p.GetResponse().(*pdu.DeliverSMResp)
	answer.CommandStatus = status
	l.write(answer)
}

// keep asks from time to time whether the centre is still there, and closes the
// connection if there is no answer.
func (l *link) keep(ctx context.Context) {
	tick := time.NewTicker(l.pace.enquire)
	defer tick.Stop()
	for {
		select {
		case <-l.gone:
			return
		case <-tick.C:
		}
		if _, err := l.ask(ctx, pdu.NewEnquireLink()); err != nil {
			l.close()
			return
		}
	}
}

// unbind takes leave when nothing waits for an answer any more, and closes the
// connection.
func (l *link) unbind(ctx context.Context) {
	defer l.close()
	for range cap(l.window) {
		select {
		case l.window <- struct{}{}:
		case <-l.gone:
			return
		case <-ctx.Done():
			return
		}
	}
	_, _ = l.ask(ctx, pdu.NewUnbind())
}

// errUnreadable is a PDU that makes no sense, while its length does: the ones after
// it can be read.
var errUnreadable = errors.New("unreadable PDU")

// readPDU reads the next PDU. Of one that is unreadable only the header is there.
func readPDU(reader io.Reader) (pdu.PDU, error) {
	var header [data.PDU_HEADER_SIZE]byte
	if _, err := io.ReadFull(reader, header[:]); err != nil {
		return nil, err
	}
	length := pdu.ParseHeader(header).CommandLength
	if length < data.PDU_HEADER_SIZE || length > data.MAX_PDU_LEN {
		return nil, errors.New("no PDU")
	}
	body := make([]byte, length)
	copy(body, header[:])
	if _, err := io.ReadFull(reader, body[len(header):]); err != nil {
		return nil, err
	}
	p, err := pdu.Parse(pdu.NewBuffer(body))
	if err != nil {
		unread := pdu.NewGenericNack()
		unread.SetSequenceNumber(pdu.ParseHeader(header).SequenceNumber)
		return unread, errUnreadable
	}
	return p, nil
}
