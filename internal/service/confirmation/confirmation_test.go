package confirmation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// failureOf requires an error with a code and a way on.
func failureOf(t *testing.T, want apperr.Code, err error) (failure *apperr.Error) {
	t.Helper()
	require.ErrorAs(t, err, &failure)
	require.Equal(t, want, failure.Code)
	require.NotEmpty(t, failure.NextActions)
	return failure
}

func requireCode(t *testing.T, want apperr.Code, err error) {
	t.Helper()
	require.NotNil(t, failureOf(t, want, err))
}

// Each move leaves one row, each contact gets one notice with the same link, and
// only the link's hash is kept. // M07
func TestLetterConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	visit := w.ask(t, domain.ConfirmAtFundOffice)
	letter := w.ask(t, domain.ConfirmByLetter)
	require.Equal(t, "Смирнова Анна Петровна", w.letters[letter.Confirmation.ID].Recipient)
	w.is(letter.Confirmation.ID, domain.LetterDelivered)
	out, err := w.EnterCode(t.Context(), domain.ConfirmationCode{
		Who: w.who(), ID: letter.Confirmation.ID, Code: "7k3m9-qr4tw", Caller: domain.Caller{RequestID: "r"},
	})
	require.NoError(t, err)
	require.Equal(t, "confirmed", out.Shown())
	require.Equal(t, domain.LevelConfirmed, w.account.Level)
	require.Equal(t, w.account.ID, w.holder)
	require.Equal(t, []domain.SettleSNILS{{AccountID: w.account.ID}}, w.settled)
	require.Equal(t, []string{
		"confirmation.request", "confirmation.request", "confirmation.supersede", "confirmation.confirm", "account.confirm_identity",
	}, w.actions())
	require.Equal(t, visit.Confirmation.ID, w.audit[2].SubjectID)
	require.Equal(t, "r", w.audit[3].Caller.RequestID)
	require.Len(t, w.messages, 2)
	token, found := strings.CutPrefix(w.messages[0].Link, "https://cabinet.example.org/not-me#")
	require.True(t, found)
	require.Equal(t, w.messages[0].Link, w.messages[1].Link)
	require.NotContains(t, string(out.Confirmation.DisputeHash), token)
	require.Equal(t, w.now.Add(30*24*time.Hour), w.messages[0].ExpiresAt)
	require.Equal(t, domain.LetterCodeEntered, w.letters[letter.Confirmation.ID].Status)
	require.Equal(t, out, w.kept[len(w.kept)-1])
}

// A letter that was asked for while the checks were good may arrive after that.
func TestLetterOutlivesTheChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = w.c.ValidUntil.Add(-time.Hour)
	letter := w.ask(t, domain.ConfirmByLetter)
	w.is(letter.Confirmation.ID, domain.LetterDelivered)
	w.now = w.c.ValidUntil.Add(24 * time.Hour)
	_, err := w.EnterCode(t.Context(), domain.ConfirmationCode{Who: w.who(), ID: letter.Confirmation.ID, Code: "7K3M9QR4TW"})
	require.NoError(t, err)
	require.Equal(t, domain.LevelConfirmed, w.account.Level)
	_, err = w.Request(t.Context(), domain.ConfirmationRequest{Who: w.who(), Method: domain.ConfirmAtFundOffice})
	require.Error(t, err)
}

// A visit ends with the checks that it builds on.
func TestVisitEndsWithTheChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = w.c.ValidUntil.Add(-time.Hour)
	require.Equal(t, w.c.ValidUntil, w.ask(t, domain.ConfirmAtFundOffice).Confirmation.ExpiresAt)
}

// Whoever edits the data after a confirmation does not silence its owner.
func TestDisputeAfterAnEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	letter := w.ask(t, domain.ConfirmByLetter)
	w.is(letter.Confirmation.ID, domain.LetterDelivered)
	_, err := w.EnterCode(t.Context(), domain.ConfirmationCode{Who: w.who(), ID: letter.Confirmation.ID, Code: "7K3M9QR4TW"})
	require.NoError(t, err)
	_, link, _ := strings.Cut(w.messages[0].Link, "#")
	_, err = w.Void(t.Context(), w.account.ID, domain.Caller{})
	require.NoError(t, err)
	w.account.Level = domain.LevelSimplified
	out, err := w.Dispute(t.Context(), domain.Dispute{Token: link})
	require.NoError(t, err)
	require.Equal(t, domain.ConfirmationDisputed, out.Status)
	require.Equal(t, domain.LevelSimplified, w.account.Level)
	_, err = w.Dispute(t.Context(), domain.Dispute{Token: link})
	require.ErrorIs(t, err, apperr.New(apperr.DisputeTokenInvalid))
}

