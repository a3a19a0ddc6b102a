package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/testkit/smsc"
)

// withSMS is a production whose SMS leave by these.
func withSMS(t *testing.T, first, second string) *App {
	t.Helper()
	a := withGateways(t, "KABINET_SMS_URL="+first, "KABINET_SMS_FALLBACK_URL="+second)
	a.Log = slog.New(slog.DiscardHandler)
	return a
}

func code(t *testing.T) domain.Message {
	t.Helper()
	to, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	m := domain.NewMessage(domain.MessageRegistrationCode, to, domain.LocaleRussian, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	m.Code = "123456"
	return m
}

// Two providers of one kind can be told apart, in attempts and by receipts.
func TestNamesOfProviders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		first, second string
		want          []string
	}{
		{"https://sms.example.org", "", []string{"sms"}},
		{"smsc://login:password@smsc.ru", "smsru://key@sms.ru", []string{"smsc", "smsru"}},
		{"smpps://a:b@one.example.org?from=K", "smpp+insecure://a:b@10.0.0.1?from=K", []string{"smpp", "smpp-2"}},
		{"http://127.0.0.1:1/a", "https://sms.example.org/b", []string{"sms", "sms-2"}},
	} {
		a := withSMS(t, test.first, test.second)
		sender, err := a.newSender()
		require.NoError(t, err)
		require.Equal(t, test.want, sender.Providers(code(t)))
		require.Len(t, a.links, strings.Count(test.first+test.second, "smpp"))
	}
}

// What is wrong is told by the variable's name, and repeats nothing of its value.
func TestWrongProviders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ first, second, want string }{
		{"smsc://canary@smsc.ru/path", "", "KABINET_SMS_URL: "},
		{"https://sms.example.org", "smpps://canary@h?from=TwelveLetter", "KABINET_SMS_FALLBACK_URL: "},
		{"https://sms.example.org", "https://canary@h?settings=/none", "KABINET_SMS_FALLBACK_URL: "},
	} {
		_, err := withSMS(t, test.first, test.second).newSender()
		require.ErrorContains(t, err, test.want)
		require.NotContains(t, err.Error(), "canary")
	}
}

// A first choice that is down is left out after five failures, and the second gets
// the messages (M24).
func TestTheSecondProviderTakesOver(t *testing.T) {
	t.Parallel()
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(down.Close)
	centre := smsc.Start(t)
	a := withSMS(t, down.URL, centre.URL())
	sender, err := a.newSender()
	require.NoError(t, err)
	t.Cleanup(a.startLinks(t.Context()))
	for range 5 {
		require.Equal(t, []string{"sms", "smpp"}, sender.Providers(code(t)))
		_, err := sender.Send(t.Context(), code(t), "sms")
		require.Error(t, err)
	}
	require.Equal(t, []string{"smpp"}, sender.Providers(code(t)))
	_, err = sender.Send(t.Context(), code(t), "smpp")
	require.NoError(t, err)
	require.Equal(t, []string{delivery.NewRenderer(a.Builtin.texts).Render(code(t)).Text}, centre.Texts("+79001234567"))
}
