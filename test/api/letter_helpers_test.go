package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
)

// letter is what the API says of a letter to operators.
type letter struct {
	ID          string   `json:"id"`
	BatchID     *string  `json:"batch_id"`
	Number      *string  `json:"number"`
	Status      string   `json:"status"`
	Recipient   string   `json:"recipient"`
	Address     string   `json:"address"`
	TrackNumber *string  `json:"track_number"`
	DueOn       string   `json:"due_on"`
	NextActions []string `json:"next_actions"`
}

// letterBatch is what the API says of a print batch.
type letterBatch struct {
	ID          string   `json:"id"`
	Number      int      `json:"number"`
	Status      string   `json:"status"`
	LetterCount int      `json:"letter_count"`
	NextActions []string `json:"next_actions"`
	Letters     []letter `json:"letters"`
}

func (c counter) batchPath(b letterBatch, step string) string {
	return c.path("/letter-batches/%s%s", b.ID, step)
}

// take puts the letters that wait into a batch.
func (c counter) take(t *testing.T) letterBatch {
	t.Helper()
	a := c.post(t, c.path("/letter-batches"), nil)
	b := as[letterBatch](t, a, http.StatusCreated)
	require.Equal(t, c.batchPath(b, ""), a.header.Get("Location"))
	return b
}

func (c counter) printed(t *testing.T, b letterBatch) letterBatch {
	t.Helper()
	return as[letterBatch](t, c.post(t, c.batchPath(b, "/printing"), nil), http.StatusOK)
}

// posting gives letters numbers, in pairs.
func posting(pairs ...string) object {
	items := []object{}
	for i := 0; i < len(pairs); i += 2 {
		items = append(items, object{"letter_id": pairs[i], "track_number": pairs[i+1]})
	}
	return object{"items": items}
}

func (c counter) handOver(t *testing.T, b letterBatch, pairs ...string) letterBatch {
	t.Helper()
	return as[letterBatch](t, c.post(t, c.batchPath(b, "/posting"), posting(pairs...)), http.StatusOK)
}

// The numbers that the tests have from the post.
const (
	track      = "23600016000011"
	otherTrack = "21400016000019"
)

// posted is a person with a letter on its way, and the counter that sent it.
func posted(t *testing.T, c *client) (citizen, confirmation, counter, letterBatch) {
	t.Helper()
	anna := newCitizen(t, c, phone, "600", "passed")
	order := anna.request(t, anna.byLetter())
	desk := newCounter(t, c.server, domain.RoleOperator, domain.CentreFundOffice)
	b := desk.printed(t, desk.take(t))
	return anna, order, desk, desk.handOver(t, b, order.ID, track)
}

// later moves the clock, and signs the person in again.
func (p citizen) later(t *testing.T, by time.Duration) citizen {
	t.Helper()
	p.server.Clock.Advance(by)
	in := as[signedIn](t, p.signIn(t, p.contact, password), http.StatusCreated)
	p.signedIn, p.client = in, p.bearing(in.AccessToken)
	return p
}

// letterPosts are the letters' requests of the table of all POST routes.
func letterPosts() map[string]func(*testing.T, *client) post {
	const place = "/v1/operator/places/{place_id}"
	return map[string]func(*testing.T, *client) post{
		place + "/letter-batches": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			anna.request(t, anna.byLetter())
			desk := newCounter(t, c.server, domain.RoleOperator, domain.CentreFundOffice)
			return post{desk.client, desk.path("/letter-batches"), nil, object{}}
		},
		place + "/letter-batches/{id}/printing": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			anna.request(t, anna.byLetter())
			desk := newCounter(t, c.server, domain.RoleOperator, domain.CentreFundOffice)
			return post{desk.client, desk.batchPath(desk.take(t), "/printing"), nil, object{}}
		},
		place + "/letter-batches/{id}/handover": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			anna.request(t, anna.byLetter())
			desk := newCounter(t, c.server, domain.RoleOperator, domain.CentreFundOffice)
			return post{desk.client, desk.batchPath(desk.take(t), "/handover"), nil, object{}}
		},
		place + "/letter-batches/{id}/posting": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			order := anna.request(t, anna.byLetter())
			desk := newCounter(t, c.server, domain.RoleOperator, domain.CentreFundOffice)
			b := desk.printed(t, desk.take(t))
			return post{desk.client, desk.batchPath(b, "/posting"), posting(order.ID, track), posting(order.ID, otherTrack)}
		},
		place + "/letters/{id}/outcome": func(t *testing.T, c *client) post {
			t.Helper()
			_, order, desk, _ := posted(t, c)
			return post{desk.client, desk.path("/letters/%s/outcome", order.ID), object{"outcome": "returned"}, object{"outcome": "lost"}}
		},
		"/v1/sandbox/letters/{id}/delivery": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			order := anna.request(t, anna.byLetter())
			return post{c, "/v1/sandbox/letters/" + order.ID + "/delivery", object{"outcome": "returned"}, object{"outcome": "lost"}}
		},
	}
}

// jsonOf is a body as it is sent.
func jsonOf(t *testing.T, body object) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	return text
}
