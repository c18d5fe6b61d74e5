package digest

// Parameters are what an admin sets for the sections of a digest. A zero field is its default.
type Parameters struct {
	Practices []string         `json:",omitempty"` // whose conversations, sessions and goals count; none: of all practices
	Flows     FlowsParameters  `json:",omitzero"`
	Outreach  OutreachSettings `json:",omitzero"`
	Open      OpenParameters   `json:",omitzero"`
}

// FlowsParameters are those of the section flows.
type FlowsParameters struct {
	Flows               []string `json:",omitempty"` // ids; none: all
	Channels            []string `json:",omitempty"` // none: all
	SecondsPerMessage   float64  `json:",omitempty"` // of staff time that an outbound message saves; 0: DefaultSecondsPerMessage
	ValuePerAppointment *float64 `json:",omitempty"` // in Currency, where a goal has no amount of its own; nil: not known
	ValuePerEnrollment  *float64 `json:",omitempty"`
	Currency            string   `json:",omitempty"` // ISO 4217
	AttributionDays     int      `json:",omitempty"` // how long a session may lie before what it led to; 0: DefaultAttributionDays
	Kept                *Answer  `json:",omitempty"` // the answer that keeps an appointment about to be cancelled; nil: goals alone tell
	FreeText            bool     `json:",omitempty"` // whether answers in people's own words are listed, not only counted
}

// Answer is an answer at a step of a flow.
type Answer struct{ Flow, Step, Answer string }

// OutreachSettings are those of the section outreach.
type OutreachSettings struct {
	ResponseWindow int  `json:",omitempty"` // hours after a send within which an answer is one to it; 0: DefaultResponseWindow
	Individual     bool `json:",omitempty"` // whether the mail has the table of recipients, masked
}

// OpenParameters are those of the section open_conversations.
type OpenParameters struct {
	InitiatedBy []string `json:",omitempty"` // user, agent, bot, campaign, unknown; none: all
	Assignees   []string `json:",omitempty"` // ids; none: all
	Unread      bool     `json:",omitempty"` // only what nobody has read
	Urgency     int      `json:",omitempty"` // at least, 0..3
	SendEmpty   bool     `json:",omitempty"` // mailed too where nothing is open
}

// The defaults of metrics.md 6 and 7.
const (
	DefaultSecondsPerMessage = 15.0
	DefaultAttributionDays   = 90
	DefaultResponseWindow    = 72 // hours
)

// Attachments are the files that a mail carries beside its PDF.
type Attachments struct {
	CSV  bool `json:",omitempty"` // one a table
	XLSX bool `json:",omitempty"` // one, with a sheet a section
}

// Any tells whether there are any.
func (a Attachments) Any() bool { return a.CSV || a.XLSX }

// File is an attachment.
type File struct {
	Name string // "support-desk-2020-w13-contact_center-by_team.csv"
	Type string // of its content: "text/csv; charset=utf-8"
	Data []byte
}
