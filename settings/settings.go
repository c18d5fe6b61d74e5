// Package settings is the written form of what people configure: projects, sources, digests and subscribers, as fortnight.yaml has
// them and as the API takes and gives them. One model for both, read into the words of package digest and written back.
//
// It decodes no file and speaks to no database; what only the trades know (cadences, platforms, locales) it is handed (Known). A
// project's logo is a picture and stands in no file: the console and the API keep it.
package settings

import (
	"errors"
	"fmt"
	"regexp"
)

// File is fortnight.yaml.
type File struct {
	Projects map[string]Project `yaml:"projects" json:"projects"`
}

// Project is a project without what has addresses of its own in the API: sources, digests, logo.
type Project struct {
	Name      string            `yaml:"name" json:"name" maxLength:"200" doc:"As readers see it." example:"Support desk"`
	Zone      string            `yaml:"zone" json:"zone" doc:"IANA time zone." example:"Europe/Berlin"`
	Locale    string            `yaml:"locale,omitempty" json:"locale,omitempty" doc:"Language of its mails, BCP 47, where a subscriber has none." example:"en"`
	WeekStart string            `yaml:"week_start,omitempty" json:"week_start,omitempty" doc:"First day of its weeks; mon where it is left out." example:"mon"`
	BiMonthly string            `yaml:"bi_monthly,omitempty" json:"bi_monthly,omitempty" doc:"What the cadence bi-monthly means: twice-monthly, or every-2-months." example:"twice-monthly"`
	Unknown   string            `yaml:"unknown,omitempty" json:"unknown,omitempty" doc:"What is done where a server's answer never came: retry-once, or hold." example:"retry-once"`
	Brand     Brand             `yaml:"brand,omitempty" json:"brand,omitzero"`
	From      string            `yaml:"from,omitempty" json:"from,omitempty" doc:"Sender; the installation's own where it is left out." example:"Desk <desk@example.com>"`
	ReplyTo   string            `yaml:"reply_to,omitempty" json:"reply_to,omitempty" doc:"Where answers go." example:"help@example.com"`
	Hours     Hours             `yaml:"hours,omitempty" json:"hours,omitzero" doc:"When it is open, where a conversation's own calendar is not known, and for close-of-business."`
	Shares    []string          `yaml:"shares,omitempty" json:"shares,omitempty" nullable:"false" doc:"Keys of the projects whose digests may sum its numbers up: figures, never persons." example:"[\"group\"]"`
	Sources   map[string]Source `yaml:"sources,omitempty" json:"-"`
	Digests   map[string]Digest `yaml:"digests,omitempty" json:"-"`
}

// Brand is what a project may set of the look. Its logo is a picture: not here.
type Brand struct {
	Accent string `yaml:"accent,omitempty" json:"accent,omitempty" doc:"Colour, #RRGGBB; Fortnight's own where it is left out." example:"#3F45D6"`
	Footer string `yaml:"footer,omitempty" json:"footer,omitempty" doc:"A line of its own at the end of each mail."`
}

// Source is a database that numbers come from. A file names the variable that holds its DSN, never the DSN; the API takes the DSN and
// never gives it.
type Source struct {
	Platform string `yaml:"platform" json:"platform" example:"chatwoot"`
	DSNEnv   string `yaml:"dsn_env" json:"-"`
	DSN      string `yaml:"-" json:"dsn,omitempty" writeOnly:"true" doc:"Connection string. It is sealed and never shown again; left out, the one that is kept stays." example:"postgres://reader:secret@db.example.com:5432/chatwoot"`
	Tenant   string `yaml:"tenant" json:"tenant" doc:"The tenant's id on its platform." example:"1"`
	Link     string `yaml:"link,omitempty" json:"link,omitempty" doc:"Where the platform shows a conversation, with {tenant} and {conversation}." example:"https://chat.example.com/app/accounts/{tenant}/conversations/{conversation}"`
}

