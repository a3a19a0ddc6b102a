package repotest

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

func operatorTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"operator/comes back as it was":           operatorComesBack,
		"operator/unknown":                        operatorUnknown,
		"operator/login is taken":                 operatorLoginTaken,
		"operator/one person is one operator":     operatorOnce,
		"operator/of many at once one is made":    operatorsAtOnce,
		"operator/changes":                        operatorChanges,
		"operator/places":                         operatorPlaces,
		"operator/list":                           operatorList,
		"operator/a step is used once":            operatorStepOnce,
		"operator/a step needs an active one":     operatorStepOfInactive,
		"operator/credential is set and replaced": operatorCredential,
		"operator/administrators":                 operatorAdministrators,
		"operator/one administrator stays":        operatorOneAdministratorStays,
		"operator/sessions end":                   operatorSessionsEnd,
		"audit/search":                            auditSearch,
	}
}

// staff is the operators of a world's store.
func (w *world) staff() *repository.Operators { return repository.NewOperators(w.store) }

// anySNILS is a number that nobody else in the test has.
func anySNILS(t *testing.T) ident.SNILS {
	t.Helper()
	const numbers = 1_000_000
	return snilsOf(t, unchecked(1+int(uuid.New().ID()%numbers)))
}

// operator is an operator who is not stored yet, with the account.
func (w *world) operator(t *testing.T, login string) (domain.Operator, domain.Account) {
	t.Helper()
	name, err := ident.ParseOperatorLogin(login)
	require.NoError(t, err)
	o, a := domain.NewOperator(domain.OperatorInvitation{
		Login: name, FamilyName: nameOf(t, "Синтетическая"), GivenName: nameOf(t, "Анна"),
		Email: contactOf(t, login+"@example.org"), SNILS: anySNILS(t), Role: domain.RoleOperator, Locale: domain.LocaleEnglish,
	}, w.now)
	o.Places = []uuid.UUID{}
	o.EnrolmentHash, o.EnrolmentUntil = []byte("hash for "+login), w.now.Add(time.Hour)
	return o, a
}

// hired is an operator who is stored, after a change.
func (w *world) hired(t *testing.T, login string, change func(*domain.Operator)) domain.Operator {
	t.Helper()
	o, a := w.operator(t, login)
	if change != nil {
		change(&o)
	}
	require.NoError(t, w.staff().Create(t.Context(), o, a))
	return o
}

func activeAs(role domain.Role) func(*domain.Operator) {
	return func(o *domain.Operator) { o.Role, o.Status = role, domain.OperatorActive }
}

func operatorComesBack(t *testing.T, w *world) {
	t.Helper()
	o, a := w.operator(t, "anna")
	require.NoError(t, w.staff().Create(t.Context(), o, a))
	for _, find := range []func() (domain.Operator, error){
		func() (domain.Operator, error) { return w.staff().Get(t.Context(), o.ID) },
		func() (domain.Operator, error) { return w.staff().FindByLogin(t.Context(), "anna") },
		func() (domain.Operator, error) { return w.staff().FindByEnrolment(t.Context(), o.EnrolmentHash) },
	} {
		got, err := find()
		require.NoError(t, err)
		require.Equal(t, o, got)
	}
	account, err := w.accounts.Get(t.Context(), o.ID)
	require.NoError(t, err)
	require.Equal(t, a, account)
	require.Equal(t, domain.LevelNone, account.Level)
	_, err = w.accounts.Credential(t.Context(), o.ID)
	requireCode(t, apperr.NotFound, err)
}

func operatorUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.staff().Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, err = w.staff().FindByLogin(t.Context(), "nobody")
	requireCode(t, apperr.NotFound, err)
	_, err = w.staff().FindByEnrolment(t.Context(), []byte("no hash"))
	requireCode(t, apperr.NotFound, err)
	ok, err := w.staff().UseStep(t.Context(), domain.NewID(), 1)
	require.NoError(t, err)
	require.False(t, ok)
}

