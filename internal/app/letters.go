package app

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	paper "example.org/kabinet/internal/delivery/letter"
	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/delivery/post"
	"example.org/kabinet/internal/delivery/printhouse"
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
	// trackEvery is how often the post is asked where some of the letters are.
	trackEvery = 15 * time.Minute
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
		Places: repository.NewCentres(a.store), Handovers: letters,
	}
	if a.sandbox() {
		parts.Copies = sandboxMail{a.outbox, press}
	}
	if parts.Carriers, err = a.newCarriers(); err != nil {
		return err
	}
	if tracking := a.Config.Letters.PostTrackingURL; !tracking.IsZero() {
		if parts.Tracker, err = post.NewTracking(tracking.Reveal()); err != nil {
			return err
		}
	}
	a.services.letter = letter.New(parts)
	return nil
}

// newCarriers are the ways by which letters leave: none, a printing house, the post
// or both. The printing house of a sandbox is a folder beside its messages.
func (a *App) newCarriers() (all []letter.Carrier, err error) {
	c := a.Config.Letters
	house := printhouse.Config{
		URL: c.PrintHouseURL.Reveal(), KeyFile: c.PrintHouseKeyFile, KnownHostsFile: c.PrintHouseKnownHostsFile,
	}
	if house.URL == "" && a.sandbox() {
		if house.URL, err = a.sandboxHouse(); err != nil {
			return nil, err
		}
	}
	if house.URL != "" {
		h, err := printhouse.New(house)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	if !c.PostURL.IsZero() {
		p, err := post.New(post.Config{URL: c.PostURL.Reveal(), Office: c.PostOffice, Mass: int(c.PostLetterMass)})
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// sandboxHouse makes the folder of a sandbox's printing house, and returns its URL.
func (a *App) sandboxHouse() (string, error) {
	folder, err := filepath.Abs(filepath.Join(a.OutboxFolder(), "print-house"))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, dataDirMode); err != nil {
		return "", fmt.Errorf("KABINET_DATA_DIR: %w", err)
	}
	return (&url.URL{Scheme: "file", Path: folder}).String(), nil
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

// carryLetters has print batches brought to the printing house and the post.
func (a *App) carryLetters(workers *river.Workers) {
	pause := time.Duration(0)
	if a.sandbox() {
		pause = sandboxPause
	}
	river.AddWorker(workers, job.NewCarryLetters(job.CarryLettersParts{
		Service: a.services.letter, Clock: clock.System{}, Log: a.Log, LongestPause: pause,
	}))
}

// trackLetters has the post asked where letters are, if it can be; in a sandbox every
// second.
func (a *App) trackLetters(workers *river.Workers) []*river.PeriodicJob {
	if a.Config.Letters.PostTrackingURL.IsZero() {
		return nil
	}
	pause := time.Duration(0)
	if a.sandbox() {
		pause = sandboxSweep
	}
	river.AddWorker(workers, job.NewTrackLetters(job.TrackLettersParts{
		Service: a.services.letter, Log: a.Log, Pause: pause,
	}))
	return []*river.PeriodicJob{job.Sweeping(domain.TrackLetters{}, trackEvery)}
}
