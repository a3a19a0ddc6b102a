package sms

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// presets are the gateways that are known.
//
//go:embed presets/*.json
var presets embed.FS

// maxSettings is how long a file with settings may be, in bytes.
const maxSettings = 64 << 10

// settings are how a gateway is spoken to; docs/sms.md describes them. All texts
// that may hold {{…}} are templates over [values].
type settings struct {
	// About is for those who read the file.
	About  string         `json:"about"`
	Send   requestSetting `json:"send"`
	Answer answerSetting  `json:"answer"`
	// Status is missing where the gateway cannot be asked.
	Status *statusSetting `json:"status"`
}

// requestSetting is a POST. Fields and headers that come out empty are left out.
type requestSetting struct {
	// Path replaces that of the URL, unless it is empty.
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	// Form or JSON is the body, each text in it a template.
	Form map[string]string `json:"form"`
	JSON any               `json:"json"`
}

// answerSetting is how the answer to a message is understood. Statuses other than
// 2xx are refusals.
type answerSetting struct {
	// Accepted has to hold; without it any 2xx will do.
	Accepted *rule `json:"accepted"`
	// Reference points to the gateway's name for the message.
	Reference string `json:"reference"`
	// Code points to the gateway's code for what is wrong: the first that is there.
	Code []string `json:"code"`
	// Final are the codes, FinalStatuses the HTTP statuses that are about this very
	// message.
	Final         []string `json:"final"`
	FinalStatuses []int    `json:"final_statuses"`
	// Alone are the codes that are about this very message, but only for now: the
	// gateway takes others.
	Alone []string `json:"alone"`
	// Repeated are the codes by which the gateway refuses what it has taken before.
	Repeated []string `json:"repeated"`
}

// rule holds if there is something at the pointer (RFC 6901), and if it is one of
// the values, where there are any.
type rule struct {
	At string   `json:"at"`
	In []string `json:"in"`
}

// statusSetting is how the gateway is asked what became of a message.
type statusSetting struct {
	requestSetting

	// State points to the state; the lists say what the states mean, Failed in which
	// words operators are told.
	State     string            `json:"state"`
	Delivered []string          `json:"delivered"`
	Failed    map[string]string `json:"failed"`
	Pending   []string          `json:"pending"`
}

// exists tells whether there is a preset of that name.
func exists(preset string) bool {
	file, err := presets.Open("presets/" + preset + ".json")
	if err == nil {
		_ = file.Close()
	}
	return err == nil
}

// load reads the settings that an endpoint names.
func (e *endpoint) load() (settings, error) {
	if e.file == "" {
		text, err := presets.ReadFile("presets/" + e.preset + ".json")
		if err != nil {
			return settings{}, err
		}
		return parseSettings(text)
	}
	file, err := os.Open(filepath.Clean(e.file))
	if err != nil {
		return settings{}, errors.New("the settings cannot be opened")
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxSettings+1))
	switch {
	case err != nil:
		return settings{}, errors.New("the settings cannot be read")
	case len(text) > maxSettings:
		return settings{}, errors.New("the settings are too long")
	}
	return parseSettings(text)
}

// parseSettings reads settings and checks all of them. Their errors may repeat what
// is in the file: nothing of it is secret.
func parseSettings(text []byte) (settings, error) {
	var s settings
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(&s); err != nil {
		return s, fmt.Errorf("the settings: %w", err)
	}
	if decoder.More() {
		return s, errors.New("the settings: something follows them")
	}
	if err := errors.Join(s.problems()...); err != nil {
		return s, fmt.Errorf("the settings: %w", err)
	}
	return s, nil
}

// problems are all that is wrong.
func (s *settings) problems() []error {
	found := s.Send.problems("send")
	if a := s.Answer.Accepted; a != nil {
		found = append(found, pointerProblem("answer.accepted.at", a.At))
	}
	if s.Answer.Reference != "" {
		found = append(found, pointerProblem("answer.reference", s.Answer.Reference))
	}
	for _, pointer := range s.Answer.Code {
		found = append(found, pointerProblem("answer.code", pointer))
	}
	if len(s.Answer.Final)+len(s.Answer.Alone)+len(s.Answer.Repeated) > 0 && len(s.Answer.Code) == 0 {
		found = append(found, errors.New("answer.final, answer.alone and answer.repeated need answer.code"))
	}
	for _, status := range s.Answer.FinalStatuses {
		if status < http.StatusBadRequest || status >= http.StatusInternalServerError {
			found = append(found, errors.New("answer.final_statuses must be from 400 to 499"))
		}
	}
	if s.Status == nil {
		return found
	}
	found = append(found, s.Status.problems("status")...)
	found = append(found, pointerProblem("status.state", s.Status.State))
	if s.Answer.Reference == "" || len(s.Status.Delivered) == 0 {
		found = append(found, errors.New("status needs answer.reference and status.delivered"))
	}
	return found
}

func (r requestSetting) problems(name string) []error {
	found := []error{templateProblem(name+".path", r.Path)}
	if r.Path != "" && !strings.HasPrefix(r.Path, "/") {
		found = append(found, errors.New(name+".path must begin with /"))
	}
	if (r.Form == nil) == (r.JSON == nil) {
		found = append(found, errors.New(name+" needs either form or json"))
	}
	for field, text := range r.Headers {
		found = append(found, templateProblem(name+".headers."+field, text))
	}
	for field, text := range r.Form {
		found = append(found, templateProblem(name+".form."+field, text))
	}
	_, err := filled(r.JSON, sample())
	if err != nil {
		found = append(found, fmt.Errorf("%s.json: %w", name, err))
	}
	return found
}

func pointerProblem(name, text string) error {
	if !strings.HasPrefix(text, "/") {
		return errors.New(name + " must be a JSON pointer, which begins with /")
	}
	return templateProblem(name, text)
}

func templateProblem(name, text string) error {
	if _, err := fill(text, sample()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
