package app

import (
	"bytes"
	"context"
	_ "embed" // the payers of the sandbox
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/job"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/payers"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/credential"
	"example.org/kabinet/internal/service/payer"
	"example.org/kabinet/internal/service/payerregister"
	"example.org/kabinet/internal/tlsfile"
)

// sandboxPayers are payers that do not exist.
//
//go:embed data/sandbox-payers.csv
var sandboxPayers []byte

// The payer of a sandbox who is connected from the start, and the password.
const (
	seededPayer    = "087-214-000005"
	seededPassword = "correct horse battery staple"
)

// seedPayers gives a sandbox payers of its own if it has none. One of them is
// connected.
func (a *App) seedPayers(ctx context.Context) error {
	if !a.sandbox() {
		return nil
	}
	if err := a.newPayerRegister().Seed(ctx, bytes.NewReader(sandboxPayers)); err != nil {
		return fmt.Errorf("payers of the sandbox: %w", err)
	}
	number, err := ident.ParsePFRRegNumber(seededPayer)
	if err != nil {
		return err
	}
	err = a.services.payer.Seed(ctx, domain.PayerNumber{PFR: number}, seededPassword)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil // the sandbox has another register
	}
	return err
}

// buildPayers makes the services of payers, and of passwords.
func (a *App) buildPayers() error {
	register, err := a.payersRegister()
	if err != nil {
		return err
	}
	a.watch("register_payers", register)
	exchange, err := a.newEDO()
	if err != nil {
		return err
	}
	mac, err := a.keyset.Codes()
	if err != nil {
		return err
	}
	applications, connected := repository.NewPayerApplications(a.store), repository.NewPayerAccounts(a.store)
	accounts, sessions := repository.NewAccounts(a.store), repository.NewSessions(a.store)
	agreements, limits := repository.NewPersonalData(a.store), repository.NewLimits(a.store)
	a.exchange = exchange
	a.services.payer = payer.New(payer.Parts{
		Tx: a.store, Applications: applications, Challenges: repository.NewChallenges(a.store),
		Codes: a.newContactCodes(mac), Payers: connected,
		Accounts: accounts, Sessions: sessions, Ledger: applications, Aging: connected, Letters: a.services.letter,
		Documents: repository.NewEDODocuments(a.store), Attempts: repository.NewAttempts(a.store), Exchange: exchange, Register: register,
		Offices: repository.NewCentres(a.store), Agreements: agreements, Terms: a.services.terms,
		Cards: repository.NewRegistrationCards(a.store), Press: a.newPress(), Journal: a.newJournal(), Limits: limits,
		Passwords: a.services.passwords, Sealer: otp.NewSealer(mac), Days: a.calendar, Clock: a.Clock, Policies: a.policies,
	})
	a.services.credential = credential.New(credential.Parts{
		Tx: a.store, Accounts: accounts, Payers: connected, Sessions: sessions, Tokens: a.services.session,
		Agreements: agreements, Terms: a.services.terms, Journal: a.newJournal(), Limits: limits,
		Passwords: a.services.passwords, Clock: a.Clock, Policies: a.policies,
	})
	return nil
}

// payersOfLetters breaks the circle between payers and letters, which are built
// before them.
type payersOfLetters struct{ app *App }

// LetterMoved implements [letter.Payers].
func (p payersOfLetters) LetterMoved(
	ctx context.Context, l domain.Letter, on domain.LetterEvent, by domain.Caller,
) error {
	return p.app.services.payer.LetterMoved(ctx, l, on, by)
}

// workForPayers has applications and documents brought further, and what time
// brings about looked through.
func (a *App) workForPayers(workers *river.Workers) *river.PeriodicJob {
	parts := job.PayerParts{Service: a.services.payer, Clock: clock.System{}, Log: a.Log}
	sweeping := parts
	if a.sandbox() {
		parts.LongestPause, sweeping.LongestPause = sandboxPause, sandboxSweep
	}
	river.AddWorker(workers, &job.IdentifyPayer{PayerParts: parts})
	river.AddWorker(workers, &job.CarryEDO{PayerParts: parts})
	river.AddWorker(workers, &job.RevokePayers{PayerParts: parts})
	river.AddWorker(workers, &job.SweepPayers{PayerParts: sweeping})
	return job.Sweeping(domain.SweepPayers{}, sweepEvery)
}

// payerHandlers is what payers, and operators who serve them, are served by.
type payerHandlers struct {
	application *handler.PayerApplication
	activation  *handler.PayerActivation
	card        *handler.RegistrationCard
	password    *handler.Password
	acceptance  *handler.TermsAcceptance
}

func (a *App) newPayerHandlers(texts *i18n.Catalog) payerHandlers {
	journey := a.services.payer
	return payerHandlers{
		application: handler.NewPayerApplication(journey), activation: handler.NewPayerActivation(journey, texts),
		card:     handler.NewRegistrationCard(journey, a.services.verification.Form),
		password: handler.NewPassword(a.services.credential), acceptance: handler.NewTermsAcceptance(journey),
	}
}

func (a *App) newPayerRegister() *payerregister.Service {
	return payerregister.New(payerregister.Parts{
		Tx: a.store, Payers: repository.NewPayers(a.store), Journal: repository.NewAudit(a.store), Clock: a.Clock,
	})
}

// payersRegister is the register of payers behind a breaker: in the own database,
// as in every sandbox and where the fund itself runs the program, or behind a
// gateway.
func (a *App) payersRegister() (*registry.PayersBreaker, error) {
	r := a.Config.Registry
	url := r.RegistryPayersURL.Reveal()
	if a.sandbox() || url == config.OwnRegister {
		return registry.NewPayersBreaker(payers.NewOwn(repository.NewPayers(a.store)), a.Clock), nil
	}
	gateway, err := payers.New(registry.GatewayConfig{
		URL: url, Files: tlsfile.Files{Cert: r.RegistryCertFile, Key: r.RegistryKeyFile, CA: r.RegistryCAFile},
	})
	if err != nil {
		return nil, err
	}
	return registry.NewPayersBreaker(gateway, a.Clock), nil
}
