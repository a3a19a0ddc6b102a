package post

import (
	"fmt"
	"slices"
	"strings"

	"example.org/kabinet/internal/domain"
)

// complaint is what the post says is wrong with one of several things. Orders have
// codes, batches one.
type complaint struct {
	Position int    `json:"position"`
	Code     string `json:"error-code"`
	Codes    []struct {
		Code string `json:"code"`
	} `json:"error-codes"`
}

// codes are those of a complaint.
func (c complaint) codes() (all []string) {
	if c.Code != "" {
		all = append(all, c.Code)
	}
	for _, one := range c.Codes {
		all = append(all, one.Code)
	}
	return all
}

// unknownCode stands for what the post says that is not documented: it may be
// anything.
const unknownCode = "another reason"

// spoken is a code that may be told to operators.
func spoken(code string) string {
	if slices.Contains(spokenCodes(), code) {
		return code
	}
	return unknownCode
}

// spokenCodes are the documented codes that tell operators what to mend.
func spokenCodes() []string {
	return []string{
		"ALL_SHIPMENTS_SENT", "BARCODE_ERROR", "BATCH_NOT_CHANGED", "CODE_1372", "DIFFERENT_POSTCODE", "EMPTY_ADDRESS_TYPE_TO",
		"EMPTY_ENVELOPE_TYPE", "EMPTY_INDEX_TO", "EMPTY_MAIL_CATEGORY", "EMPTY_MAIL_DIRECT", "EMPTY_MAIL_RANK", "EMPTY_MAIL_TYPE",
		"EMPTY_MASS", "EMPTY_PAYMENT_METHOD", "EMPTY_PLACE_TO", "EMPTY_POSTOFFICE_CODE", "EMPTY_REGION_TO", "EMPTY_STREET_TO",
		"EMPTY_TRANSPORT_TYPE", "ILLEGAL_ADDRESS_BUILDING", "ILLEGAL_ADDRESS_CORPUS", "ILLEGAL_ADDRESS_LETTER",
		"ILLEGAL_ADDRESS_ROOM", "ILLEGAL_ADDRESS_SLASH", "ILLEGAL_ADDRESS_TYPE_TO", "ILLEGAL_ENVELOPE_TYPE", "ILLEGAL_INDEX_TO",
		"ILLEGAL_INITIALS", "ILLEGAL_MAIL_CATEGORY", "ILLEGAL_MAIL_DIRECT", "ILLEGAL_MAIL_TYPE", "ILLEGAL_MASS",
		"ILLEGAL_MASS_EXCESS", "ILLEGAL_POSTCODE", "ILLEGAL_POSTOFFICE_CODE", "ILLEGAL_RECIPIENT_NAME", "NO_AVAILABLE_POSTOFFICES",
		"NOT_FOUND", "PAST_DUE_DATE", "READONLY_STATE", "SENDING_MAIL_FAILED", "TARIFF_ERROR", "UNAVAILABLE_MAIL_TYPE",
	}
}

// shownComplaints is how many letters an error names.
const shownComplaints = 5

// refusals is the error of complaints about letters: their names on paper and the
// post's codes.
func refusals(asked []*domain.PostOrder, all []complaint) error {
	var said []string
	for _, c := range all {
		name := "a letter"
		if c.Position >= 0 && c.Position < len(asked) {
			name = asked[c.Position].Name
		}
		var codes []string
		for _, code := range c.codes() {
			codes = append(codes, spoken(code))
		}
		slices.Sort(codes)
		said = append(said, name+" "+strings.Join(slices.Compact(codes), " "))
	}
	if len(said) > shownComplaints {
		said = append(said[:shownComplaints], "and others")
	}
	return fmt.Errorf("the post refused %s: %w", strings.Join(said, ", "), domain.ErrUndeliverable)
}
