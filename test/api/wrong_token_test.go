package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

func (h *house) wrongFlowTokens() []wrong {
	headers := map[string]struct{ value, code string }{
		"no token":                {"", "unauthenticated"},
		"no scheme":               {h.fresh.FlowToken, "unauthenticated"},
		"Basic":                   {"Basic " + h.fresh.FlowToken, "unauthenticated"},
		"Token":                   {"Token " + h.fresh.FlowToken, "unauthenticated"},
		"scheme alone":            {"Bearer", "unauthenticated"},
		"scheme and space":        {"Bearer ", "unauthenticated"},
		"another flow's token":    {"Bearer another", "flow_token_invalid"},
		"random token":            {"Bearer " + strings.Repeat("A", 43), "flow_token_invalid"},
		"token cut short":         {"Bearer " + h.fresh.FlowToken[:42], "flow_token_invalid"},
		"token with a tail":       {"Bearer " + h.fresh.FlowToken + "A", "flow_token_invalid"},
		"token in capitals":       {"Bearer " + strings.ToUpper(h.fresh.FlowToken), "flow_token_invalid"},
		"access token for a flow": {"Bearer " + h.in.AccessToken, "flow_token_invalid"},
		"refresh token":           {"Bearer " + h.in.RefreshToken, "flow_token_invalid"},
		"enormous token":          {"Bearer " + strings.Repeat("A", 20_000), "flow_token_invalid"},
		"two tokens":              {"Bearer " + h.fresh.FlowToken + ", Bearer x", "flow_token_invalid"},
	}
	steps := []call{
		{method: http.MethodGet, path: h.fresh.path("")},
		{method: http.MethodPost, path: h.fresh.path("/codes")},
		{method: http.MethodPost, path: h.fresh.path("/confirmation"), body: object{"code": "123456"}},
		{method: http.MethodPost, path: h.fresh.path("/password"), body: object{"password": password, "password_confirmation": password}},
	}
	var table []wrong
	for _, step := range steps {
		for name, header := range headers {
			value := strings.Replace(header.value, "Bearer another", "Bearer "+h.proven.FlowToken, 1)
			w := wrong{name: step.method + " " + strings.TrimPrefix(step.path, h.fresh.path("")) + " with " + name, call: step}
			w.client = h.client.with("Authorization", value)
			table = append(table, w.answered(http.StatusUnauthorized, header.code))
		}
		unknown := step
		unknown.path = strings.Replace(step.path, h.fresh.ID, uuid.NewString(), 1)
		w := wrong{name: step.method + " " + strings.TrimPrefix(step.path, h.fresh.path("")) + " of an unknown flow", call: unknown}
		w.client = h.client.flow(h.fresh)
		table = append(table, w.answered(http.StatusUnauthorized, "flow_token_invalid"))
	}
	return table
}

// forge signs a token like the program's own, but for what change does to it.
func (h *house) forge(t *testing.T, change func(*jwt.Token)) string {
	t.Helper()
	key := testkit.Keyset(t).TokenKeys()[0]
	now := h.server.Clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": h.server.URL, "aud": "kabinet", "sub": h.in.Account.ID, "sid": h.in.Session.ID, "jti": uuid.NewString(),
		"iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(), "auth_time": now.Unix(),
		"account_type": "citizen", "level": "simplified", "scope": "cabinet",
	})
	token.Header["typ"], token.Header["kid"] = "at+jwt", key.ID
	if change != nil {
		change(token)
	}
	var signer any = key.Private
	switch token.Method.Alg() {
	case "none":
		signer = jwt.UnsafeAllowNoneSignatureType
	case "HS256":
		der, err := x509.MarshalPKIXPublicKey(&key.Private.PublicKey)
		require.NoError(t, err)
		signer = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	}
	if token.Header["stranger"] != nil {
		stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		signer = stranger
	}
	text, err := token.SignedString(signer)
	require.NoError(t, err)
	return text
}

