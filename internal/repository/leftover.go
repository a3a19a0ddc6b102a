package repository

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
)

// Leftovers destroys what has served its purpose.
type Leftovers struct{ store *Store }

// NewLeftovers returns the leftovers of a store.
func NewLeftovers(s *Store) *Leftovers { return &Leftovers{s} }

// Destroy destroys leftovers of a kind whose end is at a moment or before: the
// oldest, so many at most, in a transaction of its own. It returns how many rows
// of each table are gone. It waits for nobody: rows that are locked are left for
// the next time, and any number may destroy at once.
func (r *Leftovers) Destroy(ctx context.Context, kind domain.Leftover, at time.Time, most int) (map[string]int, error) {
	of := remainsOf(kind)
	gone := make(map[string]int, len(of.parts))
	for _, p := range of.parts {
		gone[p.table] = 0
	}
	// A look first: mostly there is nothing, and on SQLite whoever writes keeps
	// others from it.
	found, err := of.keys(ctx, r.store.db(ctx), at, 1)
	if err != nil || len(found) == 0 {
		return gone, err
	}
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		locking := clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}
		keys, err := of.keys(ctx, r.store.db(ctx).Clauses(locking), at, most)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, p := range of.parts {
			if gone[p.table], err = p.destroy(ctx, r.store.db(ctx), keys); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}

// remains is how leftovers of one kind are found, and what goes with them.
type remains struct {
	// end is the moment of a row's end: what there is an index on. over is the
	// condition of what is destroyed.
	end, over string
	// parts are what is destroyed, in this order. The last one is the table of the
	// kind, with the column that names its rows.
	parts []part
}

// part is a table, and the column that says what its rows belong to.
type part struct{ table, of string }

// keys names the oldest rows that are to be destroyed, so many at most.
func (m remains) keys(ctx context.Context, db *gorm.DB, at time.Time, most int) (keys []any, err error) {
	from := m.parts[len(m.parts)-1]
	err = db.Table(from.table).Where(m.over, map[string]any{
		"at": at, "queued": domain.MessageQueued, "first": domain.PurposeFirstSignIn,
		"activated": domain.ApplicationActivated, "live": liveLetters(),
	}).Order(m.end).Limit(most).Pluck(from.of, &keys).Error
	return keys, translate(ctx, err)
}

func (p part) destroy(ctx context.Context, db *gorm.DB, keys []any) (int, error) {
	result := db.Exec("DELETE FROM ? WHERE ? IN ?", clause.Table{Name: p.table}, clause.Column{Name: p.of}, keys)
	return int(result.RowsAffected), translate(ctx, result.Error)
}

// overSQL is the condition of what has an end and nothing else to be looked at.
const overSQL = " <= @at"

// The end of an application, and the condition of those that led to no connection,
// and have no letter or electronic document that ends later than they.
//
// Elsewhere a document is locked before its application. Here it is the other way
// round, of documents that are over: nobody who locks one goes on to the
// application.
const (
	applicationEnd     = "coalesce(settled_at, expires_at)"
	applicationOverSQL = "status <> @activated AND " + applicationEnd + overSQL + `
AND NOT EXISTS (SELECT 1 FROM edo_documents d
	WHERE d.application_id = payer_applications.id AND coalesce(d.settled_at, d.expires_at) > @at)
AND NOT EXISTS (SELECT 1 FROM letters l
	WHERE l.id = payer_applications.code_id AND l.status IN @live AND (l.expires_at IS NULL OR l.expires_at > @at))`
)

// remainsOf knows every kind of leftovers.
func remainsOf(kind domain.Leftover) remains {
	const expires, idle, last, created, started = "expires_at", "idle_at", "last_at", "created_at", "started_at"
	codes, own := part{"challenges", "subject_id"}, part{string(kind), "id"}
	switch kind {
	case domain.LeftoverRegistrations:
		return remains{expires, expires + overSQL, []part{codes, own}}
	case domain.LeftoverApplications:
		return remains{applicationEnd, applicationOverSQL, []part{codes, {"edo_documents", "application_id"}, own}}
	case domain.LeftoverChallenges:
		return remains{expires, "purpose = @first AND " + expires + overSQL, []part{own}}
	case domain.LeftoverSessions:
		return remains{idle, idle + overSQL, []part{{"refresh_tokens", "session_id"}, own}}
	case domain.LeftoverMessages:
		return remains{created, "status <> @queued AND " + created + overSQL, []part{own}}
	case domain.LeftoverAttempts:
		return remains{started, started + overSQL, []part{own}}
	case domain.LeftoverThrottles:
		own.of = "pair_index"
		return remains{last, last + " IS NULL OR " + last + overSQL, []part{own}}
	case domain.LeftoverLimits:
		own.of = "subject_index"
	case domain.LeftoverAnswers:
		own.of = "request_key"
	}
	return remains{expires, expires + overSQL, []part{own}}
}

// liveLetters are the states of a letter that may still lead to its code.
func liveLetters() []domain.LetterStatus {
	return slices.DeleteFunc(domain.LetterStatuses(), func(s domain.LetterStatus) bool { return !s.Live() })
}
