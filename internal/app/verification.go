package app

import (
	"time"

	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/migration"
	"example.org/kabinet/internal/registry/pensionfund"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/verification"
	"example.org/kabinet/internal/tlsfile"
)

// sandboxPause is how often a sandbox looks at a check that waits: its clock
// may have been moved.
const sandboxPause = 500 * time.Millisecond

// buildVerification makes the service of the automatic checks, with its
// registers.
func (a *App) buildVerification() error {
	registers, err := a.registers()
	if err != nil {
		return err
	}
	a.watch("register_snils", registers[domain.CheckSNILS])
	a.watch("register_passport", registers[domain.CheckDocument])
	a.services.verification = verification.New(verification.Parts{
		Tx: a.store, Accounts: repository.NewAccounts(a.store), PersonalData: repository.NewPersonalData(a.store),
		Cases:   repository.NewVerifications(a.store),
		Claims:  repository.NewClaims(a.store),
		Journal: a.newJournal(),
		Limits:  repository.NewLimits(a.store), Documents: a.services.terms, Registers: registers,
		Confirmations: confirmations{a}, Freezer: a.services.account,
		Clock: a.Clock, Policies: a.policies,
	})
	return nil
}

// registers are the registers of other agencies: personas in a sandbox, their
// gateways otherwise, each behind a breaker.
func (a *App) registers() (map[domain.CheckKind]verification.Register, error) {
	if a.sandbox() {
		return map[domain.CheckKind]verification.Register{
			domain.CheckSNILS:    registry.NewBreaker(pensionfund.NewSandbox(a.Clock), a.Clock),
			domain.CheckDocument: registry.NewBreaker(migration.NewSandbox(a.Clock), a.Clock),
		}, nil
	}
	r := a.Config.Registry
	files := tlsfile.Files{Cert: r.RegistryCertFile, Key: r.RegistryKeyFile, CA: r.RegistryCAFile}
	snils, err := a.snilsRegister(files)
	if err != nil {
		return nil, err
	}
	passport, err := migration.New(registry.GatewayConfig{URL: r.RegistryPassportURL.Reveal(), Files: files})
	if err != nil {
		return nil, err
	}
	return map[domain.CheckKind]verification.Register{
		domain.CheckSNILS:    registry.NewBreaker(snils, a.Clock),
		domain.CheckDocument: registry.NewBreaker(passport, a.Clock),
	}, nil
}

// snilsRegister is the Pension Fund's register: behind a gateway, or in the own
// database where the fund itself runs the program.
func (a *App) snilsRegister(files tlsfile.Files) (registry.Register, error) {
	url := a.Config.Registry.RegistrySNILSURL.Reveal()
	if url == config.OwnRegister {
		return pensionfund.NewOwn(repository.NewInsuredPersons(a.store)), nil
	}
	return pensionfund.New(registry.GatewayConfig{URL: url, Files: files})
}
