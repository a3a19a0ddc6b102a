// Command api is Kabinet: the API, its workers and the tools to run them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.org/kabinet/internal/config"
)

// The ways the program ends.
const (
	exitOK     = 0
	exitFailed = 1
	// exitUsage is for a wrong command line or configuration.
	exitUsage = 2
)

const usage = `Kabinet

Usage: api [command]

  serve         run the API and the workers (default)
  worker        run the workers alone
  migrate       bring the database's schema up to date
  healthcheck   ask the running program whether it is ready
  keys rotate   add new keys, then with --promote use them

Configuration comes from the environment: see docs/configuration.md.
`

// errUsage is the error of a command line that makes no sense.
var errUsage = errors.New("unknown command")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := realMain(ctx, invocation{os.Args[1:], os.Environ(), os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// invocation is what the program is started with.
type invocation struct {
	args    []string
	environ []string
	out     io.Writer
	err     io.Writer
}

func realMain(ctx context.Context, in invocation) int {
	command, ok := commands()[strings.Join(in.args, " ")]
	if !ok {
		return in.fail(exitUsage, fmt.Errorf("%w: %s\n\n%s", errUsage, strings.Join(in.args, " "), usage))
	}
	if command == nil {
		_, _ = io.WriteString(in.out, usage)
		return exitOK
	}
	c, err := config.Load(in.environ)
	if err != nil {
		return in.fail(exitUsage, fmt.Errorf("wrong configuration:\n%w", err))
	}
	if err := command(ctx, in, c); err != nil {
		return in.fail(exitFailed, err)
	}
	return exitOK
}

func (in invocation) fail(code int, err error) int {
	_, _ = fmt.Fprintln(in.err, err)
	return code
}

// command is one of the things that the program can do.
type command func(ctx context.Context, in invocation, c config.Config) error

// commands are the words that may stand behind the program's name. Those that
// lead to nothing lead to the usage.
func commands() map[string]command {
	return map[string]command{
		"":                      serve,
		"serve":                 serve,
		"worker":                worker,
		"migrate":               migrate,
		"healthcheck":           healthcheck,
		"keys rotate":           addKeys,
		"keys rotate --promote": promoteKeys,
		"help":                  nil,
		"-h":                    nil,
		"--help":                nil,
	}
}
