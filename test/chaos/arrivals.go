package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// The ways by which messages arrive.
const (
	byMail = "e-mail"
	bySMS  = "SMS"
	byEDO  = "document"
)

// arrival is a message that has come to where it was meant to.
type arrival struct {
	// id is the message's, by which it can be told whether it came before.
	id   string
	way  string
	to   string
	code string
	at   time.Time
}

// arrivals is all that has arrived so far.
type arrivals struct {
	mu sync.Mutex
	// times is how often each message came, known how often the receiving side
	// could tell by the message's key that it has it, and did not hand it on.
	times, known map[string]int
	ways         map[string]string
	byReceiver   map[string][]arrival
	news         map[string]chan struct{}
}

func newArrivals() *arrivals {
	return &arrivals{
		times: map[string]int{}, known: map[string]int{}, ways: map[string]string{},
		byReceiver: map[string][]arrival{}, news: map[string]chan struct{}{},
	}
}

// add notes that a message has arrived.
func (s *arrivals) add(a arrival) {
	s.mu.Lock()
	s.times[a.id]++
	s.ways[a.id] = a.way
	s.mu.Unlock()
	s.hand(a)
}

// hand gives a message to the person whom it is for.
func (s *arrivals) hand(a arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.at = time.Now()
	s.byReceiver[a.to] = append(s.byReceiver[a.to], a)
	if news := s.news[a.to]; news != nil {
		close(news)
		delete(s.news, a.to)
	}
}

// again notes that a message came that is known by its key, and tells whether it
// is.
func (s *arrivals) again(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times[id] == 0 {
		return false
	}
	s.known[id]++
	return true
}

// code waits for a code to a receiver that was not tried yet: the one that came
// last.
func (s *arrivals) code(ctx context.Context, to string, tried []string) (arrival, bool) {
	for {
		found, news := s.newest(to, tried)
		if found.code != "" {
			return found, true
		}
		select {
		case <-news:
		case <-ctx.Done():
			return arrival{}, false
		}
	}
}

func (s *arrivals) newest(to string, tried []string) (arrival, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range slices.Backward(s.byReceiver[to]) {
		if a.code != "" && !slices.Contains(tried, a.code) {
			return a, nil
		}
	}
	if s.news[to] == nil {
		s.news[to] = make(chan struct{})
	}
	return arrival{}, s.news[to]
}

// total is how often each message arrived.
func (s *arrivals) total() (times, known map[string]int, ways map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	times, known, ways = map[string]int{}, map[string]int{}, map[string]string{}
	for id := range s.times {
		times[id], known[id], ways[id] = s.times[id], s.known[id], s.ways[id]
	}
	return times, known, ways
}
