package repository

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
)

// minConnections is what migrating takes: one connection holds the lock while
// another one works.
const minConnections = 2

const (
	// connectTimeout is how long a new connection may take, unless the URL's
	// connect_timeout says otherwise.
	connectTimeout = 10 * time.Second
	// acquireTimeout is how long anybody waits for a connection of the pool. A
	// database that has stopped answering, or cannot keep up, is told of early
	// instead of by a queue of people who wait.
	acquireTimeout = 20 * time.Second
	// pingTimeout is how long a connection that rested may take to show that it
	// is alive.
	pingTimeout = 5 * time.Second
	// silence is how long the other side may leave unsaid that it is there,
	// before the connection counts as lost. TCP's own patience is a quarter of an
	// hour.
	silence = 30 * time.Second
	// idleInTransaction is after what time the server gives up a transaction whose
	// process vanished in the middle of it, and with it the locks. No transaction
	// of ours rests for longer than moments.
	idleInTransaction = time.Minute
)

func (s *Store) openPostgres(ctx context.Context, c Config) error {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return errors.New("the PostgreSQL URL is malformed")
	}
	if config.MaxConns < minConnections {
		return errors.New("pool_max_conns has to be at least 2")
	}
	config.AfterConnect = scanUTC
	config.PingTimeout = pingTimeout
	bound(config.ConnConfig, c)
	if c.Pooler {
		// Named statements belong to a server's connection, which is another one
		// after each transaction.
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	s.pool, err = pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	s.sql = sql.OpenDB(hasty{stdlib.GetPoolConnector(s.pool)})
	// What is idle waits in the pool, and nowhere else.
	s.sql.SetMaxIdleConns(0)
	return s.connect(postgres.New(postgres.Config{Conn: s.sql}))
}

// bound sees that no connection is waited for without an end.
func bound(config *pgx.ConnConfig, c Config) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.DialFunc = newDialer(config.ConnectTimeout).DialContext
	if c.StatementTimeout > 0 {
		config.Tracer = deadline{c.StatementTimeout}
	}
	const name = "idle_in_transaction_session_timeout"
	if _, chosen := config.RuntimeParams[name]; !chosen && !c.Pooler {
		// A pooler has a bound of its own, and refuses parameters that it does not
		// know: so one that nobody told us of is noticed.
		config.RuntimeParams[name] = strconv.FormatInt(idleInTransaction.Milliseconds(), 10)
	}
}

// newDialer finds out within silence that the other side has vanished: by
// probes while nothing is said, and else by what nobody acknowledges.
func newDialer(timeout time.Duration) *net.Dialer {
	const probes = 3
	return &net.Dialer{
		Timeout: timeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: silence / 2, Interval: silence / 2 / probes, Count: probes,
		},
		Control: giveUpAfter(silence),
	}
}

// hasty waits for a connection of the pool for acquireTimeout at most.
type hasty struct{ driver.Connector }

// Connect implements [driver.Connector].
func (h hasty) Connect(ctx context.Context) (driver.Conn, error) {
	hurried, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := h.Connector.Connect(hurried)
	if err != nil && hurried.Err() != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("no connection to the database within %s: %w", acquireTimeout, hurried.Err())
	}
	return conn, err
}

// deadline gives statements that have none an end: those of the queue, which
// would else wait for good for a connection that was taken and is never
// answered.
type deadline struct{ limit time.Duration }

// cancelKey is where a statement's context keeps its own end.
type cancelKey struct{}

// unhurriedKey marks statements that may take as long as they take.
type unhurriedKey struct{}

// unhurried lets statements take as long as they take, as those that rebuild a
// table.
func unhurried(ctx context.Context) context.Context {
	return context.WithValue(ctx, unhurriedKey{}, true)
}

// TraceQueryStart implements [pgx.QueryTracer]: the statement is run in the
// context that it returns.
func (d deadline) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	if _, has := ctx.Deadline(); has || ctx.Value(unhurriedKey{}) != nil {
		return ctx
	}
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	return context.WithValue(ctx, cancelKey{}, cancel)
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (deadline) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if cancel, ours := ctx.Value(cancelKey{}).(context.CancelFunc); ours {
		cancel()
	}
}

// scanUTC makes times come back in UTC instead of the machine's own zone.
func scanUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name:  "timestamptz",
		OID:   pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}
