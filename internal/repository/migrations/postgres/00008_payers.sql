-- +goose Up

ALTER TABLE accounts DROP CONSTRAINT accounts_type_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_type_check CHECK (type IN ('citizen', 'operator', 'payer'));

ALTER TABLE messages DROP CONSTRAINT messages_kind_check;
ALTER TABLE messages ADD CONSTRAINT messages_kind_check CHECK (kind IN ('registration_code', 'registration_attempt', 'session_revoked',
    'verification_passed', 'verification_correction', 'verification_rejected', 'verification_delayed',
    'verification_on_hold', 'snils_contested', 'identity_confirmed', 'confirmation_disputed', 'visit_refused',
    'letter_posted', 'letter_reminder', 'letter_returned', 'letter_lost', 'letter_expired',
    'account_suspended', 'account_reinstated', 'first_sign_in', 'operator_enrolment',
    'payer_application', 'payer_not_identified', 'payer_method_required', 'payer_code_sent', 'payer_attempt',
    'payer_connected', 'payer_card_issued', 'payer_revoked', 'password_expiring', 'password_changed'));

ALTER TABLE alarms DROP CONSTRAINT alarms_kind_check;
ALTER TABLE alarms ADD CONSTRAINT alarms_kind_check CHECK (kind IN ('register_down', 'register_down_long', 'manual_review', 'snils_conflict', 'letter_not_posted', 'confirmation_disputed', 'repeated_refusals', 'death_recorded', 'payer_code_late', 'payer_code_overdue'));

ALTER TABLE challenges DROP CONSTRAINT challenges_purpose_check;
ALTER TABLE challenges ADD CONSTRAINT challenges_purpose_check CHECK (purpose IN ('registration', 'first_sign_in', 'payer_email'));

ALTER TABLE consents DROP CONSTRAINT consents_document_check;
ALTER TABLE consents ADD CONSTRAINT consents_document_check CHECK (document IN ('personal-data', 'payer-connection'));
ALTER TABLE consents ADD COLUMN address_enc bytea CHECK (substring(address_enc FROM 1 FOR 1) = '\x01'::bytea);

ALTER TABLE sessions ADD COLUMN scope text NOT NULL DEFAULT 'cabinet' CHECK (scope IN ('cabinet', 'password_change', 'terms')),
    ADD COLUMN scope_reason text NOT NULL DEFAULT '';

ALTER TABLE letters DROP CONSTRAINT letters_purpose_check;
ALTER TABLE letters ADD CONSTRAINT letters_purpose_check CHECK (purpose IN ('identity', 'payer_activation', 'payer_notice'));
ALTER TABLE letters ADD COLUMN reference_enc bytea CHECK (substring(reference_enc FROM 1 FOR 1) = '\x01'::bytea);
-- A citizen has one letter under way; a payer has one for each application.
DROP INDEX letters_one_live;
CREATE UNIQUE INDEX letters_one_live ON letters (account_id) WHERE purpose = 'identity' AND status IN ('requested', 'printed', 'posted', 'delivered');

CREATE TABLE payer_accounts (
    account_id          uuid NOT NULL PRIMARY KEY REFERENCES accounts (id),
    number_enc          bytea NOT NULL CHECK (substring(number_enc FROM 1 FOR 1) = '\x01'::bytea),
    number_index        bytea NOT NULL CHECK (length(number_index) = 32),
    unified_enc         bytea CHECK (substring(unified_enc FROM 1 FOR 1) = '\x01'::bytea),
    unified_index       bytea CHECK (length(unified_index) = 32),
    name_enc            bytea NOT NULL CHECK (substring(name_enc FROM 1 FOR 1) = '\x01'::bytea),
    office_code         text NOT NULL,
    email_enc           bytea CHECK (substring(email_enc FROM 1 FOR 1) = '\x01'::bytea),
    email_proven_at     timestamptz,
    record_email_enc    bytea CHECK (substring(record_email_enc FROM 1 FOR 1) = '\x01'::bytea),
    connected_at        timestamptz,
    terms_version       text NOT NULL,
    credential          text NOT NULL CHECK (credential IN ('none', 'initial', 'must_change', 'active', 'expiring', 'expired', 'revoked')),
    one_time            boolean NOT NULL,
    password_expires_at timestamptz,
    warnings            integer NOT NULL CHECK (warnings >= 0)
);
CREATE UNIQUE INDEX payer_accounts_number ON payer_accounts (number_index);
CREATE UNIQUE INDEX payer_accounts_unified ON payer_accounts (unified_index);
CREATE INDEX payer_accounts_expiry ON payer_accounts (password_expires_at, account_id) WHERE credential IN ('active', 'expiring');

