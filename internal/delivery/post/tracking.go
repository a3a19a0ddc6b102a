package post

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Tracking is the tracking service of Russian Post, one letter at a time. It is safe
// for concurrent use.
type Tracking struct {
	endpoint        string
	login, password string
	client          *http.Client
}

// NewTracking makes the client of the tracking service, whose URL is
// https://LOGIN:PASSWORD@HOST/PATH; http is for loopback only. It connects to nothing.
// No error repeats anything of the URL.
func NewTracking(text string) (*Tracking, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("tracking: not the URL of the service")
	}
	if !delivery.Private(u) {
		return nil, errors.New("tracking: the URL must be https, or http to the same machine")
	}
	password, both := u.User.Password()
	if !both || u.User.Username() == "" {
		return nil, errors.New("tracking: the URL must hold the login and the password")
	}
	bare := *u
	bare.User = nil
	return &Tracking{bare.String(), u.User.Username(), password, delivery.NewClient(nil)}, nil
}

// question is the request getOperationHistory.
type question struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Body    struct {
		Ask struct {
			Request struct {
				Barcode     string `xml:"http://russianpost.org/operationhistory/data Barcode"`
				MessageType int    `xml:"http://russianpost.org/operationhistory/data MessageType"`
				Language    string `xml:"http://russianpost.org/operationhistory/data Language"`
			} `xml:"http://russianpost.org/operationhistory/data OperationHistoryRequest"`
			Login struct {
				Must     string `xml:"http://schemas.xmlsoap.org/soap/envelope/ mustUnderstand,attr"`
				Login    string `xml:"http://russianpost.org/operationhistory/data login"`
				Password string `xml:"http://russianpost.org/operationhistory/data password"`
			} `xml:"http://russianpost.org/operationhistory/data AuthorizationHeader"`
		} `xml:"http://russianpost.org/operationhistory getOperationHistory"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// history is the answer: what was done with a letter, or why it cannot be told.
type history struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Body    struct {
		Answer *struct {
			Data struct {
				Records []record `xml:"http://russianpost.org/operationhistory/data historyRecord"`
			} `xml:"http://russianpost.org/operationhistory/data OperationHistoryData"`
		} `xml:"http://russianpost.org/operationhistory getOperationHistoryResponse"`
		Fault *struct {
			Detail struct {
				// Unknown says that the number is none of the service's.
				Unknown *string `xml:"http://russianpost.org/operationhistory/data OperationHistoryFaultReason"`
			} `xml:"http://www.w3.org/2003/05/soap-envelope Detail"`
		} `xml:"http://www.w3.org/2003/05/soap-envelope Fault"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// record is one operation.
type record struct {
	Item struct {
		Barcode string `xml:"http://russianpost.org/operationhistory/data Barcode"`
	} `xml:"http://russianpost.org/operationhistory/data ItemParameters"`
	Operation struct {
		Type      operation `xml:"http://russianpost.org/operationhistory/data OperType"`
		Attribute operation `xml:"http://russianpost.org/operationhistory/data OperAttr"`
	} `xml:"http://russianpost.org/operationhistory/data OperationParameters"`
}

type operation struct {
	ID int `xml:"http://russianpost.org/operationhistory/data Id"`
}

// Trace is what became of a letter, empty while it is under way. An error that wraps
// [domain.ErrUndeliverable] says that the service does not know the number.
func (t *Tracking) Trace(ctx context.Context, track ident.PostalItemID) (domain.LetterOutcome, error) {
	h, err := t.ask(ctx, track)
	if err != nil {
		return "", fmt.Errorf("tracking: %w", err)
	}
	var outcome domain.LetterOutcome
	for _, r := range h.Body.Answer.Data.Records {
		if r.Item.Barcode != "" && r.Item.Barcode != track.Digits() {
			return "", fmt.Errorf("tracking: %w", errContract)
		}
		if became := outcomeOf(r.Operation.Type.ID, r.Operation.Attribute.ID); became != "" {
			outcome = became
		}
	}
	return outcome, nil
}

func (t *Tracking) ask(ctx context.Context, track ident.PostalItemID) (h history, err error) {
	var q question
	q.Body.Ask.Request.Barcode, q.Body.Ask.Request.Language = track.Digits(), "RUS"
	q.Body.Ask.Login.Must, q.Body.Ask.Login.Login, q.Body.Ask.Login.Password = "1", t.login, t.password
	text, err := xml.Marshal(q)
	if err != nil {
		return h, err
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, t.endpoint, bytes.NewReader(append([]byte(xml.Header), text...)))
	if err != nil {
		return h, errors.New("the request cannot be made") // the cause holds the URL
	}
	post.Header.Set("Content-Type", "application/soap+xml; charset=utf-8")
	response, err := t.client.Do(post)
	if err != nil {
		return h, delivery.Confidential(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return h, delivery.Confidential(err)
	}
	return h, h.read(response.StatusCode, raw)
}

// read reads an answer. SOAP tells of faults with 500 and with 400.
func (h *history) read(status int, raw []byte) error {
	understood := len(raw) <= maxAnswer && xml.Unmarshal(raw, h) == nil
	switch {
	case understood && h.Body.Fault != nil && h.Body.Fault.Detail.Unknown != nil:
		return fmt.Errorf("the number is not known: %w", domain.ErrUndeliverable)
	case status != http.StatusOK:
		return fmt.Errorf("status %d", status)
	case !understood || h.Body.Answer == nil:
		return errContract
	default:
		return nil
	}
}

// The types of operations that decide what became of a letter, with the attributes of
// handing it out and of losing it.
const (
	operHandedOut = 2
	operSentBack  = 3
	operNotHanded = 5
	operLossNoted = 18
	attrLost      = 1
)

// outcomeOf is what an operation makes of a letter, if anything.
func outcomeOf(kind, attribute int) domain.LetterOutcome {
	switch kind {
	case operHandedOut:
		switch attribute {
		case 1, 3, 5, 6, 8, 10, 11, 12, 13: // to the addressee
			return domain.OutcomeDelivered
		case 2, 4, 7, 9: // to the sender
			return domain.OutcomeReturned
		}
	case operSentBack:
		return domain.OutcomeReturned
	case operNotHanded:
		if attribute == attrLost {
			return domain.OutcomeLost
		}
	case operLossNoted:
		return domain.OutcomeLost
	}
	return ""
}
