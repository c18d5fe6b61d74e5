// Package ledger remembers in PostgreSQL what was planned, collected and sent: projects, sources, digests, subscribers,
// editions, snapshots, variants, deliveries, attempts, suppressions, reports that came back, and what the admin was told of.
//
// Each question is one .sql file in questions/. The states and the steps between them are those of the digest package; a step
// is an UPDATE whose WHERE names the states that it may begin with, so that of many who try only one takes it.
//
// The secrets at rest, which are the sources' DSNs and the subscribers' tokens, are sealed by AES-256-GCM under a key made
// from SECRET_KEY. Nothing here collects, draws, or talks to a mail server.
package ledger
