-- +goose Up

-- By these is found what has served its purpose, the oldest first.
CREATE INDEX sessions_idle_at ON sessions (idle_at);
CREATE INDEX challenges_first_sign_in ON challenges (expires_at) WHERE purpose = 'first_sign_in';
CREATE INDEX payer_applications_over ON payer_applications ((coalesce(settled_at, expires_at))) WHERE status <> 'activated';
CREATE INDEX edo_documents_application ON edo_documents (application_id);
