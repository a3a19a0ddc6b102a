package handler

import (
	"bytes"
	"image/png"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"
)

// A scanner reads the visit code from its picture (M08).
func TestVisitPicture(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"KABINET:VISIT:7K3M9QR4", "KABINET:VISIT:00000000", "KABINET:VISIT:ZZZZZZZZ"} {
		content, err := visitPicture(payload)
		require.NoError(t, err)
		picture, err := png.Decode(bytes.NewReader(content))
		require.NoError(t, err)
		require.Equal(t, qrSide+2*quiet, picture.Bounds().Dx())
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		require.NoError(t, err)
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		require.NoError(t, err)
		require.Equal(t, payload, read.GetText())
	}
	_, err := visitPicture("lower case is no alphanumeric mode")
	require.Error(t, err)
}
