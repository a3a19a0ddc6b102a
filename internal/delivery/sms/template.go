package sms

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// values are what templates can say. They are encoded for their place afterwards, so
// that no template has to.
type values struct {
	credentials

	// ID is ours, the same however often the message is sent.
	ID string
	// To is +7 and ten digits, Digits the same without the plus.
	To, Digits string
	Text       string
	// Reference is the gateway's name for the message: only when it is asked what
	// became of it.
	Reference string
}

// sample is for looking whether a template works.
func sample() values { return values{ID: "1", To: "+7", Digits: "7", Text: "t", Reference: "1"} }

// fill fills in a template.
func fill(text string, v values) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	parsed, err := template.New("").Parse(text)
	if err != nil {
		return "", fmt.Errorf("no template: %w", err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, v); err != nil {
		return "", fmt.Errorf("no template: %w", err)
	}
	return out.String(), nil
}

// filled is a JSON value with every text in it filled in. Members of objects that
// come out empty are left out.
func filled(value any, v values) (any, error) {
	switch value := value.(type) {
	case string:
		return fill(value, v)
	case []any:
		all := make([]any, len(value))
		for i, one := range value {
			var err error
			if all[i], err = filled(one, v); err != nil {
				return nil, err
			}
		}
		return all, nil
	case map[string]any:
		all := map[string]any{}
		for name, one := range value {
			text, err := filled(one, v)
			if err != nil {
				return nil, err
			}
			if text != "" {
				all[name] = text
			}
		}
		return all, nil
	default:
		return value, nil
	}
}

// document is an answer in JSON, with the values that pointers are filled with.
type document struct {
	root   any
	values values
}

// at is the value that a pointer (RFC 6901) leads to, as text. Objects, lists and
// null are none.
func (d document) at(pointer string) (text string, found bool) {
	if pointer == "" {
		return "", false
	}
	here := d.root
	for _, step := range strings.Split(pointer, "/")[1:] {
		name, err := fill(strings.NewReplacer("~1", "/", "~0", "~").Replace(step), d.values)
		if err != nil {
			return "", false
		}
		switch value := here.(type) {
		case map[string]any:
			if here, found = value[name]; !found {
				return "", false
			}
		case []any:
			i, err := strconv.ParseUint(name, 10, 16)
			if err != nil || int(i) >= len(value) {
				return "", false
			}
			here = value[i]
		default:
			return "", false
		}
	}
	switch value := here.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	case bool:
		return strconv.FormatBool(value), true
	default:
		return "", false
	}
}

func (d document) holds(r rule) bool {
	text, found := d.at(r.At)
	return found && (len(r.In) == 0 || slices.Contains(r.In, text))
}

// first is what the first of the pointers that leads anywhere leads to.
func (d document) first(pointers []string) (text string, found bool) {
	for _, pointer := range pointers {
		if text, found = d.at(pointer); found {
			return text, true
		}
	}
	return "", false
}
