package api_test

import (
	"net/http"
	"strings"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 64 << 10

// broken are texts that are not one JSON object in UTF-8.
func broken() map[string]string {
	return map[string]string{
		"open object":           `{`,
		"truncated name":        `{"co`,
		"truncated value":       `{"code":`,
		"truncated string":      `{"code":"12`,
		"missing brace":         `{"code":"123456"`,
		"array":                 `[]`,
		"array of objects":      `[{"code":"123456"}]`,
		"string":                `"code"`,
		"number":                `1`,
		"null":                  `null`,
		"true":                  `true`,
		"two objects":           `{}{}`,
		"trailing data":         `{} x`,
		"trailing brace":        `{}}`,
		"trailing NUL":          "{}\x00",
		"single quotes":         `{'code':'123456'}`,
		"no quotes":             `{code:123456}`,
		"trailing comma":        `{"code":"123456",}`,
		"missing colon":         `{"code" "123456"}`,
		"missing comma":         `{"a":1 "b":2}`,
		"NaN":                   `{"code":NaN}`,
		"infinity":              `{"code":Infinity}`,
		"hexadecimal":           `{"code":0x10}`,
		"leading zero":          `{"code":012345}`,
		"plus sign":             `{"code":+1}`,
		"comment":               `{/* */"code":"123456"}`,
		"byte order mark":       "\ufeff{}",
		"UTF-16":                "{\x00}\x00",
		"invalid UTF-8":         "{\"code\":\"\xff\xfe\"}",
		"overlong UTF-8":        "{\"code\":\"\xc0\xaf\"}",
		"surrogate in UTF-8":    "{\"code\":\"\xed\xa0\x80\"}",
		"lone high surrogate":   `{"code":"\ud800"}`,
		"lone low surrogate":    `{"code":"\udc00x"}`,
		"surrogates swapped":    `{"code":"\udc00\ud800"}`,
		"unknown escape":        `{"code":"\x41"}`,
		"short escape":          `{"code":"\u12"}`,
		"raw line feed":         "{\"code\":\"12\n34\"}",
		"raw control character": "{\"code\":\"12\x0134\"}",
		"form":                  `code=123456&x=y`,
		"XML":                   `<code>123456</code>`,
		"invalid UTF-8 in name": "{\"\xff\":1}",
		"deep arrays":           `{"x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
		"deep objects":          `{"x":` + strings.Repeat(`{"a":`, 11_000) + "1" + strings.Repeat("}", 8_000),
		"white space only":      " \r\n\t ",
	}
}

func (h *house) wrongJSON() []wrong {
	var table []wrong
	for _, o := range h.operations() {
		for name, raw := range broken() {
			table = append(table, o.wrong(name, raw).answered(http.StatusBadRequest, "malformed_json"))
		}
		if len(o.body) > 0 {
			table = append(table, o.wrong("no body", "").answered(http.StatusBadRequest, "malformed_json"))
		}
		padded := strings.Repeat(" ", maxBody) + "{}"
		tooLarge := o.wrong("64 KiB and a byte", padded[:maxBody-1]+"{}").answered(http.StatusRequestEntityTooLarge, "body_too_large")
		chunked := o.wrong("too large in chunks", padded).answered(http.StatusRequestEntityTooLarge, "body_too_large")
		chunked.call.chunked = true
		table = append(table, tooLarge, chunked)
	}
	return table
}

func (h *house) wrongMediaTypes() []wrong {
	types := []string{
		"", "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"application/octet-stream", "application/problem+json", "application/jsonp", "application/json; charset=koi8-r",
		"application/json; charset=utf-16", "application/json; version=1", "application/json, text/plain", "application/*", "json", ";",
	}
	var table []wrong
	for _, o := range h.operations() {
		for _, mediaType := range types {
			w := o.wrong("as "+mediaType, o.but(nil)).answered(http.StatusUnsupportedMediaType, "unsupported_media_type")
			w.client = w.client.with("Content-Type", mediaType)
			table = append(table, w)
		}
		for _, encoding := range []string{"gzip", "br", "deflate", "gzip, identity", "zstd"} {
			w := o.wrong("encoded as "+encoding, o.but(nil)).answered(http.StatusUnsupportedMediaType, "unsupported_media_type")
			w.client = w.client.with("Content-Encoding", encoding)
			table = append(table, w)
		}
		none := o.wrong("without a media type", o.but(nil)).answered(http.StatusUnsupportedMediaType, "unsupported_media_type")
		none.client = none.client.with("Content-Type")
		table = append(table, none)
	}
	return table
}

// optional are the fields for which null stands for their absence.
func optional(name string) bool {
	switch name {
	case "phone", "email", "locale", "transport":
		return true
	default:
		return false
	}
}

func (h *house) wrongTypes() []wrong {
	values := map[string]string{
		"number": `1`, "fraction": `1.5`, "true": `true`, "object": `{}`, "array": `[]`, "array of text": `["a"]`,
		"null": `null`, "NUL": `"a\u0000b"`, "huge number": `1e999`,
	}
	var table []wrong
	for _, o := range h.operations() {
		table = append(table,
			o.invalid("unknown field", object{"admin": true}, [2]string{"/admin", "unknown_field"}),
			o.invalid("unknown object", object{"x": object{"y": object{"z": 1}}}, [2]string{"/x", "unknown_field"}),
			o.invalid("unknown field with a slash", object{"a/b~c": 1}, [2]string{"/a~1b~0c", "unknown_field"}),
			o.invalid("unknown field without a name", object{"": 1}, [2]string{"/", "unknown_field"}),
			o.invalid("unknown field __proto__", object{"__proto__": object{}}, [2]string{"/__proto__", "unknown_field"}),
		)
		for field := range o.body {
			for name, value := range values {
				if value == "null" && optional(field) {
					continue
				}
				raw := strings.TrimSuffix(o.but(object{field: nil}), "}") + `,"` + field + `":` + value + `}`
				w := o.wrong(field+" as "+name, strings.Replace(raw, "{,", "{", 1))
				w.status, w.code = http.StatusUnprocessableEntity, "validation_failed"
				w.fields = [][2]string{{"/" + field, "wrong_type"}}
				table = append(table, w)
			}
			twice := o.wrong(field+" twice", strings.TrimSuffix(o.but(nil), "}")+`,"`+field+`":"x"}`)
			twice.fields = [][2]string{{"/" + field, "duplicate_field"}}
			table = append(table,
				twice.answered(http.StatusUnprocessableEntity, "validation_failed"),
				o.invalid(field+" in capitals", object{strings.ToUpper(field): "x"},
					[2]string{"/" + strings.ToUpper(field), "unknown_field"}))
		}
	}
	return table
}
