package repository

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// unit is a transaction under way.
type unit struct {
	gorm *gorm.DB
	// conn is the connection that the transaction has for itself.
	conn *sql.Conn
	// committed is what is done once the transaction has taken effect.
	committed []func()
}

// unitKey keeps the transactions of different stores apart.
type unitKey struct{ store *Store }

// InTx runs fn in one transaction, which the repositories find in the context
// that fn gets. Within a transaction it joins that one. An error of fn rolls
// everything back and is returned as it is; after an error of a repository the
// transaction must not go on, since PostgreSQL has given it up.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.unit(ctx) != nil {
		return fn(ctx)
	}
	u := &unit{}
	var failed error
	err := s.gorm.WithContext(ctx).Connection(func(db *gorm.DB) error {
		u.conn, _ = db.Statement.ConnPool.(*sql.Conn)
		return db.Transaction(func(tx *gorm.DB) error {
			u.gorm = tx
			failed = fn(context.WithValue(ctx, unitKey{s}, u))
			return failed
		})
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return translate(ctx, err)
	}
	for _, after := range u.committed {
		after()
	}
	return nil
}

func (s *Store) unit(ctx context.Context) *unit {
	u, _ := ctx.Value(unitKey{s}).(*unit)
	return u
}

// db is the transaction at hand, or the database itself.
func (s *Store) db(ctx context.Context) *gorm.DB {
	if u := s.unit(ctx); u != nil {
		return u.gorm.WithContext(ctx)
	}
	return s.gorm.WithContext(ctx)
}
