package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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

// Hash is the SHA-256 of the snapshot's JSON without the instant it was read at, in hexadecimal: the same numbers
// have the same hash whenever they are read.
func (s Snapshot) Hash() (string, error) {
	s.ReadAt = time.Time{}
	b, err := json.Marshal(s)
	if err != nil {
		return "", err
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
	Sections    []string      // keys, in the digest's order; empty: all that the platform can fill
	MissedAfter time.Duration // wall time until an offered conversation counts as missed; 0 means 24 h
	ExcludeAway bool          // leave time in state "away" out of connection hours
	Patience    time.Duration // statement_timeout of a section; 0 means 30 s
}
