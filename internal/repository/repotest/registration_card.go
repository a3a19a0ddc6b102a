package repotest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

func registrationCardTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"registration card/is recorded once":          cardRecorded,
		"registration card/needs all that it names":   cardNeeds,
		"registration card/every purpose can be kept": cardPurposes,
	}
}

// Card is the record of a card that was issued to somebody with a power of
// attorney.
func Card(t *testing.T, account uuid.UUID, d domain.Desk, at time.Time) domain.RegistrationCard {
	t.Helper()
	return domain.RegistrationCard{
		ID: domain.NewID(), AccountID: account, PlaceID: d.Place.ID, OperatorID: d.Operator.ID, Purpose: domain.CardForConnection,
		Visitor: domain.CardVisitor{
			FamilyName: nameOf(t, "Канарейкина"), GivenName: nameOf(t, "Кенара"),
			Series: parsed(t, ident.ParsePassportSeries, "2714"), Number: parsed(t, ident.ParsePassportNumber, "918273"),
			Authority: domain.AuthorityAttorney, AuthorityNumber: "CANARY-AUTHORITY", AuthorityOn: dateOf(t, "2026-03-01"),
		},
		IssuedAt: at, ValidUntil: at.Add(5 * 24 * time.Hour),
	}
}

func (w *world) cards() *repository.RegistrationCards {
	return repository.NewRegistrationCards(w.store)
}

func cardRecorded(t *testing.T, w *world) {
	t.Helper()
	c := Card(t, w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, w.desk(t, "A-1"), w.now)
	require.NoError(t, w.cards().Create(t.Context(), c))
	require.Error(t, w.cards().Create(t.Context(), c))
}

func cardNeeds(t *testing.T, w *world) {
	t.Helper()
	account, desk := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, w.desk(t, "A-1")
	for _, change := range []func(*domain.RegistrationCard){
		func(c *domain.RegistrationCard) { c.AccountID = domain.NewID() },
		func(c *domain.RegistrationCard) { c.PlaceID = domain.NewID() },
		func(c *domain.RegistrationCard) { c.OperatorID = domain.NewID() },
	} {
		c := Card(t, account, desk, w.now)
		change(&c)
		require.Error(t, w.cards().Create(t.Context(), c))
	}
}

func cardPurposes(t *testing.T, w *world) {
	t.Helper()
	account, desk := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, w.desk(t, "A-1")
	for _, purpose := range domain.CardPurposes() {
		c := Card(t, account, desk, w.now)
		c.Purpose, c.Visitor.Authority, c.Visitor.AuthorityNumber, c.Visitor.AuthorityOn = purpose, domain.AuthorityHead, "", ident.Date{}
		require.NoError(t, w.cards().Create(t.Context(), c))
	}
	unknown := Card(t, account, desk, w.now)
	unknown.Purpose = "curiosity"
	require.Error(t, w.cards().Create(t.Context(), unknown))
}
