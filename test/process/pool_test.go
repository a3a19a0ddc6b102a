package process_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// crowd is how many people come at the same moment.
const crowd = 64

// poolOfTwo gives each process two connections to the database.
func (h *house) poolOfTwo() {
	h.Helper()
	h.pool(2)
}

// pool gives each process so many connections to the database.
func (h *house) pool(connections int) {
	h.Helper()
	u, err := url.Parse(h.database)
	require.NoError(h, err)
	query := u.Query()
	query.Set("pool_max_conns", strconv.Itoa(connections))
	u.RawQuery = query.Encode()
	h.database = u.String()
	h.settings["KABINET_DATABASE_URL"] = h.database
}

// With two connections to the database, 64 people who register while 64 others
// sign in all come to an end: nothing asks for a second connection while it
// holds one, and none is held while hashing.
func TestPoolOfTwo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.poolOfTwo()
	p, known := settled(t, h)
	var group errgroup.Group
	for n := range crowd {
		group.Go(func() error {
			c := newCitizen(n + 1)
			a, err := p.want(http.StatusCreated, c.registration())
			c.started(a)
			if err != nil {
				return err
			}
			return p.finish(c)
		})
		group.Go(func() error {
			r := known.signIn()
			r.key = fmt.Sprintf("sign-in-%d", n)
			a, err := p.ask(r)
			// Many at once at one account look like somebody who guesses.
			if err == nil && a.status != http.StatusCreated && a.status != http.StatusTooManyRequests {
				err = fmt.Errorf("sign-in: %d %s", a.status, a.body)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	require.Equal(t, crowd+1, h.count(t, "SELECT count(*) FROM accounts WHERE type = 'citizen'"))
	found, err := h.messages("")
	require.NoError(t, err)
	require.Len(t, found, crowd+1)
	p.stop()
}
