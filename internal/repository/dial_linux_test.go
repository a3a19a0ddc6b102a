package repository

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The system gives up a connection within half a minute after the other side has
// fallen silent, whether something was sent or not.
func TestSilenceIsNoticed(t *testing.T) {
	t.Parallel()
	raw, err := dialled(t).SyscallConn()
	require.NoError(t, err)
	option := func(name int) (value int) {
		var failed error
		require.NoError(t, raw.Control(func(fd uintptr) {
			value, failed = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, name)
		}))
		require.NoError(t, failed)
		return value
	}
	require.Equal(t, 30_000, option(unix.TCP_USER_TIMEOUT))
	require.LessOrEqual(t, option(unix.TCP_KEEPIDLE)+option(unix.TCP_KEEPINTVL)*option(unix.TCP_KEEPCNT), 30)
}
