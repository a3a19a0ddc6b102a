package repository

import (
	"context"
	"errors"
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

func (s *Store) openPostgres(ctx context.Context, url string) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return errors.New("the PostgreSQL URL is malformed")
	}
	if config.MaxConns < minConnections {
		return errors.New("pool_max_conns has to be at least 2")
	}
	config.AfterConnect = scanUTC
	s.pool, err = pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	s.sql = stdlib.OpenDBFromPool(s.pool)
	return s.connect(postgres.New(postgres.Config{Conn: s.sql}))
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
