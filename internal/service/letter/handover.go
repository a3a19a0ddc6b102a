package letter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// HandOver gives a batch to the carriers: one that is not printed yet to the
// printing house and the post, a printed one to the post. A job does the rest.
// [apperr.CarrierMissing] when there is none.
func (s *Service) HandOver(ctx context.Context, d domain.Desk, id uuid.UUID) (out domain.LetterBatch, err error) {
	if _, err := s.handled(ctx, d, id); err != nil {
		return out, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.Batches.UpdateBatch(ctx, id, func(ctx context.Context, b *domain.LetterBatch) error {
			return s.handOver(ctx, d, b)
		})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

func (s *Service) handOver(ctx context.Context, d domain.Desk, b *domain.LetterBatch) (err error) {
	if *b, err = s.complete(ctx, d, *b); err != nil {
		return err
	}
	able := s.able()
	if len(able) == 0 {
		return &apperr.Error{Code: apperr.CarrierMissing, NextActions: b.Status.NextActions()}
	}
	needed := map[bool]domain.HandoverStep{true: domain.HandoverBundle, false: domain.HandoverCheckIn}
	if !able[needed[b.Status == domain.LetterBatchOpen]] {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: b.Status.NextActions()}
	}
	if err := b.HandOver(d.Operator.ID, s.Clock.Now()); err != nil {
		return err
	}
	if err := s.note(ctx, d, "letter_batch.hand_over", b.ID); err != nil {
		return err
	}
	return s.Handovers.StartCarrying(ctx, domain.CarryLetters{BatchID: b.ID, Run: b.Handover.Run})
}

// able are the steps that the configured carriers do.
func (s *Service) able() map[domain.HandoverStep]bool {
	able := map[domain.HandoverStep]bool{}
	for _, c := range s.Carriers {
		for _, step := range c.Steps() {
			able[step] = true
		}
	}
	return able
}

// byHand refuses to do by hand what a machine is doing.
func byHand(b domain.LetterBatch) error {
	if b.UnderWay() {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: b.NextActions()}
	}
	return nil
}

const (
	// carrierTime is how long a carrier may take. A job has time for two, for the
	// papers that are made between them, and for noting what came of it.
	carrierTime = 16 * time.Second
	// nextStep is the wait before the next step: none, but that nothing else is kept
	// from being done.
	nextStep = time.Millisecond
)

// setback is a step that a carrier could not do. Others have the error of whatever
// else went wrong.
type setback struct {
	step  domain.HandoverStep
	cause error
}

// Error implements error.
func (e *setback) Error() string { return string(e.step) + ": " + e.cause.Error() }

// Unwrap is the cause.
func (e *setback) Unwrap() error { return e.cause }

// Carry does the next step of a batch's handover. It returns how long to wait
// before the next one; zero when there is nothing more to be done. Repeating it
// does nothing twice. An error together with a wait tells what failed for now, one
// that wraps [domain.ErrUndeliverable] that the handover was given up.
func (s *Service) Carry(ctx context.Context, job domain.CarryLetters) (time.Duration, error) {
	way, err := s.onItsWay(ctx, job)
	if errors.Is(err, errLeftAlone) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	step, about := way.plan(s.able()).Next()
	if step == "" {
		return 0, s.settle(ctx, way)
	}
	if way.orphan {
		return s.setBack(ctx, way, &setback{step, errNoPlace})
	}
	way.Orders = about
	err = s.take(ctx, way, step)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if failed, ok := errors.AsType[*setback](err); ok {
		return s.setBack(ctx, way, failed)
	}
	if err != nil {
		return 0, err
	}
	return nextStep, nil
}

// way is a batch on its way, and whose doing that is.
type way struct {
	domain.Consignment

	job  domain.CarryLetters
	desk domain.Desk
	// orphan tells that the office is gone.
	orphan bool
}

// errNoPlace is for a batch whose office is on the list no more.
var errNoPlace = fmt.Errorf("the office is not on the list any more: %w", domain.ErrUndeliverable)

