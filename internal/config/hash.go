package config

// minProductionMemoryKiB is the least memory that OWASP's Password Storage
// Cheat Sheet accepts for argon2id with any number of passes.
const minProductionMemoryKiB = 7168

// Hash is the cost of a password's hash (argon2id, RFC 9106), and how many may
// be made at once.
type Hash struct {
	// MemoryKiB is the memory of one hash, in KiB.
	MemoryKiB uint32 `env:"KABINET_HASH_MEMORY_KIB" envDefault:"19456" min:"8" max:"65536"`
	// Time is the number of passes over the memory.
	Time uint32 `env:"KABINET_HASH_TIME" envDefault:"2" min:"1" max:"10"`
	// Threads is the degree of parallelism of one hash.
	Threads uint8 `env:"KABINET_HASH_THREADS" envDefault:"1" min:"1" max:"4"`
	// Parallel is how many are made at once; after [Load] never 0.
	Parallel int `env:"KABINET_HASH_PARALLEL" envDefault:"0" min:"0" max:"256"`
	// Queue is how many more may wait.
	Queue int `env:"KABINET_HASH_QUEUE" envDefault:"256" min:"0" max:"65536"`
}

func (h Hash) check(e Environment, r report) {
	if h.MemoryKiB < 8*uint32(h.Threads) {
		r.add("KABINET_HASH_MEMORY_KIB", "must be at least 8 for each of KABINET_HASH_THREADS")
	}
	if e == Production && h.MemoryKiB < minProductionMemoryKiB {
		r.add("KABINET_HASH_MEMORY_KIB", "must be at least %d in production", minProductionMemoryKiB)
	}
}
