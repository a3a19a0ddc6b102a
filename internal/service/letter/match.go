package letter

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Match finds the letter to a payer whose code is given; [uuid.Nil] if there is
// none. The guess costs an attempt of each letter whose code might be meant, in
// the caller's transaction, and for an account without letters takes as long. The
// last attempt ends a letter. The right code changes nothing yet:
// [Service.Settle] does.
func (s *Service) Match(ctx context.Context, account uuid.UUID, code string) (found uuid.UUID, err error) {
	letters, err := s.Letters.SpendAll(ctx, account, s.Clock.Now())
	if err != nil {
		return found, err
	}
	for _, l := range letters {
		if s.Sealer.Matches(l.MAC, l.ID, purpose(l.Purpose), code) {
			found = l.ID
			continue
		}
		if l.AttemptsLeft == 0 {
			if _, err := s.exhaust(ctx, l); err != nil {
				return found, err
			}
		}
	}
	if len(letters) == 0 {
		decoy, err := s.Sealer.Decoy()
		s.Sealer.Matches(decoy, account, purpose(domain.LetterPayerActivation), code)
		return found, err
	}
	return found, nil
}
