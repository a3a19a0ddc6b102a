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
	// OperatorID and PlaceID are NULL where it was no operator.
	OperatorID uuid.NullUUID
	PlaceID    uuid.NullUUID
	// ReasonEnc is NULL where nobody gave one.
	ReasonEnc []byte
}

// TableName implements GORM's Tabler.
func (auditRow) TableName() string { return "audit_events" }

// device is the part of a caller that says something about a person.
type device struct {
	Address   string `json:"address"`
	UserAgent string `json:"user_agent"`
}

// Record adds an event. The caller's address and user agent are sealed, and
// so is the reason.
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
		AccountID: nullID(v.AccountID),
		RequestID: v.Caller.RequestID,
		CallerEnc: e.seal("caller_enc", string(text)),

		OperatorID: nullID(v.OperatorID),
		PlaceID:    nullID(v.PlaceID),
	}
	if v.Reason != "" {
		row.ReasonEnc = e.seal("reason_enc", v.Reason)
	}
	if e.err != nil {
		return e.err
	}
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}

// Search is a part of the log, newest first.
func (r *Audit) Search(ctx context.Context, in domain.AuditSearch) ([]domain.AuditEvent, error) {
	query := r.store.db(ctx).Order("at DESC, id DESC").Limit(in.Page.Limit)
	for column, id := range map[string]uuid.UUID{
		"account_id": in.AccountID, "operator_id": in.OperatorID, "subject_id": in.SubjectID,
	} {
		if id != uuid.Nil {
			query = query.Where(column+" = ?", id)
		}
	}
	if in.Action != "" {
		query = query.Where("action = ?", in.Action)
	}
	if !in.From.IsZero() {
		query = query.Where("at >= ?", in.From)
	}
	if !in.To.IsZero() {
		query = query.Where("at < ?", in.To)
	}
	if in.Page.After != nil {
		query = query.Where("(at, id) < (?, ?)", in.Page.After.CreatedAt, in.Page.After.ID)
	}
	var rows []auditRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	events := make([]domain.AuditEvent, 0, len(rows))
	for _, row := range rows {
		event, err := r.event(row)
		if err != nil {
			return nil, err
		}
		events = append(events, event)
	}
	return events, nil
}

func (r *Audit) event(row auditRow) (domain.AuditEvent, error) {
	e := r.store.sealer("audit_events", row.ID)
	text := e.open("caller_enc", row.CallerEnc)
	out := domain.AuditEvent{
		ID: row.ID, At: row.At, Action: row.Action, SubjectID: row.SubjectID, AccountID: row.AccountID.UUID,
		OperatorID: row.OperatorID.UUID, PlaceID: row.PlaceID.UUID,
	}
	if row.ReasonEnc != nil {
		out.Reason = e.open("reason_enc", row.ReasonEnc)
	}
	if e.err != nil {
		return out, e.err
	}
	var from device
	err := json.Unmarshal([]byte(text), &from)
	out.Caller = domain.Caller{RequestID: row.RequestID, Address: from.Address, UserAgent: from.UserAgent}
	return out, err
}
