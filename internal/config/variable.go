package config

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

const (
	prefix = "KABINET_"
	// testPrefix is for the tests, which read it themselves.
	testPrefix = "KABINET_TEST_"
	fileSuffix = "_FILE"
)

// variable is one variable of the environment, as the tags of its field
// describe it.
type variable struct {
	name  string
	field reflect.StructField
	// path is where in Config the field is.
	path   []int
	secret bool
}

// variables lists the variables of a struct and of the sections in it.
func variables(t reflect.Type) []variable {
	var all []variable
	for i := range t.NumField() {
		f := t.Field(i)
		name, tagged := f.Tag.Lookup("env")
		if tagged {
			all = append(all, variable{name, f, []int{i}, f.Type == reflect.TypeFor[Secret]()})
			continue
		}
		for _, v := range variables(f.Type) {
			v.path = append([]int{i}, v.path...)
			all = append(all, v)
		}
	}
	return all
}

// collect keeps of an environment what is meant for this program.
func collect(environ []string) map[string]string {
	values := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		ours := strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, testPrefix)
		if ours && value != "" {
			values[name] = value
		}
	}
	return values
}

// preferSandbox fills in what a sandbox does by default unlike production.
func preferSandbox(values map[string]string, known []variable) {
	const environment = "KABINET_ENV"
	if chosen := values[environment]; chosen != "" && chosen != string(Sandbox) {
		return
	}
	for _, v := range known {
		value, differs := v.field.Tag.Lookup("sandbox")
		if _, given := values[v.name]; differs && !given {
			values[v.name] = value
		}
	}
}

func refuseUnknown(values map[string]string, known []variable, r report) {
	names := map[string]bool{}
	for _, v := range known {
		names[v.name] = true
		if v.secret {
			names[v.name+fileSuffix] = true
		}
	}
	for name := range values {
		if !names[name] {
			r.add(name, "not a variable of this release")
		}
	}
}

// parse fills in c. The library names the field in its errors, and repeats the
// value; only the former is used.
func parse(c *Config, values map[string]string, known []variable, r report) {
	err := env.ParseWithOptions(c, env.Options{Environment: values})
	if err == nil {
		return
	}
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		all.Errors = []error{err}
	}
	for _, one := range all.Errors {
		name, want := "configuration", "cannot be read"
		if e, ok := errors.AsType[env.ParseError](one); ok {
			name, want = wanted(e.Name, known)
		}
		r.add(name, "%s", want)
	}
}

// wanted is the variable of a field, and what its value has to look like.
func wanted(field string, known []variable) (name, want string) {
	for _, v := range known {
		if v.field.Name != field {
			continue
		}
		if bounds := v.bounds(); bounds != "" {
			return v.name, "must be " + bounds
		}
		if v.field.Type.Kind() == reflect.Bool {
			return v.name, "must be true or false"
		}
		return v.name, "must be " + v.field.Tag.Get("want")
	}
	return field, "cannot be read"
}

// bounds says in words which numbers are accepted; empty for other types.
func (v variable) bounds() string {
	least, most := v.field.Tag.Get("min"), v.field.Tag.Get("max")
	if least == "" {
		return ""
	}
	if v.field.Type == reflect.TypeFor[time.Duration]() {
		return "a duration from " + least + " to " + most
	}
	return "a whole number from " + least + " to " + most
}

func checkBounds(c reflect.Value, known []variable, r report) {
	for _, v := range known {
		if v.bounds() != "" && !v.within(c.FieldByIndex(v.path)) {
			r.add(v.name, "must be %s", v.bounds())
		}
	}
}

// within tells whether a number lies in the bounds of its tags.
func (v variable) within(value reflect.Value) bool {
	least, most := limit(v.field.Tag.Get("min")), limit(v.field.Tag.Get("max"))
	if value.CanUint() {
		n := value.Uint()
		return n >= uint64(least) && n <= uint64(most) //nolint:gosec // no limit is negative
	}
	return value.Int() >= least && value.Int() <= most
}

// limit reads a bound: a whole number, or a duration.
func limit(text string) int64 {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return int64(d)
}
