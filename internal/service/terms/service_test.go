package terms_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/terms"
)

// hand is a clock that stands where it is put.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

// at is a clock that stands at a moment.
func at(t *testing.T, moment string) *hand {
	t.Helper()
	now, err := time.Parse(time.RFC3339, moment)
	require.NoError(t, err)
	return &hand{now}
}

// folder has files with these names, each of which says what it is.
func folder(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: []byte("Текст " + name + ".\n")}
	}
	return files
}

func current(t *testing.T, s *terms.Service, document string) domain.Terms {
	t.Helper()
	got, err := s.Current(document)
	require.NoError(t, err)
	return got
}

func TestCurrent(t *testing.T) {
	t.Parallel()
	s, err := terms.New(terms.Parts{Clock: at(t, "2026-11-28T09:00:00Z")})
	require.NoError(t, err)
	for document, words := range map[string]string{
		domain.DocumentPersonalData:    "152-ФЗ",
		domain.DocumentPayerConnection: "не реже одного раза в квартал",
	} {
		got := current(t, s, document)
		require.Equal(t, document, got.Document)
		require.Equal(t, got.EffectiveFrom.ISO(), got.Version)
		require.Contains(t, got.Text, words)
		sum := sha256.Sum256([]byte(got.Text))
		require.Equal(t, sum[:], got.Hash)
	}
}

// Who agreed to a version agreed to this text: another text needs another
// version, and with it another line here.
func TestPublishedTextsStay(t *testing.T) {
	t.Parallel()
	published := map[string]string{
		"payer-connection.2025-01-01.txt": "c8d48d653450f7609c4380e53dd74707c1c7e056e809a818dd4bcfcbc448b3ea",
		"personal-data.2025-01-01.txt":    "0daac4e27106ee8100b9d5d1470ba7f4ad915e6e4c98d623a39b2fabce67ce6b",
		"personal-data.2026-11-01.txt":    "cbaa21ef2369454209932422927b515c6d3e37f49dbb0da680ec6a52185aa2e8",
	}
	found := map[string]string{}
	entries, err := os.ReadDir("documents")
	require.NoError(t, err)
	for _, e := range entries {
		text, err := os.ReadFile("documents/" + e.Name())
		require.NoError(t, err)
		require.True(t, utf8.Valid(text))
		require.NotContains(t, string(text), "\r")
		require.True(t, strings.HasSuffix(string(text), ".\n"))
		sum := sha256.Sum256(text)
		found[e.Name()] = hex.EncodeToString(sum[:])
	}
	require.Equal(t, published, found)
}

func TestUnknownDocument(t *testing.T) {
	t.Parallel()
	s, err := terms.New(terms.Parts{Clock: at(t, "2026-11-28T09:00:00Z")})
	require.NoError(t, err)
	for _, name := range []string{"", "payer", "personal-data.2026-11-01", "../personal-data"} {
		_, err := s.Current(name)
		require.ErrorIs(t, err, apperr.New(apperr.NotFound), name)
	}
}

// A version takes over by itself when its day begins in Moscow, which is at
// 21:00 UTC, and the one after it in its turn.
func TestAVersionTakesOverAtMidnightInMoscow(t *testing.T) {
	t.Parallel()
	clock := at(t, "2026-12-31T20:59:59Z")
	s, err := terms.New(terms.Parts{Clock: clock, Folder: folder(
		"personal-data.2027-02-01.txt", "personal-data.2027-01-01.txt", "payer-connection.2026-12-31.txt",
	)})
	require.NoError(t, err)
	require.Equal(t, "2026-11-01", current(t, s, domain.DocumentPersonalData).Version)
	require.Equal(t, "2026-12-31", current(t, s, domain.DocumentPayerConnection).Version)

	clock.now = clock.now.Add(time.Second)
	got := current(t, s, domain.DocumentPersonalData)
	require.Equal(t, "2027-01-01", got.Version)
	require.Equal(t, "Текст personal-data.2027-01-01.txt.\n", got.Text)

	clock.now = clock.now.Add(31 * 24 * time.Hour)
	require.Equal(t, "2027-02-01", current(t, s, domain.DocumentPersonalData).Version)
	require.Equal(t, "2026-12-31", current(t, s, domain.DocumentPayerConnection).Version)
}

