-- +goose Up

ALTER TABLE accounts DROP CONSTRAINT accounts_type_check, DROP CONSTRAINT accounts_level_check, DROP CONSTRAINT accounts_status_check;
ALTER TABLE accounts
    ADD CONSTRAINT accounts_type_check CHECK (type IN ('citizen', 'operator')),
    ADD CONSTRAINT accounts_level_check CHECK (level IN ('simplified', 'standard', 'confirmed') AND type = 'citizen' OR level = '' AND type <> 'citizen'),
    ADD CONSTRAINT accounts_status_check CHECK (status IN ('active', 'suspended', 'deceased'));

-- NULL until the contact is proven: that of a person registered at the counter.
ALTER TABLE account_contacts ALTER COLUMN confirmed_at DROP NOT NULL;

ALTER TABLE messages DROP CONSTRAINT messages_kind_check;
ALTER TABLE messages ADD CONSTRAINT messages_kind_check CHECK (kind IN ('registration_code', 'registration_attempt', 'session_revoked',
    'verification_passed', 'verification_correction', 'verification_rejected', 'verification_delayed',
    'verification_on_hold', 'snils_contested', 'identity_confirmed', 'confirmation_disputed', 'visit_refused',
    'letter_posted', 'letter_reminder', 'letter_returned', 'letter_lost', 'letter_expired',
    'account_suspended', 'account_reinstated', 'first_sign_in', 'operator_enrolment'));

ALTER TABLE challenges DROP CONSTRAINT challenges_purpose_check;
ALTER TABLE challenges ADD CONSTRAINT challenges_purpose_check CHECK (purpose IN ('registration', 'first_sign_in'));

ALTER TABLE consents DROP CONSTRAINT consents_channel_check;
ALTER TABLE consents ADD CONSTRAINT consents_channel_check CHECK (channel IN ('api', 'counter'));

ALTER TABLE verification_cases DROP CONSTRAINT verification_cases_status_check;
ALTER TABLE verification_cases ADD CONSTRAINT verification_cases_status_check CHECK (status IN ('checking', 'waiting_registry', 'passed', 'needs_correction', 'rejected', 'on_hold', 'manual_review', 'superseded', 'expired'));
ALTER TABLE verification_checks ADD COLUMN down_since timestamptz;

ALTER TABLE audit_events ADD COLUMN operator_id uuid, ADD COLUMN place_id uuid,
    ADD COLUMN reason_enc bytea CHECK (substring(reason_enc FROM 1 FOR 1) = '\x01'::bytea);
CREATE INDEX audit_events_operator ON audit_events (operator_id, at);

