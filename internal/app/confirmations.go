package app

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/confirmation"
)

// buildConfirmations makes the service of identity confirmations.
func (a *App) buildConfirmations() {
	store := repository.NewConfirmations(a.store)
	a.services.confirmation = confirmation.New(confirmation.Parts{
		Tx: a.store, Accounts: repository.NewAccounts(a.store), PersonalData: repository.NewPersonalData(a.store),
		Cases: repository.NewVerifications(a.store), Confirmations: store, Finder: store,
		Letters: a.services.letter, Claims: repository.NewClaims(a.store), Offers: repository.NewCentres(a.store),
		Sessions: repository.NewSessions(a.store), Journal: a.newJournal(),
		Clock: a.Clock, Policies: a.policies, CabinetURL: a.Config.Server.CabinetURL,
	})
}

// confirmations is the service of confirmations for those that it needs itself,
// and that are built before it.
type confirmations struct{ app *App }

// Void makes worthless what an account has proven of its owner's identity.
func (c confirmations) Void(ctx context.Context, account uuid.UUID, by domain.Caller) (bool, error) {
	return c.app.services.confirmation.Void(ctx, account, by)
}

// Withdraw ends what an account has under way.
func (c confirmations) Withdraw(ctx context.Context, account uuid.UUID, by domain.Caller) error {
	return c.app.services.confirmation.Withdraw(ctx, account, by)
}

// LetterUnderWay tells whether there is a letter whose code is still good.
func (c confirmations) LetterUnderWay(ctx context.Context, account uuid.UUID) (bool, error) {
	return c.app.services.confirmation.LetterUnderWay(ctx, account)
}

// confirmationHandlers is everything that a citizen's way to a confirmed
// identity leads through.
type confirmationHandlers struct {
	own      *handler.Confirmation
	services *handler.Services
	notMe    *handler.NotMe
}

func (a *App) newConfirmationHandlers(texts *i18n.Catalog) (h confirmationHandlers, err error) {
	h.own = handler.NewConfirmation(a.services.confirmation, a.services.confirmation, texts)
	h.services = handler.NewServices(a.services.account, texts)
	h.notMe, err = handler.NewNotMe(texts)
	return h, err
}
