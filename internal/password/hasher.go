package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
)

// Admission bounds the hashing that goes on at the same time. One hash takes a
// core for tens of milliseconds and [Params].MemoryKiB of memory, so without
// bounds a thousand sign-ins at once would take 19 GB.
type Admission struct {
	// Parallel is how many hashes run at once, 1 or more: the number of cores.
	Parallel int
	// Queue is how many more may wait for their turn, 0 or more.
	Queue int
	// RetryAfter is after what time those who were turned away may try again.
	RetryAfter time.Duration
}

// Hasher hashes and verifies passwords with argon2id. Every method that hashes
// waits for its turn as long as ctx allows; its caller has reserved a place
// before. It is safe for concurrent use.
type Hasher struct {
	params    Params
	admission Admission
	clock     clock.Clock
	places    *places
	turns     *semaphore.Weighted
	nobody    stored
}

// NewHasher returns a hasher whose new hashes have the given cost.
func NewHasher(params Params, admission Admission, clk clock.Clock) (*Hasher, error) {
	if err := params.check(); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if admission.Parallel < 1 || admission.Queue < 0 || clk == nil {
		return nil, errors.New("password: a hasher needs a place to run, a queue of 0 or more, and a clock")
	}
	h := &Hasher{
		params:    params,
		admission: admission,
		clock:     clk,
		places:    newPlaces(admission.Parallel + admission.Queue),
		turns:     semaphore.NewWeighted(int64(admission.Parallel)),
	}
	// A random key is the hash of no password that anyone could find.
	h.nobody = stored{params: params, salt: random(saltSize), key: random(keySize)}
	return h, nil
}

// Reserve takes a place in the queue, to be taken before any other work for
// the same request: one that finds the queue full is [apperr.Busy] at once and
// has cost nothing. One client, named by its network, has at most half of the
// places, so that it cannot keep everybody else out. The place is good for any
// number of hashes until leave is called.
func (h *Hasher) Reserve(client string) (leave func(), err error) {
	if !h.places.take(client) {
		busy := apperr.New(apperr.Busy)
		busy.RetryAt = h.clock.Now().Add(h.admission.RetryAfter)
		return nil, busy
	}
	return func() { h.places.leave(client) }, nil
}

// Hash is the PHC string of a password, with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, plain string) (string, error) {
	s := stored{params: h.params, salt: random(saltSize)}
	key, err := h.derive(ctx, s, plain)
	if err != nil {
		return "", err
	}
	s.key = key
	return s.String(), nil
}

// Verify tells whether plain is the password behind hash and, if so, whether
// the hash should be made anew because its cost is not today's. A hash that is
// not in the form of [Hasher.Hash] is an error.
func (h *Hasher) Verify(ctx context.Context, hash, plain string) (ok, rehash bool, err error) {
	s, err := parse(hash)
	if err != nil {
		return false, false, fmt.Errorf("password: stored hash: %w", err)
	}
	key, err := h.derive(ctx, s, plain)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, s.key) == 1
	return ok, ok && s.params != h.params, nil
}

// VerifyDummy does the work of [Hasher.Verify] where there is no hash to
// compare with: an unknown login takes the same time and the same turn in the
// queue as a known one (promise M26).
func (h *Hasher) VerifyDummy(ctx context.Context, plain string) error {
	key, err := h.derive(ctx, h.nobody, plain)
	if err != nil {
		return err
	}
	subtle.ConstantTimeCompare(key, h.nobody.key)
	return nil
}

// derive computes the key when it is the caller's turn.
func (h *Hasher) derive(ctx context.Context, s stored, plain string) ([]byte, error) {
	if err := h.turns.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("password: waiting for a turn: %w", err)
	}
	defer h.turns.Release(1)
	return argon2.IDKey([]byte(norm.NFC.String(plain)), s.salt,
		s.params.Time, s.params.MemoryKiB, s.params.Threads, keySize), nil
}

// random bytes from the system, which ends the program rather than fail.
func random(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.Read(out)
	return out
}
