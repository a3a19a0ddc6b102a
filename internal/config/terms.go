package config

// Terms is where further versions of the documents are that people agree to.
type Terms struct {
	// TermsDir is a folder of files DOCUMENT.YYYY-MM-DD.txt. What is in them shows
	// when they are read.
	TermsDir string `env:"KABINET_TERMS_DIR"`
}
