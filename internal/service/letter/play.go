package letter

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// Play plays the post of a sandbox: whatever is missing until the outcome
// happens to the letter.
func (s *Service) Play(
	ctx context.Context, id uuid.UUID, outcome domain.LetterOutcome, by domain.Caller,
) (out domain.Letter, err error) {
	l, err := s.Find(ctx, id)
	if err != nil {
		return l, err
	}
	if !l.Status.Live() {
		return l, stateError(apperr.InvalidTransition, l)
	}
	if l.Status == domain.LetterRequested {
		if err := s.copyOf(ctx, id); err != nil {
			return l, err
		}
	}
	track, err := newTrack()
	if err != nil {
		return l, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if out, err = s.play(ctx, step{letter: id, by: by, track: track}, outcome); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// play lets the steps happen that are missing.
func (s *Service) play(ctx context.Context, st step, outcome domain.LetterOutcome) (domain.Letter, error) {
	l, err := s.Find(ctx, st.letter)
	for err == nil {
		switch {
		case l.Status == domain.LetterRequested:
			st.on = domain.LetterPrint
		case l.Status == domain.LetterPrinted:
			st.on = domain.LetterPost
		case l.Status == domain.LetterDelivered && outcome == domain.OutcomeDelivered:
			return l, nil
		default:
			st.on = outcome.Event()
			return s.move(ctx, st)
		}
		l, err = s.move(ctx, st)
	}
	return l, err
}

// copyOf keeps a letter as it is printed. One that is printed by now has its
// copy.
func (s *Service) copyOf(ctx context.Context, id uuid.UUID) error {
	job, err := s.Desk.PrintJob(ctx, id)
	if err != nil {
		return err
	}
	return s.keepCopy(ctx, domain.LetterBatch{CreatedAt: s.Clock.Now()}, domain.ServiceCentre{}, job)
}

// newTrack is a track number as the post gives it: an index, a month and a
// number, all made up, and the check digit.
func newTrack() (track ident.PostalItemID, err error) {
	const free, digits = 13, 10
	number, err := otp.Digits(free)
	if err != nil {
		return track, err
	}
	for check := range digits {
		if track, err = ident.ParsePostalItemID(number + strconv.Itoa(check)); err == nil {
			return track, nil
		}
	}
	return track, err
}