// Digest is a configured report. Its subscribers have addresses of their own in the API.
type Digest struct {
	Name        string       `yaml:"name,omitempty" json:"name,omitempty" doc:"As readers see it, where it says more than its cadence."`
	Active      bool         `yaml:"active" json:"active,omitempty" doc:"Nothing goes out until it is switched on."`
	Cadence     string       `yaml:"cadence" json:"cadence" doc:"daily, weekly, every-2-weeks, twice-monthly, monthly, every-2-months, close-of-business (which needs the project's hours), bi-monthly, or a cron expression." example:"weekly"`
	At          string       `yaml:"at,omitempty" json:"at,omitempty" doc:"Hour, with the weekday of weekly ones; close-of-business has the last closing of each open day where it is left out." example:"mon 08:00"`
	Zone        string       `yaml:"zone,omitempty" json:"zone,omitempty" doc:"IANA time zone; the project's where it is left out." example:"Europe/Berlin"`
	Anchor      string       `yaml:"anchor,omitempty" json:"anchor,omitempty" doc:"A date in a week that every-2-weeks takes." example:"2026-03-23"`
	Covers      string       `yaml:"covers,omitempty" json:"covers,omitempty" doc:"What a cron expression covers: day, week, half-month or month."`
	Sections    []Section    `yaml:"sections,omitempty" json:"sections,omitempty" nullable:"false" doc:"In the digest's order; where it is left out, activity, chatbot and contact_center."`
	Projects    []string     `yaml:"projects,omitempty" json:"projects,omitempty" nullable:"false" doc:"Keys of projects that share their numbers with this one, summed up in its sections, which then name no sources; its own project alone where it is left out." example:"[\"north\", \"south\"]"`
	MissedAfter string       `yaml:"missed_after,omitempty" json:"missed_after,omitempty" doc:"When an offered conversation counts as missed." example:"24h"`
	ExcludeAway bool         `yaml:"exclude_away,omitempty" json:"exclude_away,omitempty" doc:"Whether time away is left out of connection hours."`
	CatchUp     int          `yaml:"catch_up,omitempty" json:"catch_up,omitempty" doc:"How many missed periods the next mail still lists; 2 where it is left out."`
	Jitter      string       `yaml:"jitter,omitempty" json:"jitter,omitempty" doc:"Window in which it begins after its due." example:"15m"`
	Paper       string       `yaml:"paper,omitempty" json:"paper,omitempty" doc:"A4 or Letter." example:"A4"`
	Attach      []string     `yaml:"attach,omitempty" json:"attach,omitempty" nullable:"false" doc:"Files that its mails carry beside the PDF: csv, one a table, and xlsx, one with a sheet a section; none where it is left out." example:"[\"xlsx\"]"`
	Subject     string       `yaml:"subject,omitempty" json:"subject,omitempty" doc:"With {project}, {digest}, {period} and {finding}; left out, the finding is the subject." example:"{project}, {period}: {finding}"`
	Targets     []Target     `yaml:"targets,omitempty" json:"targets,omitempty" nullable:"false" doc:"What figures are held against: at most one each."`
	Readers     Readers      `yaml:"readers,omitempty" json:"readers,omitzero"`
	Practices   []string     `yaml:"practices,omitempty" json:"practices,omitempty" nullable:"false" doc:"Practices whose conversations, sessions and goals count; all where it is left out." example:"[\"Northside\"]"`
	Flows       Flows        `yaml:"flows,omitempty" json:"flows,omitzero" doc:"Parameters of the section flows."`
	Outreach    Outreach     `yaml:"outreach,omitempty" json:"outreach,omitzero" doc:"Parameters of the section outreach."`
	Open        Open         `yaml:"open_conversations,omitempty" json:"open_conversations,omitzero" doc:"Parameters of the section open_conversations, which a digest has only where it names it."`
	Subscribers []Subscriber `yaml:"subscribers,omitempty" json:"-"`
}

// Section names a section and its source. In a file it is "activity", or "activity: desk" where a project has several sources.
type Section struct {
	Section string `json:"section" example:"activity"`
	Source  string `json:"source,omitempty" doc:"Key of a source; may be left out where the project has one." example:"desk"`
}

// Target is what a figure is held against.
type Target struct {
	Section string `yaml:"section" json:"section" example:"contact_center"`
	Figure  string `yaml:"figure" json:"figure" example:"wait_mean"`
	Value   string `yaml:"value" json:"value" doc:"With its unit: 5m, 12%, 300." example:"5m"`
}

// Readers is what a digest lets its readers choose for themselves.
type Readers struct {
	Cadences   []string `yaml:"cadences,omitempty" json:"cadences,omitempty" nullable:"false" doc:"Cadences beside the digest's own, each of longer periods." example:"[\"monthly\"]"`
	Sections   bool     `yaml:"sections,omitempty" json:"sections,omitempty" doc:"Which of its sections they get."`
	Forwarding string   `yaml:"forwarding,omitempty" json:"forwarding,omitempty" doc:"Whether who was forwarded a mail may subscribe: approve (where it is left out), confirm or off." example:"approve"`
}

// IsZero tells whether readers may choose nothing beside what is always theirs.
func (r Readers) IsZero() bool { return len(r.Cadences) == 0 && !r.Sections && r.Forwarding == "" }

// Subscriber is a person who gets a digest.
type Subscriber struct {
	Address  string `yaml:"address" json:"address" example:"dana@example.com"`
	Name     string `yaml:"name,omitempty" json:"name,omitempty" example:"Dana Cruz"`
	Audience string `yaml:"audience,omitempty" json:"audience,omitempty" doc:"What they may see: admin, manager (where it is left out) or executive." example:"manager"`
	Agent    string `yaml:"agent,omitempty" json:"agent,omitempty" doc:"Their id as an agent on the platform: of open conversations they get their own alone; everybody's where it is left out." example:"7"`
	PDF      *bool  `yaml:"pdf,omitempty" json:"pdf,omitempty" doc:"Whether the PDF is attached; it is where this is left out."`
	Locale   string `yaml:"locale,omitempty" json:"locale,omitempty" doc:"Language, BCP 47; the project's where it is left out." example:"es"`
	Zone     string `yaml:"zone,omitempty" json:"zone,omitempty" doc:"IANA time zone: moves the hour alone." example:"America/New_York"`
	AddedBy  string `yaml:"added_by,omitempty" json:"added_by,omitempty" doc:"Who added them, as the mail says."`
}

var line = regexp.MustCompile(`line \d+`)

// UnmarshalYAML reads a name, or a map of one section to its source.
func (s *Section) UnmarshalYAML(decode func(any) error) error {
	if decode(&s.Section) == nil {
		return nil
	}
	var m map[string]string
	if err := decode(&m); err != nil || len(m) != 1 {
		const remedy = `write a section as "activity" or as "activity: SOURCE"`
		var wrong []struct{}
		if at := decode(&wrong); at != nil { // only a decoder's own error says where
			return fmt.Errorf("%s: %s", line.FindString(at.Error()), remedy)
		}
		return errors.New(remedy)
	}
	s.Section = ""
	for section, source := range m {
		s.Section, s.Source = section, source
	}
	return nil
}

// MarshalYAML writes what UnmarshalYAML reads.
func (s Section) MarshalYAML() (any, error) {
	if s.Source == "" {
		return s.Section, nil
	}
	return map[string]string{s.Section: s.Source}, nil
}
