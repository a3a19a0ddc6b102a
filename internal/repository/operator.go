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

// Operators keeps those who work for the fund and for service centres, with
// their places. Their names are those of their accounts.
type Operators struct {
	store    *Store
	accounts *Accounts
}

// NewOperators returns the operators of a store.
func NewOperators(s *Store) *Operators { return &Operators{s, NewAccounts(s)} }

type operatorRow struct {
	ID       uuid.UUID
	Login    string
	Role     domain.Role
	Status   domain.OperatorStatus
	EmailEnc []byte
	// The blind indexes see to it that one person is one operator.
	EmailIndex []byte
	SNILSEnc   []byte `gorm:"column:snils_enc"`
	SNILSIndex []byte `gorm:"column:snils_index"`
	// TOTPEnc is NULL where no second factor was set up.
	TOTPEnc        []byte `gorm:"column:totp_enc"`
	TOTPStep       int64  `gorm:"column:totp_step"`
	EnrolmentHash  []byte
	EnrolmentUntil sql.NullTime
	CreatedAt      time.Time
}

// TableName implements GORM's Tabler.
func (operatorRow) TableName() string { return "operators" }

type operatorPlaceRow struct {
	OperatorID uuid.UUID
	PlaceID    uuid.UUID
}

// TableName implements GORM's Tabler.
func (operatorPlaceRow) TableName() string { return "operator_places" }

// Create adds an operator with the account. Where another has the login, it is
// [apperr.LoginTaken]; where another has the address or the SNILS,
// [apperr.OperatorExists].
func (r *Operators) Create(ctx context.Context, o domain.Operator, a domain.Account) error {
	row, err := r.row(o)
	if err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.accounts.CreateBare(ctx, a); err != nil {
			return err
		}
		free := clause.OnConflict{Columns: []clause.Column{{Name: "login"}}, DoNothing: true}
		result := r.store.db(ctx).Clauses(free).Create(&row)
		switch {
		case errors.Is(result.Error, gorm.ErrDuplicatedKey):
			return apperr.New(apperr.OperatorExists)
		case result.Error != nil:
			return translate(ctx, result.Error)
		case result.RowsAffected == 0:
			return apperr.New(apperr.LoginTaken)
		}
		return r.place(ctx, o)
	})
}

// Get finds an operator.
func (r *Operators) Get(ctx context.Context, id uuid.UUID) (domain.Operator, error) {
	return r.find(ctx, r.store.db(ctx).Where("id = ?", id))
}

// FindByLogin finds an operator by the name to sign in with.
func (r *Operators) FindByLogin(ctx context.Context, login string) (domain.Operator, error) {
	return r.find(ctx, r.store.db(ctx).Where("login = ?", login))
}

// FindByEnrolment finds the operator whom an enrolment link is for.
func (r *Operators) FindByEnrolment(ctx context.Context, hash []byte) (domain.Operator, error) {
	return r.find(ctx, r.store.db(ctx).Where("enrolment_hash = ?", hash))
}

// Update changes an operator in a transaction, with the row locked; names and
// places stay as they are. An error of fn changes nothing and is returned as it
// is.
func (r *Operators) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Operator) error,
) (o domain.Operator, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		o, err = r.find(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id))
		if err != nil {
			return err
		}
		if err := fn(&o); err != nil {
			return err
		}
		row, err := r.row(o)
		if err != nil {
			return err
		}
		return write(ctx, r.store.db(ctx).Where("id = ?", id), &row)
	})
	return o, err
}

// SetPlaces replaces an operator's places.
func (r *Operators) SetPlaces(ctx context.Context, o domain.Operator) error {
	return r.store.InTx(ctx, func(ctx context.Context) error {
		err := r.store.db(ctx).Where("operator_id = ?", o.ID).Delete(&operatorPlaceRow{}).Error
		if err != nil {
			return translate(ctx, err)
		}
		return r.place(ctx, o)
	})
}

// UseStep records that the code of a time step was used, if the operator is
// active and it is later than any used before: of all who try, one succeeds.
func (r *Operators) UseStep(ctx context.Context, id uuid.UUID, step int64) (bool, error) {
	result := r.store.db(ctx).Model(&operatorRow{}).
		Where("id = ? AND status = ? AND totp_step < ?", id, domain.OperatorActive, step).
		Update("totp_step", step)
	return result.RowsAffected == 1, translate(ctx, result.Error)
}

