package letter

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// CreateBatch puts all letters that wait to be printed into a batch of the
// desk's place, but for those to the operator; [apperr.NothingToPrint] when there
// are none.
func (s *Service) CreateBatch(ctx context.Context, d domain.Desk) (out domain.LetterBatch, err error) {
	batch := domain.LetterBatch{
		ID: domain.NewID(), PlaceID: d.Place.ID, OperatorID: d.Operator.ID,
		Status: domain.LetterBatchOpen, CreatedAt: s.Clock.Now(),
	}
	own, err := s.own(ctx, d.Operator)
	if err != nil {
		return out, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.Batches.CreateBatch(ctx, batch, domain.MaxBatch, own)
		if err != nil {
			return err
		}
		if out.Count == 0 {
			return &apperr.Error{Code: apperr.NothingToPrint, NextActions: []string{"list_batches"}}
		}
		if err := s.note(ctx, d, "letter_batch.create", out.ID); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// note records what an operator did or looked at.
func (s *Service) note(ctx context.Context, d domain.Desk, action string, subject uuid.UUID) error {
	return s.Journal.Record(ctx, domain.NewAuditEvent(action, subject, d.Caller, s.Clock.Now()).By(d))
}

// noteOf records what an operator did with a letter or looked at, and whose it is.
func (s *Service) noteOf(ctx context.Context, d domain.Desk, action string, l domain.Letter) error {
	return s.Journal.Record(ctx, domain.NewAuditEvent(action, l.ID, d.Caller, s.Clock.Now()).Of(l.AccountID).By(d))
}

// ListBatches is a page of the batches of the desk's place, newest first.
func (s *Service) ListBatches(ctx context.Context, d domain.Desk, p domain.Page) (domain.LetterBatchList, error) {
	limit := p.Limit
	p.Limit++
	batches, err := s.Batches.Batches(ctx, d.Place.ID, p)
	if err != nil {
		return domain.LetterBatchList{}, err
	}
	waiting, err := s.Desk.Waiting(ctx)
	if err != nil {
		return domain.LetterBatchList{}, err
	}
	list := domain.LetterBatchList{Batches: batches[:min(limit, len(batches))], Waiting: waiting, More: len(batches) > limit}
	return list, s.note(ctx, d, "letter_batch.list", d.Place.ID)
}

// GetBatch is a batch of the desk's place with its letters. One of another
// place does not exist for the desk.
func (s *Service) GetBatch(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.LetterBatch, error) {
	b, err := s.batchOf(ctx, d, id)
	if err != nil {
		return b, err
	}
	return b, s.note(ctx, d, "letter_batch.view", b.ID)
}

// batchOf finds a batch of the desk's place with its letters.
func (s *Service) batchOf(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.LetterBatch, error) {
	b, err := s.Batches.Batch(ctx, id)
	if err != nil {
		return b, err
	}
	return s.complete(ctx, d, b)
}

// handled is a batch of the desk's place that the operator may put a hand on.
func (s *Service) handled(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.LetterBatch, error) {
	b, err := s.batchOf(ctx, d, id)
	if err != nil {
		return b, err
	}
	return b, s.notOwn(ctx, d, b.Letters...)
}

// complete adds its letters to a batch, if it is one of the desk's place.
func (s *Service) complete(ctx context.Context, d domain.Desk, b domain.LetterBatch) (domain.LetterBatch, error) {
	if b.PlaceID != d.Place.ID {
		return b, apperr.New(apperr.NotFound)
	}
	letters, err := s.Batches.LettersOf(ctx, b.ID)
	for i := range letters {
		letters[i].Refresh(s.Clock.Now())
	}
	b.Letters = letters
	if err != nil || b.Handover == nil {
		return b, err
	}
	b.Handover.Attempts, err = s.Handovers.Attempts(ctx, b.ID)
	return b, err
}

// RenderLetters is the letters of an open batch as a PDF. Later there are no
// codes to print any more.
func (s *Service) RenderLetters(ctx context.Context, d domain.Desk, id uuid.UUID) ([]byte, error) {
	b, err := s.handled(ctx, d, id)
	if err != nil {
		return nil, err
	}
	if err := byHand(b); err != nil {
		return nil, err
	}
	if b.Status != domain.LetterBatchOpen {
		return nil, &apperr.Error{Code: apperr.InvalidTransition, NextActions: b.Status.NextActions()}
	}
	jobs, err := s.Desk.PrintJobs(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(jobs) == 0 {
		return nil, &apperr.Error{Code: apperr.NothingToPrint, NextActions: b.Status.NextActions()}
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		for _, job := range jobs {
			if err := s.noteOf(ctx, d, "letter.render", job.Letter); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Press.Letters(b, d.Place, jobs)
}

// Dispatch is the list F.103 of a batch as a PDF, or as CSV.
func (s *Service) Dispatch(ctx context.Context, d domain.Desk, id uuid.UUID, csv bool) ([]byte, error) {
	b, err := s.handled(ctx, d, id)
	if err != nil {
		return nil, err
	}
	if err := s.note(ctx, d, "letter_batch.dispatch_list", b.ID); err != nil {
		return nil, err
	}
	if csv {
		return s.Press.DispatchCSV(b)
	}
	return s.Press.DispatchPDF(b, d.Place)
}

// MarkPrinted records that a batch is on paper. From then on nobody can print
// its codes again: they are erased. Letters that ended in the meantime are left
// out.
func (s *Service) MarkPrinted(ctx context.Context, d domain.Desk, id uuid.UUID) (out domain.LetterBatch, err error) {
	b, err := s.handled(ctx, d, id)
	if err != nil {
		return out, err
	}
	if err := byHand(b); err != nil {
		return out, err
	}
	if err := s.keepCopies(ctx, d, b); err != nil {
		return out, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.Batches.UpdateBatch(ctx, id, func(ctx context.Context, b *domain.LetterBatch) error {
			if err := byHand(*b); err != nil {
				return err
			}
			return s.print(ctx, d, b)
		})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

func (s *Service) print(ctx context.Context, d domain.Desk, b *domain.LetterBatch) (err error) {
	now := s.Clock.Now()
	if *b, err = s.complete(ctx, d, *b); err != nil {
		return err
	}
	if err := b.Print(now); err != nil {
		return err
	}
	for i, l := range b.Letters {
		if l.Status != domain.LetterRequested {
			continue
		}
		b.Letters[i], err = s.move(ctx, step{letter: l.ID, on: domain.LetterPrint, desk: &d})
		if err != nil {
			return err
		}
	}
	return s.note(ctx, d, "letter_batch.print", b.ID)
}

// step is something that happens to a letter on its way.
type step struct {
	letter uuid.UUID
	on     domain.LetterEvent
	// desk is whose doing it is; nil for the sandbox, which plays the post.
	desk *domain.Desk
	by   domain.Caller
	// track is the number that the post gave to the letter, if that is what
	// happens.
	track ident.PostalItemID
}

// move lets a step happen, in the caller's transaction, and tells the person of
// it where it matters to them. A letter that is cancelled at this very moment
// is not printed, and stays as it is.
func (s *Service) move(ctx context.Context, st step) (domain.Letter, error) {
	now := s.Clock.Now()
	l, err := s.Letters.Update(ctx, st.letter, func(l *domain.Letter) error {
		if st.on == domain.LetterPrint && !l.Status.Live() {
			return errLeftAlone
		}
		if err := l.Move(st.on, now); err != nil {
			return err
		}
		if st.on == domain.LetterPost {
			l.Track, l.ExpiresAt = st.track, now.Add(s.Policies.LetterLifetime)
		}
		return nil
	})
	if errors.Is(err, errLeftAlone) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	event := s.event(l, st.on, st.by)
	if st.desk != nil {
		event = event.By(*st.desk)
	}
	return l, s.follow(ctx, l, st.on, event)
}

// keepCopies keeps what is about to be printed, in a sandbox.
func (s *Service) keepCopies(ctx context.Context, d domain.Desk, b domain.LetterBatch) error {
	if s.Copies == nil {
		return nil
	}
	jobs, err := s.Desk.PrintJobs(ctx, b.ID)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if err := s.keepCopy(ctx, b, d.Place, job); err != nil {
			return err
		}
	}
	return nil
}

// keepCopy keeps one letter as it is printed.
func (s *Service) keepCopy(
	ctx context.Context, b domain.LetterBatch, from domain.ServiceCentre, job domain.PrintedLetter,
) error {
	pdf, err := s.Press.Letters(b, from, []domain.PrintedLetter{job})
	if err != nil {
		return err
	}
	return s.Copies.Keep(ctx, job, s.Clock.Now(), pdf)
}