// claim sets a claim of a forged token; nil leaves it out.
func claim(name string, value any) func(*jwt.Token) {
	return func(token *jwt.Token) {
		claims, _ := token.Claims.(jwt.MapClaims)
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
}

func header(name string, value any) func(*jwt.Token) {
	return func(token *jwt.Token) { token.Header[name] = value }
}

func method(m jwt.SigningMethod) func(*jwt.Token) {
	return func(token *jwt.Token) { token.Method, token.Header["alg"] = m, m.Alg() }
}

func (h *house) forgeries() map[string]func(*jwt.Token) {
	now := h.server.Clock.Now()
	return map[string]func(*jwt.Token){
		"alg none":               method(jwt.SigningMethodNone),
		"HS256 by public key":    method(jwt.SigningMethodHS256),
		"a stranger's key":       header("stranger", true),
		"unknown kid":            header("kid", "unknown"),
		"kid as path":            header("kid", "../../dev/null"),
		"kid as number":          header("kid", 1),
		"typ JWT":                header("typ", "JWT"),
		"crit":                   header("crit", []string{"exp"}),
		"expired":                claim("exp", now.Unix()),
		"no exp":                 claim("exp", nil),
		"exp as text":            claim("exp", "tomorrow"),
		"issued in the future":   claim("iat", now.Add(time.Hour).Unix()),
		"not yet valid":          claim("nbf", now.Add(time.Hour).Unix()),
		"another issuer":         claim("iss", "https://evil.example"),
		"no issuer":              claim("iss", nil),
		"another audience":       claim("aud", "other"),
		"no audience":            claim("aud", nil),
		"unknown session":        claim("sid", uuid.NewString()),
		"session that was ended": claim("sid", h.out.Session.ID),
		"sid as text":            claim("sid", "x"),
		"no sid":                 claim("sid", nil),
		"no sub":                 claim("sub", nil),
		"no jti":                 claim("jti", nil),
	}
}

func (h *house) wrongAccessTokens(t *testing.T) []wrong {
	t.Helper()
	h.client.me(t, h.forge(t, nil)) // the forger knows the form
	parts := strings.Split(h.in.AccessToken, ".")
	headers := map[string]string{
		"no token":          "",
		"no scheme":         h.in.AccessToken,
		"Basic":             "Basic YTpi",
		"scheme alone":      "Bearer ",
		"garbage":           "Bearer garbage",
		"two parts":         "Bearer " + parts[0] + "." + parts[1],
		"four parts":        "Bearer " + h.in.AccessToken + ".x",
		"no signature":      "Bearer " + parts[0] + "." + parts[1] + ".",
		"signature cut":     "Bearer " + h.in.AccessToken[:len(h.in.AccessToken)-4],
		"payload changed":   "Bearer " + parts[0] + "." + parts[1][:10] + "A" + parts[1][11:] + "." + parts[2],
		"enormous token":    "Bearer " + strings.Repeat("a.", 10_000),
		"flow token":        "Bearer " + h.fresh.FlowToken,
		"refresh token":     "Bearer " + h.in.RefreshToken,
		"token signed out":  "Bearer " + h.out.AccessToken,
		"padded signature":  "Bearer " + h.in.AccessToken + "==",
		"non-ASCII":         "Bearer токен",
		"a space in it":     "Bearer " + parts[0] + " ." + parts[1] + "." + parts[2],
		"a token and tail":  "Bearer " + h.in.AccessToken + " x",
		"quoted":            `Bearer "` + h.in.AccessToken + `"`,
		"comma in the list": "Bearer " + h.in.AccessToken + ",",
	}
	for name, change := range h.forgeries() {
		headers[name] = "Bearer " + h.forge(t, change)
	}
	var table []wrong
	for _, step := range []call{
		{method: http.MethodGet, path: "/v1/me"},
		{method: http.MethodGet, path: "/v1/sessions"},
		{method: http.MethodDelete, path: "/v1/sessions/current"},
		{method: http.MethodDelete, path: "/v1/sessions/" + h.in.Session.ID},
	} {
		for name, value := range headers {
			w := wrong{name: step.method + " " + strings.Replace(step.path, h.in.Session.ID, "{id}", 1) + " with " + name, call: step}
			w.client = h.client.with("Authorization", value)
			code := "access_token_invalid"
			if scheme, rest, _ := strings.Cut(value, " "); scheme != "Bearer" || rest == "" {
				code = "unauthenticated"
			}
			table = append(table, w.answered(http.StatusUnauthorized, code))
		}
	}
	return table
}

func (h *house) wrongRefreshTokens() []wrong {
	o := h.operation("refresh")
	table := []wrong{
		o.invalid("no refresh token", object{"refresh_token": nil}, [2]string{"/refresh_token", "required"}),
		o.invalid("empty refresh token", object{"refresh_token": ""}, [2]string{"/refresh_token", "required"}),
	}
	for name, token := range map[string]string{
		"an unknown token": strings.Repeat("A", 43), "an access token": h.in.AccessToken, "a flow token": h.fresh.FlowToken,
		"a token that was signed out": h.out.RefreshToken, "a long token": strings.Repeat("A", 60_000), "text": "токен", "a space": " ",
		"a token and a tail": h.in.RefreshToken + "A", "a token in capitals": strings.ToUpper(h.in.RefreshToken),
	} {
		table = append(table, o.wrong(name, o.but(object{"refresh_token": token})).answered(http.StatusUnauthorized, "refresh_token_invalid"))
	}
	return table
}