// What can happen while a code is compared decides: nothing is confirmed that
// was cancelled, voided or put on hold meanwhile.
func TestWhatHappensWhileACodeIsCompared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile func(*world, uuid.UUID)
		want      apperr.Code
	}{
		"cancelled": {func(w *world, id uuid.UUID) {
			require.NoError(t, w.Cancel(t.Context(), w.who(), id, domain.Caller{}))
		}, apperr.InvalidTransition},
		"voided": {func(w *world, _ uuid.UUID) {
			_, err := w.Void(t.Context(), w.account.ID, domain.Caller{})
			require.NoError(t, err)
			w.account.Level = domain.LevelSimplified
		}, apperr.InvalidTransition},
		"on hold": {func(w *world, _ uuid.UUID) {
			require.NoError(t, w.c.Hold())
			w.account.Level = domain.LevelSimplified
		}, apperr.IdentityOnHold},
		"suspended": {func(w *world, _ uuid.UUID) { w.account.Status = domain.AccountSuspended }, apperr.AccountSuspended},
		"confirmed": {func(w *world, _ uuid.UUID) {
			_, err := w.ConfirmInPerson(t.Context(), w.decision(t))
			require.NoError(t, err)
		}, apperr.InvalidTransition},
		"new data": {func(w *world, _ uuid.UUID) { w.data.CaseID = domain.NewID() }, apperr.IdentityNotVerified},
		"expired":  {func(w *world, _ uuid.UUID) { w.now = w.now.Add(90 * 24 * time.Hour) }, apperr.InvalidTransition},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.ask(t, domain.ConfirmByLetter).Confirmation.ID
			w.is(id, domain.LetterPosted)
			w.before = func() { test.meanwhile(w, id) }
			_, err := w.EnterCode(t.Context(), domain.ConfirmationCode{Who: w.who(), ID: id, Code: "7K3M9QR4TW"})
			requireCode(t, test.want, err)
			require.NotEqual(t, domain.LetterCodeEntered, w.letters[id].Status)
		})
	}
}

// A letter that was ended before its code was compared says less than what has
// ended it.
func TestWhatHappensBeforeACodeIsCompared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.ask(t, domain.ConfirmByLetter).Confirmation.ID
	w.is(id, domain.LetterPosted)
	w.wrong = apperr.New(apperr.InvalidTransition)
	in := domain.ConfirmationCode{Who: w.who(), ID: id, Code: "7K3M9QR4TW"}
	_, err := w.EnterCode(t.Context(), in)
	require.ErrorIs(t, err, w.wrong)
	w.before = func() {
		require.NoError(t, w.c.Hold())
		w.account.Level = domain.LevelSimplified
	}
	_, err = w.EnterCode(t.Context(), in)
	requireCode(t, apperr.IdentityOnHold, err)
}

// What the letter says of a wrong code is passed on, and malformed codes never
// reach it.
func TestWrongCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.ask(t, domain.ConfirmByLetter).Confirmation.ID
	w.is(id, domain.LetterPosted)
	w.wrong = apperr.New(apperr.CodeIncorrect)
	in := domain.ConfirmationCode{Who: w.who(), ID: id, Code: "7K3M9QR4TW"}
	_, err := w.EnterCode(t.Context(), in)
	require.ErrorIs(t, err, w.wrong)
	in.Code = "too short"
	w.before = func() { t.Error("a malformed code was compared") }
	_, err = w.EnterCode(t.Context(), in)
	require.ErrorIs(t, err, apperr.New(apperr.ValidationFailed))
	in.Who.AccountID = domain.NewID()
	in.Code = "7K3M9QR4TW"
	_, err = w.EnterCode(t.Context(), in)
	require.ErrorIs(t, err, apperr.New(apperr.NotFound))
}

