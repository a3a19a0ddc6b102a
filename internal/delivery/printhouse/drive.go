package printhouse

import (
	"errors"
	"path"
	"strings"

	"example.org/kabinet/internal/domain"
)

// drive is where files are put, here or elsewhere.
type drive interface {
	// exists tells whether there is a file.
	exists(name string) (bool, error)
	// list names what is in a folder.
	list(name string) ([]string, error)
	// clear removes a folder of files, if it is there.
	clear(name string) error
	mkdir(name string) error
	// write makes a file that outlives a power cut, as far as the drive can.
	write(name string, content []byte) error
	// rename gives a folder another name, which must not be that of a folder with
	// files in it.
	rename(from, to string) error
}

// partial is how a folder is called that is being filled: this, with something that
// nobody else uses, after a dot and the bundle's name.
const partial = ".part"

// deliver puts a bundle into a folder of its own: first under a name that begins with
// a dot and that nobody else uses, and under its own name when all of it is there. A
// bundle that is there is left as it is. What others left unfinished is removed then,
// and no sooner: whoever is still at it must not end with half a bundle.
func deliver(d drive, root string, b domain.LetterBundle) error {
	prefix := "." + b.Name + "."
	final, part := path.Join(root, b.Name), path.Join(root, prefix+domain.NewID().String()+partial)
	last := path.Join(final, b.Files[len(b.Files)-1].Name)
	there, err := d.exists(last)
	if err != nil {
		return err
	}
	if there {
		return clearParts(d, root, prefix)
	}
	err = fill(d, part, b)
	if err == nil {
		err = d.rename(part, final)
	}
	if err == nil {
		return clearParts(d, root, prefix)
	}
	// What is left holds codes in clear.
	cleared := d.clear(part)
	if there, _ := d.exists(last); there {
		return cleared // another process was quicker
	}
	return errors.Join(err, cleared)
}

// clearParts removes what processes that died have left of a bundle.
func clearParts(d drive, root, prefix string) error {
	names, err := d.list(root)
	for _, name := range names {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, partial) {
			err = errors.Join(err, d.clear(path.Join(root, name)))
		}
	}
	return err
}

// fill makes a folder with the files of a bundle.
func fill(d drive, folder string, b domain.LetterBundle) error {
	if err := d.mkdir(folder); err != nil {
		return err
	}
	for _, f := range b.Files {
		if err := d.write(path.Join(folder, f.Name), f.Content); err != nil {
			return err
		}
	}
	return nil
}
