package terms_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/terms"
)

func TestCurrent(t *testing.T) {
	t.Parallel()
	got, err := terms.New().Current(domain.DocumentPersonalData)
	require.NoError(t, err)
	require.Equal(t, "personal-data", got.Document)
	require.Contains(t, got.Text, "152-ФЗ")
	require.True(t, utf8.ValidString(got.Text))
	require.NotContains(t, got.Text, "\r")
	sum := sha256.Sum256([]byte(got.Text))
	require.Equal(t, sum[:], got.Hash)
}

// Who agreed to a version agreed to this text: another text needs another
// version, and with it another line here.
func TestPublishedTextsStay(t *testing.T) {
	t.Parallel()
	published := map[string]string{
		"personal-data 2026-11-01": "cbaa21ef2369454209932422927b515c6d3e37f49dbb0da680ec6a52185aa2e8",
	}
	got, err := terms.New().Current(domain.DocumentPersonalData)
	require.NoError(t, err)
	require.Equal(t, published["personal-data "+got.Version], hex.EncodeToString(got.Hash))
	require.True(t, strings.HasSuffix(got.Text, ".\n"))
}

func TestUnknownDocument(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "payer", "personal-data.2026-11-01", "../personal-data"} {
		_, err := terms.New().Current(name)
		require.ErrorIs(t, err, apperr.New(apperr.NotFound), name)
	}
}
