package edo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// once makes a file unless it is there, and tells whether it did.
func once(path string, content func() ([]byte, error)) (made bool, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return false, wrapped(err)
	}
	text, err := content()
	if err != nil {
		return false, wrapped(err)
	}
	err = put(path, text, os.Link)
	if errors.Is(err, fs.ErrExist) { // another process was quicker
		return false, nil
	}
	return err == nil, wrapped(err)
}

// put writes a file beside its name, whole and so that it survives a power cut,
// and lets place give it the name.
func put(path string, text []byte, place func(from, to string) error) error {
	folder := filepath.Dir(path)
	temp, err := os.CreateTemp(folder, ".edo-*")
	if err != nil {
		return err
	}
	// After a rename there is nothing left to remove.
	defer func() { _ = os.Remove(temp.Name()) }()
	_, errWrite := temp.Write(text)
	if err := errors.Join(errWrite, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := place(temp.Name(), path); err != nil {
		return err
	}
	opened, err := os.Open(filepath.Clean(folder))
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

func wrapped(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("edo: %w", err)
}
