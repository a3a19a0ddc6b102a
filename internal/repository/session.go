package repository

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Sessions keeps sessions and their refresh tokens.
type Sessions struct {
	table[sessionRow, domain.Session]
}

// NewSessions returns the sessions of a store.
func NewSessions(s *Store) *Sessions {
	return &Sessions{table[sessionRow, domain.Session]{s, s.sessionRow, s.session}}
}

type sessionRow struct {
	ID           uuid.UUID
	AccountID    uuid.UUID
	Status       domain.SessionStatus
	Transport    domain.Transport
	Scope        domain.SessionScope
	ScopeReason  domain.ScopeReason
	UserAgentEnc []byte
	AddressEnc   []byte
	CreatedAt    time.Time
	LastUsedAt   time.Time
	IdleAt       time.Time
	ExpiresAt    time.Time
}

// TableName implements GORM's Tabler.
func (sessionRow) TableName() string { return "sessions" }

type refreshRow struct {
	Hash      []byte `gorm:"primaryKey"`
	SessionID uuid.UUID
	CreatedAt time.Time
	UsedAt    sql.NullTime
}

// TableName implements GORM's Tabler.
func (refreshRow) TableName() string { return "refresh_tokens" }

// Create adds a session.
func (r *Sessions) Create(ctx context.Context, v domain.Session) error { return r.create(ctx, v) }

// Get finds a session.
func (r *Sessions) Get(ctx context.Context, id uuid.UUID) (domain.Session, error) {
	return r.byID(ctx, id)
}

// Update changes a session in a transaction, with its row locked. An error of
// fn changes nothing and is returned as it is.
func (r *Sessions) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Session) error,
) (domain.Session, error) {
	return r.update(ctx, id, fn)
}

// List is a page of an account's sessions that are alive, newest first.
func (r *Sessions) List(
	ctx context.Context, accountID uuid.UUID, now time.Time, p domain.Page,
) ([]domain.Session, error) {
	query := r.store.db(ctx).
		Where("account_id = ? AND status = ?", accountID, domain.SessionActive).
		Where("idle_at > ? AND expires_at > ?", now, now).
		Order("created_at DESC, id DESC").
		Limit(p.Limit)
	if p.After != nil {
		query = query.Where("(created_at, id) < (?, ?)", p.After.CreatedAt, p.After.ID)
	}
	var rows []sessionRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	sessions := make([]domain.Session, 0, len(rows))
	for _, row := range rows {
		v, err := r.decode(row)
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, v)
	}
	return sessions, nil
}

// EndAll closes an account's sessions that are alive, in the caller's
// transaction, and returns them.
func (r *Sessions) EndAll(ctx context.Context, accountID uuid.UUID, now time.Time) ([]domain.Session, error) {
	return r.EndOthers(ctx, accountID, uuid.Nil, now)
}

// EndOthers closes an account's sessions that are alive, but for one, in the
// caller's transaction, and returns them.
func (r *Sessions) EndOthers(
	ctx context.Context, accountID, but uuid.UUID, now time.Time,
) (ended []domain.Session, err error) {
	var ids []uuid.UUID
	err = r.store.db(ctx).Model(&sessionRow{}).
		Where("account_id = ? AND id <> ? AND status = ?", accountID, but, domain.SessionActive).
		Where("idle_at > ? AND expires_at > ?", now, now).Order("id").Pluck("id", &ids).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	for _, id := range ids {
		session, err := r.update(ctx, id, func(s *domain.Session) error { return s.Close(now) })
		if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
			continue // its owner was quicker
		}
		if err != nil {
			return nil, err
		}
		ended = append(ended, session)
	}
	return ended, nil
}

// AddRefresh adds a refresh token to its session.
func (r *Sessions) AddRefresh(ctx context.Context, t domain.RefreshToken) error {
	row := refreshRow{Hash: t.Hash, SessionID: t.SessionID, CreatedAt: t.CreatedAt, UsedAt: nullTime(t.UsedAt)}
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}

// FindRefresh finds a refresh token by its hash.
func (r *Sessions) FindRefresh(ctx context.Context, hash []byte) (domain.RefreshToken, error) {
	var row refreshRow
	err := r.store.db(ctx).Where("hash = ?", hash).Take(&row).Error
	return domain.RefreshToken{
		Hash:      row.Hash,
		SessionID: row.SessionID,
		CreatedAt: row.CreatedAt,
		UsedAt:    row.UsedAt.Time,
	}, translate(ctx, err)
}

// UseRefresh marks a refresh token as used. One that is used already, or was
// never there, is [apperr.RefreshTokenReused].
func (r *Sessions) UseRefresh(ctx context.Context, hash []byte, at time.Time) error {
	result := r.store.db(ctx).Model(&refreshRow{}).
		Where("hash = ? AND used_at IS NULL", hash).
		Update("used_at", at)
	if result.Error != nil {
		return translate(ctx, result.Error)
	}
	if result.RowsAffected != 1 {
		return apperr.New(apperr.RefreshTokenReused)
	}
	return nil
}

// UseAll marks all refresh tokens of a session as used that are not yet.
func (r *Sessions) UseAll(ctx context.Context, session uuid.UUID, at time.Time) error {
	err := r.store.db(ctx).Model(&refreshRow{}).
		Where("session_id = ? AND used_at IS NULL", session).Update("used_at", at).Error
	return translate(ctx, err)
}

func (s *Store) sessionRow(v domain.Session) (sessionRow, error) {
	e := s.sealer("sessions", v.ID)
	return sessionRow{
		ID:           v.ID,
		AccountID:    v.AccountID,
		Status:       v.Status,
		Transport:    v.Transport,
		Scope:        v.Scope,
		ScopeReason:  v.ScopeReason,
		UserAgentEnc: e.seal("user_agent_enc", v.UserAgent),
		AddressEnc:   e.seal("address_enc", v.Address),
		CreatedAt:    v.CreatedAt,
		LastUsedAt:   v.LastUsedAt,
		IdleAt:       v.IdleAt,
		ExpiresAt:    v.ExpiresAt,
	}, e.err
}

func (s *Store) session(row sessionRow) (domain.Session, error) {
	e := s.sealer("sessions", row.ID)
	return domain.Session{
		ID:          row.ID,
		AccountID:   row.AccountID,
		Status:      row.Status,
		Transport:   row.Transport,
		Scope:       row.Scope,
		ScopeReason: row.ScopeReason,
		UserAgent:   e.open("user_agent_enc", row.UserAgentEnc),
		Address:     e.open("address_enc", row.AddressEnc),
		CreatedAt:   row.CreatedAt,
		LastUsedAt:  row.LastUsedAt,
		IdleAt:      row.IdleAt,
		ExpiresAt:   row.ExpiresAt,
	}, e.err
}

// nullTime stores the zero time as NULL.
func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }
