package payerregister_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/payerregister"
)

// shelf is everything outside the service.
type shelf struct {
	rows   []domain.PayerRow
	kept   []string
	lists  []domain.PayerList
	events []domain.AuditEvent
	listed bool
	twice  []domain.PayerTwice
	outage error
	// revoked is how often payers who are no more were looked for.
	revoked int
}

func (s *shelf) Now() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

func (s *shelf) InTx(ctx context.Context, fn func(context.Context) error) error {
	before := *s
	err := fn(ctx)
	if err != nil {
		*s = before
	}
	return err
}

func (s *shelf) Listed(context.Context) (bool, error) { return s.listed, s.outage }

func (s *shelf) Replace(_ context.Context, list domain.PayerList) (domain.PayerChanges, error) {
	var rows []domain.PayerRow
	for row, err := range list.Rows {
		if err != nil {
			return domain.PayerChanges{}, err
		}
		rows = append(rows, row)
	}
	s.rows, s.lists, s.kept = rows, append(s.lists, list), nil
	for _, number := range list.Kept() {
		s.kept = append(s.kept, number.Digits())
	}
	return domain.PayerChanges{Added: len(rows) - len(s.twice), Twice: s.twice}, s.outage
}

func (s *shelf) Revoke(context.Context) error {
	s.revoked++
	return nil
}

func (s *shelf) Record(_ context.Context, e domain.AuditEvent) error {
	s.events = append(s.events, e)
	return nil
}

func (s *shelf) service() *payerregister.Service {
	return payerregister.New(payerregister.Parts{Tx: s, Payers: s, Journal: s, Clock: s})
}

// imported is what an import comes to, with its reject file.
func (s *shelf) imported(t *testing.T, content string, strict bool) (result payerregister.Result, rejects string, err error) {
	t.Helper()
	var out strings.Builder
	result, err = s.service().Import(t.Context(), payerregister.File{Content: strings.NewReader(content), Rejects: &out, Strict: strict})
	return result, out.String(), err
}

const (
	header = "registration_number,unified_number,inn,kpp,ogrn,name,postal_index,region,area,city,street,house,building,flat," +
		"office_code,edo_agreement,edo_from,edo_to,state,email\n"
	organisation = "087-214-012345,1000000009,6700000092,670101001,1266700000093, ООО  «Пример» ,214000,Смоленская область," +
		"Условный район,Смоленск,ул. Примерная,12,1,34,087-214,SYN-EDO,2020-01-01,2030-12-31,active,Payer@example.org\n"
	trader = "087214012346,,670000000330,,326670000000035,ИП Образцов,214000,Смоленская область,,Смоленск,,12,,,087214,,,,liquidated,\n"
)

func TestImport(t *testing.T) {
	t.Parallel()
	for _, content := range []string{header + organisation + trader, "\ufeff" + strings.ReplaceAll(header+organisation+trader, ",", ";")} {
		s := &shelf{}
		result, rejects, err := s.imported(t, content, true)
		require.NoError(t, err)
		require.Equal(t, payerregister.Result{PayerChanges: domain.PayerChanges{Added: 2}}, result)
		require.Empty(t, rejects)
		require.Equal(t, []int{2, 3}, []int{s.rows[0].Line, s.rows[1].Line})
		full, bare := s.rows[0].Payer, s.rows[1].Payer
		require.Equal(t, "087214012345 1000000009 6700000092 670101001 1266700000093", strings.Join([]string{
			full.Number.Digits(), full.Unified.Digits(), full.INN.Digits(), full.KPP.Text(), full.OGRN.Digits(),
		}, " "))
		require.Equal(t, "ООО «Пример»", full.Name)
		require.Equal(t, "214000, Смоленская область, Условный район, Смоленск, ул. Примерная, д. 12, корп. 1, кв. 34", full.Address.Text())
		require.Equal(t, "087-214 SYN-EDO 2020-01-01 2030-12-31 active Payer@example.org", strings.Join([]string{
			full.Office.String(), full.Agreement.ID, full.Agreement.From.ISO(), full.Agreement.To.ISO(), string(full.State), full.Email.Value(),
		}, " "))
		require.Empty(t, bare.Check())
		require.True(t, bare.Unified.IsZero() && bare.KPP.IsZero() && bare.Email.IsZero() && bare.Agreement == domain.EDOAgreement{})
		require.Equal(t, domain.PayerLiquidated, bare.State)
		require.Equal(t, "payer.import", s.events[0].Action)
		require.Equal(t, s.lists[0].ID, s.events[0].SubjectID)
	}
}

