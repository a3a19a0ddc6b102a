package letter

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// own are the accounts of an operator as a citizen: by the address and by the
// SNILS.
func (s *Service) own(ctx context.Context, o domain.Operator) ([]uuid.UUID, error) {
	accounts, err := s.Holders.Others(ctx, o.SNILS, uuid.Nil)
	if err != nil {
		return nil, err
	}
	a, err := s.Accounts.FindByContact(ctx, o.Email)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return accounts, nil
	}
	return append(accounts, a.ID), err
}

// notOwn is [apperr.OwnAccount] if one of the letters is to the operator, and
// then records that the operator tried. It is asked before the transaction, which
// could not keep that row: a batch never gets other letters, and an account that
// comes to another SNILS gives its letters up.
func (s *Service) notOwn(ctx context.Context, d domain.Desk, letters ...domain.Letter) error {
	accounts, err := s.own(ctx, d.Operator)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(letters, func(l domain.Letter) bool { return slices.Contains(accounts, l.AccountID) })
	if i < 0 {
		return nil
	}
	if err := s.noteOf(ctx, d, "letter.own_account", letters[i]); err != nil {
		return err
	}
	return &apperr.Error{Code: apperr.OwnAccount, NextActions: []string{"ask_another_operator"}}
}
