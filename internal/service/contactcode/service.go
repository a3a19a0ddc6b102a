// Package contactcode proves contacts by one-time codes: who can type the code in
// that was sent there is reached there. It knows of no flow; flows hold what is
// theirs locked, and say what comes of a proven contact.
package contactcode

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// Challenges keeps one-time codes.
type Challenges interface {
	Issue(ctx context.Context, c domain.Challenge) error
	Current(ctx context.Context, purpose domain.ChallengePurpose, subject uuid.UUID) (domain.Challenge, error)
	Spend(ctx context.Context, id uuid.UUID, now time.Time) (domain.Challenge, bool, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Challenge) error) (domain.Challenge, error)
}

// Limits counts against rate limits.
type Limits interface {
	Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
	// Peek tells what Take would find, and counts nothing.
	Peek(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Challenges Challenges
	Limits     Limits
	Journal    Journal
	Sealer     *otp.Sealer
	Clock      clock.Clock
	Policies   domain.Policies
}

// Service is the use cases of contact codes.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Draft makes the next code for a contact, and stores nothing. What is left of
// the contact's day bounds its attempts, and a code that nobody could enter is
// not made: it is [apperr.TooManyAttempts].
func (s *Service) Draft(ctx context.Context, of domain.ContactProof) (domain.ContactCode, error) {
	now := s.Clock.Now()
	today, err := s.Limits.Peek(ctx, s.Policies.AttemptsPerDayLimit(), of.Contact.Key(), now)
	if err != nil {
		return domain.ContactCode{}, err
	}
	if today.Remaining == 0 {
		return domain.ContactCode{}, &apperr.Error{
			Code: apperr.TooManyAttempts, RetryAt: now.Add(today.Reset), Quota: &today,
		}
	}
	code, err := otp.Digits(domain.CodeDigits)
	if err != nil {
		return domain.ContactCode{}, err
	}
	c := domain.Challenge{
		ID: domain.NewID(), Purpose: of.Purpose, SubjectID: of.SubjectID, Status: domain.ChallengeIssued,
		AttemptsLeft: min(s.Policies.CodeAttempts, today.Remaining), CreatedAt: now,
		ExpiresAt: now.Add(s.Policies.CodeLifetime(domain.ChannelOf(of.Contact))),
		ResendAt:  now.Add(s.Policies.ResendAfter(of.CodesSent)),
	}
	c.MAC, err = s.Sealer.Seal(c.ID, string(c.Purpose), code)
	return domain.ContactCode{Challenge: c, Code: code}, err
}

// Send counts a code against the limits of the client's network and of the
// contact, stores it and queues its message, in the caller's transaction: a code
// that is not sent counts nowhere. The codes before are worth nothing from then
// on.
func (s *Service) Send(
	ctx context.Context, c domain.Challenge, m domain.Message, by domain.Caller,
) (*apperr.Quota, error) {
	quota, err := s.Limits.Take(ctx, s.Policies.CodesPerClientLimit(), by.Network(), c.CreatedAt)
	if err != nil {
		return nil, err
	}
	for _, limit := range []domain.Limit{s.Policies.CodesPerHourLimit(), s.Policies.CodesPerDayLimit()} {
		if _, err := s.Limits.Take(ctx, limit, m.To.Key(), c.CreatedAt); err != nil {
			return nil, err
		}
	}
	if err := s.Challenges.Issue(ctx, c); err != nil {
		return nil, err
	}
	return &quota, s.Journal.Enqueue(ctx, m)
}

// MayResend refuses while the wait after the last code lasts.
func (s *Service) MayResend(ctx context.Context, of domain.ContactProof) error {
	last, err := s.Challenges.Current(ctx, of.Purpose, of.SubjectID)
	if err == nil && s.Clock.Now().Before(last.ResendAt) {
		return &apperr.Error{Code: apperr.CodeResendTooEarly, RetryAt: last.ResendAt, NextActions: []string{of.Confirm}}
	}
	return err
}

// Try spends an attempt, and solves the challenge if the code is right, in the
// caller's transaction. The attempt of a wrong code must not be rolled back: its
// error is separate.
func (s *Service) Try(
	ctx context.Context, of domain.ContactProof, code string, by domain.Caller,
) (c domain.Challenge, wrong, err error) {
	if c, err = s.spend(ctx, of); err != nil {
		return c, nil, err
	}
	if !s.Sealer.Matches(c.MAC, c.ID, string(c.Purpose), code) {
		wrong, err = s.wrongCode(ctx, of, c, by)
		return c, wrong, err
	}
	c, err = s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Solve)
	return c, nil, err
}

// spend takes one attempt from the code and one from the contact's day.
func (s *Service) spend(ctx context.Context, of domain.ContactProof) (domain.Challenge, error) {
	now := s.Clock.Now()
	last, err := s.Challenges.Current(ctx, of.Purpose, of.SubjectID)
	if err != nil {
		return last, err
	}
	c, ok, err := s.Challenges.Spend(ctx, last.ID, now)
	if err != nil {
		return c, err
	}
	if !ok {
		return c, c.Refusal(now)
	}
	_, err = s.Limits.Take(ctx, s.Policies.AttemptsPerDayLimit(), of.Contact.Key(), now)
	if limited, is := errors.AsType[*apperr.Error](err); is && limited.Code == apperr.RateLimited {
		return c, &apperr.Error{Code: apperr.TooManyAttempts, RetryAt: limited.RetryAt, Quota: limited.Quota}
	}
	return c, err
}

// wrongCode records a wrong code and makes its error.
func (s *Service) wrongCode(
	ctx context.Context, of domain.ContactProof, c domain.Challenge, by domain.Caller,
) (wrong, err error) {
	failure := &apperr.Error{
		Code: apperr.CodeIncorrect, AttemptsLeft: &c.AttemptsLeft, NextActions: []string{of.Confirm, "resend_code"},
	}
	event := domain.NewAuditEvent("challenge.wrong_code", c.SubjectID, by, s.Clock.Now())
	if c.AttemptsLeft == 0 {
		failure.NextActions = []string{"resend_code"}
		event.Action = "challenge.exhaust"
		if _, err := s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Exhaust); err != nil {
			return nil, err
		}
	}
	return failure, s.Journal.Record(ctx, event)
}
