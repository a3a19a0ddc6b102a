package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func playEDODocument(status, event string) (string, error) {
	d := domain.EDODocument{Status: domain.EDOStatus(status), ExpiresAt: at().Add(time.Hour)}
	if on := domain.EDOEvent(event); on != domain.EDOExpire {
		err := d.Move(on, at())
		return string(d.Status), err
	}
	return played(&d, d.Status, func() { d.Refresh(d.ExpiresAt) }, &d.Status)
}

// M16, M27: the code is forgotten as soon as the document leaves, and each receipt
// leaves its time.
func TestADocumentKeepsItsTimes(t *testing.T) {
	t.Parallel()
	d := domain.EDODocument{
		Status: domain.EDOQueued, ExpiresAt: at().Add(30 * aDay), Message: domain.EDOMessage{Code: "27182818284590452350"},
	}
	require.Error(t, d.Move(domain.EDOEnterCode, at()), "a code that has not left cannot be typed in")
	require.NotEmpty(t, d.Message.Code)
	for i, on := range []domain.EDOEvent{domain.EDOSend, domain.EDODeliver, domain.EDOOpen, domain.EDOEnterCode} {
		require.NoError(t, d.Move(on, at().Add(time.Duration(i)*time.Hour)))
		require.Empty(t, d.Message.Code)
	}
	require.Equal(t, []time.Time{at(), at().Add(time.Hour), at().Add(2 * time.Hour), at().Add(3 * time.Hour)},
		[]time.Time{d.SentAt, d.DeliveredAt, d.ReadAt, d.SettledAt})
}

// A code that is too late is not entered, to the moment.
func TestADocumentExpiresToTheMoment(t *testing.T) {
	t.Parallel()
	for late, fine := range map[time.Duration]bool{-time.Microsecond: true, 0: false} {
		d := domain.EDODocument{Status: domain.EDORead, ExpiresAt: at()}
		err := d.Move(domain.EDOEnterCode, at().Add(late))
		require.Equal(t, fine, err == nil)
		if !fine {
			require.Equal(t, apperr.InvalidTransition, apperr.CodeOf(err))
			require.Equal(t, domain.EDOExpired, d.Status)
			require.Equal(t, at(), d.SettledAt)
		}
	}
}

func TestWhatAReceiptDoes(t *testing.T) {
	t.Parallel()
	events := map[domain.EDOStatus]domain.EDOEvent{
		domain.EDODelivered: domain.EDODeliver, domain.EDORead: domain.EDOOpen, domain.EDORejected: domain.EDOReject,
	}
	for _, status := range domain.EDOStatuses() {
		require.Equal(t, events[status], domain.EDOReceipt{Status: status}.Event(), status)
	}
}
