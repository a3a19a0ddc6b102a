package repotest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry/payers"
	"example.org/kabinet/internal/repository"
)

func payerTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"payers/come back as they were":      payersComeBack,
		"payers/replaced":                    payersReplaced,
		"payers/kept as they are":            payersKept,
		"payers/exchange their numbers":      payersExchange,
		"payers/stand twice":                 payersTwice,
		"payers/list that breaks off":        payersBreakOff,
		"payers/part of a larger unit":       payersInUnit,
		"payers/readers see the list before": payersReaders,
		"payers/at once":                     payersAtOnce,
		"payers/answer questions":            payersAnswer,
	}
}

func (w *world) payers() *repository.Payers { return repository.NewPayers(w.store) }

// Payer is an organisation with a number, all of whose fields are filled.
func Payer(t *testing.T, number string) domain.Payer {
	t.Helper()
	n := parsed(t, ident.ParsePFRRegNumber, number)
	line := func(text string) ident.AddressLine { return parsed(t, ident.ParseAddressLine, text) }
	return domain.Payer{
		Number: n, Unified: parsed(t, ident.ParseUnifiedRegNumber, n.Digits()[2:]),
		INN: parsed(t, ident.ParseINN, "6700000014"), KPP: parsed(t, ident.ParseKPP, "670101001"),
		OGRN: parsed(t, ident.ParseOGRN, "1266700000016"), Name: "ООО «Пример»",
		Address: domain.Address{
			PostalIndex: parsed(t, ident.ParsePostalIndex, "214000"), Region: line("Смоленская область"),
			Area: line("Условный район"), City: line("Смоленск"), Street: line("ул. Примерная"),
			House: line("7"), Building: line("2"), Flat: line("15"),
		},
		Office: n.Office(),
		Agreement: domain.EDOAgreement{
			ID: "SYN-EDO", From: parsed(t, ident.ParseDate, "2020-01-01"), To: parsed(t, ident.ParseDate, "2030-12-31"),
		},
		State: domain.PayerActive,
		Email: parsed(t, ident.ParseLogin, "Payer@example.org"),
	}
}

// trader is a sole trader of whom as little is known as can be.
func trader(t *testing.T, number string) domain.Payer {
	t.Helper()
	p := Payer(t, number)
	p.INN, p.OGRN = parsed(t, ident.ParseINN, "670000000330"), parsed(t, ident.ParseOGRN, "326670000000035")
	p.Unified, p.KPP, p.Agreement, p.Email = ident.UnifiedRegNumber{}, ident.KPP{}, domain.EDOAgreement{}, ident.Contact{}
	p.Address.Area, p.Address.Street = ident.AddressLine{}, ident.AddressLine{}
	p.Address.Building, p.Address.Flat = ident.AddressLine{}, ident.AddressLine{}
	p.Name, p.State = "ИП Образцов Пример Примерович", domain.PayerLiquidated
	return p
}

func payerNumber(i int) string { return fmt.Sprintf("087214%06d", i) }

// Payers is a list of payers that stand on the lines from 2 on.
func Payers(all ...domain.Payer) domain.PayerList {
	return domain.PayerList{ID: domain.NewID(), Rows: func(yield func(domain.PayerRow, error) bool) {
		for i, p := range all {
			if !yield(domain.PayerRow{Line: i + 2, Payer: p}, nil) {
				return
			}
		}
	}}
}

func (w *world) replacePayers(t *testing.T, all ...domain.Payer) domain.PayerChanges {
	t.Helper()
	changes, err := w.payers().Replace(t.Context(), Payers(all...))
	require.NoError(t, err)
	return changes
}

