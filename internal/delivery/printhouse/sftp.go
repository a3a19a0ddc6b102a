package printhouse

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// remote is a folder of a server that speaks SFTP.
type remote struct {
	address string // host:port
	path    string
	config  ssh.ClientConfig
}

func newSFTP(u *url.URL, c Config) (target, error) {
	if _, password := u.User.Password(); u.Hostname() == "" || u.User.Username() == "" || password {
		return nil, errors.New("the URL of an SFTP server must be sftp://USER@HOST:PORT/PATH")
	}
	key, err := os.ReadFile(filepath.Clean(c.KeyFile))
	if err != nil {
		return nil, errors.New("the private key cannot be read")
	}
	signer, err := ssh.ParsePrivateKey(key)
	if err != nil {
		return nil, errors.New("the private key is none, or has a password")
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	r := remote{address: net.JoinHostPort(u.Hostname(), port), path: u.Path}
	known, err := readKnownHosts(c.KnownHostsFile, r.address)
	if err != nil {
		return nil, err
	}
	r.config = ssh.ClientConfig{
		User: u.User.Username(), Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: known.check, HostKeyAlgorithms: known.algorithms, Timeout: delivery.Timeout,
	}
	return r, nil
}

func (r remote) put(ctx context.Context, b domain.LetterBundle) error {
	conn, err := (&net.Dialer{Timeout: delivery.Timeout}).DialContext(ctx, "tcp", r.address)
	if err != nil {
		return delivery.Nameless(err)
	}
	// The libraries know no contexts: the end of one ends the connection.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	err = r.session(conn, b)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (r remote) session(conn net.Conn, b domain.LetterBundle) error {
	secured, channels, requests, err := ssh.NewClientConn(conn, r.address, &r.config)
	if err != nil {
		return handshake(err)
	}
	client := ssh.NewClient(secured, channels, requests)
	defer func() { _ = client.Close() }()
	files, err := sftp.NewClient(client)
	if err != nil {
		return errSession
	}
	defer func() { _ = files.Close() }()
	return refusal(deliver(server{files}, r.path, b))
}

// What may be told of an SFTP session: its errors repeat what the server said.
var (
	errSession   = errors.New("the SFTP session failed")
	errRefused   = errors.New("the SFTP server refused a file")
	errHandshake = errors.New("the SSH handshake failed")
	errHostKey   = errors.New("the host key is not one of the known ones")
)

// handshake is why there was no connection.
func handshake(err error) error {
	_, network := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errHostKey):
		return errHostKey
	case network:
		return delivery.Nameless(err)
	default:
		return errHandshake
	}
}

// refusal is why a bundle was not taken.
func refusal(err error) error {
	_, refused := errors.AsType[*sftp.StatusError](err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return fs.ErrPermission
	case errors.Is(err, fs.ErrNotExist):
		return fs.ErrNotExist
	case refused:
		return errRefused
	default:
		return errSession
	}
}

// server is the drive of an SFTP server.
type server struct{ *sftp.Client }

func (s server) exists(name string) (bool, error) {
	_, err := s.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (s server) list(name string) ([]string, error) {
	entries, err := s.ReadDir(name)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (s server) clear(name string) error {
	if there, err := s.exists(name); err != nil || !there {
		return err
	}
	return s.RemoveAll(name)
}

func (s server) mkdir(name string) error { return s.Mkdir(name) }

func (s server) write(name string, content []byte) error {
	f, err := s.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if _, able := s.HasExtension("fsync@openssh.com"); able {
		err = errors.Join(err, f.Sync())
	}
	return errors.Join(err, f.Close())
}

// rename is that of SFTP, which refuses a name that is taken.
func (s server) rename(from, to string) error { return s.Rename(from, to) }
