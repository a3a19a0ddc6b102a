package handler

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// The measures of the picture of a visit code, in pixels.
const (
	// qrSide is the side of the QR code.
	qrSide = 290
	// quiet is the margin; QR codes need four modules of it (ISO/IEC 18004, 9.1).
	quiet = 64
)

// visitPicture is a PNG of the QR code of a visit.
func visitPicture(payload string) ([]byte, error) {
	code, err := qr.Encode(payload, qr.Q, qr.AlphaNumeric)
	if err != nil {
		return nil, fmt.Errorf("visit code: %w", err)
	}
	code, err = barcode.Scale(code, qrSide, qrSide)
	if err != nil {
		return nil, fmt.Errorf("visit code: %w", err)
	}
	canvas := image.NewGray(image.Rect(0, 0, qrSide+2*quiet, qrSide+2*quiet))
	draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(canvas, code.Bounds().Add(image.Pt(quiet, quiet)), code, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("visit code: %w", err)
	}
	return out.Bytes(), nil
}
