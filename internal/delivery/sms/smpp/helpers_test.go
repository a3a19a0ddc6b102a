package smpp_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/sms/smpp"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
	"example.org/kabinet/internal/testkit/smsc"
)

const (
	patience = 20 * time.Second
	glance   = 5 * time.Millisecond
	// soon is how long the provider waits for answers in tests that are about
	// answers which never come, and long in all others.
	soon = 150 * time.Millisecond
	long = 15 * time.Second
)

func message() delivery.Rendered {
	return delivery.Rendered{
		ID: domain.NewID(), Channel: domain.ChannelSMS, To: "+79001234567", Text: "Кабинет: код 123456.", Code: "123456",
	}
}

// receipts is what was taken, and what is to be said about it.
type receipts struct {
	mu    sync.Mutex
	taken []domain.MessageReceipt
	err   error
}

func (r *receipts) say(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

func (r *receipts) take(_ context.Context, one domain.MessageReceipt) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.taken = append(r.taken, one)
	}
	return r.err
}

func (r *receipts) all() []domain.MessageReceipt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]domain.MessageReceipt(nil), r.taken...)
}

// wire is a provider that runs, with everything around it.
type wire struct {
	*smpp.Provider

	clock    *testkit.Clock
	receipts *receipts
	log      *testkit.Log
	stop     func()
}

// connect runs a provider at a centre until the test ends, which takes nothing
// longer than it has to.
func connect(t *testing.T, url string, options ...func(*smpp.Provider)) *wire {
	t.Helper()
	taken := &receipts{}
	w := connectWith(t, url, taken.take, options...)
	w.receipts = taken
	return w
}

// connectWith runs a provider that hands its receipts to take.
func connectWith(t *testing.T, url string, take smpp.Receipts, options ...func(*smpp.Provider)) *wire {
	t.Helper()
	w := &wire{clock: testkit.NewClock(), log: &testkit.Log{}}
	p, err := smpp.New(smpp.Config{
		URL: url, Name: "smpp", Receipts: take, Clock: w.clock, Log: slog.New(slog.NewJSONHandler(w.log, nil)),
	})
	require.NoError(t, err)
	p.Hurry(long, 20*time.Millisecond)
	for _, option := range options {
		option(p)
	}
	w.Provider = p
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		p.Run(ctx)
	}()
	w.stop = func() {
		cancel()
		<-over
	}
	t.Cleanup(w.stop)
	return w
}

// impatient waits for no answer for long.
func impatient(p *smpp.Provider) { p.Hurry(soon, 20*time.Millisecond) }

func eventually(t *testing.T, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, patience, glance, what)
}

// requireConfidential wants nothing of a message or of the account in a text.
func requireConfidential(t *testing.T, text string) {
	t.Helper()
	for _, word := range []string{"9001234567", "123456", smsc.Password, "127.0.0.1"} {
		require.NotContains(t, text, word)
	}
}

// requireLater wants an error that is worth another try.
func requireLater(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
	requireConfidential(t, err.Error())
}

// numbered is a message to a number of its own.
func numbered(n int) delivery.Rendered {
	m := message()
	m.To = fmt.Sprintf("+7900%07d", n)
	m.Text = fmt.Sprintf("Кабинет: код %06d.", n)
	return m
}

// repeated is a text of so many characters.
func repeated(letter string, times int) string { return strings.Repeat(letter, times) }
