package repotest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

func deskTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"approval/comes back as it was":      approvalComesBack,
		"approval/one of a kind is open":     approvalOneOpen,
		"approval/two decide at once":        approvalAtOnce,
		"approval/listed by state, by pages": approvalsListed,
		"alarm/comes back as it was":         alarmComesBack,
		"alarm/listed":                       alarmsListed,
		"alarm/settled once":                 alarmSettledOnce,
		"review/oldest first":                reviewsOldestFirst,
		"account/without a credential":       accountWalkIn,
		"account/contact put right":          accountContactReplaced,
	}
}

// Asked is an approval that is not stored yet.
func Asked(account uuid.UUID, at time.Time) domain.Approval {
	return domain.Approval{
		ID: domain.NewID(), Kind: domain.ApproveReinstate, AccountID: account, Status: domain.ApprovalRequested,
		Reason: "Заявление канарейки", PlaceID: domain.NewID(), RequestedBy: domain.NewID(),
		RequestedAt: at, ExpiresAt: at.Add(7 * 24 * time.Hour),
	}
}

func approvalComesBack(t *testing.T, w *world) {
	t.Helper()
	approvals, a := repository.NewApprovals(w.store), Asked(w.person(t).ID, w.now)
	require.NoError(t, approvals.Create(t.Context(), a))
	got, err := approvals.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	require.NoError(t, a.Decide(domain.ApprovalApprove, domain.NewID(), w.now))
	got, err = approvals.Update(t.Context(), a.ID, func(v *domain.Approval) error {
		return v.Decide(domain.ApprovalApprove, a.DecidedBy, w.now)
	})
	require.NoError(t, err)
	require.Equal(t, a, got)
	got, err = approvals.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	_, err = approvals.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

func approvalOneOpen(t *testing.T, w *world) {
	t.Helper()
	approvals, person := repository.NewApprovals(w.store), w.person(t)
	_, err := approvals.Open(t.Context(), person.ID, domain.ApproveReinstate)
	requireCode(t, apperr.NotFound, err)
	codes := atOnce(10, func(int) error { return approvals.Create(t.Context(), Asked(person.ID, w.now)) })
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 9}, codes)
	open, err := approvals.Open(t.Context(), person.ID, domain.ApproveReinstate)
	require.NoError(t, err)
	other := Asked(person.ID, w.now)
	other.Kind = domain.ApproveAwardSNILS
	require.NoError(t, approvals.Create(t.Context(), other), "another kind")
	_, err = approvals.Update(t.Context(), open.ID, func(a *domain.Approval) error {
		return a.Decide(domain.ApprovalDecline, domain.NewID(), w.now)
	})
	require.NoError(t, err)
	require.NoError(t, approvals.Create(t.Context(), Asked(person.ID, w.now)))
}

func approvalAtOnce(t *testing.T, w *world) {
	t.Helper()
	approvals, a := repository.NewApprovals(w.store), Asked(w.person(t).ID, w.now)
	require.NoError(t, approvals.Create(t.Context(), a))
	codes := atOnce(10, func(int) error {
		_, err := approvals.Update(t.Context(), a.ID, func(a *domain.Approval) error {
			return a.Decide(domain.ApprovalApprove, domain.NewID(), w.now)
		})
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 9}, codes)
}

