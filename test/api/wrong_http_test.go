package api_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func (h *house) wrongIDs() []wrong {
	id := h.fresh.ID
	bad := map[string]string{
		"a word": "abc", "a number": "1", "no dashes": strings.ReplaceAll(id, "-", ""), "braces": "%7B" + id + "%7D",
		"urn": "urn:uuid:" + id, "cut": id[:35], "a tail": id + "0", "no hex": "g" + id[1:], "a long text": strings.Repeat("a", 2000),
		"NUL": "%00", "a slash": "..%2F..%2Fme", "an escape": "%252e", "Russian": "%D1%8F", "invalid UTF-8": "%FF", "a quote": "'%20OR%201=1--",
		"a space": "%20", "a dash": "-", "a wildcard": "*",
	}
	var table []wrong
	for name, text := range bad {
		for _, step := range []struct {
			method, path, token string
			body                object
		}{
			{http.MethodGet, "/v1/registrations/" + text, h.fresh.FlowToken, nil},
			{http.MethodPost, "/v1/registrations/" + text + "/codes", h.fresh.FlowToken, nil},
			{http.MethodPost, "/v1/registrations/" + text + "/confirmation", h.fresh.FlowToken, object{"code": "123456"}},
			{http.MethodDelete, "/v1/sessions/" + text, h.in.AccessToken, nil},
		} {
			w := wrong{
				name:   step.method + " " + strings.Replace(step.path, text, "{id}", 1) + " with " + name,
				client: h.client.bearing(step.token),
				call:   call{method: step.method, path: step.path, body: step.body},
			}
			table = append(table, w.answered(http.StatusNotFound, "not_found"))
		}
	}
	return table
}

func (h *house) wrongPages() []wrong {
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	queries := map[string][2]string{
		"limit=0": {"/query/limit"}, "limit=-1": {"/query/limit"}, "limit=101": {"/query/limit"}, "limit=abc": {"/query/limit"},
		"limit=1.5": {"/query/limit"}, "limit=1e1": {"/query/limit"}, "limit=%2010": {"/query/limit"}, "limit=0x10": {"/query/limit"},
		"limit=99999999999999999999": {"/query/limit"}, "limit=%00": {"/query/limit"}, "limit=%D9%A1": {"/query/limit"},
		"limit=1_0": {"/query/limit"}, "limit=null": {"/query/limit"}, "limit=true": {"/query/limit"},
		"cursor=abc": {"/query/cursor"}, "cursor=!!!": {"/query/cursor"}, "cursor=%00": {"/query/cursor"},
		"cursor=" + encode("no dot"):                               {"/query/cursor"},
		"cursor=" + encode("x."+h.in.Session.ID):                   {"/query/cursor"},
		"cursor=" + encode("-1."+h.in.Session.ID):                  {"/query/cursor"},
		"cursor=" + encode("9223372036854775807."+h.in.Account.ID): {"/query/cursor"},
		"cursor=" + encode("1.not-an-id"):                          {"/query/cursor"},
		"cursor=" + encode("1.") + "%3D":                           {"/query/cursor"},
		"cursor=" + strings.Repeat("A", 5000):                      {"/query/cursor"},
	}
	var table []wrong
	for query, field := range queries {
		field[1] = "unsupported_value"
		if field[0] == "/query/cursor" {
			field[1] = "cursor_invalid"
		}
		for _, path := range []string{"/v1/sessions", "/v1/sandbox/messages"} {
			short := query[:min(len(query), 40)]
			w := wrong{name: path + "?" + short, client: h.client.bearing(h.in.AccessToken), fields: [][2]string{field}}
			w.call = call{method: http.MethodGet, path: path + "?" + query}
			table = append(table, w.answered(http.StatusUnprocessableEntity, "validation_failed"))
		}
	}
	return table
}