func operatorLoginTaken(t *testing.T, w *world) {
	t.Helper()
	w.hired(t, "anna", nil)
	o, a := w.operator(t, "anna")
	o.EnrolmentHash, o.Email = []byte("another"), contactOf(t, "another@example.org")
	requireCode(t, apperr.LoginTaken, w.staff().Create(t.Context(), o, a))
	_, err := w.accounts.Get(t.Context(), a.ID)
	requireCode(t, apperr.NotFound, err)
}

// Two logins of one person could approve each other's requests.
func operatorOnce(t *testing.T, w *world) {
	t.Helper()
	first := w.hired(t, "anna", nil)
	_, err := w.staff().Update(t.Context(), first.ID, (*domain.Operator).Disable)
	require.NoError(t, err)
	for name, change := range map[string]func(*domain.Operator){
		"SNILS":               func(o *domain.Operator) { o.SNILS = first.SNILS },
		"address":             func(o *domain.Operator) { o.Email = first.Email },
		"address in capitals": func(o *domain.Operator) { o.Email = contactOf(t, "ANNA@Example.org") },
		"both":                func(o *domain.Operator) { o.SNILS, o.Email = first.SNILS, first.Email },
	} {
		o, a := w.operator(t, "berta")
		change(&o)
		requireCode(t, apperr.OperatorExists, w.staff().Create(t.Context(), o, a))
		_, err := w.accounts.Get(t.Context(), a.ID)
		require.ErrorIs(t, err, apperr.New(apperr.NotFound), name)
	}
	o, a := w.operator(t, "anna")
	o.SNILS, o.EnrolmentHash = first.SNILS, []byte("another")
	requireCode(t, apperr.LoginTaken, w.staff().Create(t.Context(), o, a))
	w.hired(t, "berta", nil)
}

func operatorsAtOnce(t *testing.T, w *world) {
	t.Helper()
	codes := atOnce(20, func(i int) error {
		o, a := w.operator(t, "anna")
		o.EnrolmentHash, o.Email = []byte(o.ID.String()), contactOf(t, "anna"+strconv.Itoa(i)+"@example.org")
		return w.staff().Create(t.Context(), o, a)
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.LoginTaken: 19}, codes)

	same := anySNILS(t)
	codes = atOnce(20, func(i int) error {
		o, a := w.operator(t, "berta"+strconv.Itoa(i))
		o.SNILS = same
		return w.staff().Create(t.Context(), o, a)
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.OperatorExists: 19}, codes)
}

func operatorChanges(t *testing.T, w *world) {
	t.Helper()
	o := w.hired(t, "anna", nil)
	changed, err := w.staff().Update(t.Context(), o.ID, func(o *domain.Operator) error {
		o.TOTPSecret = "JBSWY3DPEHPK3PXP"
		return o.Enrol(59)
	})
	require.NoError(t, err)
	require.Equal(t, domain.OperatorActive, changed.Status)
	got, err := w.staff().Get(t.Context(), o.ID)
	require.NoError(t, err)
	require.Equal(t, changed, got)
	require.Nil(t, got.EnrolmentHash)
	_, err = w.staff().FindByEnrolment(t.Context(), o.EnrolmentHash)
	requireCode(t, apperr.NotFound, err)

	_, err = w.staff().Update(t.Context(), o.ID, func(o *domain.Operator) error {
		o.TOTPSecret = "changed"
		return apperr.New(apperr.Forbidden)
	})
	requireCode(t, apperr.Forbidden, err)
	again, err := w.staff().Get(t.Context(), o.ID)
	require.NoError(t, err)
	require.Equal(t, got, again)
}

func operatorPlaces(t *testing.T, w *world) {
	t.Helper()
	list := w.listed(t)
	o := w.hired(t, "anna", func(o *domain.Operator) { o.Places = list[:2] })
	w.hired(t, "berta", func(o *domain.Operator) { o.Places = list[:1] })
	got, err := w.staff().Get(t.Context(), o.ID)
	require.NoError(t, err)
	require.ElementsMatch(t, list[:2], got.Places)
	o.Places = list[2:]
	require.NoError(t, w.staff().SetPlaces(t.Context(), o))
	got, err = w.staff().FindByLogin(t.Context(), "anna")
	require.NoError(t, err)
	require.Equal(t, list[2:], got.Places)
	other, err := w.staff().FindByLogin(t.Context(), "berta")
	require.NoError(t, err)
	require.Equal(t, list[:1], other.Places)
	o.Places = []uuid.UUID{domain.NewID()}
	require.Error(t, w.staff().SetPlaces(t.Context(), o), "no such place")
	got, err = w.staff().Get(t.Context(), o.ID)
	require.NoError(t, err)
	require.Equal(t, list[2:], got.Places)
}

