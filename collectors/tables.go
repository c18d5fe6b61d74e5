package collectors

import _ "embed" // tables.sql

//go:embed tables.sql
var tablesSQL string

// NativeTables is the SQL that makes Fortnight's own event tables, schema fortnight_events: the canonical relations that
// a source of platform native is read from. Running it again changes nothing.
func NativeTables() string { return tablesSQL }
