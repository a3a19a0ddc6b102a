package handler

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// LetterResponse is a registered letter as operators see it. Nobody sees its
// code but the printer and the person.
type LetterResponse struct {
	ID uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// BatchID is the batch that the letter is printed in; null before.
	BatchID *uuid.UUID `json:"batch_id" binding:"required" extensions:"x-nullable" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e56"`
	// Number is what the letter is called on paper; null outside of its batch.
	Number    *string `json:"number" binding:"required" extensions:"x-nullable" maxLength:"32" example:"12/3"`
	Status    string  `json:"status" binding:"required" enums:"requested,printed,posted,delivered,code_entered,returned,lost,expired,exhausted,cancelled,superseded" example:"printed"`
	Recipient string  `json:"recipient" binding:"required" maxLength:"200" example:"Синтетическая Анна Игоревна"`
	// Address is the postal address in one line.
	Address string `json:"address" binding:"required" maxLength:"1200" example:"238520, Калининградская область, Балтийск, ул. Примерная, д. 7"`
	// TrackNumber is the postal item id; null before posting.
	TrackNumber *string   `json:"track_number" binding:"required" extensions:"x-nullable" minLength:"14" maxLength:"14" example:"23600016000011"`
	RequestedAt time.Time `json:"requested_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// DueOn is the last day to post the letter.
	DueOn       string     `json:"due_on" binding:"required" format:"date" example:"2026-11-10"`
	PrintedAt   *time.Time `json:"printed_at,omitempty" format:"date-time" example:"2026-11-03T09:00:00Z"`
	PostedAt    *time.Time `json:"posted_at,omitempty" format:"date-time" example:"2026-11-03T14:00:00Z"`
	DeliveredAt *time.Time `json:"delivered_at,omitempty" format:"date-time" example:"2026-11-09T10:00:00Z"`
	// ExpiresAt is when the code is of no more use.
	ExpiresAt *time.Time `json:"expires_at,omitempty" format:"date-time" example:"2026-12-03T14:00:00Z"`
	// SettledAt is when the letter came to its end.
	SettledAt *time.Time `json:"settled_at,omitempty" format:"date-time" example:"2026-11-10T10:00:00Z"`
	// NextActions names what operators can do next.
	NextActions []string `json:"next_actions" binding:"required" example:"post_letters,record_lost"`
} // @name LetterResponse

func newLetterResponse(l domain.Letter) LetterResponse {
	out := LetterResponse{
		ID:          l.ID,
		Status:      string(l.Status),
		Recipient:   l.Recipient,
		Address:     l.Address.Text(),
		RequestedAt: l.RequestedAt,
		DueOn:       l.DueOn.ISO(),
		PrintedAt:   optionalTime(l.PrintedAt),
		PostedAt:    optionalTime(l.PostedAt),
		DeliveredAt: optionalTime(l.DeliveredAt),
		ExpiresAt:   optionalTime(l.ExpiresAt),
		SettledAt:   optionalTime(l.SettledAt),
		NextActions: l.Status.DeskActions(),
	}
	if l.BatchID != uuid.Nil {
		out.BatchID = &l.BatchID
	}
	if track := l.Track.Digits(); track != "" {
		out.TrackNumber = &track
	}
	return out
}

// LetterListResponse is a page of letters, those asked for last first.
type LetterListResponse struct {
	Items []LetterResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" maxLength:"200" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name LetterListResponse

func newLetterList(list domain.LetterList) LetterListResponse {
	out := LetterListResponse{Items: []LetterResponse{}}
	for _, l := range list.Letters {
		out.Items = append(out.Items, newLetterResponse(l))
	}
	if list.More {
		last := list.Letters[len(list.Letters)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.RequestedAt, ID: last.ID})
	}
	return out
}

// LetterBatchSummary is a print batch without its letters.
type LetterBatchSummary struct {
	ID uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e56"`
	// Number is that of the dispatch list F.103.
	Number      int        `json:"number" binding:"required" minimum:"1" maximum:"2147483647" example:"12"`
	Status      string     `json:"status" binding:"required" enums:"open,printed" example:"open"`
	LetterCount int        `json:"letter_count" binding:"required" minimum:"0" maximum:"500" example:"40"`
	CreatedAt   time.Time  `json:"created_at" binding:"required" format:"date-time" example:"2026-11-03T08:00:00Z"`
	PrintedAt   *time.Time `json:"printed_at,omitempty" format:"date-time" example:"2026-11-03T09:00:00Z"`
	// Handover is how the batch is handed over by machine; missing if it never was.
	Handover *LetterHandoverResponse `json:"handover,omitempty"`
	// NextActions names what operators can do next.
	NextActions []string `json:"next_actions" binding:"required" example:"print_letters,mark_printed"`
} // @name LetterBatchSummary

