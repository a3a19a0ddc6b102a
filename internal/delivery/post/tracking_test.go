package post_test

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/post"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/testkit/postoffice"
)

func number(t *testing.T) ident.PostalItemID {
	t.Helper()
	id, err := ident.ParsePostalItemID(postoffice.Barcode(1001))
	require.NoError(t, err)
	return id
}

func tracking(t *testing.T, answer http.HandlerFunc) *post.Tracking {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return tracker(t, strings.Replace(server.URL, "://", "://canary-login:canary%3Cpassword@", 1)+"/rtm34")
}

func tracker(t *testing.T, url string) *post.Tracking {
	t.Helper()
	tr, err := post.NewTracking(url)
	require.NoError(t, err)
	return tr
}

// Of all that happens to a letter, what happened last and matters is its outcome.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		happens [][2]int
		want    domain.LetterOutcome
	}{
		"nothing yet":           {nil, ""},
		"accepted":              {[][2]int{{1, 2}}, ""},
		"on its way":            {[][2]int{{1, 2}, {8, 2}, {12, 1}, {6, 3}}, ""},
		"handed out":            {[][2]int{{1, 2}, {8, 2}, {2, 1}}, domain.OutcomeDelivered},
		"by a postman":          {[][2]int{{2, 6}}, domain.OutcomeDelivered},
		"to the sender":         {[][2]int{{3, 1}, {2, 2}}, domain.OutcomeReturned},
		"sent back":             {[][2]int{{8, 2}, {3, 1}, {8, 4}}, domain.OutcomeReturned},
		"lost":                  {[][2]int{{5, 1}}, domain.OutcomeLost},
		"loss noted":            {[][2]int{{18, 0}}, domain.OutcomeLost},
		"seized":                {[][2]int{{5, 2}}, ""},
		"to be made electronic": {[][2]int{{2, 14}}, ""},
		"sent back, handed out": {[][2]int{{3, 9}, {2, 1}}, domain.OutcomeDelivered},
		"what nobody knows":     {[][2]int{{77, 1}, {0, 0}}, ""},
	} {
		office := postoffice.New(t)
		for _, h := range tc.happens {
			office.Happens(postoffice.Barcode(1001), h[0], h[1])
		}
		got, err := tracker(t, office.Tracking()).Trace(t.Context(), number(t))
		require.NoError(t, err, name)
		require.Equal(t, tc.want, got, name)
	}
}

// The question is what the service documents.
func TestTheQuestion(t *testing.T) {
	t.Parallel()
	var asked struct {
		Body struct {
			Ask struct {
				Request struct {
					Barcode, MessageType, Language string
				} `xml:"http://russianpost.org/operationhistory/data OperationHistoryRequest"`
				Login struct {
					Must     string `xml:"http://schemas.xmlsoap.org/soap/envelope/ mustUnderstand,attr"`
					Login    string `xml:"http://russianpost.org/operationhistory/data login"`
					Password string `xml:"http://russianpost.org/operationhistory/data password"`
				} `xml:"http://russianpost.org/operationhistory/data AuthorizationHeader"`
			} `xml:"http://russianpost.org/operationhistory getOperationHistory"`
		} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
	}
	tr := tracking(t, func(_ http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.URL.Path != "/rtm34" || r.Header.Get("Authorization") != "" ||
			r.Header.Get("Content-Type") != "application/soap+xml; charset=utf-8" || xml.Unmarshal(raw, &asked) != nil {
			asked.Body.Ask.Login.Must = "wrong"
		}
	})
	_, err := tr.Trace(t.Context(), number(t))
	requireConfidential(t, err)
	require.Equal(t, []string{postoffice.Barcode(1001), "0", "RUS", "1", "canary-login", "canary<password"}, []string{
		asked.Body.Ask.Request.Barcode, asked.Body.Ask.Request.MessageType, asked.Body.Ask.Request.Language,
		asked.Body.Ask.Login.Must, asked.Body.Ask.Login.Login, asked.Body.Ask.Login.Password,
	})
}

func soap(body string) string {
	return `<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://russianpost.org/operationhistory/data"` +
		` xmlns:o="http://russianpost.org/operationhistory"><S:Body>` + body + `</S:Body></S:Envelope>`
}

func TestTrackingThatFails(t *testing.T) {
	t.Parallel()
	unknown := soap(`<S:Fault><S:Detail><d:OperationHistoryFaultReason>Синтетика canary</d:OperationHistoryFaultReason></S:Detail></S:Fault>`)
	barred := soap(`<S:Fault><S:Detail><d:AuthorizationFaultReason>canary</d:AuthorizationFaultReason></S:Detail></S:Fault>`)
	other := soap(`<o:getOperationHistoryResponse><d:OperationHistoryData><d:historyRecord><d:ItemParameters><d:Barcode>23600016000011` +
		`</d:Barcode></d:ItemParameters></d:historyRecord></d:OperationHistoryData></o:getOperationHistoryResponse>`)
	for name, tc := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"unknown":        {500, unknown, "the number is not known"},
		"unknown, 200":   {200, unknown, "the number is not known"},
		"barred":         {500, barred, "status 500"},
		"barred, 200":    {200, barred, "not what is documented"},
		"another letter": {200, other, "not what is documented"},
		"nothing":        {200, "", "not what is documented"},
		"no SOAP":        {200, "<html>canary</html>", "not what is documented"},
		"half":           {200, unknown[:90], "not what is documented"},
		"no answer":      {200, soap("<o:canary/>"), "not what is documented"},
		"too long":       {200, soap(strings.Repeat(" ", 8<<20)), "not what is documented"},
		"400":            {400, "canary", "status 400"}, "401": {401, "", "status 401"}, "403": {403, "", "status 403"},
		"429": {429, "", "status 429"}, "503": {503, "canary", "status 503"}, "302": {302, "", "status 302"},
	} {
		tr := tracking(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		})
		outcome, err := tr.Trace(t.Context(), number(t))
		require.ErrorContains(t, err, tc.want, name)
		requireConfidential(t, err)
		require.Empty(t, outcome)
		require.Equal(t, strings.HasPrefix(name, "unknown"), errors.Is(err, domain.ErrUndeliverable), name)
	}
}

func TestTrackingThatHangs(t *testing.T) {
	t.Parallel()
	tr := tracking(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	_, err := tr.Trace(hurried(t), number(t))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	requireConfidential(t, err)
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err = tracker(t, strings.Replace(server.URL, "://", "://canary:canary@", 1)).Trace(t.Context(), number(t))
	requireConfidential(t, err)
}
