package post_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/post"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// address is a postal address in parts.
func address(t *testing.T) (a domain.Address) {
	t.Helper()
	var err error
	a.PostalIndex, err = ident.ParsePostalIndex("238520")
	require.NoError(t, err)
	for text, into := range map[string]*ident.AddressLine{
		"Калининградская область": &a.Region, "Балтийский район": &a.Area, "г. Балтийск": &a.City, "ул. Примерная": &a.Street,
		"7": &a.House, "2": &a.Building, "15": &a.Flat,
	} {
		*into, err = ident.ParseAddressLine(text)
		require.NoError(t, err)
	}
	return a
}

// orders are those of so many letters of batch 12, of which nothing was asked.
func orders(t *testing.T, count int) (all []domain.PostOrder) {
	t.Helper()
	for i := range count {
		id := uuid.MustParse("0199c0de-7a11-7c3e-8f00-0000000000" + string(rune('a'+i)) + "0")
		all = append(all, domain.PostOrder{
			Name: "12/" + string(rune('1'+i)),
			Letter: domain.Letter{
				ID: id, Status: domain.LetterRequested, Recipient: "Синтетическая Анна Игоревна", Address: address(t),
			},
		})
	}
	return all
}

// served is the client of a server that answers everything in one way.
func served(t *testing.T, answer http.HandlerFunc) *post.Post {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return client(t, strings.Replace(server.URL, "://", "://canary-token:canary-key@", 1))
}

func client(t *testing.T, url string) *post.Post {
	t.Helper()
	p, err := post.New(post.Config{URL: url, Office: "236000", Mass: 20})
	require.NoError(t, err)
	return p
}

// hurried is a context that is over soon.
func hurried(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// requireConfidential requires that an error tells nothing of a letter, of what opens
// the post, and of what it said.
func requireConfidential(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	for _, word := range []string{"Синтетика", "Синтетическая", "Примерная", "canary", "238520", "12-1-"} {
		require.NotContains(t, err.Error(), word)
	}
}
