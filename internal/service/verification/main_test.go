package verification_test

import (
	"testing"

	"example.org/kabinet/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
