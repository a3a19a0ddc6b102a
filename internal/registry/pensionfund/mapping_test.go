package pensionfund_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/pensionfund"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func person() domain.CheckSubject {
	birth := must(ident.ParseDate("1990-01-31"))
	return domain.CheckSubject{
		FamilyName: must(ident.ParseName("Синтетическая")),
		GivenName:  must(ident.ParseName("Анна")),
		Patronymic: must(ident.ParsePatronymic("Ивановна", false)),
		BirthDate:  birth,
		Gender:     domain.GenderFemale,
		SNILS:      must(ident.ParseSNILS("000-000-000 31")),
		Passport: must(ident.NewPassport(ident.PassportParts{
			Series: must(ident.ParsePassportSeries("4321")), Number: must(ident.ParsePassportNumber("000600")),
			Issued:     must(ident.ParseDate("2010-02-15")),
			Department: must(ident.ParseDepartmentCode("390-001")), IssuedBy: must(ident.ParseIssuedBy("УФМС")),
		}, birth, must(ident.ParseDate("2026-03-04")))),
	}
}

// serve answers every question and request with one report, and keeps the last
// question.
func serve(t *testing.T, report string) (*registry.Gateway, *string) {
	t.Helper()
	var question string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost {
			raw, _ := io.ReadAll(r.Body)
			question = string(raw)
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, `{"reference":"r"}`)
			return
		}
		_, _ = io.WriteString(w, report)
	}))
	t.Cleanup(server.Close)
	g, err := pensionfund.New(registry.GatewayConfig{URL: server.URL})
	require.NoError(t, err)
	return g, &question
}

// The register is told what it compares; the passport is not its business.
func TestTheQuestion(t *testing.T) {
	t.Parallel()
	g, question := serve(t, "")
	_, err := g.Ask(t.Context(), domain.CheckRequest{Kind: domain.CheckSNILS, Key: "k", Subject: person()})
	require.NoError(t, err)
	require.JSONEq(t, `{"key": "k", "kind": "snils", "subject": {
		"family_name": "Синтетическая", "given_name": "Анна", "patronymic": "Ивановна",
		"birth_date": "1990-01-31", "gender": "female", "snils": "00000000031"}}`, *question)

	plain := person()
	plain.FamilyName, plain.Gender = ident.Name{}, domain.GenderMale
	plain.Patronymic = must(ident.ParsePatronymic("", true))
	_, err = g.Ask(t.Context(), domain.CheckRequest{Kind: domain.CheckSNILS, Key: "k", Subject: plain})
	require.NoError(t, err)
	require.JSONEq(t, `{"key": "k", "kind": "snils", "subject": {
		"given_name": "Анна", "birth_date": "1990-01-31", "gender": "male", "snils": "00000000031"}}`, *question)
}

// results has every word of the contract for this register.
func results() map[string]domain.CheckOutcome {
	return map[string]domain.CheckOutcome{
		`"valid"`:     {Done: true, Result: domain.CheckPassed},
		`"not_found"`: {Done: true, Result: domain.CheckNotFound, Fields: []string{"snils"}},
		`"deceased"`:  {Done: true, Result: domain.CheckDeceased},
		`"mismatch","fields":["snils","name"]`: {
			Done: true, Result: domain.CheckMismatch, Fields: []string{"name", "snils"},
		},
		`"mismatch","fields":["name","birth_date","gender","snils"]`: {
			Done: true, Result: domain.CheckMismatch, Fields: []string{"name", "birth_date", "gender", "snils"},
		},
	}
}

func TestResults(t *testing.T) {
	t.Parallel()
	for result, want := range results() {
		g, _ := serve(t, `{"status":"done","result":`+result+`}`)
		outcome, err := g.Poll(t.Context(), "r")
		require.NoError(t, err, result)
		require.Equal(t, want, outcome)
	}
}

// What only the other register can say is not understood: it passes nobody.
func TestResultsOfTheOtherRegister(t *testing.T) {
	t.Parallel()
	for _, result := range []string{
		`"replaced"`, `"expired"`, `"withdrawn"`, `"lost"`,
		`"mismatch","fields":["passport"]`, `"mismatch","fields":["name","issue_date"]`,
	} {
		g, _ := serve(t, `{"status":"done","result":`+result+`}`)
		outcome, err := g.Poll(t.Context(), "r")
		require.Error(t, err, result)
		require.Zero(t, outcome)
	}
}

// The contract names no result that is not translated.
func TestResultsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/registry-gateway.openapi.yaml")
	require.NoError(t, err)
	row := regexp.MustCompile("(?m)^ +\\| ([`a-z_, ]+) \\| both \\|")
	found := 0
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		for word := range strings.SplitSeq(strings.ReplaceAll(m[1], "`", ""), ", ") {
			found++
			_, known := results()[`"`+word+`"`]
			require.True(t, known || word == "could_not_check", word)
		}
	}
	require.Equal(t, 4, found)
}
