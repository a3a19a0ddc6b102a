package domain_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// ordered are letters with a status and a stage each.
func ordered(pairs ...any) (all []domain.PostOrder) {
	for i := 0; i < len(pairs); i += 2 {
		status, _ := pairs[i].(domain.LetterStatus)
		stage, _ := pairs[i+1].(domain.OrderStage)
		all = append(all, domain.PostOrder{Letter: domain.Letter{ID: uuid.New(), Status: status}, Stage: stage, Batch: "71"})
	}
	return all
}

func able(steps ...domain.HandoverStep) map[domain.HandoverStep]bool {
	all := map[domain.HandoverStep]bool{}
	for _, s := range steps {
		all[s] = true
	}
	return all
}

// What is next follows from the state alone.
func TestTheNextStep(t *testing.T) {
	t.Parallel()
	post := able(domain.HandoverWithdraw, domain.HandoverOrder, domain.HandoverBatch, domain.HandoverList, domain.HandoverCheckIn)
	house := able(domain.HandoverBundle)
	both := able(domain.HandoverSteps()...)
	requested, printed, posted, gone := domain.LetterRequested, domain.LetterPrinted, domain.LetterPosted, domain.LetterCancelled
	for name, tc := range map[string]struct {
		plan  domain.HandoverPlan
		want  domain.HandoverStep
		about int
	}{
		"nothing is able":       {domain.HandoverPlan{Open: true, Orders: ordered(requested, domain.OrderNone)}, "", 0},
		"first the orders":      {domain.HandoverPlan{Able: both, Open: true, Orders: ordered(requested, domain.OrderNone, requested, domain.OrderAsked)}, domain.HandoverOrder, 2},
		"one is ordered":        {domain.HandoverPlan{Able: both, Open: true, Orders: ordered(requested, domain.OrderMade, requested, domain.OrderAsked)}, domain.HandoverOrder, 1},
		"then the batch":        {domain.HandoverPlan{Able: both, Open: true, Orders: ordered(requested, domain.OrderMade, requested, domain.OrderBatching, requested, domain.OrderBatched)}, domain.HandoverBatch, 2},
		"then the bundle":       {domain.HandoverPlan{Able: both, Open: true, Orders: ordered(requested, domain.OrderBatched, gone, domain.OrderOver)}, domain.HandoverBundle, 1},
		"then it is printed":    {domain.HandoverPlan{Able: both, Open: true, Bundled: true, Orders: ordered(requested, domain.OrderBatched)}, domain.HandoverPrint, 1},
		"then it is announced":  {domain.HandoverPlan{Able: both, Bundled: true, Orders: ordered(printed, domain.OrderBatched, posted, domain.OrderOver)}, domain.HandoverCheckIn, 1},
		"then all is done":      {domain.HandoverPlan{Able: both, Bundled: true, Orders: ordered(posted, domain.OrderOver, gone, domain.OrderNone)}, "", 0},
		"who ends goes first":   {domain.HandoverPlan{Able: both, Open: true, Orders: ordered(requested, domain.OrderNone, gone, domain.OrderAsked)}, domain.HandoverWithdraw, 1},
		"all are cancelled":     {domain.HandoverPlan{Able: both, Open: true, Orders: ordered(gone, domain.OrderOver)}, domain.HandoverPrint, 1},
		"a house alone":         {domain.HandoverPlan{Able: house, Open: true, Orders: ordered(requested, domain.OrderNone)}, domain.HandoverBundle, 1},
		"a house alone, done":   {domain.HandoverPlan{Able: house, Bundled: true, Orders: ordered(printed, domain.OrderNone)}, "", 0},
		"the post alone":        {domain.HandoverPlan{Able: post, Orders: ordered(printed, domain.OrderNone)}, domain.HandoverOrder, 1},
		"the post alone, ready": {domain.HandoverPlan{Able: post, Orders: ordered(printed, domain.OrderBatched)}, domain.HandoverCheckIn, 1},
		"posted by hand":        {domain.HandoverPlan{Able: post, Orders: ordered(posted, domain.OrderBatched)}, "", 0},
	} {
		step, about := tc.plan.Next()
		require.Equal(t, tc.want, step, name)
		require.Len(t, about, tc.about, name)
	}
	many := domain.HandoverPlan{Able: both, Open: true}
	for range domain.HandoverPart + 1 {
		many.Orders = append(many.Orders, ordered(requested, domain.OrderNone)...)
	}
	_, about := many.Next()
	require.Len(t, about, domain.HandoverPart)
}

// A handover is given up after so many failures, or one that will not mend, and can
// then be begun again.
func TestHandoversAreGivenUp(t *testing.T) {
	t.Parallel()
	b := domain.LetterBatch{ID: uuid.New(), Status: domain.LetterBatchOpen}
	require.False(t, b.UnderWay())
	operator := uuid.New()
	require.NoError(t, b.HandOver(operator, at()))
	require.True(t, b.UnderWay())
	require.Equal(t, []string{"wait_for_handover"}, b.NextActions())
	var refused *apperr.Error
	require.ErrorAs(t, b.HandOver(operator, at()), &refused)
	require.Equal(t, apperr.InvalidTransition, refused.Code)
	require.Equal(t, []string{"wait_for_handover"}, refused.NextActions)

	whole, down := time.Duration(0), errors.New("status 503")
	for i := range domain.HandoverFailures {
		wait := b.Handover.Fail(down, at())
		require.Equal(t, i == domain.HandoverFailures-1, wait == 0)
		whole += wait
	}
	require.Greater(t, whole, time.Hour)
	require.Less(t, whole, 2*time.Hour)
	require.Equal(t, domain.HandoverFailed, b.Handover.Status)
	require.Equal(t, []string{"hand_over", "print_letters", "mark_printed"}, b.NextActions())

	require.NoError(t, b.HandOver(operator, at().Add(time.Hour)))
	require.Equal(t, domain.LetterHandover{
		BatchID: b.ID, Run: 2, Status: domain.HandoverUnderWay, OperatorID: operator, RequestedAt: at().Add(time.Hour),
	}, *b.Handover)
	require.Zero(t, b.Handover.Fail(fmt.Errorf("x: %w", domain.ErrUndeliverable), at()))
	require.Equal(t, at(), b.Handover.SettledAt)
	b.Handover.Status = domain.HandoverDone
	require.Error(t, b.HandOver(operator, at()))
	require.Equal(t, b.Status.NextActions(), b.NextActions())
}

func TestNamesForThePost(t *testing.T) {
	t.Parallel()
	o := domain.PostOrder{Letter: domain.Letter{ID: uuid.MustParse("0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55")}, Name: "12/3"}
	require.Equal(t, "12-3-6d2f1b9a4e55", o.Number())
	b := domain.LetterBatch{Number: 12, ID: o.Letter.ID}
	require.Equal(t, "letters-12-0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55", b.BundleName())
	two := []domain.PostOrder{{Batch: "71"}, {Batch: "72"}, {Batch: "71"}}
	require.Len(t, domain.OfOneBatch(two), 2)
	require.Len(t, domain.OrderStages(), 6)
}
