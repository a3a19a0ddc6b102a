package repository

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Accounts keeps accounts with their contacts and credentials.
type Accounts struct{ store *Store }

// NewAccounts returns the accounts of a store.
func NewAccounts(s *Store) *Accounts { return &Accounts{s} }

type accountRow struct {
	ID            uuid.UUID
	Type          domain.AccountType
	Level         domain.Level
	Status        domain.AccountStatus
	FamilyNameEnc []byte
	GivenNameEnc  []byte
	Locale        domain.Locale
	CreatedAt     time.Time
}

// TableName implements GORM's Tabler.
func (accountRow) TableName() string { return "accounts" }

type contactRow struct {
	ID         uuid.UUID
	AccountID  uuid.UUID
	ValueEnc   []byte
	ValueIndex []byte
	// ConfirmedAt is NULL until the contact is proven.
	ConfirmedAt sql.NullTime
}

// TableName implements GORM's Tabler.
func (contactRow) TableName() string { return "account_contacts" }

type credentialRow struct {
	AccountID uuid.UUID
	HashEnc   []byte
	ChangedAt time.Time
}

// TableName implements GORM's Tabler.
func (credentialRow) TableName() string { return "credentials" }

// Create adds an account with all its contacts and its credential. Where
// another account has one of the contacts, it is [apperr.ContactTaken].
func (r *Accounts) Create(ctx context.Context, a domain.Account, c domain.Credential) error {
	account, errAccount := r.accountRow(a)
	contacts, errContacts := r.contactRows(a)
	credential, errCredential := r.credentialRow(c)
	if err := errors.Join(errAccount, errContacts, errCredential); err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.store.db(ctx).Create(&account).Error; err != nil {
			return translate(ctx, err)
		}
		err := r.store.db(ctx).Create(&contacts).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return apperr.New(apperr.ContactTaken)
		}
		if err != nil {
			return translate(ctx, err)
		}
		return translate(ctx, r.store.db(ctx).Create(&credential).Error)
	})
}

// CreateBare adds an account that is nobody's yet: it has neither contacts nor
// a credential.
func (r *Accounts) CreateBare(ctx context.Context, a domain.Account) error {
	row, err := r.accountRow(a)
	if err != nil {
		return err
	}
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}

// SetCredential gives an account its credential, in the place of any that it
// had.
func (r *Accounts) SetCredential(ctx context.Context, c domain.Credential) error {
	row, err := r.credentialRow(c)
	if err != nil {
		return err
	}
	replace := clause.OnConflict{
		Columns:   []clause.Column{{Name: "account_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"hash_enc", "changed_at"}),
	}
	return translate(ctx, r.store.db(ctx).Clauses(replace).Create(&row).Error)
}

// Lock finds an account and keeps its row locked until the caller's
// transaction ends.
func (r *Accounts) Lock(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	return r.find(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id))
}

// Get finds an account.
func (r *Accounts) Get(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	return r.find(ctx, r.store.db(ctx).Where("id = ?", id))
}

// FindByContact finds the account that a contact belongs to.
func (r *Accounts) FindByContact(ctx context.Context, c ident.Contact) (domain.Account, error) {
	index, err := r.store.contactIndex(c)
	if err != nil {
		return domain.Account{}, err
	}
	return r.find(ctx, r.store.db(ctx).
		Where("id = (SELECT account_id FROM account_contacts WHERE value_index = ?)", index))
}

// Credential is what an account is signed in to with.
func (r *Accounts) Credential(ctx context.Context, accountID uuid.UUID) (domain.Credential, error) {
	return r.credential(ctx, r.store.db(ctx).Where("account_id = ?", accountID))
}

// Update changes an account, but for its contacts, in a transaction, with its
// row locked. An error of fn changes nothing and is returned as it is.
func (r *Accounts) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Account) error,
) (a domain.Account, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		a, err = r.find(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id))
		if err != nil {
			return err
		}
		if err := fn(&a); err != nil {
			return err
		}
		row, err := r.accountRow(a)
		if err != nil {
			return err
		}
		return write(ctx, r.store.db(ctx).Where("id = ?", id), &row)
	})
	return a, err
}

// ReplaceHash puts a new hash of the same password in the place of an old one.
// Where the old one is gone, nothing happens: the password was changed since.
func (r *Accounts) ReplaceHash(ctx context.Context, accountID uuid.UUID, old, fresh string) error {
	return r.store.InTx(ctx, func(ctx context.Context) error {
		c, err := r.credential(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("account_id = ?", accountID))
		if err != nil || c.Hash != old {
			return err
		}
		c.Hash = fresh
		row, err := r.credentialRow(c)
		if err != nil {
			return err
		}
		return write(ctx, r.store.db(ctx).Where("account_id = ?", accountID), &row)
	})
}

