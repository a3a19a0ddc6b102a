package repository

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// Claims keeps whose confirmed account a SNILS belongs to: one account for each
// SNILS, one SNILS for each account.
type Claims struct{ store *Store }

// NewClaims returns the claims of a store.
func NewClaims(s *Store) *Claims { return &Claims{s} }

type claimRow struct {
	SNILSIndex []byte `gorm:"column:snils_index;primaryKey"`
	AccountID  uuid.UUID
	ClaimedAt  time.Time
}

// TableName implements GORM's Tabler.
func (claimRow) TableName() string { return "snils_claims" }

// claimTries is how often a claim is made while others give the number up at
// the same moment.
const claimTries = 3

// Claim makes a SNILS an account's, unless it is somebody's, and returns whose it
// is. Of several at once one wins, and no transaction is given up. The error of an
// account that holds another SNILS is for the caller to avoid, by [Claims.Release].
func (r *Claims) Claim(
	ctx context.Context, snils ident.SNILS, account uuid.UUID, now time.Time,
) (holder uuid.UUID, err error) {
	index, err := r.index(snils)
	if err != nil {
		return uuid.Nil, err
	}
	row := claimRow{SNILSIndex: index, AccountID: account, ClaimedAt: now}
	// Whoever claims the number at the same moment is waited for.
	once := clause.OnConflict{Columns: []clause.Column{{Name: "snils_index"}}, DoNothing: true}
	for range claimTries {
		if err := r.store.db(ctx).Clauses(once).Create(&row).Error; err != nil {
			return uuid.Nil, translate(ctx, err)
		}
		holder, err = r.holder(ctx, index)
		if err != nil || holder != uuid.Nil {
			return holder, err
		}
	}
	return uuid.Nil, apperr.New(apperr.ServiceUnavailable)
}

// Holder is the account that a SNILS belongs to; zero when it is nobody's.
func (r *Claims) Holder(ctx context.Context, snils ident.SNILS) (uuid.UUID, error) {
	index, err := r.index(snils)
	if err != nil {
		return uuid.Nil, err
	}
	return r.holder(ctx, index)
}

func (r *Claims) holder(ctx context.Context, index []byte) (uuid.UUID, error) {
	var row claimRow
	err := r.store.db(ctx).Where("snils_index = ?", index).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return uuid.Nil, nil
	}
	return row.AccountID, translate(ctx, err)
}

// Release gives up the SNILS that an account holds, if it holds one.
func (r *Claims) Release(ctx context.Context, account uuid.UUID) error {
	return translate(ctx, r.store.db(ctx).Where("account_id = ?", account).Delete(&claimRow{}).Error)
}

// Others are the accounts, but for one, that have told the same SNILS.
func (r *Claims) Others(ctx context.Context, snils ident.SNILS, except uuid.UUID) (accounts []uuid.UUID, err error) {
	index, err := r.index(snils)
	if err != nil {
		return nil, err
	}
	err = r.store.db(ctx).Model(&personalDataRow{}).Where("snils_index = ? AND account_id <> ?", index, except).
		Order("account_id").Pluck("account_id", &accounts).Error
	return accounts, translate(ctx, err)
}

func (r *Claims) index(snils ident.SNILS) ([]byte, error) {
	return r.store.fields.Index(indexSNILS, snils.Digits())
}
