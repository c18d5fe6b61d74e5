package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// SnapshotVersion is the version of the shape of metrics.md 10.
const SnapshotVersion = 1

// Snapshot is the collected numbers of an edition: stored, never recomputed.
type Snapshot struct {
	Version  int       `json:"version"`
	Tenant   string    `json:"tenant,omitempty"`
	Name     string    `json:"name,omitempty"` // the tenant's name as its platform has it
	Period   Period    `json:"period"`
	Previous Period    `json:"previous"`
	First    bool      `json:"first_edition,omitempty"` // the previous period begins before the tenant's first row
	ReadAt   time.Time `json:"read_at"`                 // the instant of the source's transaction, UTC
	DataUpTo time.Time `json:"data_up_to,omitzero"`     // set where the source had not reached the period's end
	Sections []Section `json:"sections"`
}

// Section gives the section of a key, or nil.
func (s *Snapshot) Section(key string) *Section {
	for i := range s.Sections {
		if s.Sections[i].Key == key {
			return &s.Sections[i]
		}
	}
	return nil
}

// Unread says why no section could be read; nil where one was. A platform that can fill none of them is no fault: there is
// nothing to be read.
func (s *Snapshot) Unread() error {
	var reasons []string
	for _, section := range s.Sections {
		if section.Status != Broken {
			return nil
		}
		if !slices.Contains(reasons, section.Reason) { // a source that refuses says the same for each
			reasons = append(reasons, section.Reason)
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	return errors.New("no section could be read\n" + strings.Join(reasons, "\n"))
}

// heaviest bounds a snapshot, octets of JSON. A week of the largest digest has a hundredth of it; what has more holds a value
// that no reader could read, and would be held in memory several times over.
const heaviest = 8 << 20

// A period without any traffic is suspicious after four with traffic. Of a daily digest, whose desk may be closed on Sundays, the
// same day of the week before must have had some too.
const (
	silenceAfter      = 4
	silenceAfterDaily = 7
)

// compared is how many periods a snapshot of a period is held against.
func compared(p Period) int {
	if len(p.Days()) == 1 {
		return silenceAfterDaily
	}
	return silenceAfter
}

// traffic names the figures that count what a section is about.
var traffic = []string{"total_messages", "bot_conversations", "total_conversations", "initiated", "total_users"}

// Silent tells whether a snapshot is suspicious: every main figure is 0, where each of the last four periods (before, newest
// first; of a daily digest the last seven) had traffic. With fewer than four to compare it is not.
func (s *Snapshot) Silent(before []Snapshot) bool {
	if len(before) < silenceAfter || s.busy() != quiet {
		return false
	}
	for _, b := range before[:min(len(before), compared(s.Period))] {
		if b.busy() != busy {
			return false
		}
	}
	return true
}

type business int

const (
	unknown business = iota // no main figure was read
	quiet
	busy
)

func (s *Snapshot) busy() business {
	found := unknown
	for _, section := range s.Sections {
		if section.Status == Broken || section.Status == Absent {
			continue
		}
		for _, key := range traffic {
			f, ok := section.Figure(key)
			switch {
			case !ok || !f.Value.Is():
			case f.Value.Number > 0:
				return busy
			default:
				found = quiet
			}
		}
	}
	return found
}

// Hash is the SHA-256 of the snapshot's JSON without the instant it was read at, in hexadecimal: the same numbers
// have the same hash whenever they are read. A snapshot beyond reason (8 MiB) is an error.
func (s Snapshot) Hash() (string, error) {
	s.ReadAt = time.Time{}
	b, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	if len(b) > heaviest {
		return "", fmt.Errorf("the numbers take %d MB, more than the %d of the largest digest: one of the source's names or labels is far too long", len(b)>>20, heaviest>>20)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Ask is what a collector is asked for.
type Ask struct {
	Tenant      string
	Source      string // the source's name, repeated in each section
	Period      Period
	Previous    Period
	Sections    []string      // keys, in the digest's order; empty: those of Usual that the platform can fill
	MissedAfter time.Duration // wall time until an offered conversation counts as missed; 0 means 24 h
	ExcludeAway bool          // leave time in state "away" out of connection hours
	Whole       bool          // only data that reach the period's end are wanted: else no section is read, and DataUpTo says how far they reach
	Hours       Hours         // the project's
	Parameters  Parameters
	Link        string        // where the platform shows a conversation, with {tenant} and {conversation}; "": not known
	Patience    time.Duration // statement_timeout of a section; 0 means 30 s
}
