package handler

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// maxCentreCursor is the longest cursor that is looked at, in bytes.
const maxCentreCursor = 1200

// parseCentreQuery reads which service centres are wanted, and when they have to
// be open.
func parseCentreQuery(c echo.Context, wrong *fieldErrors) (domain.CentreQuery, *time.Time) {
	q := domain.CentreQuery{
		Near:   parseNear(c, wrong),
		Kind:   domain.CentreKind(c.QueryParam("kind")),
		Region: parseWords(c, wrong, "region"),
		Text:   parseWords(c, wrong, "q"),
		Limit:  parseLimit(wrong, c.QueryParam("limit")),
	}
	if q.Kind != "" && !slices.Contains(domain.CentreKinds(), q.Kind) {
		wrong.add("/query/kind", apperr.FieldUnsupportedValue)
	}
	if text := c.QueryParam("cursor"); text != "" {
		after, ok := parseCentreCursor(text, q.Near != nil)
		if !ok {
			wrong.add("/query/cursor", apperr.CursorInvalid)
		}
		q.After = &after
	}
	return q, parseOpenAt(c, wrong)
}

// parseNear reads where a way begins; none is an answer too.
func parseNear(c echo.Context, wrong *fieldErrors) *domain.Point {
	lat, latGiven := parseDegrees(c, wrong, "lat", 90)
	lon, lonGiven := parseDegrees(c, wrong, "lon", 180)
	switch {
	case !latGiven && !lonGiven:
		return nil
	case !latGiven:
		wrong.add("/query/lat", apperr.FieldRequired)
	case !lonGiven:
		wrong.add("/query/lon", apperr.FieldRequired)
	}
	return &domain.Point{Lat: lat, Lon: lon}
}

// parseDegrees reads a decimal number from -most to most.
func parseDegrees(c echo.Context, wrong *fieldErrors, name string, most float64) (value float64, given bool) {
	text := c.QueryParam(name)
	if text == "" {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	decimal := strings.Trim(text, "-.0123456789") == ""
	if err != nil || !decimal || math.Abs(value) > most {
		wrong.add("/query/"+name, apperr.FieldUnsupportedValue)
	}
	return value, true
}

func parseWords(c echo.Context, wrong *fieldErrors, name string) string {
	text := c.QueryParam(name)
	switch {
	case !utf8.ValidString(text), strings.ContainsRune(text, 0):
		wrong.add("/query/"+name, apperr.FieldUnsupportedValue)
	case utf8.RuneCountInString(text) > domain.MaxCentreText:
		wrong.add("/query/"+name, apperr.FieldTooLong)
	}
	return text
}

// parseOpenAt reads a moment. In a query a plus sign is a space, which people
// forget; nothing else in a moment could be one.
func parseOpenAt(c echo.Context, wrong *fieldErrors) *time.Time {
	text := c.QueryParam("open_at")
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		wrong.add("/query/open_at", apperr.FieldUnsupportedValue)
	}
	return &t
}

// The orders of a list, with which its cursors begin.
const (
	orderNear = "near"
	orderName = "name"
)

// centreCursor names a position in a list of service centres; clients take it as
// it is.
func centreCursor(p domain.CentrePosition, near bool) *string {
	order, place := orderName, p.Name
	if near {
		order, place = orderNear, strconv.FormatUint(math.Float64bits(p.Distance), 16)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(order + "." + p.ID.String() + "." + place))
	return &text
}

// parseCentreCursor reads a position in a list of this order.
func parseCentreCursor(text string, near bool) (p domain.CentrePosition, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	order, rest, _ := strings.Cut(string(raw), ".")
	id, place, whole := strings.Cut(rest, ".")
	if err != nil || !whole || len(text) > maxCentreCursor {
		return p, false
	}
	if p.ID, err = uuid.Parse(id); err != nil {
		return p, false
	}
	if !near {
		p.Name = place
		return p, order == orderName && utf8.ValidString(place) && !strings.ContainsRune(place, 0)
	}
	bits, err := strconv.ParseUint(place, 16, 64)
	p.Distance = math.Float64frombits(bits)
	return p, order == orderNear && err == nil && p.Distance >= 0 && !math.IsInf(p.Distance, 1)
}
