// Package servers_test sends through the real servers of others, as Debian ships
// them: servers of our own share our view of a protocol.
package servers_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// patience bounds every wait for something that takes moments.
	patience = time.Minute
	tick     = 5 * time.Millisecond
)

// post is the mail server of all tests: a program learns the authorities that it
// trusts once.
var post = mailserver{files: map[string]string{}}

func TestMain(m *testing.M) {
	end, err := post.start()
	if err == nil {
		err = os.Setenv("SSL_CERT_FILE", filepath.Join(post.dir, "ca.pem"))
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "cannot start the mail server:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := end(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "cannot end the mail server:", err)
		code = 1
	}
	os.Exit(code)
}

// mailserver is a private one, see scripts/mailserver.
type mailserver struct {
	dir string
	// starttls and tls are its URLs.
	starttls, tls string

	mu sync.Mutex
	// files are the messages that were read before, by their names.
	files map[string]string
}

// start runs the server until end is called, or until this process dies.
func (s *mailserver) start() (end func() error, err error) {
	command := script("hold")
	command.Stderr = os.Stderr
	input, errInput := command.StdinPipe()
	output, errOutput := command.StdoutPipe()
	if err := errors.Join(errInput, errOutput); err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	end = func() error { return errors.Join(input.Close(), command.Wait()) }
	lines := bufio.NewScanner(output)
	for _, line := range []*string{&s.dir, &s.starttls, &s.tls} {
		if !lines.Scan() {
			return nil, errors.Join(errors.New("it does not say where it is"), end())
		}
		*line = lines.Text()
	}
	return end, nil
}

// run does something with the server's folder: kill it, or start it again.
func (s *mailserver) run(t *testing.T, do string) {
	t.Helper()
	if out, err := script(do, s.dir).CombinedOutput(); err != nil {
		t.Fatalf("%s the mail server: %v: %s", do, err, strings.TrimSpace(string(out)))
	}
}

// mail is all that the server has put into its folder.
func (s *mailserver) mail(t *testing.T) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	names, err := filepath.Glob(filepath.Join(s.dir, "mail", "new", "*"))
	require.NoError(t, err)
	for _, name := range names {
		if _, known := s.files[name]; known {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		s.files[name] = string(text)
	}
	return slices.Collect(maps.Values(s.files))
}

func script(args ...string) *exec.Cmd {
	return exec.CommandContext(context.Background(), "../../scripts/mailserver", args...)
}
