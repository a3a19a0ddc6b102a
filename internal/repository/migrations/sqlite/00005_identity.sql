-- +goose Up

-- The stored definitions are changed in place, as in step 4.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
    'CHECK (type IN (''citizen''))', 'CHECK (type IN (''citizen'', ''operator''))'),
    'CHECK (level IN (''simplified'', ''standard''))',
    'CHECK (level IN (''simplified'', ''standard'', ''confirmed'') AND type = ''citizen'' OR level = '''' AND type <> ''citizen'')'),
    'CHECK (status IN (''active''))', 'CHECK (status IN (''active'', ''suspended'', ''deceased''))')
    WHERE type = 'table' AND name = 'accounts';
-- NULL until the contact is proven: that of a person registered at the counter.
UPDATE sqlite_schema SET sql = replace(sql, 'confirmed_at timestamp   NOT NULL', 'confirmed_at timestamp')
    WHERE type = 'table' AND name = 'account_contacts';
UPDATE sqlite_schema SET sql = replace(sql, '''verification_delayed''))', '''verification_delayed'',
    ''verification_on_hold'', ''snils_contested'', ''identity_confirmed'', ''confirmation_disputed'', ''visit_refused'',
    ''letter_posted'', ''letter_reminder'', ''letter_returned'', ''letter_lost'', ''letter_expired'',
    ''account_suspended'', ''account_reinstated'', ''first_sign_in'', ''operator_enrolment''))')
    WHERE type = 'table' AND name = 'messages';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (purpose IN (''registration''))', 'CHECK (purpose IN (''registration'', ''first_sign_in''))')
    WHERE type = 'table' AND name = 'challenges';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (channel IN (''api''))', 'CHECK (channel IN (''api'', ''counter''))')
    WHERE type = 'table' AND name = 'consents';
UPDATE sqlite_schema SET sql = replace(sql, '''rejected'', ''superseded''', '''rejected'', ''on_hold'', ''manual_review'', ''superseded''')
    WHERE type = 'table' AND name = 'verification_cases';
PRAGMA writable_schema = RESET;

ALTER TABLE verification_checks ADD COLUMN down_since timestamp;
ALTER TABLE audit_events ADD COLUMN operator_id text;
ALTER TABLE audit_events ADD COLUMN place_id text;
ALTER TABLE audit_events ADD COLUMN reason_enc blob CHECK (reason_enc IS NULL OR substr(reason_enc, 1, 1) IS x'01');
CREATE INDEX audit_events_operator ON audit_events (operator_id, at);

-- Accounts whose SNILS is confirmed: one for each SNILS.
CREATE TABLE snils_claims (
    snils_index blob NOT NULL PRIMARY KEY CHECK (length(snils_index) = 32),
    account_id  text NOT NULL REFERENCES accounts (id),
    claimed_at  timestamp NOT NULL
);
CREATE UNIQUE INDEX snils_claims_account ON snils_claims (account_id);

CREATE TABLE operators (
    id              text NOT NULL PRIMARY KEY REFERENCES accounts (id),
    login           text NOT NULL,
    role            text NOT NULL CHECK (role IN ('operator', 'supervisor', 'administrator')),
    status          text NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    email_enc       blob NOT NULL CHECK (substr(email_enc, 1, 1) IS x'01'),
    email_index     blob NOT NULL CHECK (length(email_index) = 32),
    snils_enc       blob NOT NULL CHECK (substr(snils_enc, 1, 1) IS x'01'),
    snils_index     blob NOT NULL CHECK (length(snils_index) = 32),
    totp_enc        blob CHECK (totp_enc IS NULL OR substr(totp_enc, 1, 1) IS x'01'),
    -- The last time step whose code was used: a code is good once.
    totp_step       bigint NOT NULL,
    enrolment_hash  blob,
    enrolment_until timestamp,
    created_at      timestamp NOT NULL
);
CREATE UNIQUE INDEX operators_login ON operators (login);
-- One person is one operator: two of them could approve what the other asks for.
CREATE UNIQUE INDEX operators_email ON operators (email_index);
CREATE UNIQUE INDEX operators_snils ON operators (snils_index);
CREATE UNIQUE INDEX operators_enrolment_hash ON operators (enrolment_hash);

CREATE TABLE operator_places (
    operator_id text NOT NULL REFERENCES operators (id),
    place_id    text NOT NULL REFERENCES service_centres (id),
    PRIMARY KEY (operator_id, place_id)
);

-- The ways that places of a region offer, and since when, as of the last list.
CREATE TABLE service_centre_offers (
    region      text NOT NULL,
    region_name text NOT NULL,
    method      text NOT NULL CHECK (method IN ('service_centre', 'fund_office')),
    offered_on  text NOT NULL,
    PRIMARY KEY (region, method)
);
INSERT INTO service_centre_offers (region, region_name, method, offered_on)
SELECT c.region, min(json_extract(c.details, '$.address.Region')), json_extract(o.value, '$.method'), min(json_extract(o.value, '$.from'))
FROM service_centres c, json_each(c.details, '$.offers') o
WHERE c.removed_at IS NULL
GROUP BY c.region, json_extract(o.value, '$.method');

