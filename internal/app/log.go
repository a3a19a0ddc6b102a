package app

import (
	"io"
	"log/slog"

	"example.org/kabinet/internal/config"
)

// NewLog returns the program's log.
func NewLog(c config.Log, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Level}
	if c.Format == config.LogText {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}
