package smpp_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/sms/smpp"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit/smsc"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	const plain, ucs2 = 0, 8
	for name, tc := range map[string]struct {
		text   string
		coding byte
		parts  int
	}{
		"Russian":                  {"Кабинет: код 123456.", ucs2, 1},
		"English":                  {"Kabinet: code 123456. https://example.org/?a=1", plain, 1},
		"mixed":                    {"Kabinet: код", ucs2, 1},
		"not the same everywhere":  {"a_b@c $[]{}", ucs2, 1},
		"the longest Russian part": {repeated("я", 70), ucs2, 1},
		"two Russian parts":        {repeated("я", 71), ucs2, 2},
		"the longest English part": {repeated("a", 160), plain, 1},
		"two English parts":        {repeated("a", 161), plain, 2},
		"three parts":              {repeated("ы", 150), ucs2, 3},
		"beyond the first plane":   {repeated("😀", 60), ucs2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			centre := smsc.Start(t)
			w := connect(t, centre.URL())
			m := message()
			m.Text = tc.text
			reference, err := w.Send(t.Context(), m)
			require.NoError(t, err)
			sent := centre.Messages()
			require.Len(t, sent, 1)
			if tc.text != repeated("😀", 60) {
				require.Equal(t, tc.text, sent[0].Text)
			}
			require.Equal(t, tc.parts, sent[0].Parts)
			require.Equal(t, tc.coding, sent[0].Coding)
			require.Equal(t, sent[0].ID, reference)
			require.Equal(t, "79001234567", sent[0].To)
			require.Equal(t, "Kabinet", sent[0].From)
			require.True(t, sent[0].Receipt)
			require.Len(t, sent[0].Reference, 4)
		})
	}
}

// A code that is held up at the centre ends there with its time (M24).
func TestValidity(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	now := w.clock.Now()
	for _, tc := range []struct {
		until time.Time
		want  string
	}{
		{time.Time{}, ""},
		{now.Add(10 * time.Minute), "000000001000000R"},
		{now.Add(72*time.Hour + 61*time.Second), "000003000101000R"},
		{now.Add(30 * 24 * time.Hour), ""},
		{now, ""},
	} {
		m := message()
		m.ExpiresAt = tc.until
		_, err := w.Send(t.Context(), m)
		require.NoError(t, err)
		all := centre.Messages()
		require.Equal(t, tc.want, all[len(all)-1].Validity)
	}
}

// Refusals of the message are for good; refusals of the account, or for now, wait.
func TestStatuses(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	for status, final := range map[data.CommandStatusType]bool{
		data.ESME_RINVDSTADR: true, data.ESME_RINVMSGLEN: true,
		data.ESME_RTHROTTLED: false, data.ESME_RMSGQFUL: false, data.ESME_RSYSERR: false, data.ESME_RSUBMITFAIL: false,
		data.ESME_RINVSRCADR: false, data.ESME_RINVBNDSTS: false, data.ESME_RUNKNOWNERR: false, 0x4FF: false,
	} {
		centre.Behave(smsc.Behaviour{Submit: status})
		_, err := w.Send(t.Context(), message())
		require.Error(t, err)
		require.Equal(t, final, errors.Is(err, domain.ErrUndeliverable), err)
		requireConfidential(t, err.Error())
	}
	require.Empty(t, centre.Messages())
	centre.Behave(smsc.Behaviour{})
	_, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	require.Equal(t, 1, centre.Binds(), "a refusal ends no connection")
}

// A centre that takes connections and never says a word is left, and found again
// when it speaks.
func TestACentreThatNeverAnswers(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	centre.Behave(smsc.Behaviour{Mute: true})
	w := connect(t, centre.URL(), impatient)
	_, err := w.Send(t.Context(), message())
	requireLater(t, err)
	centre.Behave(smsc.Behaviour{})
	eventually(t, func() bool { return centre.Bound() == 1 }, "no bind")

	centre.Behave(smsc.Behaviour{Mute: true})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = w.Send(ctx, message())
	requireLater(t, err)
	require.NoError(t, ctx.Err(), "the provider's own patience is shorter")
	centre.Behave(smsc.Behaviour{})
	eventually(t, func() bool { return centre.Binds() >= 2 && centre.Bound() == 1 }, "no second bind")
	_, err = w.Send(t.Context(), message())
	require.NoError(t, err)
	requireConfidential(t, w.log.String())
}

