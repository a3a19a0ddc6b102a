// Package printhouse brings bundles of letters to a printing house: into a folder,
// over SFTP or over HTTP. However often the same bundle is brought, the printing
// house has it once, and never in part.
package printhouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"example.org/kabinet/internal/domain"
)

// Config is where the printing house is.
type Config struct {
	// URL is file:///PATH, sftp://USER@HOST:PORT/PATH or https://TOKEN@HOST/PATH;
	// http is for loopback only.
	URL string
	// KeyFile is the private key for SFTP, KnownHostsFile has the host keys that are
	// trusted.
	KeyFile, KnownHostsFile string
}

// House is a printing house. It is safe for concurrent use.
type House struct{ target target }

// target is a way to the printing house.
type target interface {
	put(ctx context.Context, b domain.LetterBundle) error
}

// New makes the way to a printing house. It reads the files, and connects to
// nothing. No error repeats anything of the URL.
func New(c Config) (*House, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("printing house: not a URL that ends with its path")
	}
	var way target
	switch u.Scheme {
	case "file":
		way, err = newFolder(u)
	case "sftp":
		way, err = newSFTP(u, c)
	default:
		way, err = newHTTP(u)
	}
	if err != nil {
		return nil, fmt.Errorf("printing house: %w", err)
	}
	return &House{way}, nil
}

// Steps are what it does: it takes bundles.
func (h *House) Steps() []domain.HandoverStep { return []domain.HandoverStep{domain.HandoverBundle} }

// Carry brings the bundle of a consignment.
func (h *House) Carry(ctx context.Context, _ domain.HandoverStep, c *domain.Consignment) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := h.target.put(ctx, c.Bundle); err != nil {
		return fmt.Errorf("printing house: %w", err)
	}
	return nil
}

// nameless is the cause of a failure without the names of files and hosts.
func nameless(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