// Somebody who is not far enough, or has arrived, learns what to do instead.
func TestWhoMayRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*world)
		want   apperr.Code
	}{
		"no data":       {func(w *world) { w.c, w.account.Level = domain.VerificationCase{}, domain.LevelSimplified }, apperr.IdentityNotVerified},
		"checks run":    {func(w *world) { w.c.Status, w.account.Level = domain.VerificationChecking, domain.LevelSimplified }, apperr.IdentityNotVerified},
		"case too old":  {func(w *world) { w.now = w.now.Add(90 * 24 * time.Hour) }, apperr.IdentityNotVerified},
		"other data":    {func(w *world) { w.data.CaseID = domain.NewID() }, apperr.IdentityNotVerified},
		"confirmed":     {func(w *world) { w.account.Level = domain.LevelConfirmed }, apperr.IdentityConfirmed},
		"on hold":       {func(w *world) { w.c.Status, w.account.Level = domain.VerificationOnHold, domain.LevelSimplified }, apperr.IdentityOnHold},
		"deceased":      {func(w *world) { w.account.Status = domain.AccountDeceased }, apperr.AccountFrozen},
		"no such place": {func(w *world) { w.offers = nil }, apperr.MethodNotAvailable},
		"not yet":       {func(w *world) { w.now = time.Date(2013, 12, 31, 20, 59, 59, 0, time.UTC) }, apperr.MethodNotAvailable},
		"elsewhere":     {func(w *world) { w.data.Registration = domain.Address{} }, apperr.MethodNotAvailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.change(w)
			_, err := w.Request(t.Context(), domain.ConfirmationRequest{Who: w.who(), Method: domain.ConfirmAtServiceCentre})
			requireCode(t, test.want, err)
			ways, err := w.Methods(t.Context(), w.who())
			require.NoError(t, err)
			require.Len(t, ways, 3)
			require.Equal(t, test.want, ways[0].Reason)
			require.False(t, ways[0].Available())
			require.Empty(t, w.confirmations)
		})
	}
}

// A letter that came to nothing makes room for another, and that is recorded
// once.
func TestLetterAfterALostOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.ask(t, domain.ConfirmByLetter).Confirmation.ID
	under, err := w.LetterUnderWay(t.Context(), w.account.ID)
	require.NoError(t, err)
	require.True(t, under)
	w.is(first, domain.LetterLost)
	under, err = w.LetterUnderWay(t.Context(), w.account.ID)
	require.NoError(t, err)
	require.False(t, under)
	w.nextLetter = w.now.Add(time.Hour)
	_, err = w.Request(t.Context(), domain.ConfirmationRequest{Who: w.who(), Method: domain.ConfirmByLetter})
	require.Equal(t, w.nextLetter, failureOf(t, apperr.LetterTooEarly, err).RetryAt)
	w.nextLetter = time.Time{}
	w.ask(t, domain.ConfirmByLetter)
	require.Equal(t, []string{"confirmation.request", "confirmation.fail", "confirmation.request"}, w.actions())
	require.Equal(t, domain.ConfirmationFailed, w.confirmations[0].Status)
	got, err := w.Get(t.Context(), w.who(), first)
	require.NoError(t, err)
	require.Equal(t, "lost", got.Shown())
}

// Withdraw ends what is under way, and keeps what is confirmed and the SNILS.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	letter := w.ask(t, domain.ConfirmByLetter).Confirmation.ID
	w.ask(t, domain.ConfirmAtServiceCentre)
	require.NoError(t, w.Withdraw(t.Context(), w.account.ID, domain.Caller{}))
	require.Len(t, store{w}.with(domain.ConfirmationSuperseded), 2)
	require.Equal(t, domain.LetterSuperseded, w.letters[letter].Status)
	_, err := w.ConfirmInPerson(t.Context(), w.decision(t))
	require.NoError(t, err)
	require.NoError(t, w.Withdraw(t.Context(), w.account.ID, domain.Caller{}))
	require.Len(t, store{w}.with(domain.ConfirmationConfirmed), 1)
	require.Equal(t, w.account.ID, w.holder)
}

// Void takes everything back, once.
func TestVoid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.ConfirmInPerson(t.Context(), w.decision(t))
	require.NoError(t, err)
	voided, err := w.Void(t.Context(), w.account.ID, domain.Caller{})
	require.NoError(t, err)
	require.True(t, voided)
	require.Equal(t, domain.ConfirmationSuperseded, w.confirmations[0].Status)
	require.Equal(t, uuid.Nil, w.holder, "the SNILS is free again")
	voided, err = w.Void(t.Context(), w.account.ID, domain.Caller{})
	require.NoError(t, err)
	require.False(t, voided)
}

