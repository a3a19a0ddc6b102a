package app

import (
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler"
)

// gates is what stands before handlers. A route names them in the order in
// which a request meets them: who it is, what they may, and only then whether
// the same request has had its answer. An answer that is given again is thus
// given to nobody who might not send the request now.
type gates struct {
	// known is whoever is signed in, be it for one thing alone; signedIn is for
	// everything.
	known, signedIn             echo.MiddlewareFunc
	citizens, payers            echo.MiddlewareFunc
	atWork, senior, admin, here echo.MiddlewareFunc
	office, once                echo.MiddlewareFunc
}

func (a *App) newGates() gates {
	operators := a.services.operator
	known, whole := handler.Authenticated(a.services.session), handler.WholeCabinet()
	return gates{
		known:    known,
		signedIn: func(next echo.HandlerFunc) echo.HandlerFunc { return known(whole(next)) },
		citizens: handler.CitizensOnly(),
		payers:   handler.PayersOnly(),
		atWork:   handler.WithRole(operators, domain.RoleOperator, domain.RoleSupervisor),
		senior:   handler.WithRole(operators, domain.RoleSupervisor),
		admin:    handler.WithRole(operators, domain.RoleAdministrator),
		here:     handler.AtPlace(operators),
		office:   handler.AtOffice(operators),
		once:     handler.Idempotency(a.services.idempotency, a.Log),
	}
}

// routes is the whole API.
func (a *App) routes(e *echo.Echo, h handlers) {
	// Bare: a group with middleware answers a wrong method with 404.
	v1, g := e.Group("/v1"), a.newGates()
	pageRoutes(e, h)
	publicRoutes(v1, h, g)
	accountRoutes(v1, h, g)
	confirmationRoutes(v1, h.confirmation, g)
	payerRoutes(v1, h.payer, g)
	operatorRoutes(v1, a.newOperatorHandlers(), g)
	letterRoutes(v1, handler.NewLetter(a.services.letter, a.services.letter), g)
	desk := a.newDeskHandlers()
	deskRoutes(v1, desk, g)
	seniorRoutes(v1, desk, g)
	if h.sandbox != nil {
		a.sandboxRoutes(v1, h.sandbox, g)
	}
}

// pageRoutes are what people and tools read.
func pageRoutes(e *echo.Echo, h handlers) {
	e.GET("/docs", h.docs.Index)
	e.GET("/docs/:file", h.docs.Asset)
	e.GET("/openapi.yaml", h.docs.OpenAPIYAML)
	e.GET("/openapi.json", h.docs.OpenAPIJSON)
	e.GET("/problems", h.problems.List)
	e.GET("/problems/:code", h.problems.Show)
	e.GET("/not-me", h.confirmation.notMe.Show)
	e.GET("/.well-known/jwks.json", h.wellKnown.JWKS)
}

// publicRoutes need no session.
func publicRoutes(v1 *echo.Group, h handlers, g gates) {
	v1.GET("/policies", h.policies)
	v1.GET("/terms/:document", h.terms.Get)
	v1.GET("/service-centres", h.centre.List)
	v1.GET("/service-centres/:id", h.centre.Get)

	v1.POST("/registrations", h.registration.Create, g.once)
	v1.GET("/registrations/:id", h.registration.Get)
	v1.POST("/registrations/:id/codes", h.registration.Resend, g.once)
	v1.POST("/registrations/:id/confirmation", h.registration.Confirm, g.once)
	v1.POST("/registrations/:id/password", h.registration.SetPassword, g.once)

	v1.POST("/sessions", h.session.Create, g.once)
	v1.POST("/sessions/refresh", h.session.Refresh, g.once)
	v1.POST("/confirmation-disputes", h.confirmation.own.Dispute, g.once)
}

// accountRoutes are of whoever is signed in.
func accountRoutes(v1 *echo.Group, h handlers, g gates) {
	v1.GET("/sessions", h.session.List, g.signedIn)
	v1.DELETE("/sessions/current", h.session.DeleteCurrent, g.known)
	v1.DELETE("/sessions/:id", h.session.Delete, g.signedIn)

	v1.GET("/me", h.me.Get, g.known)
	v1.POST("/me/password", h.payer.password.Change, g.known, g.once)
	v1.PUT("/me/personal-data", h.verification.PutPersonalData, g.signedIn, g.citizens)
	v1.GET("/me/personal-data", h.verification.GetPersonalData, g.signedIn, g.citizens)
	v1.GET("/me/verification", h.verification.Get, g.signedIn, g.citizens)
}

