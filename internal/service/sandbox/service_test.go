package sandbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/sandbox"
)

// kept is a database with the clock of a sandbox in it.
type kept struct {
	by     time.Duration
	err    error
	answer any
}

func (k *kept) InTx(ctx context.Context, fn func(context.Context) error) error {
	before := k.by
	err := fn(ctx)
	if err != nil {
		k.by = before
	}
	return err
}

func (k *kept) AdvancedBy(context.Context) (time.Duration, error) { return k.by, k.err }

func (k *kept) Advance(_ context.Context, by, most time.Duration) (time.Duration, error) {
	if k.by+by > most {
		return 0, apperr.New(apperr.DurationInvalid)
	}
	k.by += by
	return k.by, nil
}

func (k *kept) Keep(_ context.Context, outcome any) error {
	k.answer = outcome
	return k.err
}

type still struct{}

func (still) Now() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

func newService(k *kept) (*sandbox.Service, *clock.Ahead) {
	c := clock.NewAhead(still{})
	return sandbox.New(sandbox.Parts{Tx: k, Clocks: k, Clock: c, Journal: k}), c
}

// Two processes over one database.
func TestProcessesFollow(t *testing.T) {
	t.Parallel()
	k := &kept{}
	here, _ := newService(k)
	there, theirs := newService(k)
	out, err := here.Advance(t.Context(), time.Hour)
	require.NoError(t, err)
	want := domain.SandboxClock{Now: still{}.Now().Add(time.Hour), AdvancedBy: time.Hour}
	require.Equal(t, want, out)
	require.Equal(t, want, k.answer)
	require.Zero(t, theirs.By())
	require.NoError(t, there.Follow(t.Context()))
	require.Equal(t, time.Hour, theirs.By())

	// Who moves it takes over what others did before.
	_, err = here.Advance(t.Context(), time.Hour)
	require.NoError(t, err)
	out, err = there.Advance(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, domain.SandboxClock{Now: still{}.Now().Add(3 * time.Hour), AdvancedBy: 3 * time.Hour}, out)
	seen, err := here.Time(t.Context())
	require.NoError(t, err)
	require.Equal(t, out, seen)
}

// What is not stored has not happened.
func TestMoveThatFails(t *testing.T) {
	t.Parallel()
	k := &kept{err: errors.New("no database")}
	s, c := newService(k)
	_, err := s.Advance(t.Context(), time.Hour)
	require.ErrorIs(t, err, k.err)
	require.ErrorIs(t, s.Follow(t.Context()), k.err)
	_, err = s.Time(t.Context())
	require.ErrorIs(t, err, k.err)
	require.Zero(t, c.By())
	require.Zero(t, k.by)
}

func TestMoveTooFar(t *testing.T) {
	t.Parallel()
	k := &kept{}
	s, c := newService(k)
	_, err := s.Advance(t.Context(), domain.SandboxClockMost+1)
	var failure *apperr.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, apperr.ValidationFailed, failure.Code)
	require.Equal(t, "/advance", failure.Fields[0].Pointer)
	require.Equal(t, apperr.DurationInvalid, failure.Fields[0].Code)
	require.Zero(t, c.By())
	_, err = s.Advance(t.Context(), domain.SandboxClockMost)
	require.NoError(t, err)
}
