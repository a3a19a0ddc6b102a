package smpp_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/sms/smpp"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
	"example.org/kabinet/internal/testkit/smsc"
)

func TestReceipts(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]domain.MessageReceipt{
		"DELIVRD": {Delivered: true},
		"EXPIRED": {Reason: "expired"},
		"UNDELIV": {Reason: "undeliverable"},
		"DELETED": {Reason: "deleted"},
		"REJECTD": {Reason: "rejected"},
	} {
		for _, form := range []smsc.Form{smsc.FormBoth, smsc.FormText, smsc.FormParameters} {
			t.Run(fmt.Sprint(state, form), func(t *testing.T) {
				t.Parallel()
				centre := smsc.Start(t)
				w := connect(t, centre.URL())
				centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 1, State: state, Form: form, After: time.Millisecond}})
				reference, err := w.Send(t.Context(), message())
				require.NoError(t, err)
				eventually(t, func() bool { return len(w.receipts.all()) == 1 }, "no receipt")
				want := want
				want.Provider, want.Reference, want.At = "smpp", reference, w.clock.Now()
				if form != smsc.FormParameters && !want.Delivered {
					want.Reason += ", error 000"
				}
				require.Equal(t, want, w.receipts.all()[0])
				eventually(t, func() bool { return centre.Waiting() == 0 }, "it was not taken")
			})
		}
	}
}

// What says nothing about the outcome is taken, so that it does not come again.
func TestWhatIsNoReceipt(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	for _, state := range []string{"ENROUTE", "ACCEPTD", "UNKNOWN", "CANARY"} {
		centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 1, State: state, Form: smsc.FormText}})
		_, err := w.Send(t.Context(), message())
		require.NoError(t, err)
	}
	written, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
	require.NoError(t, written.Message.SetMessageWithEncoding("id:7 stat:DELIVRD", data.GSM7BIT))
	centre.Report(written) // somebody writes back
	nameless, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
	nameless.EsmClass = data.SM_SMSC_DLV_RCPT_TYPE
	centre.Report(nameless)
	eventually(t, func() bool { return centre.Waiting() == 0 }, "something was not taken")
	require.Empty(t, w.receipts.all())
	require.NotContains(t, strings.ToLower(w.log.String()), "canary")
}

func TestReceiptsInAPayload(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	eventually(t, func() bool { return centre.Bound() == 1 }, "no bind")
	p, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
	p.EsmClass = data.SM_SMSC_DLV_RCPT_TYPE
	p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessagePayload, Data: []byte("id:abc-7 sub:001 stat:UNDELIV err:011 text:canary")})
	centre.Report(p)
	eventually(t, func() bool { return len(w.receipts.all()) == 1 }, "no receipt")
	require.Equal(t, domain.MessageReceipt{
		Provider: "smpp", Reference: "abc-7", Reason: "undeliverable, error 011", At: w.clock.Now(),
	}, w.receipts.all()[0])
}

// A receipt that comes twice is handed over twice: the message knows that already.
func TestReceiptsThatComeTwice(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 2}})
	_, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	eventually(t, func() bool { return len(w.receipts.all()) == 2 }, "no two receipts")
	require.Equal(t, w.receipts.all()[0], w.receipts.all()[1])
}

// A receipt that overtakes our own note of the reference, or meets a database that
// is down, comes again (M24).
func TestReceiptsThatComeTooEarly(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"unknown yet":          fmt.Errorf("look: %w", domain.ErrUnknownReference),
		"the database is down": errors.New("down"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			centre := smsc.Start(t)
			w := connect(t, centre.URL())
			w.receipts.say(err)
			centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 1}})
			_, failed := w.Send(t.Context(), message())
			require.NoError(t, failed)
			eventually(t, func() bool { return centre.Refused() > 1 }, "it was not refused")
			w.receipts.say(nil)
			eventually(t, func() bool { return len(w.receipts.all()) == 1 && centre.Waiting() == 0 }, "no receipt")
		})
	}
}