// payerRoutes are of payers, and of operators who serve them.
func payerRoutes(v1 *echo.Group, h payerHandlers, g gates) {
	const applications = "/payer-applications"
	v1.POST(applications, h.application.Create, g.once)
	v1.GET(applications+"/:id", h.application.Get)
	v1.POST(applications+"/:id/codes", h.application.Resend, g.once)
	v1.POST(applications+"/:id/confirmation", h.application.Confirm, g.once)
	v1.POST(applications+"/:id/delivery-method", h.application.ChooseMethod, g.once)
	v1.POST("/payer-activations", h.activation.Create, g.once)
	v1.GET("/payer-password-help", h.activation.Help)
	v1.POST("/me/terms-acceptances", h.acceptance.Create, g.known, g.payers, g.once)

	const place = "/operator/places/:place_id"
	v1.POST(place+"/payer-searches", h.card.Search, g.signedIn, g.atWork, g.office, g.once)
	// Not once: its password must be kept nowhere, and the next card is as good.
	v1.POST(place+"/registration-cards", h.card.Issue, g.signedIn, g.atWork, g.office)
}

// confirmationRoutes are of a citizen's own confirmations.
func confirmationRoutes(v1 *echo.Group, h confirmationHandlers, g gates) {
	v1.GET("/me/confirmation-methods", h.own.Methods, g.signedIn, g.citizens)
	v1.POST("/me/confirmations", h.own.Create, g.signedIn, g.citizens, g.once)
	v1.GET("/me/confirmations", h.own.List, g.signedIn, g.citizens)
	v1.GET("/me/confirmations/:id", h.own.Get, g.signedIn, g.citizens)
	v1.DELETE("/me/confirmations/:id", h.own.Delete, g.signedIn, g.citizens)
	v1.POST("/me/confirmations/:id/code", h.own.EnterCode, g.signedIn, g.citizens, g.once)
	v1.GET("/me/confirmations/:id/visit-code.png", h.own.VisitCode, g.signedIn, g.citizens)
	v1.GET("/services", h.services.List, g.signedIn, g.citizens)
}

// operatorRoutes are of operators themselves and of those who look after them.
func operatorRoutes(v1 *echo.Group, h operatorHandlers, g gates) {
	// Not once: its answer must not outlive the enrolment, and each start is as good.
	v1.POST("/operator-enrolments", h.enrolment.Start)
	v1.POST("/operator-enrolments/completion", h.enrolment.Complete, g.once)
	v1.GET("/operator/places", h.places.List, g.signedIn, g.atWork)

	v1.GET("/operator/operators", h.staff.List, g.signedIn, g.admin)
	v1.POST("/operator/operators", h.staff.Create, g.signedIn, g.admin, g.once)
	v1.GET("/operator/operators/:id", h.staff.Get, g.signedIn, g.admin)
	v1.PUT("/operator/operators/:id/places", h.staff.SetPlaces, g.signedIn, g.admin)
	v1.POST("/operator/operators/:id/invitations", h.staff.Invite, g.signedIn, g.admin, g.once)
	v1.POST("/operator/operators/:id/deactivation", h.staff.Disable, g.signedIn, g.admin, g.once)
	v1.GET("/operator/audit-events", h.audit.List, g.signedIn, g.admin)
}

