package repository

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// InsuredPersons keeps the fund's own register of insured people. Nothing of a
// person can be read in the database: rows are sealed, and found by a blind index.
type InsuredPersons struct {
	table[insuredRow, domain.InsuredPerson]
}

// NewInsuredPersons returns the register of a store.
func NewInsuredPersons(s *Store) *InsuredPersons {
	return &InsuredPersons{table[insuredRow, domain.InsuredPerson]{s, s.insuredRow, s.insuredPerson}}
}

type insuredRow struct {
	SNILSIndex []byte `gorm:"column:snils_index;primaryKey"`
	// ID is what the person is sealed for; each list seals anew.
	ID        uuid.UUID
	PersonEnc []byte
	ListID    uuid.UUID
}

// TableName implements GORM's Tabler.
func (insuredRow) TableName() string { return "insured_persons" }

// insuredBatch is how many rows one statement inserts.
const insuredBatch = 1000

// errInsuredTwice is the error of a list that names a SNILS more than once.
var errInsuredTwice = errors.New("repository: a SNILS stands twice on the list")

// Find finds a person.
func (r *InsuredPersons) Find(ctx context.Context, snils ident.SNILS) (domain.InsuredPerson, error) {
	index, err := r.store.fields.Index(indexSNILS, snils.Digits())
	if err != nil {
		return domain.InsuredPerson{}, err
	}
	return r.get(ctx, r.store.db(ctx).Where("snils_index = ?", index))
}

// Listed tells whether there is a register at all.
func (r *InsuredPersons) Listed(ctx context.Context) (listed bool, err error) {
	err = r.store.db(ctx).Raw("SELECT EXISTS (SELECT 1 FROM insured_persons)").Scan(&listed).Error
	return listed, translate(ctx, err)
}

// Replace makes the given list the register, in one transaction: until it is
// committed everybody sees the register before. It holds a part of the list in
// memory at a time.
func (r *InsuredPersons) Replace(ctx context.Context, list domain.InsuredList) (changes domain.InsuredChanges, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.lock(ctx); err != nil {
			return err
		}
		changes.Stored, err = r.putAll(ctx, list)
		if err != nil {
			return err
		}
		gone := r.store.db(ctx).Where("list_id <> ?", list.ID).Delete(&insuredRow{})
		changes.Removed = int(gone.RowsAffected)
		return translate(ctx, gone.Error)
	})
	return changes, err
}

// lock lets one list in at a time. SQLite has one lock for all.
func (r *InsuredPersons) lock(ctx context.Context) error {
	if r.store.pool == nil {
		return nil
	}
	return translate(ctx, r.store.db(ctx).Exec("LOCK TABLE insured_persons IN SHARE ROW EXCLUSIVE MODE").Error)
}

func (r *InsuredPersons) putAll(ctx context.Context, list domain.InsuredList) (stored int, err error) {
	batch := make([]insuredRow, 0, insuredBatch)
	put := func() error {
		if err := r.put(ctx, batch); err != nil {
			return err
		}
		stored += len(batch)
		list.Progress(stored)
		batch = batch[:0]
		return nil
	}
	for p, err := range list.People {
		if err != nil {
			return stored, err
		}
		row, err := r.encode(p)
		if err != nil {
			return stored, err
		}
		row.ListID = list.ID
		if batch = append(batch, row); len(batch) < insuredBatch {
			continue
		}
		if err := put(); err != nil {
			return stored, err
		}
	}
	if len(batch) == 0 {
		return stored, nil
	}
	return stored, put()
}

// put adds rows, or puts them in the place of those of former lists.
func (r *InsuredPersons) put(ctx context.Context, rows []insuredRow) error {
	once := map[string]bool{}
	for _, row := range rows {
		once[string(row.SNILSIndex)] = true
	}
	if len(once) != len(rows) { // PostgreSQL gives up on these, SQLite does not
		return errInsuredTwice
	}
	result := r.store.db(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "snils_index"}},
		DoUpdates: clause.AssignmentColumns([]string{"id", "person_enc", "list_id"}),
		Where: clause.Where{Exprs: []clause.Expression{
			clause.Expr{SQL: "insured_persons.list_id <> excluded.list_id"},
		}},
	}).Create(&rows)
	if result.Error != nil {
		return translate(ctx, result.Error)
	}
	if int(result.RowsAffected) != len(rows) {
		return errInsuredTwice
	}
	return nil
}

// insured is the sealed form of a person. Its names stay: what was sealed once
// has to be read by every later release.
type insured struct {
	SNILS      string `json:"snils"`
	FamilyName string `json:"family_name,omitempty"`
	GivenName  string `json:"given_name,omitempty"`
	Patronymic string `json:"patronymic,omitempty"`
	BirthDate  string `json:"birth_date"`
	Gender     string `json:"gender"`
	Deceased   bool   `json:"deceased,omitempty"`
}

func (s *Store) insuredRow(p domain.InsuredPerson) (insuredRow, error) {
	text, err := json.Marshal(insured{
		SNILS: p.SNILS.Digits(), FamilyName: p.FamilyName.Text(), GivenName: p.GivenName.Text(),
		Patronymic: p.Patronymic.Text(), BirthDate: p.BirthDate.ISO(), Gender: string(p.Gender), Deceased: p.Deceased,
	})
	if err != nil {
		return insuredRow{}, err
	}
	row := insuredRow{ID: domain.NewID()}
	e := s.sealer("insured_persons", row.ID)
	row.PersonEnc = e.seal("person_enc", string(text))
	row.SNILSIndex = e.index(indexSNILS, p.SNILS.Digits())
	return row, e.err
}

func (s *Store) insuredPerson(row insuredRow) (p domain.InsuredPerson, err error) {
	e := s.sealer("insured_persons", row.ID)
	text := e.open("person_enc", row.PersonEnc)
	if e.err != nil {
		return p, e.err
	}
	var stored insured
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return p, err
	}
	var failed [3]error
	p.FamilyName, p.GivenName = ident.StoredName(stored.FamilyName), ident.StoredName(stored.GivenName)
	p.Gender, p.Deceased = domain.Gender(stored.Gender), stored.Deceased
	p.SNILS, failed[0] = ident.ParseSNILS(stored.SNILS)
	p.BirthDate, failed[1] = ident.ParseDate(stored.BirthDate)
	p.Patronymic, failed[2] = ident.ParsePatronymic(stored.Patronymic, stored.Patronymic == "")
	return p, errors.Join(failed[:]...)
}
