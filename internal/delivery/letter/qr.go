package letter

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// qr draws the QR code of an address. A file keeps one picture of each, in the
// order of their widths; so that it is the same file always, no two are equal.
func (s *sheet) qr(url string, at place) {
	picture := fpdf.ImageOptions{ImageType: "PNG"}
	if s.GetImageInfo(url) == nil {
		file, err := qrCode(url, s.pictures)
		if err != nil {
			s.SetError(err)
			return
		}
		s.pictures++
		s.RegisterImageOptionsReader(url, picture, bytes.NewReader(file))
	}
	s.ImageOptions(url, at.x, at.y, at.width, at.width, false, picture, 0, "")
}

// qrCode is the QR code of an address as a PNG of 8 bits, with squares large
// enough for a printer, and so many pixels more of margin.
func qrCode(url string, more int) ([]byte, error) {
	code, err := qr.Encode(url, qr.Q, qr.Auto)
	if err != nil {
		return nil, err
	}
	const square, quiet = 8, 2
	side := (code.Bounds().Dx()+2*quiet)*square + more
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			picture.SetGray(x, y, color.Gray{Y: shade(code, x/square-quiet, y/square-quiet)})
		}
	}
	var file bytes.Buffer
	err = png.Encode(&file, picture)
	return file.Bytes(), err
}

// shade is 0 for the dark squares of a code and 255 for all else.
func shade(code barcode.Barcode, x, y int) uint8 {
	const white = 255
	if !image.Pt(x, y).In(code.Bounds()) {
		return white
	}
	if r, _, _, _ := code.At(x, y).RGBA(); r > 0 {
		return white
	}
	return 0
}
