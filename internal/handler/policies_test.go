package handler_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler"
)

// The numbers of payers are published, and no warnings of an end that never comes.
func TestPoliciesOfPayers(t *testing.T) {
	t.Parallel()
	for maxAge, warnings := range map[time.Duration][]int{92 * 24 * time.Hour: {14, 7, 1}, 0: {}} {
		p := domain.DefaultPolicies()
		p.PayerPasswordMaxAge = maxAge
		recorder := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/policies", http.NoBody), recorder)
		require.NoError(t, handler.Policies("sandbox", p, handler.PasswordPolicy{MinLength: 12, MaxLength: 128})(c))
		var got handler.PoliciesResponse
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &got))
		require.Equal(t, handler.PayerPolicy{
			ApplicationLifetime: 2592000, ApplicationsPerDay: 5, CodeDays: 5, CodeAlarmDay: 4, CodeLength: 20,
			CodeLifetime: 2592000, CodeAttempts: 20, AttemptsPerWindow: 5, AttemptsWindow: 900,
			PasswordHistory: 5, CardDays: 5, PasswordMaxAge: int(maxAge.Seconds()), PasswordWarningDays: warnings,
		}, got.Payer)
		require.Equal(t, 10, got.Session.PasswordChanges)
	}
}
