package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/sms"
	"example.org/kabinet/internal/delivery/sms/smpp"
	"example.org/kabinet/internal/domain"
)

// newSMS is what SMS leave by in production, the first choice first, each behind a
// breaker.
func (a *App) newSMS() ([]delivery.Provider, error) {
	var all []delivery.Provider
	taken := map[string]bool{}
	for _, one := range []struct {
		variable string
		url      config.Secret
	}{
		{"KABINET_SMS_URL", a.Config.Delivery.SMSURL},
		{"KABINET_SMS_FALLBACK_URL", a.Config.Delivery.SMSFallbackURL},
	} {
		if one.url.IsZero() {
			continue
		}
		name := smsName(one.url.Reveal())
		if taken[name] {
			name += "-2" // receipts and attempts have to tell them apart
		}
		taken[name] = true
		p, err := a.newSMSProvider(one.url.Reveal(), name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.variable, err)
		}
		all = append(all, delivery.Guard(p, a.Clock))
	}
	return all, nil
}

// smsName is what attempts call the provider of a URL: the protocol or the gateway
// that is known.
func smsName(text string) string {
	scheme := ""
	if u, err := url.Parse(text); err == nil {
		scheme = strings.TrimSuffix(u.Scheme, "+insecure")
	}
	switch scheme {
	case "http", "https":
		return "sms"
	case "smpps":
		return "smpp"
	default:
		return scheme
	}
}

func (a *App) newSMSProvider(text, name string) (delivery.Provider, error) {
	if smsName(text) != "smpp" {
		return sms.New(sms.Config{URL: text, Name: name, Clock: a.Clock})
	}
	p, err := smpp.New(smpp.Config{URL: text, Name: name, Receipts: a.receive, Clock: a.Clock, Log: a.Log})
	if err != nil {
		return nil, err
	}
	a.links = append(a.links, p)
	return p, nil
}

// receive hands a receipt to the messages, which are not there yet when their
// providers are made.
func (a *App) receive(ctx context.Context, r domain.MessageReceipt) error {
	return a.services.notification.Receive(ctx, r)
}

// link is a connection that is kept while messages are sent.
type link interface {
	// Run keeps it until ctx ends, and takes leave of the other side.
	Run(ctx context.Context)
}

// startLinks opens the connections that are kept. The returned function ends them,
// and waits for that.
func (a *App) startLinks(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var under sync.WaitGroup
	for _, one := range a.links {
		under.Go(func() { one.Run(ctx) })
	}
	return func() {
		cancel()
		under.Wait()
	}
}
