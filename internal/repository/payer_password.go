package repository

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

type payerPasswordRow struct {
	ID         uuid.UUID
	AccountID  uuid.UUID
	HashEnc    []byte
	ReplacedAt time.Time
}

// TableName implements GORM's Tabler.
func (payerPasswordRow) TableName() string { return "payer_passwords" }

// Remember keeps the hash of a password that was replaced, as long as it is one
// of the last so many.
func (r *PayerAccounts) Remember(ctx context.Context, old domain.Credential, at time.Time, most int) error {
	row := payerPasswordRow{ID: domain.NewID(), AccountID: old.AccountID, ReplacedAt: at}
	e := r.store.sealer("payer_passwords", row.ID)
	if row.HashEnc = e.seal("hash_enc", old.Hash); e.err != nil {
		return e.err
	}
	if err := r.store.db(ctx).Create(&row).Error; err != nil {
		return translate(ctx, err)
	}
	kept := r.store.db(ctx).Model(&payerPasswordRow{}).Select("id").Where("account_id = ?", old.AccountID).
		Order("replaced_at DESC, id DESC").Limit(most)
	forgotten := r.store.db(ctx).Where("account_id = ? AND id NOT IN (?)", old.AccountID, kept)
	return translate(ctx, forgotten.Delete(&payerPasswordRow{}).Error)
}

// Remembered lists the hashes of a payer's passwords before the one in use,
// newest first, so many at most.
func (r *PayerAccounts) Remembered(ctx context.Context, account uuid.UUID, most int) ([]string, error) {
	var rows []payerPasswordRow
	err := r.store.db(ctx).Where("account_id = ?", account).
		Order("replaced_at DESC, id DESC").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	hashes := make([]string, 0, len(rows))
	for _, row := range rows {
		e := r.store.sealer("payer_passwords", row.ID)
		hashes = append(hashes, e.open("hash_enc", row.HashEnc))
		if e.err != nil {
			return nil, e.err
		}
	}
	return hashes, nil
}

// Forget destroys the hashes of all passwords that a payer has and had.
func (r *PayerAccounts) Forget(ctx context.Context, account uuid.UUID) error {
	for _, table := range []any{&credentialRow{}, &payerPasswordRow{}} {
		if err := r.store.db(ctx).Where("account_id = ?", account).Delete(table).Error; err != nil {
			return translate(ctx, err)
		}
	}
	return nil
}
