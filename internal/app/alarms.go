package app

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

// openAlarms counts the alarms of a database. All replicas tell the same.
type openAlarms struct {
	count func() (map[domain.AlarmKind]int, error)
	gauge *prometheus.Desc
	log   *slog.Logger
}

// buildAlarms lets the metrics tell how many alarms operators have yet to look
// into.
func (a *App) buildAlarms(ctx context.Context) error {
	alarms := repository.NewAlarms(a.store)
	ctx = context.WithoutCancel(ctx) // the metrics are asked for long after the start
	return a.registry.Register(&openAlarms{
		count: func() (map[domain.AlarmKind]int, error) {
			ctx, cancel := context.WithTimeout(ctx, pingTimeout)
			defer cancel()
			return alarms.Open(ctx)
		},
		gauge: prometheus.NewDesc("kabinet_alarms_open", "Alarms that no operator has settled, by kind.",
			[]string{"kind"}, nil),
		log: a.Log,
	})
}

// Describe implements [prometheus.Collector].
func (o *openAlarms) Describe(all chan<- *prometheus.Desc) { all <- o.gauge }

// Collect implements [prometheus.Collector]. While the database is down there is
// no number, rather than a wrong one.
func (o *openAlarms) Collect(all chan<- prometheus.Metric) {
	open, err := o.count()
	if err != nil {
		o.log.Warn("alarms not counted", "error", err)
		return
	}
	for _, kind := range domain.AlarmKinds() {
		all <- prometheus.MustNewConstMetric(o.gauge, prometheus.GaugeValue, float64(open[kind]), string(kind))
	}
}