// letterRoutes are of letters at an office of the fund, whose letters they are.
func letterRoutes(v1 *echo.Group, h *handler.Letter, g gates) {
	const batches, letters = "/operator/places/:place_id/letter-batches", "/operator/places/:place_id/letters"
	v1.POST(batches, h.CreateBatch, g.signedIn, g.atWork, g.office, g.once)
	v1.GET(batches, h.ListBatches, g.signedIn, g.atWork, g.office)
	v1.GET(batches+"/:id", h.GetBatch, g.signedIn, g.atWork, g.office)
	v1.GET(batches+"/:id/letters.pdf", h.PrintLetters, g.signedIn, g.atWork, g.office)
	v1.GET(batches+"/:id/f103.pdf", h.DispatchPDF, g.signedIn, g.atWork, g.office)
	v1.GET(batches+"/:id/f103.csv", h.DispatchCSV, g.signedIn, g.atWork, g.office)
	v1.POST(batches+"/:id/printing", h.MarkPrinted, g.signedIn, g.atWork, g.office, g.once)
	v1.POST(batches+"/:id/handover", h.HandOver, g.signedIn, g.atWork, g.office, g.once)
	v1.POST(batches+"/:id/posting", h.Post, g.signedIn, g.atWork, g.office, g.once)
	v1.GET(letters, h.List, g.signedIn, g.atWork, g.office)
	v1.POST(letters+"/:id/outcome", h.Outcome, g.signedIn, g.atWork, g.office, g.once)
}

// deskRoutes are of the counter, and of the first sign-in of people who were
// registered there.
func deskRoutes(v1 *echo.Group, h deskHandlers, g gates) {
	v1.POST("/first-sign-ins", h.persons.SignIn, g.once)

	const place = "/operator/places/:place_id"
	v1.POST(place+"/account-searches", h.counter.Search, g.signedIn, g.atWork, g.here, g.once)
	v1.POST(place+"/registrations", h.persons.Register, g.signedIn, g.atWork, g.here, g.once)
	v1.POST(place+"/accounts/:account_id/confirmation", h.counter.Confirm, g.signedIn, g.atWork, g.here, g.once)
	v1.POST(place+"/accounts/:account_id/refusal", h.counter.Refuse, g.signedIn, g.atWork, g.here, g.once)
	v1.POST(place+"/accounts/:account_id/first-sign-in-codes", h.persons.Resend, g.signedIn, g.atWork, g.here, g.once)
}

// seniorRoutes are of supervisors.
func seniorRoutes(v1 *echo.Group, h deskHandlers, g gates) {
	const place = "/operator/places/:place_id"
	v1.POST(place+"/accounts/:account_id/suspension", h.reviews.Suspend, g.signedIn, g.senior, g.here, g.once)
	v1.GET(place+"/reviews", h.reviews.List, g.signedIn, g.senior, g.here)
	v1.GET(place+"/reviews/:case_id", h.reviews.Get, g.signedIn, g.senior, g.here)
	v1.POST(place+"/reviews/:case_id/decision", h.reviews.Decide, g.signedIn, g.senior, g.here, g.once)
	v1.POST(place+"/approvals", h.approvals.Create, g.signedIn, g.senior, g.here, g.once)
	v1.GET(place+"/approvals", h.approvals.List, g.signedIn, g.senior, g.here)
	v1.POST(place+"/approvals/:id/decision", h.approvals.Decide, g.signedIn, g.senior, g.here, g.once)
	v1.GET(place+"/alarms", h.alarms.List, g.signedIn, g.senior, g.here)
	v1.POST(place+"/alarms/:id/settlement", h.alarms.Settle, g.signedIn, g.senior, g.here, g.once)
	v1.GET(place+"/messages", h.messages.List, g.signedIn, g.senior, g.here)
	v1.GET(place+"/messages/:id", h.messages.Get, g.signedIn, g.senior, g.here)
	v1.POST(place+"/messages/:id/resending", h.messages.Resend, g.signedIn, g.senior, g.here, g.once)
}

// sandboxRoutes are what a production server has none of. What the clock
// answered is kept by the machine's time: a repeated request must find its
// answer, however far the first one has moved the clock.
func (a *App) sandboxRoutes(v1 *echo.Group, messages *handler.Sandbox, g gates) {
	v1.GET("/sandbox/messages", messages.Messages)
	v1.POST("/sandbox/letters/:id/delivery", handler.NewSandboxPost(a.services.letter).Deliver, g.once)
	if folder, ok := a.exchange.(edoFolder); ok {
		v1.POST("/sandbox/edo-documents/:id/receipts", handler.NewSandboxEDO(folder).Receive)
	}
	clock := handler.NewSandboxClock(a.services.sandbox)
	v1.GET("/sandbox/clock", clock.Get)
	v1.POST("/sandbox/clock", clock.Advance, handler.Idempotency(a.services.machineAnswers, a.Log))
}
