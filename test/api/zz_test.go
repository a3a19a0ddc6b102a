package api_test

import (
	"testing"
	"os"
	"example.org/kabinet/internal/testkit"
)

func TestZZStop(t *testing.T) {
	for _, e := range []testkit.Engine{testkit.SQLite, testkit.PostgreSQL} {
	for range 60 {
		var s *testkit.Server
		ok := t.Run(string(e), func(t *testing.T) { s = testkit.NewServer(t, e) })
		if !ok { os.WriteFile("/tmp/river.log", []byte(s.Log.String()), 0o600); return }
	}
	}
}