// onItsWay is all that is known of a batch, or errLeftAlone if the job has nothing
// to do with it any more.
func (s *Service) onItsWay(ctx context.Context, job domain.CarryLetters) (*way, error) {
	b, err := s.Batches.Batch(ctx, job.BatchID)
	if err != nil {
		return nil, err
	}
	if !current(b, job) {
		return nil, errLeftAlone
	}
	place, err := s.Places.Get(ctx, b.PlaceID)
	orphan := errors.Is(err, apperr.New(apperr.NotFound))
	if err != nil && !orphan {
		return nil, err
	}
	place.ID = b.PlaceID
	w := &way{
		job: job, desk: domain.Desk{Operator: domain.Operator{ID: b.Handover.OperatorID}, Place: place}, orphan: orphan,
	}
	if b, err = s.complete(ctx, w.desk, b); err != nil {
		return nil, err
	}
	w.Batch, w.From = b, place
	for _, l := range b.Letters {
		w.Orders = append(w.Orders, domain.PostOrder{Letter: l, Name: b.NameIn(l.ID)})
	}
	return w, s.Handovers.Orders(ctx, w.Orders)
}

// current tells whether a job is that of the handover under way.
func current(b domain.LetterBatch, job domain.CarryLetters) bool {
	return b.UnderWay() && b.Handover.Run == job.Run
}

func (w *way) plan(able map[domain.HandoverStep]bool) domain.HandoverPlan {
	return domain.HandoverPlan{
		Able: able, Open: w.Batch.Status == domain.LetterBatchOpen,
		Bundled: !w.Batch.Handover.BundledAt.IsZero(), Orders: w.Orders,
	}
}

// take takes a step.
func (s *Service) take(ctx context.Context, w *way, step domain.HandoverStep) error {
	switch step { //nolint:exhaustive // a list is got for a bundle
	case domain.HandoverOrder:
		return s.request(ctx, w, step, [2]domain.OrderStage{domain.OrderAsked, domain.OrderMade})
	case domain.HandoverBatch:
		return s.request(ctx, w, step, [2]domain.OrderStage{domain.OrderBatching, domain.OrderBatched})
	case domain.HandoverWithdraw:
		return s.request(ctx, w, step, [2]domain.OrderStage{domain.OrderEnding, domain.OrderOver})
	case domain.HandoverBundle:
		return s.bundle(ctx, w)
	case domain.HandoverPrint:
		return s.printed(ctx, w)
	case domain.HandoverCheckIn:
		return s.checkIn(ctx, w)
	}
	return fmt.Errorf("letter: no step %q", step)
}

// carry has the carrier that can do a step.
func (s *Service) carry(ctx context.Context, w *way, step domain.HandoverStep) error {
	for _, c := range s.Carriers {
		for _, does := range c.Steps() {
			if does != step {
				continue
			}
			bounded, cancel := context.WithTimeout(ctx, carrierTime)
			defer cancel()
			if err := c.Carry(bounded, step, &w.Consignment); err != nil {
				return &setback{step, err}
			}
			return nil
		}
	}
	return nil
}

// request has the post do something with orders. That it is asked is noted before,
// and how far it came whatever becomes of the request.
func (s *Service) request(ctx context.Context, w *way, step domain.HandoverStep, stages [2]domain.OrderStage) error {
	asked, reached := stages[0], stages[1]
	noted := slices.Clone(w.Orders)
	for i := range noted {
		noted[i].Stage = asked
	}
	if err := s.saveOrders(ctx, noted); err != nil {
		return err
	}
	// The carrier is told what was known before: an order that was asked for then has
	// to be looked for.
	failed := s.carry(ctx, w, step)
	if failed == nil && slices.ContainsFunc(w.Orders, func(o domain.PostOrder) bool { return o.Stage != reached }) {
		failed = &setback{step, errStandstill}
	}
	for i, o := range w.Orders {
		if o.Stage != reached {
			w.Orders[i].Stage = asked
		}
	}
	// What was reached is kept, even if there is no time left for more.
	err := s.saveOrders(context.WithoutCancel(ctx), w.Orders)
	if failed != nil || err != nil {
		return errors.Join(failed, err)
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error { return s.done(ctx, w, step, nil) })
}

func (s *Service) saveOrders(ctx context.Context, orders []domain.PostOrder) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error { return s.Handovers.SaveOrders(ctx, orders) })
}

// errStandstill is for a carrier that says it did what it did not.
var errStandstill = errors.New("not all letters came further")

