package repository

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// RegistrationCards keeps the records of registration cards that were issued.
type RegistrationCards struct{ store *Store }

// NewRegistrationCards returns the cards of a store.
func NewRegistrationCards(s *Store) *RegistrationCards { return &RegistrationCards{s} }

type registrationCardRow struct {
	ID         uuid.UUID
	AccountID  uuid.UUID
	PlaceID    uuid.UUID
	OperatorID uuid.UUID
	Purpose    domain.CardPurpose
	VisitorEnc []byte
	IssuedAt   time.Time
	ValidUntil time.Time
}

// TableName implements GORM's Tabler.
func (registrationCardRow) TableName() string { return "registration_cards" }

// cardVisitor is the sealed form of who came for a card. Its names stay: what was
// sealed once has to be read by every later release.
type cardVisitor struct {
	FamilyName      string               `json:"family_name"`
	GivenName       string               `json:"given_name"`
	Patronymic      string               `json:"patronymic,omitempty"`
	Series          string               `json:"series"`
	Number          string               `json:"number"`
	Authority       domain.AuthorityKind `json:"authority"`
	AuthorityNumber string               `json:"authority_number,omitempty"`
	AuthorityOn     string               `json:"authority_on,omitempty"`
}

// Create adds the record of a card.
func (r *RegistrationCards) Create(ctx context.Context, c domain.RegistrationCard) error {
	v := c.Visitor
	text, err := json.Marshal(cardVisitor{
		FamilyName: v.FamilyName.Text(), GivenName: v.GivenName.Text(), Patronymic: v.Patronymic.Text(),
		Series: v.Series.Digits(), Number: v.Number.Digits(), Authority: v.Authority,
		AuthorityNumber: v.AuthorityNumber, AuthorityOn: v.AuthorityOn.ISO(),
	})
	if err != nil {
		return err
	}
	e := r.store.sealer("registration_cards", c.ID)
	row := registrationCardRow{
		ID: c.ID, AccountID: c.AccountID, PlaceID: c.PlaceID, OperatorID: c.OperatorID, Purpose: c.Purpose,
		VisitorEnc: e.seal("visitor_enc", string(text)), IssuedAt: c.IssuedAt, ValidUntil: c.ValidUntil,
	}
	if e.err != nil {
		return e.err
	}
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}
