package repotest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

func confirmationTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"confirmation/comes back as it was": confirmationComesBack,
		"confirmation/one of each way":      confirmationOneOpen,
		"confirmation/one confirmed":        confirmationOneConfirmed,
		"confirmation/pages, newest first":  confirmationPages,
		"confirmation/live and refused":     confirmationLive,
		"confirmation/found by visit code":  confirmationByCode,
		"confirmation/found by dispute":     confirmationByDispute,
		"confirmation/update that fails":    confirmationUpdateFails,
		"confirmation/disputed account":     confirmationDisputed,
		"centre/offers of the last list":    centreOffers,
		"centre/offers of a seed":           centreOffersSeeded,
	}
}

// confirmation is a requested visit that is not stored yet, of a stored account.
func (w *world) confirmation(t *testing.T) domain.Confirmation {
	t.Helper()
	account := w.person(t).ID
	return domain.Confirmation{
		ID: domain.NewID(), AccountID: account, CaseID: w.verification(t, account).ID,
		Method: domain.ConfirmAtServiceCentre, Status: domain.ConfirmationRequested, VisitCode: "7K3M9QR4",
		CreatedAt: w.now, ExpiresAt: w.now.Add(30 * 24 * time.Hour),
	}
}

func (w *world) confirmations() *repository.Confirmations {
	return repository.NewConfirmations(w.store)
}

