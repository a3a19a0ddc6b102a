package repotest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
)

func auditTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"audit/records": auditRecords,
	}
}

func auditRecords(t *testing.T, w *world) {
	t.Helper()
	by := domain.Caller{RequestID: "request-1", Address: "192.0.2.1", UserAgent: "agent"}
	event := domain.NewAuditEvent("registration.complete", domain.NewID(), by, w.now)
	require.NoError(t, w.audit.Record(t.Context(), event))
	require.Error(t, w.audit.Record(t.Context(), event), "one event is recorded once")
	event.ID, event.Caller = domain.NewID(), domain.Caller{}
	require.NoError(t, w.audit.Record(t.Context(), event.Of(domain.NewID())))
}
