package ident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParsePassportSeries(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParsePassportSeries, ident.PassportSeries.Digits, []row{
		{"2714", "2714"},
		{" 27 14\t", "2714"},
		{"27-14", "2714"},

		{"", ident.ErrPassportSeries},
		{"271", ident.ErrPassportSeries},
		{"27145", ident.ErrPassportSeries},
		{"27I4", ident.ErrPassportSeries},
		{"XXVII", ident.ErrPassportSeries},
		{"２７１４", ident.ErrPassportSeries},
	})
}

func TestParsePassportNumber(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParsePassportNumber, ident.PassportNumber.Digits, []row{
		{"000601", "000601"},
		{" 123 456 ", "123456"},

		{"", ident.ErrPassportNumber},
		{"12345", ident.ErrPassportNumber},
		{"1234567", ident.ErrPassportNumber},
		{"№123456", ident.ErrPassportNumber},
		{"１２３４５６", ident.ErrPassportNumber},
	})
}

func TestParseDepartmentCode(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseDepartmentCode, ident.DepartmentCode.Formatted, []row{
		{"390-001", "390-001"},
		{"390001", "390-001"},
		{" 390—001 ", "390-001"},

		{"", ident.ErrDepartmentCode},
		{"390-01", ident.ErrDepartmentCode},
		{"390-0011", ident.ErrDepartmentCode},
		{"390-00I", ident.ErrDepartmentCode},
		{"３９０-００１", ident.ErrDepartmentCode},
	})
}

func TestParseIssuedBy(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseIssuedBy, ident.IssuedBy.Text, []row{
		{"УМВД России по Калининградской обл.", "УМВД России по Калининградской обл."},
		{"  ОВД  №\u00a01,\r\n г. Тестовск ", "ОВД № 1, г. Тестовск"},
		{strings.Repeat("я", 233), strings.Repeat("я", 233)},
		{strings.Repeat("и\u0306", 233), strings.Repeat("й", 233)},

		{strings.Repeat("я", 234), ident.ErrTooLong},
		{"", ident.ErrIssuedBy},
		{" \t", ident.ErrIssuedBy},
		{"390-001", ident.ErrIssuedBy},
		{"УМВД\x00", ident.ErrIssuedBy},
		{"УМВД\u200b", ident.ErrIssuedBy},
		{"УМВД\u202e", ident.ErrIssuedBy}, // turns the direction of writing
		{"УМВД\xff", ident.ErrIssuedBy},
		{"شارع السلام", ident.ErrIssuedBy}, // Arabic
		{"ул. ☃", ident.ErrIssuedBy},
		{"ул. 🏠 7", ident.ErrIssuedBy},
		{"улица\u0301", ident.ErrIssuedBy}, // a mark that no letter has
		{"長安街", ident.ErrIssuedBy},
		{"Ωμέγα", ident.ErrIssuedBy},
	})
}

func TestPassportPartsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := numberOf(t, 4)
		series, err := ident.ParsePassportSeries(grouped(t, digits))
		require.NoError(t, err)
		require.Equal(t, digits, series.Digits())
		roundTrips(t, ident.ParsePassportSeries, ident.PassportSeries.Digits, series)

		digits = numberOf(t, 6)
		number, err := ident.ParsePassportNumber(grouped(t, digits))
		require.NoError(t, err)
		require.Equal(t, digits, number.Digits())
		roundTrips(t, ident.ParsePassportNumber, ident.PassportNumber.Digits, number)

		department, err := ident.ParseDepartmentCode(grouped(t, digits))
		require.NoError(t, err)
		require.Equal(t, digits, department.Digits())
		roundTrips(t, ident.ParseDepartmentCode, ident.DepartmentCode.Formatted, department)
	})
}

// parts are those of a passport that nobody has.
func parts(t require.TestingT) ident.PassportParts {
	var p ident.PassportParts
	var err error
	p.Series, err = ident.ParsePassportSeries("2714")
	require.NoError(t, err)
	p.Number, err = ident.ParsePassportNumber("000601")
	require.NoError(t, err)
	p.Department, err = ident.ParseDepartmentCode("390-001")
	require.NoError(t, err)
	p.IssuedBy, err = ident.ParseIssuedBy("УМВД России по Калининградской обл.")
	require.NoError(t, err)
	p.Issued = date(t, "2014-06-16")
	return p
}

