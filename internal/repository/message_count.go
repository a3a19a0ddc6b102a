package repository

import (
	"context"
	"time"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Count counts what waits to leave, is stuck, and has failed in the last days, by
// channel: messages, electronic documents, and letters, which are stuck when their
// day is over and failed when their batch could not be handed over.
func (r *Messages) Count(ctx context.Context, now time.Time) ([]domain.MessageCount, error) {
	in := map[string]any{
		"queued": domain.MessageQueued, "failed": domain.MessageFailed,
		"edo": domain.ChannelEDO, "document": domain.EDOQueued, "rejected": domain.EDORejected,
		"mail": domain.ChannelRegisteredMail, "requested": domain.LetterRequested, "printed": domain.LetterPrinted,
		"given_up": domain.HandoverFailed,
		"stuck":    now.Add(-domain.MessageStuckAfter), "since": now.Add(-domain.MessageResendable), "today": ident.DateOf(now).ISO(),
	}
	var counts []domain.MessageCount
	err := r.store.db(ctx).Raw(`
SELECT channel,
	count(CASE WHEN status = @queued THEN 1 END) AS waiting,
	count(CASE WHEN status = @queued AND created_at <= @stuck THEN 1 END) AS stuck,
	count(CASE WHEN status = @failed AND changed_at > @since THEN 1 END) AS failed
FROM messages WHERE status IN (@queued, @failed) GROUP BY channel
UNION ALL SELECT @edo,
	count(CASE WHEN status = @document THEN 1 END),
	count(CASE WHEN status = @document AND created_at <= @stuck THEN 1 END),
	count(CASE WHEN status = @rejected AND settled_at > @since THEN 1 END)
FROM edo_documents WHERE status IN (@document, @rejected)
UNION ALL SELECT @mail,
	count(*), count(CASE WHEN due_on < @today THEN 1 END),
	(SELECT count(*) FROM letters failed JOIN letter_handovers h ON h.batch_id = failed.batch_id
		WHERE h.status = @given_up AND failed.status = @requested)
FROM letters WHERE status IN (@requested, @printed)`, in).Scan(&counts).Error
	return counts, translate(ctx, err)
}
