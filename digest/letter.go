package digest

import "time"

// Audience is what a subscriber may see.
type Audience string

// Admin sees all; manager sees agents by name and end users masked; executive sees no persons and a brief.
const (
	Admin     Audience = "admin"
	Manager   Audience = "manager"
	Executive Audience = "executive"
)

// Brand is what a project may set of the look.
type Brand struct {
	Accent Colour // 0: Fortnight's own
	Footer string // a line of the project's own at the end; may be empty
	Logo   string `json:",omitempty"` // the hash that the ledger knows the project's logo by; "": the mark is drawn
}

// Brief is what the editor is told besides the snapshot.
type Brief struct {
	Project  string // "Support desk": the name at the head
	Digest   string // the digest's own name where it says more than its cadence; may be empty
	Cadence  string // phrase key suffix: weekly, every-2-weeks, twice-monthly, monthly, every-2-months, daily, custom
	Edition  string // "SD-2020-W13"
	Audience Audience
	Brand    Brand
	Subject  string // the pattern of the digest's subjects, with SubjectSlots; "": the editor's own
	Logo     *Logo  // the project's; nil: the mark stands in its place. It is the studio's, the editor has no use for it
	Content  string // the hash of the edition's snapshot, where the letter is made of a part of it; "": the snapshot's own
	Agent    string // whose open conversations these are, as the platform knows him; "": everybody's
	Sections int    // how many the digest has switched on; 0: those of the snapshot

	Due         time.Time // when it was to be made; zero: not scheduled
	SentAt      time.Time // when it goes out; with Due says how late
	Restated    []Restatement
	MissedAfter time.Duration     // until an offered conversation counts as missed; 0: 24 h
	AdminTold   bool              // whether somebody was told of a section that failed
	Before      *Snapshot         // of the edition before, for the figures of a section that failed; may be nil
	CatchUp     []Snapshot        // the older periods of a catch-up mail, newest first
	PDF         bool              // a PDF goes with the mail
	Attachments Attachments       // what files go with it besides
	Key         string            // the project's, for their names; "": the edition's label alone names them
	AddedBy     string            // who added the subscriber, for "You get this because …"; may be empty
	Platforms   map[string]string // platform key → name as printed: "chatwoot" → "Chatwoot"
	Console     string            // the edition's address behind the sign-in, without a slash at its end; "": nothing leads there
}

// Restatement is a figure whose previous value differs from what was printed then.
type Restatement struct {
	Section, Figure string
	Unit            Unit
	Printed, Now    Value
	Period          Period
}

// Tone is the meaning that a colour, a word and a dot carry.
type Tone string

// The tones. Plain has no colour.
const (
	Plain  Tone = ""
	Better Tone = "better"
	Worse  Tone = "worse"
	Warn   Tone = "warn" // provisional, waiting
)

// Letter is an edition as one audience reads it in one locale: finished words and numbers, persons already left out or
// masked, in reading order. Layouts (html, text, PDF) add no words and compute nothing.
type Letter struct {
	Locale, Dir string
	Audience    Audience
	Brand       Brand
	Logo        *Logo `json:"-"` // as paper has it; set by the studio

	Subject   string // without "[Test]"
	Preheader string
	Project   string    // at the head, left
	Kind      string    // at the head, right: "Weekly digest"
	Edition   string    // "SD-2020-W13"
	Hash      string    // "9f3c 41d7 b20e 6a58"
	ReadAt    time.Time // when the data was read; set by the studio
	Book      *Book     `json:"-"`          // its numbers as values, where files are made of them; the studio has no more use for it then
	TooLarge  *TooLarge `json:",omitempty"` // of files that are linked; nil where there are none, or they are attached

	Banner   *Banner  // the worst of late, catch-up, failed, data up to; nil: none
	Headline []string // two short sentences
	Dates    string   // "Mon 23 – Sun 29 March 2020, compared with 16–22 March"
	Contract Spans    // "America/New_York, 168 hours. Data read 30 Mar, 08:00. 3 of 3 sections complete."
	Range    string   // "23–29 March 2020", for page heads
	Findings []Finding

	Catching   *Sheet    // the list of periods of a catch-up mail; nil: none
	Sections   []Chapter // in the digest's order
	Notes      []Spans   // restatements, first edition …
	NotesTitle string
	Footnotes  []Footnote

	// The closing lines. Links are a delivery's own and are added by the layout.
	EditionLine                                   string // "Edition SD-2020-W13 · content 9f3c 41d7 b20e 6a58"
	ViewLabel, PreferencesLabel, UnsubscribeLabel string
	PDFLabel                                      string // "" where the PDF is attached
	DefinitionsLabel                              string // "What each figure means"
	Why                                           string // "You get this because … added you to …"; the layout drops it in a PDF
	Footer                                        string // the brand's own line
	PDFNote                                       string // of a PDF's foot: "no personal data, may be forwarded"
	PageOf                                        string // "{page} of {pages}" with these two slots left in
	ValuesTitle                                   string // of the PDF's last page, which gives each chart's values
	ContentsTitle                                 string // of the PDF's outline, "Summary" for its first page
}