func TestNewPassport(t *testing.T) {
	t.Parallel()
	birth, today := date(t, "2000-05-31"), date(t, "2026-11-02")
	p, err := ident.NewPassport(parts(t), birth, today)
	require.NoError(t, err)
	require.Equal(t, parts(t), p.Parts())
	require.False(t, p.IsZero())
	require.Equal(t, "***01", p.String())
	for _, plain := range []string{"2714", "000601", "390", "УМВД", "06-16"} {
		hidden(t, p, plain)
	}
	later, err := ident.NewPassport(p.Parts(), birth, today.AddYears(20))
	require.NoError(t, err)
	require.Equal(t, p, later)
	zeroIsEmpty[ident.Passport](t)
}

func TestNewPassportNeedsAllParts(t *testing.T) {
	t.Parallel()
	birth, today := date(t, "2000-05-31"), date(t, "2026-11-02")
	for name, spoil := range map[string]func(*ident.PassportParts){
		"series":     func(p *ident.PassportParts) { p.Series = ident.PassportSeries{} },
		"number":     func(p *ident.PassportParts) { p.Number = ident.PassportNumber{} },
		"department": func(p *ident.PassportParts) { p.Department = ident.DepartmentCode{} },
		"issued by":  func(p *ident.PassportParts) { p.IssuedBy = ident.IssuedBy{} },
		"issued":     func(p *ident.PassportParts) { p.Issued = ident.Date{} },
	} {
		spoilt := parts(t)
		spoil(&spoilt)
		p, err := ident.NewPassport(spoilt, birth, today)
		require.ErrorIs(t, err, ident.ErrRequired, name)
		require.True(t, p.IsZero(), name)
	}
	_, err := ident.NewPassport(parts(t), ident.Date{}, today)
	require.ErrorIs(t, err, ident.ErrRequired)
	_, err = ident.NewPassport(parts(t), birth, ident.Date{})
	require.ErrorIs(t, err, ident.ErrRequired)
	_, err = ident.NewPassport(parts(t), today, today)
	require.ErrorIs(t, err, ident.ErrPassportIssuedTooEarly)
	_, err = ident.NewPassport(parts(t), birth, birth)
	require.ErrorIs(t, err, ident.ErrPassportIssuedInFuture)
}

func TestCheckPassportIssued(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		issued, birth, today string
		want                 error
	}{
		{"2014-05-31", "2000-05-31", "2026-11-02", nil}, // the 14th birthday
		{"2014-05-30", "2000-05-31", "2026-11-02", ident.ErrPassportIssuedTooEarly},
		{"2026-11-02", "2000-05-31", "2026-11-02", nil}, // today
		{"2026-11-03", "2000-05-31", "2026-11-02", ident.ErrPassportIssuedInFuture},
		{"2014-03-01", "2000-02-29", "2026-11-02", nil},
		{"2014-02-28", "2000-02-29", "2026-11-02", ident.ErrPassportIssuedTooEarly},
		{"2026-11-02", "2012-11-02", "2026-11-02", nil},
		{"2026-11-02", "2012-11-03", "2026-11-02", ident.ErrPassportIssuedTooEarly},
		{"2026-11-03", "2012-11-04", "2026-11-02", ident.ErrPassportIssuedInFuture},
		{"1990-01-01", "2000-05-31", "2026-11-02", ident.ErrPassportIssuedTooEarly},
	} {
		err := ident.CheckPassportIssued(date(t, test.issued), date(t, test.birth), date(t, test.today))
		require.Equal(t, test.want, err, "%v", test)
	}
}

func TestPassportPartsAreMasked(t *testing.T) {
	t.Parallel()
	p := parts(t)
	require.Equal(t, "*** ***01 ***01 ***",
		strings.Join([]string{p.Series.String(), p.Number.String(), p.Department.String(), p.IssuedBy.String()}, " "))
	zeroIsEmpty(t, ident.PassportSeries.Digits)
	zeroIsEmpty(t, ident.PassportNumber.Digits)
	zeroIsEmpty(t, ident.DepartmentCode.Digits, ident.DepartmentCode.Formatted)
	zeroIsEmpty(t, ident.IssuedBy.Text)
}

func FuzzParsePassportSeries(f *testing.F) {
	fuzzes(f, ident.ParsePassportSeries, ident.PassportSeries.Digits, "2714", "27 14")
}

func FuzzParsePassportNumber(f *testing.F) {
	fuzzes(f, ident.ParsePassportNumber, ident.PassportNumber.Digits, "000601", "123 456")
}

func FuzzParseDepartmentCode(f *testing.F) {
	fuzzes(f, ident.ParseDepartmentCode, ident.DepartmentCode.Formatted, "390-001", "390001")
}

func FuzzParseIssuedBy(f *testing.F) {
	fuzzes(f, ident.ParseIssuedBy, ident.IssuedBy.Text, "УМВД России", "ОВД № 1, г. Тестовск", "и\u0306", "a\u0301\u0327")
}
