package insured

import (
	"errors"
	"io"

	"example.org/kabinet/internal/table"
)

const columnDeceased = "deceased"

// columns are those that docs/insured-persons.md describes.
func columns() table.Columns {
	return table.Columns{
		Required: []string{"snils", "family_name", "given_name", "patronymic", "birth_date", "gender"},
		Optional: []string{columnDeceased},
	}
}

// readCSV reads a table. A wrong header is a row with nothing else in it.
func readCSV(content io.Reader, fn func(row) error) error {
	err := table.Read(content, columns(), func(r table.Row) error { return fn(csvRow(r)) })
	if header, ok := errors.AsType[table.RowError](err); ok {
		return fn(row{line: header.Line, wrong: header.Reasons})
	}
	return err
}

func csvRow(r table.Row) row {
	if r.Wrong != nil {
		return row{line: r.Line, wrong: []error{r.Wrong}}
	}
	out := row{line: r.Line, fields: &fields{
		SNILS: r.Cell("snils"), FamilyName: r.Cell("family_name"), GivenName: r.Cell("given_name"),
		Patronymic: r.Cell("patronymic"), BirthDate: r.Cell("birth_date"), Gender: r.Cell("gender"),
	}}
	switch r.Cell(columnDeceased) {
	case "yes":
		out.fields.Deceased = true
	case "no", "":
	default:
		out.wrong = append(out.wrong, errors.New("deceased: must be yes or no"))
	}
	return out
}
