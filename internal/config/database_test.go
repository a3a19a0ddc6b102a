package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/config"
)

func TestPooler(t *testing.T) {
	t.Parallel()
	for pooler, want := range map[string]bool{"": false, config.NoPooler: false, config.TransactionPooler: true} {
		c, err := config.Load(production("KABINET_DATABASE_POOLER=" + pooler))
		require.NoError(t, err)
		require.Equal(t, want, c.Database.Pooled(), pooler)
	}
	c, err := config.Load(sandbox("KABINET_DATABASE_POOLER=transaction", "KABINET_DATABASE_URL=postgres://localhost/x"))
	require.NoError(t, err)
	require.True(t, c.Database.Pooled())
}

func TestPoolerIsRefused(t *testing.T) {
	t.Parallel()
	const name = "KABINET_DATABASE_POOLER"
	for _, environ := range [][]string{
		production(name + "=session"),
		production(name + "=TRANSACTION"),
		sandbox(name + "=transaction"),
		sandbox(name+"=transaction", "KABINET_DATABASE_URL=sqlite:/tmp/x.db"),
	} {
		found := lines(t, environ)
		require.Len(t, found, 1)
		require.Contains(t, found[0], name)
	}
}
