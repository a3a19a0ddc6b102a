package password

import "sync"

// places counts who hashes or waits to: in all, and for each client.
type places struct {
	all, share int

	mu    sync.Mutex
	taken int
	by    map[string]int
}

// newPlaces returns so many places, half of which one client can have.
func newPlaces(all int) *places {
	const half = 2
	return &places{all: all, share: max(1, all/half), by: map[string]int{}}
}

// take takes a place, if there is one for this client.
func (p *places) take(client string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken == p.all || p.by[client] == p.share {
		return false
	}
	p.taken++
	p.by[client]++
	return true
}

// leave gives a place back.
func (p *places) leave(client string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.by[client]--; p.by[client] == 0 {
		delete(p.by, client)
	}
}
