package handler

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// Services is the handler of /v1/services.
type Services struct {
	accounts Accounts
	texts    *i18n.Catalog
}

// NewServices returns the handler.
func NewServices(a Accounts, texts *i18n.Catalog) *Services { return &Services{a, texts} }

// List shows the cabinet's services.
//
//	@ID			listServices
//	@Summary	List the services of the cabinet
//	@Description	Every service with the level that it needs, and whether the caller has reached it.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Success	200	{object}	ServiceListResponse
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Router		/v1/services [get]
func (h *Services) List(c echo.Context) error {
	account, err := h.accounts.Me(c.Request().Context(), principal(c))
	if err != nil {
		return err
	}
	out := ServiceListResponse{Items: []ServiceResponse{}}
	for _, service := range domain.CabinetServices() {
		key := "service." + service.ID
		out.Items = append(out.Items, ServiceResponse{
			ID:            service.ID,
			Name:          h.texts.Text(locale(c), key+".name", nil),
			Description:   h.texts.Text(locale(c), key+".description", nil),
			RequiredLevel: string(service.Level),
			Available:     service.Available(account),
			NextActions:   service.NextActions(account),
		})
	}
	return c.JSON(http.StatusOK, out)
}

// ServiceListResponse is all services of the cabinet.
type ServiceListResponse struct {
	Items []ServiceResponse `json:"items" binding:"required"`
} // @name ServiceListResponse

// ServiceResponse is one service of the cabinet.
type ServiceResponse struct {
	ID          string `json:"id" binding:"required" example:"individual_account_statement"`
	Name        string `json:"name" binding:"required" example:"Выписка из индивидуального лицевого счёта"`
	Description string `json:"description" binding:"required" example:"Сведения о стаже, взносах и пенсионных баллах."`
	// RequiredLevel is the lowest level that may use the service.
	RequiredLevel string `json:"required_level" binding:"required" enums:"simplified,standard,confirmed" example:"confirmed"`
	// Available tells whether the caller has reached it.
	Available bool `json:"available" binding:"required" example:"false"`
	// NextActions names what leads to the service.
	NextActions []string `json:"next_actions" binding:"required" example:"request_confirmation,edit_personal_data"`
} // @name ServiceResponse
