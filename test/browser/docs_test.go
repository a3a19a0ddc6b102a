package browser

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/api"
)

// operations are the ids of all operations of the published document.
func operations(t *testing.T) []string {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(api.JSON(), &document))
	var ids []string
	for _, path := range document.Paths {
		for _, operation := range path {
			ids = append(ids, operation.OperationID)
		}
	}
	require.NotEmpty(t, ids)
	return ids
}

// M23: the docs page shows every operation and tries one, under its strict
// policy and from the server's own files alone.
func TestDocsPageShowsAndTriesTheAPI(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	b.open(w.URL + "/docs")
	b.shows("#api .info .title", "Kabinet")
	want := operations(t)
	require.Eventually(t, func() bool {
		return evaluate[int](b, `document.querySelectorAll(".opblock").length`) == len(want)
	}, patience, glance, "there are %d operations", len(want))
	for _, id := range want {
		require.True(t, evaluate[bool](b, fmt.Sprintf(`document.querySelector('.opblock[id$="-%s"]') !== null`, id)), id)
	}
	b.picture("docs")

	const policies = `.opblock[id$="-getPolicies"]`
	b.click(policies + " .opblock-summary-control")
	b.click(policies + " button.execute")
	b.shows(policies+" .live-responses-table .response .response-col_status", "200")
	b.shows(policies+" .live-responses-table", `"environment": "sandbox"`)
	b.part("docs-tried", policies+" .live-responses-table")
	require.Empty(t, b.complaints())
	require.Empty(t, evaluate[[]string](b, fmt.Sprintf(
		`performance.getEntriesByType("resource").map((entry) => entry.name)
			.filter((name) => !name.startsWith("data:") && new URL(name).origin !== %q)`, w.URL)))
}

func TestProblemPagesExplainTheCodes(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	b.open(w.URL + "/problems/validation_failed")
	b.shows("h1", "Запрос содержит ошибки")
	b.shows("main", "validation_failed")
	require.Equal(t, "44rem", evaluate[string](b,
		`[...document.styleSheets[0].cssRules].find((rule) => rule.selectorText === ".page").style.maxWidth`))
	b.picture("problem")
	b.click("main p:last-child a")
	b.shows("table", "rate_limited")
	b.picture("problems")
	b.fitsPhone("problems-phone")
	require.Empty(t, b.complaints())
}
