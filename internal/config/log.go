package config

import "log/slog"

// The forms of the log.
const (
	LogJSON = "json"
	LogText = "text"
)

// Log is what is logged, and how it looks.
type Log struct {
	Level  slog.Level `env:"KABINET_LOG_LEVEL" envDefault:"info" want:"debug, info, warn or error"`
	Format string     `env:"KABINET_LOG_FORMAT" envDefault:"json"`
}

func (l Log) check(r report) {
	if l.Format != LogJSON && l.Format != LogText {
		r.add("KABINET_LOG_FORMAT", "must be json or text")
	}
}
