package sms

import (
	"errors"
	"net/url"
	"strings"

	"example.org/kabinet/internal/delivery"
)

// insecure follows the name of a preset whose gateway is on the same machine and
// speaks no TLS.
const insecure = "+insecure"

// credentials are what a gateway knows us by: a login and a password, or one token.
type credentials struct{ Login, Password, Token, Sender string }

// endpoint is what the URL of a gateway says.
type endpoint struct {
	credentials

	// base is where the gateway is, without anything secret.
	base *url.URL
	// preset names the settings, or is empty where a file has them.
	preset string
	// file is where they are.
	file string
}

// parseURL reads the URL of a gateway. No error repeats anything of it.
func parseURL(text string) (endpoint, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Fragment != "" {
		return endpoint{}, errors.New("not the URL of a gateway")
	}
	e := endpoint{base: u}
	if password, two := u.User.Password(); two {
		e.Login, e.Password = u.User.Username(), password
	} else {
		e.Token = u.User.Username()
	}
	u.User = nil
	if strings.ContainsFunc(e.Login+e.Password+e.Token, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		return endpoint{}, errors.New("the URL holds control characters")
	}
	if u.Scheme == "https" || u.Scheme == "http" {
		err = e.readWeb()
	} else {
		err = e.readPreset()
	}
	if err == nil && !delivery.Private(e.base) {
		err = errors.New("the URL must be https, or to the same machine")
	}
	return e, err
}

// readWeb reads a URL of http or https: the plain contract, whose parameters belong
// to the gateway, or that of a file with settings.
func (e *endpoint) readWeb() error {
	query, err := url.ParseQuery(e.base.RawQuery)
	if err != nil {
		return errors.New("the parameters of the URL cannot be read")
	}
	if !query.Has("settings") {
		if e.Login != "" || e.Password != "" {
			return errors.New("the URL must hold one token, not a user and a password")
		}
		e.preset = "plain"
		return nil
	}
	e.file = query.Get("settings")
	if e.file == "" {
		return errors.New("the parameter settings must name a file")
	}
	return e.takeSender(query, "settings")
}

// readPreset reads a URL whose scheme names a preset, and makes one of https of it.
func (e *endpoint) readPreset() error {
	name, plain := strings.CutSuffix(e.base.Scheme, insecure)
	if name == "plain" || !exists(name) {
		return errors.New("the URL must begin with https:// or with the name of a gateway that is known")
	}
	if e.base.Path != "" && e.base.Path != "/" {
		return errors.New("the URL must not have a path: the gateway's is known")
	}
	if e.Token == "" && (e.Login == "" || e.Password == "") {
		return errors.New("the URL needs the gateway's key, or a login and a password")
	}
	query, err := url.ParseQuery(e.base.RawQuery)
	if err != nil {
		return errors.New("the parameters of the URL cannot be read")
	}
	e.preset, e.base.Scheme = name, "https"
	if plain {
		e.base.Scheme = "http"
	}
	return e.takeSender(query)
}

// takeSender takes the parameter from, beside which only those named may be there.
func (e *endpoint) takeSender(query url.Values, beside ...string) error {
	e.Sender = query.Get("from")
	for _, name := range append(beside, "from") {
		if len(query[name]) > 1 {
			return errors.New("each parameter of the URL may stand there once")
		}
		delete(query, name)
	}
	if len(query) > 0 {
		return errors.New("the URL has a parameter that is not known")
	}
	e.base.RawQuery, e.base.ForceQuery = "", false
	return nil
}