// A receipt for a message that nobody knows is sent for ten minutes, not for ever.
func TestReceiptsForNobody(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	w.receipts.say(domain.ErrUnknownReference)
	centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 1}})
	_, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	eventually(t, func() bool { return centre.Refused() > 0 }, "it was not refused")
	w.clock.Advance(10*time.Minute - time.Second)
	refused := centre.Refused()
	eventually(t, func() bool { return centre.Refused() > refused }, "it was taken too early")
	w.clock.Advance(time.Second)
	eventually(t, func() bool { return centre.Waiting() == 0 }, "it still comes")
	require.Contains(t, w.log.String(), "receipt for an unknown message dropped")
	requireConfidential(t, w.log.String())
}

// Receipts that wait keep no message from leaving, and none of them is lost.
func TestReceiptsThatPileUp(t *testing.T) {
	t.Parallel()
	const messages = 10
	centre := smsc.Start(t)
	w := connect(t, centre.URL(), func(p *smpp.Provider) { p.Narrow(1) })
	w.receipts.mu.Lock() // nothing is taken meanwhile
	centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 1}})
	for n := range messages {
		_, err := w.Send(t.Context(), numbered(n))
		require.NoError(t, err)
	}
	eventually(t, func() bool { return centre.Refused() >= messages-2 }, "they were not refused")
	w.receipts.mu.Unlock()
	eventually(t, func() bool { return len(w.receipts.all()) >= messages && centre.Waiting() == 0 }, "some are missing")
	taken := map[string]bool{}
	for _, r := range w.receipts.all() {
		taken[r.Reference] = true
	}
	require.Len(t, taken, messages)
}

// Some centres write an id in hexadecimal digits in their answers, and in decimal
// ones in their receipts.
func TestHexadecimalIDs(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL()+"&ids=hex")
	for range 15 {
		_, err := w.Send(t.Context(), message())
		require.NoError(t, err)
	}
	reference, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	require.Equal(t, "22", reference) // the centre said 16
	for _, form := range []func(*pdu.DeliverSM){
		func(p *pdu.DeliverSM) {
			p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagReceiptedMessageID, Data: []byte("16\x00")})
			p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagMessageStateOption, Data: []byte{data.SM_STATE_DELIVERED}})
		},
		func(p *pdu.DeliverSM) {
			require.NoError(t, p.Message.SetMessageWithEncoding("id:22 stat:DELIVRD", data.GSM7BIT))
		},
	} {
		p, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
		p.EsmClass = data.SM_SMSC_DLV_RCPT_TYPE
		form(p)
		centre.Report(p)
	}
	eventually(t, func() bool { return len(w.receipts.all()) == 2 }, "no receipts")
	for _, r := range w.receipts.all() {
		require.Equal(t, reference, r.Reference)
	}
}

// A receipt that is being taken when the program stops is taken.
func TestReceiptsAtTheEnd(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	entered, release := make(chan struct{}), make(chan struct{})
	var cut error
	w := connectWith(t, centre.URL(), func(ctx context.Context, _ domain.MessageReceipt) error {
		close(entered)
		<-release
		cut = ctx.Err()
		return nil
	})
	centre.Behave(smsc.Behaviour{Receipts: smsc.Receipts{Times: 1}})
	_, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	<-entered
	go close(release)
	w.stop()
	require.NoError(t, cut)
}

// However many receipts for unknown messages come, a bounded number of them is
// remembered; those that come no more make room.
func TestReceiptsForMany(t *testing.T) {
	t.Parallel()
	clock := testkit.NewClock()
	p, err := smpp.New(smpp.Config{URL: "smpp://kabinet:secret@127.0.0.1?from=Kabinet", Clock: clock})
	require.NoError(t, err)
	for n := range smpp.MaxStrange {
		require.True(t, p.Waits(strconv.Itoa(n)))
	}
	require.False(t, p.Waits("one more"))
	require.True(t, p.Waits("0"), "it is known already")
	clock.Advance(10 * time.Minute)
	require.True(t, p.Waits("one more"))
	require.True(t, p.Waits("another one"))
}
