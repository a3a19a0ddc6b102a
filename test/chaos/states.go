package main

import (
	"context"
	"errors"
	"fmt"
)

// ends are the states in which things are when everybody has come to the end, by
// table. What is in another one waits for something that does not come.
func ends() map[string][]string {
	return map[string][]string{
		"registrations":      {"completed"},
		"verification_cases": {"passed"},
		"payer_applications": {"activated"},
		"edo_documents":      {"code_entered"},
		"messages":           {"sent", "delivered", "expired"},
		"challenges":         {"solved", "superseded", "expired"},
		"accounts":           {"active"},
		"sessions":           {"active", "signed_out", "expired"},
	}
}

// misfit is rows of a table that contradict others.
type misfit struct {
	what, of string
	// query finds none of them where all is well.
	query string
}

func misfits() []misfit {
	return []misfit{
		{"answers that were begun and are not there", "answers", `
			SELECT encode(request_key, 'hex') FROM answers WHERE answer_enc IS NULL`},
		{"jobs that were begun and did not end", "river_job", `
			SELECT kind || ' ' || id FROM river_job WHERE state = 'running' AND kind NOT LIKE 'sweep%'`},
		{"jobs that were given up", "river_job", `
			SELECT kind || ' ' || id || ' ' || state FROM river_job WHERE state IN ('discarded', 'cancelled')`},
		{"messages without a job", "messages", `
			SELECT id::text FROM messages m WHERE NOT EXISTS (SELECT 1 FROM river_job j WHERE j.kind = 'send_message' AND j.args ->> 'message_id' = m.id::text)`},
		{"jobs without a message", "river_job", `
			SELECT id::text FROM river_job j WHERE kind = 'send_message' AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id::text = j.args ->> 'message_id')`},
		{"messages with two jobs", "river_job", `
			SELECT args ->> 'message_id' FROM river_job WHERE kind = 'send_message' GROUP BY 1 HAVING count(*) > 1`},
		{"registrations without an account", "registrations", `
			SELECT id::text FROM registrations r WHERE status = 'completed' AND NOT EXISTS (SELECT 1 FROM account_contacts c WHERE c.value_index = r.contact_index)`},
		{"accounts without a password", "accounts", `
			SELECT id::text FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM credentials c WHERE c.account_id = a.id)`},
		{"accounts of citizens without a contact", "accounts", `
			SELECT id::text FROM accounts a WHERE type = 'citizen' AND NOT EXISTS (SELECT 1 FROM account_contacts c WHERE c.account_id = a.id AND c.confirmed_at IS NOT NULL)`},
		{"passed cases at another level than standard", "verification_cases", `
			SELECT a.id::text FROM accounts a JOIN verification_cases c ON c.account_id = a.id WHERE c.status = 'passed' AND a.level <> 'standard'`},
		{"standard accounts without a passed case", "accounts", `
			SELECT id::text FROM accounts a WHERE level = 'standard' AND NOT EXISTS (SELECT 1 FROM verification_cases c WHERE c.account_id = a.id AND c.status = 'passed')`},
		{"cases with a check that is not passed", "verification_checks", `
			SELECT case_id::text || ' ' || kind || ' ' || result FROM verification_checks WHERE result <> 'passed'`},
		{"cases without both checks", "verification_cases", `
			SELECT id::text FROM verification_cases c WHERE (SELECT count(*) FROM verification_checks k WHERE k.case_id = c.id) <> 2`},
		{"personal data of another case", "personal_data", `
			SELECT p.account_id::text FROM personal_data p JOIN verification_cases c ON c.id = p.case_id WHERE c.account_id <> p.account_id`},
		{"payers connected without an application", "payer_accounts", `
			SELECT account_id::text FROM payer_accounts p WHERE credential = 'active' AND NOT EXISTS (SELECT 1 FROM payer_applications a WHERE a.account_id = p.account_id AND a.status = 'activated')`},
		{"activated applications without a document", "payer_applications", `
			SELECT id::text FROM payer_applications a WHERE status = 'activated' AND NOT EXISTS (SELECT 1 FROM edo_documents d WHERE d.application_id = a.id AND d.status = 'code_entered')`},
		{"applications with two documents", "edo_documents", `
			SELECT application_id::text FROM edo_documents GROUP BY 1 HAVING count(*) > 1`},
		{"personal data without a consent", "personal_data", `
			SELECT account_id::text FROM personal_data p WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE c.account_id = p.account_id)`},
		{"payers connected with no consent or two", "payer_accounts", `
			SELECT account_id::text FROM payer_accounts p WHERE (SELECT count(*) FROM consents c WHERE c.account_id = p.account_id) <> 1`},
		{"tries that have no end, of messages that wait", "message_attempts", `
			SELECT a.id::text FROM message_attempts a JOIN messages m ON m.id = a.message_id WHERE a.outcome = 'open' AND m.status = 'queued'`},
		{"messages that were sent without a try that was accepted", "messages", `
			SELECT id::text FROM messages m WHERE status IN ('sent', 'delivered') AND NOT EXISTS (SELECT 1 FROM message_attempts a WHERE a.message_id = m.id AND a.outcome = 'accepted')`},
		{"messages that still hold an address or a text", "messages", `
			SELECT id::text FROM messages WHERE payload_enc IS NOT NULL`},
	}
}

// lookAtStates sees whether any row is in a state that it should have left, and
// whether rows fit together.
func (w *world) lookAtStates(ctx context.Context) error {
	for table, known := range ends() {
		found, err := w.database.counts(ctx, "SELECT status, count(*) FROM "+table+" GROUP BY status")
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
		const what = "rows in a state that they should have left"
		w.verdict.look(what, total(found))
		for _, status := range known {
			delete(found, status)
		}
		for status, count := range found {
			w.verdict.fail(what, "%d %s are %s", count, table, status)
		}
	}
	for _, m := range misfits() {
		if err := w.lookForMisfits(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
	}
	// A PUT has no Idempotency-Key: who repeats it agrees once more.
	again, err := w.database.texts(ctx,
		"SELECT account_id::text FROM consents WHERE document = 'personal-data' GROUP BY account_id HAVING count(*) > 1")
	w.figures.add("people who agreed twice, since they repeated the request", len(again))
	return errors.Join(err, w.lookAtNumbers(ctx))
}

// lookForMisfits notes each that is found.
func (w *world) lookForMisfits(ctx context.Context, m misfit) error {
	of, err := w.database.counts(ctx, "SELECT 'rows', count(*) FROM "+m.of)
	if err != nil {
		return err
	}
	w.verdict.look(m.what, of["rows"])
	found, err := w.database.texts(ctx, m.query)
	for _, one := range found {
		w.verdict.fail(m.what, "%s", one)
	}
	return err
}

// lookAtNumbers sees that nothing was done twice: everybody has one of each.
func (w *world) lookAtNumbers(ctx context.Context) error {
	wanted := map[string]int{}
	for _, j := range w.people {
		if !j.accepted() {
			continue
		}
		switch j.kind {
		case "payer":
			wanted["payer_applications"]++
		default:
			wanted["registrations"]++
		}
	}
	for table, want := range wanted {
		found, err := w.database.counts(ctx, "SELECT 'rows', count(*) FROM "+table)
		if err != nil {
			return err
		}
		const what = "people with none or two of what they have once"
		w.verdict.look(what, want)
		if found["rows"] != want {
			w.verdict.fail(what, "%d people, %d %s", want, found["rows"], table)
		}
	}
	return nil
}
