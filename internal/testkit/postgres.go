package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit/pg"
)

// templateLock is the advisory lock under which processes that test at once
// make the template; any number that nothing else locks.
const templateLock = 7_214_906_133

// server is the PostgreSQL server of the process. It starts with the first test
// that needs it.
type server struct {
	// allowed says that somebody will end it.
	allowed  bool
	once     sync.Once
	admin    string
	template string
	// copying is how the template is copied.
	copying string
	stop    func()
	err     error
}

func (s *server) start(tb testing.TB) {
	tb.Helper()
	require.True(tb, s.allowed, "TestMain has to call testkit.Main")
	s.once.Do(func() {
		s.admin, s.stop, s.err = pg.Start()
		ctx := context.WithoutCancel(tb.Context())
		if s.err == nil {
			s.template, s.err = makeTemplate(ctx, s.admin)
		}
		if s.err == nil {
			s.copying, s.err = quickest(ctx, s.admin)
		}
	})
	require.NoError(tb, s.err)
}

func (s *server) end() {
	if s.stop != nil {
		s.stop()
	}
}

// database is a fresh copy of the template.
func (s *server) database(tb testing.TB) string {
	tb.Helper()
	s.start(tb)
	return s.create(tb, s.template)
}

// create makes a database that is dropped when the test ends.
func (s *server) create(tb testing.TB, template string) string {
	tb.Helper()
	s.start(tb)
	name := "kabinet_test_" + strings.ToLower(rand.Text())
	require.NoError(tb, execute(tb.Context(), s.admin, "CREATE DATABASE "+name+" TEMPLATE "+template+s.copying))
	tb.Cleanup(func() {
		ctx := context.WithoutCancel(tb.Context())
		require.NoError(tb, execute(ctx, s.admin, "DROP DATABASE "+name+" WITH (FORCE)"))
	})
	at, err := databaseURL(s.admin, name)
	require.NoError(tb, err)
	return at
}

// makeTemplate makes the database that the others are copies of, unless there
// is one for the same tables already.
func makeTemplate(ctx context.Context, admin string) (name string, err error) {
	hash, err := schemaHash()
	if err != nil {
		return "", err
	}
	name = "kabinet_template_" + hash
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	// With the connection, the lock goes too.
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
		return "", err
	}
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err != nil || exists {
		return name, err
	}
	return name, fillTemplate(ctx, conn, admin, name)
}

// fillTemplate gives the template its name only when it is complete, so that
// one left behind by a process that died is never taken for it.
func fillTemplate(ctx context.Context, conn *pgx.Conn, admin, name string) error {
	draft := name + "_draft"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)",
		"CREATE DATABASE " + draft + " TEMPLATE template0",
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	at, err := databaseURL(admin, draft)
	if err != nil {
		return err
	}
	if err := migrate(ctx, at); err != nil {
		return err
	}
	for _, statement := range []string{
		"ALTER DATABASE " + draft + " WITH ALLOW_CONNECTIONS false",
		"ALTER DATABASE " + draft + " RENAME TO " + name,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// quickest is the way of copying a database that costs least: file by file where
// nothing waits for the disk, as in a private server. PostgreSQL before 15 knows
// no other.
func quickest(ctx context.Context, admin string) (copying string, err error) {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	err = conn.QueryRow(ctx, `SELECT CASE WHEN current_setting('server_version_num')::int >= 150000
		AND current_setting('fsync') = 'off' THEN ' STRATEGY FILE_COPY' ELSE '' END`).Scan(&copying)
	return copying, errors.Join(err, conn.Close(ctx))
}

func execute(ctx context.Context, at, statement string) error {
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// databaseURL is the URL of another database of the same server.
func databaseURL(admin, name string) (string, error) {
	u, err := url.Parse(admin)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
