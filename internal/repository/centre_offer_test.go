package repository_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/repository/migrations"
	"example.org/kabinet/internal/testkit"
)

// The migration finds the offers of the list that an installation has: nobody
// has to import it again.
func TestMigrationKnowsTheOffers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		at := testkit.DatabaseURL(t, e)
		centres, db := repository.NewCentres(testkit.Open(t, at)), raw(t, e, at)
		now := testkit.NewClock().Now()
		place := func(code, region string, kind domain.CentreKind, from time.Time) domain.ServiceCentre {
			return domain.ServiceCentre{
				ID: domain.NewID(), Code: code, Kind: kind, Region: region, Zone: time.UTC,
				Address: domain.CentreAddress{Region: "Регион " + region},
				Offers:  []domain.CentreOffer{{Method: kind.Method(), From: ident.DateOf(from)}},
			}
		}
		gone := []domain.ServiceCentre{place("z", "77", domain.CentreMFC, now)}
		list := []domain.ServiceCentre{
			place("a", "39", domain.CentreFundOffice, now), place("b", "39", domain.CentreFundOffice, now.AddDate(-1, 0, 0)),
			place("c", "39", domain.CentreMFC, now), place("d", "67", domain.CentreMFC, now.AddDate(1, 0, 0)),
			{ID: domain.NewID(), Code: "e", Kind: domain.CentreMFC, Region: "40", Zone: time.UTC},
		}
		for _, centre := range [][]domain.ServiceCentre{gone, list} {
			_, err := centres.Replace(t.Context(), domain.CentreReplacement{Centres: centre}, now)
			require.NoError(t, err)
		}
		want, err := centres.Offers(t.Context())
		require.NoError(t, err)
		require.Len(t, want, 3)

		_, err = db.ExecContext(t.Context(), "DELETE FROM service_centre_offers")
		require.NoError(t, err)
		folder := map[testkit.Engine]string{testkit.SQLite: "sqlite", testkit.PostgreSQL: "postgres"}[e]
		step, err := migrations.Files.ReadFile(folder + "/00005_identity.sql")
		require.NoError(t, err)
		_, statement, found := strings.Cut(string(step), "INSERT INTO service_centre_offers")
		require.True(t, found)
		statement, _, _ = strings.Cut(statement, ";")
		_, err = db.ExecContext(t.Context(), "INSERT INTO service_centre_offers"+statement)
		require.NoError(t, err)
		got, err := centres.Offers(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}
