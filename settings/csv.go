package settings

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

// Columns are those of a file of subscribers, in the order that WriteCSV writes.
func Columns() []string {
	return []string{"address", "name", "audience", "pdf", "locale", "zone", "added_by"}
}

// LineError is a fault of a file of subscribers.
type LineError struct {
	Line   int    // from 1, the head's
	Column string // "" where it is of the whole line
	Value  string // as it stands there
	Reason string // "There is no such zone: write an IANA name, such as Europe/Berlin."
}

// Error is "line 4, zone: There is no such zone …".
func (e *LineError) Error() string {
	where := fmt.Sprintf("line %d", e.Line)
	if e.Column != "" {
		where += ", " + e.Column
	}
	return where + ": " + e.Reason
}

// MostLines is how many subscribers a file may have.
const MostLines = 20000

// ReadCSV reads a file of subscribers: a head that names Columns in any order, address among them, then a line each. Commas,
// semicolons and tabs divide; it is UTF-8, with or without a byte order mark. All faults are reported at once, joined: each is a
// *LineError. Then there are no subscribers.
func (k Known) ReadCSV(file []byte) ([]digest.Subscriber, error) {
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if !utf8.Valid(file) {
		at := 1 + bytes.Count(file[:firstInvalid(file)], []byte("\n"))
		return nil, &LineError{Line: at, Reason: "This is not UTF-8: save the file as CSV UTF-8."}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma, r.TrimLeadingSpace, r.FieldsPerRecord = divider(file), true, -1
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, &LineError{Line: 1, Reason: "The file is empty: begin with a line of " + strings.Join(Columns(), ",") + "."}
	}
	if err != nil {
		return nil, csvFault(err)
	}
	l := lines{Known: k, seen: map[string]int{}}
	if !l.head(head) {
		return nil, errors.Join(l.faults...)
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			l.faults = append(l.faults, csvFault(err))
			break // where a quote does not close, no line after it is one
		}
		at, _ := r.FieldPos(0)
		if len(l.all) == MostLines {
			l.fault(at, "", "", fmt.Sprintf("A file may have %d subscribers: divide it.", MostLines))
			break
		}
		l.line(at, record)
	}
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return l.all, nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// divider is what divides the head: spreadsheets write semicolons where a comma is the decimal sign.
func divider(file []byte) rune {
	head, _, _ := bytes.Cut(file, []byte("\n"))
	most, divides := 0, ','
	for _, c := range ",;\t" {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			most, divides = n, c
		}
	}
	return divides
}

func csvFault(err error) error {
	var of *csv.ParseError
	if !errors.As(err, &of) {
		return err
	}
	return &LineError{Line: of.Line, Reason: "A quote is open or stands where none may: put a text with quotes in quotes, and each of its own twice."}
}

// lines collects the subscribers and faults of a file.
type lines struct {
	Known
	columns []string // of each field
	seen    map[string]int
	all     []digest.Subscriber
	faults  []error
}

func (l *lines) fault(line int, column, value, reason string) {
	l.faults = append(l.faults, &LineError{line, column, value, reason})
}

func (l *lines) head(head []string) bool {
	for _, h := range head {
		column := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(h)), " ", "_")
		switch column {
		case "email", "e-mail", "mail":
			column = "address"
		}
		switch {
		case slices.Contains(l.columns, column):
			l.fault(1, column, h, "This column stands there twice.")
		case !slices.Contains(Columns(), column):
			l.fault(1, "", h, fmt.Sprintf("There is no column %q: choose from %s.", h, strings.Join(Columns(), ", ")))
		}
		l.columns = append(l.columns, column)
	}
	if !slices.Contains(l.columns, "address") {
		l.fault(1, "address", "", "There is no column address: the first line names the columns.")
	}
	return len(l.faults) == 0
}

func (l *lines) line(at int, record []string) {
	if len(record) > len(l.columns) {
		l.fault(at, "", "", fmt.Sprintf("The line has %d fields, and the head %d.", len(record), len(l.columns)))
		return
	}
	s := digest.Subscriber{Audience: digest.Manager, PDF: true}
	for i, value := range record {
		l.field(&s, at, l.columns[i], Plain(strings.TrimSpace(value)))
	}
	if key := strings.ToLower(s.Address); key != "" {
		if first, twice := l.seen[key]; twice {
			l.fault(at, "address", s.Address, fmt.Sprintf("The address stands in line %d already.", first))
		} else {
			l.seen[key] = at
		}
	} else if i := slices.Index(l.columns, "address"); i >= len(record) {
		l.fault(at, "address", "", "The address is missing.")
	}
	l.all = append(l.all, s)
}

func (l *lines) field(s *digest.Subscriber, at int, column, value string) {
	fault := func(reason string) { l.fault(at, column, value, reason) }
	if strings.ContainsFunc(value, unicode.IsControl) {
		fault("A line break or another control character is in it: write it as one line.")
		return
	}
	switch column {
	case "address":
		if reason := AddressFault(value); reason != "" {
			fault(reason)
		}
		s.Address = value
	case "name":
		s.Name = value
	case "added_by":
		s.AddedBy = value
	case "audience":
		switch a := digest.Audience(strings.ToLower(value)); a {
		case digest.Admin, digest.Manager, digest.Executive:
			s.Audience = a
		case "":
		default:
			fault("There is no such audience: write admin, manager or executive.")
		}
	case "pdf":
		switch strings.ToLower(value) {
		case "", "yes", "true", "1":
		case "no", "false", "0":
			s.PDF = false
		default:
			fault("Write yes or no.")
		}
	case "locale":
		if value != "" && l.Locale != nil {
			if err := l.Locale(value); err != nil {
				fault("There are no words for this language.")
			}
		}
		s.Locale = value
	case "zone":
		if _, err := time.LoadLocation(value); value != "" && (err != nil || value == "Local") {
			fault("There is no such zone: write an IANA name, such as Europe/Berlin.")
		}
		s.Zone = value
	}
}

// AddressFault says what is wrong with a mail address; "" where nothing is.
func AddressFault(s string) string {
	if s == "" {
		return "The address is missing."
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 {
		return "This is not a mail address: write one such as dana@example.com."
	}
	_, domain, _ := strings.Cut(s, "@")
	if !strings.Contains(strings.Trim(domain, "."), ".") {
		return "This is not a full address: the part after @ has no dot."
	}
	return ""
}

// WriteCSV writes what ReadCSV reads: a head, and a line each.
func WriteCSV(w io.Writer, all []digest.Subscriber) error {
	out := csv.NewWriter(w)
	rows := [][]string{Columns()}
	for _, s := range all {
		pdf := "yes"
		if !s.PDF {
			pdf = "no"
		}
		rows = append(rows, []string{s.Address, Guarded(s.Name), string(s.Audience), pdf, s.Locale, s.Zone, Guarded(s.AddedBy)})
	}
	return out.WriteAll(rows)
}

// Guarded is a text as a cell that no spreadsheet takes for a formula: a quote stands in front of it. Plain takes that away.
func Guarded(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r'") {
		return "'" + s
	}
	return s
}

// Plain is a cell without the quote that Guarded puts in front of it.
func Plain(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsAny(s[1:2], "=+-@\t\r'") {
		return s[1:]
	}
	return s
}
