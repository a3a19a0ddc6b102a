package repository

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
)

// Registrations keeps registrations.
type Registrations struct {
	table[registrationRow, domain.Registration]
}

// NewRegistrations returns the registrations of a store.
func NewRegistrations(s *Store) *Registrations {
	return &Registrations{table[registrationRow, domain.Registration]{s, s.registrationRow, s.registration}}
}

type registrationRow struct {
	ID            uuid.UUID
	Status        domain.RegistrationStatus
	FamilyNameEnc []byte
	GivenNameEnc  []byte
	ContactEnc    []byte
	ContactIndex  []byte
	Locale        domain.Locale
	TokenHash     []byte
	CodesSent     int
	CreatedAt     time.Time
	ExpiresAt     time.Time
}

// TableName implements GORM's Tabler.
func (registrationRow) TableName() string { return "registrations" }

// Create adds a registration.
func (r *Registrations) Create(ctx context.Context, v domain.Registration) error {
	return r.create(ctx, v)
}

// Get finds a registration.
func (r *Registrations) Get(ctx context.Context, id uuid.UUID) (domain.Registration, error) {
	return r.byID(ctx, id)
}

// Update changes a registration in a transaction, with its row locked. An error
// of fn changes nothing and is returned as it is.
func (r *Registrations) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Registration) error,
) (domain.Registration, error) {
	return r.update(ctx, id, fn)
}

// CloseOthers closes the registrations that have proven the contact of a
// completed one, and returns them as they are then; those whose time is over
// expire. Those that have proven nothing stay as they are: whoever opened one
// must not learn from it that the contact has an account now, and none can be
// completed any more. One that is being worked on at this moment is passed
// over, since waiting for it could end in a deadlock.
func (r *Registrations) CloseOthers(
	ctx context.Context, completed domain.Registration, now time.Time,
) (closed []domain.Registration, err error) {
	index, err := r.store.contactIndex(completed.Contact)
	if err != nil {
		return nil, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		var rows []registrationRow
		err := r.store.db(ctx).
			Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}).
			Where("contact_index = ? AND id <> ? AND status = ?", index, completed.ID, domain.RegistrationContactConfirmed).
			Find(&rows).Error
		if err != nil {
			return translate(ctx, err)
		}
		for _, row := range rows {
			v, err := r.closeOne(ctx, row, now)
			if err != nil {
				return err
			}
			closed = append(closed, v)
		}
		return nil
	})
	return closed, err
}

func (r *Registrations) closeOne(ctx context.Context, row registrationRow, now time.Time) (domain.Registration, error) {
	v, err := r.decode(row)
	if err != nil {
		return v, err
	}
	if err := v.Close(now); err != nil && v.Status != domain.RegistrationExpired {
		return v, err
	}
	err = r.store.db(ctx).Model(&registrationRow{}).Where("id = ?", row.ID).Update("status", v.Status).Error
	return v, translate(ctx, err)
}

func (s *Store) registrationRow(v domain.Registration) (registrationRow, error) {
	e := s.sealer("registrations", v.ID)
	return registrationRow{
		ID:            v.ID,
		Status:        v.Status,
		FamilyNameEnc: e.sealName("family_name_enc", v.FamilyName),
		GivenNameEnc:  e.sealName("given_name_enc", v.GivenName),
		ContactEnc:    e.sealContact("contact_enc", v.Contact),
		ContactIndex:  e.index(indexContact, v.Contact.Key()),
		Locale:        v.Locale,
		TokenHash:     v.TokenHash,
		CodesSent:     v.CodesSent,
		CreatedAt:     v.CreatedAt,
		ExpiresAt:     v.ExpiresAt,
	}, e.err
}

func (s *Store) registration(row registrationRow) (domain.Registration, error) {
	e := s.sealer("registrations", row.ID)
	return domain.Registration{
		ID:         row.ID,
		Status:     row.Status,
		FamilyName: e.openName("family_name_enc", row.FamilyNameEnc),
		GivenName:  e.openName("given_name_enc", row.GivenNameEnc),
		Contact:    e.openContact("contact_enc", row.ContactEnc),
		Locale:     row.Locale,
		TokenHash:  row.TokenHash,
		CodesSent:  row.CodesSent,
		CreatedAt:  row.CreatedAt,
		ExpiresAt:  row.ExpiresAt,
	}, e.err
}