// The wait ends with the caller's, whatever the provider's own is.
func TestTheCallersPatience(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	eventually(t, func() bool { return centre.Bound() == 1 }, "no bind")
	centre.Behave(smsc.Behaviour{Late: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := w.Send(ctx, message())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	requireLater(t, err)
}

// Answers that come too late or twice belong to no other message.
func TestLateAndDoubleAnswers(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	centre.Behave(smsc.Behaviour{Late: 50 * time.Millisecond})
	reference, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	require.Equal(t, "1", reference)

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = w.Send(ctx, message())
	requireLater(t, err)
	centre.Behave(smsc.Behaviour{Twice: true})
	for _, want := range []string{"3", "4", "5"} {
		reference, err = w.Send(t.Context(), message())
		require.NoError(t, err)
		require.Equal(t, want, reference)
	}
	require.Equal(t, 1, centre.Binds())
}

func TestAnAnswerWithoutAnID(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	centre.Behave(smsc.Behaviour{Nameless: true})
	reference, err := connect(t, centre.URL()).Send(t.Context(), message())
	require.NoError(t, err)
	require.Empty(t, reference, "then there are no receipts")
}

// What came without an answer is sent again, and can be told by its mark (M24).
func TestWhatIsLostIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, behaviour := range map[string]smsc.Behaviour{
		"closes": {Lose: true}, "no SMPP": {Garbage: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			centre := smsc.Start(t)
			w := connect(t, centre.URL())
			centre.Behave(behaviour)
			m := message()
			_, err := w.Send(t.Context(), m)
			requireLater(t, err)
			centre.Behave(smsc.Behaviour{})
			_, err = w.Send(t.Context(), m)
			require.NoError(t, err)
			sent := centre.Messages()
			require.Len(t, sent, 2)
			require.Equal(t, sent[0].Reference, sent[1].Reference)
			require.Equal(t, 1, centre.Duplicates())
			require.Equal(t, 2, centre.Binds())
			_, err = w.Send(t.Context(), message())
			require.NoError(t, err)
			require.NotEqual(t, sent[0].Reference, centre.Messages()[2].Reference)
		})
	}
}

func TestABindThatIsRefused(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	centre.Behave(smsc.Behaviour{Bind: data.ESME_RBINDFAIL})
	w := connect(t, centre.URL(), impatient)
	_, err := w.Send(t.Context(), message())
	requireLater(t, err)
	eventually(t, func() bool { return strings.Contains(w.log.String(), "status 0x0000000D") }, "nothing was logged")
	centre.Behave(smsc.Behaviour{})
	eventually(t, func() bool { return centre.Bound() == 1 }, "no bind")
	_, err = w.Send(t.Context(), message())
	require.NoError(t, err)

	wrong := connect(t, strings.Replace(centre.URL(), smsc.Password, "canary", 1), impatient)
	eventually(t, func() bool { return strings.Contains(wrong.log.String(), "status 0x0000000E") }, "nothing was logged")
	require.NotContains(t, wrong.log.String(), "canary")
	requireConfidential(t, w.log.String())
}

// A centre that was down is found again, and is told of in the log once (M24).
func TestACentreThatIsDown(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL(), impatient)
	eventually(t, func() bool { return centre.Bound() == 1 }, "no bind")
	centre.Down()
	_, err := w.Send(t.Context(), message())
	requireLater(t, err)
	refused := func() int { return strings.Count(w.log.String(), "connection refused") }
	eventually(t, func() bool { return refused() > 0 }, "nothing was logged")
	_, err = w.Send(t.Context(), message())
	requireLater(t, err)
	require.Equal(t, 1, refused())
	require.NoError(t, centre.Up())
	eventually(t, func() bool { return centre.Bound() == 1 }, "no bind")
	_, err = w.Send(t.Context(), message())
	require.NoError(t, err)
	requireConfidential(t, w.log.String())
}

func TestACentreThatTakesLeave(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	_, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	centre.Dismiss()
	eventually(t, func() bool { return centre.Binds() == 2 }, "no second bind")
	_, err = w.Send(t.Context(), message())
	require.NoError(t, err)
}

