-- +goose Up

-- Working calendars that were imported, each year as a file of its own. Public:
-- nothing is sealed. import_id is the subject of the import's audit event.
CREATE TABLE working_calendars (
    year      integer NOT NULL PRIMARY KEY CHECK (year BETWEEN 1 AND 9999),
    content   text    NOT NULL,
    import_id text    NOT NULL
);
