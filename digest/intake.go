package digest

import "errors"

// Relation is one of Fortnight's own event tables, as whoever writes into it has to know it. Its first column is tenant_id.
type Relation struct {
	Name    string
	Columns []RelationColumn
	Key     []string // columns that tell one row from another, tenant_id first; null counts as an empty text
}

// RelationColumn is a column of a Relation.
type RelationColumn struct {
	Name     string
	Type     string   // as PostgreSQL spells it: text, timestamptz, integer, smallint, boolean, numeric, double precision, jsonb, date, time
	Required bool     // null is refused
	Default  string   // what stands in for null; "": nothing does
	OneOf    []string // the words that it takes; empty: any
	Least    int      // with Most, of whole numbers; both 0: any
	Most     int
}

// The formats that events come in. JSON is an array or one object; each format may be packed by gzip.
const (
	FormatJSON    = "json"
	FormatNDJSON  = "ndjson"
	FormatCSV     = "csv"
	FormatParquet = "parquet"
)

// Batch is how a body of events is to be read and taken.
type Batch struct {
	Project   Project // whose key is the tenant
	Format    string
	Relation  string // of lines that do not name theirs; "": each names it
	AllOrNone bool   // nothing is taken where one line is at fault; false: the good ones are
	// Event are the attributes of the CloudEvent whose data the body is (its binary form), by name: id, type, time; nil: none.
	Event map[string]string
	Most  int64 // octets at most, unpacked; 0: any
}

// Taken is what became of a batch.
type Taken struct {
	Lines   int // that were read
	Good    int // without a fault
	Written int // rows that are new or were changed; 0 where nothing was taken
	Faults  []LineFault
	More    int // faults beyond those listed
}

// Refused is how many lines have a fault.
func (t Taken) Refused() int { return t.Lines - t.Good }

// LineFault is what is wrong with a line: of NDJSON and CSV the line of the file, of a JSON array and of Parquet the element's number, from 1.
type LineFault struct {
	Line     int
	Relation string // "": not known
	Field    string // "": the line as a whole
	Detail   string // what is wrong and what to do, a sentence
}

// What a body of events as a whole may be refused for.
var (
	ErrTooLarge   = errors.New("the body is too large")
	ErrUnreadable = errors.New("the body cannot be read")
)

// Refused is a line that was not taken.
type Refused struct {
	Line   int
	Row    []byte // as JSON
	Faults []LineFault
}
