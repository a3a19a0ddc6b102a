package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// mailServer is Debian's Exim, run by scripts/mailserver, with STARTTLS and a
// password. What it accepts becomes a file, and is read and removed here.
type mailServer struct {
	folder   string
	url      *url.URL
	arrivals *arrivals
	verdict  *verdict

	input   io.Closer
	command *exec.Cmd
	over    chan struct{}
	reading sync.WaitGroup
}

// startMail starts the server, and reads what comes until it is ended.
func startMail(ctx context.Context, a *arrivals, v *verdict) (*mailServer, error) {
	m := &mailServer{arrivals: a, verdict: v, over: make(chan struct{})}
	m.command = exec.Command("scripts/mailserver", "hold") //nolint:noctx // end stops it
	m.command.Stderr, m.command.SysProcAttr = os.Stderr, ownGroup()
	input, err := m.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := m.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := m.command.Start(); err != nil {
		return nil, err
	}
	m.input = input
	lines := bufio.NewScanner(output)
	for _, into := range []*string{&m.folder, new(string), new(string)} {
		if !lines.Scan() {
			return nil, errors.Join(lines.Err(), m.end(), errors.New("the mail server does not start"))
		}
		if *into = lines.Text(); m.url == nil && strings.HasPrefix(*into, "smtp://") {
			m.url, err = url.Parse(*into)
		}
	}
	if err != nil || m.url == nil {
		return nil, errors.Join(err, m.end(), errors.New("the mail server has no address"))
	}
	m.reading.Go(m.read)
	return m, ctx.Err()
}

// restart kills the server with all its conversations, and starts it again.
func (m *mailServer) restart(ctx context.Context) error {
	for _, what := range []string{"kill", "start"} {
		if out, err := exec.CommandContext(ctx, "scripts/mailserver", what, m.folder).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", what, err, out)
		}
	}
	return nil
}

// end stops the server and removes its folder.
func (m *mailServer) end() error {
	close(m.over)
	m.reading.Wait()
	return errors.Join(m.input.Close(), m.command.Wait())
}

// read takes in what comes.
func (m *mailServer) read() {
	for {
		if err := m.sweep(); err != nil {
			m.verdict.fail("mails that cannot be read", "%v", err)
		}
		select {
		case <-m.over:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (m *mailServer) sweep() error {
	folder := filepath.Join(m.folder, "mail", "new")
	found, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the first mail has not come
	}
	for _, entry := range found {
		path := filepath.Join(folder, entry.Name())
		if err := m.take(path); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return err
}

// waiting is how many messages the server has taken and not brought yet. It has
// taken those of which it has written the head; a body alone is what is left of one
// that was on its way when the server was killed.
func (m *mailServer) waiting() (many int, err error) {
	for _, pattern := range []string{"spool/input/*-H", "mail/new/*"} {
		found, err := filepath.Glob(filepath.Join(m.folder, pattern))
		if err != nil {
			return 0, err
		}
		many += len(found)
	}
	return many, nil
}

// accepted is how often the server took each message, by its log. What it took once
// and brought twice it had begun to bring when it was killed.
func (m *mailServer) accepted() (map[string]int, error) {
	text, err := os.ReadFile(filepath.Join(m.folder, "log", "mainlog"))
	times := map[string]int{}
	for _, found := range regexp.MustCompile(`(?m) <= .* id=([0-9a-f-]{36})@`).FindAllSubmatch(text, -1) {
		times[string(found[1])]++
	}
	return times, err
}

// take notes a mail by its Message-ID.
func (m *mailServer) take(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	letter, err := mail.ReadMessage(file)
	if err != nil {
		return err
	}
	text, err := plain(letter.Header.Get, letter.Body)
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(letter.Header.Get("Message-Id"), "<"), "@")
	to := strings.Trim(letter.Header.Get("Envelope-To"), "<>")
	m.arrivals.add(arrival{id: id, way: byMail, to: to, code: contactCode(text)})
	return nil
}

// plain is the text of a mail or of a part of one; empty where it is in no plain
// text.
func plain(header func(string) string, body io.Reader) (string, error) {
	kind, values, err := mime.ParseMediaType(header("Content-Type"))
	switch {
	case err != nil:
		return "", err
	case kind == "text/plain":
		if header("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		return string(text), err
	case !strings.HasPrefix(kind, "multipart/"):
		return "", nil
	}
	parts := multipart.NewReader(body, values["boundary"])
	for {
		part, err := parts.NextPart() // it decodes quoted-printable
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if text, err := plain(part.Header.Get, part); text != "" || err != nil {
			return text, err
		}
	}
}

// contactCode is the first row of six digits in the words of a message that is not
// the end of a longer number.
func contactCode(text string) string {
	found := regexp.MustCompile(`(?:^|[^0-9-])([0-9]{6})(?:[^0-9-]|$)`).FindStringSubmatch(text)
	if found == nil {
		return ""
	}
	return found[1]
}
