package confirmation

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Get is one of the caller's own confirmations. Somebody else's and an unknown
// one are the same error.
func (s *Service) Get(ctx context.Context, who domain.Principal, id uuid.UUID) (domain.ConfirmationView, error) {
	c, err := s.own(ctx, who, id)
	if err != nil {
		return domain.ConfirmationView{}, err
	}
	views, err := s.views(ctx, who.AccountID, []domain.Confirmation{c})
	if err != nil {
		return domain.ConfirmationView{}, err
	}
	return views[0], nil
}

// List is a page of the caller's own confirmations, newest first.
func (s *Service) List(
	ctx context.Context, who domain.Principal, p domain.Page,
) ([]domain.ConfirmationView, error) {
	all, err := s.Confirmations.List(ctx, who.AccountID, p)
	if err != nil {
		return nil, err
	}
	return s.views(ctx, who.AccountID, all)
}

// Cancel ends one of the caller's own confirmations that nothing has decided
// yet.
func (s *Service) Cancel(ctx context.Context, who domain.Principal, id uuid.UUID, by domain.Caller) error {
	if _, err := s.own(ctx, who, id); err != nil {
		return err
	}
	return s.with(ctx, who.AccountID, func(ctx context.Context, _ *domain.Account) (refusal, err error) {
		c, err := s.Confirmations.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		v, err := s.view(ctx, c)
		if err != nil {
			return nil, err
		}
		if v.Confirmation.Status != domain.ConfirmationRequested {
			return invalid(v), nil
		}
		return nil, s.end(ctx, c, domain.ConfirmationCancel, actor{by: by})
	})
}

// invalid is the error of a step that a confirmation does not allow any more.
func invalid(v domain.ConfirmationView) *apperr.Error {
	return &apperr.Error{Code: apperr.InvalidTransition, NextActions: v.NextActions()}
}

func (s *Service) own(ctx context.Context, who domain.Principal, id uuid.UUID) (domain.Confirmation, error) {
	c, err := s.Confirmations.Get(ctx, id)
	if err == nil && c.AccountID != who.AccountID {
		return domain.Confirmation{}, apperr.New(apperr.NotFound)
	}
	return c, err
}

// views are confirmations of one account as its owner sees them.
func (s *Service) views(
	ctx context.Context, account uuid.UUID, all []domain.Confirmation,
) ([]domain.ConfirmationView, error) {
	views := make([]domain.ConfirmationView, 0, len(all))
	letters := false
	for _, c := range all {
		v, err := s.view(ctx, c)
		if err != nil {
			return nil, err
		}
		letters = letters || v.Letter != nil
		views = append(views, v)
	}
	if !letters {
		return views, nil
	}
	next, err := s.Letters.NextAllowed(ctx, account)
	if err != nil {
		return nil, err
	}
	for i := range views {
		if views[i].Letter != nil {
			views[i].NextAllowedAt = next
		}
	}
	return views, nil
}

// view is a confirmation as of now: time and the post may have ended it.
func (s *Service) view(ctx context.Context, c domain.Confirmation) (domain.ConfirmationView, error) {
	now := s.Clock.Now()
	c.Refresh(now)
	v := domain.ConfirmationView{Confirmation: c}
	if c.Method.InPerson() {
		return v, nil
	}
	letter, err := s.Letters.Find(ctx, c.ID)
	if err != nil {
		return v, err
	}
	letter.Refresh(now)
	v.Confirmation.RefreshLetter(letter)
	v.Letter = &letter
	return v, nil
}
