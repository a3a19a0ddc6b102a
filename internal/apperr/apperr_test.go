package apperr_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
)

func TestErrorsCompareByCode(t *testing.T) {
	t.Parallel()
	cause := errors.New("no such row")
	err := fmt.Errorf("load: %w", apperr.Wrap(apperr.NotFound, cause))
	require.ErrorIs(t, err, apperr.New(apperr.NotFound))
	require.ErrorIs(t, err, cause)
	require.NotErrorIs(t, err, apperr.New(apperr.Internal))
	require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
	require.Equal(t, apperr.Internal, apperr.CodeOf(cause))
}

func TestErrorTextNamesCodeFieldsAndCause(t *testing.T) {
	t.Parallel()
	err := apperr.Invalid(apperr.Field{Pointer: "/phone", Code: apperr.PhoneInvalid})
	require.EqualError(t, err, "validation_failed /phone=phone_invalid")
	require.EqualError(t, apperr.Wrap(apperr.Busy, errors.New("full")), "busy: full")
}

func TestCatalogueIsSound(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := map[apperr.Code]bool{}
	for _, e := range apperr.Catalogue() {
		require.Regexp(t, snake, e.Code)
		require.False(t, seen[e.Code], "%s twice", e.Code)
		seen[e.Code] = true
		require.Equal(t, e.Kind, e.Code.Kind())
	}
	require.Equal(t, apperr.KindInternal, apperr.Code("no_such_code").Kind())
}
