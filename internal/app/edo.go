package app

import (
	"context"
	"path/filepath"

	"github.com/google/uuid"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/tlsfile"
)

// exchange brings electronic documents to payers, and tells how far each has
// come.
type exchange interface {
	Send(ctx context.Context, m domain.EDOMessage) error
	Receipt(ctx context.Context, id uuid.UUID) (domain.EDOReceipt, error)
}

// newEDO is the exchange of electronic documents: a gateway in production, and
// in a sandbox a folder that is an [edoFolder].
func (a *App) newEDO() (exchange, error) {
	signer, err := a.edoSigner()
	if err != nil {
		return nil, err
	}
	documents := edo.NewDocuments(edo.Config{
		Texts: a.Builtin.texts, CabinetURL: a.Config.Server.CabinetURL, Policies: a.policies, Signer: signer, Clock: a.Clock,
	})
	if a.sandbox() {
		folder, err := edo.NewFolder(filepath.Join(a.Config.DataDir, "edo"), documents)
		return edoFolder{folder, documents, a.outbox, a.Clock}, err
	}
	c := a.Config.EDO
	return edo.NewGateway(edo.GatewayConfig{
		URL:   c.EDOURL.Reveal(),
		Files: tlsfile.Files{Cert: c.EDOClientCertFile, Key: c.EDOClientKeyFile, CA: c.EDOCAFile},
	}, documents)
}

// edoSigner is what documents are signed with; a sandbox makes its own.
func (a *App) edoSigner() (*edo.Signer, error) {
	if a.sandbox() {
		return edo.SandboxSigner(a.Config.DataDir)
	}
	return edo.LoadSigner(a.Config.EDO.EDOCertFile, a.Config.EDO.EDOKeyFile)
}

// edoFolder is the exchange of a sandbox. What it sends can be read in the
// outbox, too; its receipts can be played.
type edoFolder struct {
	*edo.Folder

	documents *edo.Documents
	outbox    *outbox.Outbox
	clock     clock.Clock
}

// Send implements [exchange].
func (f edoFolder) Send(ctx context.Context, m domain.EDOMessage) error {
	if err := f.Folder.Send(ctx, m); err != nil {
		return err
	}
	document, err := f.documents.XML(m)
	if err != nil {
		return err
	}
	subject, text := f.documents.Text(m)
	return f.outbox.Mail(ctx, outbox.Message{
		ID: m.ID, Channel: domain.ChannelEDO, To: m.Number.Formatted(),
		Subject: subject, Text: text, Code: edo.Grouped(m.Code), CreatedAt: m.IssuedAt,
	}, ".xml", document)
}

// Play implements [handler.DocumentExchange].
func (f edoFolder) Play(ctx context.Context, id uuid.UUID, s domain.EDOStatus) error {
	return f.Folder.Play(ctx, id, domain.EDOReceipt{Status: s, At: f.clock.Now()})
}
