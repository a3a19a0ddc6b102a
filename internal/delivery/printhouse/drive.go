package printhouse

import (
	"errors"
	"path"

	"example.org/kabinet/internal/domain"
)

// drive is where files are put, here or elsewhere.
type drive interface {
	// exists tells whether there is a file.
	exists(name string) (bool, error)
	// clear removes a folder of files, if it is there.
	clear(name string) error
	mkdir(name string) error
	// write makes a file that outlives a power cut, as far as the drive can.
	write(name string, content []byte) error
	// rename gives a folder another name, which must not be that of a folder with
	// files in it.
	rename(from, to string) error
}

// deliver puts a bundle into a folder of its own: first under a name that begins with
// a dot, and under its own name when all of it is there. A bundle that is there is
// left as it is.
func deliver(d drive, root string, b domain.LetterBundle) error {
	final, part := path.Join(root, b.Name), path.Join(root, "."+b.Name+".part")
	last := path.Join(final, b.Files[len(b.Files)-1].Name)
	if there, err := d.exists(last); err != nil || there {
		return err
	}
	err := fill(d, part, b)
	if err == nil {
		err = d.rename(part, final)
	}
	if err == nil {
		return nil
	}
	// What is left holds codes in clear.
	cleared := d.clear(part)
	if there, _ := d.exists(last); there {
		return cleared // another process was quicker
	}
	return errors.Join(err, cleared)
}

// fill makes a folder with the files of a bundle.
func fill(d drive, folder string, b domain.LetterBundle) error {
	if err := d.clear(folder); err != nil {
		return err
	}
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
