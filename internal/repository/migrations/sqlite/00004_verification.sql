-- +goose Up

-- SQLite cannot alter a CHECK; its manual (lang_altertable, section 7) has the
-- stored definition changed in place where, as here, no row is affected.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (level IN (''simplified''))', 'CHECK (level IN (''simplified'', ''standard''))')
    WHERE type = 'table' AND name = 'accounts';
UPDATE sqlite_schema SET sql = replace(sql, '''session_revoked''))', '''session_revoked'',
    ''verification_passed'', ''verification_correction'', ''verification_rejected'', ''verification_delayed''))')
    WHERE type = 'table' AND name = 'messages';

CREATE TABLE verification_cases (
    id          text        NOT NULL PRIMARY KEY,
    account_id  text        NOT NULL REFERENCES accounts (id),
    status      text        NOT NULL CHECK (status IN ('checking', 'waiting_registry', 'passed', 'needs_correction', 'rejected', 'superseded', 'expired')),
    attempt     integer     NOT NULL CHECK (attempt > 0),
    delay_told  boolean     NOT NULL,
    created_at  timestamp   NOT NULL,
    valid_until timestamp
);
CREATE INDEX verification_cases_account ON verification_cases (account_id, created_at, id);
CREATE UNIQUE INDEX verification_cases_one_live ON verification_cases (account_id) WHERE status NOT IN ('superseded', 'expired');

CREATE TABLE verification_checks (
    case_id       text        NOT NULL REFERENCES verification_cases (id),
    kind          text        NOT NULL CHECK (kind IN ('snils', 'document')),
    result        text        NOT NULL CHECK (result IN ('pending', 'passed', 'mismatch', 'not_found', 'revoked', 'deceased', 'unavailable')),
    fields        text        NOT NULL,
    reference_enc blob        CHECK (reference_enc IS NULL OR substr(reference_enc, 1, 1) IS x'01'),
    failures      integer     NOT NULL CHECK (failures >= 0),
    polls         integer     NOT NULL CHECK (polls >= 0),
    checked_at    timestamp,
    retry_at      timestamp,
    PRIMARY KEY (case_id, kind)
);

CREATE TABLE personal_data (
    account_id  text        NOT NULL PRIMARY KEY REFERENCES accounts (id),
    case_id     text        NOT NULL REFERENCES verification_cases (id),
    data_enc    blob        NOT NULL CHECK (substr(data_enc, 1, 1) IS x'01'),
    snils_index blob        NOT NULL CHECK (length(snils_index) = 32),
    updated_at  timestamp   NOT NULL
);
CREATE INDEX personal_data_snils_index ON personal_data (snils_index);

-- What a person agreed to, added and never changed.
CREATE TABLE consents (
    id          text        NOT NULL PRIMARY KEY,
    account_id  text        NOT NULL REFERENCES accounts (id),
    document    text        NOT NULL CHECK (document IN ('personal-data')),
    version     text        NOT NULL,
    text_hash   blob        NOT NULL CHECK (length(text_hash) = 32),
    channel     text        NOT NULL CHECK (channel IN ('api')),
    accepted_at timestamp   NOT NULL
);
CREATE INDEX consents_account ON consents (account_id, accepted_at);

PRAGMA writable_schema = RESET;
