-- +goose Up

-- Columns that end in _enc hold sealed fields (AES-256-GCM); their first byte
-- is always 0x01, so that clear text cannot get in by mistake. Columns that
-- end in _index hold keyed hashes.

CREATE TABLE registrations (
    id              text        NOT NULL PRIMARY KEY,
    status          text        NOT NULL CHECK (status IN ('code_sent', 'contact_confirmed', 'completed', 'expired', 'closed')),
    family_name_enc blob        NOT NULL CHECK (substr(family_name_enc, 1, 1) IS x'01'),
    given_name_enc  blob        NOT NULL CHECK (substr(given_name_enc, 1, 1) IS x'01'),
    contact_enc     blob        NOT NULL CHECK (substr(contact_enc, 1, 1) IS x'01'),
    contact_index   blob        NOT NULL CHECK (length(contact_index) = 32),
    locale          text        NOT NULL CHECK (locale IN ('ru', 'en')),
    token_hash      blob        NOT NULL,
    codes_sent      integer     NOT NULL CHECK (codes_sent >= 0),
    created_at      timestamp   NOT NULL,
    expires_at      timestamp   NOT NULL
);
CREATE INDEX registrations_contact_index ON registrations (contact_index);
CREATE INDEX registrations_expires_at ON registrations (expires_at);

CREATE TABLE challenges (
    id            text        NOT NULL PRIMARY KEY,
    purpose       text        NOT NULL CHECK (purpose IN ('registration')),
    subject_id    text        NOT NULL,
    status        text        NOT NULL CHECK (status IN ('issued', 'solved', 'exhausted', 'expired', 'superseded')),
    mac           blob        NOT NULL,
    attempts_left integer     NOT NULL CHECK (attempts_left >= 0),
    created_at    timestamp   NOT NULL,
    expires_at    timestamp   NOT NULL,
    resend_at     timestamp   NOT NULL
);
CREATE INDEX challenges_subject ON challenges (subject_id, purpose, created_at);
CREATE UNIQUE INDEX challenges_one_issued ON challenges (subject_id, purpose) WHERE status = 'issued';
CREATE INDEX challenges_expires_at ON challenges (expires_at);

CREATE TABLE accounts (
    id              text        NOT NULL PRIMARY KEY,
    type            text        NOT NULL CHECK (type IN ('citizen')),
    level           text        NOT NULL CHECK (level IN ('simplified')),
    status          text        NOT NULL CHECK (status IN ('active')),
    family_name_enc blob        NOT NULL CHECK (substr(family_name_enc, 1, 1) IS x'01'),
    given_name_enc  blob        NOT NULL CHECK (substr(given_name_enc, 1, 1) IS x'01'),
    locale          text        NOT NULL CHECK (locale IN ('ru', 'en')),
    created_at      timestamp   NOT NULL
);

CREATE TABLE account_contacts (
    id           text        NOT NULL PRIMARY KEY,
    account_id   text        NOT NULL REFERENCES accounts (id),
    value_enc    blob        NOT NULL CHECK (substr(value_enc, 1, 1) IS x'01'),
    value_index  blob        NOT NULL CHECK (length(value_index) = 32),
    confirmed_at timestamp   NOT NULL
);
CREATE UNIQUE INDEX account_contacts_value_index ON account_contacts (value_index);
CREATE INDEX account_contacts_account_id ON account_contacts (account_id);

CREATE TABLE credentials (
    account_id text        NOT NULL PRIMARY KEY REFERENCES accounts (id),
    hash_enc   blob        NOT NULL CHECK (substr(hash_enc, 1, 1) IS x'01'),
    changed_at timestamp   NOT NULL
);

CREATE TABLE sessions (
    id             text        NOT NULL PRIMARY KEY,
    account_id     text        NOT NULL REFERENCES accounts (id),
    status         text        NOT NULL CHECK (status IN ('active', 'signed_out', 'revoked', 'expired')),
    transport      text        NOT NULL CHECK (transport IN ('body', 'cookie')),
    user_agent_enc blob        NOT NULL CHECK (substr(user_agent_enc, 1, 1) IS x'01'),
    address_enc    blob        NOT NULL CHECK (substr(address_enc, 1, 1) IS x'01'),
    created_at     timestamp   NOT NULL,
    last_used_at   timestamp   NOT NULL,
    idle_at        timestamp   NOT NULL,
    expires_at     timestamp   NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, created_at, id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash       blob        NOT NULL PRIMARY KEY,
    session_id text        NOT NULL REFERENCES sessions (id),
    created_at timestamp   NOT NULL,
    used_at    timestamp  
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

CREATE TABLE throttles (
    pair_index    blob        NOT NULL PRIMARY KEY CHECK (length(pair_index) = 32),
    failures      integer     NOT NULL CHECK (failures >= 0),
    last_at       timestamp  ,
    blocked_until timestamp  
);
CREATE INDEX throttles_last_at ON throttles (last_at);

CREATE TABLE rate_limits (
    subject_index blob        NOT NULL PRIMARY KEY CHECK (length(subject_index) = 32),
    name          text        NOT NULL,
    events        integer     NOT NULL CHECK (events > 0),
    expires_at    timestamp   NOT NULL
);
CREATE INDEX rate_limits_expires_at ON rate_limits (expires_at);

CREATE TABLE messages (
    id          text        NOT NULL PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('registration_code', 'registration_attempt', 'session_revoked')),
    status      text        NOT NULL CHECK (status IN ('queued', 'sent', 'expired', 'failed')),
    locale      text        NOT NULL CHECK (locale IN ('ru', 'en')),
    payload_enc blob        CHECK (payload_enc IS NULL OR substr(payload_enc, 1, 1) IS x'01'),
    created_at  timestamp   NOT NULL,
    expires_at  timestamp  ,
    CHECK ((status = 'queued') = (payload_enc IS NOT NULL))
);
CREATE INDEX messages_created_at ON messages (created_at);
CREATE INDEX messages_expires_at ON messages (expires_at);

-- What happened outlives what it happened to: no foreign keys.
CREATE TABLE audit_events (
    id         text        NOT NULL PRIMARY KEY,
    at         timestamp   NOT NULL,
    action     text        NOT NULL,
    subject_id text        NOT NULL,
    account_id text,
    request_id text        NOT NULL,
    caller_enc blob        NOT NULL CHECK (substr(caller_enc, 1, 1) IS x'01')
);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_subject_id ON audit_events (subject_id);
CREATE INDEX audit_events_account_id ON audit_events (account_id);

CREATE TABLE answers (
    request_key  blob        NOT NULL PRIMARY KEY,
    request_hash blob        NOT NULL,
    owner        text        NOT NULL,
    locked_until timestamp   NOT NULL,
    expires_at   timestamp   NOT NULL,
    answer_enc   blob        CHECK (answer_enc IS NULL OR substr(answer_enc, 1, 1) IS x'01')
);
CREATE INDEX answers_expires_at ON answers (expires_at);
