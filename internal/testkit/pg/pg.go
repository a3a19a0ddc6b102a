// Package pg gives tests a PostgreSQL server: the one that
// KABINET_TEST_DATABASE_URL names, or a private one, started from the programs
// installed on this machine by scripts/postgres. It never skips: without a
// server the caller gets an error that says what to install.
package pg

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Variable is the environment variable that names a server to use. Its user
// must be allowed to create databases.
const Variable = "KABINET_TEST_DATABASE_URL"

// stopTime is how long a private server may take to stop.
const stopTime = 30 * time.Second

// Start returns the URL of a PostgreSQL server's administrative database, where
// the caller may create databases, and a function that stops the server if
// Start started it. A private server also stops when the process ends without
// calling stop. It is meant for TestMain.
func Start() (adminURL string, stop func(), err error) {
	if url := os.Getenv(Variable); url != "" {
		return url, func() {}, nil
	}
	script, err := findScript()
	if err != nil {
		return "", nil, err
	}
	return hold(script)
}

// hold starts the script, which keeps the server until its input ends. The
// operating system ends that input when this process dies, however it dies.
func hold(script string) (adminURL string, stop func(), err error) {
	command := exec.Command(script, "hold") //nolint:noctx // it outlives any test; stop ends it
	var complaints bytes.Buffer
	command.Stderr = &complaints
	command.WaitDelay = stopTime
	input, err := command.StdinPipe()
	if err != nil {
		return "", nil, fmt.Errorf("prepare a private PostgreSQL: %w", err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return "", nil, fmt.Errorf("prepare a private PostgreSQL: %w", err)
	}
	if err := command.Start(); err != nil {
		return "", nil, fmt.Errorf("start a private PostgreSQL: %w", err)
	}
	end := func() error { return errors.Join(input.Close(), command.Wait()) }
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = end()
		}
		return "", nil, fmt.Errorf("start a private PostgreSQL, or name a server in %s: %w: %s",
			Variable, err, strings.TrimSpace(complaints.String()))
	}
	return strings.TrimSpace(line), func() { _ = end() }, nil
}

// findScript looks for scripts/postgres from the working folder, which for a
// test is its package's, upwards to the root of the module.
func findScript() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find scripts/postgres: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, "scripts", "postgres"), nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("find scripts/postgres: not inside the module")
		}
		folder = parent
	}
}
