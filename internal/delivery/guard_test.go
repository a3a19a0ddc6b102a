package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/breaker"
	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// downer is what tells of a provider that is down.
type downer interface{ Down() bool }

// A provider that is down costs the next messages no time (M24).
func TestAGuardedProviderThatIsDown(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	inner := &fake{name: "first", id: domain.ChannelSMS, err: errors.New("down")}
	p := delivery.Guard(inner, clock)
	down, ok := p.(downer)
	require.True(t, ok)
	require.Equal(t, "first", p.Name())
	require.Equal(t, domain.ChannelSMS, p.Channel())
	for range 5 {
		require.False(t, down.Down())
		_, err := p.Send(t.Context(), delivery.Rendered{})
		require.ErrorIs(t, err, inner.err)
	}
	require.True(t, down.Down())
	_, err := p.Send(t.Context(), delivery.Rendered{})
	require.ErrorIs(t, err, breaker.ErrOpen)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
	require.Len(t, inner.sent, 5)

	clock.Advance(30 * time.Second)
	require.False(t, down.Down(), "one call may look")
	inner.err = nil
	reference, err := p.Send(t.Context(), delivery.Rendered{})
	require.NoError(t, err)
	require.Equal(t, "first-reference", reference)
}

// Whoever is refused one message works.
func TestARefusedMessageDoesNotOpenTheBreaker(t *testing.T) {
	t.Parallel()
	inner := &fake{name: "first", id: domain.ChannelSMS, err: fmt.Errorf("no such number: %w", domain.ErrUndeliverable)}
	p := delivery.Guard(inner, testkit.NewClock())
	for range 20 {
		_, err := p.Send(t.Context(), delivery.Rendered{})
		require.ErrorIs(t, err, domain.ErrUndeliverable)
	}
	full := errors.New("the mailbox is full")
	inner.err = delivery.Alone(full)
	for range 20 {
		_, err := p.Send(t.Context(), delivery.Rendered{})
		require.ErrorIs(t, err, full)
		require.EqualError(t, err, full.Error())
	}
}

// polled is a provider that can be asked for receipts.
type polled struct{ fake }

func (p *polled) Poll(context.Context, string) (domain.MessageReceipt, bool, error) {
	return domain.MessageReceipt{Delivered: true}, false, nil
}

func TestOnlyAPollerIsAskedForReceipts(t *testing.T) {
	t.Parallel()
	_, asked := delivery.Guard(&fake{id: domain.ChannelSMS}, testkit.NewClock()).(delivery.Poller)
	require.False(t, asked)
	down := &polled{fake{id: domain.ChannelSMS, err: errors.New("down")}}
	p := delivery.Guard(down, testkit.NewClock())
	for range 6 {
		_, err := p.Send(t.Context(), delivery.Rendered{})
		require.Error(t, err)
	}
	poller, asked := p.(delivery.Poller)
	require.True(t, asked)
	receipt, pending, err := poller.Poll(t.Context(), "r")
	require.NoError(t, err)
	require.False(t, pending)
	require.True(t, receipt.Delivered)
}
