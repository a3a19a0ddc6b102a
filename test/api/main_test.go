// Package api_test is the API as a client sees it: the whole program over HTTP,
// on both databases, every answer held against the published contract.
package api_test

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"testing"

	"example.org/kabinet/internal/testkit"
)

func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400) // it is time that is short here
	testkit.Main(m)
	if chosen("test.run") || chosen("test.skip") || chosen("test.list") {
		return
	}
	// M23: every operation of the contract is one that somebody has called.
	if missed := theContract().uncalled(); len(missed) > 0 {
		_, _ = fmt.Fprintln(os.Stderr, "operations of api/openapi.yaml that no test called with success:", missed)
		os.Exit(1)
	}
}

// chosen tells whether only some of the tests were asked for.
func chosen(name string) bool {
	f := flag.Lookup(name)
	return f != nil && f.Value.String() != ""
}
