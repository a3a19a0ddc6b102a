package app

import (
	"example.org/kabinet/internal/handler"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/desk"
	"example.org/kabinet/internal/service/review"
	"example.org/kabinet/internal/service/walkin"
)

// deskServices is what operators do for people.
type deskServices struct {
	desk   *desk.Service
	walkin *walkin.Service
	review *review.Service
}

// buildDesk makes the services of confirmations, of the counter and of
// supervisors.
func (a *App) buildDesk() error {
	a.buildConfirmations()
	mac, err := a.keyset.Codes()
	if err != nil {
		return err
	}
	accounts, data := repository.NewAccounts(a.store), repository.NewPersonalData(a.store)
	claims, cases, journal := repository.NewClaims(a.store), repository.NewVerifications(a.store), a.newJournal()
	limits := repository.NewLimits(a.store)
	a.services.counter.desk = desk.New(desk.Parts{
		Tx: a.store, Accounts: accounts, PersonalData: data, Holders: claims, Visits: a.services.confirmation,
		Confirmations: repository.NewConfirmations(a.store), Journal: journal, Limits: limits,
		Clock: a.Clock, Policies: a.policies,
	})
	a.services.counter.walkin = walkin.New(walkin.Parts{
		Tx: a.store, Accounts: accounts, Credentials: accounts, PersonalData: data, Cases: cases, Claims: claims,
		Confirmer: a.services.confirmation, Challenges: repository.NewChallenges(a.store), Journal: journal,
		Limits: limits, Passwords: a.services.passwords, Sessions: a.services.session, Sealer: otp.NewSealer(mac),
		Clock: a.Clock, Policies: a.policies,
	})
	a.services.counter.review = review.New(review.Parts{
		Tx: a.store, Accounts: accounts, PersonalData: data, Cases: cases, Claims: claims,
		Approvals: repository.NewApprovals(a.store), Alarms: repository.NewAlarms(a.store),
		Freezer: a.services.account, Holder: a.services.verification, Journal: journal,
		Clock: a.Clock, Policies: a.policies,
	})
	return nil
}

// deskHandlers is what the counter, supervisors, and people who were registered
// at the counter are served by.
type deskHandlers struct {
	counter   *handler.Counter
	persons   *handler.WalkIn
	reviews   *handler.Review
	approvals *handler.Approval
	alarms    *handler.Alarm
	messages  *handler.Message
}

func (a *App) newDeskHandlers() deskHandlers {
	form, reviews := a.services.verification.Form, a.services.counter.review
	return deskHandlers{
		counter:   handler.NewCounter(a.services.counter.desk, a.services.confirmation, form),
		persons:   handler.NewWalkIn(a.services.counter.walkin, form, a.origins()),
		reviews:   handler.NewReview(reviews),
		approvals: handler.NewApproval(reviews),
		alarms:    handler.NewAlarm(reviews),
		messages:  handler.NewMessage(a.services.notification),
	}
}