// The same text may stand in the folder, too, and what is hidden there is not
// looked at.
func TestFolder(t *testing.T) {
	t.Parallel()
	const name = "personal-data.2026-11-01.txt"
	text, err := os.ReadFile("documents/" + name)
	require.NoError(t, err)
	files := fstest.MapFS{name: {Data: text}, "..data/x": {}, ".keep": {}}
	s, err := terms.New(terms.Parts{Clock: at(t, "2026-11-28T09:00:00Z"), Folder: files})
	require.NoError(t, err)
	require.Equal(t, "2026-11-01", current(t, s, domain.DocumentPersonalData).Version)
}

// Everything that is wrong is told at once, by the file's name.
func TestWrongFiles(t *testing.T) {
	t.Parallel()
	files := folder("personal-data.txt", "personal-data.2027-02-30.txt", "personal-data.2027-01-01.md", "readme.txt",
		"privacy.2027-01-01.txt", "personal-data.2026-11-01.txt", "old/personal-data.2020-01-01.txt", "personal-data.2027-05-01.txt")
	files["personal-data.2027-03-01.txt"] = &fstest.MapFile{Data: []byte(" \n")}
	files["payer-connection.2027-03-01.txt"] = &fstest.MapFile{Data: []byte{0xD2, 0xE5, 0xEA}}
	files["payer-connection.2027-04-01.txt"] = &fstest.MapFile{Data: []byte(strings.Repeat("ё", 100_001))}
	_, err := terms.New(terms.Parts{Clock: at(t, "2026-11-28T09:00:00Z"), Folder: files})
	const form = "must be named DOCUMENT.YYYY-MM-DD.txt"
	require.EqualError(t, err, strings.Join([]string{
		"documents to agree to:",
		"old: " + form,
		"payer-connection.2027-03-01.txt: must be UTF-8",
		"payer-connection.2027-04-01.txt: must not be longer than 100000 characters",
		"personal-data.2026-11-01.txt: differs from the text of this version that is built in: give the new text a new date",
		"personal-data.2027-01-01.md: " + form,
		"personal-data.2027-02-30.txt: " + form,
		"personal-data.2027-03-01.txt: is empty",
		"personal-data.txt: " + form,
		"privacy.2027-01-01.txt: must be named for one of the documents: personal-data, payer-connection",
		"readme.txt: " + form,
	}, "\n"))
}

// Files that cannot be read are no empty folder.
func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	clock := at(t, "2026-11-28T09:00:00Z")
	missing := os.DirFS(t.TempDir() + "/missing")
	_, err := terms.New(terms.Parts{Clock: clock, Folder: missing})
	require.ErrorIs(t, err, os.ErrNotExist)
	files := folder()
	files["personal-data.2027-01-01.txt/x"] = &fstest.MapFile{}
	_, err = terms.New(terms.Parts{Clock: clock, Folder: files})
	require.ErrorContains(t, err, "personal-data.2027-01-01.txt")
}

func TestNoVersionInForce(t *testing.T) {
	t.Parallel()
	early := at(t, "2024-12-31T20:59:59Z")
	_, err := terms.New(terms.Parts{Clock: early})
	require.EqualError(t, err, `documents to agree to:
personal-data: no version is in force yet
payer-connection: no version is in force yet`)

	_, err = terms.New(terms.Parts{Clock: early, Folder: folder("personal-data.2024-12-31.txt")})
	require.EqualError(t, err, "documents to agree to:\npayer-connection: no version is in force yet")

	// A clock that is put back later finds none either.
	early.now = early.now.Add(time.Second)
	s, err := terms.New(terms.Parts{Clock: early})
	require.NoError(t, err)
	early.now = early.now.Add(-time.Second)
	_, err = s.Current(domain.DocumentPersonalData)
	require.ErrorIs(t, err, apperr.New(apperr.NotFound))
}
