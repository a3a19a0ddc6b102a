package config

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxSecretFile is the largest file that a secret is read from, in bytes.
const maxSecretFile = 64 << 10

// Secret is a value that may hold a password. It prints as stars.
type Secret struct{ text string }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}

// Reveal is the value in clear.
func (s Secret) Reveal() string { return s.text }

// IsZero tells whether there is no value.
func (s Secret) IsZero() bool { return s.text == "" }

// String is three stars, or nothing where there is no value.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return "***"
}

// GoString is the same as String.
func (s Secret) GoString() string { return s.String() }

// readSecretFiles replaces each NAME_FILE of a secret by NAME with what is in
// the file.
func readSecretFiles(values map[string]string, known []variable, r report) {
	for _, v := range known {
		path, given := values[v.name+fileSuffix]
		if !v.secret || !given {
			continue
		}
		delete(values, v.name+fileSuffix)
		if _, both := values[v.name]; both {
			r.add(v.name, "set either it or %s%s, not both", v.name, fileSuffix)
			continue
		}
		text, err := readSecret(path)
		if err != nil {
			r.add(v.name+fileSuffix, "%s", err)
			// What follows from its absence is not worth another line.
			r.add(v.name, "not readable from its file")
			continue
		}
		values[v.name] = text
	}
}

// readSecret is the content of a file without the line's end. No error
// repeats anything of the content.
func readSecret(path string) (string, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return "", errors.New("the file cannot be opened")
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	text := strings.TrimRight(string(raw), "\r\n")
	switch {
	case err != nil:
		return "", errors.New("the file cannot be read")
	case len(raw) > maxSecretFile:
		return "", errors.New("the file is too large for a secret")
	case text == "":
		return "", errors.New("the file is empty")
	}
	return text, nil
}
