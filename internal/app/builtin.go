package app

import (
	"example.org/kabinet/api"
	"example.org/kabinet/internal/handler"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/password"
)

// Builtin is what is built into the program and read once: sentences, common
// passwords, the description of the API and the pages. Nothing changes it, so
// that any number of [App] may share it.
type Builtin struct {
	texts    *i18n.Catalog
	policy   *password.Policy
	docs     *handler.Docs
	problems *handler.Problems
}

// NewBuiltin reads what is built into the program. It fails if that cannot be
// read.
func NewBuiltin() (*Builtin, error) {
	texts, err := i18n.New()
	if err != nil {
		return nil, err
	}
	policy, err := password.NewPolicy()
	if err != nil {
		return nil, err
	}
	docs, err := handler.NewDocs(api.YAML(), api.JSON())
	if err != nil {
		return nil, err
	}
	problems, err := handler.NewProblems(texts)
	if err != nil {
		return nil, err
	}
	return &Builtin{texts: texts, policy: policy, docs: docs, problems: problems}, nil
}
