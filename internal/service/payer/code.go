package payer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// prepare has the code of an application made, in the form of its way. Where
// another letter was sent too short a time before, it returns how long to wait. A
// payer who is connected already gets a notice in the code's place: on the same
// way and with the same steps, so that who applied sees no difference (M26).
func (s *Service) prepare(ctx context.Context, a *domain.PayerApplication, f found) (time.Duration, error) {
	var err error
	if a.Method == domain.DeliverByEDO {
		err = s.document(ctx, a, f)
	} else {
		err = s.letter(ctx, a, f)
	}
	early, is := errors.AsType[*apperr.Error](err)
	if is && early.Code == apperr.LetterTooEarly {
		return early.RetryAt.Sub(s.Clock.Now()), nil
	}
	if err != nil {
		return 0, err
	}
	return 0, s.move(ctx, a, domain.ApplicationPrepare, "")
}

// letter orders the registered letter of an application, to the address in the
// register alone. The first one has the application's id.
func (s *Service) letter(ctx context.Context, a *domain.PayerApplication, f found) error {
	id := a.ID
	if _, err := s.Letters.Find(ctx, id); err == nil {
		id = domain.NewID()
	} else if !errors.Is(err, apperr.New(apperr.NotFound)) {
		return err
	}
	purpose := domain.LetterPayerActivation
	if f.account.Connected() {
		purpose = domain.LetterPayerNotice
	}
	_, err := s.Letters.Request(ctx, domain.LetterOrder{
		ID: id, AccountID: f.account.AccountID, Purpose: purpose, Recipient: f.payer.Name, Address: f.payer.Address,
		Reference: f.payer.Number.Formatted(), Locale: a.Locale,
	})
	if err == nil {
		a.CodeID = id
	}
	return err
}

// document makes the electronic document of an application.
func (s *Service) document(ctx context.Context, a *domain.PayerApplication, f found) (err error) {
	now := s.Clock.Now()
	d := domain.EDODocument{
		ID: domain.NewID(), ApplicationID: a.ID, AccountID: f.account.AccountID, Status: domain.EDOQueued,
		AttemptsLeft: s.Policies.PayerCodeAttempts, CreatedAt: now, ExpiresAt: now.Add(s.Policies.PayerCodeLifetime),
	}
	d.Message = domain.EDOMessage{
		ID: d.ID, Kind: domain.EDOActivation, Number: f.payer.Number, INN: f.payer.INN, KPP: f.payer.KPP,
		PayerName: f.payer.Name, Agreement: f.payer.Agreement.ID, IssuedAt: now, ValidUntil: d.ExpiresAt, Locale: a.Locale,
	}
	if f.account.Connected() {
		d.Message.Kind = domain.EDONotice
		d.MAC, err = s.Sealer.Decoy()
	} else {
		d.Message.Code, d.MAC, err = s.newCode(d.ID)
	}
	if err != nil {
		return err
	}
	a.CodeID = d.ID
	if err := s.Documents.Create(ctx, d); err != nil {
		return err
	}
	return s.recordDocument(ctx, d, "create")
}

func (s *Service) newCode(document uuid.UUID) (code string, mac []byte, err error) {
	if code, err = otp.LuhnDigits(domain.PayerCodeLength); err != nil {
		return "", nil, err
	}
	mac, err = s.Sealer.Seal(document, purposeEDO, code)
	return code, mac, err
}

// purposeEDO keeps the codes of documents apart from those of letters and
// challenges.
const purposeEDO = "edo/activation"

func (s *Service) recordDocument(ctx context.Context, d domain.EDODocument, on domain.EDOEvent) error {
	event := domain.NewAuditEvent("edo_document."+string(on), d.ID, domain.Caller{}, s.Clock.Now())
	return s.Journal.Record(ctx, event.Of(d.AccountID).Because(d.Reason))
}

// LetterMoved lets an application follow its letter, in the transaction in which
// the letter moves.
func (s *Service) LetterMoved(ctx context.Context, l domain.Letter, on domain.LetterEvent, _ domain.Caller) error {
	switch on { //nolint:exhaustive // the others are the payer's own doing, or end with the application
	case domain.LetterPost:
		return s.sent(ctx, l.ID, l.ExpiresAt)
	case domain.LetterReturn, domain.LetterLose, domain.LetterExhaust:
		return s.failed(ctx, l.ID)
	}
	return nil
}

// sent records that the code of an application has left. Until its end the
// application stays open.
func (s *Service) sent(ctx context.Context, code uuid.UUID, until time.Time) error {
	return s.followCode(ctx, code, func(a *domain.PayerApplication) error {
		if err := s.move(ctx, a, domain.ApplicationSend, domain.MessagePayerCodeSent); err != nil {
			return err
		}
		a.ExpiresAt = until
		return nil
	})
}

// failed records that the code of an application came to nothing.
func (s *Service) failed(ctx context.Context, code uuid.UUID) error {
	return s.followCode(ctx, code, func(a *domain.PayerApplication) error {
		return s.move(ctx, a, domain.ApplicationFail, domain.MessagePayerMethod)
	})
}

// followCode changes the application that a letter or a document is for. One that
// has come to its end by now stays as it is.
func (s *Service) followCode(ctx context.Context, code uuid.UUID, fn func(*domain.PayerApplication) error) error {
	a, err := s.Applications.ByCode(ctx, code)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.Applications.Update(ctx, a.ID, fn)
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return nil
	}
	return err
}
