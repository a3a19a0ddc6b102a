package app

import (
	"bytes"
	"context"
	_ "embed" // the payers of the sandbox
	"fmt"

	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/payers"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/payerregister"
)

// sandboxPayers are payers that do not exist.
//
//go:embed data/sandbox-payers.csv
var sandboxPayers []byte

// seedPayers gives a sandbox payers of its own if it has none.
func (a *App) seedPayers(ctx context.Context) error {
	if !a.sandbox() {
		return nil
	}
	if err := a.newPayerRegister().Seed(ctx, bytes.NewReader(sandboxPayers)); err != nil {
		return fmt.Errorf("payers of the sandbox: %w", err)
	}
	return nil
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
		URL: url, Files: registry.TLSFiles{Cert: r.RegistryCertFile, Key: r.RegistryKeyFile, CA: r.RegistryCAFile},
	})
	if err != nil {
		return nil, err
	}
	return registry.NewPayersBreaker(gateway, a.Clock), nil
}
