package digest

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// OpenConversations is the section that is a picture of now: what is open at the instant of the read, whatever the period. It is stored as
// it was sent, and cannot be made again for a day that is past.
const OpenConversations = "open_conversations"

// Its tables: the list, and how many each assignee has.
const (
	OpenTable      = "open"
	OpenByAssignee = "open_by_assignee"
)

// OfNow tells the sections that are pictures of now. A digest has them only where it names them.
func OfNow(section string) bool { return section == OpenConversations }

// Usual gives those of the sections that a digest has which names none: what every desk has, and what one mail has room for. The
// others want hours, targets, flows or campaigns, and are named.
func Usual(sections []string) []string {
	named := []string{"flows", "outreach", "service_levels", OpenConversations}
	return slices.DeleteFunc(slices.Clone(sections), func(key string) bool { return slices.Contains(named, key) })
}

// ErrPast is the answer to who asks for an edition of a past day that would have to show how things stood then.
var ErrPast = errors.New("open conversations are a picture of now")

// HasNow tells whether a section of the digest is a picture of now.
func (c Config) HasNow() bool {
	return slices.ContainsFunc(c.Sections, func(s SectionChoice) bool { return OfNow(s.Section) })
}

// OnlyNow tells whether all its sections are.
func (c Config) OnlyNow() bool {
	return c.HasNow() && !slices.ContainsFunc(c.Sections, func(s SectionChoice) bool { return !OfNow(s.Section) })
}

// Past says why an edition that was due at an instant cannot be made any more: it shows how things stand on the day of its due, in its zone.
// The error is an ErrPast; nil where it can, or where it has no due.
func (c Config) Past(due, now time.Time, zone *time.Location) error {
	day, today := DateOf(due.In(zone)), DateOf(now.In(zone))
	if !c.HasNow() || due.IsZero() || !day.Before(today) {
		return nil
	}
	return fmt.Errorf("%w: how it stood on %s is not kept, and cannot be told on %s", ErrPast, day, today)
}

// Quiet says in words why nobody is mailed an edition of open conversations alone: nothing was open. "" where it is mailed, as it is where
// the digest says so, or where it could not be read.
func (c Config) Quiet(s *Snapshot) string {
	if !c.OnlyNow() || c.Parameters.Open.SendEmpty {
		return ""
	}
	if n, known := openCount(s); known && n == 0 {
		return "nothing was open: nobody was mailed"
	}
	return ""
}

// Spares tells whether a subscriber is left out of an edition of open conversations alone, because nothing of his own was
// open. A nil snapshot spares nobody.
func (c Config) Spares(s *Snapshot, to Subscriber) bool {
	if s == nil || to.Agent == "" || !c.OnlyNow() || c.Parameters.Open.SendEmpty {
		return false
	}
	own := s.OfAgent(to.Agent)
	n, known := openCount(&own)
	return known && n == 0
}

func openCount(s *Snapshot) (n float64, known bool) {
	section := s.Section(OpenConversations)
	if section == nil || section.Status == Broken || section.Status == Absent {
		return 0, false
	}
	f, ok := section.Figure("open")
	return f.Value.Number, ok && f.Value.Is()
}

// OfAgent gives the snapshot with the open conversations of one assignee alone: his rows, and his counts. Other sections stay as they are.
func (s Snapshot) OfAgent(agent string) Snapshot {
	if agent == "" || s.Section(OpenConversations) == nil {
		return s
	}
	s.Sections = slices.Clone(s.Sections)
	for i := range s.Sections {
		if s.Sections[i].Key == OpenConversations {
			s.Sections[i] = s.Sections[i].ofAssignee(agent)
		}
	}
	return s
}

// ofAssignee narrows the section. The counts are of the table by assignee, which has everybody, where the list may be cut.
func (s Section) ofAssignee(agent string) Section {
	var own map[string]Value
	var tables []Table
	listed := 0
	for _, t := range s.Tables {
		id := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Key == "assignee_id" })
		if id < 0 {
			continue
		}
		rows := [][]Value{}
		for _, row := range t.Rows {
			if row[id].Is() && row[id].Text == agent {
				rows = append(rows, row)
			}
		}
		switch t.Key {
		case OpenTable:
			t.Rows = rows
			listed = len(rows)
			tables = append(tables, t)
		case OpenByAssignee: // it is about others
			if len(rows) > 0 {
				own = map[string]Value{}
				for j, c := range t.Columns {
					own[c.Key] = rows[0][j]
				}
			}
		}
	}
	s.Tables = tables
	figures := []Figure{}
	for _, f := range s.Figures {
		v, counted := own[f.Key]
		switch {
		case f.Key == "unassigned": // nobody's are not his
			continue
		case !f.Value.Is() && f.Value.State != Empty: // what the platform cannot know
		case counted:
			f.Value = v
		case f.Unit == Duration:
			f.Value = None(Empty)
		default:
			f.Value = Num(0)
		}
		figures = append(figures, f)
	}
	s.Figures = figures
	s.Notes = slices.DeleteFunc(slices.Clone(s.Notes), func(n Note) bool { return n.Key == "open_capped" })
	if open, ok := s.Figure("open"); ok && open.Value.Is() && open.Value.Number > float64(listed) {
		s.Notes = append(s.Notes, Note{Key: "open_capped", Values: map[string]Value{"listed": Num(float64(listed)), "open": open.Value}})
	}
	return s
}

// CheckLink says what is wrong with a source's template of the addresses of conversations; nil where it may be one. "" is none.
func CheckLink(link string) error {
	if link == "" {
		return nil
	}
	tried := strings.NewReplacer("{tenant}", "1", "{conversation}", "1").Replace(link)
	u, err := url.Parse(tried)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || strings.ContainsAny(tried, "{} \t\r\n\"<>"):
		return fmt.Errorf("%q is not the address of a page: write one such as https://chat.example.com/app/accounts/{tenant}/conversations/{conversation}", link)
	case !strings.Contains(link, "{conversation}"):
		return fmt.Errorf("%q has no {conversation}: each row is to lead to its own", link)
	}
	return nil
}
