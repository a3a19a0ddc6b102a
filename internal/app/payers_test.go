package app

import (
	"log/slog"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace/noop"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

// openSandbox is a sandbox with a data folder.
func openSandbox(t *testing.T, folder string) *App {
	t.Helper()
	c, err := config.Load([]string{"KABINET_DATA_DIR=" + folder})
	require.NoError(t, err)
	builtin, err := NewBuiltin()
	require.NoError(t, err)
	a, err := New(t.Context(), Parts{
		Config: c, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider(),
		Builtin: builtin,
	})
	require.NoError(t, err)
	return a
}

func regNumber(t *testing.T, text string) ident.PFRRegNumber {
	t.Helper()
	n, err := ident.ParsePFRRegNumber(text)
	require.NoError(t, err)
	return n
}

// A sandbox has payers from its first start on, each for something to try, and at
// an office of its list.
func TestPayersOfTheSandbox(t *testing.T) {
	t.Parallel()
	a := openSandbox(t, t.TempDir())
	register, err := a.payersRegister()
	require.NoError(t, err)
	today := ident.DateOf(a.Clock.Now())
	documented, err := os.ReadFile("../../docs/sandbox.md")
	require.NoError(t, err)
	for number, want := range map[string]struct{ active, organisation, agreement, email bool }{
		"087-214-000001": {true, true, true, true},
		"087-214-000002": {true, true, false, true},
		"087-214-000003": {true, false, false, false},
		"087-214-000004": {false, true, false, true},
		"087-214-000005": {true, true, true, true},
		"087-214-000006": {true, true, false, true},
		"049-001-000001": {true, true, true, true},
		"049-001-000002": {true, false, false, true},
		"087-214-012345": {true, true, true, true},
		"087-215-000001": {true, true, false, true},
		"049-004-000001": {true, false, true, false},
		"049-001-000003": {true, true, false, true},
	} {
		p, err := register.Find(t.Context(), domain.PayerNumber{PFR: regNumber(t, number)})
		require.NoError(t, err, number)
		require.Equal(t, want.active, p.State == domain.PayerActive, number)
		require.Equal(t, want.organisation, p.OGRN.OfOrganisation(), number)
		require.Equal(t, want.agreement, p.Agreement.InForce(today), number)
		require.Equal(t, want.email, !p.Email.IsZero(), number)
		require.Contains(t, string(documented), "| `"+number+"` | `"+p.INN.Digits()+"` |")
		office, err := repository.NewCentres(a.store).FindByOffice(t.Context(), p.Office)
		require.NoError(t, err, number)
		require.Equal(t, domain.CentreFundOffice, office.Kind)
	}
	_, err = register.Find(t.Context(), domain.PayerNumber{PFR: regNumber(t, "087-214-999999")})
	require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
	require.NoError(t, a.Close())
}

// The payers are there once; another list stays.
func TestPayersOfTheSandboxAreSeededOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	a := openSandbox(t, folder)
	one, err := repository.NewPayers(a.store).Find(t.Context(), regNumber(t, "087-214-000001"))
	require.NoError(t, err)
	_, err = repository.NewPayers(a.store).Replace(t.Context(), domain.PayerList{
		ID: domain.NewID(), Rows: func(yield func(domain.PayerRow, error) bool) { yield(domain.PayerRow{Line: 2, Payer: one}, nil) },
	})
	require.NoError(t, err)
	require.NoError(t, a.Close())
	a = openSandbox(t, folder)
	_, err = repository.NewPayers(a.store).Find(t.Context(), regNumber(t, "087-214-000002"))
	require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
	require.NoError(t, a.Close())
}

// In production the register is behind a gateway, with a breaker before it.
func TestPayersRegisterOfProduction(t *testing.T) {
	t.Parallel()
	register, err := withGateways(t).payersRegister()
	require.NoError(t, err)
	for range 5 {
		_, err := register.Find(t.Context(), domain.PayerNumber{PFR: regNumber(t, "087-214-000001")})
		require.ErrorContains(t, err, "register payers")
	}
	_, err = register.Find(t.Context(), domain.PayerNumber{PFR: regNumber(t, "087-214-000001")})
	require.ErrorContains(t, err, "left alone")
	_, err = withGateways(t, "KABINET_REGISTRY_CA_FILE=/none").payersRegister()
	require.ErrorContains(t, err, "cannot be read")
	_, err = withGateways(t, "KABINET_REGISTRY_PAYERS_URL=internal:").payersRegister()
	require.NoError(t, err)
}
