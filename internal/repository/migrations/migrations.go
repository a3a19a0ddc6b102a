// Package migrations holds the steps by which a database gets its tables, one
// folder of SQL per engine. A published step is never edited: what changes is
// a new step, and both folders always describe the same tables and columns.
package migrations

import "embed"

// Files are the SQL steps, in the folders postgres and sqlite.
//
//go:embed postgres/*.sql sqlite/*.sql
var Files embed.FS

// The place of the job queue among the steps.
const (
	// QueueStep is the version of the step that makes the queue's own tables.
	QueueStep = 2
	// QueueVersion is the version of the queue's tables at that step.
	QueueVersion = 6
)
