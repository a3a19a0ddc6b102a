-- +goose Up

ALTER TABLE accounts DROP CONSTRAINT accounts_level_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_level_check CHECK (level IN ('simplified', 'standard'));

ALTER TABLE messages DROP CONSTRAINT messages_kind_check;
ALTER TABLE messages ADD CONSTRAINT messages_kind_check CHECK (kind IN ('registration_code', 'registration_attempt', 'session_revoked',
    'verification_passed', 'verification_correction', 'verification_rejected', 'verification_delayed'));

CREATE TABLE verification_cases (
    id          uuid        NOT NULL PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES accounts (id),
    status      text        NOT NULL CHECK (status IN ('checking', 'waiting_registry', 'passed', 'needs_correction', 'rejected', 'superseded', 'expired')),
    attempt     integer     NOT NULL CHECK (attempt > 0),
    delay_told  boolean     NOT NULL,
    created_at  timestamptz NOT NULL,
    valid_until timestamptz
);
CREATE INDEX verification_cases_account ON verification_cases (account_id, created_at, id);
CREATE UNIQUE INDEX verification_cases_one_live ON verification_cases (account_id) WHERE status NOT IN ('superseded', 'expired');

CREATE TABLE verification_checks (
    case_id       uuid        NOT NULL REFERENCES verification_cases (id),
    kind          text        NOT NULL CHECK (kind IN ('snils', 'document')),
    result        text        NOT NULL CHECK (result IN ('pending', 'passed', 'mismatch', 'not_found', 'revoked', 'deceased', 'unavailable')),
    fields        text        NOT NULL,
    reference_enc bytea       CHECK (substring(reference_enc FROM 1 FOR 1) = '\x01'::bytea),
    failures      integer     NOT NULL CHECK (failures >= 0),
    polls         integer     NOT NULL CHECK (polls >= 0),
    checked_at    timestamptz,
    retry_at      timestamptz,
    PRIMARY KEY (case_id, kind)
);

CREATE TABLE personal_data (
    account_id  uuid        NOT NULL PRIMARY KEY REFERENCES accounts (id),
    case_id     uuid        NOT NULL REFERENCES verification_cases (id),
    data_enc    bytea       NOT NULL CHECK (substring(data_enc FROM 1 FOR 1) = '\x01'::bytea),
    snils_index bytea       NOT NULL CHECK (length(snils_index) = 32),
    updated_at  timestamptz NOT NULL
);
CREATE INDEX personal_data_snils_index ON personal_data (snils_index);

-- What a person agreed to, added and never changed.
CREATE TABLE consents (
    id          uuid        NOT NULL PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES accounts (id),
    document    text        NOT NULL CHECK (document IN ('personal-data')),
    version     text        NOT NULL,
    text_hash   bytea       NOT NULL CHECK (length(text_hash) = 32),
    channel     text        NOT NULL CHECK (channel IN ('api')),
    accepted_at timestamptz NOT NULL
);
CREATE INDEX consents_account ON consents (account_id, accepted_at);
