package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// secret is that of every second factor of these tests.
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// staff is the operators of a world.
type staff struct{ *world }

func (s staff) Get(_ context.Context, id uuid.UUID) (domain.Operator, error) {
	for _, o := range s.operators {
		if o.ID == id {
			return o, nil
		}
	}
	return domain.Operator{}, apperr.New(apperr.NotFound)
}

func (s staff) FindByLogin(_ context.Context, login string) (domain.Operator, error) {
	o, ok := s.operators[login]
	if !ok {
		return domain.Operator{}, apperr.New(apperr.NotFound)
	}
	return o, nil
}

func (s staff) UseStep(_ context.Context, id uuid.UUID, step int64) (bool, error) {
	for login, o := range s.operators {
		if o.ID == id && o.Status == domain.OperatorActive && o.TOTPStep < step {
			o.TOTPStep = step
			s.operators[login] = o
			return true, nil
		}
	}
	return false, nil
}

// Take implements the service's limits.
func (w *world) Take(_ context.Context, l domain.Limit, subject string, _ time.Time) (apperr.Quota, error) {
	if w.taken == nil {
		w.taken = map[string]int{}
	}
	if w.taken[l.Name+subject] >= l.Max {
		return apperr.Quota{}, apperr.New(apperr.RateLimited)
	}
	w.taken[l.Name+subject]++
	return apperr.Quota{}, nil
}

// employ adds an active operator anna, whose password is right.
func employ(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	account := domain.Account{ID: domain.NewID(), Type: domain.AccountOperator, Status: domain.AccountActive}
	w.accounts["operator"] = account
	w.hashes[account.ID] = "hash of right"
	w.operators = map[string]domain.Operator{"anna": {
		ID: account.ID, Login: "anna", Status: domain.OperatorActive, TOTPSecret: secret,
	}}
	return w
}

func (w *world) becomes(status domain.OperatorStatus) {
	o := w.operators["anna"]
	o.Status = status
	w.operators["anna"] = o
}

func codeAt(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	require.NoError(t, err)
	return code
}

func operatorSignIn(login, password, otp string) domain.SignIn {
	in := signIn(login, password)
	in.AccountType, in.OTP = domain.AccountOperator, otp
	return in
}

func TestOperatorSignsInOnceWithACode(t *testing.T) {
	t.Parallel()
	w := employ(t)
	in := operatorSignIn(" Anna ", "right", codeAt(t, noon()))
	out, err := w.service().SignIn(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, domain.AccountOperator, out.Account.Type)
	require.Len(t, w.sessions, 1)

	_, err = w.service().SignIn(t.Context(), in)
	require.ErrorIs(t, err, errCredentials, "the code was used")
	_, err = w.service().SignIn(t.Context(), operatorSignIn("anna", "right", codeAt(t, noon().Add(-30*time.Second))))
	require.ErrorIs(t, err, errCredentials, "a code from before it is used as well")
	_, err = w.service().SignIn(t.Context(), operatorSignIn("anna", "right", codeAt(t, noon().Add(30*time.Second))))
	require.NoError(t, err)
	require.Len(t, w.sessions, 2)
}

// Whatever is wrong, it is the same answer after the same work.
func TestWrongOperatorSignInsLookAlike(t *testing.T) {
	t.Parallel()
	right := codeAt(t, noon())
	for name, test := range map[string]struct {
		in      domain.SignIn
		status  domain.OperatorStatus
		prepare func(*world)
	}{
		"unknown name":   {in: operatorSignIn("berta", "right", right)},
		"no name at all": {in: operatorSignIn("+79001234567", "right", right)},
		"wrong password": {in: operatorSignIn("anna", "wrong", right)},
		"wrong code":     {in: operatorSignIn("anna", "right", codeAt(t, noon().Add(time.Hour)))},
		"no code":        {in: operatorSignIn("anna", "right", "")},
		"invited again":  {in: operatorSignIn("anna", "right", right), status: domain.OperatorInvited},
		"disabled":       {in: operatorSignIn("anna", "right", right), status: domain.OperatorDisabled},
		"never enrolled": {in: operatorSignIn("anna", "right", right), prepare: func(w *world) { clear(w.hashes) }},
		"citizen's door": {in: signIn("anna", "right")},
		"code is used": {in: operatorSignIn("anna", "right", right), prepare: func(w *world) {
			o := w.operators["anna"]
			o.TOTPStep = noon().Unix() / 30
			w.operators["anna"] = o
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := employ(t)
			if test.status != "" {
				w.becomes(test.status)
			}
			if test.prepare != nil {
				test.prepare(w)
			}
			_, err := w.service().SignIn(t.Context(), test.in)
			require.ErrorIs(t, err, errCredentials)
			require.Equal(t, errCredentials.Error(), err.Error())
			require.Equal(t, []string{"compare"}, w.hashing)
			require.Equal(t, []string{"session.refuse"}, w.actions)
			require.Empty(t, w.sessions)
			for _, throttle := range w.throttles {
				require.Equal(t, 1, throttle.Failures)
			}
		})
	}
}

// Who has the password, and as many addresses as it takes, guesses ten codes in
// a quarter of an hour; a wrong password spends none of them.
func TestGuessesAtTheSecondFactorAreBounded(t *testing.T) {
	t.Parallel()
	w := employ(t)
	from := func(i int, in domain.SignIn) domain.SignIn {
		in.Caller.Address = string(rune('a' + i))
		return in
	}
	for i := range 20 {
		_, err := w.service().SignIn(t.Context(), from(i, operatorSignIn("anna", "wrong", "000000")))
		require.ErrorIs(t, err, errCredentials)
	}
	require.Empty(t, w.taken)
	for i := range 10 {
		_, err := w.service().SignIn(t.Context(), from(20+i, operatorSignIn("anna", "right", codeAt(t, noon().Add(time.Hour)))))
		require.ErrorIs(t, err, errCredentials)
	}
	_, err := w.service().SignIn(t.Context(), from(30, operatorSignIn("anna", "right", codeAt(t, noon()))))
	require.ErrorIs(t, err, errCredentials, "and nothing tells that the password was right")
	require.Equal(t, errCredentials.Error(), apperr.New(apperr.CodeOf(err)).Error())
	require.Empty(t, w.sessions)
}

// An operator who is shut out between the code and the session gets none.
func TestShutOutWhileSigningIn(t *testing.T) {
	t.Parallel()
	w := employ(t)
	w.stale = true // the hash is made anew before the transaction
	w.meanwhile = func() { w.becomes(domain.OperatorDisabled) }
	_, err := w.service().SignIn(t.Context(), operatorSignIn("anna", "right", codeAt(t, noon())))
	require.ErrorIs(t, err, errCredentials)
	require.Empty(t, w.sessions)
}