// A decision at the counter says who made it and where; the wrong document
// changes nothing and leaves a row without a value. // M08
func TestDecisionAtTheCounter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wrong := w.decision(t)
	wrong.Document.FamilyName = parse(t, "Иная", ident.ParseName)
	wrong.Document.Number = ident.PassportNumber{}
	_, err := w.ConfirmInPerson(t.Context(), wrong)
	failure := failureOf(t, apperr.DocumentMismatch, err)
	require.Equal(t, []apperr.Field{
		{Pointer: "/passport/number", Code: apperr.FieldMismatch}, {Pointer: "/family_name", Code: apperr.FieldMismatch},
	}, failure.Fields)
	require.Equal(t, []string{"confirmation.document_mismatch"}, w.actions())
	require.Equal(t, "passport/number family_name", w.audit[0].Reason)
	require.Empty(t, w.confirmations)

	in := w.decision(t)
	out, err := w.ConfirmInPerson(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, in.Desk.Operator.ID, out.OperatorID)
	require.Equal(t, in.Desk.Place.ID, out.PlaceID)
	for _, row := range w.audit[1:] {
		require.Equal(t, in.Desk.Operator.ID, row.OperatorID, row.Action)
		require.Equal(t, in.Desk.Place.ID, row.PlaceID, row.Action)
	}
	_, err = w.ConfirmInPerson(t.Context(), in)
	requireCode(t, apperr.InvalidTransition, err)
}

// Nobody decides on the own account, nor where or when no identity is confirmed.
func TestWrongDesk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*domain.Desk, *world)
		want   apperr.Code
	}{
		"own SNILS":   {func(d *domain.Desk, w *world) { d.Operator.SNILS = w.data.Subject.SNILS }, apperr.OwnAccount},
		"own address": {func(d *domain.Desk, w *world) { d.Operator.Email = w.account.Contacts[0].Value }, apperr.OwnAccount},
		"own account without data": {func(d *domain.Desk, w *world) {
			d.Operator.Email, w.data = w.account.Contacts[0].Value, domain.PersonalData{}
		}, apperr.OwnAccount},
		"no offer":     {func(d *domain.Desk, _ *world) { d.Place.Offers = nil }, apperr.MethodNotAvailable},
		"another kind": {func(d *domain.Desk, _ *world) { d.Place.Kind = domain.CentreFundOffice }, apperr.MethodNotAvailable},
		"the day before": {func(d *domain.Desk, w *world) {
			d.Place.Offers[0].From = ident.DateOf(w.now).AddDays(1)
		}, apperr.MethodNotAvailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := w.decision(t)
			test.change(&in.Desk, w)
			_, err := w.ConfirmInPerson(t.Context(), in)
			require.ErrorIs(t, err, apperr.New(test.want))
			_, err = w.RefuseInPerson(t.Context(), domain.InPersonRefusal{
				Desk: in.Desk, AccountID: in.AccountID, Reason: domain.RefusalNoDocument,
			})
			require.ErrorIs(t, err, apperr.New(test.want))
			require.Empty(t, w.confirmations)
			require.Empty(t, w.audit)
		})
	}
}

// Of two operators who decide at once one does, whatever the way; a minute later
// a refusal is not the last word. Every third one calls a supervisor.
func TestRefusalAndSecondOpinion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.desk(t), w.decision(t)
	refuse := domain.InPersonRefusal{Desk: first, AccountID: w.account.ID, Reason: domain.RefusalNoDocument, Note: "нет паспорта"}
	out, err := w.RefuseInPerson(t.Context(), refuse)
	require.NoError(t, err)
	require.Equal(t, domain.RefusalNoDocument, out.Reason)
	require.Equal(t, "no_document: нет паспорта", w.audit[len(w.audit)-1].Reason)
	require.Equal(t, "no_document", w.messages[0].Reason)
	require.Empty(t, w.alarms)
	_, err = w.ConfirmInPerson(t.Context(), second)
	require.Equal(t, w.now.Add(time.Minute), failureOf(t, apperr.InvalidTransition, err).RetryAt)
	w.ask(t, domain.ConfirmAtServiceCentre)
	_, err = w.ConfirmInPerson(t.Context(), second)
	requireCode(t, apperr.InvalidTransition, err) // a visit of the person's own is no way around
	elsewhere := w.office(t)
	_, err = w.RefuseInPerson(t.Context(), domain.InPersonRefusal{Desk: elsewhere, AccountID: w.account.ID, Reason: domain.RefusalNoDocument})
	requireCode(t, apperr.InvalidTransition, err) // nor is another way
	for i := range 6 {
		require.Len(t, w.alarms, (i+1)/3)
		w.now = w.now.Add(time.Minute)
		_, err = w.RefuseInPerson(t.Context(), refuse)
		require.NoError(t, err)
	}
	require.Len(t, w.alarms, 2)
	for i, alarm := range w.alarms {
		require.Equal(t, domain.AlarmRepeatedRefusals, alarm.Kind)
		require.Equal(t, w.confirmations[3*i+2].ID, alarm.SubjectID)
	}
	w.now = w.now.Add(time.Minute)
	_, err = w.ConfirmInPerson(t.Context(), second)
	require.NoError(t, err)
}

