package smpp_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/sms/smpp"
	"example.org/kabinet/internal/testkit/smsc"
)

// front speaks TLS before a centre, and returns its address.
func front(t *testing.T, centre *smsc.Server, config *tls.Config) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			outer, err := listener.Accept()
			if err != nil {
				return
			}
			go join(outer, centre.Addr())
		}
	}()
	return listener.Addr().String()
}

func join(outer net.Conn, addr string) {
	defer func() { _ = outer.Close() }()
	inner, err := net.Dial("tcp", addr) //nolint:noctx // it ends with its other side
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(inner, outer)
		_ = inner.Close()
	}()
	_, _ = io.Copy(outer, inner)
}

func TestTLS(t *testing.T) {
	t.Parallel()
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(certified.Close)
	centre := smsc.Start(t)
	url := func(host string) string {
		url := strings.Replace(centre.URL(), "smpp+insecure://", "smpps://", 1)
		return strings.Replace(url, centre.Addr(), host, 1)
	}
	addr := front(t, centre, certified.TLS)
	trust := func(p *smpp.Provider) { p.Trust(certified.Certificate()) }
	_, err := connect(t, url(addr), trust).Send(t.Context(), message())
	require.NoError(t, err)

	for name, w := range map[string]*wire{
		"a certificate of nobody's":   connect(t, url(addr), impatient),
		"a certificate of another's":  connect(t, url(strings.Replace(addr, "127.0.0.1", "localhost", 1)), impatient, trust),
		"a centre that speaks no TLS": connect(t, url(centre.Addr()), impatient, trust),
	} {
		_, err := w.Send(t.Context(), message())
		requireLater(t, err)
		eventually(t, func() bool { return strings.Contains(w.log.String(), "not bound") }, name)
		requireConfidential(t, w.log.String())
		require.NotContains(t, w.log.String(), "localhost")
	}
	require.Len(t, centre.Messages(), 1)
}
