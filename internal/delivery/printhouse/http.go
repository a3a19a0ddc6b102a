package printhouse

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// maxAnswer is the largest body that is read, in bytes.
const maxAnswer = 64 << 10

// web is a printing house that takes bundles over HTTP;
// docs/printing-house.openapi.yaml is the contract.
type web struct {
	endpoint *url.URL // of the bundles
	token    string
	client   *http.Client
}

func newHTTP(u *url.URL) (target, error) {
	bare, token, err := delivery.Gateway(u)
	if err != nil {
		return nil, err
	}
	return web{bare.JoinPath("bundles"), token, delivery.NewClient(nil)}, nil
}

func (w web) put(ctx context.Context, b domain.LetterBundle) error {
	archive, err := zipped(b)
	if err != nil {
		return err
	}
	to := w.endpoint.JoinPath(b.Name).String()
	put, err := http.NewRequestWithContext(ctx, http.MethodPut, to, bytes.NewReader(archive))
	if err != nil {
		return errors.New("the request cannot be made") // the cause holds the URL
	}
	put.Header.Set("Content-Type", "application/zip")
	put.Header.Set("Idempotency-Key", b.Name)
	put.Header.Set("If-None-Match", "*")
	if w.token != "" {
		put.Header.Set("Authorization", "Bearer "+w.token)
	}
	response, err := w.client.Do(put)
	if err != nil {
		return delivery.Confidential(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	return taken(response.StatusCode)
}

// taken is nil if an answer says that the printing house has the bundle, now or from
// before.
func taken(status int) error {
	switch status {
	case http.StatusCreated, http.StatusNoContent, http.StatusPreconditionFailed:
		return nil
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return fmt.Errorf("status %d: %w", status, domain.ErrUndeliverable)
	default:
		return fmt.Errorf("status %d", status)
	}
}

// zipped is a bundle in one file. The same files give the same one.
func zipped(b domain.LetterBundle) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range b.Files {
		w, err := z.Create(f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Content); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
