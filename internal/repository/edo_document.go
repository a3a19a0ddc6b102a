package repository

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// EDODocuments keeps electronic documents to payers.
type EDODocuments struct {
	table[edoDocumentRow, domain.EDODocument]
}

// NewEDODocuments returns the documents of a store.
func NewEDODocuments(s *Store) *EDODocuments {
	return &EDODocuments{table[edoDocumentRow, domain.EDODocument]{s, s.edoDocumentRow, s.edoDocument}}
}

type edoDocumentRow struct {
	ID            uuid.UUID
	ApplicationID uuid.UUID
	AccountID     uuid.UUID
	Kind          domain.EDOKind
	Status        domain.EDOStatus
	MessageEnc    []byte
	MAC           []byte `gorm:"column:mac"`
	AttemptsLeft  int
	CreatedAt     time.Time
	SentAt        sql.NullTime
	DeliveredAt   sql.NullTime
	ReadAt        sql.NullTime
	ExpiresAt     time.Time
	SettledAt     sql.NullTime
	ReasonEnc     []byte
}

// TableName implements GORM's Tabler.
func (edoDocumentRow) TableName() string { return "edo_documents" }

// Create adds a document and the job that carries it, in the caller's
// transaction.
func (r *EDODocuments) Create(ctx context.Context, d domain.EDODocument) error {
	if err := r.create(ctx, d); err != nil {
		return err
	}
	return r.store.insert(ctx, domain.CarryEDO{DocumentID: d.ID}, string(domain.QueuePayers))
}

// Get finds a document.
func (r *EDODocuments) Get(ctx context.Context, id uuid.UUID) (domain.EDODocument, error) {
	return r.byID(ctx, id)
}

// Update changes a document in a transaction, with its row locked. An error of
// fn changes nothing and is returned as it is.
func (r *EDODocuments) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.EDODocument) error,
) (domain.EDODocument, error) {
	return r.update(ctx, id, fn)
}

// Spend takes one attempt from each document of an account that has left, or may
// have, and is in time, in one statement, so that any number of guesses at once gets
// no more attempts than there are. It returns the documents that had one. A notice has
// attempts like a code: it must not outlive guesses that a code would not.
func (r *EDODocuments) Spend(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.EDODocument, error) {
	var rows []edoDocumentRow
	err := r.store.db(ctx).Raw(
		`UPDATE edo_documents SET attempts_left = attempts_left - 1
		WHERE account_id = ? AND attempts_left > 0 AND expires_at > ? AND (status IN (?, ?, ?)
			OR status = ? AND EXISTS (SELECT 1 FROM message_attempts t WHERE t.message_id = edo_documents.id))
		RETURNING *`,
		account, now, domain.EDOSent, domain.EDODelivered, domain.EDORead, domain.EDOQueued,
	).Scan(&rows).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	return decodeAll(rows, r.decode)
}

// edoMessage is the sealed form of what leaves. Its names stay: what was sealed
// once has to be read by every later release.
type edoMessage struct {
	Number     string        `json:"number"`
	INN        string        `json:"inn"`
	KPP        string        `json:"kpp,omitempty"`
	PayerName  string        `json:"payer_name"`
	Agreement  string        `json:"agreement"`
	Code       string        `json:"code,omitempty"`
	IssuedAt   time.Time     `json:"issued_at"`
	ValidUntil time.Time     `json:"valid_until"`
	Locale     domain.Locale `json:"locale"`
}

func (s *Store) edoDocumentRow(d domain.EDODocument) (edoDocumentRow, error) {
	m := d.Message
	text, err := json.Marshal(edoMessage{
		Number: m.Number.Digits(), INN: m.INN.Digits(), KPP: m.KPP.Text(), PayerName: m.PayerName, Agreement: m.Agreement,
		Code: m.Code, IssuedAt: m.IssuedAt, ValidUntil: m.ValidUntil, Locale: m.Locale,
	})
	if err != nil {
		return edoDocumentRow{}, err
	}
	e := s.sealer("edo_documents", d.ID)
	row := edoDocumentRow{
		ID:            d.ID,
		ApplicationID: d.ApplicationID,
		AccountID:     d.AccountID,
		Kind:          m.Kind,
		Status:        d.Status,
		MessageEnc:    e.seal("message_enc", string(text)),
		MAC:           d.MAC,
		AttemptsLeft:  d.AttemptsLeft,
		CreatedAt:     d.CreatedAt,
		SentAt:        nullTime(d.SentAt),
		DeliveredAt:   nullTime(d.DeliveredAt),
		ReadAt:        nullTime(d.ReadAt),
		ExpiresAt:     d.ExpiresAt,
		SettledAt:     nullTime(d.SettledAt),
	}
	if d.Reason != "" {
		row.ReasonEnc = e.seal("reason_enc", d.Reason)
	}
	return row, e.err
}

func (s *Store) edoDocument(row edoDocumentRow) (domain.EDODocument, error) {
	e := s.sealer("edo_documents", row.ID)
	d := domain.EDODocument{
		ID:            row.ID,
		ApplicationID: row.ApplicationID,
		AccountID:     row.AccountID,
		Status:        row.Status,
		MAC:           row.MAC,
		AttemptsLeft:  row.AttemptsLeft,
		CreatedAt:     row.CreatedAt,
		SentAt:        row.SentAt.Time,
		DeliveredAt:   row.DeliveredAt.Time,
		ReadAt:        row.ReadAt.Time,
		ExpiresAt:     row.ExpiresAt,
		SettledAt:     row.SettledAt.Time,
	}
	if row.ReasonEnc != nil {
		d.Reason = e.open("reason_enc", row.ReasonEnc)
	}
	text := e.open("message_enc", row.MessageEnc)
	if e.err != nil {
		return d, e.err
	}
	var err error
	d.Message, err = readEDOMessage(row, text)
	return d, err
}

func readEDOMessage(row edoDocumentRow, text string) (m domain.EDOMessage, err error) {
	var stored edoMessage
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return m, err
	}
	m = domain.EDOMessage{
		ID: row.ID, Kind: row.Kind, PayerName: stored.PayerName, Agreement: stored.Agreement, Code: stored.Code,
		IssuedAt: stored.IssuedAt, ValidUntil: stored.ValidUntil, Locale: stored.Locale,
	}
	var failed [3]error
	m.Number, failed[0] = ident.ParsePFRRegNumber(stored.Number)
	m.INN, failed[1] = ident.ParseINN(stored.INN)
	if stored.KPP != "" {
		m.KPP, failed[2] = ident.ParseKPP(stored.KPP)
	}
	return m, errors.Join(failed[:]...)
}
