package letter

import (
	"cmp"
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Compare tells whether a code is that of a letter; nil says that it is. The
// attempt is paid for before the comparison and stays paid whatever its outcome,
// in transactions of its own, so that any number of guesses at once gets no more
// of them. The right code changes nothing yet: [Service.Settle] does. The code is
// as [example.org/kabinet/internal/otp.ParseCrockford] writes it.
func (s *Service) Compare(ctx context.Context, id uuid.UUID, code string) error {
	l, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	if err := refusal(l); err != nil {
		return err
	}
	now := s.Clock.Now()
	quota, err := s.Limits.Take(ctx, s.Policies.LetterAttemptsLimit(), id.String(), now)
	if err != nil {
		return err
	}
	l, spent, err := s.Letters.Spend(ctx, id, now)
	if err != nil {
		return err
	}
	if !spent {
		return s.noAttempt(ctx, l)
	}
	if s.Sealer.Matches(l.MAC, l.ID, purpose(l.Purpose), code) {
		return nil
	}
	return s.wrongCode(ctx, l, quota)
}

// noAttempt is why no attempt could be taken from a letter that took codes just
// before. If there was none left, whoever took the last one may have come to an
// end before the letter did, which is made up for.
func (s *Service) noAttempt(ctx context.Context, l domain.Letter) error {
	l.Refresh(s.Clock.Now())
	if l.Status.TakesCode() {
		var err error
		if l, err = s.exhaust(ctx, l); err != nil {
			return err
		}
	}
	return cmp.Or(refusal(l), stateError(apperr.CodeExhausted, l))
}

// refusal is why a letter takes no code; nil if it does.
func refusal(l domain.Letter) error {
	switch {
	case l.Status.TakesCode():
		return nil
	case l.Status.Live():
		return stateError(apperr.LetterNotPosted, l)
	case l.Status == domain.LetterExpired:
		return stateError(apperr.CodeExpired, l)
	case l.Status == domain.LetterExhausted:
		return stateError(apperr.CodeExhausted, l)
	default:
		return stateError(apperr.InvalidTransition, l)
	}
}

func stateError(code apperr.Code, l domain.Letter) error {
	return &apperr.Error{Code: code, NextActions: l.Status.NextActions()}
}

// wrongCode records a wrong code and makes its error. The last one ends the
// letter.
func (s *Service) wrongCode(ctx context.Context, l domain.Letter, quota apperr.Quota) error {
	left := l.AttemptsLeft
	wrong := &apperr.Error{
		Code: apperr.CodeIncorrect, AttemptsLeft: &left, Quota: &quota, NextActions: l.Status.NextActions(),
	}
	if left > 0 {
		return cmp.Or[error](s.Journal.Record(ctx, s.event(l, "wrong_code", domain.Caller{})), wrong)
	}
	l, err := s.exhaust(ctx, l)
	wrong.NextActions = l.Status.NextActions()
	return cmp.Or[error](err, wrong)
}

// exhaust ends a letter without attempts, unless it came to an end meanwhile.
func (s *Service) exhaust(ctx context.Context, l domain.Letter) (domain.Letter, error) {
	err := s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		l, err = s.Letters.Update(ctx, l.ID, func(l *domain.Letter) error {
			return l.Move(domain.LetterExhaust, s.Clock.Now())
		})
		if err != nil {
			return err
		}
		return s.follow(ctx, l, domain.LetterExhaust, s.event(l, domain.LetterExhaust, domain.Caller{}))
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return s.Find(ctx, l.ID)
	}
	return l, err
}
