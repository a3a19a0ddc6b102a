package repository

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Approvals keeps what takes two people.
type Approvals struct {
	table[approvalRow, domain.Approval]
}

// NewApprovals returns the approvals of a store.
func NewApprovals(s *Store) *Approvals {
	return &Approvals{table[approvalRow, domain.Approval]{s, s.approvalRow, s.approval}}
}

type approvalRow struct {
	ID          uuid.UUID
	Kind        domain.ApprovalKind
	AccountID   uuid.UUID
	Status      domain.ApprovalStatus
	ReasonEnc   []byte
	PlaceID     uuid.UUID
	RequestedBy uuid.UUID
	RequestedAt time.Time
	ExpiresAt   time.Time
	DecidedBy   uuid.NullUUID
	DecidedAt   sql.NullTime
}

// TableName implements GORM's Tabler.
func (approvalRow) TableName() string { return "approvals" }

// Create adds an approval. Where the same is asked for already, it is
// [apperr.InvalidTransition].
func (r *Approvals) Create(ctx context.Context, a domain.Approval) error {
	err := r.create(ctx, a)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		failure := apperr.Wrap(apperr.InvalidTransition, err)
		failure.NextActions = domain.ApprovalRequested.NextActions()
		return failure
	}
	return err
}

// Get finds an approval.
func (r *Approvals) Get(ctx context.Context, id uuid.UUID) (domain.Approval, error) {
	return r.byID(ctx, id)
}

// Open is the approval of a kind that waits for its decision; [apperr.NotFound]
// where there is none.
func (r *Approvals) Open(ctx context.Context, account uuid.UUID, kind domain.ApprovalKind) (domain.Approval, error) {
	return r.get(ctx, r.store.db(ctx).
		Where("account_id = ? AND kind = ? AND status = ?", account, kind, domain.ApprovalRequested))
}

// Update changes an approval in a transaction, with its row locked. An error of
// fn changes nothing and is returned as it is.
func (r *Approvals) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Approval) error,
) (domain.Approval, error) {
	return r.update(ctx, id, fn)
}

// List is a page of approvals, newest first. One whose time is over counts as
// expired.
func (r *Approvals) List(ctx context.Context, f domain.ApprovalFilter, now time.Time) ([]domain.Approval, error) {
	query := r.store.db(ctx).Order("requested_at DESC, id DESC").Limit(f.Page.Limit)
	switch f.Status {
	case "":
	case domain.ApprovalRequested:
		query = query.Where("status = ? AND expires_at > ?", f.Status, now)
	case domain.ApprovalExpired:
		query = query.Where("status = ? OR status = ? AND expires_at <= ?", f.Status, domain.ApprovalRequested, now)
	case domain.ApprovalApproved, domain.ApprovalDeclined:
		query = query.Where("status = ?", f.Status)
	}
	if f.Page.After != nil {
		query = query.Where("(requested_at, id) < (?, ?)", f.Page.After.CreatedAt, f.Page.After.ID)
	}
	all, err := r.list(ctx, query)
	for i := range all {
		all[i].Refresh(now)
	}
	return all, err
}

func (s *Store) approvalRow(a domain.Approval) (approvalRow, error) {
	e := s.sealer("approvals", a.ID)
	return approvalRow{
		ID:          a.ID,
		Kind:        a.Kind,
		AccountID:   a.AccountID,
		Status:      a.Status,
		ReasonEnc:   e.seal("reason_enc", a.Reason),
		PlaceID:     a.PlaceID,
		RequestedBy: a.RequestedBy,
		RequestedAt: a.RequestedAt,
		ExpiresAt:   a.ExpiresAt,
		DecidedBy:   nullID(a.DecidedBy),
		DecidedAt:   nullTime(a.DecidedAt),
	}, e.err
}

func (s *Store) approval(row approvalRow) (domain.Approval, error) {
	e := s.sealer("approvals", row.ID)
	return domain.Approval{
		ID:          row.ID,
		Kind:        row.Kind,
		AccountID:   row.AccountID,
		Status:      row.Status,
		Reason:      e.open("reason_enc", row.ReasonEnc),
		PlaceID:     row.PlaceID,
		RequestedBy: row.RequestedBy,
		RequestedAt: row.RequestedAt,
		ExpiresAt:   row.ExpiresAt,
		DecidedBy:   row.DecidedBy.UUID,
		DecidedAt:   row.DecidedAt.Time,
	}, e.err
}
