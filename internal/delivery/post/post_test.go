package post_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/post"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit/postoffice"
)

// steps does steps one after the other.
func steps(t *testing.T, p *post.Post, c *domain.Consignment, all ...domain.HandoverStep) {
	t.Helper()
	for _, step := range all {
		require.NoError(t, p.Carry(t.Context(), step, c), step)
	}
}

// M16: letters become orders, a batch with track numbers, a list and a check-in, once
// each.
func TestLettersGoThroughThePost(t *testing.T) {
	t.Parallel()
	office := postoffice.New(t)
	p := client(t, office.Shipping())
	c := &domain.Consignment{Orders: orders(t, 3)}
	steps(t, p, c, domain.HandoverOrder, domain.HandoverBatch, domain.HandoverList, domain.HandoverCheckIn)
	for i, o := range c.Orders {
		require.EqualValues(t, 1001+i, o.ID)
		require.Equal(t, []string{"71", postoffice.Barcode(o.ID)}, []string{o.Batch, o.Track.Digits()})
		require.Equal(t, domain.OrderBatched, o.Stage)
	}
	require.Equal(t, [][]byte{[]byte(postoffice.ListText + " 71")}, c.Lists)
	office.Do(func() {
		require.Equal(t, map[string]any{
			"order-num": "12-1-0000000000a0", "comment": "12/1", "address-type-to": "DEFAULT", "index-to": 238520.0,
			"region-to": "Калининградская область", "area-to": "Балтийский район", "place-to": "г. Балтийск",
			"street-to": "ул. Примерная", "house-to": "7", "corpus-to": "2", "room-to": "15",
			"recipient-name": "Синтетическая Анна Игоревна", "mail-type": "LETTER", "mail-category": "ORDERED", "mail-direct": 643.0,
			"envelope-type": "DL", "mass": 20.0, "postoffice-code": "236000",
		}, office.Orders[0].Body)
	})
	steps(t, p, c, domain.HandoverCheckIn)
	require.Equal(t, 1, office.Count(postoffice.CheckIn), "what was checked in is left alone")
}

// Each answer is lost once: what was done is found again, and not done twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	office := postoffice.New(t)
	p := client(t, office.Shipping())
	c := &domain.Consignment{Orders: orders(t, 3)}
	for _, one := range []struct {
		step domain.HandoverStep
		call postoffice.Call
		note domain.OrderStage
	}{
		{domain.HandoverOrder, postoffice.Create, domain.OrderAsked},
		{domain.HandoverBatch, postoffice.Batch, domain.OrderBatching},
		{domain.HandoverBatch, postoffice.Members, domain.OrderBatching},
		{domain.HandoverCheckIn, postoffice.CheckIn, domain.OrderBatched},
	} {
		office.Break(one.call, postoffice.Fault{Lost: true, Times: 1})
		if one.call != postoffice.Members {
			requireConfidential(t, p.Carry(t.Context(), one.step, c))
		}
		for i := range c.Orders {
			c.Orders[i].Stage = one.note
		}
		steps(t, p, c, one.step)
	}
	for i, o := range c.Orders {
		require.EqualValues(t, 1001+i, o.ID, "each has its own")
		require.Equal(t, postoffice.Barcode(o.ID), o.Track.Digits())
	}
	office.Do(func() {
		require.Len(t, office.Orders, 3)
		require.Equal(t, []string{"71"}, office.CheckIns)
		require.Equal(t, 1, office.Calls[postoffice.Create])
		require.Equal(t, 1, office.Calls[postoffice.Batch])
	})
}

