package printhouse

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"example.org/kabinet/internal/domain"
)

// The modes of what is put into a folder: a printing house reads it as the folder's
// group.
const (
	folderMode = 0o750
	fileMode   = 0o640
)

// folder is a folder of this machine, such as one that is mounted from elsewhere.
type folder struct{ path string }

func newFolder(u *url.URL) (target, error) {
	if u.Host != "" || u.User != nil || !filepath.IsAbs(u.Path) {
		return nil, errors.New("the URL of a folder must be file:///PATH")
	}
	return folder{filepath.Clean(u.Path)}, nil
}

func (f folder) put(_ context.Context, b domain.LetterBundle) error {
	return nameless(deliver(disk{}, f.path, b))
}

// disk is the drive of this machine.
type disk struct{}

func (disk) exists(name string) (bool, error) {
	_, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (disk) list(name string) ([]string, error) {
	entries, err := os.ReadDir(name)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (disk) clear(name string) error { return os.RemoveAll(name) }

func (disk) mkdir(name string) error { return os.Mkdir(name, folderMode) }

func (disk) write(name string, content []byte) error {
	f, err := os.OpenFile(filepath.Clean(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func (disk) rename(from, to string) error {
	if err := synced(from); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return synced(filepath.Dir(to))
}

// synced has a folder outlive a power cut.
func synced(folder string) error {
	opened, err := os.Open(filepath.Clean(folder))
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}
