package confirmation

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// moscow is the zone in which a region's first day counts here; at the counter
// it is the place's own.
const moscow = 3 * 60 * 60

// Methods lists every way of confirming one's identity, and whether it is open
// to the caller now.
func (s *Service) Methods(ctx context.Context, who domain.Principal) ([]domain.ConfirmationWay, error) {
	a, err := s.Accounts.Get(ctx, who.AccountID)
	if err != nil {
		return nil, err
	}
	var ways []domain.ConfirmationWay
	for _, method := range domain.ConfirmationMethods() {
		way, err := s.way(ctx, &a, method)
		if err != nil {
			return nil, err
		}
		ways = append(ways, way)
	}
	return ways, nil
}

// way is one way, and whether it is open to an account now.
func (s *Service) way(
	ctx context.Context, a *domain.Account, method domain.ConfirmationMethod,
) (domain.ConfirmationWay, error) {
	way := domain.ConfirmationWay{Method: method, Needs: method.Needs()}
	if err := s.where(ctx, a.ID, &way); err != nil {
		return way, err
	}
	_, err := s.standing(ctx, a)
	if refusal, ok := refused(err); ok {
		way.Reason, way.NextActions = refusal.Code, refusal.NextActions
		return way, nil
	}
	if err != nil {
		return way, err
	}
	_, open, err := s.requested(ctx, a.ID, method)
	if err != nil {
		return way, err
	}
	way.NextActions = []string{"request_confirmation"}
	switch {
	case open:
		way.Reason, way.NextActions = apperr.ConfirmationOpen, domain.ConfirmationRequested.NextActions()
	case method.InPerson() && (way.From.IsZero() || s.today().Before(way.From)):
		way.Reason, way.Because = apperr.MethodNotAvailable, apperr.MethodNotInRegion
		way.NextActions = []string{"choose_another_method"}
	case !method.InPerson() && a.Disputed:
		way.Reason, way.Because = apperr.MethodNotAvailable, apperr.MethodInPersonOnly
		way.NextActions = domain.ConfirmationDisputed.NextActions()
	case way.NextAllowedAt.After(s.Clock.Now()):
		way.Reason, way.NextActions = apperr.LetterTooEarly, []string{"choose_another_method"}
	}
	return way, nil
}

// refused is the error that tells a person why something cannot be, rather than
// that something went wrong.
func refused(err error) (*apperr.Error, bool) {
	codes := []apperr.Code{
		apperr.IdentityNotVerified, apperr.IdentityConfirmed, apperr.IdentityOnHold,
		apperr.AccountSuspended, apperr.AccountFrozen,
	}
	refusal, ok := errors.AsType[*apperr.Error](err)
	return refusal, ok && slices.Contains(codes, refusal.Code)
}

// where adds which regions offer the way, and since when the person's own does;
// for letters, when the next one may be asked for.
func (s *Service) where(ctx context.Context, account uuid.UUID, way *domain.ConfirmationWay) (err error) {
	if !way.Method.InPerson() {
		way.NextAllowedAt, err = s.Letters.NextAllowed(ctx, account)
		return err
	}
	data, err := s.PersonalData.Get(ctx, account)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return err
	}
	offers, err := s.Offers.Offers(ctx)
	for _, offer := range offers {
		if domain.ConfirmationMethod(offer.Method) != way.Method {
			continue
		}
		way.Regions = append(way.Regions, offer)
		if offer.Of(data) && (way.From.IsZero() || offer.From.Before(way.From)) {
			way.From = offer.From
		}
	}
	return err
}

// requested is the account's confirmation of that way that nothing has ended
// yet, if there is one.
func (s *Service) requested(
	ctx context.Context, account uuid.UUID, method domain.ConfirmationMethod,
) (c domain.Confirmation, open bool, err error) {
	live, err := s.Finder.Live(ctx, account)
	if err != nil {
		return c, false, err
	}
	for _, c := range live {
		if c.Method != method {
			continue
		}
		v, err := s.view(ctx, c)
		if err != nil || v.Confirmation.Status == domain.ConfirmationRequested {
			return c, err == nil, err
		}
	}
	return c, false, nil
}

func (s *Service) today() ident.Date {
	return ident.DateOf(s.Clock.Now().In(time.FixedZone("", moscow)))
}
