package delivery_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
)

// Where a gateway is stays a secret, whatever is wrong with the way to it: reasons
// are shown to operators.
func TestNobodyIsToldWhereAGatewayIs(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	strange := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(strange.Close)
	for name, address := range map[string]string{
		"unknown": "https://canary.invalid/path", "gone": gone.URL, "not trusted": strange.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
			require.NoError(t, err)
			response, err := delivery.NewClient(nil).Do(request)
			if err == nil {
				require.NoError(t, response.Body.Close())
			}
			require.Error(t, err)
			said := delivery.Confidential(err).Error()
			require.NotEmpty(t, said)
			for _, word := range []string{"canary", "127.0.0.1", "example.com"} {
				require.NotContains(t, said, word)
			}
		})
	}
}

func TestGatewayURLs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://canary@host.example.org/path", "http://canary@127.0.0.1:1/path", "http://canary@localhost/path"} {
		u, err := url.Parse(text)
		require.NoError(t, err)
		bare, token, err := delivery.Gateway(u)
		require.NoError(t, err)
		require.Equal(t, "canary", token)
		require.Equal(t, "/path", bare.Path)
		require.NotContains(t, bare.String(), "canary")
		require.Contains(t, u.String(), "canary", "the caller's own stays")
	}
	for _, text := range []string{
		"https:///canary", "http://host.example.org/canary", "https://user:canary@host", "https://host/?canary", "https://host/#canary",
		"ftp://localhost/canary", "https://can%20ary@host",
	} {
		u, err := url.Parse(text)
		require.NoError(t, err)
		_, _, err = delivery.Gateway(u)
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), "canary")
	}
}
