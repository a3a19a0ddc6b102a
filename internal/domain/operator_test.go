package domain_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func playOperator(status, event string) (string, error) {
	o := domain.Operator{Status: domain.OperatorStatus(status)}
	var err error
	switch domain.OperatorEvent(event) {
	case domain.OperatorEnrol:
		err = o.Enrol(1)
	case domain.OperatorInvite:
		err = o.Invite([]byte("hash"), at())
	case domain.OperatorDisable:
		err = o.Disable()
	}
	return string(o.Status), err
}

func TestOnlyTheLastLinkEnrols(t *testing.T) {
	t.Parallel()
	o := domain.Operator{Status: domain.OperatorActive, TOTPSecret: "secret", TOTPStep: 7}
	require.NoError(t, o.Invite([]byte("first"), at().Add(time.Hour)))
	require.Empty(t, o.TOTPSecret, "the second factor of before is dead")
	require.NoError(t, o.CanEnrol([]byte("first"), at()))
	require.NoError(t, o.Invite([]byte("second"), at().Add(time.Hour)))
	for hash, when := range map[string]time.Time{
		"first": at(), "": at(), "third": at(), "second": at().Add(time.Hour),
	} {
		require.ErrorIs(t, o.CanEnrol([]byte(hash), when), apperr.New(apperr.EnrolmentInvalid), hash)
	}
	require.NoError(t, o.CanEnrol([]byte("second"), at().Add(time.Hour-1)))
	require.NoError(t, o.Enrol(9))
	require.Equal(t, int64(9), o.TOTPStep)
	require.ErrorIs(t, o.CanEnrol([]byte("second"), at()), apperr.New(apperr.EnrolmentInvalid))
	require.ErrorIs(t, o.CanEnrol(nil, at()), apperr.New(apperr.EnrolmentInvalid))
}

func TestDisabledOperatorKeepsNothing(t *testing.T) {
	t.Parallel()
	o := domain.Operator{
		Status: domain.OperatorInvited, TOTPSecret: "secret", EnrolmentHash: []byte("hash"), EnrolmentUntil: at(),
	}
	require.NoError(t, o.Disable())
	require.Equal(t, domain.Operator{Status: domain.OperatorDisabled}, o)
	refused := o
	require.Error(t, o.Enrol(1))
	require.Equal(t, refused, o, "a refused move changes nothing")
}

func TestOperatorWorksAtOwnPlaces(t *testing.T) {
	t.Parallel()
	place := domain.NewID()
	o := domain.Operator{Role: domain.RoleAdministrator, Status: domain.OperatorActive, Places: []uuid.UUID{place}}
	require.True(t, o.WorksAt(place))
	require.False(t, o.WorksAt(domain.NewID()))
	require.False(t, o.WorksAt(uuid.Nil))
}

// What an operator does next is no citizen's matter.
func TestNextActionsOfOperatorsAccount(t *testing.T) {
	t.Parallel()
	a := domain.Account{Type: domain.AccountOperator, Status: domain.AccountActive}
	require.Equal(t, []string{"work", "sign_out"}, a.NextActions())
	require.Nil(t, a.Frozen())
}
