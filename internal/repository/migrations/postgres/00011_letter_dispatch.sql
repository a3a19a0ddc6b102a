-- +goose Up

-- A print batch on its way to the printing house and the post.
CREATE TABLE letter_handovers (
    batch_id     uuid NOT NULL PRIMARY KEY REFERENCES letter_batches (id),
    run          integer NOT NULL CHECK (run > 0),
    status       text NOT NULL CHECK (status IN ('under_way', 'failed', 'done')),
    operator_id  uuid NOT NULL REFERENCES operators (id),
    requested_at timestamptz NOT NULL,
    bundled_at   timestamptz,
    settled_at   timestamptz,
    failures     integer NOT NULL CHECK (failures >= 0)
);

CREATE TABLE letter_handover_attempts (
    id       uuid NOT NULL PRIMARY KEY,
    batch_id uuid NOT NULL REFERENCES letter_handovers (batch_id),
    run      integer NOT NULL CHECK (run > 0),
    at       timestamptz NOT NULL,
    step     text NOT NULL CHECK (step IN ('withdraw', 'order', 'batch', 'list', 'bundle', 'print', 'check_in')),
    done     boolean NOT NULL,
    reason   text NOT NULL
);
CREATE INDEX letter_handover_attempts_batch ON letter_handover_attempts (batch_id, at, id);

-- How far the order of a letter has come at the post. Each request is noted before
-- it is made.
CREATE TABLE letter_orders (
    letter_id  uuid NOT NULL PRIMARY KEY REFERENCES letters (id),
    stage      text NOT NULL CHECK (stage IN ('asked', 'made', 'batching', 'batched', 'ending', 'over')),
    order_id   bigint NOT NULL CHECK (order_id >= 0),
    post_batch text NOT NULL,
    track      text
);

-- When the post was asked last where the letter is.
ALTER TABLE letters ADD COLUMN tracked_at timestamptz;
CREATE INDEX letters_tracked_at ON letters ((coalesce(tracked_at, posted_at)), id) WHERE status = 'posted';