// Orders are taken back wherever they are; what there is none of is over.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	office := postoffice.New(t)
	p := client(t, office.Shipping())
	all := orders(t, 4)
	steps(t, p, &domain.Consignment{Orders: all[:3]}, domain.HandoverOrder)
	steps(t, p, &domain.Consignment{Orders: all[:1]}, domain.HandoverBatch)
	all[1].ID = 0 // its answer was lost
	c := &domain.Consignment{Orders: []domain.PostOrder{all[0], all[1], all[3]}}
	steps(t, p, c, domain.HandoverWithdraw)
	for _, o := range c.Orders {
		require.Equal(t, domain.OrderOver, o.Stage, o.Name)
	}
	office.Do(func() {
		require.Len(t, office.Orders, 1)
		require.Equal(t, "12/3", office.Orders[0].Comment)
	})
	for code, over := range map[string]bool{"NOT_FOUND": true, "READONLY_STATE": true, "BARCODE_ERROR": false, "Синтетика": false} {
		office.Break(postoffice.Delete, postoffice.Fault{
			Status: http.StatusOK, Body: `{"errors":[{"position":0,"error-code":"` + code + `"}]}`, Times: 1,
		})
		c := &domain.Consignment{Orders: []domain.PostOrder{all[2]}}
		err := p.Carry(t.Context(), domain.HandoverWithdraw, c)
		require.Equal(t, over, err == nil, code)
		if !over {
			requireConfidential(t, err)
		}
	}
}

// What the post refuses is told by the letter's name and its documented codes, and
// never by its own words.
func TestComplaints(t *testing.T) {
	t.Parallel()
	errs := `{"errors":[{"position":1,"error-codes":[{"code":"EMPTY_PLACE_TO","description":"Синтетика"},{"code":"Синтетика"}]}]}`
	for name, tc := range map[string]struct {
		step   domain.HandoverStep
		answer string
		want   string
	}{
		"orders": {domain.HandoverOrder, errs, "the post refused 12/2 EMPTY_PLACE_TO another reason"},
		"batch": {
			domain.HandoverBatch, `{"errors":[{"position":0,"error-code":"TARIFF_ERROR","error-description":"Синтетика"},{"position":77}]}`,
			"the post refused 12/1 TARIFF_ERROR, a letter",
		},
		"too many": {
			domain.HandoverOrder, `{"errors":[{"position":0},{"position":0},{"position":0},{"position":0},{"position":0},{"position":0}]}`,
			"and others",
		},
	} {
		p := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tc.answer) })
		all := orders(t, 2)
		if tc.step == domain.HandoverBatch {
			all[0].Stage, all[1].Stage = domain.OrderMade, domain.OrderMade
		}
		err := p.Carry(t.Context(), tc.step, &domain.Consignment{Orders: all})
		require.ErrorContains(t, err, tc.want, name)
		require.ErrorIs(t, err, domain.ErrUndeliverable)
		requireConfidential(t, err)
	}
}

// requests are the steps with orders as they are before them.
func requests(t *testing.T) map[domain.HandoverStep]*domain.Consignment {
	t.Helper()
	all := map[domain.HandoverStep]*domain.Consignment{}
	for step, stage := range map[domain.HandoverStep]domain.OrderStage{
		domain.HandoverOrder: domain.OrderNone, domain.HandoverBatch: domain.OrderMade, domain.HandoverList: domain.OrderBatched,
		domain.HandoverCheckIn: domain.OrderBatched, domain.HandoverWithdraw: domain.OrderBatched,
	} {
		c := &domain.Consignment{Orders: orders(t, 1)}
		c.Orders[0].Stage = stage
		if stage != domain.OrderNone {
			c.Orders[0].ID = 1001
		}
		if stage == domain.OrderBatched {
			c.Orders[0].Batch = "71"
		}
		all[step] = c
	}
	return all
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, final := range map[int]bool{
		400: true, 422: true,
		201: false, 204: false, 301: false, 302: false, 307: false, 401: false, 403: false, 405: false, 408: false, 429: false,
		500: false, 502: false, 503: false, 504: false,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			p := served(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
				if status != http.StatusNoContent {
					_, _ = io.WriteString(w, `{"code":"1001","desc":"Синтетика canary"}`)
				}
			})
			for step, c := range requests(t) {
				before := asked.Load()
				err := p.Carry(t.Context(), step, c)
				require.ErrorContains(t, err, fmt.Sprintf("post: status %d", status), step)
				requireConfidential(t, err)
				require.Equal(t, final, errors.Is(err, domain.ErrUndeliverable), step)
				require.Equal(t, before+1, asked.Load(), "no redirect is followed")
			}
		})
	}
}