// LetterHandoverResponse is a print batch on its way to the printing house and the
// post.
type LetterHandoverResponse struct {
	Status      string    `json:"status" binding:"required" enums:"under_way,failed,done" example:"under_way"`
	RequestedAt time.Time `json:"requested_at" binding:"required" format:"date-time" example:"2026-11-03T08:05:00Z"`
	// SettledAt is when it was done, or given up.
	SettledAt *time.Time `json:"settled_at,omitempty" format:"date-time" example:"2026-11-03T08:06:00Z"`
	// Attempts are the newest at single steps, the last one first; missing in lists.
	Attempts []HandoverAttemptResponse `json:"attempts,omitempty" maxItems:"50"`
} // @name LetterHandoverResponse

// HandoverAttemptResponse is one try at one step.
type HandoverAttemptResponse struct {
	At   time.Time `json:"at" binding:"required" format:"date-time" example:"2026-11-03T08:05:02Z"`
	Step string    `json:"step" binding:"required" enums:"withdraw,order,batch,list,bundle,print,check_in" example:"bundle"`
	Done bool      `json:"done" binding:"required" example:"false"`
	// Reason is why the step was not done.
	Reason string `json:"reason,omitempty" maxLength:"1000" example:"printing house: status 503"`
} // @name HandoverAttemptResponse

func newLetterHandover(h *domain.LetterHandover) *LetterHandoverResponse {
	if h == nil {
		return nil
	}
	out := &LetterHandoverResponse{
		Status: string(h.Status), RequestedAt: h.RequestedAt, SettledAt: optionalTime(h.SettledAt),
	}
	for _, a := range h.Attempts {
		out.Attempts = append(out.Attempts, HandoverAttemptResponse{a.At, string(a.Step), a.Done, a.Reason})
	}
	return out
}

func newLetterBatchSummary(b domain.LetterBatch) LetterBatchSummary {
	return LetterBatchSummary{
		ID:          b.ID,
		Number:      b.Number,
		Status:      string(b.Status),
		LetterCount: b.Count,
		CreatedAt:   b.CreatedAt,
		PrintedAt:   optionalTime(b.PrintedAt),
		Handover:    newLetterHandover(b.Handover),
		NextActions: b.NextActions(),
	}
}

// LetterBatchResponse is a print batch.
type LetterBatchResponse struct {
	LetterBatchSummary

	// Letters are in the order of their numbers.
	Letters []LetterResponse `json:"letters" binding:"required" maxItems:"500"`
} // @name LetterBatchResponse

func newLetterBatchResponse(b domain.LetterBatch) LetterBatchResponse {
	out := LetterBatchResponse{LetterBatchSummary: newLetterBatchSummary(b), Letters: []LetterResponse{}}
	for i, l := range b.Letters {
		letter := newLetterResponse(l)
		number := strconv.Itoa(b.Number) + "/" + strconv.Itoa(i+1)
		letter.Number = &number
		out.Letters = append(out.Letters, letter)
	}
	return out
}

