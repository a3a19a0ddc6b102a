package repository

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Messages keeps what people are told, and the jobs that tell them.
type Messages struct {
	table[messageRow, domain.Message]
}

// NewMessages returns the messages of a store.
func NewMessages(s *Store) *Messages {
	return &Messages{table[messageRow, domain.Message]{s, s.messageRow, s.message}}
}

type messageRow struct {
	ID      uuid.UUID
	Kind    domain.MessageKind
	Status  domain.MessageStatus
	Channel domain.Channel
	Locale  domain.Locale
	// PayloadEnc is NULL once the message is forgotten.
	PayloadEnc []byte
	CreatedAt  time.Time
	ExpiresAt  sql.NullTime
	ChangedAt  time.Time
	Failure    string
}

// TableName implements GORM's Tabler.
func (messageRow) TableName() string { return "messages" }

// payload is what nobody may read in the database.
type payload struct {
	To     string `json:"to"`
	Code   string `json:"code,omitempty"`
	Link   string `json:"link,omitempty"`
	Reason string `json:"reason,omitempty"`
	About  string `json:"about,omitempty"`
}

// Enqueue adds a message and the job that sends it, in the caller's transaction
// or in one of its own: there is never one without the other.
func (r *Messages) Enqueue(ctx context.Context, m domain.Message) error {
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.create(ctx, m); err != nil {
			return err
		}
		return r.store.insert(ctx, domain.SendMessage{MessageID: m.ID}, string(m.Queue()))
	})
}

// Requeue adds a job that sends a message which is in the queue again, in the
// caller's transaction.
func (r *Messages) Requeue(ctx context.Context, m domain.Message) error {
	return r.store.insert(ctx, domain.SendMessage{MessageID: m.ID}, string(m.Queue()))
}

// Get finds a message. One that is forgotten has neither address nor content any
// more.
func (r *Messages) Get(ctx context.Context, id uuid.UUID) (domain.Message, error) {
	return r.byID(ctx, id)
}

// Lock finds a message, and holds its row until the transaction at hand ends.
func (r *Messages) Lock(ctx context.Context, id uuid.UUID) (domain.Message, error) {
	return r.get(ctx, r.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id))
}

// Update changes a message in a transaction, with its row locked. An error of fn
// changes nothing and is returned as it is.
func (r *Messages) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Message) error,
) (domain.Message, error) {
	return r.update(ctx, id, fn)
}

func (s *Store) messageRow(m domain.Message) (messageRow, error) {
	row := messageRow{
		ID:        m.ID,
		Kind:      m.Kind,
		Status:    m.Status,
		Channel:   m.Channel,
		Locale:    m.Locale,
		CreatedAt: m.CreatedAt,
		ExpiresAt: nullTime(m.ExpiresAt),
		ChangedAt: m.ChangedAt,
		Failure:   m.Failure,
	}
	if m.Forgotten() {
		return row, nil
	}
	text, err := json.Marshal(payload{To: writeContact(m.To), Code: m.Code, Link: m.Link, Reason: m.Reason, About: m.About})
	if err != nil {
		return row, err
	}
	e := s.sealer("messages", m.ID)
	row.PayloadEnc = e.seal("payload_enc", string(text))
	return row, e.err
}

func (s *Store) message(row messageRow) (domain.Message, error) {
	m := domain.Message{
		ID:        row.ID,
		Kind:      row.Kind,
		Status:    row.Status,
		Channel:   row.Channel,
		Locale:    row.Locale,
		CreatedAt: row.CreatedAt,
		ExpiresAt: row.ExpiresAt.Time,
		ChangedAt: row.ChangedAt,
		Failure:   row.Failure,
	}
	if row.PayloadEnc == nil {
		return m, nil
	}
	e := s.sealer("messages", row.ID)
	text := e.open("payload_enc", row.PayloadEnc)
	if e.err != nil {
		return m, e.err
	}
	var p payload
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return m, err
	}
	var err error
	m.To, err = readContact(p.To)
	m.Channel = domain.ChannelOf(m.To) // of old rows the column does not know it
	m.Code, m.Link, m.Reason, m.About = p.Code, p.Link, p.Reason, p.About
	return m, err
}
