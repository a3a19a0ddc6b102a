package edo

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

const (
	// maxReceipt is the largest receipt that is read, in bytes.
	maxReceipt = 64 << 10
	// maxReason is how much of a reason is kept, in characters.
	maxReason = 500
)

// errReceipt hides what was wrong with a receipt: it may hold personal data.
var errReceipt = errors.New("it is not what docs/edo.md says")

// statuses are those that a receipt can have, in the order in which they come.
func statuses() []domain.EDOStatus {
	return []domain.EDOStatus{domain.EDODelivered, domain.EDORead, domain.EDORejected}
}

// receipt is a receipt as XML.
type receipt struct {
	XMLName  xml.Name         `xml:"https://example.org/kabinet/edo/1 receipt"`
	Document uuid.UUID        `xml:"document,attr"`
	Status   domain.EDOStatus `xml:"status,attr"`
	At       time.Time        `xml:"at,attr"`
	Reason   string           `xml:"reason,omitempty"`
	Unknown  []struct{}       `xml:",any"`
}

// writeReceipt is the file of a receipt.
func writeReceipt(id uuid.UUID, r domain.EDOReceipt) ([]byte, error) {
	if !slices.Contains(statuses(), r.Status) {
		return nil, fmt.Errorf("a receipt cannot say %s", r.Status)
	}
	text, err := xml.MarshalIndent(receipt{
		Document: id, Status: r.Status, At: r.At.UTC(), Reason: reason(r.Reason),
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}

// readReceipt reads the receipt of a document from a file.
func readReceipt(path string, id uuid.UUID) (domain.EDOReceipt, error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return domain.EDOReceipt{}, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxReceipt+1))
	if err != nil {
		return domain.EDOReceipt{}, err
	}
	var r receipt
	if len(text) > maxReceipt || xml.Unmarshal(text, &r) != nil || len(r.Unknown) > 0 || r.Document != id || r.At.IsZero() {
		return domain.EDOReceipt{}, errReceipt
	}
	return domain.EDOReceipt{Status: r.Status, At: r.At, Reason: reason(r.Reason)}, nil
}

// reason is what the other side gave as its reason, on one line.
func reason(text string) string {
	line := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	signs := []rune(line)
	return string(signs[:min(maxReason, len(signs))])
}
