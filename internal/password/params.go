package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Bounds of what is accepted, from a configuration or from a stored hash: a
// damaged or planted hash must not make the program take gigabytes or minutes.
const (
	minMemoryKiB = 8
	maxMemoryKiB = 64 << 10
	maxTime      = 10
	maxThreads   = 4
	saltSize     = 16
	keySize      = 32
)

// Params is the cost of one argon2id hash (RFC 9106).
type Params struct {
	// MemoryKiB is the memory of one hash in KiB, 8 to 65536 for each thread.
	MemoryKiB uint32
	// Time is the number of passes over that memory, 1 to 10.
	Time uint32
	// Threads is the degree of parallelism, 1 to 4.
	Threads uint8
}

// DefaultParams is OWASP's recommendation for argon2id (Password Storage Cheat
// Sheet): 19 MiB, two passes, one thread.
func DefaultParams() Params { return Params{MemoryKiB: 19 << 10, Time: 2, Threads: 1} }

func (p Params) check() error {
	switch {
	case p.Threads < 1 || p.Threads > maxThreads:
		return fmt.Errorf("argon2id with %d threads", p.Threads)
	case p.Time < 1 || p.Time > maxTime:
		return fmt.Errorf("argon2id with %d passes", p.Time)
	case p.MemoryKiB < minMemoryKiB*uint32(p.Threads) || p.MemoryKiB > maxMemoryKiB:
		return fmt.Errorf("argon2id with %d KiB", p.MemoryKiB)
	}
	return nil
}

// stored is one password hash as the database keeps it.
type stored struct {
	params Params
	salt   []byte
	key    []byte
}

// String is the PHC form: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func (s stored) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		s.params.MemoryKiB, s.params.Time, s.params.Threads,
		base64.RawStdEncoding.EncodeToString(s.salt), base64.RawStdEncoding.EncodeToString(s.key))
}

// parse reads the PHC form. It takes only what [stored.String] writes, to the
// letter; the error does not repeat the hash.
func parse(text string) (stored, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return stored{}, errors.New("not a PHC string of argon2id")
	}
	var s stored
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d",
		&s.params.MemoryKiB, &s.params.Time, &s.params.Threads); err != nil {
		return stored{}, errors.New("argon2id with unreadable parameters")
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(salt) != saltSize || len(key) != keySize {
		return stored{}, errors.New("argon2id with a wrong salt or key")
	}
	s.salt, s.key = salt, key
	if s.String() != text {
		return stored{}, errors.New("not the canonical PHC string of argon2id")
	}
	return s, s.params.check()
}
