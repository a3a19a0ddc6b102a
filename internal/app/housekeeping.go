package app

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/job"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/housekeeping"
)

// keepHouse has destroyed what has served its purpose, and lets the metrics tell
// how much that was.
func (a *App) keepHouse(workers *river.Workers) (*river.PeriodicJob, error) {
	tidied := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kabinet_tidied_rows_total", Help: "Rows destroyed because they have served their purpose, by table.",
	}, []string{"table"})
	if err := a.registry.Register(tidied); err != nil {
		return nil, err
	}
	parts := job.TidyParts{
		Service: housekeeping.New(housekeeping.Parts{
			Leftovers: repository.NewLeftovers(a.store), Clock: a.Clock, Machine: a.machine,
		}),
		Clock: clock.System{}, Log: a.Log,
		Count: func(table string, rows int) { tidied.WithLabelValues(table).Add(float64(rows)) },
	}
	if a.sandbox() {
		parts.Pause = sandboxSweep
	}
	river.AddWorker(workers, &job.Tidy{TidyParts: parts})
	return job.Sweeping(domain.Tidy{}, sweepEvery), nil
}
