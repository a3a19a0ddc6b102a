package printhouse_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"example.org/kabinet/internal/delivery/printhouse"
	"example.org/kabinet/internal/domain"
)

// key is a key pair, with its private half in a file.
type key struct {
	signer ssh.Signer
	file   string
}

func newKey(t *testing.T) key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	signer, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	return key{signer, file}
}

// sshServer is a server that lets one key in, and speaks SFTP by a program.
type sshServer struct {
	address      string
	client, host key
	known        string // file of known hosts
	speak        func(io.ReadWriteCloser) error
}

func newServer(t *testing.T, speak func(io.ReadWriteCloser) error) *sshServer {
	t.Helper()
	s := &sshServer{client: newKey(t), host: newKey(t), speak: speak}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	s.address = listener.Addr().String()
	s.known = knownHosts(t, s.address, s.host)
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(k.Marshal(), s.client.signer.PublicKey().Marshal()) {
			return nil, fs.ErrPermission
		}
		return &ssh.Permissions{}, nil
	}}
	// A key of another kind, which the server likes better and nobody knows.
	config.AddHostKey(newECDSA(t))
	config.AddHostKey(s.host.signer)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn, config)
		}
	}()
	return s
}

func knownHosts(t *testing.T, address string, host key) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	line := knownhosts.Line([]string{knownhosts.HashHostname(knownhosts.Normalize(address))}, host.signer.PublicKey())
	require.NoError(t, os.WriteFile(file, []byte(line+"\n"), 0o600))
	return file
}

func (s *sshServer) serve(conn net.Conn, config *ssh.ServerConfig) {
	defer func() { _ = conn.Close() }()
	secured, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	defer func() { _ = secured.Close() }()
	go ssh.DiscardRequests(requests)
	for wanted := range channels {
		channel, requests, err := wanted.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		_ = s.speak(channel)
		_ = channel.Close()
	}
}

func (s *sshServer) house(t *testing.T, folder string) *printhouse.House {
	t.Helper()
	return house(t, printhouse.Config{URL: "sftp://canary@" + s.address + folder, KeyFile: s.client.file, KnownHostsFile: s.known})
}

// library speaks SFTP by the library that the client is of, program by OpenSSH's own
// program, as Debian has it.
func library(c io.ReadWriteCloser) error {
	server, err := sftp.NewServer(c)
	if err != nil {
		return err
	}
	return server.Serve()
}

func program(arguments ...string) func(io.ReadWriteCloser) error {
	return func(c io.ReadWriteCloser) error {
		//nolint:noctx // the program ends with its input
		run := exec.Command("/usr/lib/openssh/sftp-server", arguments...)
		run.Stdin, run.Stdout = c, c
		return run.Run()
	}
}

// M17: SFTP behaves as a folder does, with the servers of others.
func TestSFTP(t *testing.T) {
	t.Parallel()
	for name, speak := range map[string]func(io.ReadWriteCloser) error{"library": library, "OpenSSH": program("-e")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			h, b := newServer(t, speak).house(t, folder), bundle()
			halfDone(t, folder, b)
			require.NoError(t, carry(t.Context(), h, b))
			requireBundle(t, folder, b)
			other := bundle()
			other.Files[0].Content = []byte("another one")
			require.NoError(t, carry(t.Context(), h, other))
			requireBundle(t, folder, b)
		})
	}
}

func TestSFTPThatRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	err := carry(t.Context(), newServer(t, program("-e", "-R")).house(t, folder), bundle())
	require.ErrorIs(t, err, fs.ErrPermission)
	requireConfidential(t, err)
	require.Empty(t, names(t, folder))

	err = carry(t.Context(), newServer(t, program("-e")).house(t, folder+"/canary"), bundle())
	require.ErrorIs(t, err, fs.ErrNotExist)
	requireConfidential(t, err)

	for _, speak := range []func(io.ReadWriteCloser) error{
		func(c io.ReadWriteCloser) error { _, err := io.WriteString(c, "\x00\x00\x00\x06canary"); return err },
		func(io.ReadWriteCloser) error { return nil },
	} {
		err = carry(t.Context(), newServer(t, speak).house(t, folder), bundle())
		requireConfidential(t, err)
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
	}
}

// Nobody is spoken to but the server that is known, and a key of its own is never
// taken on trust.
func TestHostKeys(t *testing.T) {
	t.Parallel()
	s, folder := newServer(t, library), t.TempDir()
	config := printhouse.Config{URL: "sftp://canary@" + s.address + folder, KeyFile: s.client.file}
	config.KnownHostsFile = knownHosts(t, s.address, newKey(t))
	err := carry(t.Context(), house(t, config), bundle())
	require.ErrorContains(t, err, "host key is not one of the known ones")
	requireConfidential(t, err)

	stranger := config
	stranger.KnownHostsFile, stranger.KeyFile = s.known, newKey(t).file
	err = carry(t.Context(), house(t, stranger), bundle())
	require.ErrorContains(t, err, "handshake failed")
	requireConfidential(t, err)
	require.Empty(t, names(t, folder))

	empty := filepath.Join(t.TempDir(), canary)
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, wrong := range []printhouse.Config{
		{KeyFile: s.client.file, KnownHostsFile: empty},
		{KeyFile: s.client.file, KnownHostsFile: knownHosts(t, "127.0.0.1:1", s.host)},
		{KeyFile: s.client.file, KnownHostsFile: empty + "-gone"},
		{KeyFile: empty, KnownHostsFile: s.known},
		{KeyFile: empty + "-gone", KnownHostsFile: s.known},
	} {
		wrong.URL = config.URL
		_, err := printhouse.New(wrong)
		requireConfidential(t, err)
	}
}

// Where the server is stays a secret, too.
func TestSFTPThatIsNotThere(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	for _, address := range []string{"127.0.0.1:1", "canary.invalid:22"} {
		err := carry(t.Context(), house(t, printhouse.Config{
			URL: "sftp://canary@" + address + "/", KeyFile: key.file, KnownHostsFile: knownHosts(t, address, key),
		}), bundle())
		requireConfidential(t, err)
		require.NotContains(t, err.Error(), "127.0.0.1")
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
	}
}

// A server that says nothing, at whatever moment, is given up in time.
func TestSFTPThatHangs(t *testing.T) {
	t.Parallel()
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	s := newServer(t, func(c io.ReadWriteCloser) error { _, err := io.Copy(io.Discard, c); return err })
	for _, address := range []string{silent.Addr().String(), s.address} {
		h := house(t, printhouse.Config{
			URL: "sftp://canary@" + address + "/x", KeyFile: s.client.file, KnownHostsFile: knownHosts(t, address, s.host),
		})
		err := carry(hurried(t), h, bundle())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireConfidential(t, err)
	}
	require.NoError(t, silent.Close())
	h := house(t, printhouse.Config{
		URL: "sftp://canary@" + silent.Addr().String() + "/x", KeyFile: s.client.file,
		KnownHostsFile: knownHosts(t, silent.Addr().String(), s.host),
	})
	requireConfidential(t, carry(t.Context(), h, bundle()))
}

func newECDSA(t *testing.T) ssh.Signer {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	return signer
}
