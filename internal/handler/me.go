package handler

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Accounts is the use cases of one's own account.
type Accounts interface {
	Me(ctx context.Context, who domain.Principal) (domain.Account, error)
}

// Me is the handlers of /v1/me.
type Me struct{ service Accounts }

// NewMe returns the handlers.
func NewMe(s Accounts) *Me { return &Me{s} }

// Get shows the caller's account.
//
//	@ID			getMe
//	@Summary	Show one's own account
//	@Description	The account of whoever is signed in, with its level and masked contacts.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Success	200	{object}	AccountResponse
//	@Failure	401	{object}	problem.Problem
//	@Router		/v1/me [get]
func (h *Me) Get(c echo.Context) error {
	account, err := h.service.Me(c.Request().Context(), principal(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newAccountResponse(account))
}

// AccountResponse is an account as its owner sees it.
type AccountResponse struct {
	ID          uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	AccountType string    `json:"account_type" binding:"required" enums:"citizen,payer,operator" example:"citizen"`
	// Level says how much about the person is proven. Only citizens have one.
	Level  string `json:"level,omitempty" enums:"simplified,standard,confirmed" example:"simplified"`
	Status string `json:"status" binding:"required" enums:"active" example:"active"`
	// FamilyName and GivenName are a person's; a payer has a name in their place.
	FamilyName string            `json:"family_name,omitempty" maxLength:"60" example:"Синтетическая"`
	GivenName  string            `json:"given_name,omitempty" maxLength:"60" example:"Анна"`
	Locale     string            `json:"locale" binding:"required" enums:"ru,en" example:"ru"`
	Contacts   []ContactResponse `json:"contacts" binding:"required"`
	CreatedAt  time.Time         `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// Name, RegistrationNumber and OfficeCode are a payer's, as the register has
	// them.
	Name               string `json:"name,omitempty" maxLength:"500" example:"ООО «Пример»"`
	RegistrationNumber string `json:"registration_number,omitempty" maxLength:"14" example:"087-214-000001"`
	OfficeCode         string `json:"office_code,omitempty" maxLength:"7" example:"087-214"`
	// ConnectedAt is when the payer first chose a password.
	ConnectedAt *time.Time `json:"connected_at,omitempty" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// PasswordStatus is how it stands with a payer's password, and
	// PasswordExpiresAt when it has to be changed.
	PasswordStatus    string     `json:"password_status,omitempty" enums:"none,initial,must_change,active,expiring,expired,revoked" example:"active"`
	PasswordExpiresAt *time.Time `json:"password_expires_at,omitempty" format:"date-time" example:"2027-02-02T09:00:00Z"`
	// AcceptedTermsVersion is the terms of connection that a payer agreed to last.
	AcceptedTermsVersion string `json:"accepted_terms_version,omitempty" maxLength:"32" example:"2026-11-01"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"fill_personal_data,sign_out"`
} // @name AccountResponse

// ContactResponse is a contact, masked.
type ContactResponse struct {
	ID    uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Kind  string    `json:"kind" binding:"required" enums:"phone,email" example:"phone"`
	Value string    `json:"value" binding:"required" example:"+7 *** ***-**-67"`
	// ConfirmedAt is when it was proven; missing for a payer's that nobody has.
	ConfirmedAt *time.Time `json:"confirmed_at,omitempty" format:"date-time" example:"2026-11-02T09:00:00Z"`
} // @name ContactResponse

func newAccountResponse(a domain.Account) AccountResponse {
	out := AccountResponse{
		ID:          a.ID,
		AccountType: string(a.Type),
		Level:       string(a.Level),
		Status:      string(a.Status),
		FamilyName:  a.FamilyName.Text(),
		GivenName:   a.GivenName.Text(),
		Locale:      string(a.Locale),
		Contacts:    []ContactResponse{},
		CreatedAt:   a.CreatedAt,
		NextActions: a.NextActions(),
	}
	out.addPayer(a.Payer)
	for _, c := range a.Contacts {
		out.Contacts = append(out.Contacts, ContactResponse{
			ID:          c.ID,
			Kind:        string(c.Value.Kind()),
			Value:       c.Value.String(),
			ConfirmedAt: timeOrNull(c.ConfirmedAt),
		})
	}
	return out
}

// addPayer adds what a payer's account has.
func (r *AccountResponse) addPayer(p *domain.PayerAccount) {
	if p == nil {
		return
	}
	r.Name, r.RegistrationNumber, r.OfficeCode = p.Name, p.Number.Formatted(), p.Office.String()
	r.PasswordStatus, r.AcceptedTermsVersion = string(p.Credential.Status), p.TermsVersion
	r.ConnectedAt, r.PasswordExpiresAt = timeOrNull(p.ConnectedAt), timeOrNull(p.Credential.ExpiresAt)
}
