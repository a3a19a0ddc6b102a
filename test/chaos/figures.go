package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// figures is what was counted and measured. It may be used from any goroutine.
type figures struct {
	mu     sync.Mutex
	counts map[string]int
	times  map[string]time.Duration
}

func newFigures() *figures {
	return &figures{counts: map[string]int{}, times: map[string]time.Duration{}}
}

func (f *figures) add(name string, more int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[name] += more
}

func (f *figures) count(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts[name]
}

// longest keeps the longest of the times of one name.
func (f *figures) longest(name string, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times[name] = max(f.times[name], took)
}

// rows are all of them, by name.
func (f *figures) rows() (rows []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(f.counts)) {
		rows = append(rows, fmt.Sprintf("  %-64s %8d", name, f.counts[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(f.times)) {
		rows = append(rows, fmt.Sprintf("  %-64s %8.1f s", name, f.times[name].Seconds()))
	}
	return rows
}

// verdict is what must hold, how often it was looked at, and where it does not.
type verdict struct {
	mu       sync.Mutex
	order    []string
	looked   map[string]int
	failures map[string][]string
}

// fail notes a case of something that must not be.
func (v *verdict) fail(what, format string, values ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.know(what)
	v.failures[what] = append(v.failures[what], fmt.Sprintf(format, values...))
}

// look notes how many things were looked at for something that must not be.
func (v *verdict) look(what string, many int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.know(what)
	v.looked[what] += many
}

func (v *verdict) know(what string) {
	if v.looked == nil {
		v.looked, v.failures = map[string]int{}, map[string][]string{}
	}
	if !slices.Contains(v.order, what) {
		v.order = append(v.order, what)
	}
}

func (v *verdict) broken() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.failures) > 0
}

// rows are what was looked at, each with the first cases where it does not hold.
func (v *verdict) rows() (rows []string) {
	const most = 5
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, what := range v.order {
		cases := v.failures[what]
		mark := "none of"
		if len(cases) > 0 {
			mark = fmt.Sprintf("%d OF", len(cases))
		}
		rows = append(rows, fmt.Sprintf("  %-64s %8s %d", what, mark, max(v.looked[what], len(cases))))
		for _, one := range cases[:min(most, len(cases))] {
			rows = append(rows, "      "+one)
		}
	}
	return rows
}

// print tells everything.
func (w *world) print() {
	w.say("figures")
	for _, row := range w.figures.rows() {
		_, _ = fmt.Fprintln(w.out, row)
	}
	w.say("what must not be")
	for _, row := range w.verdict.rows() {
		_, _ = fmt.Fprintln(w.out, row)
	}
	outcome := "everything holds"
	if w.verdict.broken() {
		outcome = "NOT EVERYTHING HOLDS; seed " + strconv.FormatUint(w.seed, 10)
	}
	w.say("%s", outcome)
}

// most keeps the largest of the counts of one name.
func (f *figures) most(name string, count int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[name] = max(f.counts[name], count)
}
