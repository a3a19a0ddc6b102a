package cipher

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile is the largest key set file that is read, in bytes: room for
// centuries of rotations.
const maxFile = 1 << 20

// Load reads the key set file and checks it. A file that anyone but its owner
// may read or write is refused. A missing file is [fs.ErrNotExist]. No error
// repeats anything of the file's content.
func Load(path string) (*Keyset, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("cipher: key set: %w", err)
	}
	k, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("cipher: key set %s: %w", path, err)
	}
	return k, nil
}

// LoadOrCreate is [Load], or makes a new key set where the file is missing; its
// folder must exist. However many processes call it at once, one file comes to
// be, and all return it; created is true for the one that made it.
func LoadOrCreate(path string) (k *Keyset, created bool, err error) {
	k, err = Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, false, err
	}
	fresh, err := Generate()
	if err != nil {
		return nil, false, err
	}
	// A link, unlike a rename, fails when another process was quicker.
	err = fresh.write(path, os.Link)
	if errors.Is(err, fs.ErrExist) {
		k, err = Load(path)
		return k, false, err
	}
	if err != nil {
		return nil, false, err
	}
	return fresh, true, nil
}

// Save replaces the file at path by this key set: whole or not at all, readable
// by its owner only. Two rotations at once are not foreseen: the last one wins.
func (k *Keyset) Save(path string) error {
	return k.write(path, os.Rename)
}

// write puts the key set on the disk beside path and lets place give it its name.
func (k *Keyset) write(path string, place func(from, to string) error) error {
	text, err := k.encode()
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	temp, err := os.CreateTemp(folder, ".keyset-*")
	if err != nil {
		return fmt.Errorf("cipher: write key set: %w", err)
	}
	// After a rename there is nothing left to remove.
	defer func() { _ = os.Remove(temp.Name()) }()
	_, errWrite := temp.Write(text)
	if err := errors.Join(errWrite, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("cipher: write key set: %w", err)
	}
	if err := place(temp.Name(), path); err != nil {
		return fmt.Errorf("cipher: write key set: %w", err)
	}
	return syncFolder(folder)
}

// syncFolder makes the new name itself survive a power cut.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("cipher: write key set: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("cipher: write key set: %w", err)
	}
	return nil
}

// readPrivate reads a file that only its owner can read. The mode is asked of
// the open file, so that nobody can swap it in between.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("%s is open to others than its owner (mode %04o): make it 0600", path, mode)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxFile)
	}
	return io.ReadAll(io.LimitReader(f, maxFile))
}