// Banner is the one strip above the headline.
type Banner struct {
	Kind  string // failed, late, catchup, dataupto
	Title string
	Text  string
}

// Finding is one sentence with its number and the chart that shows it.
type Finding struct {
	Tone   Tone
	Word   string // Worse, Better, Peak, Failed, Below target, Steady
	Text   Spans
	Link   string // "By day"
	Anchor string // of the chart or section it leads to
}

// Chapter is a section in words.
type Chapter struct {
	Key, Anchor string
	Title       string // "Contact center"
	Status      string // "Chatwoot, complete"
	Failed      bool
	Message     Spans // of a failed or unavailable section; empty otherwise
	Cards       []Card
	Balance     *Balance // the reconciliation line; nil: none
	Pictures    []Picture
	Sheets      []Sheet
}

// Card is one figure.
type Card struct {
	Key    string
	Anchor string // of its definition: "contact_center-missed"; "" for none
	Label  string
	Mark   string // footnote number, "" for none
	Parts  []Part // the number: {"307",""}, {"1","h"} {"40","min"}; empty where there is none
	Nil    string // "n/a", "Not available", "No data" in place of Parts
	Small  bool   // Nil is words, set at 16, not 28
	Tone   Tone   // of the number itself: Warn where provisional
	Change string // "+60 %", "+5", "−7 h 54 min"; "" for none
	Dot    bool   // ● before the change: worse, seen in grey
	Colour Tone   // of the change
	From   string // "from 192"; "" where it would wrap
	Under  string // in place of a change: "Mon 23 Mar, 15:02 EDT", why n/a, "until 1 Apr", target
	Wide   bool   // takes two columns
}

// Balance is the reconciliation: total = handled + missed + waiting, as a bar, a line and its small print.
type Balance struct {
	Bars []BalanceBar // shares of the total; empty where the total is 0
	Line Spans
	Text string
}

// BalanceBar is one part of the bar.
type BalanceBar struct {
	Key   string  // handled, missed, waiting
	Share float64 // 0..100
}

// Picture is a chart with its words. Where Drawn is false there is no picture, only title and caption.
type Picture struct {
	Section, Anchor string // Anchor: "activity-incoming_messages"; also the file name of its PNG
	Title           string
	Mark            string // footnote number after the caption
	Caption         string
	Alt             string // the values, in words; text and PDF print it too
	Drawn           bool
	Chart           Chart // labels in the locale and fit for the audience: what is drawn is what may be seen
	Legend          Legend
	Half            bool // two stand side by side in a PDF
}

// Legend is the words inside a picture.
type Legend struct {
	Current, Previous string            // "this week", "week before"
	Series            map[string]string // of stacked bars: handled → "handled"
	Total             string            // inside a donut, below the sum: "active users"
	Columns           []string          // heads of a flow: "Came in by", "First flow", "First answer"
	Above             map[string]string // of stacked bars: phrase for the label above: missed → "{n} missed", slot left in
	Value             string            // what the tint of a heat map tells: "missed and waiting"
	Of                string            // what that is held against: "agents connected"
	UpTo              string            // the same with the largest, slot left in: "agents connected, up to {n}"
	Without           string            // a value where there was nothing to hold it against: "no agent connected"
	Target            string            // of a histogram, at its marker: "target 10 min"
	OfFirst, OfBefore string            // heads of a funnel's shares: "of all", "of the step before"
}

// Sheet is a table in words.
type Sheet struct {
	Anchor, Title, Caption string
	Head                   []string
	Rows                   [][]string
	Bold                   []bool   // per row; may be shorter than Rows
	Whole, WholeText       string   // the address behind the sign-in that has what is masked here, and what its link says; "": none
	Links                  []string // per row, where its first cell leads to; shorter than Rows, and "", where that is nowhere
	Text                   int      // how many columns from the left are words (start-aligned); the others are numbers (end-aligned)
	Short                  int      // how many columns from the left stand in a row where there is little room, and Under says the others; 0: all
	Under                  []string // per row, the others in words; "" says nothing
	Most                   int      // how many rows a mail has room for; 0: all
	More                   string   // what a mail says below them of the others
	Page                   bool     // only where there is room for it: on the edition's page and in its files, not in the mail nor on paper
}

// Narrow is the table with the columns that stand in a row where there is little room.
func (s Sheet) Narrow() Sheet {
	if s.Short <= 0 || s.Short >= len(s.Head) {
		return s
	}
	s.Head, s.Text = s.Head[:s.Short], min(s.Text, s.Short)
	rows := make([][]string, len(s.Rows))
	for i, cells := range s.Rows {
		rows[i] = cells[:min(len(cells), s.Short)]
	}
	s.Rows = rows
	return s
}

// Brief is the narrow table with the rows that a mail has room for, and More where there are others.
func (s Sheet) Brief() Sheet {
	s = s.Narrow()
	if s.Most <= 0 || s.Most >= len(s.Rows) {
		s.More = ""
		return s
	}
	s.Rows = s.Rows[:s.Most]
	return s
}

// Footnote is one line under Notes.
type Footnote struct{ Mark, Text string }
