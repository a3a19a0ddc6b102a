package review

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// ListAlarms is a page of what operators have to look at, newest first. Reading it
// is recorded.
func (s *Service) ListAlarms(ctx context.Context, d domain.Desk, f domain.AlarmFilter) ([]domain.Alarm, error) {
	return listed(ctx, s, s.event("alarm.list", d.Place.ID, domain.AccountAction{Desk: d}),
		func(ctx context.Context) ([]domain.Alarm, error) { return s.Alarms.List(ctx, f) })
}

// SettleAlarm records what was found out about an alarm.
func (s *Service) SettleAlarm(ctx context.Context, in domain.AlarmSettlement) (out domain.Alarm, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.Alarms.Update(ctx, in.ID, func(a *domain.Alarm) error {
			if err := s.maySettle(ctx, in.Desk, a.AccountID); err != nil {
				return err
			}
			return a.Settle(in.Desk.Operator.ID, s.Clock.Now())
		})
		if err != nil {
			return err
		}
		why := domain.AccountAction{Desk: in.Desk, AccountID: out.AccountID, Reason: in.Reason}
		if err := s.record(ctx, "alarm.settle", out.ID, why); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// maySettle refuses alarms about the operator's own account. Some are about
// none.
func (s *Service) maySettle(ctx context.Context, d domain.Desk, account uuid.UUID) error {
	if account == uuid.Nil {
		return nil
	}
	a, err := s.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	return s.mayDecide(ctx, d, &a)
}
