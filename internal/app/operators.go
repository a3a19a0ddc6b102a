package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/operator"
)

// buildOperators makes the service of those who work for the fund.
func (a *App) buildOperators() error {
	operators, journal := repository.NewOperators(a.store), a.newJournal()
	a.services.operator = operator.New(operator.Parts{
		Tx: a.store, Operators: operators, Staff: operators, Credentials: repository.NewAccounts(a.store),
		Sessions: repository.NewSessions(a.store), Centres: repository.NewCentres(a.store), Journal: journal,
		Log: journal, Passwords: a.services.passwords, Clock: a.Clock, Phones: a.machine, Policies: a.policies,
		Cabinet: a.Config.Server.CabinetURL,
	})
	return nil
}

// operatorHandlers is what operators themselves and those who look after them
// are served by.
type operatorHandlers struct {
	enrolment *handler.Enrolment
	places    *handler.Places
	staff     *handler.Staff
	audit     *handler.Audit
}

func (a *App) newOperatorHandlers() operatorHandlers {
	operators := a.services.operator
	return operatorHandlers{
		enrolment: handler.NewEnrolment(operators), places: handler.NewPlaces(operators),
		staff: handler.NewStaff(operators), audit: handler.NewAudit(operators),
	}
}

// NewOperator is an operator to be made on the command line, as typed.
type NewOperator struct {
	Login      string
	FamilyName string
	GivenName  string
	Email      string
	SNILS      string
	Role       string
	// Places are codes of the list of service centres.
	Places []string
}

// CreateOperator makes an operator. The enrolment link that is returned is good
// once, until a moment.
func (a *App) CreateOperator(ctx context.Context, in NewOperator) (link string, until time.Time, err error) {
	invitation, err := in.parse()
	if err != nil {
		return "", until, err
	}
	for _, code := range in.Places {
		place, err := a.services.operator.PlaceByCode(ctx, code)
		if errors.Is(err, apperr.New(apperr.NotFound)) {
			return "", until, fmt.Errorf("--place: no service centre has the code %q", code)
		}
		if err != nil {
			return "", until, err
		}
		invitation.Places = append(invitation.Places, place.ID)
	}
	o, link, err := a.services.operator.CreateHere(ctx, invitation)
	if errors.Is(err, apperr.New(apperr.LoginTaken)) {
		return "", until, fmt.Errorf("--login: there is an operator %q already", invitation.Login.Text())
	}
	if errors.Is(err, apperr.New(apperr.OperatorExists)) {
		return "", until, errors.New("--snils, --email: there is an operator with one of them already")
	}
	return link, o.EnrolmentUntil, err
}

// parse tells all that is wrong at once, by the name of the flag.
func (in NewOperator) parse() (domain.OperatorInvitation, error) {
	out := domain.OperatorInvitation{Role: domain.Role(in.Role), Locale: domain.LocaleRussian, Places: []uuid.UUID{}}
	var failed [6]error
	out.Login, failed[0] = ident.ParseOperatorLogin(in.Login)
	out.FamilyName, failed[1] = ident.ParseName(in.FamilyName)
	out.GivenName, failed[2] = ident.ParseName(in.GivenName)
	out.Email, failed[3] = ident.ParseContact(ident.ContactEmail, in.Email)
	out.SNILS, failed[4] = ident.ParseSNILS(in.SNILS)
	if !slices.Contains(domain.Roles(), out.Role) {
		failed[5] = ident.FormatError(apperr.FieldUnsupportedValue)
	}
	for i, flag := range []string{"--login", "--family-name", "--given-name", "--email", "--snils", "--role"} {
		if failed[i] != nil {
			failed[i] = fmt.Errorf("%s: %w", flag, failed[i])
		}
	}
	return out, errors.Join(failed[:]...)
}
