package repository

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/kabinet/internal/domain"
)

// stagedRow is a row of a list that is not the register yet.
type stagedRow struct {
	Line  int
	Payer payerRow `gorm:"embedded"`
}

// TableName implements GORM's Tabler.
func (stagedRow) TableName() string { return "staged_payers" }

// stagedBatch is how many rows one statement inserts into SQLite: with their
// columns they have to stay below its 32766 parameters.
const stagedBatch = 1000

// The tables that lists are staged in. They belong to one connection.
const (
	createStagedPostgres = `CREATE TEMP TABLE staged_payers (line bigint NOT NULL, number_index bytea NOT NULL,
		unified_index bytea, id uuid NOT NULL, payer_enc bytea NOT NULL, state text NOT NULL, digest bytea NOT NULL,
		list_id uuid NOT NULL) ON COMMIT DROP`
	createStagedSQLite = `CREATE TEMP TABLE staged_payers (line integer NOT NULL, number_index blob NOT NULL,
		unified_index blob, id text NOT NULL, payer_enc blob NOT NULL, state text NOT NULL, digest blob NOT NULL,
		list_id text NOT NULL);
		CREATE INDEX temp.staged_payers_number ON staged_payers (number_index)`
	createKeptPostgres = `CREATE TEMP TABLE kept_payers (number_index bytea NOT NULL) ON COMMIT DROP`
	createKeptSQLite   = `CREATE TEMP TABLE kept_payers (number_index blob NOT NULL);
		CREATE INDEX temp.kept_payers_number ON kept_payers (number_index)`
)

// keptRow is a payer who stays as the register has it.
type keptRow struct{ NumberIndex []byte }

// TableName implements GORM's Tabler.
func (keptRow) TableName() string { return "kept_payers" }

// keep writes beside a staged list whose rows in the register stay.
func (r *Payers) keep(ctx context.Context, list domain.PayerList) error {
	create := createKeptSQLite
	if r.store.pool != nil {
		create = createKeptPostgres
	}
	if err := r.exec(ctx, create); err != nil || list.Kept == nil {
		return err
	}
	for numbers := range slices.Chunk(list.Kept(), stagedBatch) {
		rows := make([]keptRow, 0, len(numbers))
		for _, number := range numbers {
			index, err := r.store.fields.Index(indexPayerNumber, number.Digits())
			if err != nil {
				return err
			}
			rows = append(rows, keptRow{index})
		}
		if err := r.store.db(ctx).Create(&rows).Error; err != nil {
			return translate(ctx, err)
		}
	}
	return nil
}

// stage writes a list beside the register.
func (r *Payers) stage(ctx context.Context, list domain.PayerList) error {
	if r.store.pool == nil {
		if err := r.exec(ctx, createStagedSQLite); err != nil {
			return err
		}
		return r.insertStaged(ctx, list)
	}
	if err := r.exec(ctx, createStagedPostgres); err != nil {
		return err
	}
	if err := r.copyStaged(ctx, list); err != nil {
		return err
	}
	return r.exec(ctx, "ANALYZE staged_payers")
}

// insertStaged writes a list in batches.
func (r *Payers) insertStaged(ctx context.Context, list domain.PayerList) error {
	batch := make([]stagedRow, 0, stagedBatch)
	put := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := r.store.db(ctx).Create(&batch).Error
		batch = batch[:0]
		return translate(ctx, err)
	}
	for row, err := range r.staged(list) {
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) < stagedBatch {
			continue
		}
		if err := put(); err != nil {
			return err
		}
	}
	return put()
}

// copyStaged writes a list by COPY, on the connection of the transaction.
func (r *Payers) copyStaged(ctx context.Context, list domain.PayerList) error {
	next, stop := iter.Pull2(r.staged(list))
	defer stop()
	rows := &copySource{next: next}
	err := r.store.onConn(ctx, func(conn *pgx.Conn) error {
		_, err := conn.CopyFrom(ctx, pgx.Identifier{"staged_payers"}, []string{
			"line", "number_index", "unified_index", "id", "payer_enc", "state", "digest", "list_id",
		}, rows)
		return err
	})
	if rows.err != nil {
		return rows.err
	}
	return translate(ctx, err)
}

// staged is the rows of a list, sealed.
func (r *Payers) staged(list domain.PayerList) iter.Seq2[stagedRow, error] {
	return func(yield func(stagedRow, error) bool) {
		for in, err := range list.Rows {
			out := stagedRow{Line: in.Line}
			if err == nil {
				out.Payer, err = r.encode(in.Payer)
			}
			out.Payer.ListID = list.ID
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// copySource hands rows to COPY.
type copySource struct {
	next func() (stagedRow, error, bool)
	row  stagedRow
	err  error
}

// Next implements [pgx.CopyFromSource].
func (s *copySource) Next() bool {
	row, err, more := s.next()
	s.row, s.err = row, err
	return more && err == nil
}

// Values implements [pgx.CopyFromSource].
func (s *copySource) Values() ([]any, error) {
	r := s.row.Payer
	return []any{
		int64(s.row.Line), r.NumberIndex, r.UnifiedIndex, [16]byte(r.ID), r.PayerEnc, string(r.State), r.Digest, [16]byte(r.ListID),
	}, nil
}

// Err implements [pgx.CopyFromSource].
func (s *copySource) Err() error { return s.err }

// onConn runs fn on PostgreSQL's own connection of the transaction at hand.
func (s *Store) onConn(ctx context.Context, fn func(*pgx.Conn) error) error {
	u := s.unit(ctx)
	if u == nil {
		return errors.New("repository: the connection is that of a transaction")
	}
	return u.conn.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("repository: the connection is not PostgreSQL's")
		}
		return fn(conn.Conn())
	})
}