// listed are the ids of three centres.
func (w *world) listed(t *testing.T) (ids []uuid.UUID) {
	t.Helper()
	var list []domain.ServiceCentre
	for _, code := range []string{"a", "b", "c"} {
		list = append(list, w.centre(t, code))
	}
	w.replace(t, list...)
	for _, c := range list {
		found, err := w.centres.FindByCode(t.Context(), c.Code)
		require.NoError(t, err)
		ids = append(ids, found.ID)
	}
	_, err := w.centres.FindByCode(t.Context(), "no such code")
	requireCode(t, apperr.NotFound, err)
	return ids
}

func operatorList(t *testing.T, w *world) {
	t.Helper()
	var want []string
	for i, login := range []string{"anna", "berta", "clara"} {
		w.hired(t, login, func(o *domain.Operator) { o.CreatedAt = w.now.Add(time.Duration(i) * time.Minute) })
		want = append([]string{login}, want...)
	}
	var got []string
	page := domain.Page{Limit: 2}
	for range 2 {
		part, err := w.staff().List(t.Context(), page)
		require.NoError(t, err)
		for _, o := range part {
			got = append(got, o.Login)
			page.After = &domain.Position{CreatedAt: o.CreatedAt, ID: o.ID}
		}
	}
	require.Equal(t, want, got)
}

func operatorStepOnce(t *testing.T, w *world) {
	t.Helper()
	o := w.hired(t, "anna", activeAs(domain.RoleOperator))
	for _, step := range []int64{100, 101} {
		won := atOnce(20, func(int) error {
			ok, err := w.staff().UseStep(t.Context(), o.ID, step)
			if err == nil && !ok {
				err = apperr.New(apperr.CredentialsIncorrect)
			}
			return err
		})
		require.Equal(t, map[apperr.Code]int{"": 1, apperr.CredentialsIncorrect: 19}, won)
	}
	ok, err := w.staff().UseStep(t.Context(), o.ID, 100)
	require.NoError(t, err)
	require.False(t, ok, "an earlier step comes too late")
}

func operatorStepOfInactive(t *testing.T, w *world) {
	t.Helper()
	for _, status := range []domain.OperatorStatus{domain.OperatorInvited, domain.OperatorDisabled} {
		o := w.hired(t, string(status), func(o *domain.Operator) { o.Status = status })
		ok, err := w.staff().UseStep(t.Context(), o.ID, 100)
		require.NoError(t, err)
		require.False(t, ok)
	}
}

