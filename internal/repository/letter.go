package repository

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Letters keeps registered letters with their print jobs, and the batches in
// which they are printed.
type Letters struct {
	table[letterRow, domain.Letter]
}

// NewLetters returns the letters of a store.
func NewLetters(s *Store) *Letters {
	return &Letters{table[letterRow, domain.Letter]{s, s.letterRow, s.letter}}
}

type letterRow struct {
	ID           uuid.UUID
	AccountID    uuid.UUID
	Purpose      domain.LetterPurpose
	Status       domain.LetterStatus
	Locale       domain.Locale
	RecipientEnc []byte
	AddressEnc   []byte
	// ReferenceEnc is NULL in letters to citizens.
	ReferenceEnc []byte
	MAC          []byte `gorm:"column:mac"`
	AttemptsLeft int
	// PrintEnc is the print job: the code, while the letter is requested.
	PrintEnc    []byte
	BatchID     uuid.NullUUID
	Track       sql.NullString
	RequestedAt time.Time
	DueOn       string
	PrintedAt   sql.NullTime
	PostedAt    sql.NullTime
	DeliveredAt sql.NullTime
	ExpiresAt   sql.NullTime
	SettledAt   sql.NullTime
	Reminders   int
}

// TableName implements GORM's Tabler.
func (letterRow) TableName() string { return "letters" }

// Create adds a letter together with its print job. Of two live ones of an
// account and purpose, one is [apperr.ConfirmationOpen].
func (r *Letters) Create(ctx context.Context, p domain.PrintedLetter) error {
	row, err := r.encode(p.Letter)
	if err != nil {
		return err
	}
	e := r.store.sealer("letters", p.Letter.ID)
	if row.PrintEnc = e.seal("print_enc", p.Code); e.err != nil {
		return e.err
	}
	err = r.store.db(ctx).Create(&row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return apperr.Wrap(apperr.ConfirmationOpen, err)
	}
	return translate(ctx, err)
}

// Get finds a letter.
func (r *Letters) Get(ctx context.Context, id uuid.UUID) (domain.Letter, error) {
	return r.byID(ctx, id)
}

// Update changes a letter in a transaction, with its row locked. Its print job
// is erased as soon as it is not merely requested any more. An error of fn
// changes nothing and is returned as it is. A track number that another letter
// has is [apperr.ServiceUnavailable]: whoever writes it has looked before, and
// lost a race.
func (r *Letters) Update(
	ctx context.Context, id uuid.UUID, fn func(*domain.Letter) error,
) (l domain.Letter, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		var before letterRow
		err := r.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id).Take(&before).Error
		if err != nil {
			return translate(ctx, err)
		}
		if l, err = r.decode(before); err != nil {
			return err
		}
		if err := fn(&l); err != nil {
			return err
		}
		row, err := r.encode(l)
		if err != nil {
			return err
		}
		if l.Status == domain.LetterRequested {
			row.PrintEnc = before.PrintEnc
		}
		err = write(ctx, r.store.db(ctx).Where("id = ?", id), &row)
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return apperr.Wrap(apperr.ServiceUnavailable, err)
		}
		return err
	})
	return l, err
}

// Spend takes one attempt from a letter that has been posted, in one statement,
// so that any number of guesses at once gets no more attempts than there are.
// It returns the letter as it is then, and whether an attempt was there to be
// taken.
func (r *Letters) Spend(ctx context.Context, id uuid.UUID, now time.Time) (domain.Letter, bool, error) {
	var rows []letterRow
	err := r.store.db(ctx).Raw(
		`UPDATE letters SET attempts_left = attempts_left - 1
		WHERE id = ? AND status IN (?, ?) AND attempts_left > 0 AND expires_at > ? RETURNING *`,
		id, domain.LetterPosted, domain.LetterDelivered, now,
	).Scan(&rows).Error
	if err != nil {
		return domain.Letter{}, false, translate(ctx, err)
	}
	if len(rows) == 0 {
		l, err := r.byID(ctx, id)
		return l, false, err
	}
	l, err := r.decode(rows[0])
	return l, true, err
}

// SpendAll takes one attempt from each letter of a payer that has been posted, in
// one statement, and returns those that had one. A notice has attempts like a code:
// it must not outlive guesses that a code would not.
func (r *Letters) SpendAll(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Letter, error) {
	var rows []letterRow
	err := r.store.db(ctx).Raw(
		`UPDATE letters SET attempts_left = attempts_left - 1
		WHERE account_id = ? AND purpose IN (?, ?) AND status IN (?, ?) AND attempts_left > 0 AND expires_at > ? RETURNING *`,
		account, domain.LetterPayerActivation, domain.LetterPayerNotice, domain.LetterPosted, domain.LetterDelivered, now,
	).Scan(&rows).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	return decodeAll(rows, r.decode)
}