func (r *Accounts) find(ctx context.Context, query *gorm.DB) (domain.Account, error) {
	var row accountRow
	if err := query.Take(&row).Error; err != nil {
		return domain.Account{}, translate(ctx, err)
	}
	var contacts []contactRow
	err := r.store.db(ctx).Where("account_id = ?", row.ID).Order("id").Find(&contacts).Error
	if err != nil {
		return domain.Account{}, translate(ctx, err)
	}
	a, err := r.account(row, contacts)
	if err != nil {
		return a, err
	}
	if a.Type == domain.AccountPayer {
		return a, r.payer(ctx, &a)
	}
	if err := r.verify(ctx, &a); err != nil {
		return a, err
	}
	a.Disputed, err = r.disputed(ctx, row.ID)
	return a, err
}

// payer adds what a payer's account has, with where the payer is written to.
func (r *Accounts) payer(ctx context.Context, a *domain.Account) error {
	p, err := NewPayerAccounts(r.store).Get(ctx, a.ID)
	if err != nil {
		return err
	}
	a.Payer = &p
	a.Contacts = p.Contacts(a.CreatedAt)
	return nil
}

// verify adds the state of an account's newest case, if there is one.
func (r *Accounts) verify(ctx context.Context, a *domain.Account) error {
	var newest []verificationRow
	err := r.store.db(ctx).Select("status", "valid_until").Where("account_id = ?", a.ID).
		Order("created_at DESC, id DESC").Limit(1).Find(&newest).Error
	if err != nil || len(newest) == 0 {
		return translate(ctx, err)
	}
	a.Verification, a.VerifiedUntil = newest[0].Status, newest[0].ValidUntil.Time
	return nil
}

// disputed tells whether, of all confirmations that an account has ever reached,
// the owner denies the newest. Those are the ones that can be denied at all.
func (r *Accounts) disputed(ctx context.Context, account uuid.UUID) (bool, error) {
	var newest domain.ConfirmationStatus
	err := r.store.db(ctx).Model(&confirmationRow{}).Select("status").
		Where("account_id = ? AND dispute_hash IS NOT NULL", account).
		Order("dispute_until DESC, id DESC").Limit(1).Scan(&newest).Error
	return newest == domain.ConfirmationDisputed, translate(ctx, err)
}

func (r *Accounts) credential(ctx context.Context, query *gorm.DB) (domain.Credential, error) {
	var row credentialRow
	if err := query.Take(&row).Error; err != nil {
		return domain.Credential{}, translate(ctx, err)
	}
	e := r.store.sealer("credentials", row.AccountID)
	hash := e.open("hash_enc", row.HashEnc)
	return domain.Credential{AccountID: row.AccountID, Hash: hash, ChangedAt: row.ChangedAt}, e.err
}

func (r *Accounts) accountRow(a domain.Account) (accountRow, error) {
	e := r.store.sealer("accounts", a.ID)
	return accountRow{
		ID:            a.ID,
		Type:          a.Type,
		Level:         a.Level,
		Status:        a.Status,
		FamilyNameEnc: e.sealName("family_name_enc", a.FamilyName),
		GivenNameEnc:  e.sealName("given_name_enc", a.GivenName),
		Locale:        a.Locale,
		CreatedAt:     a.CreatedAt,
	}, e.err
}

func (r *Accounts) contactRows(a domain.Account) (rows []contactRow, err error) {
	for _, c := range a.Contacts {
		e := r.store.sealer("account_contacts", c.ID)
		rows = append(rows, contactRow{
			ID:          c.ID,
			AccountID:   a.ID,
			ValueEnc:    e.sealContact("value_enc", c.Value),
			ValueIndex:  e.index(indexContact, c.Value.Key()),
			ConfirmedAt: nullTime(c.ConfirmedAt),
		})
		err = errors.Join(err, e.err)
	}
	return rows, err
}

func (r *Accounts) credentialRow(c domain.Credential) (credentialRow, error) {
	e := r.store.sealer("credentials", c.AccountID)
	return credentialRow{AccountID: c.AccountID, HashEnc: e.seal("hash_enc", c.Hash), ChangedAt: c.ChangedAt}, e.err
}

func (r *Accounts) account(row accountRow, contacts []contactRow) (domain.Account, error) {
	e := r.store.sealer("accounts", row.ID)
	a := domain.Account{
		ID:         row.ID,
		Type:       row.Type,
		Level:      row.Level,
		Status:     row.Status,
		FamilyName: e.openName("family_name_enc", row.FamilyNameEnc),
		GivenName:  e.openName("given_name_enc", row.GivenNameEnc),
		Locale:     row.Locale,
		CreatedAt:  row.CreatedAt,
	}
	failed := e.err
	for _, c := range contacts {
		e := r.store.sealer("account_contacts", c.ID)
		value := e.openContact("value_enc", c.ValueEnc)
		a.Contacts = append(a.Contacts, domain.Contact{ID: c.ID, Value: value, ConfirmedAt: c.ConfirmedAt.Time})
		failed = errors.Join(failed, e.err)
	}
	return a, failed
}
