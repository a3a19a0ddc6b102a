package letter_test

import (
	"bytes"
	"image/png"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"
)

// M09: a scanner reads from the letter where its code is typed in.
func TestTheEntryPageIsScanned(t *testing.T) {
	t.Parallel()
	file, err := newPress(t).EntryCode()
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	require.NoError(t, err)
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	require.NoError(t, err)
	require.Equal(t, "https://cabinet.example.org/confirm", read.GetText())
}
