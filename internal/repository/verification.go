package repository

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/domain"
)

// Verifications keeps verification cases with their checks, and the jobs that
// make the checks.
type Verifications struct{ store *Store }

// NewVerifications returns the verification cases of a store.
func NewVerifications(s *Store) *Verifications { return &Verifications{s} }

type verificationRow struct {
	ID         uuid.UUID
	AccountID  uuid.UUID
	Status     domain.VerificationStatus
	Attempt    int
	DelayTold  bool
	CreatedAt  time.Time
	ValidUntil sql.NullTime
}

// TableName implements GORM's Tabler.
func (verificationRow) TableName() string { return "verification_cases" }

type checkRow struct {
	CaseID uuid.UUID
	Kind   domain.CheckKind
	Result domain.CheckResult
	Fields string
	// ReferenceEnc is NULL while the register has not taken the question.
	ReferenceEnc []byte
	Failures     int
	Polls        int
	CheckedAt    sql.NullTime
	RetryAt      sql.NullTime
	DownSince    sql.NullTime
}

// TableName implements GORM's Tabler.
func (checkRow) TableName() string { return "verification_checks" }

// Create adds a case. An account has one case at most that is neither
// superseded nor expired.
func (r *Verifications) Create(ctx context.Context, c domain.VerificationCase) error {
	return r.store.InTx(ctx, func(ctx context.Context) error {
		row := verificationToRow(c)
		if err := r.store.db(ctx).Create(&row).Error; err != nil {
			return translate(ctx, err)
		}
		for _, check := range c.Checks {
			row, err := r.checkRow(c.ID, check)
			if err != nil {
				return err
			}
			if err := r.store.db(ctx).Create(&row).Error; err != nil {
				return translate(ctx, err)
			}
		}
		return nil
	})
}

// Schedule adds the job that makes one check, in the caller's transaction.
func (r *Verifications) Schedule(ctx context.Context, run domain.CheckRun) error {
	return r.store.insert(ctx, run, string(domain.QueueChecks))
}

// ScheduleSettle adds the job that settles who a SNILS belongs to, in the
// caller's transaction.
func (r *Verifications) ScheduleSettle(ctx context.Context, j domain.SettleSNILS) error {
	return r.store.insert(ctx, j, string(domain.QueueChecks))
}

// Get finds a case.
func (r *Verifications) Get(ctx context.Context, id uuid.UUID) (domain.VerificationCase, error) {
	return r.get(ctx, r.store.db(ctx).Where("id = ?", id))
}

// Current is the newest case of an account.
func (r *Verifications) Current(ctx context.Context, account uuid.UUID) (domain.VerificationCase, error) {
	return r.get(ctx, r.store.db(ctx).Where("account_id = ?", account).Order("created_at DESC, id DESC"))
}

// Update changes a case in a transaction, with its row locked. An error of fn
// changes nothing and is returned as it is.
func (r *Verifications) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.VerificationCase) error,
) (c domain.VerificationCase, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		c, err = r.get(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id))
		if err != nil {
			return err
		}
		if err := fn(&c); err != nil {
			return err
		}
		return r.write(ctx, c)
	})
	return c, err
}

func (r *Verifications) write(ctx context.Context, c domain.VerificationCase) error {
	row := verificationToRow(c)
	if err := write(ctx, r.store.db(ctx).Where("id = ?", c.ID), &row); err != nil {
		return err
	}
	for _, check := range c.Checks {
		row, err := r.checkRow(c.ID, check)
		if err != nil {
			return err
		}
		if err := write(ctx, r.store.db(ctx).Where("case_id = ? AND kind = ?", c.ID, check.Kind), &row); err != nil {
			return err
		}
	}
	return nil
}

func (r *Verifications) get(ctx context.Context, query *gorm.DB) (domain.VerificationCase, error) {
	var row verificationRow
	if err := query.Take(&row).Error; err != nil {
		return domain.VerificationCase{}, translate(ctx, err)
	}
	c := domain.VerificationCase{
		ID:         row.ID,
		AccountID:  row.AccountID,
		Status:     row.Status,
		Attempt:    row.Attempt,
		DelayTold:  row.DelayTold,
		CreatedAt:  row.CreatedAt,
		ValidUntil: row.ValidUntil.Time,
	}
	var checks []checkRow
	if err := r.store.db(ctx).Where("case_id = ?", row.ID).Order("kind DESC").Find(&checks).Error; err != nil {
		return c, translate(ctx, err)
	}
	for _, row := range checks {
		check, err := r.check(row)
		if err != nil {
			return c, err
		}
		c.Checks = append(c.Checks, check)
	}
	return c, nil
}

func verificationToRow(c domain.VerificationCase) verificationRow {
	return verificationRow{
		ID:         c.ID,
		AccountID:  c.AccountID,
		Status:     c.Status,
		Attempt:    c.Attempt,
		DelayTold:  c.DelayTold,
		CreatedAt:  c.CreatedAt,
		ValidUntil: nullTime(c.ValidUntil),
	}
}

func (r *Verifications) checkRow(caseID uuid.UUID, c domain.Check) (checkRow, error) {
	row := checkRow{
		CaseID:    caseID,
		Kind:      c.Kind,
		Result:    c.Result,
		Fields:    strings.Join(c.Fields, ","),
		Failures:  c.Failures,
		Polls:     c.Polls,
		CheckedAt: nullTime(c.CheckedAt),
		RetryAt:   nullTime(c.RetryAt),
		DownSince: nullTime(c.DownSince),
	}
	if c.Reference == "" {
		return row, nil
	}
	e := r.store.sealer("verification_checks", caseID)
	row.ReferenceEnc = e.seal(referenceColumn(c.Kind), c.Reference)
	return row, e.err
}

func (r *Verifications) check(row checkRow) (domain.Check, error) {
	c := domain.Check{
		Kind:      row.Kind,
		Result:    row.Result,
		Failures:  row.Failures,
		Polls:     row.Polls,
		CheckedAt: row.CheckedAt.Time,
		RetryAt:   row.RetryAt.Time,
		DownSince: row.DownSince.Time,
	}
	if row.Fields != "" {
		c.Fields = strings.Split(row.Fields, ",")
	}
	if row.ReferenceEnc == nil {
		return c, nil
	}
	e := r.store.sealer("verification_checks", row.CaseID)
	c.Reference = e.open(referenceColumn(row.Kind), row.ReferenceEnc)
	return c, e.err
}

// referenceColumn is where a reference is sealed for: the checks of one case
// share its id.
func referenceColumn(k domain.CheckKind) string { return "reference_enc/" + string(k) }
