package repository_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

const (
	benchCentres = 100_000
	benchNearest = 20
)

// BenchmarkNearest finds the nearest 20 of 100,000 service centres, beside the
// same by brute force over all of them in memory, with equal results (M08):
//
//	go test ./internal/repository -run '^$' -bench Nearest
func BenchmarkNearest(b *testing.B) {
	all := scattered(b)
	for _, e := range []testkit.Engine{testkit.SQLite, testkit.PostgreSQL} {
		centres := repository.NewCentres(testkit.Store(b, e))
		began := time.Now()
		_, err := centres.Replace(b.Context(), domain.CentreReplacement{Centres: all}, began)
		require.NoError(b, err)
		b.Logf("%s: %d centres imported in %s", e, len(all), time.Since(began).Round(time.Millisecond))
		b.Run(string(e), func(b *testing.B) {
			measure(b, func(near domain.Point) []uuid.UUID {
				found, err := centres.Search(b.Context(), domain.CentreQuery{Near: &near, Limit: benchNearest})
				require.NoError(b, err)
				var ids []uuid.UUID
				for _, f := range found {
					ids = append(ids, f.ID)
				}
				return ids
			}, all)
		})
	}
	b.Run("brute force", func(b *testing.B) {
		measure(b, func(near domain.Point) []uuid.UUID { return nearestOf(near, all) }, nil)
	})
}

// measure takes the time of searches from many places, and compares a few of
// them with brute force over the given centres.
func measure(b *testing.B, search func(domain.Point) []uuid.UUID, all []domain.ServiceCentre) {
	b.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	for range 50 {
		near := somewhere(random)
		got := search(near)
		if all != nil {
			require.Equal(b, nearestOf(near, all), got, "from %v", near)
		}
	}
	var took []time.Duration
	for b.Loop() {
		near := somewhere(random)
		began := time.Now()
		search(near)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	median := took[len(took)/2]
	b.ReportMetric(float64(median.Microseconds()), "median-µs")
	b.Logf("median %s, 99 of 100 below %s, of %d", median, took[len(took)*99/100], len(took))
}

// somewhere is a place in the rectangle that Russia lies in; every second one in
// the neighbourhood of a city, as people and centres are.
func somewhere(random *rand.Rand) domain.Point {
	if random.IntN(2) == 0 {
		return domain.Point{Lat: 41 + 36*random.Float64(), Lon: 20 + 160*random.Float64()}
	}
	city := rand.New(rand.NewPCG(uint64(random.IntN(200)), 1))
	return domain.Point{
		Lat: 43 + 25*city.Float64() + random.NormFloat64()/10,
		Lon: 22 + 150*city.Float64() + random.NormFloat64()/6,
	}
}

func scattered(b *testing.B) []domain.ServiceCentre {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	hours, err := domain.ParseDayHours("09:00-13:00 13:45-18:00")
	require.NoError(b, err)
	zone, err := new(domain.Zones).Load("Europe/Moscow")
	require.NoError(b, err)
	from, err := ident.ParseDate("2016-07-01")
	require.NoError(b, err)
	all := make([]domain.ServiceCentre, benchCentres)
	for i := range all {
		all[i] = domain.ServiceCentre{
			ID: domain.NewID(), Code: strconv.Itoa(i), Kind: domain.CentreMFC, Region: fmt.Sprintf("%02d", i%89), Name: fmt.Sprint("МФЦ ", i),
			Address: domain.CentreAddress{PostalIndex: "236000", Region: "область", City: "Город", Street: "ул. Учебная", House: strconv.Itoa(i)},
			At:      somewhere(random), Zone: zone, Phones: []string{"+74012000001"},
			Hours:  domain.OpeningHours{Week: domain.Week{nil, hours, hours, hours, hours, hours, nil}},
			Offers: []domain.CentreOffer{{Method: domain.MethodServiceCentre, From: from}},
		}
	}
	return all
}

// nearestOf sorts all centres by their distance.
func nearestOf(near domain.Point, all []domain.ServiceCentre) []uuid.UUID {
	type place struct {
		id       uuid.UUID
		distance float64
	}
	places := make([]place, len(all))
	for i, c := range all {
		places[i] = place{c.ID, near.DistanceTo(c.At)}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), slices.Compare(a.id[:], b.id[:]))
	})
	var ids []uuid.UUID
	for _, p := range places[:benchNearest] {
		ids = append(ids, p.id)
	}
	return ids
}
