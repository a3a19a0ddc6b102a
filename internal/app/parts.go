package app

import (
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/sdk/trace"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
)

// NewParts is what the program is given outside of tests: the machine's clock
// and a log on out. It fails if what is built in cannot be read.
func NewParts(c config.Config, out io.Writer) (Parts, error) {
	builtin, err := NewBuiltin()
	return Parts{
		Config: c, Clock: clock.System{}, Log: newLog(c.Log, out), Tracer: trace.NewTracerProvider(), Builtin: builtin,
	}, err
}

func newLog(c config.Log, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == config.LogText {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}
