package repository

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// CreateWalkIn adds an account with all its contacts and without a credential.
// Where another account has one of the contacts, it is [apperr.ContactTaken].
func (r *Accounts) CreateWalkIn(ctx context.Context, a domain.Account) error {
	contacts, err := r.contactRows(a)
	if err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.CreateBare(ctx, a); err != nil {
			return err
		}
		err := r.store.db(ctx).Create(&contacts).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return apperr.New(apperr.ContactTaken)
		}
		return translate(ctx, err)
	})
}

// ReplaceContact puts another value in the place of a contact that nobody has
// proven. Where another account has it, it is [apperr.ContactTaken]; a proven one is
// [apperr.InvalidTransition].
func (r *Accounts) ReplaceContact(ctx context.Context, a domain.Account, c domain.Contact) error {
	rows, err := r.contactRows(domain.Account{ID: a.ID, Contacts: []domain.Contact{c}})
	if err != nil {
		return err
	}
	result := r.store.db(ctx).Model(&contactRow{}).Select("value_enc", "value_index").
		Where("id = ? AND account_id = ? AND confirmed_at IS NULL", c.ID, a.ID).Updates(&rows[0])
	switch {
	case errors.Is(result.Error, gorm.ErrDuplicatedKey):
		return apperr.New(apperr.ContactTaken)
	case result.Error == nil && result.RowsAffected != 1:
		return apperr.New(apperr.InvalidTransition)
	}
	return translate(ctx, result.Error)
}

// ProveContact records that an account's contact is its owner's.
func (r *Accounts) ProveContact(ctx context.Context, contact uuid.UUID, now time.Time) error {
	result := r.store.db(ctx).Model(&contactRow{}).Where("id = ?", contact).Update("confirmed_at", now)
	if result.Error == nil && result.RowsAffected != 1 {
		return apperr.New(apperr.NotFound)
	}
	return translate(ctx, result.Error)
}
