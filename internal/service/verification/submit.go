package verification

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Submit takes personal data with the consent that the sender has given, and
// begins the checks. All of it happens or nothing. Where only things that no
// register is asked about are new, what was checked stays proven.
func (s *Service) Submit(ctx context.Context, in domain.Submission) (domain.Submitted, error) {
	var out domain.Submitted
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, in.Account, func(a *domain.Account) (err error) {
			out, err = s.submit(ctx, in, a)
			return err
		})
		return err
	})
	return out, err
}

// submit works while the account is locked: two submissions at once follow one
// another.
func (s *Service) submit(ctx context.Context, in domain.Submission, a *domain.Account) (domain.Submitted, error) {
	if frozen := a.Frozen(); frozen != nil {
		return domain.Submitted{}, frozen
	}
	now := s.Clock.Now()
	out, err := s.settleCase(ctx, in, a)
	if err != nil {
		return out, err
	}
	data := in.Data
	data.AccountID, data.CaseID, data.UpdatedAt = a.ID, out.Case.ID, now
	data.ConsentVersion = in.Consent.Version
	a.FamilyName, a.GivenName = data.Subject.FamilyName, data.Subject.GivenName
	if err := s.PersonalData.Put(ctx, data); err != nil {
		return out, err
	}
	if err := s.PersonalData.Accept(ctx, agreement(in, now)); err != nil {
		return out, err
	}
	return out, s.leave(ctx, "personal_data.submit", a.ID, in)
}

// agreement is the proof of what the sender has agreed to.
func agreement(in domain.Submission, now time.Time) domain.Consent {
	return domain.Consent{
		ID: domain.NewID(), AccountID: in.Account, Document: in.Consent.Document, Version: in.Consent.Version,
		TextHash: in.Consent.Hash, AcceptedAt: now, Channel: domain.ConsentByAPI,
	}
}

// settleCase finds or begins the case in which the data are checked.
func (s *Service) settleCase(ctx context.Context, in domain.Submission, a *domain.Account) (domain.Submitted, error) {
	current, err := s.Cases.Current(ctx, a.ID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return s.begin(ctx, in, func(now time.Time) (domain.VerificationCase, error) { return s.open(ctx, in, now) })
	}
	if err != nil {
		return domain.Submitted{}, err
	}
	current.Refresh(s.Clock.Now())
	same, err := s.unchanged(ctx, in)
	if err != nil {
		return domain.Submitted{}, err
	}
	// A confirmed identity outlasts the checks that it was based on.
	if same && (current.Proves() || a.Level == domain.LevelConfirmed) {
		return domain.Submitted{Case: current}, nil
	}
	if err := s.admit(ctx, in, same, *a); err != nil {
		return domain.Submitted{}, err
	}
	if err := s.unprove(ctx, in, a); err != nil {
		return domain.Submitted{}, err
	}
	return s.begin(ctx, in, func(now time.Time) (domain.VerificationCase, error) {
		return s.replace(ctx, in, current, now)
	})
}

// unchanged tells whether the registers would be asked the same again.
func (s *Service) unchanged(ctx context.Context, in domain.Submission) (bool, error) {
	before, err := s.PersonalData.Get(ctx, in.Account)
	return err == nil && before.Subject == in.Data.Subject, err
}

// admit refuses to give up what is proven, or a letter under way, to somebody
// who may not be the owner, or does not know what is lost.
func (s *Service) admit(ctx context.Context, in domain.Submission, same bool, a domain.Account) error {
	letter, err := s.Confirmations.LetterUnderWay(ctx, a.ID)
	if err != nil {
		return err
	}
	stale := s.Clock.Now().Sub(in.AuthTime) > s.Policies.FreshAuthentication
	proven := a.Level != domain.LevelSimplified && !same
	switch {
	case stale && (proven || letter):
		return &apperr.Error{Code: apperr.ReauthenticationNeeded, NextActions: []string{"sign_in"}}
	case letter && !in.VoidLetter:
		return &apperr.Error{Code: apperr.LetterUnderWay, NextActions: []string{"wait_for_letter", "void_letter"}}
	default:
		return nil
	}
}

// unprove lowers the level that the former data had reached.
func (s *Service) unprove(ctx context.Context, in domain.Submission, a *domain.Account) error {
	if a.Level == domain.LevelSimplified {
		return nil
	}
	if err := a.EditData(); err != nil {
		return err
	}
	return s.leave(ctx, "account."+string(domain.LevelEditData), a.ID, in)
}

// begin counts the submission and has the checks of its case made.
func (s *Service) begin(
	ctx context.Context, in domain.Submission, open func(now time.Time) (domain.VerificationCase, error),
) (domain.Submitted, error) {
	now := s.Clock.Now()
	c, err := open(now)
	if err != nil {
		return domain.Submitted{}, err
	}
	quota, err := s.Limits.Take(ctx, s.Policies.SubmissionsPerAccountLimit(), in.Account.String(), now)
	if err != nil {
		return domain.Submitted{}, err
	}
	if _, err := s.Limits.Take(ctx, s.Policies.SubmissionsPerSNILSLimit(), in.Data.Subject.SNILS.Digits(), now); err != nil {
		return domain.Submitted{}, err
	}
	for _, run := range c.Runs() {
		if err := s.Cases.Schedule(ctx, run); err != nil {
			return domain.Submitted{}, err
		}
	}
	return domain.Submitted{Case: c, Quota: &quota}, nil
}

func (s *Service) open(ctx context.Context, in domain.Submission, now time.Time) (domain.VerificationCase, error) {
	c := domain.NewVerificationCase(in.Account, now)
	if err := s.Cases.Create(ctx, c); err != nil {
		return c, err
	}
	return c, s.leave(ctx, "verification.start", c.ID, in)
}

// replace begins the checks of changed data: in the same case where it asked
// for a correction, in a new one otherwise.
func (s *Service) replace(
	ctx context.Context, in domain.Submission, current domain.VerificationCase, now time.Time,
) (domain.VerificationCase, error) {
	var on domain.VerificationEvent
	c, err := s.Cases.Update(ctx, current.ID, func(c *domain.VerificationCase) (err error) {
		on, err = c.MakeWay(now)
		return err
	})
	if err != nil {
		return c, err
	}
	if on != "" {
		if err := s.leave(ctx, "verification."+string(on), c.ID, in); err != nil {
			return c, err
		}
	}
	// What was begun with the former data is worth nothing for these.
	if _, err := s.Confirmations.Void(ctx, in.Account, in.Caller); err != nil {
		return c, err
	}
	if on == domain.VerificationResubmit {
		return c, nil
	}
	return s.open(ctx, in, now)
}

// leave adds what the submission did to the audit log.
func (s *Service) leave(ctx context.Context, action string, subject uuid.UUID, in domain.Submission) error {
	event := domain.NewAuditEvent(action, subject, in.Caller, s.Clock.Now())
	return s.Journal.Record(ctx, event.Of(in.Account))
}
