package repository

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Audit keeps what happened. Its rows are added and never changed.
type Audit struct{ store *Store }

// NewAudit returns the audit log of a store.
func NewAudit(s *Store) *Audit { return &Audit{s} }

type auditRow struct {
	ID        uuid.UUID
	At        time.Time
	Action    string
	SubjectID uuid.UUID
	AccountID uuid.NullUUID
	RequestID string
	CallerEnc []byte
}

// TableName implements GORM's Tabler.
func (auditRow) TableName() string { return "audit_events" }

// device is the part of a caller that says something about a person.
type device struct {
	Address   string `json:"address"`
	UserAgent string `json:"user_agent"`
}

// Record adds an event. The caller's address and user agent are sealed.
func (r *Audit) Record(ctx context.Context, v domain.AuditEvent) error {
	text, err := json.Marshal(device{Address: v.Caller.Address, UserAgent: v.Caller.UserAgent})
	if err != nil {
		return err
	}
	e := r.store.sealer("audit_events", v.ID)
	row := auditRow{
		ID:        v.ID,
		At:        v.At,
		Action:    v.Action,
		SubjectID: v.SubjectID,
		AccountID: uuid.NullUUID{UUID: v.AccountID, Valid: v.AccountID != uuid.Nil},
		RequestID: v.Caller.RequestID,
		CallerEnc: e.seal("caller_enc", string(text)),
	}
	if e.err != nil {
		return e.err
	}
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}
