package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/config"
)

// anyFlags stands in the name of a command for flags of its own.
const anyFlags = "FLAGS"

// errFlags is the error of flags that make no sense.
var errFlags = errors.New("wrong command line")

// createOperator makes an operator and prints the one-time link to enrol with.
func createOperator(ctx context.Context, in invocation, c config.Config) error {
	operator, err := parseOperator(in.args[2:])
	if err != nil {
		return fmt.Errorf("%w: operator create: %w\n\n%s", errFlags, err, usage)
	}
	return withApp(ctx, in, c, func(a *app.App) error {
		link, until, err := a.CreateOperator(ctx, operator)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(in.out, "Operator %s is invited. This link is good once, until %s:\n\n%s\n",
			operator.Login, until.UTC().Format(time.RFC3339), link)
		return err
	})
}

func parseOperator(args []string) (app.NewOperator, error) {
	var o app.NewOperator
	flags := flag.NewFlagSet("operator create", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.Login, "login", "", "")
	flags.StringVar(&o.FamilyName, "family-name", "", "")
	flags.StringVar(&o.GivenName, "given-name", "", "")
	flags.StringVar(&o.Email, "email", "", "")
	flags.StringVar(&o.SNILS, "snils", "", "")
	flags.StringVar(&o.Role, "role", "administrator", "")
	flags.Func("place", "", func(code string) error {
		o.Places = append(o.Places, code)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("superfluous: %s", strings.Join(flags.Args(), " "))
	}
	return o, nil
}