func approvalsListed(t *testing.T, w *world) {
	t.Helper()
	approvals := repository.NewApprovals(w.store)
	var ids []uuid.UUID
	for i := range 5 {
		a := Asked(w.person(t).ID, w.now.Add(time.Duration(i)*time.Hour))
		if i == 4 {
			a.Status = domain.ApprovalApproved
		}
		require.NoError(t, approvals.Create(t.Context(), a))
		ids = append(ids, a.ID)
	}
	slices.Reverse(ids)
	// The first two that were asked for are too old by now.
	now := w.now.Add(7*24*time.Hour + time.Hour)
	list := func(f domain.ApprovalFilter) (found []domain.Approval) {
		found, err := approvals.List(t.Context(), f, now)
		require.NoError(t, err)
		return found
	}
	for status, want := range map[domain.ApprovalStatus][]uuid.UUID{
		"": ids, domain.ApprovalApproved: ids[:1], domain.ApprovalRequested: ids[1:3], domain.ApprovalExpired: ids[3:], domain.ApprovalDeclined: nil,
	} {
		var got []uuid.UUID
		for _, a := range list(domain.ApprovalFilter{Status: status, Page: domain.Page{Limit: 10}}) {
			got = append(got, a.ID)
			if status != "" {
				require.Equal(t, status, a.Status)
			}
		}
		require.Equal(t, want, got, status)
	}
	var paged []uuid.UUID
	page := domain.Page{Limit: 2}
	for found := list(domain.ApprovalFilter{Page: page}); len(found) > 0; found = list(domain.ApprovalFilter{Page: page}) {
		for _, a := range found {
			paged = append(paged, a.ID)
			page.After = &domain.Position{CreatedAt: a.RequestedAt, ID: a.ID}
		}
	}
	require.Equal(t, ids, paged)
}

func alarmComesBack(t *testing.T, w *world) {
	t.Helper()
	alarms := repository.NewAlarms(w.store)
	for _, account := range []uuid.UUID{domain.NewID(), uuid.Nil} {
		a := domain.NewAlarm(domain.AlarmSNILSConflict, domain.NewID(), account, w.now)
		require.NoError(t, alarms.Raise(t.Context(), a))
		again := a
		again.ID = domain.NewID()
		require.NoError(t, alarms.Raise(t.Context(), again), "it is there already")
		got, err := alarms.List(t.Context(), domain.AlarmFilter{Page: domain.Page{Limit: 1}})
		require.NoError(t, err)
		require.Equal(t, []domain.Alarm{a}, got)
		_, err = alarms.Update(t.Context(), again.ID, func(*domain.Alarm) error { return nil })
		requireCode(t, apperr.NotFound, err)
		w.now = w.now.Add(time.Second)
	}
}

func alarmsListed(t *testing.T, w *world) {
	t.Helper()
	alarms := repository.NewAlarms(w.store)
	var ids []uuid.UUID
	for i, kind := range []domain.AlarmKind{domain.AlarmDeathRecorded, domain.AlarmManualReview, domain.AlarmManualReview} {
		a := domain.NewAlarm(kind, domain.NewID(), domain.NewID(), w.now.Add(time.Duration(i)*time.Minute))
		require.NoError(t, alarms.Raise(t.Context(), a))
		ids = append(ids, a.ID)
	}
	slices.Reverse(ids)
	_, err := alarms.Update(t.Context(), ids[0], func(a *domain.Alarm) error { return a.Settle(domain.NewID(), w.now) })
	require.NoError(t, err)
	yes, no := true, false
	all := domain.Page{Limit: 10}
	second, err := alarms.Update(t.Context(), ids[1], func(*domain.Alarm) error { return nil })
	require.NoError(t, err)
	for _, test := range []struct {
		filter domain.AlarmFilter
		want   []uuid.UUID
	}{
		{domain.AlarmFilter{Page: all}, ids},
		{domain.AlarmFilter{Page: domain.Page{Limit: 2}}, ids[:2]},
		{domain.AlarmFilter{Page: domain.Page{Limit: 2, After: &domain.Position{CreatedAt: second.RaisedAt, ID: second.ID}}}, ids[2:]},
		{domain.AlarmFilter{Kind: domain.AlarmManualReview, Page: all}, ids[:2]},
		{domain.AlarmFilter{Settled: &yes, Page: all}, ids[:1]},
		{domain.AlarmFilter{Settled: &no, Page: all}, ids[1:]},
		{domain.AlarmFilter{Kind: domain.AlarmManualReview, Settled: &no, Page: all}, ids[1:2]},
	} {
		found, err := alarms.List(t.Context(), test.filter)
		require.NoError(t, err)
		var got []uuid.UUID
		for _, a := range found {
			got = append(got, a.ID)
		}
		require.Equal(t, test.want, got)
	}
}

