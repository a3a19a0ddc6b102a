-- +goose Up

-- Columns that end in _enc hold sealed fields (AES-256-GCM); their first byte
-- is always 0x01, so that clear text cannot get in by mistake. Columns that
-- end in _index hold keyed hashes.

CREATE TABLE registrations (
    id              uuid        NOT NULL PRIMARY KEY,
    status          text        NOT NULL CHECK (status IN ('code_sent', 'contact_confirmed', 'completed', 'expired', 'closed')),
    family_name_enc bytea       NOT NULL CHECK (substring(family_name_enc FROM 1 FOR 1) = '\x01'::bytea),
    given_name_enc  bytea       NOT NULL CHECK (substring(given_name_enc FROM 1 FOR 1) = '\x01'::bytea),
    contact_enc     bytea       NOT NULL CHECK (substring(contact_enc FROM 1 FOR 1) = '\x01'::bytea),
    contact_index   bytea       NOT NULL CHECK (length(contact_index) = 32),
    locale          text        NOT NULL CHECK (locale IN ('ru', 'en')),
    token_hash      bytea       NOT NULL,
    codes_sent      integer     NOT NULL CHECK (codes_sent >= 0),
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX registrations_contact_index ON registrations (contact_index);
CREATE INDEX registrations_expires_at ON registrations (expires_at);

CREATE TABLE challenges (
    id            uuid        NOT NULL PRIMARY KEY,
    purpose       text        NOT NULL CHECK (purpose IN ('registration')),
    subject_id    uuid        NOT NULL,
    status        text        NOT NULL CHECK (status IN ('issued', 'solved', 'exhausted', 'expired', 'superseded')),
    mac           bytea       NOT NULL,
    attempts_left integer     NOT NULL CHECK (attempts_left >= 0),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    resend_at     timestamptz NOT NULL
);
CREATE INDEX challenges_subject ON challenges (subject_id, purpose, created_at);
CREATE UNIQUE INDEX challenges_one_issued ON challenges (subject_id, purpose) WHERE status = 'issued';
CREATE INDEX challenges_expires_at ON challenges (expires_at);

CREATE TABLE accounts (
    id              uuid        NOT NULL PRIMARY KEY,
    type            text        NOT NULL CHECK (type IN ('citizen')),
    level           text        NOT NULL CHECK (level IN ('simplified')),
    status          text        NOT NULL CHECK (status IN ('active')),
    family_name_enc bytea       NOT NULL CHECK (substring(family_name_enc FROM 1 FOR 1) = '\x01'::bytea),
    given_name_enc  bytea       NOT NULL CHECK (substring(given_name_enc FROM 1 FOR 1) = '\x01'::bytea),
    locale          text        NOT NULL CHECK (locale IN ('ru', 'en')),
    created_at      timestamptz NOT NULL
);

CREATE TABLE account_contacts (
    id           uuid        NOT NULL PRIMARY KEY,
    account_id   uuid        NOT NULL REFERENCES accounts (id),
    value_enc    bytea       NOT NULL CHECK (substring(value_enc FROM 1 FOR 1) = '\x01'::bytea),
    value_index  bytea       NOT NULL CHECK (length(value_index) = 32),
    confirmed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX account_contacts_value_index ON account_contacts (value_index);
CREATE INDEX account_contacts_account_id ON account_contacts (account_id);

CREATE TABLE credentials (
    account_id uuid        NOT NULL PRIMARY KEY REFERENCES accounts (id),
    hash_enc   bytea       NOT NULL CHECK (substring(hash_enc FROM 1 FOR 1) = '\x01'::bytea),
    changed_at timestamptz NOT NULL
);

CREATE TABLE sessions (
    id             uuid        NOT NULL PRIMARY KEY,
    account_id     uuid        NOT NULL REFERENCES accounts (id),
    status         text        NOT NULL CHECK (status IN ('active', 'signed_out', 'revoked', 'expired')),
    transport      text        NOT NULL CHECK (transport IN ('body', 'cookie')),
    user_agent_enc bytea       NOT NULL CHECK (substring(user_agent_enc FROM 1 FOR 1) = '\x01'::bytea),
    address_enc    bytea       NOT NULL CHECK (substring(address_enc FROM 1 FOR 1) = '\x01'::bytea),
    created_at     timestamptz NOT NULL,
    last_used_at   timestamptz NOT NULL,
    idle_at        timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, created_at, id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash       bytea       NOT NULL PRIMARY KEY,
    session_id uuid        NOT NULL REFERENCES sessions (id),
    created_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

CREATE TABLE throttles (
    pair_index    bytea       NOT NULL PRIMARY KEY CHECK (length(pair_index) = 32),
    failures      integer     NOT NULL CHECK (failures >= 0),
    last_at       timestamptz,
    blocked_until timestamptz
);
CREATE INDEX throttles_last_at ON throttles (last_at);

CREATE TABLE rate_limits (
    subject_index bytea       NOT NULL PRIMARY KEY CHECK (length(subject_index) = 32),
    name          text        NOT NULL,
    events        integer     NOT NULL CHECK (events > 0),
    expires_at    timestamptz NOT NULL
);
CREATE INDEX rate_limits_expires_at ON rate_limits (expires_at);

CREATE TABLE messages (
    id          uuid        NOT NULL PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('registration_code', 'registration_attempt', 'session_revoked')),
    status      text        NOT NULL CHECK (status IN ('queued', 'sent', 'expired', 'failed')),
    locale      text        NOT NULL CHECK (locale IN ('ru', 'en')),
    payload_enc bytea       CHECK (substring(payload_enc FROM 1 FOR 1) = '\x01'::bytea),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    CHECK ((status = 'queued') = (payload_enc IS NOT NULL))
);
CREATE INDEX messages_created_at ON messages (created_at);
CREATE INDEX messages_expires_at ON messages (expires_at);

-- What happened outlives what it happened to: no foreign keys.
CREATE TABLE audit_events (
    id         uuid        NOT NULL PRIMARY KEY,
    at         timestamptz NOT NULL,
    action     text        NOT NULL,
    subject_id uuid        NOT NULL,
    account_id uuid,
    request_id text        NOT NULL,
    caller_enc bytea       NOT NULL CHECK (substring(caller_enc FROM 1 FOR 1) = '\x01'::bytea)
);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_subject_id ON audit_events (subject_id);
CREATE INDEX audit_events_account_id ON audit_events (account_id);

CREATE TABLE answers (
    request_key  bytea       NOT NULL PRIMARY KEY,
    request_hash bytea       NOT NULL,
    owner        uuid        NOT NULL,
    locked_until timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    answer_enc   bytea       CHECK (substring(answer_enc FROM 1 FOR 1) = '\x01'::bytea)
);
CREATE INDEX answers_expires_at ON answers (expires_at);
