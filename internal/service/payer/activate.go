package payer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// Activate connects a payer: by the code that only the payer can have, under the
// terms in force, with a password of the payer's own. A number that nobody has
// takes the same steps and ends in the same error as a wrong code (M26). A slip of
// the keyboard in the code is told as such and costs no attempt.
func (s *Service) Activate(ctx context.Context, in domain.PayerActivation) (domain.Account, error) {
	now := s.Clock.Now()
	terms, err := s.judgeActivation(&in)
	if err != nil {
		return domain.Account{}, err
	}
	if _, err := s.Limits.Take(ctx, s.Policies.PayerActivationsLimit(), in.Caller.Network(), now); err != nil {
		return domain.Account{}, err
	}
	// The hash first: no guess and no right code must be spent in vain.
	hash, err := s.hash(ctx, in.Caller.Network(), in.Password)
	if err != nil {
		return domain.Account{}, err
	}
	right, err := s.prove(ctx, in, now)
	if err != nil {
		return domain.Account{}, err
	}
	return s.connect(ctx, in, connection{right, terms, domain.Credential{AccountID: right.account, Hash: hash, ChangedAt: now}})
}

// judgeActivation reports all that is wrong at once, and gives the code its usual
// spelling. It depends on nothing but the request and the terms in force.
func (s *Service) judgeActivation(in *domain.PayerActivation) (domain.Terms, error) {
	var wrong []apperr.Field
	code, err := otp.ParseLuhn(in.Code, domain.PayerCodeLength)
	if errors.Is(err, otp.ErrCheckDigit) {
		wrong = append(wrong, apperr.Field{Pointer: "/activation_code", Code: apperr.ActivationCodeCheckDigit})
	} else if err != nil {
		wrong = append(wrong, apperr.Field{Pointer: "/activation_code", Code: apperr.ActivationCodeFormat})
	}
	in.Code = code
	terms, field, err := s.judgeTerms(in.TermsVersion)
	if err != nil {
		return terms, err
	}
	if field != nil {
		wrong = append(wrong, *field)
	}
	wrong = append(wrong, s.judgePassword(in.Number, in.Password, in.Confirmation)...)
	if len(wrong) > 0 {
		return terms, apperr.Invalid(wrong...)
	}
	return terms, nil
}

// judgeTerms tells whether a version of the terms of connection is that in force.
func (s *Service) judgeTerms(version string) (domain.Terms, *apperr.Field, error) {
	terms, err := s.Terms.Current(domain.DocumentPayerConnection)
	if err != nil || version == terms.Version {
		return terms, nil, err
	}
	return terms, &apperr.Field{
		Pointer: "/accepted_terms_version", Code: apperr.ConsentOutdated, Params: map[string]string{"version": terms.Version},
	}, nil
}

func (s *Service) judgePassword(n domain.PayerNumber, password, again string) (wrong []apperr.Field) {
	for _, code := range s.Passwords.CheckPayer(password, n) {
		wrong = append(wrong, apperr.Field{Pointer: "/password", Code: code})
	}
	if norm.NFC.String(password) != norm.NFC.String(again) {
		wrong = append(wrong, apperr.Field{Pointer: "/password_confirmation", Code: apperr.PasswordMismatch})
	}
	return wrong
}

// countGuess counts a guess against the limit of the payer, whose numbers count as
// one; of a number that nobody has, as of any other.
func (s *Service) countGuess(
	ctx context.Context, in domain.PayerActivation, p domain.PayerAccount, now time.Time,
) error {
	number := in.Number.Digits()
	if !p.Number.IsZero() {
		number = p.Number.Digits()
	}
	_, err := s.Limits.Take(ctx, s.Policies.PayerAttemptsLimit(), number, now)
	if limited, is := errors.AsType[*apperr.Error](err); is && limited.Code == apperr.RateLimited {
		return &apperr.Error{Code: apperr.TooManyAttempts, RetryAt: limited.RetryAt, Quota: limited.Quota}
	}
	return err
}

// proven is a right code: whose it is, and the letter or the document that it
// came in.
type proven struct {
	account uuid.UUID
	letter  uuid.UUID
	edo     uuid.UUID
}

func (p proven) code() uuid.UUID {
	if p.letter != uuid.Nil {
		return p.letter
	}
	return p.edo
}

// incorrectCode is what every code that connects nobody is answered. It tells no
// attempts: an unknown number has none.
func incorrectCode() error {
	return &apperr.Error{Code: apperr.CodeIncorrect, NextActions: []string{"activate", "apply", "visit_office"}}
}

// prove spends an attempt of each code that might be meant, and compares. The
// attempts stay spent whatever the outcome.
func (s *Service) prove(ctx context.Context, in domain.PayerActivation, now time.Time) (right proven, err error) {
	payer, err := s.Payers.FindByNumber(ctx, in.Number)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return right, err
	}
	if err := s.countGuess(ctx, in, payer, now); err != nil {
		return right, err
	}
	right.account = payer.AccountID
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		// One guess at a payer at a time: who is about to connect holds the codes, too.
		_, err := s.Accounts.Lock(ctx, payer.AccountID)
		if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
			return err
		}
		if right.letter, err = s.Letters.Match(ctx, payer.AccountID, in.Code); err != nil {
			return err
		}
		if right.edo, err = s.matchDocument(ctx, payer.AccountID, in.Code); err != nil {
			return err
		}
		if right.code() != uuid.Nil {
			return nil
		}
		event := domain.NewAuditEvent("payer.wrong_code", payer.AccountID, in.Caller, now)
		return s.Journal.Record(ctx, event.Of(payer.AccountID))
	})
	if err == nil && right.code() == uuid.Nil {
		err = incorrectCode()
	}
	return right, err
}

// matchDocument finds the document whose code is given. The last attempt ends a
// document.
func (s *Service) matchDocument(ctx context.Context, account uuid.UUID, code string) (found uuid.UUID, err error) {
	documents, err := s.Documents.Spend(ctx, account, s.Clock.Now())
	if err != nil {
		return found, err
	}
	for _, d := range documents {
		if s.Sealer.Matches(d.MAC, d.ID, purposeEDO, code) {
			found = d.ID
			if err := s.arrived(ctx, d); err != nil {
				return found, err
			}
			continue
		}
		if d.AttemptsLeft > 0 {
			continue
		}
		if err := s.exhaustDocument(ctx, d.ID); err != nil {
			return found, err
		}
	}
	if len(documents) == 0 {
		decoy, err := s.Sealer.Decoy()
		s.Sealer.Matches(decoy, account, purposeEDO, code)
		return found, err
	}
	return found, nil
}

// arrived notes that a document has left, if whoever sent it has not come to that:
// its code has arrived.
func (s *Service) arrived(ctx context.Context, d domain.EDODocument) error {
	if d.Status != domain.EDOQueued {
		return nil
	}
	return s.moveDocument(ctx, d.ID, domain.EDOSend, "")
}

func (s *Service) exhaustDocument(ctx context.Context, id uuid.UUID) error {
	d, err := s.Documents.Update(ctx, id, func(d *domain.EDODocument) error {
		return d.Move(domain.EDOExhaust, s.Clock.Now())
	})
	if err != nil {
		return err
	}
	if err := s.recordDocument(ctx, d, domain.EDOExhaust); err != nil {
		return err
	}
	return s.failed(ctx, id)
}