-- The passwords that a payer had before the one in use.
CREATE TABLE payer_passwords (
    id          uuid NOT NULL PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES accounts (id),
    hash_enc    bytea NOT NULL CHECK (substring(hash_enc FROM 1 FOR 1) = '\x01'::bytea),
    replaced_at timestamptz NOT NULL
);
CREATE INDEX payer_passwords_account ON payer_passwords (account_id, replaced_at, id);

CREATE TABLE payer_applications (
    id                 uuid NOT NULL PRIMARY KEY,
    status             text NOT NULL CHECK (status IN ('submitted', 'identified', 'code_preparing', 'sent', 'method_required', 'office_visit', 'activated', 'closed', 'expired', 'superseded')),
    number_enc         bytea NOT NULL CHECK (substring(number_enc FROM 1 FOR 1) = '\x01'::bytea),
    inn_enc            bytea NOT NULL CHECK (substring(inn_enc FROM 1 FOR 1) = '\x01'::bytea),
    email_enc          bytea NOT NULL CHECK (substring(email_enc FROM 1 FOR 1) = '\x01'::bytea),
    method             text NOT NULL CHECK (method IN ('edo', 'registered_mail', 'in_person')),
    locale             text NOT NULL CHECK (locale IN ('ru', 'en')),
    token_hash         bytea NOT NULL,
    codes_sent         integer NOT NULL CHECK (codes_sent >= 0),
    email_confirmed_at timestamptz,
    account_id         uuid REFERENCES accounts (id),
    reason             text NOT NULL,
    code_id            uuid,
    filed_on           text NOT NULL,
    due_on             text NOT NULL,
    alarm_on           text NOT NULL,
    breach_on          text NOT NULL,
    created_at         timestamptz NOT NULL,
    sent_at            timestamptz,
    expires_at         timestamptz NOT NULL,
    settled_at         timestamptz,
    breached_at        timestamptz
);
CREATE INDEX payer_applications_account ON payer_applications (account_id, created_at, id);
CREATE INDEX payer_applications_code ON payer_applications (code_id);
CREATE INDEX payer_applications_late ON payer_applications (id, alarm_on) WHERE status IN ('submitted', 'identified', 'code_preparing');

CREATE TABLE edo_documents (
    id             uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES payer_applications (id),
    account_id     uuid NOT NULL REFERENCES accounts (id),
    kind           text NOT NULL CHECK (kind IN ('activation_code', 'notice')),
    status         text NOT NULL CHECK (status IN ('queued', 'sent', 'delivered', 'read', 'rejected', 'code_entered', 'expired', 'exhausted', 'superseded')),
    -- What leaves; the code is part of it while the document is queued.
    message_enc    bytea NOT NULL CHECK (substring(message_enc FROM 1 FOR 1) = '\x01'::bytea),
    mac            bytea NOT NULL,
    attempts_left  integer NOT NULL CHECK (attempts_left >= 0),
    created_at     timestamptz NOT NULL,
    sent_at        timestamptz,
    delivered_at   timestamptz,
    read_at        timestamptz,
    expires_at     timestamptz NOT NULL,
    settled_at     timestamptz,
    reason_enc     bytea CHECK (substring(reason_enc FROM 1 FOR 1) = '\x01'::bytea)
);
CREATE INDEX edo_documents_account ON edo_documents (account_id, created_at, id);

CREATE TABLE registration_cards (
    id          uuid NOT NULL PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES accounts (id),
    place_id    uuid NOT NULL REFERENCES service_centres (id),
    operator_id uuid NOT NULL REFERENCES operators (id),
    purpose     text NOT NULL CHECK (purpose IN ('connection', 'lost_password')),
    visitor_enc bytea NOT NULL CHECK (substring(visitor_enc FROM 1 FOR 1) = '\x01'::bytea),
    issued_at   timestamptz NOT NULL,
    valid_until timestamptz NOT NULL
);
CREATE INDEX registration_cards_account ON registration_cards (account_id, issued_at, id);
