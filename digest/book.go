package digest

import "time"

// Book is an edition's numbers as values, for files: what its Letter says in words, and what that has no room for. Persons are left out or
// masked as they are in the letter, texts are in its locale, instants in the digest's zone.
type Book struct {
	Name        string // that its files begin with: "support-desk-2020-w13"
	Title       string // "Support desk, 23–29 March 2020"
	Locale, Dir string
	Zone        *time.Location
	Made        time.Time // when the data was read
	Leaves      []Leaf    // what it is about first, then a section each
	Words       BookWords
}

// BookWords are the heads and units of the files that list what has columns of its own elsewhere.
type BookWords struct {
	Section, Figure, Chart, Row, Column, Unit, Value string
	Units                                            map[Unit]string // as numbers stand in plain text: a duration's "s"
	Minutes                                          string          // "min"
}

// Leaf is a section in values.
type Leaf struct {
	Key, Title string
	Lines      []string // what is to be known of it
	Figures    *Grid    // first column the figure; nil: there are none
	Grids      []Grid   // its tables
	Charts     []Grid   // the values of its charts
}

// Grid is a table in values.
type Grid struct {
	Key, Title, Caption string
	Head                []GridHead
	Rows                [][]Entry
	Links               []string // per row, where its first cell leads to; shorter than Rows, and "", where that is nowhere
}

// GridHead is a column's. Unit is "" where each of its cells has its own.
type GridHead struct {
	Text string
	Unit Unit
}

// Units that only files have: a day of the calendar (Value.Instant is its midnight in UTC), and a difference of percents.
const (
	LocalDay Unit = "day"
	Points   Unit = "points"
)

// Entry is one value of a grid. Where it has none, Word says why in the locale: "n/a".
type Entry struct {
	Unit   Unit
	Value  Value
	Word   string
	Signed bool // it is a difference
}

// Clerk sets a book as files: the same book, the same bytes.
type Clerk interface {
	Files(b Book, a Attachments) ([]File, error)
}

// MostAttached is how many octets of files a mail carries, its PDF among them. Many servers refuse more.
const MostAttached = 10_000_000

// TooLarge is said in place of files that are too large to be attached.
type TooLarge struct{ Note, Label string } // Label is of the link to the edition's page, where they are
