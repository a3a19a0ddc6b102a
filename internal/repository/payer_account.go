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

// PayerAccounts keeps what accounts of payers have beside what all accounts have.
type PayerAccounts struct {
	table[payerAccountRow, domain.PayerAccount]

	accounts *Accounts
}

// NewPayerAccounts returns the payers' accounts of a store.
func NewPayerAccounts(s *Store) *PayerAccounts {
	return &PayerAccounts{
		table[payerAccountRow, domain.PayerAccount]{s, s.payerAccountRow, s.payerAccount}, NewAccounts(s),
	}
}

type payerAccountRow struct {
	AccountID uuid.UUID `gorm:"primaryKey"`
	NumberEnc []byte
	// The blind indexes see to it that one payer has one account.
	NumberIndex       []byte
	UnifiedEnc        []byte
	UnifiedIndex      []byte
	NameEnc           []byte
	OfficeCode        string
	EmailEnc          []byte
	EmailProvenAt     sql.NullTime
	RecordEmailEnc    []byte
	ConnectedAt       sql.NullTime
	TermsVersion      string
	Credential        domain.PayerCredentialStatus
	OneTime           bool
	PasswordExpiresAt sql.NullTime
	Warnings          int
}

// TableName implements GORM's Tabler.
func (payerAccountRow) TableName() string { return "payer_accounts" }

// Ensure returns the account of a payer, and makes it where there is none. Of
// two at the same moment, one makes it.
func (r *PayerAccounts) Ensure(
	ctx context.Context, a domain.Account, p domain.PayerAccount,
) (found domain.PayerAccount, err error) {
	row, err := r.encode(p)
	if err != nil {
		return found, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		found, err = r.FindByNumber(ctx, domain.PayerNumber{PFR: p.Number})
		if !errors.Is(err, apperr.New(apperr.NotFound)) {
			return err
		}
		if err := r.accounts.CreateBare(ctx, a); err != nil {
			return err
		}
		added := r.store.db(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if added.Error != nil {
			return translate(ctx, added.Error)
		}
		if added.RowsAffected == 1 {
			found = p
			return nil
		}
		if err := r.store.db(ctx).Delete(&accountRow{}, "id = ?", a.ID).Error; err != nil {
			return translate(ctx, err)
		}
		found, err = r.FindByNumber(ctx, domain.PayerNumber{PFR: p.Number})
		if errors.Is(err, apperr.New(apperr.NotFound)) { // it is the unified number that another has
			err = apperr.Wrap(apperr.ServiceUnavailable, err)
		}
		return err
	})
	return found, err
}

// Release takes a unified number from the accounts of all other payers: the
// register says whose it is.
func (r *PayerAccounts) Release(ctx context.Context, p domain.Payer) error {
	if p.Unified.IsZero() {
		return nil
	}
	number, errNumber := r.store.fields.Index(indexPayerNumber, p.Number.Digits())
	unified, errUnified := r.store.fields.Index(indexUnifiedNumber, p.Unified.Digits())
	if err := errors.Join(errNumber, errUnified); err != nil {
		return err
	}
	err := r.store.db(ctx).Model(&payerAccountRow{}).
		Where("unified_index = ? AND number_index <> ?", unified, number).
		Updates(map[string]any{"unified_index": nil, "unified_enc": nil}).Error
	return translate(ctx, err)
}

// Get finds what a payer's account has.
func (r *PayerAccounts) Get(ctx context.Context, account uuid.UUID) (domain.PayerAccount, error) {
	return r.get(ctx, r.store.db(ctx).Where("account_id = ?", account))
}

// FindByNumber finds the account of the payer that has a number.
func (r *PayerAccounts) FindByNumber(ctx context.Context, n domain.PayerNumber) (domain.PayerAccount, error) {
	column, purpose, digits := "number_index", indexPayerNumber, n.PFR.Digits()
	if n.PFR.IsZero() {
		column, purpose, digits = "unified_index", indexUnifiedNumber, n.Unified.Digits()
	}
	index, err := r.store.fields.Index(purpose, digits)
	if err != nil {
		return domain.PayerAccount{}, err
	}
	return r.get(ctx, r.store.db(ctx).Where(column+" = ?", index))
}

// Update changes what a payer's account has in a transaction, with its row
// locked. An error of fn changes nothing and is returned as it is.
func (r *PayerAccounts) Update(
	ctx context.Context, account uuid.UUID, fn func(*domain.PayerAccount) error,
) (p domain.PayerAccount, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		p, err = r.get(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("account_id = ?", account))
		if err != nil {
			return err
		}
		if err := fn(&p); err != nil {
			return err
		}
		row, err := r.encode(p)
		if err != nil {
			return err
		}
		return write(ctx, r.store.db(ctx).Where("account_id = ?", account), &row)
	})
	return p, err
}

