package app

import (
	"net"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/handler"
	"example.org/kabinet/internal/handler/middleware"
	"example.org/kabinet/internal/password"
	"example.org/kabinet/internal/problem"
)

// requestTimeout is how long a request may take. It is shorter than the time
// after which its idempotency lease is given up, and than a shutdown waits.
const requestTimeout = 25 * time.Second

// handlers is everything that routes lead to.
type handlers struct {
	registration *handler.Registration
	session      *handler.Session
	me           *handler.Me
	policies     echo.HandlerFunc
	sandbox      *handler.Sandbox // nil in production
	docs         *handler.Docs
	problems     *handler.Problems
	centre       *handler.Centre
	wellKnown    *handler.WellKnown
	terms        *handler.Terms
	verification *handler.Verification
	confirmation confirmationHandlers
	payer        payerHandlers
}

// origins is whose pages may use cookies: those configured and our own.
func (a *App) origins() []string {
	return append(slices.Clone(a.Config.Server.CORSOrigins), a.Config.Server.PublicURL)
}

func (a *App) buildEcho() error {
	h, err := a.handlers()
	if err != nil {
		return err
	}
	metrics, err := middleware.Metrics(a.registry, a.machine)
	if err != nil {
		return err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = a.ipExtractor()
	e.HTTPErrorHandler = middleware.ErrorHandler(problem.New(a.Config.Server.PublicURL, a.Builtin.texts, a.Clock), a.Log)
	e.Use(
		middleware.RequestID(),
		middleware.Trace(a.Tracer),
		metrics,
		middleware.AccessLog(a.Log, a.machine),
		middleware.Recover(a.Log),
		middleware.SecurityHeaders(a.Config.Server.PublicURL),
		middleware.LeaveWhile(a.draining.Load),
		middleware.CORS(a.Config.Server.CORSOrigins),
		middleware.AtOnce(a.Config.Server.RequestsAtOnce),
		middleware.Timeout(requestTimeout),
		middleware.RequireOrigin(a.origins()),
		middleware.Body(),
	)
	a.routes(e, h)
	a.echo = e
	return nil
}

func (a *App) handlers() (handlers, error) {
	confirmations, err := a.newConfirmationHandlers(a.Builtin.texts)
	if err != nil {
		return handlers{}, err
	}
	h := handlers{
		registration: handler.NewRegistration(a.services.registration, a.origins()),
		session:      handler.NewSession(a.services.session, a.origins()),
		me:           handler.NewMe(a.services.account),
		policies: handler.Policies(string(a.Config.Environment), a.policies,
			handler.PasswordPolicy{MinLength: password.MinLength, MaxLength: password.MaxLength}),
		docs:      a.Builtin.docs,
		problems:  a.Builtin.problems,
		centre:    handler.NewCentre(a.services.centre),
		wellKnown: handler.NewWellKnown(a.services.tokens),
		terms:     handler.NewTerms(a.services.terms),

		verification: handler.NewVerification(a.services.verification, a.policies),
		confirmation: confirmations,
		payer:        a.newPayerHandlers(a.Builtin.texts),
	}
	if a.sandbox() {
		h.sandbox = handler.NewSandbox(sandboxOutbox{a.outbox})
	}
	return h, nil
}

// ipExtractor believes X-Forwarded-For from the configured proxies only.
func (a *App) ipExtractor() echo.IPExtractor {
	if len(a.Config.Server.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range a.Config.Server.TrustedProxies {
		mask := net.CIDRMask(p.Bits(), p.Addr().BitLen())
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: mask}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