func confirmationComesBack(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	require.NoError(t, all.Create(t.Context(), c))
	got, err := all.Get(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, c, got)
	change := func(c *domain.Confirmation) error {
		c.Status, c.SettledAt = domain.ConfirmationRefused, w.now.Add(time.Hour)
		c.PlaceID, c.OperatorID, c.Reason = domain.NewID(), domain.NewID(), domain.RefusalNoDocument
		c.DisputeHash, c.DisputeUntil = []byte("hash"), w.now.Add(2*time.Hour)
		return nil
	}
	changed, err := all.Update(t.Context(), c.ID, change)
	require.NoError(t, err)
	got, err = all.Get(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, changed, got)
	require.Equal(t, domain.RefusalNoDocument, got.Reason)
	letter := w.confirmation(t)
	letter.Method, letter.VisitCode, letter.ExpiresAt = domain.ConfirmByLetter, "", time.Time{}
	require.NoError(t, all.Create(t.Context(), letter))
	got, err = all.Get(t.Context(), letter.ID)
	require.NoError(t, err)
	require.Equal(t, letter, got)
	_, err = all.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

// Of all that were confirmed the newest says whether its account is disputed.
func confirmationDisputed(t *testing.T, w *world) {
	t.Helper()
	first, all := w.confirmation(t), w.confirmations()
	disputed := func() bool {
		a, err := w.accounts.Get(t.Context(), first.AccountID)
		require.NoError(t, err)
		return a.Disputed
	}
	require.False(t, disputed())
	first.Status, first.DisputeHash, first.DisputeUntil = domain.ConfirmationDisputed, []byte("first"), w.now
	require.NoError(t, all.Create(t.Context(), first))
	require.True(t, disputed())
	open := first
	open.ID, open.Status, open.DisputeHash, open.DisputeUntil = domain.NewID(), domain.ConfirmationRequested, nil, time.Time{}
	require.NoError(t, all.Create(t.Context(), open))
	require.True(t, disputed(), "a request alone changes nothing")
	for _, status := range []domain.ConfirmationStatus{domain.ConfirmationConfirmed, domain.ConfirmationSuperseded} {
		_, err := all.Update(t.Context(), open.ID, func(c *domain.Confirmation) error {
			c.Status, c.DisputeHash, c.DisputeUntil = status, []byte("second"), w.now.Add(time.Second)
			return nil
		})
		require.NoError(t, err)
		require.False(t, disputed(), status)
	}
}

func confirmationOneOpen(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	require.NoError(t, all.Create(t.Context(), c))
	twin := c
	twin.ID, twin.VisitCode = domain.NewID(), "00000000"
	require.Error(t, all.Create(t.Context(), twin))
	twin.Method = domain.ConfirmAtFundOffice
	require.NoError(t, all.Create(t.Context(), twin))
	_, err := all.Update(t.Context(), c.ID, func(c *domain.Confirmation) error {
		return c.Move(domain.ConfirmationCancel, w.now)
	})
	require.NoError(t, err)
	twin.ID, twin.Method = domain.NewID(), c.Method
	twin.VisitCode = c.VisitCode
	require.NoError(t, all.Create(t.Context(), twin), "a way that was cancelled is free, and so is its code")
}

func confirmationOneConfirmed(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	c.Status, c.VisitCode = domain.ConfirmationConfirmed, ""
	require.NoError(t, all.Create(t.Context(), c))
	c.ID, c.Method = domain.NewID(), domain.ConfirmByLetter
	require.Error(t, all.Create(t.Context(), c))
}

func confirmationPages(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	c.Status, c.VisitCode = domain.ConfirmationCancelled, ""
	for i := range 5 {
		c.ID, c.CreatedAt = domain.NewID(), w.now.Add(time.Duration(i/2)*time.Minute)
		require.NoError(t, all.Create(t.Context(), c))
	}
	stranger := w.confirmation(t)
	require.NoError(t, all.Create(t.Context(), stranger))
	var seen []domain.Confirmation
	page := domain.Page{Limit: 2}
	for {
		part, err := all.List(t.Context(), c.AccountID, page)
		require.NoError(t, err)
		if len(part) == 0 {
			break
		}
		seen = append(seen, part...)
		last := part[len(part)-1]
		page.After = &domain.Position{CreatedAt: last.CreatedAt, ID: last.ID}
	}
	require.Len(t, seen, 5)
	for i := 1; i < len(seen); i++ {
		require.False(t, seen[i].CreatedAt.After(seen[i-1].CreatedAt))
		require.NotEqual(t, seen[i].ID, seen[i-1].ID)
	}
}

func confirmationLive(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	c.VisitCode = ""
	for i, status := range domain.ConfirmationStatuses() {
		c.ID, c.Status, c.CreatedAt, c.SettledAt = domain.NewID(), status, w.now.Add(time.Duration(i)*time.Minute), w.now
		require.NoError(t, all.Create(t.Context(), c))
	}
	live, err := all.Live(t.Context(), c.AccountID)
	require.NoError(t, err)
	require.Len(t, live, 2)
	require.Equal(t, domain.ConfirmationRequested, live[0].Status)
	require.Equal(t, domain.ConfirmationConfirmed, live[1].Status)
	c.ID, c.Status, c.SettledAt = domain.NewID(), domain.ConfirmationRefused, w.now.Add(time.Hour)
	require.NoError(t, all.Create(t.Context(), c))
	refused, err := all.Refused(t.Context(), c.AccountID)
	require.NoError(t, err)
	require.Len(t, refused, 2)
	require.Equal(t, c, refused[0], "the newest first")
}

func confirmationByCode(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	require.NoError(t, all.Create(t.Context(), c))
	got, err := all.FindByVisitCode(t.Context(), c.VisitCode)
	require.NoError(t, err)
	require.Equal(t, c, got)
	_, err = all.FindByVisitCode(t.Context(), "00000000")
	requireCode(t, apperr.NotFound, err)
	_, err = all.Update(t.Context(), c.ID, func(c *domain.Confirmation) error {
		return c.Move(domain.ConfirmationCancel, w.now)
	})
	require.NoError(t, err)
	_, err = all.FindByVisitCode(t.Context(), c.VisitCode)
	requireCode(t, apperr.NotFound, err)
}

func confirmationByDispute(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	c.DisputeHash = []byte("a hash")
	require.NoError(t, all.Create(t.Context(), c))
	got, err := all.FindByDispute(t.Context(), []byte("a hash"))
	require.NoError(t, err)
	require.Equal(t, c, got)
	_, err = all.FindByDispute(t.Context(), []byte("another"))
	requireCode(t, apperr.NotFound, err)
}

func confirmationUpdateFails(t *testing.T, w *world) {
	t.Helper()
	c, all := w.confirmation(t), w.confirmations()
	require.NoError(t, all.Create(t.Context(), c))
	_, err := all.Update(t.Context(), c.ID, func(c *domain.Confirmation) error {
		c.Status = domain.ConfirmationConfirmed
		return apperr.New(apperr.InvalidTransition)
	})
	requireCode(t, apperr.InvalidTransition, err)
	got, err := all.Get(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, c, got)
}

// offering is a place that offers its way from a day on.
func (w *world) offering(t *testing.T, code string, kind domain.CentreKind, from string) domain.ServiceCentre {
	t.Helper()
	c := w.centre(t, code)
	c.Kind, c.Offers = kind, []domain.CentreOffer{{Method: kind.Method(), From: dateOf(t, from)}}
	return c
}

func centreOffers(t *testing.T, w *world) {
	t.Helper()
	none, err := w.centres.Offers(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)
	other := w.offering(t, "c", domain.CentreFundOffice, "2030-01-01")
	other.Region, other.Address.Region = "67", "Смоленская область"
	places := []domain.ServiceCentre{
		w.offering(t, "a", domain.CentreFundOffice, "2018-01-01"), w.offering(t, "b", domain.CentreFundOffice, "2016-07-01"),
		other, w.offering(t, "d", domain.CentreMFC, "2014-01-01"),
	}
	first := places[0]
	_, err = w.centres.Replace(t.Context(), domain.CentreReplacement{Centres: places}, w.now)
	require.NoError(t, err)
	got, err := w.centres.Offers(t.Context())
	require.NoError(t, err)
	require.Equal(t, []domain.RegionOffer{
		{Region: first.Region, Name: first.Address.Region, Method: domain.MethodServiceCentre, From: dateOf(t, "2014-01-01")},
		{Region: first.Region, Name: first.Address.Region, Method: domain.MethodFundOffice, From: dateOf(t, "2016-07-01")},
		{Region: "67", Name: "Смоленская область", Method: domain.MethodFundOffice, From: dateOf(t, "2030-01-01")},
	}, got)
	_, err = w.centres.Replace(t.Context(), domain.CentreReplacement{Centres: places[2:3]}, w.now)
	require.NoError(t, err)
	got, err = w.centres.Offers(t.Context())
	require.NoError(t, err)
	require.Len(t, got, 1, "what the last list lacks is not offered")
	require.Equal(t, "67", got[0].Region)
}

func centreOffersSeeded(t *testing.T, w *world) {
	t.Helper()
	list := domain.CentreReplacement{Centres: []domain.ServiceCentre{w.offering(t, "a", domain.CentreMFC, "2014-01-01")}}
	require.NoError(t, w.centres.Seed(t.Context(), list, w.now))
	got, err := w.centres.Offers(t.Context())
	require.NoError(t, err)
	require.Len(t, got, 1)
}