// What is not understood says nothing about a letter.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "canary", `"canary"`, "{", "{}", "[]", `{"orders":[{"order-num":"canary","result-id":5}]}`, `{"batches":[{"batch-name":"../canary"}]}`,
		`{"orders":[{"order-num":"12-1-0000000000a0","result-id":0}]}`, `{"batch-name":"71","batch-status":"canary"}`,
		`{"batch-name":"72","batch-status":"CREATED"}`, `{"id":1001,"batch-name":""}`, `{"id":7,"batch-name":"71"}`,
		strings.Repeat(" ", 8<<20) + "{}",
	} {
		p := served(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		for step, c := range requests(t) {
			err := p.Carry(t.Context(), step, c)
			require.ErrorContains(t, err, "not what is documented", "%s: %.50s", step, body)
			requireConfidential(t, err)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
		}
	}
}

// A track number is one, or the letter has none.
func TestWrongTrackNumbers(t *testing.T) {
	t.Parallel()
	for _, barcode := range []string{"", "23600016000012", "canary", "RA644000001RU"} {
		p := served(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = io.WriteString(w, `{"batches":[{"batch-name":"71"}]}`)
				return
			}
			_, _ = io.WriteString(w, `[{"id":1001,"barcode":"`+barcode+`"},{"id":5,"barcode":"x"}]`)
		})
		err := p.Carry(t.Context(), domain.HandoverBatch, requests(t)[domain.HandoverBatch])
		require.ErrorContains(t, err, "letter 12/1 got no track number")
		require.ErrorIs(t, err, domain.ErrUndeliverable)
		requireConfidential(t, err)
	}
}

func TestCheckInThatIsRefused(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"f103-sent":true,"error-code":"UNDEFINED"}`: "", `{"error-code":"BATCH_NOT_CHANGED"}`: "",
		`{"error-code":"SENDING_MAIL_FAILED"}`: "refused the check-in: SENDING_MAIL_FAILED",
		`{"error-code":"Синтетика"}`:           "refused the check-in: another reason", `{}`: "not what is documented",
	} {
		office := postoffice.New(t)
		p := client(t, office.Shipping())
		c := &domain.Consignment{Orders: orders(t, 1)}
		steps(t, p, c, domain.HandoverOrder, domain.HandoverBatch)
		office.Break(postoffice.CheckIn, postoffice.Fault{Status: http.StatusOK, Body: answer})
		err := p.Carry(t.Context(), domain.HandoverCheckIn, c)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
		requireConfidential(t, err)
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
	}
}

// Late, never, half an answer, and nobody there.
func TestAPostThatHangs(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]string{"not at all": "", "half a body": `{"orders":[`} {
		p := served(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if begin != "" {
				_, _ = io.WriteString(w, begin)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		})
		for step, c := range requests(t) {
			err := p.Carry(hurried(t), step, c)
			require.ErrorIs(t, err, context.DeadlineExceeded, "%s %s", name, step)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
		}
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	p := client(t, strings.Replace(server.URL, "://", "://canary:canary@", 1))
	for step, c := range requests(t) {
		requireConfidential(t, p.Carry(t.Context(), step, c))
		require.NotEqual(t, domain.OrderOver, c.Orders[0].Stage)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://a:b%3D@otpravka-api.pochta.ru", "http://a:b@127.0.0.1:1"} {
		client(t, good)
		_, err := post.NewTracking(good)
		require.NoError(t, err)
	}
	for _, bad := range []string{
		"", "canary", "https://otpravka-api.pochta.ru/canary", "https://canary@h", "https://:canary@h", "http://a:canary@example.org",
		"https://a:canary@", "https://a:b@h?canary", "https://a:b@h#canary",
	} {
		_, err := post.New(post.Config{URL: bad})
		requireConfidential(t, err)
		_, err = post.NewTracking(bad)
		requireConfidential(t, err)
	}
	for _, bad := range []string{"https://a:canary%0A@h", "https://can%20ary:b@h"} {
		_, err := post.New(post.Config{URL: bad})
		requireConfidential(t, err)
	}
}
