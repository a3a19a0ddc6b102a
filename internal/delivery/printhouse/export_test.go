package printhouse

import "example.org/kabinet/internal/domain"

// Drive, Disk and Deliver are for tests of drives that fail.
type Drive = drive

// Disk is the drive of this machine.
func Disk() Drive { return disk{} }

// Failing is a drive on which something goes wrong.
type Failing struct {
	Drive

	// Writes and Renames are how many go well before one fails with Err.
	Writes, Renames int
	Err             error
}

func (f *Failing) write(name string, content []byte) error {
	if f.Writes--; f.Writes < 0 {
		return f.Err
	}
	return f.Drive.write(name, content)
}

func (f *Failing) rename(from, to string) error {
	if f.Renames--; f.Renames < 0 {
		return f.Err
	}
	return f.Drive.rename(from, to)
}

// Deliver puts a bundle on a drive.
func Deliver(d Drive, root string, b domain.LetterBundle) error { return nameless(deliver(d, root, b)) }
