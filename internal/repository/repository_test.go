package repository_test

import (
	"testing"

	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/repository/repotest"
	"example.org/kabinet/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// Both engines keep the same promises.
func TestContract(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		repotest.Run(t, func(t *testing.T) *repository.Store {
			t.Helper()
			return testkit.Store(t, e)
		})
	})
}
