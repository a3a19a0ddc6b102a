package operator

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/token"
)

// link is the one-time way to a password and a second factor.
type link struct {
	token string
	hash  []byte
	until time.Time
}

func (s *Service) newLink() (link, error) {
	text, hash, err := token.NewOpaque()
	return link{text, hash, s.Clock.Now().Add(s.Policies.EnrolmentLifetime)}, err
}

// address is where the link leads. What follows the # is never sent to a
// server by a browser, and so stands in no log.
func (s *Service) address(l link) string { return s.Cabinet + "/operator-enrolment#" + l.token }

// Create invites an operator; the enrolment link goes to the operator's
// address and nowhere else.
func (s *Service) Create(ctx context.Context, in domain.OperatorInvitation) (domain.Operator, error) {
	l, err := s.newLink()
	if err != nil {
		return domain.Operator{}, err
	}
	o, a, err := s.prepare(ctx, in, l)
	if err != nil {
		return o, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.store(ctx, o, a, in.By); err != nil {
			return err
		}
		if err := s.send(ctx, o, l); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, o)
	})
	return o, err
}

// CreateHere invites an operator on the machine itself; the enrolment link is
// returned and sent to nobody.
func (s *Service) CreateHere(ctx context.Context, in domain.OperatorInvitation) (o domain.Operator, address string, err error) {
	l, err := s.newLink()
	if err != nil {
		return o, "", err
	}
	o, a, err := s.prepare(ctx, in, l)
	if err != nil {
		return o, "", err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error { return s.store(ctx, o, a, in.By) })
	return o, s.address(l), err
}

func (s *Service) prepare(
	ctx context.Context, in domain.OperatorInvitation, l link,
) (domain.Operator, domain.Account, error) {
	if err := s.known(ctx, in.Places); err != nil {
		return domain.Operator{}, domain.Account{}, err
	}
	in.Places = distinct(in.Places)
	o, a := domain.NewOperator(in, s.Clock.Now())
	o.EnrolmentHash, o.EnrolmentUntil = l.hash, l.until
	return o, a, nil
}

func (s *Service) store(ctx context.Context, o domain.Operator, a domain.Account, by domain.Desk) error {
	if err := s.Operators.Create(ctx, o, a); err != nil {
		return err
	}
	return s.record(ctx, "operator.create", o.ID, by)
}

func (s *Service) send(ctx context.Context, o domain.Operator, l link) error {
	m := domain.NewMessage(domain.MessageOperatorEnrolment, o.Email, o.Locale, s.Clock.Now())
	m.Link, m.ExpiresAt = s.address(l), l.until
	return s.Journal.Enqueue(ctx, m)
}

func distinct(ids []uuid.UUID) []uuid.UUID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// known refuses places that are not on the list of service centres.
func (s *Service) known(ctx context.Context, places []uuid.UUID) error {
	var wrong []apperr.Field
	for i, id := range places {
		_, err := s.Centres.Get(ctx, id)
		switch {
		case errors.Is(err, apperr.New(apperr.NotFound)):
			wrong = append(wrong, apperr.Field{Pointer: "/place_ids/" + strconv.Itoa(i), Code: apperr.PlaceUnknown})
		case err != nil:
			return err
		}
	}
	if len(wrong) > 0 {
		return apperr.Invalid(wrong...)
	}
	return nil
}

// SetPlaces says where an operator works from now on.
func (s *Service) SetPlaces(ctx context.Context, in domain.OperatorChange) (o domain.Operator, err error) {
	if err := s.known(ctx, in.Places); err != nil {
		return o, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		// The row's lock puts changes at the same time in an order.
		o, err = s.Operators.Update(ctx, in.OperatorID, func(*domain.Operator) error { return nil })
		if err != nil {
			return err
		}
		o.Places = distinct(in.Places)
		if err := s.Staff.SetPlaces(ctx, o); err != nil {
			return err
		}
		return s.record(ctx, "operator.set_places", o.ID, in.By)
	})
	return o, err
}

// Invite sends an operator a new enrolment link. The password, the second
// factor and all sessions of before are worth nothing from then on.
func (s *Service) Invite(ctx context.Context, in domain.OperatorChange) (o domain.Operator, err error) {
	l, err := s.newLink()
	if err != nil {
		return o, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err = s.shutOut(ctx, in, "operator.invite", func(o *domain.Operator) error { return o.Invite(l.hash, l.until) })
		if err != nil {
			return err
		}
		if err := s.send(ctx, o, l); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, o)
	})
	return o, err
}

// Disable shuts an operator out at once.
func (s *Service) Disable(ctx context.Context, in domain.OperatorChange) (o domain.Operator, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if o, err = s.shutOut(ctx, in, "operator.disable", (*domain.Operator).Disable); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, o)
	})
	return o, err
}

// shutOut makes a move after which the operator cannot work for now, and ends
// the sessions. Nobody does it to themselves, and nobody who was shut out a
// moment before does it to others: so one administrator always stays.
func (s *Service) shutOut(
	ctx context.Context, in domain.OperatorChange, action string, move func(*domain.Operator) error,
) (o domain.Operator, err error) {
	if in.OperatorID == in.By.Operator.ID {
		return o, apperr.New(apperr.OwnAccount)
	}
	administrators, err := s.Staff.LockAdministrators(ctx)
	if err != nil {
		return o, err
	}
	if !slices.Contains(administrators, in.By.Operator.ID) {
		return o, apperr.New(apperr.Forbidden)
	}
	if o, err = s.Operators.Update(ctx, in.OperatorID, move); err != nil {
		return o, err
	}
	if err := s.record(ctx, action, o.ID, in.By); err != nil {
		return o, err
	}
	return o, s.endSessions(ctx, o, in.By)
}

func (s *Service) endSessions(ctx context.Context, o domain.Operator, by domain.Desk) error {
	now := s.Clock.Now()
	ended, err := s.Sessions.EndAll(ctx, o.ID, now)
	if err != nil {
		return err
	}
	for _, session := range ended {
		event := domain.NewAuditEvent("session.close", session.ID, by.Caller, now)
		if err := s.Journal.Record(ctx, event.By(by).Of(o.ID)); err != nil {
			return err
		}
	}
	return nil
}
