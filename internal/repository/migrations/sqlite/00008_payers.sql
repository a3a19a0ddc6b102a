-- +goose Up

-- The stored definitions are changed in place, as in step 4.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (type IN (''citizen'', ''operator''))', 'CHECK (type IN (''citizen'', ''operator'', ''payer''))')
    WHERE type = 'table' AND name = 'accounts';
UPDATE sqlite_schema SET sql = replace(sql, '''operator_enrolment''))', '''operator_enrolment'',
    ''payer_application'', ''payer_not_identified'', ''payer_method_required'', ''payer_code_sent'', ''payer_attempt'',
    ''payer_connected'', ''payer_card_issued'', ''payer_revoked'', ''password_expiring'', ''password_changed''))')
    WHERE type = 'table' AND name = 'messages';
UPDATE sqlite_schema SET sql = replace(sql, '''death_recorded''))', '''death_recorded'', ''payer_code_late'', ''payer_code_overdue''))')
    WHERE type = 'table' AND name = 'alarms';
UPDATE sqlite_schema SET sql = replace(sql, '''first_sign_in''))', '''first_sign_in'', ''payer_email''))')
    WHERE type = 'table' AND name = 'challenges';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (document IN (''personal-data''))', 'CHECK (document IN (''personal-data'', ''payer-connection''))')
    WHERE type = 'table' AND name = 'consents';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (purpose IN (''identity''))', 'CHECK (purpose IN (''identity'', ''payer_activation'', ''payer_notice''))')
    WHERE type = 'table' AND name = 'letters';
PRAGMA writable_schema = RESET;

ALTER TABLE consents ADD COLUMN address_enc blob CHECK (address_enc IS NULL OR substr(address_enc, 1, 1) IS x'01');

ALTER TABLE sessions ADD COLUMN scope text NOT NULL DEFAULT 'cabinet' CHECK (scope IN ('cabinet', 'password_change', 'terms'));
ALTER TABLE sessions ADD COLUMN scope_reason text NOT NULL DEFAULT '';

ALTER TABLE letters ADD COLUMN reference_enc blob CHECK (reference_enc IS NULL OR substr(reference_enc, 1, 1) IS x'01');
-- A citizen has one letter under way; a payer has one for each application.
DROP INDEX letters_one_live;
CREATE UNIQUE INDEX letters_one_live ON letters (account_id) WHERE purpose = 'identity' AND status IN ('requested', 'printed', 'posted', 'delivered');

CREATE TABLE payer_accounts (
    account_id          text NOT NULL PRIMARY KEY REFERENCES accounts (id),
    number_enc          blob NOT NULL CHECK (substr(number_enc, 1, 1) IS x'01'),
    number_index        blob NOT NULL CHECK (length(number_index) = 32),
    unified_enc         blob CHECK (unified_enc IS NULL OR substr(unified_enc, 1, 1) IS x'01'),
    unified_index       blob CHECK (unified_index IS NULL OR length(unified_index) = 32),
    name_enc            blob NOT NULL CHECK (substr(name_enc, 1, 1) IS x'01'),
    office_code         text NOT NULL,
    email_enc           blob CHECK (email_enc IS NULL OR substr(email_enc, 1, 1) IS x'01'),
    email_proven_at     timestamp,
    record_email_enc    blob CHECK (record_email_enc IS NULL OR substr(record_email_enc, 1, 1) IS x'01'),
    connected_at        timestamp,
    terms_version       text NOT NULL,
    credential          text NOT NULL CHECK (credential IN ('none', 'initial', 'must_change', 'active', 'expiring', 'expired', 'revoked')),
    one_time            boolean NOT NULL,
    password_expires_at timestamp,
    warnings            integer NOT NULL CHECK (warnings >= 0)
);
CREATE UNIQUE INDEX payer_accounts_number ON payer_accounts (number_index);
CREATE UNIQUE INDEX payer_accounts_unified ON payer_accounts (unified_index);
CREATE INDEX payer_accounts_expiry ON payer_accounts (password_expires_at, account_id) WHERE credential IN ('active', 'expiring');

