// Package digest holds the words of Fortnight as Go types, and the life of an edition told once.
//
// A digest is a configured report; an edition is one digest for one period, sent once to each subscriber. The
// trades (collectors, editor, charts, templates, pdf, mailer, ledger, scheduler, web) know this package and not each
// other. It knows nothing of databases, pixels or mail, and needs the standard library only.
package digest
