package handler

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// parsePage reads which part of a list is wanted.
func parsePage(c echo.Context) (domain.Page, error) {
	wrong := &fieldErrors{}
	page := readPage(c, wrong)
	return page, wrong.err()
}

// readPage reads the same among other parameters.
func readPage(c echo.Context, wrong *fieldErrors) domain.Page {
	page := domain.Page{Limit: parseLimit(wrong, c.QueryParam("limit"))}
	if text := c.QueryParam("cursor"); text != "" {
		position, ok := parseCursor(text)
		if !ok {
			wrong.add("/query/cursor", apperr.CursorInvalid)
		}
		page.After = &position
	}
	return page
}

func parseLimit(wrong *fieldErrors, text string) int {
	if text == "" {
		return domain.DefaultPageSize
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > domain.MaxPageSize {
		wrong.add("/query/limit", apperr.FieldUnsupportedValue)
	}
	return limit
}

// oneMore asks for one item beyond the page, which tells whether there is a
// next one.
func oneMore(p domain.Page) domain.Page {
	p.Limit++
	return p
}

// trim drops that item.
func trim[T any](items []T, p domain.Page) (page []T, more bool) {
	if len(items) <= p.Limit {
		return items, false
	}
	return items[:p.Limit], true
}

// cursor names a position in a list; clients take it as it is.
func cursor(p domain.Position) *string {
	text := strconv.FormatInt(p.CreatedAt.UnixMicro(), 10) + "." + p.ID.String()
	text = base64.RawURLEncoding.EncodeToString([]byte(text))
	return &text
}

func parseCursor(text string) (domain.Position, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	micros, id, ok := strings.Cut(string(raw), ".")
	if err != nil || !ok {
		return domain.Position{}, false
	}
	at, err := strconv.ParseInt(micros, 10, 64)
	if err != nil || at < 0 || at > maxCursorMicros {
		return domain.Position{}, false
	}
	parsed, err := uuid.Parse(id)
	return domain.Position{CreatedAt: time.UnixMicro(at).UTC(), ID: parsed}, err == nil
}

// maxCursorMicros is the end of the year 9999, the last that both databases
// can compare with.
const maxCursorMicros = 253402300799999999
