package repository

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"github.com/libtnb/sqlite"
)

const (
	// sqliteOptions make SQLite wait for its lock (10 s) instead of failing,
	// take it at the beginning of a transaction, and write times in UTC, since
	// it compares them as text.
	sqliteOptions = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)" +
		"&_pragma=synchronous(NORMAL)&_txlock=immediate&_timezone=UTC&_time_format=sqlite"
	// sqliteConnections bounds those who wait for the one lock: more of them
	// only make everyone slower.
	sqliteConnections = 4
)

func (s *Store) openSQLite(path string) (err error) {
	if path == "" {
		return errors.New("the URL names no file")
	}
	if err := createPrivate(path); err != nil {
		return err
	}
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + sqliteOptions
	s.sql, err = sql.Open(sqlite.DriverName, name)
	if err != nil {
		return err
	}
	s.sql.SetMaxOpenConns(sqliteConnections)
	s.sql.SetMaxIdleConns(sqliteConnections)
	return s.connect(sqlite.New(sqlite.Config{Conn: s.sql}))
}

// createPrivate makes the file before SQLite does, for its owner only. The
// files beside it take over its mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
