package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/job"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/notification"
)

// messagesEvery is how often receipts are asked for.
const messagesEvery = time.Minute

// buildMessages makes the service that brings messages on their way, and lets the
// metrics tell how they fare.
func (a *App) buildMessages(ctx context.Context) error {
	sender, err := a.newSender()
	if err != nil {
		return err
	}
	moved := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kabinet_messages_total", Help: "Messages that this process has brought to a status, by channel and status.",
	}, []string{"channel", "status"})
	if err := a.registry.Register(moved); err != nil {
		return err
	}
	messages := repository.NewMessages(a.store)
	ctx = context.WithoutCancel(ctx) // the metrics are asked for long after the start
	err = a.registry.Register(&messagesNow{
		count: func() ([]domain.MessageCount, error) {
			ctx, cancel := context.WithTimeout(ctx, pingTimeout)
			defer cancel()
			return messages.Count(ctx, a.Clock.Now())
		},
		gauge: prometheus.NewDesc("kabinet_messages", "What waits to leave, is stuck, or has failed in the last seven days, by channel and state.",
			[]string{"channel", "state"}, nil),
		log: a.Log,
	})
	a.services.notification = notification.New(notification.Parts{
		Tx: a.store, Messages: messages, Attempts: repository.NewAttempts(a.store), Journal: a.newJournal(), Sender: sender,
		Count: func(c domain.Channel, s domain.MessageStatus) { moved.WithLabelValues(string(c), string(s)).Inc() },
		Clock: a.Clock,
	})
	return err
}

// sweepMessages has receipts asked for.
func (a *App) sweepMessages(workers *river.Workers) *river.PeriodicJob {
	river.AddWorker(workers, &job.SweepMessages{Service: a.services.notification, Clock: clock.System{}, Log: a.Log})
	return job.Sweeping(domain.SweepMessages{}, messagesEvery)
}

// messagesNow counts what has not left a database yet, and what failed. All replicas
// tell the same.
type messagesNow struct {
	count func() ([]domain.MessageCount, error)
	gauge *prometheus.Desc
	log   *slog.Logger
}

// Describe implements [prometheus.Collector].
func (m *messagesNow) Describe(all chan<- *prometheus.Desc) { all <- m.gauge }

// Collect implements [prometheus.Collector]. While the database is down there is
// no number, rather than a wrong one.
func (m *messagesNow) Collect(all chan<- prometheus.Metric) {
	counts, err := m.count()
	if err != nil {
		m.log.Warn("messages not counted", "error", err)
		return
	}
	found := map[domain.Channel]domain.MessageCount{}
	for _, c := range counts {
		found[c.Channel] = c
	}
	for _, channel := range []domain.Channel{
		domain.ChannelSMS, domain.ChannelEmail, domain.ChannelEDO, domain.ChannelRegisteredMail,
	} {
		c := found[channel]
		for state, n := range map[string]int{"queued": c.Waiting, "stuck": c.Stuck, "failed": c.Failed} {
			all <- prometheus.MustNewConstMetric(m.gauge, prometheus.GaugeValue, float64(n), string(channel), state)
		}
	}
}