CREATE TABLE confirmations (
    id               text NOT NULL PRIMARY KEY,
    account_id       text NOT NULL REFERENCES accounts (id),
    case_id          text NOT NULL REFERENCES verification_cases (id),
    method           text NOT NULL CHECK (method IN ('service_centre', 'fund_office', 'registered_letter')),
    status           text NOT NULL CHECK (status IN ('requested', 'confirmed', 'refused', 'cancelled', 'expired', 'superseded', 'failed', 'disputed')),
    visit_code_enc   blob CHECK (visit_code_enc IS NULL OR substr(visit_code_enc, 1, 1) IS x'01'),
    visit_code_index blob CHECK (visit_code_index IS NULL OR length(visit_code_index) = 32),
    created_at       timestamp NOT NULL,
    expires_at       timestamp,
    settled_at       timestamp,
    place_id         text,
    operator_id      text,
    reason           text NOT NULL,
    dispute_hash     blob,
    dispute_until    timestamp
);
CREATE INDEX confirmations_account ON confirmations (account_id, created_at, id);
CREATE UNIQUE INDEX confirmations_one_open ON confirmations (account_id, method) WHERE status = 'requested';
CREATE UNIQUE INDEX confirmations_one_confirmed ON confirmations (account_id) WHERE status = 'confirmed';
CREATE UNIQUE INDEX confirmations_visit_code ON confirmations (visit_code_index) WHERE status = 'requested';
CREATE UNIQUE INDEX confirmations_dispute_hash ON confirmations (dispute_hash);

CREATE TABLE letter_batches (
    id          text NOT NULL PRIMARY KEY,
    number      integer NOT NULL CHECK (number > 0),
    place_id    text NOT NULL REFERENCES service_centres (id),
    operator_id text NOT NULL REFERENCES operators (id),
    status      text NOT NULL CHECK (status IN ('open', 'printed')),
    created_at  timestamp NOT NULL,
    printed_at  timestamp
);
CREATE UNIQUE INDEX letter_batches_number ON letter_batches (number);
CREATE INDEX letter_batches_place ON letter_batches (place_id, created_at, id);

CREATE TABLE letters (
    id            text NOT NULL PRIMARY KEY,
    account_id    text NOT NULL REFERENCES accounts (id),
    purpose       text NOT NULL CHECK (purpose IN ('identity')),
    status        text NOT NULL CHECK (status IN ('requested', 'printed', 'posted', 'delivered', 'code_entered', 'returned', 'lost', 'expired', 'exhausted', 'cancelled', 'superseded')),
    locale        text NOT NULL CHECK (locale IN ('ru', 'en')),
    recipient_enc blob NOT NULL CHECK (substr(recipient_enc, 1, 1) IS x'01'),
    address_enc   blob NOT NULL CHECK (substr(address_enc, 1, 1) IS x'01'),
    mac           blob NOT NULL,
    attempts_left integer NOT NULL CHECK (attempts_left >= 0),
    -- The print job: the code in clear, sealed, until the letter is printed.
    print_enc     blob CHECK (print_enc IS NULL OR substr(print_enc, 1, 1) IS x'01'),
    batch_id      text REFERENCES letter_batches (id),
    track         text,
    requested_at  timestamp NOT NULL,
    due_on        text NOT NULL,
    printed_at    timestamp,
    posted_at     timestamp,
    delivered_at  timestamp,
    expires_at    timestamp,
    settled_at    timestamp,
    reminders     integer NOT NULL CHECK (reminders >= 0),
    CHECK (status = 'requested' OR print_enc IS NULL)
);
CREATE INDEX letters_account ON letters (account_id, requested_at, id);
CREATE INDEX letters_status ON letters (status, requested_at, id);
CREATE INDEX letters_batch ON letters (batch_id);
CREATE UNIQUE INDEX letters_track ON letters (track);
CREATE UNIQUE INDEX letters_one_live ON letters (account_id, purpose) WHERE status IN ('requested', 'printed', 'posted', 'delivered');

CREATE TABLE approvals (
    id           text NOT NULL PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('undo_death', 'reinstate', 'award_snils')),
    account_id   text NOT NULL REFERENCES accounts (id),
    status       text NOT NULL CHECK (status IN ('requested', 'approved', 'declined', 'expired')),
    reason_enc   blob NOT NULL CHECK (substr(reason_enc, 1, 1) IS x'01'),
    place_id     text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamp NOT NULL,
    expires_at   timestamp NOT NULL,
    decided_by   text,
    decided_at   timestamp
);
CREATE UNIQUE INDEX approvals_one_open ON approvals (account_id, kind) WHERE status = 'requested';
CREATE INDEX approvals_requested_at ON approvals (requested_at, id);

CREATE TABLE alarms (
    id         text NOT NULL PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('register_down', 'register_down_long', 'manual_review', 'snils_conflict', 'letter_not_posted', 'confirmation_disputed', 'repeated_refusals', 'death_recorded')),
    subject_id text NOT NULL,
    account_id text,
    raised_at  timestamp NOT NULL,
    settled_at timestamp,
    settled_by text
);
CREATE UNIQUE INDEX alarms_kind_subject ON alarms (kind, subject_id);
CREATE INDEX alarms_raised_at ON alarms (raised_at, id);

-- The fund's own register of insured people. Nothing in it can be read without
-- the keys; a row is found by its SNILS.
CREATE TABLE insured_persons (
    snils_index blob NOT NULL PRIMARY KEY CHECK (length(snils_index) = 32),
    id          text NOT NULL,
    person_enc  blob NOT NULL CHECK (substr(person_enc, 1, 1) IS x'01'),
    list_id     text NOT NULL
);

-- How far a sandbox's clock was moved, in microseconds.
CREATE TABLE sandbox_clock (
    id          integer NOT NULL PRIMARY KEY CHECK (id = 1),
    advanced_by bigint NOT NULL CHECK (advanced_by >= 0)
);