func TestTheConnectionIsLookedAfter(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	connect(t, centre.URL())
	eventually(t, func() bool { return centre.Enquiries() > 3 }, "no enquire_link")
	require.Equal(t, 1, centre.Binds())
}

// Whoever stops takes the answers along that are under way, then takes leave (M24).
func TestTheEnd(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	centre.Behave(smsc.Behaviour{Late: 100 * time.Millisecond})
	var sending sync.WaitGroup
	for n := range 5 {
		sending.Go(func() {
			_, err := w.Send(t.Context(), numbered(n))
			if err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, func() bool { return len(centre.Messages()) == 5 }, "not all were sent")
	w.stop()
	sending.Wait()
	require.Equal(t, 1, centre.Unbinds())
	eventually(t, func() bool { return centre.Bound() == 0 }, "still bound")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := w.Send(ctx, message())
	requireLater(t, err)
}

// However often the connection is cut, all messages arrive if those that failed are
// sent again (M24).
func TestManySendersAndCuts(t *testing.T) {
	t.Parallel()
	const senders, each = 8, 25
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	var failures atomic.Int32
	var sending sync.WaitGroup
	for s := range senders {
		sending.Go(func() {
			for n := range each {
				m := numbered(s*each + n)
				for {
					if _, err := w.Send(t.Context(), m); err == nil {
						break
					}
					failures.Add(1)
				}
			}
		})
	}
	for cut := range 5 {
		eventually(t, func() bool { return len(centre.Messages()) >= cut*25 && centre.Binds() > cut }, "it stands still")
		centre.Drop()
	}
	sending.Wait()
	arrived := map[string]bool{}
	for _, m := range centre.Messages() {
		arrived[m.To] = true
	}
	require.Len(t, arrived, senders*each)
	require.LessOrEqual(t, centre.Duplicates(), int(failures.Load()), "only what failed was sent twice")
	require.LessOrEqual(t, 5, centre.Binds())
}

// A PDU that cannot be read harms none of the others.
func TestAnUnreadablePDU(t *testing.T) {
	t.Parallel()
	centre := smsc.Start(t)
	w := connect(t, centre.URL())
	_, err := w.Send(t.Context(), message())
	require.NoError(t, err)
	broken, _ := pdu.NewDeliverSM().(*pdu.DeliverSM)
	broken.EsmClass = data.SM_UDH_GSM // and no header in the text
	require.NoError(t, broken.Message.SetMessageDataWithEncoding([]byte{200, 1}, data.BINARY8BIT2))
	centre.Report(broken)
	for range 3 {
		_, err = w.Send(t.Context(), message())
		require.NoError(t, err)
	}
	require.Equal(t, 1, centre.Binds())
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"smpp://kabinet:secret@127.0.0.1?from=Kabinet", "smpp://kabinet:secret@localhost:2775?from=79001234567",
		"smpps://kabinet:secret@smsc.example.org?from=Kabinet&system_type=VMA",
		"smpp+insecure://kabinet@smsc.example.org:2776/?from=1234&ids=hex",
	} {
		_, err := smpp.New(smpp.Config{URL: good})
		require.NoError(t, err, good)
	}
	for _, bad := range []string{
		"", "canary", "smpp://", "https://canary:x@smsc.example.org?from=K", "smpp://canary:x@smsc.example.org?from=K",
		"smpps://canary:x@h", "smpps://canary:x@h?from=", "smpps://canary:x@h?from=TwelveLetter", "smpps://:canary@h?from=K",
		"smpps://canary:x@h?from=Кабинет", "smpps://канарейка-canary:x@h?from=K", "smpps://u:%20canary@h?from=K",
		"smpps://canary:x@h:0?from=K", "smpps://canary:x@h:70000?from=K", "smpps://canary:x@h/path?from=K",
		"smpps://canary:x@h?from=K&from=K", "smpps://canary:x@h?from=K&ids=decimal", "smpps://canary:x@h?from=K&to=canary",
		"smpps://canary:x@h?from=K&system_type=ThirteenChars", "smpps://canary-with-16-ch:x@h?from=K", "smpps://canary:x@h?from=%zz",
	} {
		_, err := smpp.New(smpp.Config{URL: bad})
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}
