package letter_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/service/letter"
)

// The parts have methods of their own names.
type (
	batches   = letter.Batches
	journal   = letter.Journal
	handovers = letter.Handovers
	accounts  = letter.Accounts
)

// shelf has one batch, and nothing else that a handover asks for.
type shelf struct {
	batches
	journal
	handovers
	accounts

	batch domain.LetterBatch
}

func (*shelf) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

func (s *shelf) Batch(context.Context, uuid.UUID) (domain.LetterBatch, error) { return s.batch, nil }

func (s *shelf) LettersOf(context.Context, uuid.UUID) ([]domain.Letter, error) { return nil, nil }

func (s *shelf) UpdateBatch(
	ctx context.Context, _ uuid.UUID, fn func(context.Context, *domain.LetterBatch) error,
) (domain.LetterBatch, error) {
	b := s.batch
	return b, fn(ctx, &b)
}

func (*shelf) Others(context.Context, ident.SNILS, uuid.UUID) ([]uuid.UUID, error) { return nil, nil }

func (*shelf) FindByContact(context.Context, ident.Contact) (domain.Account, error) {
	return domain.Account{}, apperr.New(apperr.NotFound)
}

func (*shelf) Now() time.Time { return time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC) }

// does is a carrier of some steps.
type does []domain.HandoverStep

func (d does) Steps() []domain.HandoverStep { return d }

func (does) Carry(context.Context, domain.HandoverStep, *domain.Consignment) error { return nil }

// Where nothing is connected, or not what the batch needs, nothing is handed over.
func TestHandoverWithoutACarrier(t *testing.T) {
	t.Parallel()
	house, post := does{domain.HandoverBundle}, does{domain.HandoverOrder, domain.HandoverBatch, domain.HandoverCheckIn}
	for name, tc := range map[string]struct {
		status   domain.LetterBatchStatus
		carriers []letter.Carrier
		want     apperr.Code
		next     []string
	}{
		"none":              {domain.LetterBatchOpen, nil, apperr.CarrierMissing, []string{"print_letters", "mark_printed"}},
		"none, printed":     {domain.LetterBatchPrinted, nil, apperr.CarrierMissing, []string{"print_dispatch_list", "post_letters"}},
		"the post alone":    {domain.LetterBatchOpen, []letter.Carrier{post}, apperr.InvalidTransition, []string{"print_letters", "mark_printed"}},
		"a house, too late": {domain.LetterBatchPrinted, []letter.Carrier{house}, apperr.InvalidTransition, []string{"print_dispatch_list", "post_letters"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place := uuid.New()
			s := &shelf{batch: domain.LetterBatch{ID: uuid.New(), PlaceID: place, Status: tc.status}}
			service := letter.New(letter.Parts{
				Tx: s, Batches: s, Journal: s, Handovers: s, Accounts: s, Holders: s, Clock: s, Carriers: tc.carriers,
			})
			_, err := service.HandOver(t.Context(), domain.Desk{Place: domain.ServiceCentre{ID: place}}, s.batch.ID)
			var refused *apperr.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.want, refused.Code)
			require.Equal(t, tc.next, refused.NextActions)
		})
	}
}
