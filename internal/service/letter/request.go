package letter

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// Request orders a letter, in the transaction of the caller, who holds the
// account: of two at once the second counts the first. Too soon after others it
// is [apperr.LetterTooEarly] with the time to try again.
func (s *Service) Request(ctx context.Context, order domain.LetterOrder) (domain.Letter, error) {
	now := s.Clock.Now()
	next, err := s.NextAllowed(ctx, order.AccountID)
	if err != nil {
		return domain.Letter{}, err
	}
	if !next.IsZero() {
		return domain.Letter{}, &apperr.Error{
			Code: apperr.LetterTooEarly, RetryAt: next, NextActions: []string{"request_confirmation"},
		}
	}
	p, err := s.write(order, now)
	if err != nil {
		return domain.Letter{}, err
	}
	if err := s.Letters.Create(ctx, p); err != nil {
		return domain.Letter{}, err
	}
	return p.Letter, s.Journal.Record(ctx, s.event(p.Letter, "request", order.Caller))
}

// write makes a letter with its code.
func (s *Service) write(order domain.LetterOrder, now time.Time) (domain.PrintedLetter, error) {
	today, err := s.today(order.Address)
	if err != nil {
		return domain.PrintedLetter{}, err
	}
	due, err := s.Calendar.AddWorkingDays(today, s.Policies.LetterPostingDays)
	if err != nil {
		return domain.PrintedLetter{}, err
	}
	code, mac, err := s.newCode(order)
	return domain.PrintedLetter{Code: code, Letter: domain.Letter{
		ID: order.ID, AccountID: order.AccountID, Purpose: order.Purpose, Status: domain.LetterRequested,
		Recipient: order.Recipient, Address: order.Address, Reference: order.Reference, Locale: order.Locale,
		MAC: mac, AttemptsLeft: s.Policies.LetterAttemptsFor(order.Purpose), RequestedAt: now, DueOn: due,
	}}, err
}

// newCode makes the code of a letter and what is kept of it. A notice has none,
// and keeps what no code solves.
func (s *Service) newCode(order domain.LetterOrder) (code string, mac []byte, err error) {
	switch order.Purpose {
	case domain.LetterIdentity:
		code, err = otp.Crockford(domain.LetterCodeLength)
	case domain.LetterPayerActivation:
		code, err = otp.LuhnDigits(domain.PayerCodeLength)
	case domain.LetterPayerNotice:
		mac, err = s.Sealer.Decoy()
		return "", mac, err
	}
	if err != nil {
		return "", nil, err
	}
	mac, err = s.Sealer.Seal(order.ID, purpose(order.Purpose), code)
	return code, mac, err
}

// purpose keeps the codes of letters apart from those of challenges.
func purpose(p domain.LetterPurpose) string { return "letter/" + string(p) }

// NextAllowed is when an account may have another letter; zero for now.
func (s *Service) NextAllowed(ctx context.Context, account uuid.UUID) (time.Time, error) {
	now := s.Clock.Now()
	before, err := s.Letters.Since(ctx, account, now.Add(-max(s.Policies.LettersPeriod, s.Policies.LetterGap)))
	return domain.NextLetter(before, s.Policies, now), err
}

// errLeftAlone ends a change that turned out to be none.
var errLeftAlone = errors.New("nothing to change")

// Settle lets an event of a letter happen that is not the post's, in the
// caller's transaction: a cancellation, the right code, or its being
// superseded, or its time being over. What cannot lead to its code any more is
// neither cancelled nor superseded, and left alone; so is what has not expired.
func (s *Service) Settle(ctx context.Context, id uuid.UUID, on domain.LetterEvent, by domain.Caller) error {
	if on == domain.LetterExpire {
		return s.lapse(ctx, id)
	}
	now := s.Clock.Now()
	l, err := s.Letters.Update(ctx, id, func(l *domain.Letter) error {
		seen := *l
		seen.Refresh(now)
		if on != domain.LetterEnterCode && !seen.Status.Live() {
			return errLeftAlone
		}
		return l.Move(on, now)
	})
	if errors.Is(err, errLeftAlone) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.follow(ctx, l, on, s.event(l, on, by))
}

// lapse records that a letter's time is over, if it is and nothing has recorded
// that yet: another one may be wanted before the next sweep.
func (s *Service) lapse(ctx context.Context, id uuid.UUID) error {
	err := s.expire(ctx, id)
	if errors.Is(err, errLeftAlone) {
		return nil
	}
	return err
}