// checkIn announces the letters of one of the post's batches. They are posted then,
// with the numbers that the post gave them.
func (s *Service) checkIn(ctx context.Context, w *way) error {
	w.Orders = domain.OfOneBatch(w.Orders)
	if err := s.carry(ctx, w, domain.HandoverCheckIn); err != nil {
		return err
	}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.done(ctx, w, domain.HandoverCheckIn, func(ctx context.Context, b *domain.LetterBatch) error {
			return s.postOrdered(ctx, w, b)
		})
	})
}

// postOrdered posts the letters of orders that are still to be posted.
func (s *Service) postOrdered(ctx context.Context, w *way, b *domain.LetterBatch) error {
	letters := map[uuid.UUID]domain.Letter{}
	for _, l := range b.Letters {
		letters[l.ID] = l
	}
	var items []domain.Posting
	for i, o := range w.Orders {
		w.Orders[i].Stage = domain.OrderOver
		if letters[o.Letter.ID].Status == domain.LetterPrinted {
			items = append(items, domain.Posting{LetterID: o.Letter.ID, Track: o.Track})
		}
	}
	if err := s.checkPostings(ctx, *b, items); err != nil {
		return &setback{domain.HandoverCheckIn, errTrackTaken}
	}
	for _, item := range items {
		if _, err := s.move(ctx, step{letter: item.LetterID, on: domain.LetterPost, desk: &w.desk, track: item.Track}); err != nil {
			return err
		}
	}
	return s.Handovers.SaveOrders(ctx, w.Orders)
}

// errTrackTaken is for a track number that another letter has.
var errTrackTaken = fmt.Errorf("a track number belongs to another letter: %w", domain.ErrUndeliverable)

// done notes a step that is done, in the caller's transaction, with what else goes
// with it.
func (s *Service) done(
	ctx context.Context, w *way, step domain.HandoverStep, also func(context.Context, *domain.LetterBatch) error,
) error {
	return s.onHandover(ctx, w, func(ctx context.Context, b *domain.LetterBatch) error {
		if also != nil {
			if err := also(ctx, b); err != nil {
				return err
			}
		}
		b.Handover.Failures = 0
		if err := s.attempt(ctx, w, domain.HandoverAttempt{Step: step, Done: true}); err != nil {
			return err
		}
		event := domain.NewAuditEvent("letter_batch.carry", b.ID, w.desk.Caller, s.Clock.Now()).By(w.desk)
		return s.Journal.Record(ctx, event.Because(string(step)))
	})
}

// onHandover changes a batch whose handover the job still belongs to.
func (s *Service) onHandover(
	ctx context.Context, w *way, fn func(context.Context, *domain.LetterBatch) error,
) error {
	_, err := s.Batches.UpdateBatch(ctx, w.job.BatchID, func(ctx context.Context, b *domain.LetterBatch) (err error) {
		if !current(*b, w.job) {
			return errLeftAlone
		}
		if *b, err = s.complete(ctx, w.desk, *b); err != nil {
			return err
		}
		return fn(ctx, b)
	})
	if errors.Is(err, errLeftAlone) {
		return nil
	}
	return err
}

func (s *Service) attempt(ctx context.Context, w *way, a domain.HandoverAttempt) error {
	a.ID, a.BatchID, a.Run, a.At = domain.NewID(), w.job.BatchID, w.job.Run, s.Clock.Now()
	return s.Handovers.AddAttempt(ctx, a)
}

// setBack notes a failure, and gives the handover up if it was one too many.
func (s *Service) setBack(ctx context.Context, w *way, e *setback) (wait time.Duration, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.onHandover(ctx, w, func(ctx context.Context, b *domain.LetterBatch) error {
			wait = b.Handover.Fail(e, s.Clock.Now())
			return s.attempt(ctx, w, domain.HandoverAttempt{Step: e.step, Reason: e.cause.Error()})
		})
	})
	switch {
	case err != nil:
		return 0, errors.Join(e, err)
	case wait == 0:
		return 0, fmt.Errorf("%w: %w", domain.ErrUndeliverable, e)
	default:
		return wait, e
	}
}

// settle records that all is done.
func (s *Service) settle(ctx context.Context, w *way) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		return s.onHandover(ctx, w, func(_ context.Context, b *domain.LetterBatch) error {
			b.Handover.Status, b.Handover.SettledAt = domain.HandoverDone, s.Clock.Now()
			return nil
		})
	})
}
