package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/clock"
)

// The same complaint is heard once a minute, with how many were left out; others,
// and what is no complaint, are heard as they come.
func TestQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		var out bytes.Buffer
		log := slog.New(newQuiet(slog.NewJSONHandler(&out, nil), clock.System{})).With("part", "queue")
		for range 5 {
			log.Error("cannot fetch", "attempt", 1)
			log.WithGroup("of").Warn("cannot lead", "attempt", 1)
			log.Info("working")
			log.Error("panic", "kind", "tidy")
			log.Error("panic", "kind", "send_message")
		}
		require.Equal(t, map[string]int{"cannot fetch": 1, "panic": 2, "cannot lead": 1, "working": 5}, heard(t, out.String()))

		<-time.After(quietFor)
		out.Reset()
		log.Error("cannot fetch", "attempt", 2)
		log.Error("cannot fetch", "attempt", 3)
		var line map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &line), "one line")
		require.InDelta(t, 4, line["left_out"], 0)
		require.InDelta(t, 2, line["attempt"], 0)
		require.Equal(t, "queue", line["part"])
	})
}

// heard counts the lines of a log by their message.
func heard(t *testing.T, log string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for text := range strings.Lines(log) {
		var line struct{ Msg string }
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		counts[line.Msg]++
	}
	return counts
}
