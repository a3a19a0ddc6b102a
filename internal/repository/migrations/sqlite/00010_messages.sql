-- +goose Up

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (status IN (''queued'', ''sent'', ''expired'', ''failed''))', 'CHECK (status IN (''queued'', ''sent'', ''delivered'', ''expired'', ''failed''))')
    WHERE type = 'table' AND name = 'messages';
-- What failed is kept for a while, so that it can be sent again.
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK ((status = ''queued'') = (payload_enc IS NOT NULL))', 'CHECK (status = ''failed'' OR (status = ''queued'') = (payload_enc IS NOT NULL))')
    WHERE type = 'table' AND name = 'messages';
PRAGMA writable_schema = RESET;

-- What has left the queue has no address any more that would tell its channel.
ALTER TABLE messages ADD COLUMN channel text NOT NULL DEFAULT 'email' CHECK (channel IN ('sms', 'email'));
ALTER TABLE messages ADD COLUMN changed_at timestamp NOT NULL DEFAULT '1970-01-01 00:00:00+00:00';
UPDATE messages SET changed_at = created_at;
ALTER TABLE messages ADD COLUMN failure text NOT NULL DEFAULT '';
CREATE INDEX messages_in_trouble ON messages (created_at, id) WHERE status IN ('queued', 'failed');

-- What was tried to bring a message or an electronic document on its way. A row without an end is an attempt
-- under way, or one whose process died.
CREATE TABLE message_attempts (
    id         text      NOT NULL PRIMARY KEY,
    message_id text      NOT NULL,
    provider   text      NOT NULL,
    outcome    text      NOT NULL CHECK (outcome IN ('open', 'accepted', 'refused', 'failed')),
    reference  text      NOT NULL,
    reason     text      NOT NULL,
    started_at timestamp NOT NULL,
    ended_at   timestamp,
    poll_after timestamp,
    CHECK ((outcome = 'open') = (ended_at IS NULL))
);
CREATE INDEX message_attempts_started ON message_attempts (started_at);
CREATE INDEX message_attempts_message ON message_attempts (message_id);
CREATE INDEX message_attempts_reference ON message_attempts (provider, reference) WHERE reference <> '';
CREATE INDEX message_attempts_poll ON message_attempts (poll_after) WHERE poll_after IS NOT NULL;
CREATE INDEX edo_documents_in_trouble ON edo_documents (status, created_at) WHERE status IN ('queued', 'rejected');
