package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// report collects what is wrong, by the name of the variable. It never holds
// a value: some are secrets.
type report map[string]string

// add keeps the first finding about a variable; others mostly follow from it.
func (r report) add(name, format string, args ...any) {
	if !r.has(name) {
		r[name] = fmt.Sprintf(format, args...)
	}
}

func (r report) has(name string) bool {
	_, found := r[name]
	return found
}

// err is nil, or an error with one line for each wrong variable.
func (r report) err() error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(r)) {
		all = append(all, fmt.Errorf("%s: %s", name, r[name]))
	}
	return errors.Join(all...)
}
