package confirmation

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// pause is for how long a refusal keeps everybody from deciding on the same
// person, in whichever way and place: of two who decide at once, one does.
const pause = time.Minute

// FindByVisitCode finds the visit that a code belongs to. The code may be typed
// by hand or be what the picture holds.
func (s *Service) FindByVisitCode(ctx context.Context, text string) (domain.Confirmation, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), domain.VisitPayload)
	code, err := otp.ParseCrockford(text, domain.VisitCodeLength)
	if err != nil {
		return domain.Confirmation{}, apperr.Invalid(
			apperr.Field{Pointer: "/visit_code", Code: apperr.VisitCodeFormat})
	}
	c, err := s.Finder.FindByVisitCode(ctx, code)
	c.Refresh(s.Clock.Now())
	if err == nil && c.Status != domain.ConfirmationRequested {
		return domain.Confirmation{}, apperr.New(apperr.NotFound)
	}
	return c, err
}

// ConfirmInPerson confirms the identity of a person at the counter, if the
// document that the operator has seen is the one that was checked.
func (s *Service) ConfirmInPerson(
	ctx context.Context, in domain.InPersonDecision,
) (out domain.Confirmation, err error) {
	err = s.with(ctx, in.AccountID, func(ctx context.Context, a *domain.Account) (refusal, err error) {
		at, err := s.counter(ctx, a, in.Desk)
		if err != nil {
			return nil, err
		}
		if wrong := in.Document.Differs(at.data.Subject); len(wrong) > 0 {
			return mismatch(wrong), s.record(ctx, operator(in.Desk), entry{
				action: "confirmation.document_mismatch", subject: a.ID, account: a.ID, reason: strings.Join(wrong, " "),
			})
		}
		visit, err := s.visit(ctx, a, at, in.Desk)
		if err != nil {
			return nil, err
		}
		out, refusal, err = s.confirm(ctx, a, proof{visit.ID, at.c, at.data.Subject.SNILS, operator(in.Desk)})
		if refusal != nil || err != nil {
			return refusal, err
		}
		return nil, s.Journal.Keep(ctx, out)
	})
	return out, err
}

// mismatch names the fields that differ, and nothing of what either side holds.
func mismatch(wrong []string) *apperr.Error {
	failure := &apperr.Error{Code: apperr.DocumentMismatch, NextActions: []string{"confirm_identity", "refuse_identity"}}
	for _, field := range wrong {
		failure.Fields = append(failure.Fields, apperr.Field{Pointer: "/" + field, Code: apperr.FieldMismatch})
	}
	return failure
}

// RefuseInPerson records that an operator did not confirm the identity of a
// person at the counter, and tells the person why.
func (s *Service) RefuseInPerson(ctx context.Context, in domain.InPersonRefusal) (out domain.Confirmation, err error) {
	err = s.with(ctx, in.AccountID, func(ctx context.Context, a *domain.Account) (refusal, err error) {
		at, err := s.counter(ctx, a, in.Desk)
		if err != nil {
			return nil, err
		}
		visit, err := s.visit(ctx, a, at, in.Desk)
		if err != nil {
			return nil, err
		}
		if out, err = s.refuse(ctx, visit, in); err != nil {
			return nil, err
		}
		told := domain.Message{Kind: domain.MessageVisitRefused, Reason: string(in.Reason)}
		if err := s.tell(ctx, a, told); err != nil {
			return nil, err
		}
		if err := s.review(ctx, out); err != nil {
			return nil, err
		}
		return nil, s.Journal.Keep(ctx, out)
	})
	return out, err
}

func (s *Service) refuse(
	ctx context.Context, visit domain.Confirmation, in domain.InPersonRefusal,
) (domain.Confirmation, error) {
	out, err := s.Confirmations.Update(ctx, visit.ID, func(c *domain.Confirmation) error {
		c.PlaceID, c.OperatorID, c.Reason = in.Desk.Place.ID, in.Desk.Operator.ID, in.Reason
		return c.Move(domain.ConfirmationRefuse, s.Clock.Now())
	})
	if err != nil {
		return out, err
	}
	event := of(out, domain.ConfirmationRefuse)
	if in.Note != "" {
		event.reason += ": " + in.Note
	}
	return out, s.record(ctx, operator(in.Desk), event)
}

