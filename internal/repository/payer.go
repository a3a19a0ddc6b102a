package repository

import (
	"context"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Payers keeps the fund's register of payers. Nothing of a payer but the state can
// be read in the database: rows are sealed, and found by blind indexes.
type Payers struct {
	table[payerRow, domain.Payer]
}

// NewPayers returns the register of a store.
func NewPayers(s *Store) *Payers {
	return &Payers{table[payerRow, domain.Payer]{s, s.payerRow, s.payer}}
}

// Find finds a payer.
func (r *Payers) Find(ctx context.Context, number ident.PFRRegNumber) (domain.Payer, error) {
	index, err := r.store.fields.Index(indexPayerNumber, number.Digits())
	if err != nil {
		return domain.Payer{}, err
	}
	return r.get(ctx, r.store.db(ctx).Where("number_index = ?", index))
}

// FindUnified finds a payer by the number of the united fund.
func (r *Payers) FindUnified(ctx context.Context, number ident.UnifiedRegNumber) (domain.Payer, error) {
	index, err := r.store.fields.Index(indexUnifiedNumber, number.Digits())
	if err != nil {
		return domain.Payer{}, err
	}
	return r.get(ctx, r.store.db(ctx).Where("unified_index = ?", index))
}

// Revoke adds the job that ends the connections of payers who are no more, in the
// caller's transaction.
func (r *Payers) Revoke(ctx context.Context) error {
	return r.store.insert(ctx, domain.RevokePayers{}, string(domain.QueuePayers))
}

// Listed tells whether there is a register at all.
func (r *Payers) Listed(ctx context.Context) (listed bool, err error) {
	err = r.store.db(ctx).Raw("SELECT EXISTS (SELECT 1 FROM payers)").Scan(&listed).Error
	return listed, translate(ctx, err)
}

// Replace makes the given list the register, in one transaction: until it is
// committed everybody sees the register before. It holds a part of the list in
// memory at a time. While the list is read the transaction is busy, so reading
// must not use it.
func (r *Payers) Replace(ctx context.Context, list domain.PayerList) (changes domain.PayerChanges, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.lock(ctx); err != nil {
			return err
		}
		if err := r.stage(ctx, list); err != nil {
			return err
		}
		if err := r.keep(ctx, list); err != nil {
			return err
		}
		changes, err = r.turnOver(ctx, list)
		return err
	})
	return changes, err
}

// lock lets one list in at a time. SQLite has one lock for all.
func (r *Payers) lock(ctx context.Context) error {
	if r.store.pool == nil {
		return nil
	}
	return translate(ctx, r.store.db(ctx).Exec("LOCK TABLE payers IN SHARE ROW EXCLUSIVE MODE").Error)
}

// The statements that make what was staged the register. Rows that say something
// else than before are new rows in the place of the old, so that two payers may
// have exchanged their unified numbers.
const (
	// findTwice finds the lines with a number that an earlier line has.
	findTwice = `CREATE TEMP TABLE payers_twice AS SELECT line, number, unified FROM (
		SELECT line, row_number() OVER (PARTITION BY number_index ORDER BY line) > 1 AS number,
			unified_index IS NOT NULL AND row_number() OVER (PARTITION BY unified_index ORDER BY line) > 1 AS unified
		FROM staged_payers) AS counted WHERE number OR unified`
	dropTwice     = `DELETE FROM staged_payers WHERE line IN (SELECT line FROM payers_twice)`
	stagedChanged = `SELECT count(*) FROM staged_payers s JOIN payers p ON p.number_index = s.number_index
		WHERE p.digest <> s.digest`
	dropOutdated = `DELETE FROM payers WHERE NOT EXISTS (
		SELECT 1 FROM staged_payers s WHERE s.number_index = payers.number_index AND s.digest = payers.digest)
		AND NOT EXISTS (SELECT 1 FROM kept_payers k WHERE k.number_index = payers.number_index
			AND NOT EXISTS (SELECT 1 FROM staged_payers s WHERE s.number_index = k.number_index))`
	addStaged = `INSERT INTO payers (number_index, unified_index, id, payer_enc, state, digest, list_id)
		SELECT number_index, unified_index, id, payer_enc, state, digest, ? FROM staged_payers s
		WHERE NOT EXISTS (SELECT 1 FROM payers p WHERE p.number_index = s.number_index)`
)

// turnOver makes what was staged the register, and tells what that changes.
func (r *Payers) turnOver(ctx context.Context, list domain.PayerList) (changes domain.PayerChanges, err error) {
	if changes.Twice, err = r.leaveOutTwice(ctx); err != nil {
		return changes, err
	}
	var staged int
	db := r.store.db(ctx)
	for query, into := range map[string]*int{
		"SELECT count(*) FROM staged_payers": &staged, stagedChanged: &changes.Changed,
	} {
		if err := db.Raw(query).Scan(into).Error; err != nil {
			return changes, translate(ctx, err)
		}
	}
	dropped := db.Exec(dropOutdated)
	if dropped.Error != nil {
		return changes, translate(ctx, dropped.Error)
	}
	added := db.Exec(addStaged, list.ID)
	if added.Error != nil {
		return changes, translate(ctx, added.Error)
	}
	changes.Removed = int(dropped.RowsAffected) - changes.Changed
	changes.Added = int(added.RowsAffected) - changes.Changed
	changes.Unchanged = staged - int(added.RowsAffected)
	// The planner must know the new list from its first reader on.
	return changes, r.exec(ctx, "DROP TABLE staged_payers", "DROP TABLE kept_payers", "DROP TABLE payers_twice", "ANALYZE payers")
}

// leaveOutTwice takes the lines out of what was staged that have a number of an
// earlier line.
func (r *Payers) leaveOutTwice(ctx context.Context) (twice []domain.PayerTwice, err error) {
	if err := r.exec(ctx, findTwice, dropTwice); err != nil {
		return nil, err
	}
	err = r.store.db(ctx).Raw("SELECT line, number, unified FROM payers_twice ORDER BY line").Scan(&twice).Error
	return twice, translate(ctx, err)
}

func (r *Payers) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if err := r.store.db(ctx).Exec(statement).Error; err != nil {
			return translate(ctx, err)
		}
	}
	return nil
}
