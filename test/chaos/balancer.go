package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// balancer is Debian's HAProxy in front of the processes that serve.
type balancer struct {
	address string
	command *exec.Cmd
	ended   chan struct{}
}

// haproxyConfig is the configuration of the documentation, with the addresses and
// the certificate of this run.
func (w *world) haproxyConfig(address string) (string, error) {
	sample, err := os.ReadFile("docs/haproxy.cfg")
	if err != nil {
		return "", err
	}
	instead := []string{"192.0.2.10:443", address, "/etc/haproxy/kabinet.pem", w.path("haproxy.pem")}
	for n, p := range w.fleet.all[:servers] {
		_, port, err := net.SplitHostPort(p.admin)
		if err != nil {
			return "", err
		}
		instead = append(instead, fmt.Sprintf("192.0.2.%d:8080 port 8081", 11+n), p.api+" port "+port)
	}
	return strings.NewReplacer(instead...).Replace(string(sample)), nil
}

// writeFiles writes what HAProxy reads: its configuration, and the certificate of
// documents, which will do for people, too.
func (w *world) writeFiles(address string) error {
	text, err := w.haproxyConfig(address)
	if err != nil {
		return err
	}
	cert, err := os.ReadFile(w.path("cert.pem"))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(w.path("key.pem"))
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(w.path("haproxy.cfg"), []byte(text), 0o600),
		os.WriteFile(w.path("haproxy.pem"), append(cert, key...), 0o600))
}

// beginBalancer starts HAProxy and waits until it leads to a process.
func (w *world) beginBalancer(ctx context.Context) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	if err := w.writeFiles(address); err != nil {
		return err
	}
	program, err := haproxy()
	if err != nil {
		return err
	}
	log, err := os.Create(w.path("haproxy.log"))
	if err != nil {
		return err
	}
	b := &balancer{address: address, ended: make(chan struct{})}
	b.command = exec.Command(program, "-W", "-db", "-f", w.path("haproxy.cfg")) //nolint:noctx // end stops it
	b.command.Stdout, b.command.Stderr, b.command.SysProcAttr = log, log, ownGroup()
	if err := b.command.Start(); err != nil {
		return errors.Join(err, log.Close())
	}
	go func() {
		_ = b.command.Wait()
		_ = log.Close()
		close(b.ended)
	}()
	w.balancer = b
	w.later(b.end)
	w.client = newClient("https://"+address, w.figures, w.verdict)
	return w.client.await(ctx)
}

// haproxy finds the program where Debian puts it, which is not in the path of
// ordinary users.
func haproxy() (string, error) {
	for _, name := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no haproxy: scripts/prerequisites chaos tells how to get it")
}

// reload has a new process take the old one's place, as after a change of its
// configuration.
func (b *balancer) reload() error { return b.command.Process.Signal(syscall.SIGUSR2) }

// end stops HAProxy with all its processes.
func (b *balancer) end() error {
	_ = b.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-b.ended:
	case <-time.After(5 * time.Second):
		_ = syscall.Kill(-b.command.Process.Pid, syscall.SIGKILL)
		<-b.ended
	}
	return nil
}
