package app

import (
	"fmt"
	"os"

	"example.org/kabinet/internal/service/terms"
)

// buildTerms reads the documents that people agree to: those that are built in,
// and those of the folder that the configuration names.
func (a *App) buildTerms() (err error) {
	parts := terms.Parts{Clock: a.Clock}
	folder := a.Config.Terms.TermsDir
	if folder != "" {
		parts.Folder = os.DirFS(folder)
	}
	a.services.terms, err = terms.New(parts)
	if err != nil && folder != "" {
		return fmt.Errorf("KABINET_TERMS_DIR: %w", err)
	}
	return err
}
