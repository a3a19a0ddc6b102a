//go:build !linux

package repository

import (
	"syscall"
	"time"
)

// giveUpAfter leaves it to the system how long it sends again what is not
// acknowledged: only Linux lets one choose.
func giveUpAfter(time.Duration) func(network, address string, c syscall.RawConn) error {
	return nil
}
