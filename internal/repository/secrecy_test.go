package repository_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/cipher"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

// Personal data and codes are unreadable in a database dump (M27).
func TestDumpTellsNothing(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		db := raw(t, e, at)
		registration, _ := fill(t, testkit.Open(t, at), canary())
		for _, table := range tables(columns(t, e, db)) {
			var rows int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows))
			require.Positive(t, rows, "table %s has to be filled for this test", table)
		}
		dump := testkit.Dump(t, e, at)
		require.Contains(t, string(dump), "canary.sings", "what is stored in clear is found")
		require.Contains(t, string(dump), registration.String())
		require.Contains(t, string(dump), "send_message", "the queue is part of the dump")
		requireNone(t, dump, canary().secrets())
	})
}

// requireNone looks for each secret as text and in the encodings in which bytes
// are written.
func requireNone(t *testing.T, dump []byte, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		plain := []byte(secret)
		for _, form := range []string{
			secret, hex.EncodeToString(plain), strings.ToUpper(hex.EncodeToString(plain)),
			base64.StdEncoding.EncodeToString(plain), base64.RawURLEncoding.EncodeToString(plain),
		} {
			require.False(t, bytes.Contains(dump, []byte(form)), "%s stands in the dump as %s", secret, form)
		}
	}
}

// No column for sealed fields takes clear text, whoever writes it (M27).
func TestSealedColumnsRefuseClearText(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		fill(t, testkit.Open(t, at), canary())
		db, sealed := raw(t, e, at), 0
		for _, c := range columns(t, e, db) {
			if !strings.HasSuffix(c.Name, "_enc") {
				continue
			}
			sealed++
			for _, plain := range []any{[]byte("clear"), []byte{}} {
				_, err := db.ExecContext(t.Context(), "UPDATE "+c.Table+" SET "+c.Name+" = $1", plain)
				require.Error(t, err, "%s.%s took clear text", c.Table, c.Name)
			}
		}
		require.Equal(t, 39, sealed)
	})
}

// The client's address stands beside an agreement where it proves something, and
// is sealed (M19, M27).
func TestConsentsKeepAnAddress(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		fill(t, testkit.Open(t, at), canary())
		db := raw(t, e, at)
		for document, kept := range map[string]bool{domain.DocumentPersonalData: false, domain.DocumentPayerConnection: true} {
			var address []byte
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT address_enc FROM consents WHERE document = $1", document).Scan(&address))
			require.Equal(t, kept, len(address) > len(canary().address), document)
		}
	})
}

// States that no program knows are refused by the database.
func TestUnknownStatesAreRefused(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		fill(t, testkit.Open(t, at), canary())
		db, checked := raw(t, e, at), 0
		for _, c := range columns(t, e, db) {
			switch c.Name {
			case "status", "purpose", "type", "level", "locale", "transport", "kind", "result", "document", "channel",
				"scope", "credential", "method", "outcome":
				_, err := db.ExecContext(t.Context(), "UPDATE "+c.Table+" SET "+c.Name+" = 'nonsense'")
				require.Error(t, err, "%s.%s", c.Table, c.Name)
				checked++
			}
		}
		require.Equal(t, 41, checked)
	})
}

// A sealed field that was moved to another row does not open.
func TestMovedFieldDoesNotOpen(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		registrations := repository.NewRegistrations(testkit.Open(t, at))
		mine, other := canary().registration(t), canary().registration(t)
		require.NoError(t, registrations.Create(t.Context(), mine))
		require.NoError(t, registrations.Create(t.Context(), other))
		_, err := raw(t, e, at).ExecContext(t.Context(), `UPDATE registrations SET family_name_enc =
			(SELECT family_name_enc FROM registrations WHERE id = $1) WHERE id = $2`, other.ID.String(), mine.ID.String())
		require.NoError(t, err)
		_, err = registrations.Get(t.Context(), mine.ID)
		require.ErrorIs(t, err, cipher.ErrUnreadable)
		require.Equal(t, apperr.Internal, apperr.CodeOf(err))
		_, err = registrations.Get(t.Context(), other.ID)
		require.NoError(t, err)
	})
}

// A message that has left the queue keeps neither address nor code, and its job
// never held them (M27).
func TestSettledMessageIsErased(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		s, db := testkit.Open(t, at), raw(t, e, at)
		_, id := fill(t, s, canary())
		var args []byte
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT args FROM river_job WHERE kind = 'send_message'").Scan(&args))
		require.JSONEq(t, `{"message_id":"`+id.String()+`"}`, string(args))
		_, err := repository.NewMessages(s).Update(t.Context(), id, func(m *domain.Message) error {
			return m.Move(domain.MessageSend, time.Now())
		})
		require.NoError(t, err)
		var payload []byte
		err = db.QueryRowContext(t.Context(), "SELECT payload_enc FROM messages").Scan(&payload)
		require.NoError(t, err)
		require.Nil(t, payload)
	})
}

// Errors of the database, which go to the log, hold no value of a row (M27).
func TestErrorsHoldNoValues(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		registrations := repository.NewRegistrations(testkit.Open(t, at))
		r := canary().registration(t)
		require.NoError(t, registrations.Create(t.Context(), r))
		again := registrations.Create(t.Context(), r)
		require.Error(t, again)
		r.ID, r.Status = domain.NewID(), "nonsense"
		unknown := registrations.Create(t.Context(), r)
		require.Error(t, unknown)
		for _, err := range []error{again, unknown} {
			requireNone(t, []byte(err.Error()), canary().secrets())
			require.NotContains(t, err.Error(), r.ID.String())
		}
	})
}
