-- +goose Up

-- The fund's register of payers. Nothing in it but the state can be read without
-- the keys; a row is found by its registration number or by its unified number.
-- digest tells whether a later list says the same of the payer, and list_id is the
-- list that said it first.
CREATE TABLE payers (
    number_index  blob NOT NULL PRIMARY KEY CHECK (length(number_index) = 32),
    unified_index blob CHECK (length(unified_index) = 32),
    id            text NOT NULL,
    payer_enc     blob NOT NULL CHECK (substr(payer_enc, 1, 1) IS x'01'),
    state         text NOT NULL CHECK (state IN ('active', 'liquidated')),
    digest        blob NOT NULL CHECK (length(digest) = 32),
    list_id       text NOT NULL
);
CREATE UNIQUE INDEX payers_unified_index ON payers (unified_index);

-- The first six digits of the registration numbers that an office of the fund
-- gives out.
ALTER TABLE service_centres ADD COLUMN office_code text CHECK (length(office_code) = 6);
CREATE UNIQUE INDEX service_centres_office_code ON service_centres (office_code) WHERE removed_at IS NULL;
