package letter

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Post records which numbers the post gave to letters of a batch: to all of
// them or, if anything is wrong, to none. Everything that is wrong is told at
// once, item by item.
func (s *Service) Post(
	ctx context.Context, d domain.Desk, id uuid.UUID, items []domain.Posting,
) (out domain.LetterBatch, err error) {
	if _, err := s.handled(ctx, d, id); err != nil {
		return out, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.Batches.UpdateBatch(ctx, id, func(ctx context.Context, b *domain.LetterBatch) error {
			return s.post(ctx, d, b, items)
		})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

func (s *Service) post(ctx context.Context, d domain.Desk, b *domain.LetterBatch, items []domain.Posting) (err error) {
	if *b, err = s.complete(ctx, d, *b); err != nil {
		return err
	}
	if err := byHand(*b); err != nil {
		return err
	}
	if b.Status != domain.LetterBatchPrinted {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: b.Status.NextActions()}
	}
	if err := s.checkPostings(ctx, *b, items); err != nil {
		return err
	}
	for _, item := range items {
		l, err := s.move(ctx, step{letter: item.LetterID, on: domain.LetterPost, desk: &d, track: item.Track})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(b.Letters, func(l domain.Letter) bool { return l.ID == item.LetterID })
		b.Letters[i] = l
	}
	return s.note(ctx, d, "letter_batch.post", b.ID)
}

// checkPostings names all that is wrong with postings.
func (s *Service) checkPostings(ctx context.Context, b domain.LetterBatch, items []domain.Posting) error {
	ready := map[uuid.UUID]bool{}
	for _, l := range b.Letters {
		ready[l.ID] = l.Status == domain.LetterPrinted
	}
	tracks := make([]ident.PostalItemID, 0, len(items))
	for _, item := range items {
		tracks = append(tracks, item.Track)
	}
	taken, err := s.Desk.Taken(ctx, tracks)
	if err != nil {
		return err
	}
	var wrong []apperr.Field
	for i, item := range items {
		pointer := "/items/" + strconv.Itoa(i)
		if !ready[item.LetterID] {
			wrong = append(wrong, apperr.Field{Pointer: pointer + "/letter_id", Code: apperr.LetterNotInBatch})
		}
		if slices.Contains(taken, item.Track) {
			wrong = append(wrong, apperr.Field{Pointer: pointer + "/track_number", Code: apperr.TrackNumberTaken})
		}
		// What stands twice is wrong the second time.
		ready[item.LetterID] = false
		taken = append(taken, item.Track)
	}
	if len(wrong) > 0 {
		return apperr.Invalid(wrong...)
	}
	return nil
}

// Outcome records what the post says about a letter of the desk's place.
func (s *Service) Outcome(
	ctx context.Context, d domain.Desk, id uuid.UUID, outcome domain.LetterOutcome,
) (out domain.Letter, err error) {
	l, err := s.letterOf(ctx, d, id)
	if err != nil {
		return out, err
	}
	if err := s.notOwn(ctx, d, l); err != nil {
		return out, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.move(ctx, step{letter: id, on: outcome.Event(), desk: &d})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// letterOf finds a letter in a batch of the desk's place, where it stays.
func (s *Service) letterOf(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.Letter, error) {
	l, err := s.Letters.Get(ctx, id)
	if err != nil {
		return l, err
	}
	if l.BatchID == uuid.Nil {
		return l, apperr.New(apperr.NotFound)
	}
	b, err := s.Batches.Batch(ctx, l.BatchID)
	if err == nil && b.PlaceID != d.Place.ID {
		return l, apperr.New(apperr.NotFound)
	}
	return l, err
}

// List is a page of the letters of the desk's place. Those overdue are not
// posted though their day is over at the place.
func (s *Service) List(
	ctx context.Context, d domain.Desk, q domain.LetterQuery, overdue bool,
) (domain.LetterList, error) {
	now, limit := s.Clock.Now(), q.Page.Limit
	q.PlaceID = d.Place.ID
	q.Page.Limit++
	if overdue {
		q.NotPostedBefore = d.Place.Today(now)
	}
	letters, err := s.Desk.List(ctx, q)
	if err != nil {
		return domain.LetterList{}, err
	}
	for i := range letters {
		letters[i].Refresh(now)
	}
	list := domain.LetterList{Letters: letters[:min(limit, len(letters))], More: len(letters) > limit}
	return list, s.noteList(ctx, d, list.Letters)
}

// noteList records whose letters an operator has looked at, in one row for them
// all.
func (s *Service) noteList(ctx context.Context, d domain.Desk, seen []domain.Letter) error {
	ids := make([]string, 0, len(seen))
	for _, l := range seen {
		ids = append(ids, l.ID.String())
	}
	event := domain.NewAuditEvent("letter.list", d.Place.ID, d.Caller, s.Clock.Now())
	return s.Journal.Record(ctx, event.By(d).Because(strings.Join(ids, " ")))
}
