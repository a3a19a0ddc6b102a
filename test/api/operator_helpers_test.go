package api_test

import (
	"encoding/base32"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// operatorAccount is an operator who can sign in.
type operatorAccount struct {
	login, secret string
}

// otp is a code of the second factor, so long before or after now.
func (o operatorAccount) otp(t *testing.T, s *testkit.Server, offset time.Duration) string {
	t.Helper()
	return codeAt(t, o.secret, s.Clock.Now().Add(offset))
}

func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	require.NoError(t, err)
	return code
}

// signInBody is a right sign-in, with a code that is shown so long after now.
func (o operatorAccount) signInBody(t *testing.T, s *testkit.Server, offset time.Duration) object {
	t.Helper()
	return object{"account_type": "operator", "login": o.login, "password": password, "otp": o.otp(t, s, offset)}
}

// invited is what the command line is told of an operator whom nothing else in
// the test is like.
func invited(role domain.Role, places ...string) app.NewOperator {
	login := "op-" + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(uuid.NewString()))[:20])
	return app.NewOperator{
		Login: login, FamilyName: "Операторова", GivenName: "Ольга", Email: login + "@office.example.org",
		SNILS: freshSNILS(), Role: string(role), Places: places,
	}
}

// freshSNILS is a number that no other person of the tests has.
func freshSNILS() string {
	id := uuid.New()
	number := new(big.Int).Mod(new(big.Int).SetBytes(id[:]), big.NewInt(800_000_000)).Int64() + 100_000_000
	digits := fmt.Sprintf("%09d", number)
	sum := 0
	for i, digit := range digits {
		sum += int(digit-'0') * (len(digits) - i)
	}
	const control, fold = 100, 101
	return fmt.Sprintf("%s%02d", digits, sum%fold%control)
}

// enrol follows an enrolment link to its end. The code that it takes is of the
// half minute before, so that the one of now is left to sign in with.
func (c *client) enrol(t *testing.T, link string) operatorAccount {
	t.Helper()
	token := tokenOf(t, link)
	shown := as[enrolment](t, c.post(t, "/v1/operator-enrolments", object{"enrolment_token": token}), http.StatusCreated)
	o := operatorAccount{login: shown.Login, secret: shown.TOTP.Secret}
	c.post(t, "/v1/operator-enrolments/completion", object{
		"enrolment_token": token, "password": password, "password_confirmation": password,
		"otp": o.otp(t, c.server, -30*time.Second),
	}).ok(t, http.StatusCreated)
	return o
}

// tokenOf is the secret of an enrolment link.
func tokenOf(t *testing.T, link string) string {
	t.Helper()
	_, token, ok := strings.Cut(link, "/operator-enrolment#")
	require.True(t, ok, link)
	return token
}

// enrolment is what the API says to an invited operator.
type enrolment struct {
	Login     string    `json:"login"`
	ExpiresAt time.Time `json:"expires_at"`
	TOTP      struct {
		Secret string `json:"secret"`
		URI    string `json:"uri"`
	} `json:"totp"`
}

// newStaff makes an operator on the command line, and lets them enrol over HTTP.
func newStaff(t *testing.T, s *testkit.Server, in app.NewOperator, places ...uuid.UUID) operatorAccount {
	t.Helper()
	for _, place := range places {
		in.Places = append(in.Places, placeCode(t, s, place))
	}
	link, _, err := s.App.CreateOperator(t.Context(), in)
	require.NoError(t, err)
	c := newClient(s)
	t.Cleanup(c.http.CloseIdleConnections)
	return c.enrol(t, link)
}

// signInOperator signs in with the code of now, which must not have been used.
func (c *client) signInOperator(t *testing.T, o operatorAccount) signedIn {
	t.Helper()
	return as[signedIn](t, c.post(t, "/v1/sessions", o.signInBody(t, c.server, 0)), http.StatusCreated)
}

// newOperator is a client with the session of a new operator with a role, who
// works at the places. The server's clock stays where it is.
func newOperator(t *testing.T, s *testkit.Server, role domain.Role, places ...uuid.UUID) *client {
	t.Helper()
	c := newClient(s)
	t.Cleanup(c.http.CloseIdleConnections)
	o := newStaff(t, s, invited(role), places...)
	c.comeBack = func(t *testing.T) signedIn {
		t.Helper()
		return c.signInOperator(t, o)
	}
	return c.back(t)
}

// place is a centre (mfc) or an office (fund_office) of the sandbox, always the
// same one of each kind.
func place(t *testing.T, s *testkit.Server, kind domain.CentreKind) uuid.UUID {
	t.Helper()
	return places(t, s, kind)[0]
}

// places are all of a kind.
func places(t *testing.T, s *testkit.Server, kind domain.CentreKind) []uuid.UUID {
	t.Helper()
	var ids []uuid.UUID
	for _, id := range column(t, s, "SELECT id FROM service_centres WHERE removed_at IS NULL AND kind = '"+string(kind)+"' ORDER BY code") {
		ids = append(ids, uuid.MustParse(id))
	}
	require.NotEmpty(t, ids)
	return ids
}

// placeCode is the code of a place on its list.
func placeCode(t *testing.T, s *testkit.Server, id uuid.UUID) string {
	t.Helper()
	return column(t, s, "SELECT code FROM service_centres WHERE id = '"+id.String()+"'")[0]
}

// column is the first column of a query's rows, as text.
func column(t *testing.T, s *testkit.Server, query string) []string {
	t.Helper()
	found, err := s.SQL.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, found.Close()) }()
	var values []string
	for found.Next() {
		var value string
		require.NoError(t, found.Scan(&value))
		values = append(values, value)
	}
	require.NoError(t, found.Err())
	return values
}

// again is a client with a new session of an operator whose last one is over.
// It moves the server's clock by half a minute, to a code that was not used.
func (c *client) again(t *testing.T, o operatorAccount) *client {
	t.Helper()
	c.server.Clock.Advance(30 * time.Second)
	return c.bearing(c.signInOperator(t, o).AccessToken)
}