// What is wrong is told by line and column, all at once, and never what is in it.
func TestWrongRows(t *testing.T) {
	t.Parallel()
	secret := "SecretNumber,s,SecretINN,S,SecretOGRN,,714000,,\u4e00,,,,,,s,,SecretDate,,gone,secret\n"
	swapped := strings.NewReplacer("6700000092", "670000000330", "670101001", "").Replace(organisation)
	check := strings.NewReplacer("6700000092", "6700000093", "1266700000093", "1266700000094", "2030", "2019", "214,SYN", "215,SYN").Replace(organisation)
	s := &shelf{}
	result, rejects, err := s.imported(t, header+organisation+secret+swapped+"too,few\n"+check+trader, false)
	require.NoError(t, err)
	require.Equal(t, payerregister.Result{PayerChanges: domain.PayerChanges{Added: 2}, Rejected: 4}, result)
	require.Equal(t, 6, result.Rows())
	require.Equal(t, `line,reasons
3,"registration_number: must be twelve digits such as 087-214-012345; unified_number: must be ten digits; `+
		`inn: must be ten or twelve digits, the first two not 00; kpp: must be nine characters such as 770601001; `+
		`ogrn: must be thirteen digits from 1 or 5 on, or fifteen from 3 on; postal_index: must be six digits, the first from 1 to 6; `+
		`area: has characters that no address has; office_code: must be six digits such as 087-214; `+
		`edo_from: must be a date such as 2020-01-31; email: must be an e-mail address; name: is missing; region: is missing; `+
		`city: is missing; house: is missing; state: must be active or liquidated"
4,inn: an organisation's has ten digits; kpp: an organisation has one
5,"has 2 cells, the header has 20"
6,inn: the check digits do not fit the number; ogrn: the check digit does not fit the number; `+
		`office_code: must be the first six digits of the registration number; edo_to: must not be before edo_from
`, rejects)
	require.NotContains(t, strings.ToLower(rejects), "secret")
	require.Equal(t, []string{"087214012345", "087214012345"}, s.kept, "of wrong rows whose number can be read")
}

// Lines with numbers of earlier ones are told after the others.
func TestTwice(t *testing.T) {
	t.Parallel()
	s := &shelf{twice: []domain.PayerTwice{{Line: 3, Number: true, Unified: true}, {Line: 4, Unified: true}}}
	result, rejects, err := s.imported(t, header+organisation+organisation+organisation+"x\n", false)
	require.NoError(t, err)
	require.Equal(t, 3, result.Rejected)
	require.Equal(t, 1, result.Added)
	require.Equal(t, `line,reasons
5,"has 1 cells, the header has 20"
3,registration_number: stands in an earlier line; unified_number: stands in an earlier line
4,unified_number: stands in an earlier line
`, rejects)
}

// Files that are refused change nothing.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		content string
		strict  bool
		want    string
		wrong   int
	}{
		"empty":        {"", false, "nothing was imported: the file has no rows", 0},
		"header alone": {header, false, "nothing was imported: the file has no rows", 0},
		"wrong header": {"secret,inn\n", false, "nothing was imported: line 1: the header's column 1 is unknown; column registration_number is missing", 0},
		"no right row": {header + "x\n", false, "nothing was imported, wrong rows: 1", 1},
		"quotation mark": {
			header + organisation + "\"secret\n" + trader, false,
			"nothing was imported: line 3: cannot be read from here on: a quotation mark is wrong", 0,
		},
		"strict": {header + organisation + "x\ny\n", true, "nothing was imported, wrong rows: 2", 2},
	} {
		s := &shelf{}
		result, rejects, err := s.imported(t, tc.content, tc.strict)
		require.ErrorContains(t, err, tc.want, name)
		require.NotContains(t, err.Error(), "secret")
		require.Equal(t, tc.wrong, result.Rejected, name)
		require.Equal(t, tc.wrong > 0, rejects != "", name)
		require.Empty(t, s.rows, name)
		require.Empty(t, s.events, name)
	}
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	gone := errors.New("the disk is gone")
	s := &shelf{outage: gone}
	_, _, err := s.imported(t, header+organisation, false)
	require.ErrorIs(t, err, gone)
	require.ErrorIs(t, s.service().Seed(t.Context(), strings.NewReader(header+organisation)), gone)
	s = &shelf{}
	_, err = s.service().Import(t.Context(), payerregister.File{Content: iotest.ErrReader(gone), Rejects: &strings.Builder{}})
	require.ErrorIs(t, err, gone)
	_, err = s.service().Import(t.Context(), payerregister.File{Content: strings.NewReader(header + organisation + "x\n"), Rejects: full{gone}})
	require.ErrorIs(t, err, gone)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.service().Import(ctx, payerregister.File{Content: strings.NewReader(header + organisation), Rejects: &strings.Builder{}})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, s.rows)
}

// full is a disk without room.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// A register that is there stays; a seed has to be right as a whole.
func TestSeed(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	require.NoError(t, s.service().Seed(t.Context(), strings.NewReader(header+organisation+trader)))
	require.Len(t, s.rows, 2)
	s = &shelf{listed: true}
	require.NoError(t, s.service().Seed(t.Context(), strings.NewReader(header+organisation)))
	require.Empty(t, s.rows)
	s = &shelf{}
	require.ErrorContains(t, s.service().Seed(t.Context(), strings.NewReader(header+"x\n")), "line 2: has 1 cells")
	s = &shelf{twice: []domain.PayerTwice{{Line: 3}}}
	require.ErrorContains(t, s.service().Seed(t.Context(), strings.NewReader(header+organisation+organisation)), "line 3: ")
	require.Empty(t, s.rows)
}
