package repository

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"example.org/kabinet/internal/apperr"
)

// translate gives a database's error its public code.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*apperr.Error](err); ok {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, gorm.ErrRecordNotFound):
		return apperr.New(apperr.NotFound)
	case unavailable(err):
		return apperr.Wrap(apperr.ServiceUnavailable, err)
	default:
		return fmt.Errorf("repository: %w", err)
	}
}

// unavailable tells whether the same may well succeed later.
func unavailable(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return unavailablePostgres(e.Code)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return unavailableSQLite(e.Code())
	}
	_, network := errors.AsType[net.Error](err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	return network || connect || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// unavailablePostgres knows the classes of lost connections (08), of resources
// run out (53), of an operator's intervention (57) and of a system that fails
// (58), and the codes of lost races, of a server that has become a standby and of
// a transaction that it has given up (PostgreSQL, appendix A).
func unavailablePostgres(code string) bool {
	const serialization, deadlock, lock, readOnly, rested = "40001", "40P01", "55P03", "25006", "25P03"
	return slices.Contains([]string{"08", "53", "57", "58"}, code[:min(2, len(code))]) ||
		slices.Contains([]string{serialization, deadlock, lock, readOnly, rested}, code)
}

// unavailableSQLite knows the primary result codes of a file that cannot be
// used now; the upper bits only add detail.
func unavailableSQLite(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return true
	default:
		return false
	}
}