func payersComeBack(t *testing.T, w *world) {
	t.Helper()
	listed, err := w.payers().Listed(t.Context())
	require.NoError(t, err)
	require.False(t, listed)
	full, bare := Payer(t, payerNumber(1)), trader(t, payerNumber(2))
	require.Equal(t, domain.PayerChanges{Added: 2}, w.replacePayers(t, full, bare))
	for _, want := range []domain.Payer{full, bare} {
		got, err := w.payers().Find(t.Context(), want.Number)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := w.payers().FindUnified(t.Context(), full.Unified)
	require.NoError(t, err)
	require.Equal(t, full, got)
	_, err = w.payers().Find(t.Context(), parsed(t, ident.ParsePFRRegNumber, payerNumber(3)))
	requireCode(t, apperr.NotFound, err)
	_, err = w.payers().FindUnified(t.Context(), parsed(t, ident.ParseUnifiedRegNumber, "0000000001"))
	requireCode(t, apperr.NotFound, err)
	listed, err = w.payers().Listed(t.Context())
	require.NoError(t, err)
	require.True(t, listed)
}

// A list of several statements is one list, and changes nothing when it comes
// again.
func payersReplaced(t *testing.T, w *world) {
	t.Helper()
	const size = 2500
	list := make([]domain.Payer, size)
	for i := range list {
		list[i] = Payer(t, payerNumber(i))
	}
	require.Equal(t, domain.PayerChanges{Added: size}, w.replacePayers(t, list...))
	require.Equal(t, domain.PayerChanges{Unchanged: size}, w.replacePayers(t, list...))
	list[0].Name, list[1].State, list[2].Agreement = "ООО «Образец»", domain.PayerLiquidated, domain.EDOAgreement{}
	list[3], list[4] = Payer(t, payerNumber(size)), Payer(t, payerNumber(size+1))
	require.Equal(t, domain.PayerChanges{Added: 2, Changed: 3, Removed: 102, Unchanged: size - 105}, w.replacePayers(t, list[:size-100]...))
	for _, want := range list[:5] {
		got, err := w.payers().Find(t.Context(), want.Number)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := w.payers().Find(t.Context(), parsed(t, ident.ParsePFRRegNumber, payerNumber(3)))
	requireCode(t, apperr.NotFound, err)
	_, err = w.payers().Find(t.Context(), list[size-1].Number)
	requireCode(t, apperr.NotFound, err)
}

// payersKept leaves payers as they are whose new rows were left out, unless
// another row of the list is theirs.
func payersKept(t *testing.T, w *world) {
	t.Helper()
	all := []domain.Payer{Payer(t, payerNumber(1)), Payer(t, payerNumber(2)), Payer(t, payerNumber(3)), Payer(t, payerNumber(4))}
	w.replacePayers(t, all...)
	changed := all[1]
	changed.Name = "ООО «Образец»"
	list := Payers(all[0], changed)
	list.Kept = func() []ident.PFRRegNumber {
		return []ident.PFRRegNumber{all[1].Number, all[2].Number, parsed(t, ident.ParsePFRRegNumber, payerNumber(9))}
	}
	got, err := w.payers().Replace(t.Context(), list)
	require.NoError(t, err)
	require.Equal(t, domain.PayerChanges{Changed: 1, Removed: 1, Unchanged: 1}, got)
	for _, want := range []domain.Payer{all[0], changed, all[2]} {
		stored, err := w.payers().Find(t.Context(), want.Number)
		require.NoError(t, err)
		require.Equal(t, want, stored)
	}
	_, err = w.payers().Find(t.Context(), all[3].Number)
	requireCode(t, apperr.NotFound, err)
}

// payersExchange makes two payers exchange their unified numbers, and a third one
// take over that of a payer who is gone.
func payersExchange(t *testing.T, w *world) {
	t.Helper()
	a, b, c := Payer(t, payerNumber(1)), Payer(t, payerNumber(2)), Payer(t, payerNumber(3))
	w.replacePayers(t, a, b, c)
	a.Unified, b.Unified = b.Unified, a.Unified
	d := Payer(t, payerNumber(4))
	d.Unified = c.Unified
	require.Equal(t, domain.PayerChanges{Added: 1, Changed: 2, Removed: 1}, w.replacePayers(t, a, b, d))
	got, err := w.payers().FindUnified(t.Context(), a.Unified)
	require.NoError(t, err)
	require.Equal(t, a, got)
}

// payersTwice leaves out the later of two lines with the same number; who has no
// unified number shares none.
func payersTwice(t *testing.T, w *world) {
	t.Helper()
	a, b, c := Payer(t, payerNumber(1)), Payer(t, payerNumber(2)), Payer(t, payerNumber(3))
	again, borrowed := a, Payer(t, payerNumber(4))
	again.Name, borrowed.Unified = "ООО «Образец»", b.Unified
	changes := w.replacePayers(t, a, b, again, borrowed, c, trader(t, payerNumber(5)), trader(t, payerNumber(6)), a)
	require.Equal(t, []domain.PayerTwice{
		{Line: 4, Number: true, Unified: true}, {Line: 5, Unified: true}, {Line: 9, Number: true, Unified: true},
	}, changes.Twice)
	changes.Twice = nil
	require.Equal(t, domain.PayerChanges{Added: 5}, changes)
	got, err := w.payers().Find(t.Context(), a.Number)
	require.NoError(t, err)
	require.Equal(t, a.Name, got.Name)
	_, err = w.payers().Find(t.Context(), borrowed.Number)
	requireCode(t, apperr.NotFound, err)
}

func payersBreakOff(t *testing.T, w *world) {
	t.Helper()
	known, wanted := Payer(t, payerNumber(1)), errors.New("no")
	w.replacePayers(t, known)
	broken := domain.PayerList{ID: domain.NewID(), Rows: func(yield func(domain.PayerRow, error) bool) {
		for i := range 1500 {
			if !yield(domain.PayerRow{Line: i + 2, Payer: Payer(t, payerNumber(10+i))}, nil) {
				return
			}
		}
		yield(domain.PayerRow{}, wanted)
	}}
	_, err := w.payers().Replace(t.Context(), broken)
	require.Same(t, wanted, err)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = w.payers().Replace(ctx, domain.PayerList{ID: domain.NewID(), Rows: func(yield func(domain.PayerRow, error) bool) {
		cancel()
		yield(domain.PayerRow{Payer: known}, nil)
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, domain.PayerChanges{Unchanged: 1}, w.replacePayers(t, known))
}

// payersInUnit makes a list and an audit row one unit: the list is staged on the
// connection that the rest of the unit works on.
func payersInUnit(t *testing.T, w *world) {
	t.Helper()
	wanted := errors.New("no")
	unit := func(ctx context.Context) error {
		list := Payers(Payer(t, payerNumber(1)))
		if _, err := w.payers().Replace(ctx, list); err != nil {
			return err
		}
		return w.audit.Record(ctx, domain.NewAuditEvent("payer.import", list.ID, domain.Caller{}, w.now))
	}
	err := w.store.InTx(t.Context(), func(ctx context.Context) error { return errors.Join(unit(ctx), wanted) })
	require.ErrorIs(t, err, wanted)
	listed, err := w.payers().Listed(t.Context())
	require.NoError(t, err)
	require.False(t, listed)
	require.NoError(t, w.store.InTx(t.Context(), unit))
	require.Equal(t, domain.PayerChanges{Unchanged: 1}, w.replacePayers(t, Payer(t, payerNumber(1))))
}

// payersReaders looks at the register while a list is read: it is the one before.
func payersReaders(t *testing.T, w *world) {
	t.Helper()
	before, after := Payer(t, payerNumber(1)), Payer(t, payerNumber(2))
	w.replacePayers(t, before)
	_, err := w.payers().Replace(t.Context(), domain.PayerList{ID: domain.NewID(), Rows: func(yield func(domain.PayerRow, error) bool) {
		yield(domain.PayerRow{Line: 2, Payer: after}, nil)
		_, errBefore := w.payers().Find(t.Context(), before.Number)
		_, errAfter := w.payers().Find(t.Context(), after.Number)
		if errBefore != nil || apperr.CodeOf(errAfter) != apperr.NotFound {
			yield(domain.PayerRow{}, errors.Join(errBefore, errors.New("the new list is seen already")))
		}
	}})
	require.NoError(t, err)
	_, err = w.payers().Find(t.Context(), before.Number)
	requireCode(t, apperr.NotFound, err)
	_, err = w.payers().Find(t.Context(), after.Number)
	require.NoError(t, err)
}

func payersAtOnce(t *testing.T, w *world) {
	t.Helper()
	const lists = 4
	codes := atOnce(lists, func(i int) error {
		_, err := w.payers().Replace(t.Context(), Payers(Payer(t, payerNumber(10*i)), Payer(t, payerNumber(10*i+1))))
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": lists}, codes)
	var found int
	for i := range lists {
		_, first := w.payers().Find(t.Context(), parsed(t, ident.ParsePFRRegNumber, payerNumber(10*i)))
		_, second := w.payers().Find(t.Context(), parsed(t, ident.ParsePFRRegNumber, payerNumber(10*i+1)))
		require.Equal(t, first == nil, second == nil)
		if first == nil {
			found++
		}
	}
	require.Equal(t, 1, found, "the last list is the register")
}

// payersAnswer is the register over the list, as the fund itself runs it.
func payersAnswer(t *testing.T, w *world) {
	t.Helper()
	register, known := payers.NewOwn(w.payers()), Payer(t, payerNumber(1))
	_, err := register.Find(t.Context(), domain.PayerNumber{PFR: known.Number})
	require.ErrorContains(t, err, "no register was imported yet")
	require.NotEqual(t, apperr.NotFound, apperr.CodeOf(err))
	w.replacePayers(t, known)
	got, err := register.Find(t.Context(), domain.PayerNumber{PFR: known.Number})
	require.NoError(t, err)
	require.Equal(t, known, got)
	_, err = register.Find(t.Context(), domain.PayerNumber{PFR: parsed(t, ident.ParsePFRRegNumber, payerNumber(2))})
	requireCode(t, apperr.NotFound, err)
}
