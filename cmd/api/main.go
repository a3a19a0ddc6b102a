// Command api is Kabinet: the API, its workers and the tools to run them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
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
  import centres FILE
                replace the list of service centres by a .csv or .json file
  import calendar FILE
                add or replace years of the working calendar by a .json file
  import insured-persons FILE
                replace the fund's own register by a .csv or .json file
  import payers FILE [--strict] [--rejects FILE]
                replace the register of payers by a .csv file. Wrong rows are left
                out and told in FILE.rejected.csv; --strict takes none at all then
  operator create --login NAME --family-name NAME --given-name NAME
                --email ADDRESS --snils NUMBER [--role ROLE] [--place CODE]...
                invite an operator: print a one-time link to enrol with. ROLE is
                administrator (default), supervisor or operator
  healthcheck   ask the running program whether it is ready
  keys create   make the first key set
  keys rotate   add new keys, then with --promote use them

Configuration comes from the environment: see docs/configuration.md.
`

// errUsage is the error of a command line that makes no sense.
var errUsage = errors.New("unknown command")

// main runs the command that its arguments name.
//
//	@title                       Kabinet
//	@version                     0.1.0
//	@description                 Backend of the personal cabinets of insured persons and of payers of contributions. Citizens register with a contact and a password, give personal data that state registers check, and confirm their identity by a visit or a registered letter. Payers are connected by an activation code or a registration card. Operators with a second factor work at the counter and with letters, supervisors decide reviews and what takes two people, administrators invite operators and read the audit log. Every POST takes an `Idempotency-Key`, but for those that show a second factor, print a registration card, or play a receipt in a sandbox. Times are RFC 3339 in UTC, ids are UUIDs, errors are problem documents (RFC 9457) whose `code` never changes. A multi-step flow is driven by the flow token that its first step answers with.
//	@contact.name                Kabinet
//	@contact.url                 https://example.org/kabinet
//	@license.name                Apache-2.0
//	@license.url                 https://www.apache.org/licenses/LICENSE-2.0
//	@tag.name                    registrations
//	@tag.description             A person proves a contact and sets a password; then the account exists.
//	@tag.name                    sessions
//	@tag.description             Signing in and out, and refreshing tokens, for every kind of account.
//	@tag.name                    account
//	@tag.description             The account of whoever is signed in.
//	@tag.name                    payers
//	@tag.description             Payers of contributions: application, activation code, activation, and what to do about a lost password.
//	@tag.name                    operators
//	@tag.description             Those who work for the fund and at service centres, and what they do.
//	@tag.name                    service-centres
//	@tag.description             The centres and offices where an identity is confirmed in person.
//	@tag.name                    service
//	@tag.description             What this installation is and allows, its keys, and the pages that problems point to.
//	@tag.name                    sandbox
//	@tag.description             What stands in for mailboxes and phones while trying. A production server has none of it.
//	@securityDefinitions.apikey  accessToken
//	@in                          header
//	@name                        Authorization
//	@securityDefinitions.apikey  flowToken
//	@in                          header
//	@name                        Authorization
func main() {
	collectEarly()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := realMain(ctx, invocation{os.Args[1:], os.Environ(), os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// gcPercent lets the collector begin early. Each hash of a password leaves 19 MiB
// of garbage; with Go's own 100 percent a thousand sign-ins that wait come near
// the bound of 300 MB.
const gcPercent = 50

// collectEarly sets gcPercent unless the operator chose otherwise by GOGC.
func collectEarly() {
	const usual = 100
	if chosen := debug.SetGCPercent(gcPercent); chosen != usual {
		debug.SetGCPercent(chosen)
	}
}

// invocation is what the program is started with.
type invocation struct {
	args    []string
	environ []string
	out     io.Writer
	err     io.Writer
}

func realMain(ctx context.Context, in invocation) int {
	command, ok := find(in.args)
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
	err = command(ctx, in, c)
	switch {
	case errors.Is(err, errFlags):
		return in.fail(exitUsage, err)
	case err != nil:
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

// anyFile stands in the name of a command for the name of a file.
const anyFile = "FILE"

// find is the command that arguments name; the last one may be a file.
func find(args []string) (command, bool) {
	if c, ok := commands()[strings.Join(args, " ")]; ok || len(args) == 0 {
		return c, ok
	}
	const words = 2
	if len(args) >= words {
		if c, ok := commands()[strings.Join(append(slices.Clone(args[:words]), anyFlags), " ")]; ok {
			return c, ok
		}
	}
	last := len(args) - 1
	if strings.HasPrefix(args[last], "-") {
		return nil, false
	}
	c, ok := commands()[strings.Join(append(slices.Clone(args[:last]), anyFile), " ")]
	return c, ok
}

// commands are the words that may stand behind the program's name. Those that
// lead to nothing lead to the usage.
func commands() map[string]command {
	return map[string]command{
		"":                      serve,
		"serve":                 serve,
		"worker":                worker,
		"migrate":               migrate,
		"healthcheck":           healthcheck,
		"operator create FLAGS": createOperator,
		"import centres FILE":   importCentres,
		"import calendar FILE":  importCalendar,

		"import insured-persons FILE": importInsuredPersons,
		"import payers FLAGS":         importPayers,
		"keys create":                 createKeys,
		"keys rotate":                 addKeys,
		"keys rotate --promote":       promoteKeys,
		"help":                        nil,
		"-h":                          nil,
		"--help":                      nil,
	}
}
