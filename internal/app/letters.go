package app

import (
	"context"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	paper "example.org/kabinet/internal/delivery/letter"
	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/job"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/letter"
)

const (
	// sweepEvery is how often letters are looked through, and sandboxSweep how
	// often in a sandbox, whose clock may have been moved.
	sweepEvery   = time.Hour
	sandboxSweep = time.Second
)

// buildLetters makes the service of registered letters.
func (a *App) buildLetters() error {
	mac, err := a.keyset.Codes()
	if err != nil {
		return err
	}
	press := a.newPress()
	letters := repository.NewLetters(a.store)
	parts := letter.Parts{
		Tx: a.store, Letters: letters, Batches: letters, Desk: letters, Due: letters,
		Accounts: repository.NewAccounts(a.store), Payers: payersOfLetters{a}, Holders: repository.NewClaims(a.store),
		Journal: a.newJournal(), Limits: repository.NewLimits(a.store),
		Sealer: otp.NewSealer(mac), Calendar: a.calendar, Press: press, Clock: a.Clock, Policies: a.policies,
	}
	if a.sandbox() {
		parts.Copies = sandboxMail{a.outbox, press}
	}
	a.services.letter = letter.New(parts)
	return nil
}

// newPress is what puts letters and cards on paper.
func (a *App) newPress() *paper.Press {
	return paper.New(paper.Config{Texts: a.Builtin.texts, CabinetURL: a.Config.Server.CabinetURL, Policies: a.policies})
}

// sandboxMail puts letters into the outbox, where the post would take them.
type sandboxMail struct {
	outbox *outbox.Outbox
	press  *paper.Press
}

// Keep implements [letter.Copies].
func (m sandboxMail) Keep(ctx context.Context, p domain.PrintedLetter, printed time.Time, pdf []byte) error {
	subject, text := m.press.Text(p)
	return m.outbox.Mail(ctx, outbox.Message{
		ID: p.Letter.ID, Channel: domain.ChannelRegisteredMail,
		To:      strings.Join([]string{p.Letter.Recipient, p.Letter.Address.Text()}, ", "),
		Subject: subject, Text: text, Code: paper.Grouped(p.Code), CreatedAt: printed,
	}, ".pdf", pdf)
}

// sweepLetters has the letters looked through.
func (a *App) sweepLetters(workers *river.Workers) *river.PeriodicJob {
	pause := time.Duration(0)
	if a.sandbox() {
		pause = sandboxSweep
	}
	river.AddWorker(workers, job.NewSweepLetters(job.SweepLettersParts{
		Service: a.services.letter, Clock: clock.System{}, Log: a.Log, Pause: pause,
	}))
	return job.Sweeping(domain.SweepLetters{}, sweepEvery)
}