// LetterBatchListResponse is a page of print batches, newest first.
type LetterBatchListResponse struct {
	Items []LetterBatchSummary `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" maxLength:"200" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
	// LettersWaiting is how many letters are in no batch yet. The next batch of
	// whatever place takes them.
	LettersWaiting int `json:"letters_waiting" binding:"required" minimum:"0" maximum:"2147483647" example:"7"`
} // @name LetterBatchListResponse

func newLetterBatchList(list domain.LetterBatchList) LetterBatchListResponse {
	out := LetterBatchListResponse{Items: []LetterBatchSummary{}, LettersWaiting: list.Waiting}
	for _, b := range list.Batches {
		out.Items = append(out.Items, newLetterBatchSummary(b))
	}
	if list.More {
		last := list.Batches[len(list.Batches)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return out
}

func letterBatchReply(status int) func(domain.LetterBatch) reply {
	return func(b domain.LetterBatch) reply { return reply{status: status, body: newLetterBatchResponse(b)} }
}

// createdBatchReply says where the batch is from then on.
func createdBatchReply(place uuid.UUID) func(domain.LetterBatch) reply {
	return func(b domain.LetterBatch) reply {
		r := letterBatchReply(http.StatusCreated)(b)
		r.header = http.Header{}
		r.header.Set(echo.HeaderLocation, "/v1/operator/places/"+place.String()+"/letter-batches/"+b.ID.String())
		return r
	}
}

func letterReply(l domain.Letter) reply {
	return reply{status: http.StatusOK, body: newLetterResponse(l)}
}

// PostingRequest is the numbers that the post gave to letters.
type PostingRequest struct {
	Items []PostingItem `json:"items" binding:"required" minItems:"1" maxItems:"500"`
} // @name PostingRequest

// PostingItem is the number that the post gave to a letter.
type PostingItem struct {
	LetterID string `json:"letter_id" binding:"required" format:"uuid" maxLength:"36" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// TrackNumber is the postal item id: 14 digits, the last of them a check
	// digit.
	TrackNumber string `json:"track_number" binding:"required" minLength:"1" maxLength:"40" example:"23600016000011"`
} // @name PostingItem

func (in PostingRequest) parse(wrong *fieldErrors) []domain.Posting {
	if len(in.Items) == 0 {
		wrong.add("/items", apperr.FieldRequired)
	}
	if len(in.Items) > domain.MaxBatch {
		wrong.add("/items", apperr.FieldTooLong)
		return nil
	}
	all := make([]domain.Posting, 0, len(in.Items))
	for i, item := range in.Items {
		pointer := "/items/" + strconv.Itoa(i)
		var p domain.Posting
		var err error
		if p.LetterID, err = uuid.Parse(item.LetterID); err != nil {
			p.LetterID = uuid.Nil
		}
		p.Track, err = ident.ParsePostalItemID(item.TrackNumber)
		wrong.addIdent(pointer+"/track_number", err)
		all = append(all, p)
	}
	return all
}

// LetterOutcomeRequest is what the post says about a letter.
type LetterOutcomeRequest struct {
	Outcome string `json:"outcome" binding:"required" maxLength:"20" enums:"delivered,returned,lost" example:"returned"`
} // @name LetterOutcomeRequest

func (in LetterOutcomeRequest) parse(wrong *fieldErrors) domain.LetterOutcome {
	return parseOutcome(wrong, in.Outcome)
}

// LetterDeliveryRequest is what the post of the sandbox shall do with a letter.
type LetterDeliveryRequest struct {
	// Outcome is delivered by default.
	Outcome *string `json:"outcome,omitempty" maxLength:"20" enums:"delivered,returned,lost" example:"delivered"`
} // @name LetterDeliveryRequest

func (in LetterDeliveryRequest) parse(wrong *fieldErrors) domain.LetterOutcome {
	if in.Outcome == nil {
		return domain.OutcomeDelivered
	}
	return parseOutcome(wrong, *in.Outcome)
}

func parseOutcome(wrong *fieldErrors, text string) domain.LetterOutcome {
	outcome := domain.LetterOutcome(text)
	if !slices.Contains(domain.LetterOutcomes(), outcome) {
		wrong.add("/outcome", apperr.FieldUnsupportedValue)
	}
	return outcome
}

// parseLetterQuery reads which letters are wanted.
func parseLetterQuery(c echo.Context) (query domain.LetterQuery, overdue bool, err error) {
	page, err := parsePage(c)
	wrong := &fieldErrors{}
	if invalid, ok := errors.AsType[*apperr.Error](err); ok {
		wrong.fields = invalid.Fields
	}
	query.Page = page
	query.Status = domain.LetterStatus(c.QueryParam("status"))
	if query.Status != "" && !slices.Contains(domain.LetterStatuses(), query.Status) {
		wrong.add("/query/status", apperr.FieldUnsupportedValue)
	}
	switch c.QueryParam("overdue") {
	case "true":
		overdue = true
	case "", "false":
	default:
		wrong.add("/query/overdue", apperr.FieldUnsupportedValue)
	}
	return query, overdue, wrong.err()
}
