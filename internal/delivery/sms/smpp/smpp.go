// Package smpp sends messages through an operator's SMS centre: SMPP 3.4, one
// connection that is bound as transceiver, kept alive, and bound again after every
// loss. docs/sms.md describes it for those who run it.
package smpp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// Receipts takes what the centre says of a message. An error means that the centre
// shall say it again; [domain.ErrUnknownReference] means so for ten minutes.
type Receipts func(ctx context.Context, r domain.MessageReceipt) error

// Config is what a [Provider] is made of.
type Config struct {
	// URL is SCHEME://SYSTEM_ID:PASSWORD@HOST[:PORT]?from=NAME: smpps with TLS,
	// smpp to the same machine, smpp+insecure to others.
	URL string
	// Name is what attempts call the provider.
	Name     string
	Receipts Receipts
	Clock    delivery.Clock
	Log      *slog.Logger
}

// pace is how patient a provider is.
type pace struct {
	// answer bounds the wait for every answer, and for a connection.
	answer time.Duration
	// enquire is the pause between two enquire_link.
	enquire time.Duration
	// bound is how long a message waits for a connection.
	bound time.Duration
	// rebind is the wait after a connection was lost; it doubles with each further
	// failure up to rebindAtMost.
	rebind, rebindAtMost time.Duration
	// window is how many messages may wait for their answers at once, reports how
	// many receipts may wait to be taken, and hands how many are taken at once.
	window, reports, hands int
}

func usualPace() pace {
	return pace{
		answer: 10 * time.Second, enquire: 30 * time.Second, bound: 3 * time.Second,
		rebind: time.Second, rebindAtMost: 30 * time.Second,
		window: 10, reports: 100, hands: 4,
	}
}

// Provider sends messages through one centre. It has to [Provider.Run] meanwhile.
// It is safe for concurrent use.
type Provider struct {
	config  Config
	account account
	pace    pace
	secure  *tls.Config
	strange *strangers

	mu      sync.Mutex
	link    *link         // nil while there is none
	changed chan struct{} // closed when there is one
}

// New reads the URL of the centre, and connects to nothing. No error repeats
// anything of the URL.
func New(c Config) (*Provider, error) {
	a, err := parseURL(c.URL)
	if err != nil {
		return nil, fmt.Errorf("smpp: %w", err)
	}
	return &Provider{
		config: c, account: a, pace: usualPace(), strange: newStrangers(c.Clock),
		secure: &tls.Config{ServerName: a.host, MinVersion: tls.VersionTLS12}, changed: make(chan struct{}),
	}, nil
}

// Name implements [delivery.Provider].
func (p *Provider) Name() string { return p.config.Name }

// Channel implements [delivery.Provider].
func (p *Provider) Channel() domain.Channel { return domain.ChannelSMS }

// Send implements [delivery.Provider]. For good is only a refusal of this very
// number or text. SMPP has no way to tell a message that is sent twice from two: what
// came without an answer is sent again, with the same user_message_reference.
func (p *Provider) Send(ctx context.Context, r delivery.Rendered) (reference string, err error) {
	parts, err := p.account.plan(r, p.config.Clock.Now())
	if err != nil {
		return "", fmt.Errorf("smpp: %w: %w", err, domain.ErrUndeliverable)
	}
	l, err := p.bound(ctx)
	if err != nil {
		return "", fmt.Errorf("smpp: %w", err)
	}
	for _, part := range parts {
		if reference, err = l.submit(ctx, part); err != nil {
			return "", fmt.Errorf("smpp: %w", final(err))
		}
	}
	return p.account.reference(reference), nil
}

// final marks the refusals of this very message. All others are about the account,
// its load or the centre.
func final(err error) error {
	status, refused := errors.AsType[statusError](err)
	code := data.CommandStatusType(status)
	if refused && (code == data.ESME_RINVDSTADR || code == data.ESME_RINVMSGLEN) {
		return fmt.Errorf("%w: %w", err, domain.ErrUndeliverable)
	}
	return err
}

// errNotBound is the error of a message for which there was no connection.
var errNotBound = errors.New("not bound to the centre")

// bound is the link, for which it waits a little.
func (p *Provider) bound(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.pace.bound, errNotBound)
	defer cancel()
	for {
		l, changed := p.current()
		if l != nil {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Run keeps the provider bound until ctx ends, then takes leave of the centre once
// the messages under way have their answers. Nothing may be sent afterwards.
func (p *Provider) Run(ctx context.Context) {
	told := ""
	for wait := p.pace.rebind; ctx.Err() == nil; {
		l, err := p.dial(ctx)
		if err == nil {
			p.config.Log.InfoContext(ctx, "bound to the SMS centre", "provider", p.config.Name)
			p.serve(ctx, l)
			wait, told, err = p.pace.rebind, "", errLinkLost
		}
		if ctx.Err() != nil {
			return
		}
		if told != err.Error() {
			p.config.Log.WarnContext(ctx, "not bound to the SMS centre", "provider", p.config.Name, "error", err)
			told = err.Error()
		}
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
		wait = min(2*wait, p.pace.rebindAtMost)
	}
}

// dial connects and binds, both in bounded time.
func (p *Provider) dial(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*p.pace.answer)
	defer cancel()
	dialer := &net.Dialer{Timeout: p.pace.answer}
	dial := dialer.DialContext
	if p.account.tls {
		dial = (&tls.Dialer{NetDialer: dialer, Config: p.secure}).DialContext
	}
	conn, err := dial(ctx, "tcp", p.account.addr)
	if err != nil {
		return nil, delivery.Nameless(err)
	}
	return bind(ctx, conn, p.account, p.pace)
}

// serve lets messages use a link until it is gone or ctx ends.
func (p *Provider) serve(ctx context.Context, l *link) {
	var hands sync.WaitGroup
	hands.Go(func() { l.keep(context.WithoutCancel(ctx)) }) // it goes on until the link is gone
	for range p.pace.hands {
		hands.Go(func() { p.take(ctx, l) })
	}
	p.use(l)
	select {
	case <-l.gone:
		p.leave(l)
	case <-ctx.Done():
		p.leave(l)
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.pace.answer)
		l.unbind(leave)
		cancel()
		<-l.gone
	}
	hands.Wait()
}

// current is the link, nil if there is none; then changed is closed when there is.
func (p *Provider) current() (l *link, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link != nil {
		select {
		case <-p.link.gone:
			p.link, p.changed = nil, make(chan struct{})
		default:
		}
	}
	return p.link, p.changed
}

// use makes a link the one that messages leave by.
func (p *Provider) use(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.link = l
	close(p.changed)
}

// leave lets no further message leave by a link.
func (p *Provider) leave(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link == l {
		p.link, p.changed = nil, make(chan struct{})
	}
}