// review calls a supervisor to an account that was refused again and again, and
// does so again after as many refusals more.
func (s *Service) review(ctx context.Context, last domain.Confirmation) error {
	all, err := s.Finder.Refused(ctx, last.AccountID)
	if err != nil || len(all)%s.Policies.RefusalsBeforeReview != 0 {
		return err
	}
	return s.Journal.Raise(ctx, domain.NewAlarm(domain.AlarmRepeatedRefusals, last.ID, last.AccountID, s.Clock.Now()))
}

// counter is what a decision at a desk builds on. The operator must not decide
// on the own account, and the place must confirm identities on that day.
func (s *Service) counter(ctx context.Context, a *domain.Account, d domain.Desk) (standing, error) {
	data, err := s.PersonalData.Get(ctx, a.ID)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return standing{}, err
	}
	if err == nil && d.Operator.Is(*a, data.Subject.SNILS) || d.Operator.Knows(*a) {
		return standing{}, &apperr.Error{Code: apperr.OwnAccount, NextActions: []string{"ask_another_operator"}}
	}
	if !d.Place.Offering(d.Place.Kind.Method(), d.Place.Today(s.Clock.Now())) {
		return standing{}, &apperr.Error{Code: apperr.MethodNotAvailable, NextActions: []string{"visit_another_place"}}
	}
	at, err := s.standing(ctx, a)
	if errors.Is(err, apperr.New(apperr.IdentityConfirmed)) {
		return at, &apperr.Error{
			Code: apperr.InvalidTransition, NextActions: domain.ConfirmationConfirmed.NextActions(),
		}
	}
	return at, err
}

// visit is the visit that a decision is about: the one that the person has asked
// for, or one that is made now, since nobody needs an appointment.
func (s *Service) visit(
	ctx context.Context, a *domain.Account, at standing, d domain.Desk,
) (domain.Confirmation, error) {
	method := domain.ConfirmationMethod(d.Place.Kind.Method())
	if err := s.alone(ctx, a); err != nil {
		return domain.Confirmation{}, err
	}
	c, open, err := s.requested(ctx, a.ID, method)
	if open || err != nil {
		return c, err
	}
	c = s.walkIn(a, at.c, method)
	return c, s.add(ctx, c, operator(d))
}

// alone refuses a decision while another one is fresh. After a confirmation there
// is nothing left to decide on.
func (s *Service) alone(ctx context.Context, a *domain.Account) error {
	before, err := s.Finder.Refused(ctx, a.ID)
	if err != nil || len(before) == 0 {
		return err
	}
	again := before[0].SettledAt.Add(pause)
	if !s.Clock.Now().Before(again) {
		return nil
	}
	return &apperr.Error{Code: apperr.InvalidTransition, RetryAt: again, NextActions: []string{"search_account"}}
}

// walkIn is the visit of somebody who has not asked for one before.
func (s *Service) walkIn(
	a *domain.Account, c domain.VerificationCase, method domain.ConfirmationMethod,
) domain.Confirmation {
	now := s.Clock.Now()
	return domain.Confirmation{
		ID: domain.NewID(), AccountID: a.ID, CaseID: c.ID, Method: method,
		Status: domain.ConfirmationRequested, CreatedAt: now, ExpiresAt: now.Add(s.Policies.VisitLifetime),
	}
}

// ConfirmAtOnce confirms the identity of a person whom an operator has just
// registered, in the transaction of a caller that has locked the account. Where
// another account has confirmed the SNILS it is [apperr.IdentityOnHold], and the
// caller undoes what it did.
func (s *Service) ConfirmAtOnce(
	ctx context.Context, a *domain.Account, p domain.CounterProof,
) (domain.Confirmation, error) {
	visit := s.walkIn(a, p.Case, domain.ConfirmationMethod(p.Desk.Place.Kind.Method()))
	if err := s.add(ctx, visit, operator(p.Desk)); err != nil {
		return visit, err
	}
	out, refusal, err := s.confirm(ctx, a, proof{visit.ID, p.Case, p.SNILS, operator(p.Desk)})
	if err == nil {
		err = refusal
	}
	return out, err
}