func alarmSettledOnce(t *testing.T, w *world) {
	t.Helper()
	alarms := repository.NewAlarms(w.store)
	a := domain.NewAlarm(domain.AlarmRegisterDown, domain.NewID(), uuid.Nil, w.now)
	require.NoError(t, alarms.Raise(t.Context(), a))
	codes := atOnce(10, func(int) error {
		_, err := alarms.Update(t.Context(), a.ID, func(a *domain.Alarm) error { return a.Settle(domain.NewID(), w.now) })
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 9}, codes)
}

func reviewsOldestFirst(t *testing.T, w *world) {
	t.Helper()
	var want []uuid.UUID
	for i, status := range []domain.VerificationStatus{
		domain.VerificationOnHold, domain.VerificationPassed, domain.VerificationManualReview, domain.VerificationManualReview,
	} {
		c := domain.NewVerificationCase(w.person(t).ID, w.now.Add(time.Duration(i)*time.Minute))
		c.Status = status
		require.NoError(t, w.verifications.Create(t.Context(), c))
		if status != domain.VerificationPassed {
			want = append(want, c.ID)
		}
	}
	var got []uuid.UUID
	page := domain.Page{Limit: 2}
	for {
		found, err := w.verifications.Reviews(t.Context(), page)
		require.NoError(t, err)
		if len(found) == 0 {
			break
		}
		for _, c := range found {
			require.Len(t, c.Checks, 2)
			got = append(got, c.ID)
			page.After = &domain.Position{CreatedAt: c.CreatedAt, ID: c.ID}
		}
	}
	require.Equal(t, want, got)
}

func accountWalkIn(t *testing.T, w *world) {
	t.Helper()
	a, credential := w.account(t, w.contact(t))
	a.Contacts[0].ConfirmedAt = time.Time{}
	require.NoError(t, w.accounts.CreateWalkIn(t.Context(), a))
	got, err := w.accounts.FindByContact(t.Context(), a.Contacts[0].Value)
	require.NoError(t, err)
	require.Equal(t, a, got)
	_, err = w.accounts.Credential(t.Context(), a.ID)
	requireCode(t, apperr.NotFound, err)

	other, _ := w.account(t, a.Contacts[0].Value)
	requireCode(t, apperr.ContactTaken, w.accounts.CreateWalkIn(t.Context(), other))
	_, err = w.accounts.Get(t.Context(), other.ID)
	requireCode(t, apperr.NotFound, err)

	require.NoError(t, w.accounts.ProveContact(t.Context(), a.Contacts[0].ID, w.now))
	require.NoError(t, w.accounts.SetCredential(t.Context(), credential))
	a.Contacts[0].ConfirmedAt = w.now
	got, err = w.accounts.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	kept, err := w.accounts.Credential(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, credential, kept)
	err = w.accounts.ProveContact(t.Context(), domain.NewID(), w.now)
	requireCode(t, apperr.NotFound, err)
}

// Only what nobody has proven, and what is nobody else's, takes the place of a
// contact.
func accountContactReplaced(t *testing.T, w *world) {
	t.Helper()
	other := w.person(t)
	a, _ := w.account(t, w.contact(t))
	a.Contacts[0].ConfirmedAt = time.Time{}
	require.NoError(t, w.accounts.CreateWalkIn(t.Context(), a))
	right := a.Contacts[0]
	right.Value = other.Contacts[0].Value
	requireCode(t, apperr.ContactTaken, w.store.InTx(t.Context(), func(ctx context.Context) error {
		return w.accounts.ReplaceContact(ctx, a, right)
	}))
	right.Value = w.contact(t)
	requireCode(t, apperr.InvalidTransition, w.accounts.ReplaceContact(t.Context(), other, right))
	require.NoError(t, w.accounts.ReplaceContact(t.Context(), a, right))
	got, err := w.accounts.FindByContact(t.Context(), right.Value)
	require.NoError(t, err)
	require.Equal(t, []domain.Contact{right}, got.Contacts)
	_, err = w.accounts.FindByContact(t.Context(), a.Contacts[0].Value)
	requireCode(t, apperr.NotFound, err)
	require.NoError(t, w.accounts.ProveContact(t.Context(), right.ID, w.now))
	requireCode(t, apperr.InvalidTransition, w.accounts.ReplaceContact(t.Context(), a, a.Contacts[0]))
}
