package letter_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/png"
	"regexp"
	"strconv"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
)

// scanned is what a scanner reads from the pictures of a PDF, which must all be
// QR codes.
func scanned(t *testing.T, pdf []byte) []string {
	t.Helper()
	var all []string
	form := regexp.MustCompile(`(?s)/Subtype /Image\n/Width (\d+)\n/Height (\d+)\n.*?stream\n(.*?)\nendstream`)
	for _, found := range form.FindAllSubmatch(pdf, -1) {
		picture, err := png.Decode(bytes.NewReader(greyPNG(t, string(found[1]), string(found[2]), found[3])))
		require.NoError(t, err)
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		require.NoError(t, err)
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		require.NoError(t, err)
		all = append(all, read.GetText())
	}
	return all
}

// greyPNG makes a PNG of the pixels of a picture in shades of grey, which a PDF
// keeps in the form that PNG has them.
func greyPNG(t *testing.T, width, height string, pixels []byte) []byte {
	t.Helper()
	header := binary.BigEndian.AppendUint32(nil, number(t, width))
	header = binary.BigEndian.AppendUint32(header, number(t, height))
	header = append(header, 8, 0, 0, 0, 0)
	file := []byte("\x89PNG\r\n\x1a\n")
	for _, part := range []struct {
		name string
		data []byte
	}{{"IHDR", header}, {"IDAT", pixels}, {"IEND", nil}} {
		file = binary.BigEndian.AppendUint32(file, uint32(len(part.data)))
		named := append([]byte(part.name), part.data...)
		file = binary.BigEndian.AppendUint32(append(file, named...), crc32.ChecksumIEEE(named))
	}
	return file
}

func number(t *testing.T, digits string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(digits, 10, 32)
	require.NoError(t, err)
	return uint32(n)
}

// M09, M17: a scanner reads from a letter where its code is typed in. A batch of
// many letters keeps each picture once.
func TestTheQRCodesOfLettersAreScanned(t *testing.T) {
	t.Parallel()
	const confirm, activation = "https://cabinet.example.org/confirm", "https://cabinet.example.org/payer-activation"
	citizen := printed("Синтетическая Анна", usual(t), domain.LocaleRussian)
	payer, notice := activationLetter(t, organisation, domain.LocaleRussian), noticeLetter(t, organisation, domain.LocaleRussian)
	for _, test := range []struct {
		letters []domain.PrintedLetter
		want    []string
	}{
		{[]domain.PrintedLetter{citizen}, []string{confirm}},
		{[]domain.PrintedLetter{payer}, []string{activation}},
		{[]domain.PrintedLetter{notice}, nil},
		{[]domain.PrintedLetter{citizen, payer, notice, payer, citizen}, []string{confirm, activation}},
	} {
		pdf, err := newPress(t).Letters(batchOf(test.letters...), office(t), test.letters)
		require.NoError(t, err)
		require.ElementsMatch(t, test.want, scanned(t, pdf))
	}
}
