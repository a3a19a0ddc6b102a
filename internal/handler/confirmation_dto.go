package handler

import (
	"cmp"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// ConfirmationRequest is the way in which somebody wants to be confirmed.
type ConfirmationRequest struct {
	Method string `json:"method" binding:"required" enums:"service_centre,fund_office,registered_letter" example:"registered_letter"`
	// PostalAddress is where the letter goes; for letters only.
	PostalAddress *AddressRequest `json:"postal_address,omitempty"`
} // @name ConfirmationRequest

func (in ConfirmationRequest) parse(wrong *fieldErrors) (out domain.ConfirmationRequest) {
	for _, method := range domain.ConfirmationMethods() {
		if in.Method == string(method) {
			out.Method = method
		}
	}
	switch {
	case in.Method == "":
		wrong.add("/method", apperr.FieldRequired)
	case out.Method == "":
		wrong.add("/method", apperr.FieldUnsupportedValue)
	case out.Method == domain.ConfirmByLetter && in.PostalAddress == nil:
		wrong.add("/postal_address", apperr.FieldRequired)
	case out.Method != domain.ConfirmByLetter && in.PostalAddress != nil:
		wrong.add("/postal_address", apperr.FieldNotAllowed)
	}
	if in.PostalAddress != nil {
		out.Address = in.PostalAddress.parse(wrong, "/postal_address")
	}
	return out
}

// LetterCodeRequest is the code of a registered letter.
type LetterCodeRequest struct {
	Code string `json:"code" binding:"required" minLength:"1" maxLength:"64" example:"7K3M9-QR4TW"`
} // @name LetterCodeRequest

// DisputeRequest is the token of the notice about a confirmed identity.
type DisputeRequest struct {
	Token string `json:"token" binding:"required" minLength:"1" maxLength:"256" example:"Zk3v0q7xJ2m9w1kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
} // @name DisputeRequest

// DisputeResponse is a confirmation that was denied. It tells nothing of whose
// it was.
type DisputeResponse struct {
	Status string `json:"status" binding:"required" enums:"disputed" example:"disputed"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"visit_office,request_confirmation"`
} // @name DisputeResponse

func disputeReply(c domain.Confirmation) reply {
	return reply{status: http.StatusOK, body: DisputeResponse{
		Status: string(c.Status), NextActions: c.Status.NextActions(),
	}}
}

// ConfirmationResponse is one way to a confirmed identity, visit or letter.
type ConfirmationResponse struct {
	ID     uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Method string    `json:"method" binding:"required" enums:"service_centre,fund_office,registered_letter" example:"registered_letter"`
	// Status is that of the visit, or that of the letter while it decides.
	Status    string    `json:"status" binding:"required" enums:"open,requested,printed,posted,delivered,returned,lost,exhausted,expired,confirmed,refused,cancelled,superseded,disputed" example:"posted"`
	CreatedAt time.Time `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// ExpiresAt is when the code is of no more use; a letter's is known from its
	// posting on.
	ExpiresAt *time.Time `json:"expires_at,omitempty" format:"date-time" example:"2026-12-02T09:00:00Z"`
	// VisitCode is what an operator finds the person by; QRPayload is what its
	// picture holds. Both are missing once the visit is over.
	VisitCode string `json:"visit_code,omitempty" example:"7K3M-9QR4"`
	QRPayload string `json:"qr_payload,omitempty" example:"KABINET:VISIT:7K3M9QR4"`
	// DueOn is the last day to post the letter.
	DueOn string `json:"due_on,omitempty" format:"date" example:"2026-11-10"`
	// TrackingNumber is the letter's postal item id, from its posting on.
	TrackingNumber string `json:"tracking_number,omitempty" example:"23600016000011"`
	// AttemptsLeft is how many more codes will be compared with the letter's.
	AttemptsLeft *int `json:"attempts_left,omitempty" example:"20"`
	// NextAllowedAt is when another letter may be asked for; missing for now.
	NextAllowedAt *time.Time `json:"next_allowed_at,omitempty" format:"date-time" example:"2026-11-03T09:00:00Z"`
	// Reason is why an operator refused.
	Reason *RefusalResponse `json:"reason,omitempty"`
	// Level is the account's level after the confirmation.
	Level string `json:"level,omitempty" enums:"confirmed" example:"confirmed"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"enter_code,cancel_confirmation"`
} // @name ConfirmationResponse

// RefusalResponse is why an operator refused, as a code and in words.
type RefusalResponse struct {
	Code   string `json:"code" binding:"required" enums:"document_invalid,data_differ,not_the_holder,no_document" example:"no_document"`
	Detail string `json:"detail" binding:"required" example:"Вы пришли без паспорта."`
} // @name RefusalResponse

// ConfirmationListResponse is a page of confirmations, newest first.
type ConfirmationListResponse struct {
	Items []ConfirmationResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name ConfirmationListResponse

func (h *Confirmation) viewReply(c echo.Context, status int) func(domain.ConfirmationView) reply {
	language := locale(c)
	return func(v domain.ConfirmationView) reply {
		r := reply{status: status, header: http.Header{}, body: h.newResponse(v, language)}
		if status == http.StatusCreated {
			r.header.Set(echo.HeaderLocation, "/v1/me/confirmations/"+v.Confirmation.ID.String())
		}
		return r
	}
}

func (h *Confirmation) newResponse(v domain.ConfirmationView, language i18n.Locale) ConfirmationResponse {
	c := v.Confirmation
	out := ConfirmationResponse{
		ID:            c.ID,
		Method:        string(c.Method),
		Status:        v.Shown(),
		CreatedAt:     c.CreatedAt,
		ExpiresAt:     optionalTime(v.ExpiresAt()),
		NextAllowedAt: optionalTime(v.NextAllowedAt),
		NextActions:   v.NextActions(),
	}
	switch c.Status { //nolint:exhaustive // the others have nothing of their own
	case domain.ConfirmationRequested:
		out.VisitCode, out.QRPayload = c.SpelledCode(), c.Payload()
	case domain.ConfirmationConfirmed:
		out.Level = string(domain.LevelConfirmed)
	case domain.ConfirmationRefused:
		out.Reason = &RefusalResponse{
			Code: string(c.Reason), Detail: h.texts.Text(language, "reason."+string(c.Reason), nil),
		}
	}
	if letter := v.Letter; letter != nil {
		out.DueOn, out.TrackingNumber = letter.DueOn.ISO(), letter.Track.Digits()
		if letter.Status.Live() {
			out.AttemptsLeft = &letter.AttemptsLeft
		}
	}
	return out
}

// ConfirmationMethodListResponse is every way of confirming one's identity.
type ConfirmationMethodListResponse struct {
	Items []ConfirmationMethodResponse `json:"items" binding:"required"`
} // @name ConfirmationMethodListResponse

// ConfirmationMethodResponse is one way of confirming one's identity.
type ConfirmationMethodResponse struct {
	Method string `json:"method" binding:"required" enums:"service_centre,fund_office,registered_letter" example:"fund_office"`
	// Available tells whether the caller can begin in this way now.
	Available bool `json:"available" binding:"required" example:"true"`
	// Reason is why not.
	Reason *ConfirmationMethodReason `json:"reason,omitempty"`
	// AvailableFrom is the first day of the visit in the caller's own region;
	// missing where that offers none.
	AvailableFrom string `json:"available_from,omitempty" format:"date" example:"2016-07-01"`
	// NextAllowedAt is when another letter may be asked for; missing for now.
	NextAllowedAt *time.Time `json:"next_allowed_at,omitempty" format:"date-time" example:"2026-11-03T09:00:00Z"`
	// Needs names what the way takes: passport, visit, postal_address.
	Needs []string `json:"needs" binding:"required" example:"passport,visit"`
	// Regions are where a visit is possible, and from when on; empty for letters.
	Regions []ConfirmationRegionResponse `json:"regions" binding:"required"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"request_confirmation"`
} // @name ConfirmationMethodResponse

// ConfirmationMethodReason is why a way is not open, as a code and in words.
type ConfirmationMethodReason struct {
	Code   string `json:"code" binding:"required" example:"identity_not_verified"`
	Detail string `json:"detail" binding:"required" example:"Сначала должна пройти проверка персональных данных."`
} // @name ConfirmationMethodReason

// ConfirmationRegionResponse is a region whose places offer a visit.
type ConfirmationRegionResponse struct {
	// Region is the two digits of the constituent entity.
	Region string `json:"region" binding:"required" example:"39"`
	Name   string `json:"name" binding:"required" example:"Калининградская область"`
	// AvailableFrom is the region's first day.
	AvailableFrom string `json:"available_from" binding:"required" format:"date" example:"2016-07-01"`
} // @name ConfirmationRegionResponse

func (h *Confirmation) newMethodResponse(w domain.ConfirmationWay, language i18n.Locale) ConfirmationMethodResponse {
	out := ConfirmationMethodResponse{
		Method:        string(w.Method),
		Available:     w.Available(),
		AvailableFrom: w.From.ISO(),
		NextAllowedAt: optionalTime(w.NextAllowedAt),
		Needs:         w.Needs,
		Regions:       []ConfirmationRegionResponse{},
		NextActions:   w.NextActions,
	}
	if !w.Available() {
		out.Reason = &ConfirmationMethodReason{
			Code: string(w.Reason), Detail: h.texts.Text(language, i18n.DetailKey(cmp.Or(w.Because, w.Reason)), nil),
		}
	}
	for _, offer := range w.Regions {
		out.Regions = append(out.Regions, ConfirmationRegionResponse{
			Region: offer.Region, Name: offer.Name, AvailableFrom: offer.From.ISO(),
		})
	}
	return out
}
