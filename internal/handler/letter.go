package handler

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// LetterBatches is the use cases of print batches.
type LetterBatches interface {
	CreateBatch(ctx context.Context, d domain.Desk) (domain.LetterBatch, error)
	ListBatches(ctx context.Context, d domain.Desk, p domain.Page) (domain.LetterBatchList, error)
	GetBatch(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.LetterBatch, error)
	RenderLetters(ctx context.Context, d domain.Desk, id uuid.UUID) ([]byte, error)
	// Dispatch is the list F.103, as CSV or as a PDF.
	Dispatch(ctx context.Context, d domain.Desk, id uuid.UUID, csv bool) ([]byte, error)
}

// PostedLetters is the use cases of letters on their way.
type PostedLetters interface {
	MarkPrinted(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.LetterBatch, error)
	// HandOver gives a batch to the printing house and the post.
	HandOver(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.LetterBatch, error)
	Post(ctx context.Context, d domain.Desk, id uuid.UUID, items []domain.Posting) (domain.LetterBatch, error)
	Outcome(ctx context.Context, d domain.Desk, id uuid.UUID, o domain.LetterOutcome) (domain.Letter, error)
	List(ctx context.Context, d domain.Desk, q domain.LetterQuery, overdue bool) (domain.LetterList, error)
}

// Letter is the handlers of registered letters at a place.
type Letter struct {
	batches LetterBatches
	posted  PostedLetters
}

// NewLetter returns the handlers.
func NewLetter(b LetterBatches, p PostedLetters) *Letter { return &Letter{b, p} }

// CreateBatch takes the letters that wait to be printed.
//
//	@ID				createLetterBatch
//	@Summary		Take the letters to be printed
//	@Description	Puts all letters that wait to be printed, at most 500, into a batch of the office, but for letters to the operator. No letter gets into two batches.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Place of work"	format(uuid)
//	@Param			request		body		EmptyRequest	false	"Nothing, or an empty object"
//	@Success		201			{object}	LetterBatchResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches [post]
func (h *Letter) CreateBatch(c echo.Context) error {
	if err := readEmpty(c); err != nil {
		return err
	}
	d := desk(c)
	return answer(c, createdBatchReply(d.Place.ID), func(ctx context.Context) (domain.LetterBatch, error) {
		return h.batches.CreateBatch(ctx, d)
	})
}

// ListBatches lists the print batches of a place.
//
//	@ID				listLetterBatches
//	@Summary		List print batches
//	@Description	The print batches of the place, newest first, and how many letters wait to be taken.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Place of work"	format(uuid)
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	LetterBatchListResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches [get]
func (h *Letter) ListBatches(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	list, err := h.batches.ListBatches(c.Request().Context(), desk(c), page)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newLetterBatchList(list))
}

// GetBatch shows a print batch.
//
//	@ID				getLetterBatch
//	@Summary		Show a print batch
//	@Description	A batch of the place with its letters, without their codes.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Place of work"	format(uuid)
//	@Param			id			path		string	true	"Batch id"		format(uuid)
//	@Success		200			{object}	LetterBatchResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id} [get]
func (h *Letter) GetBatch(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	b, err := h.batches.GetBatch(c.Request().Context(), desk(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newLetterBatchResponse(b))
}

// PrintLetters is the letters of a batch.
//
//	@ID				printLetters
//	@Summary		Print the letters of a batch
//	@Description	All letters of an open batch as one PDF, a page each, for envelopes with a window; 403 own_account if one is to the operator. Once the batch is marked printed, the codes are erased and nobody can print it again.
//	@Tags			operators
//	@Produce		application/pdf
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Place of work"	format(uuid)
//	@Param			id			path		string	true	"Batch id"		format(uuid)
//	@Success		200			{file}		file
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id}/letters.pdf [get]
func (h *Letter) PrintLetters(c echo.Context) error {
	return file(c, document{"letters.pdf", mediaPDF}, func(ctx context.Context, id uuid.UUID) ([]byte, error) {
		return h.batches.RenderLetters(ctx, desk(c), id)
	})
}

// DispatchPDF is the list for the post.
//
//	@ID				printDispatchList
//	@Summary		Print the dispatch list F.103
//	@Description	The list with which the letters of a batch are handed to the post.
//	@Tags			operators
//	@Produce		application/pdf
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Place of work"	format(uuid)
//	@Param			id			path		string	true	"Batch id"		format(uuid)
//	@Success		200			{file}		file
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id}/f103.pdf [get]
func (h *Letter) DispatchPDF(c echo.Context) error {
	return file(c, document{"f103.pdf", mediaPDF}, func(ctx context.Context, id uuid.UUID) ([]byte, error) {
		return h.batches.Dispatch(ctx, desk(c), id, false)
	})
}

