package app

import (
	"fmt"

	"example.org/kabinet/internal/cipher"
	"example.org/kabinet/internal/config"
)

// CreateKeys makes the first key set. One that exists is left alone, since all
// that is stored can be read with it alone.
func CreateKeys(c config.Config) error {
	_, created, err := cipher.LoadOrCreate(c.Keys.File)
	if err == nil && !created {
		return fmt.Errorf("there is a key set already: %s", c.Keys.File)
	}
	return err
}

// AddKeys adds a new key of each kind to the key set, which reads but does not
// write yet: every process has to know a key before one of them uses it.
func AddKeys(c config.Config) error { return changeKeys(c, (*cipher.Keyset).AddKeys) }

// PromoteKeys makes the newest keys the ones that write and sign.
func PromoteKeys(c config.Config) error { return changeKeys(c, (*cipher.Keyset).Promote) }

func changeKeys(c config.Config, change func(*cipher.Keyset) error) error {
	keyset, err := cipher.Load(c.Keys.File)
	if err != nil {
		return err
	}
	if err := change(keyset); err != nil {
		return err
	}
	return keyset.Save(c.Keys.File)
}