// List is a page of all operators, newest first.
func (r *Operators) List(ctx context.Context, p domain.Page) ([]domain.Operator, error) {
	query := r.store.db(ctx).Order("created_at DESC, id DESC").Limit(p.Limit)
	if p.After != nil {
		query = query.Where("(created_at, id) < (?, ?)", p.After.CreatedAt, p.After.ID)
	}
	var rows []operatorRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	operators := make([]domain.Operator, 0, len(rows))
	for _, row := range rows {
		o, err := r.complete(ctx, row)
		if err != nil {
			return nil, err
		}
		operators = append(operators, o)
	}
	return operators, nil
}

// LockAdministrators are the ids of the active administrators, whose rows stay
// locked until the caller's transaction ends: nobody else can shut one of them
// out meanwhile.
func (r *Operators) LockAdministrators(ctx context.Context) (ids []uuid.UUID, err error) {
	err = r.store.db(ctx).Model(&operatorRow{}).Clauses(forUpdate()).
		Where("role = ? AND status = ?", domain.RoleAdministrator, domain.OperatorActive).
		Order("id").Pluck("id", &ids).Error
	return ids, translate(ctx, err)
}

func (r *Operators) place(ctx context.Context, o domain.Operator) error {
	for _, id := range o.Places {
		err := r.store.db(ctx).Create(&operatorPlaceRow{o.ID, id}).Error
		if err != nil {
			return translate(ctx, err)
		}
	}
	return nil
}

func (r *Operators) find(ctx context.Context, query *gorm.DB) (domain.Operator, error) {
	var row operatorRow
	if err := query.Take(&row).Error; err != nil {
		return domain.Operator{}, translate(ctx, err)
	}
	return r.complete(ctx, row)
}

// complete adds what stands in other tables.
func (r *Operators) complete(ctx context.Context, row operatorRow) (domain.Operator, error) {
	var account accountRow
	if err := r.store.db(ctx).Where("id = ?", row.ID).Take(&account).Error; err != nil {
		return domain.Operator{}, translate(ctx, err)
	}
	o, err := r.operator(row, account)
	if err != nil {
		return o, err
	}
	err = r.store.db(ctx).Model(&operatorPlaceRow{}).Where("operator_id = ?", row.ID).
		Order("place_id").Pluck("place_id", &o.Places).Error
	return o, translate(ctx, err)
}

func (r *Operators) row(o domain.Operator) (operatorRow, error) {
	e := r.store.sealer("operators", o.ID)
	row := operatorRow{
		ID:             o.ID,
		Login:          o.Login,
		Role:           o.Role,
		Status:         o.Status,
		EmailEnc:       e.sealContact("email_enc", o.Email),
		EmailIndex:     e.index(indexContact, o.Email.Key()),
		SNILSEnc:       e.seal("snils_enc", o.SNILS.Digits()),
		SNILSIndex:     e.index(indexSNILS, o.SNILS.Digits()),
		TOTPStep:       o.TOTPStep,
		EnrolmentHash:  o.EnrolmentHash,
		EnrolmentUntil: nullTime(o.EnrolmentUntil),
		CreatedAt:      o.CreatedAt,
	}
	if o.TOTPSecret != "" {
		row.TOTPEnc = e.seal("totp_enc", o.TOTPSecret)
	}
	return row, e.err
}

func (r *Operators) operator(row operatorRow, account accountRow) (domain.Operator, error) {
	e, names := r.store.sealer("operators", row.ID), r.store.sealer("accounts", row.ID)
	o := domain.Operator{
		ID:             row.ID,
		Login:          row.Login,
		FamilyName:     names.openName("family_name_enc", account.FamilyNameEnc),
		GivenName:      names.openName("given_name_enc", account.GivenNameEnc),
		Email:          e.openContact("email_enc", row.EmailEnc),
		Role:           row.Role,
		Status:         row.Status,
		Locale:         account.Locale,
		TOTPStep:       row.TOTPStep,
		EnrolmentHash:  row.EnrolmentHash,
		EnrolmentUntil: row.EnrolmentUntil.Time,
		CreatedAt:      row.CreatedAt,
	}
	digits := e.open("snils_enc", row.SNILSEnc)
	if row.TOTPEnc != nil {
		o.TOTPSecret = e.open("totp_enc", row.TOTPEnc)
	}
	if err := errors.Join(e.err, names.err); err != nil {
		return o, err
	}
	var err error
	o.SNILS, err = ident.ParseSNILS(digits)
	return o, err
}
