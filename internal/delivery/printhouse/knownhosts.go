package printhouse

import (
	"errors"
	"net"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// knownHosts are the host keys that are trusted, as in OpenSSH's known_hosts. No key
// is ever added: a server that is not in the file is not spoken to.
type knownHosts struct {
	callback ssh.HostKeyCallback
	// algorithms are those of the server's known keys. Without them the server might
	// show a key of another kind, which nobody knows.
	algorithms []string
}

func readKnownHosts(file, address string) (knownHosts, error) {
	callback, err := knownhosts.New(file)
	if err != nil {
		return knownHosts{}, errors.New("the file of known hosts cannot be read")
	}
	k := knownHosts{callback: callback}
	// Asked about a key that nobody has, it tells the known ones.
	unknown, ok := errors.AsType[*knownhosts.KeyError](callback(address, &net.TCPAddr{}, nobodys{}))
	if !ok || len(unknown.Want) == 0 {
		return knownHosts{}, errors.New("the file of known hosts has no key of the server")
	}
	for _, known := range unknown.Want {
		k.algorithms = append(k.algorithms, algorithms(known.Key.Type())...)
	}
	return k, nil
}

// algorithms are those with which a key of a kind signs.
func algorithms(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{kind}
}

func (k knownHosts) check(host string, remote net.Addr, key ssh.PublicKey) error {
	if err := k.callback(host, remote, key); err != nil {
		return errHostKey
	}
	return nil
}

// nobodys is a key that no server has.
type nobodys struct{}

// Type implements [ssh.PublicKey].
func (nobodys) Type() string { return "nobodys" }

// Marshal implements [ssh.PublicKey].
func (nobodys) Marshal() []byte { return []byte("nobodys") }

// Verify implements [ssh.PublicKey].
func (nobodys) Verify([]byte, *ssh.Signature) error { return errHostKey }