// Whoever comes second with a SNILS goes on hold, and learns nothing.
func TestSNILSOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.holder = domain.NewID()
	id := w.ask(t, domain.ConfirmByLetter).Confirmation.ID
	in := w.decision(t)
	_, err := w.ConfirmInPerson(t.Context(), in)
	failure := failureOf(t, apperr.IdentityOnHold, err)
	require.NotContains(t, failure.Error(), w.holder.String())
	require.Equal(t, domain.VerificationOnHold, w.c.Status)
	require.Equal(t, domain.LevelSimplified, w.account.Level)
	require.Equal(t, domain.LetterSuperseded, w.letters[id].Status)
	require.Empty(t, store{w}.with(domain.ConfirmationRequested, domain.ConfirmationConfirmed))
	require.Equal(t, domain.AlarmSNILSConflict, w.alarms[0].Kind)
	require.Len(t, w.messages, 2)
	require.Equal(t, domain.MessageVerificationOnHold, w.messages[0].Kind)
	for _, row := range w.audit[1:] {
		require.Equal(t, in.Desk.Operator.ID, row.OperatorID, row.Action)
	}
}

// A person who was just registered is confirmed in the caller's transaction,
// which is the caller's to undo when the SNILS is another's.
func TestConfirmAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.account
	out, err := w.ConfirmAtOnce(t.Context(), &a, domain.CounterProof{Desk: w.desk(t), Case: w.c, SNILS: w.data.Subject.SNILS})
	require.NoError(t, err)
	require.Equal(t, domain.ConfirmationConfirmed, out.Status)
	require.Equal(t, domain.LevelConfirmed, a.Level)
	require.Empty(t, w.kept, "the answer is the caller's")
	w = newWorld(t)
	w.holder = domain.NewID()
	_, err = w.ConfirmAtOnce(t.Context(), &w.account, domain.CounterProof{Desk: w.desk(t), Case: w.c, SNILS: w.data.Subject.SNILS})
	requireCode(t, apperr.IdentityOnHold, err)
}

// A visit is found by its code however it is typed, as long as it is open.
func TestFindByVisitCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	visit := w.ask(t, domain.ConfirmAtServiceCentre).Confirmation
	for _, text := range []string{
		visit.VisitCode, visit.SpelledCode(), strings.ToLower(visit.SpelledCode()), visit.Payload(), " " + visit.Payload() + " ",
	} {
		got, err := w.FindByVisitCode(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, visit.ID, got.ID)
	}
	// What people take for one another is one.
	w.confirmations[0].VisitCode = "01K3M9QR"
	got, err := w.FindByVisitCode(t.Context(), "ol k3-m9qr")
	require.NoError(t, err)
	require.Equal(t, visit.ID, got.ID)
	w.confirmations[0].VisitCode = visit.VisitCode
	_, err = w.FindByVisitCode(t.Context(), "0000-0000")
	require.ErrorIs(t, err, apperr.New(apperr.NotFound))
	_, err = w.FindByVisitCode(t.Context(), "код")
	require.ErrorIs(t, err, apperr.New(apperr.ValidationFailed))
	w.now = visit.ExpiresAt
	_, err = w.FindByVisitCode(t.Context(), visit.VisitCode)
	require.ErrorIs(t, err, apperr.New(apperr.NotFound))
}

// The owner takes a confirmation back; each session that ends has its row.
func TestDispute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.ConfirmInPerson(t.Context(), w.decision(t))
	require.NoError(t, err)
	_, token, _ := strings.Cut(w.messages[0].Link, "#")
	_, err = w.Dispute(t.Context(), domain.Dispute{Token: token + "x"})
	require.ErrorIs(t, err, apperr.New(apperr.DisputeTokenInvalid))
	rows := len(w.audit)
	out, err := w.Dispute(t.Context(), domain.Dispute{Token: token})
	require.NoError(t, err)
	require.Equal(t, domain.ConfirmationDisputed, out.Status)
	require.Equal(t, domain.LevelStandard, w.account.Level)
	require.Equal(t, uuid.Nil, w.holder)
	require.Equal(t, []string{"confirmation.dispute", "account.doubt_identity", "session.close", "session.close"}, w.actions()[rows:])
	require.Equal(t, domain.AlarmConfirmationDisputed, w.alarms[0].Kind)
	require.Equal(t, domain.MessageConfirmationDisputed, w.messages[len(w.messages)-1].Kind)
	_, err = w.Dispute(t.Context(), domain.Dispute{Token: token})
	require.ErrorIs(t, err, apperr.New(apperr.DisputeTokenInvalid))
}
