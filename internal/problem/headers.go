package problem

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"example.org/kabinet/internal/apperr"
)

// maxDefaultRetry is the longest wait in seconds that is proposed where the
// error itself knows none.
const maxDefaultRetry = 5

// Headers are the header fields that the answer to err needs besides its body:
// Retry-After with 429 and 503, WWW-Authenticate with 401 (RFC 9110, sections
// 10.2.3 and 11.6.1), and the limit that err was counted against.
func (w *Writer) Headers(err error) http.Header {
	e := Normalize(err)
	header := http.Header{}
	switch Status(e.Code) {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		header.Set("Retry-After", strconv.FormatInt(w.retryAfter(e), 10))
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", "Bearer")
	}
	if e.Quota != nil {
		SetQuota(header, *e.Quota)
	}
	return header
}

// retryAfter is the wait in whole seconds, at least 1. Where nothing tells it,
// clients are spread over a few seconds so that they do not return together.
func (w *Writer) retryAfter(e *apperr.Error) int64 {
	switch {
	case !e.RetryAt.IsZero():
		return max(1, seconds(e.RetryAt.Sub(w.clock.Now())))
	case e.Quota != nil && e.Quota.Remaining <= 0:
		return max(1, seconds(e.Quota.Reset))
	default:
		return 1 + rand.Int64N(maxDefaultRetry) //nolint:gosec // spreads load, keeps no secret
	}
}

// SetQuota writes the state of a rate limit into header as the fields
// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10,
// sections 3 and 4). It belongs on success, too. The name of the quota has to
// be plain ASCII without quotes.
func SetQuota(header http.Header, q apperr.Quota) {
	name := strconv.Quote(q.Name)
	header.Set("RateLimit-Policy", name+";q="+strconv.Itoa(q.Limit)+";w="+strconv.FormatInt(seconds(q.Window), 10))
	header.Set("RateLimit", name+";r="+strconv.Itoa(max(0, q.Remaining))+";t="+strconv.FormatInt(max(0, seconds(q.Reset)), 10))
}

// seconds is d in whole seconds, rounded up.
func seconds(d time.Duration) int64 {
	whole := int64(d / time.Second)
	if d%time.Second > 0 {
		whole++
	}
	return whole
}
