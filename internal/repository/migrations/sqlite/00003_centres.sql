-- +goose Up

-- Places where identities are confirmed in person. Public: nothing is sealed.
-- cell is the leaf cell of the place in the S2 geometry; a part of the Earth is
-- some ranges of it. search_text and name_key are folded (case, the dots of the
-- Russian IO), and compared as bytes. A place that the last list lacks has a
-- removed_at and keeps its row: others may refer to it, and it may come back.
CREATE TABLE service_centres (
    id          text             NOT NULL PRIMARY KEY,
    code        text             NOT NULL,
    kind        text             NOT NULL CHECK (kind IN ('mfc', 'fund_office')),
    region      text             NOT NULL,
    region_key  text             NOT NULL,
    name        text             NOT NULL,
    name_key    text             NOT NULL,
    search_text text             NOT NULL,
    cell        bigint           NOT NULL,
    lat         double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon         double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    time_zone   text             NOT NULL,
    details     text             NOT NULL,
    synthetic   boolean          NOT NULL,
    list_id     text             NOT NULL,
    removed_at  timestamp
);
CREATE UNIQUE INDEX service_centres_code ON service_centres (code);
CREATE INDEX service_centres_cell ON service_centres (cell);
CREATE INDEX service_centres_name_key ON service_centres (name_key, id) WHERE removed_at IS NULL;
