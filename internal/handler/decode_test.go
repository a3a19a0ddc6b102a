package handler

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
)

type decoded struct {
	Name   string       `json:"name"`
	Phone  *string      `json:"phone"`
	Agree  bool         `json:"agree"`
	Age    int8         `json:"age"`
	Count  uint16       `json:"count"`
	Ratio  float32      `json:"ratio"`
	Nested decodedPart  `json:"nested"`
	Maybe  *decodedPart `json:"maybe,omitempty"`
	Tags   []string     `json:"tags"`
	Parts  []decodedPart
	Listed []decodedPart `json:"listed"`
	Slash  string        `json:"a/b~c"`
	Hidden string        `json:"-"`
}

type decodedPart struct {
	City string `json:"city"`
	Flat *int   `json:"flat"`
}

func decodeText(t *testing.T, body string, into any) error {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	return decode(echo.New().NewContext(r, httptest.NewRecorder()), into)
}

// told is what a client learns of err in one line: the code and its position,
// or "pointer=code(expected)" for every field.
func told(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *apperr.Error
	require.ErrorAs(t, err, &e)
	if e.Code != apperr.ValidationFailed {
		return string(e.Code) + "@" + e.Params["offset"]
	}
	var parts []string
	for _, f := range e.Fields {
		part := f.Pointer + "=" + string(f.Code)
		if expected, ok := f.Params["expected"]; ok {
			part += "(" + expected + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestDecodeAccepts(t *testing.T) {
	t.Parallel()
	phone, flat := "+7", 4
	for body, want := range map[string]decoded{
		`{}`:                                     {},
		"\t\r\n{ }\n":                            {},
		`{"name":"Анна","phone":"+7"}`:           {Name: "Анна", Phone: &phone},
		`{"name":"\u0410\ud83d\ude00"}`:          {Name: "А😀"},
		`{"phone":null,"maybe":null}`:            {},
		`{"agree":true,"age":-128,"count":0}`:    {Agree: true, Age: -128},
		`{"count":65535,"ratio":1.5e3}`:          {Count: 65535, Ratio: 1500},
		`{"nested":{"city":"Псков","flat":4}}`:   {Nested: decodedPart{City: "Псков", Flat: &flat}},
		`{"maybe":{"flat":null}}`:                {Maybe: &decodedPart{}},
		`{"tags":[],"listed":[{"city":"a"},{}]}`: {Tags: []string{}, Listed: []decodedPart{{City: "a"}, {}}},
		`{"a/b~c":"x"}`:                          {Slash: "x"},
	} {
		var got decoded
		require.NoError(t, decodeText(t, body, &got), body)
		require.Equal(t, want, got, body)
	}
}

func TestDecodeRefusesFields(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"nope":1}`:                  "/nope=unknown_field",
		`{"Name":"x"}`:                "/Name=unknown_field",
		`{"NAME":"x","name":"y"}`:     "/NAME=unknown_field",
		`{"-":"x"}`:                   "/-=unknown_field",
		`{"Hidden":"x"}`:              "/Hidden=unknown_field",
		`{"Parts":[]}`:                "/Parts=unknown_field",
		`{"":1}`:                      "/=unknown_field",
		`{"x/y~z":1}`:                 "/x~1y~0z=unknown_field",
		`{"z":1,"a":{"b":[2]},"z":3}`: "/a=unknown_field /z=unknown_field",
		`{"name":"a","name":"b"}`:     "/name=duplicate_field",
		`{"name":1,"name":"b"}`:       "/name=wrong_type(string) /name=duplicate_field",
		`{"name":"","na\u006de":"b"}`: "/name=duplicate_field",
		`{"age":1,"age":2,"age":3}`:   "/age=duplicate_field",
		`{"name":1}`:                  "/name=wrong_type(string)",
		`{"name":null}`:               "/name=wrong_type(string)",
		`{"name":["x"]}`:              "/name=wrong_type(string)",
		`{"name":{"x":1}}`:            "/name=wrong_type(string)",
		`{"name":true}`:               "/name=wrong_type(string)",
		`{"name":"a\u0000b"}`:         "/name=wrong_type(string (U+0000))",
		`{"phone":7}`:                 "/phone=wrong_type(string)",
		`{"agree":"true"}`:            "/agree=wrong_type(boolean)",
		`{"agree":0}`:                 "/agree=wrong_type(boolean)",
		`{"agree":null}`:              "/agree=wrong_type(boolean)",
		`{"age":"1"}`:                 "/age=wrong_type(integer)",
		`{"age":1.5}`:                 "/age=wrong_type(integer)",
		`{"age":1e1}`:                 "/age=wrong_type(integer)",
		`{"age":128}`:                 "/age=wrong_type(integer)",
		`{"count":-1}`:                "/count=wrong_type(integer)",
		`{"count":65536}`:             "/count=wrong_type(integer)",
		`{"ratio":1e99}`:              "/ratio=wrong_type(number)",
		`{"ratio":"1"}`:               "/ratio=wrong_type(number)",
		`{"nested":[]}`:               "/nested=wrong_type(object)",
		`{"nested":null}`:             "/nested=wrong_type(object)",
		`{"nested":{"city":1,"x":2}}`: "/nested/city=wrong_type(string) /nested/x=unknown_field",
		`{"maybe":{"flat":"4"}}`:      "/maybe/flat=wrong_type(integer)",
		`{"maybe":"x"}`:               "/maybe=wrong_type(object)",
		`{"tags":"x"}`:                "/tags=wrong_type(array)",
		`{"tags":null}`:               "/tags=wrong_type(array)",
		`{"tags":["a",1,"b",null]}`:   "/tags/1=wrong_type(string) /tags/3=wrong_type(string)",
		`{"listed":[{},{"city":[]}]}`: "/listed/1/city=wrong_type(string)",
		`{"a/b~c":1}`:                 "/a~1b~0c=wrong_type(string)",
		`{"zz":1,"tags":0,"aa":2,"age":"x","name":3}`: "/name=wrong_type(string) /age=wrong_type(integer)" +
			" /tags=wrong_type(array) /aa=unknown_field /zz=unknown_field",
	} {
		var got decoded
		assert.Equal(t, want, told(t, decodeText(t, body, &got)), body)
	}
}

// What is right is there for the handler to judge, so that the client learns
// of all errors at once.
func TestDecodeFillsInTheRest(t *testing.T) {
	t.Parallel()
	var got decoded
	err := decodeText(t, `{"age":"x","name":"Анна","nope":{},"nested":{"city":1,"flat":2},"agree":true}`, &got)
	require.Equal(t, "/age=wrong_type(integer) /nested/city=wrong_type(string) /nope=unknown_field", told(t, err))
	flat := 2
	require.Equal(t, decoded{Name: "Анна", Agree: true, Nested: decodedPart{Flat: &flat}}, got)
}

func TestDecodeRefusesWhatIsNotAnObject(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		``:                          "malformed_json@0",
		`   `:                       "malformed_json@0",
		`null`:                      "malformed_json@0",
		`"name"`:                    "malformed_json@0",
		`[]`:                        "malformed_json@0",
		`17`:                        "malformed_json@0",
		` true`:                     "malformed_json@0",
		`name=Anna`:                 "malformed_json@0",
		`{`:                         "malformed_json@1",
		`{"name"`:                   "malformed_json@7",
		`{"name":}`:                 "malformed_json@8",
		`{"name":"x"`:               "malformed_json@11",
		`{"name":"x",}`:             "malformed_json@11",
		`{name:"x"}`:                "malformed_json@2",
		`{'name':'x'}`:              "malformed_json@1",
		`{"name":"x"} {}`:           "malformed_json@14",
		`{}x`:                       "malformed_json@2",
		`{}]`:                       "malformed_json@2",
		"{}\x00":                    "malformed_json@2",
		`{"age":01}`:                "malformed_json@8",
		`{"age":NaN}`:               "malformed_json@7",
		`{"tags":["a"}`:             "malformed_json@12",
		`{"x":[1,2}`:                "malformed_json@9",
		"\ufeff{}":                  "malformed_json@0",
		"{\"name\":\"\xff\"}":       "malformed_json@9",
		"{\"\xc3\x28\":1}":          "malformed_json@2",
		"{\"name\":\"a\nb\"}":       "malformed_json@10",
		`{"name":"\ud800"}`:         "malformed_json@9",
		`{"name":"\udc00\ud800"}`:   "malformed_json@9",
		`{"name":"\x41"}`:           "malformed_json@9",
		`{"x":"\ud800"}`:            "malformed_json@6",
		"{/* hello */}":             "malformed_json@1",
		`{"name":1,"phone":2,"x":3`: "malformed_json@25",
	} {
		var got decoded
		assert.Equal(t, want, told(t, decodeText(t, body, &got)), "%q", body)
		assert.Equal(t, decoded{}, got, "%q: decoded in part", body)
	}
}

func TestDecodeStaysCheapWithBombs(t *testing.T) {
	t.Parallel()
	const size = 64 << 10
	fill := func(start, unit, end string) string {
		return start + strings.Repeat(unit, (size-len(start)-len(end))/len(unit)) + end
	}
	for name, body := range map[string]string{
		"deep arrays":     `{"x":` + strings.Repeat("[", size/2) + strings.Repeat("]", size/2) + `}`,
		"deep objects":    `{"x":` + strings.Repeat(`{"":`, size/8) + "1" + strings.Repeat("}", size/8) + `}`,
		"wrong elements":  fill(`{"tags":[0`, ",0", "]}"),
		"wrong parts":     fill(`{"listed":[0`, `,{"x":1}`, "]}"),
		"many duplicates": fill(`{"age":1`, `,"age":1`, "}"),
		"unclosed":        strings.Repeat(`{"nested":`, size/10),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			err := decodeText(t, body, &decoded{})
			assert.Less(t, time.Since(started), 2*time.Second)
			var e *apperr.Error
			require.ErrorAs(t, err, &e)
			assert.LessOrEqual(t, len(e.Fields), maxFieldErrors)
		})
	}
}

func TestDecodeManyUnknownNames(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString(`{"name":""`)
	for i := range 5000 {
		body.WriteString(`,"n` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + `":0`)
	}
	body.WriteString("}")
	var e *apperr.Error
	require.ErrorAs(t, decodeText(t, body.String(), &decoded{}), &e)
	require.Len(t, e.Fields, maxFieldErrors)
}

func TestDecodeBodyTooLarge(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"name":"long"}`))
	r.Body = http.MaxBytesReader(w, r.Body, 5)
	err := decode(echo.New().NewContext(r, w), &decoded{})
	require.ErrorIs(t, err, apperr.New(apperr.BodyTooLarge))
}

// A type that cannot be checked is a mistake of the program and must not be
// blamed on the client.
func TestDecodeRefusesTypesItCannotCheck(t *testing.T) {
	t.Parallel()
	var into struct {
		Any any `json:"any"`
	}
	require.ErrorIs(t, decodeText(t, `{"any":1}`, &into), errUnsupportedType)
}

func TestFieldErrorsTellOneReasonOfAField(t *testing.T) {
	t.Parallel()
	f := fieldErrors{fields: []apperr.Field{{Pointer: "/a", Code: apperr.FieldWrongType}}}
	f.add("/a", apperr.FieldRequired)
	f.add("/b", apperr.FieldRequired)
	f.add("/b", apperr.NameInvalid)
	require.Equal(t, "/a=wrong_type /b=required", told(t, f.err()))
}

func TestFieldErrors(t *testing.T) {
	t.Parallel()
	var f fieldErrors
	require.NoError(t, f.err())
	f.add("/name", apperr.FieldRequired)
	f.add("/items", apperr.FieldWrongType, "expected", "array")
	var e *apperr.Error
	require.ErrorAs(t, f.err(), &e)
	require.Equal(t, apperr.ValidationFailed, e.Code)
	require.Equal(t, []apperr.Field{
		{Pointer: "/name", Code: apperr.FieldRequired},
		{Pointer: "/items", Code: apperr.FieldWrongType, Params: map[string]string{"expected": "array"}},
	}, e.Fields)
}

// FuzzDecode compares decode with encoding/json: what is accepted has the value
// that encoding/json reads, and what is not JSON is never called anything else.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"name":"x","age":1,"tags":["a"],"nested":{"city":"b"},"listed":[{}]}`,
		`{"name":1,"name":2,"x":null}`, `[{}]`, `{"name":"\ud800"}`, "{\"name\":\"\xff\"}", `{"age":1e2}`, `{"a":`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var got, want decoded
		err := decodeText(t, body, &got)
		if err == nil {
			strict := json.NewDecoder(strings.NewReader(body))
			strict.DisallowUnknownFields()
			require.NoError(t, strict.Decode(&want))
			require.Equal(t, want, got)
			return
		}
		var e *apperr.Error
		require.ErrorAs(t, err, &e)
		if e.Code == apperr.ValidationFailed {
			require.True(t, json.Valid([]byte(body)))
			require.NotEmpty(t, e.Fields)
			return
		}
		require.Equal(t, apperr.MalformedJSON, e.Code)
	})
}
