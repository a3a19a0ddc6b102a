package repository

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	sqlite3 "modernc.org/sqlite/lib"

	"example.org/kabinet/internal/apperr"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	state := func(code string) error { return fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: code}) }
	for want, errs := range map[apperr.Code][]error{
		apperr.NotFound: {gorm.ErrRecordNotFound},
		apperr.ServiceUnavailable: {
			state("40001"), state("40P01"), state("55P03"), state("25006"), state("08006"), state("53300"), state("57P01"),
			state("53100"), state("58030"), state("25P03"), context.DeadlineExceeded,
			driver.ErrBadConn, io.ErrUnexpectedEOF, &pgconn.ConnectError{},
		},
		apperr.Internal:     {state("23514"), state("42601"), state(""), errors.New("other")},
		apperr.ContactTaken: {fmt.Errorf("wrapped: %w", apperr.New(apperr.ContactTaken))},
	} {
		for _, err := range errs {
			got := translate(t.Context(), err)
			require.Equal(t, want, apperr.CodeOf(got), "%v", err)
		}
	}
	require.NoError(t, translate(t.Context(), nil))
}

// Once the caller has gone, that is the reason, whatever the driver makes of it.
func TestTranslateEndedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, translate(ctx, driver.ErrBadConn), context.Canceled)
	require.NoError(t, translate(ctx, nil))
	taken := apperr.New(apperr.ContactTaken)
	require.Equal(t, error(taken), translate(ctx, taken))
}

func TestUnavailableSQLite(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]bool{
		sqlite3.SQLITE_BUSY:              true,
		sqlite3.SQLITE_BUSY_SNAPSHOT:     true,
		sqlite3.SQLITE_LOCKED:            true,
		sqlite3.SQLITE_FULL:              true,
		sqlite3.SQLITE_IOERR_WRITE:       true,
		sqlite3.SQLITE_CANTOPEN:          true,
		sqlite3.SQLITE_READONLY:          true,
		sqlite3.SQLITE_CONSTRAINT_CHECK:  false,
		sqlite3.SQLITE_CONSTRAINT_UNIQUE: false,
		sqlite3.SQLITE_ERROR:             false,
	} {
		require.Equal(t, want, unavailableSQLite(code), code)
	}
}
