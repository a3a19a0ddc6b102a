package letter_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/letter"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
)

// files is where the tests leave their PDF files, for somebody to look at.
var files = flag.String("files", "", "write the files that the tests make into this folder")

func newPress(t *testing.T) *letter.Press {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	return letter.New(letter.Config{Texts: texts, CabinetURL: "https://cabinet.example.org", Policies: domain.DefaultPolicies()})
}

func at() time.Time { return time.Date(2026, time.November, 2, 22, 30, 0, 0, time.UTC) }

func office(t *testing.T) domain.ServiceCentre {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Kaliningrad")
	require.NoError(t, err)
	return domain.ServiceCentre{
		ID: uuid.New(), Name: "Клиентская служба «Пример» в Балтийске", Zone: zone,
		Address: domain.CentreAddress{
			PostalIndex: "238520", Region: "Калининградская область", City: "Балтийск", Street: "ул. Примерная", House: "7",
		},
	}
}

// address is an address of index, region, area, city, street, house, building
// and flat, as it may be stored: older rules took more.
func address(t *testing.T, parts ...string) (a domain.Address) {
	t.Helper()
	var err error
	a.PostalIndex, err = ident.ParsePostalIndex(parts[0])
	require.NoError(t, err)
	into := []*ident.AddressLine{&a.Region, &a.Area, &a.City, &a.Street, &a.House, &a.Building, &a.Flat}
	for i, text := range parts[1:] {
		*into[i] = ident.StoredAddressLine(text)
	}
	return a
}

func usual(t *testing.T) domain.Address {
	t.Helper()
	return address(t, "238520", "Калининградская область", "Балтийский район", "г. Балтийск", "ул. Синтетическая", "12", "3", "45")
}

const code = "7K2MZ0Q9XW"

func printed(name string, to domain.Address, locale domain.Locale) domain.PrintedLetter {
	return domain.PrintedLetter{Code: code, Letter: domain.Letter{
		ID: uuid.New(), Purpose: domain.LetterIdentity, Status: domain.LetterRequested,
		Recipient: name, Address: to, Locale: locale,
	}}
}

// batchOf is an open batch of letters.
func batchOf(letters ...domain.PrintedLetter) domain.LetterBatch {
	b := domain.LetterBatch{Number: 12, Status: domain.LetterBatchOpen, CreatedAt: at()}
	for _, l := range letters {
		b.Letters = append(b.Letters, l.Letter)
	}
	return b
}

// keep leaves a file for somebody to look at, if that was asked for.
func keep(t *testing.T, name string, content []byte) {
	t.Helper()
	if *files != "" {
		require.NoError(t, os.WriteFile(filepath.Join(*files, name), content, 0o600))
	}
}

// flowing is a text with its line breaks taken for spaces.
func flowing(text string) string { return strings.Join(strings.Fields(text), " ") }

// squeezed is a text without its spaces.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }
