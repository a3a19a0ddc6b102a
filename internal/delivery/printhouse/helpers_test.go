package printhouse_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/printhouse"
	"example.org/kabinet/internal/domain"
)

// The words that no error may hold.
const (
	secretCode = "7K3M9QR4TW"
	canary     = "canary"
)

func bundle() domain.LetterBundle {
	return domain.LetterBundle{
		Name: "letters-12-0199c0de-7a11-7c3e-8f00-6d2f1b9a4e56",
		Files: []domain.BundleFile{
			{Name: "letters.pdf", Content: []byte("%PDF- Синтетика " + secretCode)},
			{Name: "f103.csv", Content: []byte("Синтетика")},
			{Name: "manifest.json", Content: []byte("{}")},
		},
	}
}

func house(t *testing.T, c printhouse.Config) *printhouse.House {
	t.Helper()
	h, err := printhouse.New(c)
	require.NoError(t, err)
	require.Equal(t, []domain.HandoverStep{domain.HandoverBundle}, h.Steps())
	return h
}

func carry(ctx context.Context, h *printhouse.House, b domain.LetterBundle) error {
	return h.Carry(ctx, domain.HandoverBundle, &domain.Consignment{Bundle: b})
}

// hurried is a context that is over soon.
func hurried(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// requireConfidential requires that an error tells nothing of a letter, of the way to
// the printing house and of what it said.
func requireConfidential(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	for _, word := range []string{secretCode, "Синтетика", canary, "letters-12"} {
		require.NotContains(t, err.Error(), word)
	}
}

// requireBundle requires that a folder has a bundle and nothing else.
func requireBundle(t *testing.T, folder string, b domain.LetterBundle) {
	t.Helper()
	require.Equal(t, []string{b.Name}, names(t, folder))
	require.Len(t, names(t, filepath.Join(folder, b.Name)), len(b.Files))
	for _, f := range b.Files {
		content, err := os.ReadFile(filepath.Join(folder, b.Name, f.Name))
		require.NoError(t, err)
		require.Equal(t, f.Content, content)
	}
}

func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// halfDone leaves what a killed process leaves.
func halfDone(t *testing.T, folder string, b domain.LetterBundle) {
	t.Helper()
	part := filepath.Join(folder, "."+b.Name+".killed.part")
	require.NoError(t, os.Mkdir(part, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(part, "letters.pdf"), []byte("%PDF"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(part, "another.pdf"), []byte("%PDF"), 0o600))
}
