package repository

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// PayerApplications keeps the applications of payers.
type PayerApplications struct {
	table[payerApplicationRow, domain.PayerApplication]
}

// NewPayerApplications returns the applications of a store.
func NewPayerApplications(s *Store) *PayerApplications {
	return &PayerApplications{
		table[payerApplicationRow, domain.PayerApplication]{s, s.payerApplicationRow, s.payerApplication},
	}
}

type payerApplicationRow struct {
	ID               uuid.UUID
	Status           domain.PayerApplicationStatus
	NumberEnc        []byte
	INNEnc           []byte `gorm:"column:inn_enc"`
	EmailEnc         []byte
	Method           domain.DeliveryMethod
	Locale           domain.Locale
	TokenHash        []byte
	CodesSent        int
	EmailConfirmedAt sql.NullTime
	AccountID        uuid.NullUUID
	Reason           domain.ApplicationReason
	CodeID           uuid.NullUUID
	FiledOn          string
	DueOn            string
	AlarmOn          string
	BreachOn         string
	CreatedAt        time.Time
	SentAt           sql.NullTime
	ExpiresAt        time.Time
	SettledAt        sql.NullTime
	BreachedAt       sql.NullTime
}

// TableName implements GORM's Tabler.
func (payerApplicationRow) TableName() string { return "payer_applications" }

// Create adds an application and the job that looks up its payer.
func (r *PayerApplications) Create(ctx context.Context, a domain.PayerApplication) error {
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.create(ctx, a); err != nil {
			return err
		}
		return r.Identify(ctx, a.ID)
	})
}

// Identify adds the job that looks up an application's payer, in the caller's
// transaction.
func (r *PayerApplications) Identify(ctx context.Context, id uuid.UUID) error {
	return r.store.insert(ctx, domain.IdentifyPayer{ApplicationID: id}, string(domain.QueuePayers))
}

// Get finds an application.
func (r *PayerApplications) Get(ctx context.Context, id uuid.UUID) (domain.PayerApplication, error) {
	return r.byID(ctx, id)
}

// Update changes an application in a transaction, with its row locked. An error
// of fn changes nothing and is returned as it is.
func (r *PayerApplications) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.PayerApplication) error,
) (domain.PayerApplication, error) {
	return r.update(ctx, id, fn)
}

// ByCode finds the application that a letter or an electronic document is for.
func (r *PayerApplications) ByCode(ctx context.Context, code uuid.UUID) (domain.PayerApplication, error) {
	return r.get(ctx, r.store.db(ctx).Where("code_id = ?", code))
}

// OpenOf lists the applications of an account that may still lead to a
// connection, newest first.
func (r *PayerApplications) OpenOf(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.PayerApplication, error) {
	return r.list(ctx, r.store.db(ctx).Where("account_id = ? AND expires_at > ?", account, now).
		Where("status IN ?", openApplications()).Order("created_at DESC, id DESC"))
}

func openApplications() (open []domain.PayerApplicationStatus) {
	for _, s := range domain.PayerApplicationStatuses() {
		if s.Open() {
			open = append(open, s)
		}
	}
	return open
}

// Late finds applications whose code has not left though it is the day of the
// alarm, and which have not all the alarms yet: a page of those whose ids come
// after one.
func (r *PayerApplications) Late(ctx context.Context, today ident.Date, after uuid.UUID) ([]uuid.UUID, error) {
	alarm := func(kind domain.AlarmKind) *gorm.DB {
		return r.store.db(ctx).Model(&alarmRow{}).Select("1").Where("kind = ? AND subject_id = payer_applications.id", kind)
	}
	due := r.store.db(ctx).Where("NOT EXISTS (?)", alarm(domain.AlarmPayerCodeLate)).
		Or("breach_on <= ? AND NOT EXISTS (?)", today.ISO(), alarm(domain.AlarmPayerCodeOverdue))
	var ids []uuid.UUID
	err := r.store.db(ctx).Model(&payerApplicationRow{}).Where("id > ?", after).
		Where("status IN (?, ?, ?)", domain.ApplicationSubmitted, domain.ApplicationIdentified, domain.ApplicationCodePreparing).
		Where("alarm_on <= ?", today.ISO()).Where(due).Order("id").Limit(sweepPage).Pluck("id", &ids).Error
	return ids, translate(ctx, err)
}

func (s *Store) payerApplicationRow(a domain.PayerApplication) (payerApplicationRow, error) {
	e := s.sealer("payer_applications", a.ID)
	return payerApplicationRow{
		ID:               a.ID,
		Status:           a.Status,
		NumberEnc:        e.seal("number_enc", a.Number.Digits()),
		INNEnc:           e.seal("inn_enc", a.INN.Digits()),
		EmailEnc:         e.sealContact("email_enc", a.Email),
		Method:           a.Method,
		Locale:           a.Locale,
		TokenHash:        a.TokenHash,
		CodesSent:        a.CodesSent,
		EmailConfirmedAt: nullTime(a.EmailConfirmedAt),
		AccountID:        nullID(a.AccountID),
		Reason:           a.Reason,
		CodeID:           nullID(a.CodeID),
		FiledOn:          a.Term.FiledOn.ISO(),
		DueOn:            a.Term.DueOn.ISO(),
		AlarmOn:          a.Term.AlarmOn.ISO(),
		BreachOn:         a.Term.BreachOn.ISO(),
		CreatedAt:        a.CreatedAt,
		SentAt:           nullTime(a.SentAt),
		ExpiresAt:        a.ExpiresAt,
		SettledAt:        nullTime(a.SettledAt),
		BreachedAt:       nullTime(a.BreachedAt),
	}, e.err
}

func (s *Store) payerApplication(row payerApplicationRow) (domain.PayerApplication, error) {
	e := s.sealer("payer_applications", row.ID)
	a := domain.PayerApplication{
		ID:               row.ID,
		Status:           row.Status,
		Email:            e.openContact("email_enc", row.EmailEnc),
		Method:           row.Method,
		Locale:           row.Locale,
		TokenHash:        row.TokenHash,
		CodesSent:        row.CodesSent,
		EmailConfirmedAt: row.EmailConfirmedAt.Time,
		AccountID:        row.AccountID.UUID,
		Reason:           row.Reason,
		CodeID:           row.CodeID.UUID,
		CreatedAt:        row.CreatedAt,
		SentAt:           row.SentAt.Time,
		ExpiresAt:        row.ExpiresAt,
		SettledAt:        row.SettledAt.Time,
		BreachedAt:       row.BreachedAt.Time,
	}
	number, inn := e.open("number_enc", row.NumberEnc), e.open("inn_enc", row.INNEnc)
	if e.err != nil {
		return a, e.err
	}
	var failed [6]error
	a.Number, failed[0] = domain.ParsePayerNumber(number)
	a.INN, failed[1] = ident.ParseINN(inn)
	a.Term.FiledOn, failed[2] = ident.ParseDate(row.FiledOn)
	a.Term.DueOn, failed[3] = ident.ParseDate(row.DueOn)
	a.Term.AlarmOn, failed[4] = ident.ParseDate(row.AlarmOn)
	a.Term.BreachOn, failed[5] = ident.ParseDate(row.BreachOn)
	return a, errors.Join(failed[:]...)
}
