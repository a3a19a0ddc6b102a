package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

// relist makes another list the register: the payers as it has them, with some of
// them liquidated.
func relist(t *testing.T, s *testkit.Server, keep, liquidated []payer) {
	t.Helper()
	payers := repository.NewPayers(testkit.Open(t, s.Database))
	var rows []domain.PayerRow
	add := func(all []payer, state domain.PayerState) {
		for _, p := range all {
			number, err := ident.ParsePFRRegNumber(p.number)
			require.NoError(t, err)
			listed, err := payers.Find(t.Context(), number)
			require.NoError(t, err)
			listed.State = state
			rows = append(rows, domain.PayerRow{Line: len(rows) + 2, Payer: listed})
		}
	}
	add(keep, domain.PayerActive)
	add(liquidated, domain.PayerLiquidated)
	_, err := payers.Replace(t.Context(), domain.PayerList{
		ID: domain.NewID(), Rows: func(yield func(domain.PayerRow, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		},
	})
	require.NoError(t, err)
}

// A payer who is liquidated in the next list of the register is shut out with the
// next sweep: password, sessions, codes and applications are worth nothing, and
// whoever was connected is told. Others are not disturbed. // M15 M22
func TestLiquidatedPayer(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		gone, applied, stays := connectedPayer(), firstPayer(), thirdPayer()
		in := c.payerSession(t, gone, connectedPassword, "cabinet")
		a, code := c.byDocument(t, applied)
		a = c.proveAddress(t, a)
		b := c.reaches(t, c.apply(t, stays, "edo"), "sent")
		relist(t, s, []payer{stays, secondPayer()}, []payer{gone, applied})
		becomesInside(t, s, a, "closed")
		require.Eventually(t, func() bool {
			return s.Count(t, "SELECT count(*) FROM payer_accounts WHERE credential = 'revoked'") == 2
		}, patience, 20*time.Millisecond)

		c.signInPayer(t, gone.number, connectedPassword).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		c.bearing(in.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		c.activate(t, applied, code).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, "closed", c.lookAt(t, a).Status)
		require.Equal(t, "Подключение плательщика прекращено", s.Await(t, gone.email, 1)[0].Subject)
		s.Settle(t)
		require.Contains(t, payerKinds(t, s, applicantsMailbox), "Заявка на подключение плательщика не исполнена")
		again := c.apply(t, gone, "edo")
		becomesInside(t, s, again, "closed")
		desk := payersOffice(t, s, domain.RoleOperator)
		found := desk.findPayer(t, gone)
		require.Equal(t, []any{"liquidated", false, "revoked"}, []any{found.State, found.Connected, found.PasswordStatus})
		desk.issueCard(t, gone, "connection").fails(t, http.StatusConflict, "payer_liquidated")

		require.Equal(t, "sent", c.lookAt(t, b).Status)
		c.activate(t, stays, documentCode(t, s, stays, 1)).ok(t, http.StatusCreated)
		sweptOnce(t, s)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'payer_credential.revoke'"), "each once")
	})
}

// A payer who turns out to exist after all connects as if for the first time: by a
// code that works, or by a card. // M15 M19
func TestPayerExistsAfterAll(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		was, never := connectedPayer(), firstPayer()
		c.reaches(t, c.apply(t, never, "in_person"), "office_visit")
		relist(t, s, []payer{secondPayer()}, []payer{was, never})
		require.Eventually(t, func() bool {
			return s.Count(t, "SELECT count(*) FROM payer_accounts WHERE credential = 'revoked'") == 2
		}, patience, 20*time.Millisecond)
		relist(t, s, []payer{secondPayer(), was, never}, nil)

		c.connect(t, was)
		requireConnected(t, c, was, password)
		desk := payersOffice(t, s, domain.RoleOperator)
		printed := desk.card(t, never, "connection")
		found := desk.findPayer(t, never)
		require.Equal(t, []any{false, "initial"}, []any{found.Connected, found.PasswordStatus})
		in := c.payerSession(t, never, printed, "password_change")
		change := c.agreeing(t, newPassword(printed, another))
		c.bearing(in.AccessToken).post(t, passwordPath, change).ok(t, http.StatusOK)
		requireConnected(t, c, never, another)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'payer_credential.restore'"))
	})
}