// Since lists the letters that an account has asked for after a moment.
func (r *Letters) Since(ctx context.Context, account uuid.UUID, after time.Time) ([]domain.Letter, error) {
	return r.list(ctx, r.store.db(ctx).Where("account_id = ? AND requested_at > ?", account, after).Order("requested_at, id"))
}

// PrintJob is the code of a letter that is to be printed; [apperr.NotFound] when
// it is not any more.
func (r *Letters) PrintJob(ctx context.Context, id uuid.UUID) (domain.PrintedLetter, error) {
	found, err := r.printJobs(ctx, r.store.db(ctx).Where("id = ?", id))
	if err == nil && len(found) == 0 {
		return domain.PrintedLetter{}, apperr.New(apperr.NotFound)
	}
	if err != nil {
		return domain.PrintedLetter{}, err
	}
	return found[0], nil
}

// PrintJobs are the letters of a batch that are to be printed, codes included.
func (r *Letters) PrintJobs(ctx context.Context, batch uuid.UUID) ([]domain.PrintedLetter, error) {
	return r.printJobs(ctx, r.store.db(ctx).Where("batch_id = ?", batch))
}

func (r *Letters) printJobs(ctx context.Context, query *gorm.DB) ([]domain.PrintedLetter, error) {
	var rows []letterRow
	err := query.Where("status = ?", domain.LetterRequested).Order("requested_at, id").Find(&rows).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	all := make([]domain.PrintedLetter, 0, len(rows))
	for _, row := range rows {
		l, err := r.decode(row)
		if err != nil {
			return nil, err
		}
		e := r.store.sealer("letters", row.ID)
		all = append(all, domain.PrintedLetter{Letter: l, Code: e.open("print_enc", row.PrintEnc)})
		if e.err != nil {
			return nil, e.err
		}
	}
	return all, nil
}

func (s *Store) letterRow(l domain.Letter) (letterRow, error) {
	text, err := json.Marshal(writeAddress(l.Address))
	if err != nil {
		return letterRow{}, err
	}
	e := s.sealer("letters", l.ID)
	row := letterRow{
		ID:           l.ID,
		AccountID:    l.AccountID,
		Purpose:      l.Purpose,
		Status:       l.Status,
		Locale:       l.Locale,
		RecipientEnc: e.seal("recipient_enc", l.Recipient),
		AddressEnc:   e.seal("address_enc", string(text)),
		MAC:          l.MAC,
		AttemptsLeft: l.AttemptsLeft,
		BatchID:      nullID(l.BatchID),
		Track:        sql.NullString{String: l.Track.Digits(), Valid: !l.Track.IsZero()},
		RequestedAt:  l.RequestedAt,
		DueOn:        l.DueOn.ISO(),
		PrintedAt:    nullTime(l.PrintedAt),
		PostedAt:     nullTime(l.PostedAt),
		DeliveredAt:  nullTime(l.DeliveredAt),
		ExpiresAt:    nullTime(l.ExpiresAt),
		SettledAt:    nullTime(l.SettledAt),
		Reminders:    l.Reminders,
	}
	if l.Reference != "" {
		row.ReferenceEnc = e.seal("reference_enc", l.Reference)
	}
	return row, e.err
}

func (s *Store) letter(row letterRow) (domain.Letter, error) {
	e := s.sealer("letters", row.ID)
	l := domain.Letter{
		ID:           row.ID,
		AccountID:    row.AccountID,
		Purpose:      row.Purpose,
		Status:       row.Status,
		Recipient:    e.open("recipient_enc", row.RecipientEnc),
		Locale:       row.Locale,
		MAC:          row.MAC,
		AttemptsLeft: row.AttemptsLeft,
		BatchID:      row.BatchID.UUID,
		RequestedAt:  row.RequestedAt,
		PrintedAt:    row.PrintedAt.Time,
		PostedAt:     row.PostedAt.Time,
		DeliveredAt:  row.DeliveredAt.Time,
		ExpiresAt:    row.ExpiresAt.Time,
		SettledAt:    row.SettledAt.Time,
		Reminders:    row.Reminders,
	}
	if row.ReferenceEnc != nil {
		l.Reference = e.open("reference_enc", row.ReferenceEnc)
	}
	text := e.open("address_enc", row.AddressEnc)
	if e.err != nil {
		return l, e.err
	}
	var parts address
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return l, err
	}
	var failed [3]error
	l.Address, failed[0] = readAddress(parts)
	l.DueOn, failed[1] = ident.ParseDate(row.DueOn)
	if row.Track.Valid {
		l.Track, failed[2] = ident.ParsePostalItemID(row.Track.String)
	}
	return l, errors.Join(failed[:]...)
}
