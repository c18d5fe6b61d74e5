package intake

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fortnight/digest"
)

// shape is a relation with what its rows are checked by and the SQL that writes them.
type shape struct {
	digest.Relation
	at       map[string]int // column to its place
	names    []string       // that a line may have: all but tenant_id
	month    int            // the column whose months are partitions; -1: none
	staging  string         // the statements, see sql
	copying  string
	placing  string
	clearing string
}

func newShape(r digest.Relation) *shape {
	s := &shape{Relation: r, at: map[string]int{}, month: -1}
	for i, c := range r.Columns {
		s.at[c.Name] = i
		if i > 0 {
			s.names = append(s.names, c.Name)
		}
	}
	if r.Name == "message" {
		s.month = s.at["sent_at"]
	}
	s.sql()
	return s
}

// fill gives a line what a relation can say for it.
func (s *shape) fill(l *line) {
	if s.Name == "assignment" && l.get("derivation") == nil {
		l.set("derivation", "recorded") // who sends an assignment knows it
	}
}

// The longest texts, octets: what stands in an index has to fit into one.
const (
	mostID   = 500
	mostText = 100_000
)

// mostFields is how many fields a line may have.
const mostFields = 200

// row appends a line as one of COPY's text format, or says what is wrong with it, all of it.
func (s *shape) row(to []byte, l *line, tenant string, n int) ([]byte, []digest.LineFault) {
	var faults []digest.LineFault
	fault := func(field, format string, args ...any) {
		faults = append(faults, digest.LineFault{Line: l.n, Relation: s.Name, Field: field, Detail: fmt.Sprintf(format, args...)})
	}
	if n := len(l.names); n > mostFields {
		fault("", "The line has %d fields: %d are taken.", n, mostFields)
		return to, faults
	}
	values := make([]any, len(s.Columns))
	for i, name := range l.names {
		at, known := s.at[name]
		switch {
		case !known:
			fault(clipped(name), "%s has no field %q%s", s.Name, clipped(name), nearest(name, s.names))
		case at == 0:
			if text, _ := l.values[i].(string); l.values[i] != nil && text != tenant {
				fault(name, "The tenant is the project, %s: leave tenant_id out.", tenant)
			}
		default:
			values[at] = l.values[i]
		}
	}
	begin := len(to)
	to = strconv.AppendInt(to, int64(n), 10)
	to = append(to, '\t')
	to = escaped(to, tenant)
	for i, c := range s.Columns[1:] {
		to = append(to, '\t')
		value := values[i+1]
		if value == "" && !c.Required { // an empty text says nothing, as an empty cell does
			value = nil
		}
		if value == nil && c.Default != "" {
			to = append(to, c.Default...)
			continue
		}
		if value == nil {
			if c.Required && !slices.ContainsFunc(faults, func(f digest.LineFault) bool { return f.Field == c.Name }) {
				fault(c.Name, "%s is missing.", c.Name)
			}
			to = append(to, `\N`...)
			continue
		}
		text, wrong := s.spelled(c, value, l.loose)
		if wrong != "" {
			fault(c.Name, "%s %s.", c.Name, wrong)
			continue
		}
		to = escaped(to, text)
	}
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b digest.LineFault) int { return strings.Compare(a.Field, b.Field) })
		return to[:begin], faults
	}
	return append(to, '\n'), nil
}

// spelled is a value as PostgreSQL reads its column's type; wrong says why it is none.
func (s *shape) spelled(c digest.RelationColumn, value any, loose bool) (text, wrong string) {
	if _, is := value.(json.RawMessage); is && c.Type != "jsonb" {
		return "", "is a list or an object, and is to be " + kinds[c.Type]
	}
	switch c.Type {
	case "text":
		return s.text(c, value)
	case "timestamptz":
		return moment(value)
	case "date":
		return parsed(value, "a day such as 2026-03-29", time.DateOnly)
	case "time":
		if value == "24:00" || value == "24:00:00" {
			return "24:00", ""
		}
		return parsed(value, "a time of day such as 09:30", "15:04", "15:04:05")
	case "boolean":
		return yesOrNo(value, loose)
	case "jsonb":
		return document(value, loose)
	default:
		return number(c, value, loose)
	}
}

var kinds = map[string]string{
	"text": "a text", "timestamptz": "an instant", "date": "a day", "time": "a time of day", "boolean": "true or false",
	"integer": "a whole number", "smallint": "a whole number", "numeric": "a number", "double precision": "a number",
}

func (s *shape) text(c digest.RelationColumn, value any) (text, wrong string) {
	switch v := value.(type) {
	case string:
		text = v
	case json.Number: // ids are numbers in many systems
		if !whole.MatchString(string(v)) {
			return "", fmt.Sprintf("is the number %s, and is to be a text", clipped(string(v)))
		}
		text = string(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case time.Time:
		text = instant(v)
	default:
		return "", fmt.Sprintf("is %v, and is to be a text", v)
	}
	most := mostText
	if slices.Contains(s.Key, c.Name) || strings.HasSuffix(c.Name, "_id") {
		most = mostID
	}
	switch {
	case text == "" && c.Required:
		return "", "is empty"
	case len(text) > most:
		return "", fmt.Sprintf("has %d octets: %d are taken", len(text), most)
	case strings.IndexByte(text, 0) >= 0:
		return "", "has a NUL in it"
	case !utf8.ValidString(text):
		return "", "is no UTF-8"
	case len(c.OneOf) > 0 && !slices.Contains(c.OneOf, text):
		return "", fmt.Sprintf("is %q, and is to be %s", clipped(text), choice(c.OneOf))
	}
	return text, ""
}

var whole = regexp.MustCompile(`^-?\d{1,40}$`)

// The forms of an instant: those of RFC 3339, with a space for the T and offsets as PostgreSQL writes them.
var instants = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07", "2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 Z0700", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
}