-- Accounts whose SNILS is confirmed: one for each SNILS.
CREATE TABLE snils_claims (
    snils_index bytea NOT NULL PRIMARY KEY CHECK (length(snils_index) = 32),
    account_id  uuid NOT NULL REFERENCES accounts (id),
    claimed_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX snils_claims_account ON snils_claims (account_id);

CREATE TABLE operators (
    id              uuid NOT NULL PRIMARY KEY REFERENCES accounts (id),
    login           text NOT NULL,
    role            text NOT NULL CHECK (role IN ('operator', 'supervisor', 'administrator')),
    status          text NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    email_enc       bytea NOT NULL CHECK (substring(email_enc FROM 1 FOR 1) = '\x01'::bytea),
    email_index     bytea NOT NULL CHECK (length(email_index) = 32),
    snils_enc       bytea NOT NULL CHECK (substring(snils_enc FROM 1 FOR 1) = '\x01'::bytea),
    snils_index     bytea NOT NULL CHECK (length(snils_index) = 32),
    totp_enc        bytea CHECK (totp_enc IS NULL OR substring(totp_enc FROM 1 FOR 1) = '\x01'::bytea),
    -- The last time step whose code was used: a code is good once.
    totp_step       bigint NOT NULL,
    enrolment_hash  bytea,
    enrolment_until timestamptz,
    created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX operators_login ON operators (login);
-- One person is one operator: two of them could approve what the other asks for.
CREATE UNIQUE INDEX operators_email ON operators (email_index);
CREATE UNIQUE INDEX operators_snils ON operators (snils_index);
CREATE UNIQUE INDEX operators_enrolment_hash ON operators (enrolment_hash);

CREATE TABLE operator_places (
    operator_id uuid NOT NULL REFERENCES operators (id),
    place_id    uuid NOT NULL REFERENCES service_centres (id),
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
SELECT c.region, min(c.details::jsonb -> 'address' ->> 'Region'), o.offer ->> 'method', min(o.offer ->> 'from')
FROM service_centres c CROSS JOIN LATERAL jsonb_array_elements(coalesce(c.details::jsonb -> 'offers', '[]')) AS o (offer)
WHERE c.removed_at IS NULL
GROUP BY c.region, o.offer ->> 'method';

CREATE TABLE confirmations (
    id               uuid NOT NULL PRIMARY KEY,
    account_id       uuid NOT NULL REFERENCES accounts (id),
    case_id          uuid NOT NULL REFERENCES verification_cases (id),
    method           text NOT NULL CHECK (method IN ('service_centre', 'fund_office', 'registered_letter')),
    status           text NOT NULL CHECK (status IN ('requested', 'confirmed', 'refused', 'cancelled', 'expired', 'superseded', 'failed', 'disputed')),
    visit_code_enc   bytea CHECK (visit_code_enc IS NULL OR substring(visit_code_enc FROM 1 FOR 1) = '\x01'::bytea),
    visit_code_index bytea CHECK (visit_code_index IS NULL OR length(visit_code_index) = 32),
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz,
    settled_at       timestamptz,
    place_id         uuid,
    operator_id      uuid,
    reason           text NOT NULL,
    dispute_hash     bytea,
    dispute_until    timestamptz
);
CREATE INDEX confirmations_account ON confirmations (account_id, created_at, id);
CREATE UNIQUE INDEX confirmations_one_open ON confirmations (account_id, method) WHERE status = 'requested';
CREATE UNIQUE INDEX confirmations_one_confirmed ON confirmations (account_id) WHERE status = 'confirmed';
CREATE UNIQUE INDEX confirmations_visit_code ON confirmations (visit_code_index) WHERE status = 'requested';
CREATE UNIQUE INDEX confirmations_dispute_hash ON confirmations (dispute_hash);

CREATE TABLE letter_batches (
    id          uuid NOT NULL PRIMARY KEY,
    number      integer NOT NULL CHECK (number > 0),
    place_id    uuid NOT NULL REFERENCES service_centres (id),
    operator_id uuid NOT NULL REFERENCES operators (id),
    status      text NOT NULL CHECK (status IN ('open', 'printed')),
    created_at  timestamptz NOT NULL,
    printed_at  timestamptz
);
CREATE UNIQUE INDEX letter_batches_number ON letter_batches (number);
CREATE INDEX letter_batches_place ON letter_batches (place_id, created_at, id);

CREATE TABLE letters (
    id            uuid NOT NULL PRIMARY KEY,
    account_id    uuid NOT NULL REFERENCES accounts (id),
    purpose       text NOT NULL CHECK (purpose IN ('identity')),
    status        text NOT NULL CHECK (status IN ('requested', 'printed', 'posted', 'delivered', 'code_entered', 'returned', 'lost', 'expired', 'exhausted', 'cancelled', 'superseded')),
    locale        text NOT NULL CHECK (locale IN ('ru', 'en')),
    recipient_enc bytea NOT NULL CHECK (substring(recipient_enc FROM 1 FOR 1) = '\x01'::bytea),
    address_enc   bytea NOT NULL CHECK (substring(address_enc FROM 1 FOR 1) = '\x01'::bytea),
    mac           bytea NOT NULL,
    attempts_left integer NOT NULL CHECK (attempts_left >= 0),
    -- The print job: the code in clear, sealed, until the letter is printed.
    print_enc     bytea CHECK (print_enc IS NULL OR substring(print_enc FROM 1 FOR 1) = '\x01'::bytea),
    batch_id      uuid REFERENCES letter_batches (id),
    track         text,
    requested_at  timestamptz NOT NULL,
    due_on        text NOT NULL,
    printed_at    timestamptz,
    posted_at     timestamptz,
    delivered_at  timestamptz,
    expires_at    timestamptz,
    settled_at    timestamptz,
    reminders     integer NOT NULL CHECK (reminders >= 0),
    CHECK (status = 'requested' OR print_enc IS NULL)
);
CREATE INDEX letters_account ON letters (account_id, requested_at, id);
CREATE INDEX letters_status ON letters (status, requested_at, id);
CREATE INDEX letters_batch ON letters (batch_id);
CREATE UNIQUE INDEX letters_track ON letters (track);
CREATE UNIQUE INDEX letters_one_live ON letters (account_id, purpose) WHERE status IN ('requested', 'printed', 'posted', 'delivered');

CREATE TABLE approvals (
    id           uuid NOT NULL PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('undo_death', 'reinstate', 'award_snils')),
    account_id   uuid NOT NULL REFERENCES accounts (id),
    status       text NOT NULL CHECK (status IN ('requested', 'approved', 'declined', 'expired')),
    reason_enc   bytea NOT NULL CHECK (substring(reason_enc FROM 1 FOR 1) = '\x01'::bytea),
    place_id     uuid NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    decided_by   uuid,
    decided_at   timestamptz
);
CREATE UNIQUE INDEX approvals_one_open ON approvals (account_id, kind) WHERE status = 'requested';
CREATE INDEX approvals_requested_at ON approvals (requested_at, id);

CREATE TABLE alarms (
    id         uuid NOT NULL PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('register_down', 'register_down_long', 'manual_review', 'snils_conflict', 'letter_not_posted', 'confirmation_disputed', 'repeated_refusals', 'death_recorded')),
    subject_id uuid NOT NULL,
    account_id uuid,
    raised_at  timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by uuid
);
CREATE UNIQUE INDEX alarms_kind_subject ON alarms (kind, subject_id);
CREATE INDEX alarms_raised_at ON alarms (raised_at, id);

-- The fund's own register of insured people. Nothing in it can be read without
-- the keys; a row is found by its SNILS.
CREATE TABLE insured_persons (
    snils_index bytea NOT NULL PRIMARY KEY CHECK (length(snils_index) = 32),
    id          uuid NOT NULL,
    person_enc  bytea NOT NULL CHECK (substring(person_enc FROM 1 FOR 1) = '\x01'::bytea),
    list_id     uuid NOT NULL
);

-- How far a sandbox's clock was moved, in microseconds.
CREATE TABLE sandbox_clock (
    id          integer NOT NULL PRIMARY KEY CHECK (id = 1),
    advanced_by bigint NOT NULL CHECK (advanced_by >= 0)
);