-- The passwords that a payer had before the one in use.
CREATE TABLE payer_passwords (
    id          text NOT NULL PRIMARY KEY,
    account_id  text NOT NULL REFERENCES accounts (id),
    hash_enc    blob NOT NULL CHECK (substr(hash_enc, 1, 1) IS x'01'),
    replaced_at timestamp NOT NULL
);
CREATE INDEX payer_passwords_account ON payer_passwords (account_id, replaced_at, id);

CREATE TABLE payer_applications (
    id                 text NOT NULL PRIMARY KEY,
    status             text NOT NULL CHECK (status IN ('submitted', 'identified', 'code_preparing', 'sent', 'method_required', 'office_visit', 'activated', 'closed', 'expired', 'superseded')),
    number_enc         blob NOT NULL CHECK (substr(number_enc, 1, 1) IS x'01'),
    inn_enc            blob NOT NULL CHECK (substr(inn_enc, 1, 1) IS x'01'),
    email_enc          blob NOT NULL CHECK (substr(email_enc, 1, 1) IS x'01'),
    method             text NOT NULL CHECK (method IN ('edo', 'registered_mail', 'in_person')),
    locale             text NOT NULL CHECK (locale IN ('ru', 'en')),
    token_hash         blob NOT NULL,
    codes_sent         integer NOT NULL CHECK (codes_sent >= 0),
    email_confirmed_at timestamp,
    account_id         text REFERENCES accounts (id),
    reason             text NOT NULL,
    code_id            text,
    filed_on           text NOT NULL,
    due_on             text NOT NULL,
    alarm_on           text NOT NULL,
    breach_on          text NOT NULL,
    created_at         timestamp NOT NULL,
    sent_at            timestamp,
    expires_at         timestamp NOT NULL,
    settled_at         timestamp,
    breached_at        timestamp
);
CREATE INDEX payer_applications_account ON payer_applications (account_id, created_at, id);
CREATE INDEX payer_applications_code ON payer_applications (code_id);
CREATE INDEX payer_applications_late ON payer_applications (id, alarm_on) WHERE status IN ('submitted', 'identified', 'code_preparing');

CREATE TABLE edo_documents (
    id             text NOT NULL PRIMARY KEY,
    application_id text NOT NULL REFERENCES payer_applications (id),
    account_id     text NOT NULL REFERENCES accounts (id),
    kind           text NOT NULL CHECK (kind IN ('activation_code', 'notice')),
    status         text NOT NULL CHECK (status IN ('queued', 'sent', 'delivered', 'read', 'rejected', 'code_entered', 'expired', 'exhausted', 'superseded')),
    -- What leaves; the code is part of it while the document is queued.
    message_enc    blob NOT NULL CHECK (substr(message_enc, 1, 1) IS x'01'),
    mac            blob NOT NULL,
    attempts_left  integer NOT NULL CHECK (attempts_left >= 0),
    created_at     timestamp NOT NULL,
    sent_at        timestamp,
    delivered_at   timestamp,
    read_at        timestamp,
    expires_at     timestamp NOT NULL,
    settled_at     timestamp,
    reason_enc     blob CHECK (reason_enc IS NULL OR substr(reason_enc, 1, 1) IS x'01')
);
CREATE INDEX edo_documents_account ON edo_documents (account_id, created_at, id);

CREATE TABLE registration_cards (
    id          text NOT NULL PRIMARY KEY,
    account_id  text NOT NULL REFERENCES accounts (id),
    place_id    text NOT NULL REFERENCES service_centres (id),
    operator_id text NOT NULL REFERENCES operators (id),
    purpose     text NOT NULL CHECK (purpose IN ('connection', 'lost_password')),
    visitor_enc blob NOT NULL CHECK (substr(visitor_enc, 1, 1) IS x'01'),
    issued_at   timestamp NOT NULL,
    valid_until timestamp NOT NULL
);
CREATE INDEX registration_cards_account ON registration_cards (account_id, issued_at, id);
