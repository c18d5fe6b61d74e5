// Package roster reads and writes the subscribers of a digest as a file of comma-separated values. It finds all faults of a file at
// once, each by its line; it knows no books: who is there already, and what may be done, is asked of others.
package roster

import (
	"fmt"

	"fortnight/digest"
)

// MostBytes and MostLines are what a file may have.
const (
	MostBytes = 5 << 20
	MostLines = 50_000
)

// Column is what a file says of a subscriber.
type Column string

// The columns that Read takes and Write makes. A file needs the address alone; where a column is missing, those who subscribe already
// keep what they have, and new ones get the digest's own.
const (
	Address  Column = "address"
	Name     Column = "name"
	Audience Column = "audience" // admin, manager or executive; empty: manager
	Language Column = "language" // BCP 47; empty: the project's
	Zone     Column = "zone"     // IANA; empty: the digest's
	PDF      Column = "pdf"      // attached: yes or no; empty: yes
	Digest   Column = "digest"   // a key; lines of other digests are left out
	State    Column = "state"    // written, for people; not read
)

// Columns are those of a file that Write makes, in their order.
func Columns() []Column { return []Column{Address, Name, Audience, Language, Zone, PDF, Digest, State} }

// Line is a subscriber of a file.
type Line struct {
	Number   int // in the file, from 1; of a line that a quoted line break lengthens, the first
	Address  string
	Name     string
	Audience digest.Audience
	Language string
	Zone     string
	PDF      bool
}

// Fault is what is wrong at one place of a file.
type Fault struct {
	Line   int
	Column Column // "" where no one column is at fault
	Says   string // what stands there; may be empty, and is cut after 120 letters
	Reason string // "No such zone. Did you mean Europe/Berlin?"
}

// Error is the fault after its line.
func (f Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Reason) }

// Sheet is a file that was read whole.
type Sheet struct {
	Lines    []Line
	Faults   []Fault // by line
	Read     int     // lines with a subscriber, those at fault and those left out included; the head is none
	Others   int     // lines of other digests, left out
	Has      []Column
	Ignored  []string // columns that mean nothing here, as the file calls them
	Encoding string   // "" for UTF-8, else how it was read: "UTF-16", "Windows-1252"
	faulty   []faultyLine
	head     []string
}

// faultyLine is a line at fault as it stood.
type faultyLine struct {
	number int
	cells  []string
}

// Knows tells whether the file has a column.
func (s Sheet) Knows(c Column) bool {
	for _, has := range s.Has {
		if has == c {
			return true
		}
	}
	return false
}

// Over gives the file's subscribers, each over what is known of the address: what the file does not say stays, and what nobody has
// said is the default. Known is by address in lower case; addedBy stands with the new ones.
func (s Sheet) Over(known map[string]digest.Subscriber, addedBy string) []digest.Subscriber {
	all := make([]digest.Subscriber, len(s.Lines))
	for i, l := range s.Lines {
		one, ok := known[folded(l.Address)]
		if !ok {
			one = digest.Subscriber{Address: l.Address, Audience: digest.Manager, PDF: true, AddedBy: addedBy}
		}
		if s.Knows(Name) || l.Name != "" { // "Ana <ana@example.org>" says it too
			one.Name = l.Name
		}
		if s.Knows(Audience) {
			one.Audience = l.Audience
		}
		if s.Knows(Language) {
			one.Locale = l.Language
		}
		if s.Knows(Zone) {
			one.Zone = l.Zone
		}
		if s.Knows(PDF) {
			one.PDF = l.PDF
		}
		all[i] = one
	}
	return all
}