func operatorCredential(t *testing.T, w *world) {
	t.Helper()
	o := w.hired(t, "anna", nil)
	for _, hash := range []string{"$argon2id$first", "$argon2id$second"} {
		c := domain.Credential{AccountID: o.ID, Hash: hash, ChangedAt: w.now}
		require.NoError(t, w.accounts.SetCredential(t.Context(), c))
		got, err := w.accounts.Credential(t.Context(), o.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
	}
}

func operatorAdministrators(t *testing.T, w *world) {
	t.Helper()
	first := w.hired(t, "anna", activeAs(domain.RoleAdministrator))
	second := w.hired(t, "berta", activeAs(domain.RoleAdministrator))
	w.hired(t, "clara", activeAs(domain.RoleSupervisor))
	w.hired(t, "dora", func(o *domain.Operator) { o.Role = domain.RoleAdministrator })
	w.in(t, func(ctx context.Context) {
		ids, err := w.staff().LockAdministrators(ctx)
		require.NoError(t, err)
		require.ElementsMatch(t, []uuid.UUID{first.ID, second.ID}, ids)
	})
}

// Of two administrators who shut each other out at once, one succeeds.
func operatorOneAdministratorStays(t *testing.T, w *world) {
	t.Helper()
	both := []domain.Operator{w.hired(t, "anna", activeAs(domain.RoleAdministrator)), w.hired(t, "berta", activeAs(domain.RoleAdministrator))}
	codes := atOnce(2, func(i int) error {
		return w.store.InTx(t.Context(), func(ctx context.Context) error {
			ids, err := w.staff().LockAdministrators(ctx)
			if err != nil {
				return err
			}
			if len(ids) == 1 {
				return apperr.New(apperr.Forbidden)
			}
			_, err = w.staff().Update(ctx, both[1-i].ID, (*domain.Operator).Disable)
			return err
		})
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.Forbidden: 1}, codes)
}

func operatorSessionsEnd(t *testing.T, w *world) {
	t.Helper()
	o := w.hired(t, "anna", activeAs(domain.RoleOperator))
	live, idle := w.sessionOf(o.ID), w.sessionOf(o.ID)
	idle.IdleAt = w.now
	other := w.session(t)
	for _, s := range []domain.Session{live, idle, other} {
		require.NoError(t, w.sessions.Create(t.Context(), s))
	}
	w.in(t, func(ctx context.Context) {
		ended, err := w.sessions.EndAll(ctx, o.ID, w.now)
		require.NoError(t, err)
		require.Len(t, ended, 1)
		require.Equal(t, live.ID, ended[0].ID)
	})
	got, err := w.sessions.Get(t.Context(), live.ID)
	require.NoError(t, err)
	require.Equal(t, domain.SessionRevoked, got.Status)
	got, err = w.sessions.Get(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, domain.SessionActive, got.Status)
}

func auditSearch(t *testing.T, w *world) {
	t.Helper()
	by := domain.Caller{RequestID: "request-1", Address: "192.0.2.1", UserAgent: "agent"}
	desk := domain.Desk{Operator: domain.Operator{ID: domain.NewID()}, Place: domain.ServiceCentre{ID: domain.NewID()}, Caller: by}
	account, subject := domain.NewID(), domain.NewID()
	first := domain.NewAuditEvent("account.view", subject, by, w.now).Of(account).By(desk).Because("пришёл человек")
	second := domain.NewAuditEvent("account.suspend", account, domain.Caller{}, w.now.Add(time.Hour)).Of(account)
	third := domain.NewAuditEvent("session.open", domain.NewID(), by, w.now.Add(2*time.Hour))
	for _, e := range []domain.AuditEvent{first, second, third} {
		require.NoError(t, w.audit.Record(t.Context(), e))
	}
	all := domain.Page{Limit: 10}
	for name, test := range map[string]struct {
		in   domain.AuditSearch
		want []domain.AuditEvent
	}{
		"all":      {domain.AuditSearch{Page: all}, []domain.AuditEvent{third, second, first}},
		"page":     {domain.AuditSearch{Page: domain.Page{Limit: 1, After: &domain.Position{CreatedAt: third.At, ID: third.ID}}}, []domain.AuditEvent{second}},
		"account":  {domain.AuditSearch{AccountID: account, Page: all}, []domain.AuditEvent{second, first}},
		"operator": {domain.AuditSearch{OperatorID: desk.Operator.ID, Page: all}, []domain.AuditEvent{first}},
		"subject":  {domain.AuditSearch{SubjectID: subject, Page: all}, []domain.AuditEvent{first}},
		"action":   {domain.AuditSearch{Action: "session.open", Page: all}, []domain.AuditEvent{third}},
		"from":     {domain.AuditSearch{From: second.At, Page: all}, []domain.AuditEvent{third, second}},
		"to":       {domain.AuditSearch{To: second.At, Page: all}, []domain.AuditEvent{first}},
		"both":     {domain.AuditSearch{AccountID: account, From: second.At, To: third.At, Page: all}, []domain.AuditEvent{second}},
		"nothing":  {domain.AuditSearch{AccountID: domain.NewID(), Page: all}, []domain.AuditEvent{}},
	} {
		got, err := w.audit.Search(t.Context(), test.in)
		require.NoError(t, err, name)
		require.Equal(t, test.want, got, name)
	}
}
