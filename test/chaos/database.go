package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"example.org/kabinet/internal/testkit/pg"
)

// database is a private PostgreSQL server, and how to reach it.
type database struct {
	// url is the database of the program.
	url string
	// folder is the one that scripts/postgres made for the server.
	folder string
}

// beginDatabase starts a server and makes an empty database. The server of the
// tests loses its last moments when it crashes, since it confirms commits before
// they are written down; this one must not. What it has written lives in the
// memory of the operating system, which does not crash here.
func (w *world) beginDatabase(ctx context.Context) error {
	if err := os.Unsetenv(pg.Variable); err != nil { // a server that others use must not be restarted
		return err
	}
	admin, stop, err := pg.Start()
	if err != nil {
		return err
	}
	w.later(func() error {
		stop()
		return nil
	})
	w.database = &database{}
	if w.database.folder, err = prepareDatabase(ctx, admin); err != nil {
		return err
	}
	u, err := url.Parse(admin)
	if err != nil {
		return err
	}
	u.Path = "/kabinet"
	w.database.url = u.String()
	w.settings["KABINET_DATABASE_URL"] = w.database.url
	return w.database.query(ctx, func(rows pgx.Rows) error {
		var on string
		if err := rows.Scan(&on); err != nil || on != "on" {
			return errors.Join(err, errors.New("the database confirms commits that it has not written"))
		}
		return nil
	}, "SHOW synchronous_commit")
}

// prepareDatabase makes the database, and returns the server's folder.
func prepareDatabase(ctx context.Context, admin string) (folder string, err error) {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, statement := range []string{"CREATE DATABASE kabinet", "ALTER DATABASE kabinet SET synchronous_commit = on"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	var data string
	err = conn.QueryRow(ctx, "SHOW data_directory").Scan(&data)
	return filepath.Dir(data), err
}

// restart stops the server and starts it again. The mode fast ends connections
// and leaves well, immediate is a crash: the server has to recover.
func (d *database) restart(ctx context.Context, mode string) error {
	if err := d.control(ctx, "halt", mode); err != nil {
		return err
	}
	return d.control(ctx, "again")
}

func (d *database) control(ctx context.Context, what string, more ...string) error {
	command := exec.CommandContext(ctx, "scripts/postgres", append([]string{what, d.folder}, more...)...)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", what, err, out)
	}
	return nil
}

// query hands each row that it finds to one.
func (d *database) query(ctx context.Context, one func(pgx.Rows) error, text string) (err error) {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	rows, err := conn.Query(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := one(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// counts is a query for names and how many there are of each.
func (d *database) counts(ctx context.Context, text string) (map[string]int, error) {
	found := map[string]int{}
	err := d.query(ctx, func(rows pgx.Rows) error {
		var name string
		var count int
		err := rows.Scan(&name, &count)
		found[name] += count
		return err
	}, text)
	return found, err
}

// texts is a query for one column of text.
func (d *database) texts(ctx context.Context, text string) (found []string, err error) {
	err = d.query(ctx, func(rows pgx.Rows) error {
		var one string
		err := rows.Scan(&one)
		found = append(found, one)
		return err
	}, text)
	return found, err
}