// DispatchCSV is the list for the post's own program.
//
//	@ID				getDispatchTable
//	@Summary		Get the dispatch list F.103 as a table
//	@Description	The same list as CSV: UTF-8 with byte order mark, semicolons, a first row with names, the address in parts as in the post's shipping API. The weight is left blank.
//	@Tags			operators
//	@Produce		text/csv
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Place of work"	format(uuid)
//	@Param			id			path		string	true	"Batch id"		format(uuid)
//	@Success		200			{file}		file
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id}/f103.csv [get]
func (h *Letter) DispatchCSV(c echo.Context) error {
	return file(c, document{"f103.csv", mediaCSV}, func(ctx context.Context, id uuid.UUID) ([]byte, error) {
		return h.batches.Dispatch(ctx, desk(c), id, true)
	})
}

// The media types of files.
const (
	mediaPDF = "application/pdf"
	mediaCSV = "text/csv"
)

// document is what a file is called, and what it is.
type document struct{ name, media string }

// file answers with a file that is made for the id of the path.
func file(c echo.Context, d document, render func(context.Context, uuid.UUID) ([]byte, error)) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	content, err := render(c.Request().Context(), id)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+d.name+`"`)
	return c.Blob(http.StatusOK, d.media, content)
}

// MarkPrinted records that a batch is on paper.
//
//	@ID				markLetterBatchPrinted
//	@Summary		Mark a batch as printed
//	@Description	Erases the codes of the batch: from then on only the recipients have them. Letters that were cancelled in the meantime are left out.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Place of work"	format(uuid)
//	@Param			id			path		string			true	"Batch id"		format(uuid)
//	@Param			request		body		EmptyRequest	false	"Nothing, or an empty object"
//	@Success		200			{object}	LetterBatchResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id}/printing [post]
func (h *Letter) MarkPrinted(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := readEmpty(c); err != nil {
		return err
	}
	d := desk(c)
	return answer(c, letterBatchReply(http.StatusOK), func(ctx context.Context) (domain.LetterBatch, error) {
		return h.posted.MarkPrinted(ctx, d, id)
	})
}

// HandOver gives a batch to the carriers.
//
//	@ID				handOverLetterBatch
//	@Summary		Hand a batch over to the printing house and the post
//	@Description	Gives a batch that is not printed yet to the printing house and to the post's shipping API, and a printed one to the latter, as far as they are connected; 409 letter_carrier_missing if neither is. It happens step by step after the answer: the batch tells how far it has come. Once the printing house has it, the codes are erased. A handover that failed can be started again, or the batch is printed by hand.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Place of work"	format(uuid)
//	@Param			id			path		string			true	"Batch id"		format(uuid)
//	@Param			request		body		EmptyRequest	false	"Nothing, or an empty object"
//	@Success		202			{object}	LetterBatchResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id}/handover [post]
func (h *Letter) HandOver(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := readEmpty(c); err != nil {
		return err
	}
	d := desk(c)
	return answer(c, letterBatchReply(http.StatusAccepted), func(ctx context.Context) (domain.LetterBatch, error) {
		return h.posted.HandOver(ctx, d, id)
	})
}

// Post records the track numbers of letters.
//
//	@ID				postLetters
//	@Summary		Record the track numbers of letters
//	@Description	Marks letters of a printed batch as posted, all that are named or none. Their codes are good from then on, and the people are told.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Place of work"	format(uuid)
//	@Param			id			path		string			true	"Batch id"		format(uuid)
//	@Param			request		body		PostingRequest	true	"Letters with the numbers that the post gave them"
//	@Success		200			{object}	LetterBatchResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letter-batches/{id}/posting [post]
func (h *Letter) Post(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in PostingRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	items := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	d := desk(c)
	return answer(c, letterBatchReply(http.StatusOK), func(ctx context.Context) (domain.LetterBatch, error) {
		return h.posted.Post(ctx, d, id, items)
	})
}

// List lists the letters of a place.
//
//	@ID				listLetters
//	@Summary		List letters
//	@Description	The letters of the place's batches, those asked for last first.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Place of work"	format(uuid)
//	@Param			status		query		string	false	"Only letters with this status"	Enums(requested, printed, posted, delivered, code_entered, returned, lost, expired, exhausted, cancelled, superseded)
//	@Param			overdue		query		bool	false	"Only letters that are not posted though their day is over"
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	LetterListResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letters [get]
func (h *Letter) List(c echo.Context) error {
	query, overdue, err := parseLetterQuery(c)
	if err != nil {
		return err
	}
	list, err := h.posted.List(c.Request().Context(), desk(c), query, overdue)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newLetterList(list))
}

// Outcome records what the post says about a letter.
//
//	@ID				recordLetterOutcome
//	@Summary		Record what became of a letter
//	@Description	Delivered, returned or lost. The code of a letter that was returned or lost is worth nothing from then on; the person is told and may ask for another one at once.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Place of work"	format(uuid)
//	@Param			id			path		string					true	"Letter id"		format(uuid)
//	@Param			request		body		LetterOutcomeRequest	true	"What the post says"
//	@Success		200			{object}	LetterResponse
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/letters/{id}/outcome [post]
func (h *Letter) Outcome(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in LetterOutcomeRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	outcome := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	d := desk(c)
	return answer(c, letterReply, func(ctx context.Context) (domain.Letter, error) {
		return h.posted.Outcome(ctx, d, id, outcome)
	})
}