var zoneless = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

func moment(value any) (text, wrong string) {
	var at time.Time
	switch v := value.(type) {
	case time.Time:
		at = v
	case string:
		var err error
		for _, form := range instants {
			if at, err = time.Parse(form, v); err == nil {
				break
			}
		}
		if err != nil {
			for _, form := range zoneless {
				if _, err := time.Parse(form, v); err == nil {
					return "", fmt.Sprintf("is %q, which has no zone: write it with Z or an offset, such as 2026-03-29T09:30:00+02:00", v)
				}
			}
			return "", fmt.Sprintf("is %q, and is to be an instant such as 2026-03-29T09:30:00+02:00", clipped(v))
		}
	case json.Number, int64, float64:
		return "", fmt.Sprintf("is the number %v, and is to be an instant such as 2026-03-29T09:30:00Z: seconds and milliseconds cannot be told apart", v)
	default:
		return "", fmt.Sprintf("is %v, and is to be an instant such as 2026-03-29T09:30:00+02:00", v)
	}
	if at = at.UTC(); at.Year() < 1900 || at.Year() > 2999 {
		return "", fmt.Sprintf("is of the year %d: write one from 1900 to 2999", at.Year())
	}
	return instant(at), ""
}

func parsed(value any, what string, forms ...string) (text, wrong string) {
	if v, is := value.(string); is {
		for _, form := range forms {
			if at, err := time.Parse(form, v); err == nil {
				return at.Format(form), ""
			}
		}
	}
	return "", fmt.Sprintf("is %q, and is to be %s", clipped(fmt.Sprint(value)), what)
}

func yesOrNo(value any, loose bool) (text, wrong string) {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v), ""
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil && loose {
			return strconv.FormatBool(b), ""
		}
	}
	return "", fmt.Sprintf("is %q, and is to be true or false", clipped(fmt.Sprint(value)))
}

// What is taken for an amount; in JSON a number may have an exponent.
var (
	plain   = regexp.MustCompile(`^-?\d{1,20}(\.\d{1,40})?$`)
	written = regexp.MustCompile(`^-?\d{1,20}(\.\d{1,40})?([eE][+-]?\d{1,2})?$`)
)

func number(c digest.RelationColumn, value any, loose bool) (text, wrong string) {
	refuse := func() (string, string) {
		return "", fmt.Sprintf("is %q, and is to be %s", clipped(fmt.Sprint(value)), kinds[c.Type])
	}
	switch v := value.(type) {
	case json.Number:
		text = string(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		if !loose && c.Type != "numeric" { // amounts are best written as texts
			return refuse()
		}
		text = strings.TrimPrefix(v, "+")
	default:
		return refuse()
	}
	switch c.Type {
	case "integer", "smallint":
		bits := 32
		if c.Type == "smallint" {
			bits = 16
		}
		n, err := strconv.ParseInt(text, 10, bits)
		if err != nil {
			return refuse()
		}
		if c.Most > 0 && (n < int64(c.Least) || n > int64(c.Most)) {
			return "", fmt.Sprintf("is %d, and is to be from %d to %d", n, c.Least, c.Most)
		}
		return strconv.FormatInt(n, 10), ""
	case "numeric":
		if _, is := value.(json.Number); is && written.MatchString(text) {
			return text, ""
		}
		if !plain.MatchString(text) {
			return refuse()
		}
		return text, ""
	default:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return refuse()
		}
		return strconv.FormatFloat(f, 'g', -1, 64), ""
	}
}

// document is JSON as jsonb takes it: no NUL, no half of a surrogate pair, no number that is no float.
func document(value any, loose bool) (text, wrong string) {
	var raw []byte
	switch v := value.(type) {
	case json.RawMessage:
		raw = v
	case string:
		if loose && json.Valid([]byte(v)) {
			raw = []byte(v)
			break
		}
		raw, _ = json.Marshal(v) // a text can always be written
	default:
		raw, _ = json.Marshal(v) // so can a number
	}
	if len(raw) > mostText {
		return "", fmt.Sprintf("has %d octets: %d are taken", len(raw), mostText)
	}
	var any any
	if err := json.Unmarshal(raw, &any); err != nil {
		return "", "has a number that is too large"
	}
	if deep(any) > 100 {
		return "", "is more than 100 levels deep"
	}
	out, err := json.Marshal(any)
	if err != nil || strings.Contains(string(out), `\u0000`) {
		return "", "has a NUL in it"
	}
	return string(out), ""
}

func deep(value any) (most int) {
	switch v := value.(type) {
	case []any:
		for _, x := range v {
			most = max(most, deep(x))
		}
	case map[string]any:
		for _, x := range v {
			most = max(most, deep(x))
		}
	default:
		return 0
	}
	return most + 1
}

// escaped appends a text as COPY's text format has it.
func escaped(to []byte, text string) []byte {
	if strings.IndexByte(text, '\\') < 0 && strings.IndexByte(text, '\n') < 0 && strings.IndexByte(text, '\r') < 0 && strings.IndexByte(text, '\t') < 0 {
		return append(to, text...)
	}
	for i := range len(text) {
		switch c := text[i]; c {
		case '\\':
			to = append(to, `\\`...)
		case '\n':
			to = append(to, `\n`...)
		case '\r':
			to = append(to, `\r`...)
		case '\t':
			to = append(to, `\t`...)
		default:
			to = append(to, c)
		}
	}
	return to
}
