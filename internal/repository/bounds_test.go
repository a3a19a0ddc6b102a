package repository

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
)

func bounded(t *testing.T, parameters string, c Config) *pgx.ConnConfig {
	t.Helper()
	config, err := pgxpool.ParseConfig("postgres://nobody@127.0.0.1/none?" + parameters)
	require.NoError(t, err)
	bound(config.ConnConfig, c)
	return config.ConnConfig
}

// What the URL says of time counts; a pooler is sent no parameter that it might
// not know; and the statements of commands may take as long as they take.
func TestBounds(t *testing.T) {
	t.Parallel()
	const parameter = "idle_in_transaction_session_timeout"
	serving := Config{StatementTimeout: time.Second}

	config := bounded(t, "", serving)
	require.Equal(t, connectTimeout, config.ConnectTimeout)
	require.Equal(t, "60000", config.RuntimeParams[parameter])
	require.NotNil(t, config.Tracer)

	config = bounded(t, "connect_timeout=3&"+parameter+"=5000", serving)
	require.Equal(t, 3*time.Second, config.ConnectTimeout)
	require.Equal(t, "5000", config.RuntimeParams[parameter])

	require.NotContains(t, bounded(t, "", Config{StatementTimeout: time.Second, Pooler: true}).RuntimeParams, parameter)

	require.Nil(t, bounded(t, "", Config{}).Tracer)
}

// A statement has its caller's deadline, or else ours, unless it may take as long
// as it takes.
func TestStatementsHaveAnEnd(t *testing.T) {
	t.Parallel()
	tracer := deadline{time.Minute}
	start := func(ctx context.Context) context.Context {
		return tracer.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{})
	}
	_, has := start(unhurried(t.Context())).Deadline()
	require.False(t, has)

	own, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	ctx := start(own)
	require.Equal(t, own, ctx)
	tracer.TraceQueryEnd(ctx, nil, pgx.TraceQueryEndData{})
	require.NoError(t, own.Err(), "the caller's context is the caller's to end")

	ctx = start(t.Context())
	at, has := ctx.Deadline()
	require.True(t, has)
	require.WithinDuration(t, time.Now().Add(time.Minute), at, 10*time.Second)
	tracer.TraceQueryEnd(ctx, nil, pgx.TraceQueryEndData{})
	require.ErrorIs(t, ctx.Err(), context.Canceled)
}

// slow is a pool that never has a connection to spare.
type slow struct{ driver.Connector }

func (slow) Connect(ctx context.Context) (driver.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// Whoever waits too long for a connection is told that the database is not
// available; whose own time is over, of that.
func TestWaitingForAConnectionHasAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		began := time.Now()
		_, err := hasty{slow{}}.Connect(t.Context())
		require.Equal(t, acquireTimeout, time.Since(began))
		require.Equal(t, apperr.ServiceUnavailable, apperr.CodeOf(translate(t.Context(), err)))
		require.ErrorContains(t, err, "no connection to the database within 20s")

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = hasty{slow{}}.Connect(ctx)
		require.Equal(t, context.DeadlineExceeded, err)
	})
}

// dialled is one of our connections to a server that says nothing.
func dialled(t *testing.T) *net.TCPConn {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	conn, err := newDialer(time.Second).DialContext(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(conn.Close(), listener.Close())) })
	out, ok := conn.(*net.TCPConn)
	require.True(t, ok)
	return out
}

// The dialer leaves sockets alone that are not TCP's.
func TestDialUnix(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", "@kabinet-"+strings.ToLower(t.Name()))
	require.NoError(t, err)
	conn, err := newDialer(time.Second).DialContext(t.Context(), "unix", listener.Addr().String())
	require.NoError(t, errors.Join(err, conn.Close(), listener.Close()))
}