// ToWarn finds payers who are to be warned of their password's end: a page of
// those whose ids come after one.
func (r *PayerAccounts) ToWarn(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error) {
	due := r.store.db(ctx)
	for i, before := range domain.PasswordWarnings() {
		due = due.Or("warnings <= ? AND password_expires_at <= ?", i, now.Add(before))
	}
	return r.ids(ctx, after, r.store.db(ctx).
		Where("credential IN (?, ?)", domain.CredentialActive, domain.CredentialExpiring).
		Where("password_expires_at > ?", now).Where(due))
}

// ToLapse finds payers whose password has come to its end and does not know it
// yet.
func (r *PayerAccounts) ToLapse(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error) {
	return r.ids(ctx, after, r.store.db(ctx).
		Where("credential IN (?, ?)", domain.CredentialActive, domain.CredentialExpiring).
		Where("password_expires_at <= ?", now))
}

// Liquidated finds accounts of payers who, the register says, are no more, and
// whose password is not revoked.
func (r *PayerAccounts) Liquidated(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error) {
	gone := r.store.db(ctx).Table("payers").Select("1").
		Where("payers.number_index = payer_accounts.number_index AND state = ?", domain.PayerLiquidated)
	return r.ids(ctx, after, r.store.db(ctx).
		Where("credential <> ?", domain.CredentialRevoked).Where("EXISTS (?)", gone))
}

func (r *PayerAccounts) ids(ctx context.Context, after uuid.UUID, query *gorm.DB) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := query.Model(&payerAccountRow{}).Where("account_id > ?", after).
		Order("account_id").Limit(sweepPage).Pluck("account_id", &ids).Error
	return ids, translate(ctx, err)
}

func (s *Store) payerAccountRow(p domain.PayerAccount) (payerAccountRow, error) {
	e := s.sealer("payer_accounts", p.AccountID)
	row := payerAccountRow{
		AccountID:         p.AccountID,
		NumberEnc:         e.seal("number_enc", p.Number.Digits()),
		NumberIndex:       e.index(indexPayerNumber, p.Number.Digits()),
		NameEnc:           e.seal("name_enc", p.Name),
		OfficeCode:        p.Office.Digits(),
		EmailProvenAt:     nullTime(p.EmailProvenAt),
		ConnectedAt:       nullTime(p.ConnectedAt),
		TermsVersion:      p.TermsVersion,
		Credential:        p.Credential.Status,
		OneTime:           p.Credential.OneTime,
		PasswordExpiresAt: nullTime(p.Credential.ExpiresAt),
		Warnings:          p.Credential.Warnings,
	}
	if !p.Unified.IsZero() {
		row.UnifiedEnc = e.seal("unified_enc", p.Unified.Digits())
		row.UnifiedIndex = e.index(indexUnifiedNumber, p.Unified.Digits())
	}
	if !p.Email.IsZero() {
		row.EmailEnc = e.sealContact("email_enc", p.Email)
	}
	if !p.OnRecord.IsZero() {
		row.RecordEmailEnc = e.sealContact("record_email_enc", p.OnRecord)
	}
	return row, e.err
}

func (s *Store) payerAccount(row payerAccountRow) (domain.PayerAccount, error) {
	e := s.sealer("payer_accounts", row.AccountID)
	p := domain.PayerAccount{
		AccountID:     row.AccountID,
		Name:          e.open("name_enc", row.NameEnc),
		EmailProvenAt: row.EmailProvenAt.Time,
		ConnectedAt:   row.ConnectedAt.Time,
		TermsVersion:  row.TermsVersion,
		Credential: domain.PayerCredential{
			Status: row.Credential, OneTime: row.OneTime, ExpiresAt: row.PasswordExpiresAt.Time, Warnings: row.Warnings,
		},
	}
	if row.EmailEnc != nil {
		p.Email = e.openContact("email_enc", row.EmailEnc)
	}
	if row.RecordEmailEnc != nil {
		p.OnRecord = e.openContact("record_email_enc", row.RecordEmailEnc)
	}
	var failed [3]error
	p.Number, failed[0] = ident.ParsePFRRegNumber(e.open("number_enc", row.NumberEnc))
	p.Office, failed[1] = ident.ParseOfficeCode(row.OfficeCode)
	if row.UnifiedEnc != nil {
		p.Unified, failed[2] = ident.ParseUnifiedRegNumber(e.open("unified_enc", row.UnifiedEnc))
	}
	if e.err != nil {
		return p, e.err
	}
	return p, errors.Join(failed[:]...)
}