// wrongOrigins are requests that a foreign page could make a browser send.
func (h *house) wrongOrigins() []wrong {
	origins := map[string][]string{
		"no Origin": nil, "a foreign Origin": {"https://evil.example"}, "Origin null": {"null"}, "two Origins": {h.server.URL, h.server.URL},
		"an Origin with a path": {h.server.URL + "/"}, "an Origin in capitals": {strings.ToUpper(h.server.URL)}, "an empty Origin": {""},
		"another port": {"http://127.0.0.1:1"}, "another scheme": {strings.Replace(h.server.URL, "http:", "https:", 1)},
		"an Origin that begins alike": {h.server.URL + ".evil.example"},
	}
	var table []wrong
	for name, values := range origins {
		cookie := h.client.with("Origin", values...).with("Cookie",
			"__Host-kabinet_access="+h.in.AccessToken+"; __Host-kabinet_refresh="+h.in.RefreshToken)
		for _, step := range []call{
			{method: http.MethodDelete, path: "/v1/sessions/current"},
			{method: http.MethodDelete, path: "/v1/sessions/" + h.in.Session.ID},
			{method: http.MethodPost, path: "/v1/sessions/refresh"},
			{method: http.MethodPost, path: "/v1/registrations", body: applicant("+79024444444")},
		} {
			short := strings.Replace(step.path, h.in.Session.ID, "{id}", 1)
			w := wrong{name: "cookie and " + name + ": " + step.method + " " + short, client: cookie, call: step}
			table = append(table, w.answered(http.StatusForbidden, "origin_not_allowed"))
		}
		for _, o := range []operation{h.operation("sign in"), h.operation("password")} {
			w := o.wrong("into a cookie with "+name, o.but(object{"transport": "cookie"}))
			w.client = w.client.with("Origin", values...)
			table = append(table, w.answered(http.StatusForbidden, "origin_not_allowed"))
		}
	}
	return table
}

// wrongMethods tries every method that a path does not have.
func (h *house) wrongMethods(t *testing.T) []wrong {
	t.Helper()
	has := map[string][]string{}
	for _, route := range routes(t, h.server) {
		method, path, _ := strings.Cut(route, " ")
		has[path] = append(has[path], method)
	}
	var table []wrong
	for path, methods := range has {
		concrete := strings.NewReplacer("{id}", h.fresh.ID, "{file}", "init.js", "{code}", "not_found").Replace(path)
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, "REPORT", "TRACE"} {
			// Where a word stands beside an id, the id's methods take it for one.
			word := path == "/v1/sessions/current" || path == "/v1/sessions/refresh"
			if slices.Contains(methods, method) || word && method == http.MethodDelete {
				continue
			}
			w := wrong{name: method + " " + path, client: h.client.bearing(h.in.AccessToken)}
			w.call = call{method: method, path: concrete, outside: true}
			w.allow = strings.Join(append([]string{http.MethodOptions}, methods...), ", ")
			table = append(table, w.answered(http.StatusMethodNotAllowed, "method_not_allowed"))
		}
	}
	require.Greater(t, len(table), 50)
	return table
}

func (h *house) wrongPaths() []wrong {
	var table []wrong
	for _, path := range []string{
		"/", "/v1", "/v1/", "/v2/me", "/V1/me", "/v1/me/", "//v1/me", "/v1//me", "/v1/me.json", "/v1/me%2F", "/v1/unknown", "/v1/registration",
		"/v1/registrations/" + h.fresh.ID + "/", "/v1/registrations/" + h.fresh.ID + "/unknown", "/v1/../v1/me",
		"/v1/%2e%2e/v1/me", "/v1/./me", "/v1/me;a=b", "/docs/../../go.mod", "/docs/..%2f..%2fgo.mod", "/docs/%2e%2e%2fgo.mod", "/docs/index.html",
		"/docs/unknown.js", "/docs/init.js/", "/openapi.yml", "/openapi", "/problems/unknown", "/problems/not_found/x", "/problems/..%2fdocs",
		"/problems/" + strings.Repeat("a", 5000), "/.env", "/.git/config", "/.well-known/", "/.well-known/openid-configuration", "/admin",
		"/metrics", "/livez", "/readyz", "/debug/pprof/", "/favicon.ico", "/robots.txt", "/index.php", "/v1/me%00", "/%FF", "/v1/" + url.PathEscape("я"),
		"/v1/sandbox", "/v1/sandbox/time",
	} {
		w := wrong{name: "GET " + path[:min(len(path), 60)], client: h.client.bearing(h.in.AccessToken)}
		w.call = call{method: http.MethodGet, path: path, outside: true}
		table = append(table, w.answered(http.StatusNotFound, "not_found"))
	}
	return table
}
