package roster

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/spelling"
)

// TooLargeError is a file that is not read.
type TooLargeError struct{ Reason string }

// Error is the reason: "The file has 61,204 lines; 50,000 are taken at a time."
func (e *TooLargeError) Error() string { return e.Reason }

// Reader reads files for one digest.
type Reader struct {
	Digest  string   // its key
	Locales []string // languages that its mails are written in
}

// Read reads a file whole and checks every line: columns in any order, parted by comma, semicolon or tab; UTF-8, UTF-16 or
// Windows-1252. A list of addresses alone needs no head. The error is a *TooLargeError; what else is wrong is among the faults.
func (r Reader) Read(file []byte) (Sheet, error) {
	if len(file) > MostBytes {
		return Sheet{}, &TooLargeError{fmt.Sprintf("The file has %.1f MB; 5 MB are taken at a time.", float64(len(file))/(1<<20))}
	}
	text, encoding := decoded(file)
	s := &reading{Reader: r, sheet: Sheet{Encoding: encoding}, first: map[string]int{}}
	err := s.all(text)
	return s.sheet, err
}

type reading struct {
	Reader
	sheet   Sheet
	columns []Column // by place; "" where the column means nothing here
	first   map[string]int
}

func (s *reading) all(text string) error {
	skipped := 0
	if rest, ok := strings.CutPrefix(strings.ToLower(text[:min(len(text), 5)]), "sep="); ok && rest != "" { // a spreadsheet's own first line
		_, after, _ := strings.Cut(text, "\n")
		text, skipped = after, 1
	}
	comma, parted := separator(text)
	if first, _, _ := strings.Cut(strings.TrimLeft(text, "\n "), "\n"); !parted && strings.Contains(first, "@") {
		return s.list(text)
	}
	lines := csv.NewReader(strings.NewReader(text))
	lines.Comma, lines.FieldsPerRecord = comma, -1
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			s.fault(bad.StartLine+skipped, "", "", quoting(bad))
			s.keep(bad.StartLine+skipped, record)
			if s.columns == nil {
				return nil // the head is broken: nothing below can be told apart
			}
			continue
		}
		if err != nil { // of a reader of a string there is no other
			return fmt.Errorf("read the file: %w", err)
		}
		line, _ := lines.FieldPos(0)
		line += skipped
		if blank(record) {
			continue
		}
		if s.columns == nil {
			if s.headed(line, record); len(s.sheet.Faults) > 0 {
				return nil
			}
			continue
		}
		if err := s.line(line, record); err != nil {
			return err
		}
	}
	if s.columns == nil {
		s.fault(1, "", "", "The file is empty. Its first line names the columns: address, name, audience, language, zone, pdf.")
	}
	return nil
}

// list reads addresses alone, one a line, without a head.
func (s *reading) list(text string) error {
	s.columns, s.sheet.Has, s.sheet.head = []Column{Address}, []Column{Address}, []string{string(Address)}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := s.line(i+1, []string{line}); err != nil {
			return err
		}
	}
	return nil
}

func quoting(e *csv.ParseError) string {
	if errors.Is(e.Err, csv.ErrQuote) {
		return "A quoted cell does not end. Close it with \", and double a \" that belongs to the text."
	}
	return "A \" stands in the middle of a cell. Put the whole cell in quotes, and double the \" in it."
}

// separator is what parts the cells of the first line: comma, semicolon or tab; ok is false where nothing does. Between quotes none
// counts.
func separator(text string) (comma rune, ok bool) {
	best, most := ',', 0
	for _, c := range []rune{',', ';', '\t'} {
		n, quoted := 0, false
		for _, x := range strings.TrimLeft(text, "\n ") {
			if x == '"' {
				quoted = !quoted
			} else if x == '\n' && !quoted {
				break
			} else if x == c && !quoted {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best, most > 0
}

func blank(record []string) bool {
	for _, cell := range record {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// headed reads the first line, which names the columns.
func (s *reading) headed(line int, record []string) {
	s.columns, s.sheet.head = make([]Column, len(record)), record
	for i, cell := range record {
		c := named(cell)
		switch {
		case c == State || strings.EqualFold(strings.TrimSpace(cell), faultColumn): // what this program writes for people
		case c == "":
			if strings.TrimSpace(cell) != "" {
				s.sheet.Ignored = append(s.sheet.Ignored, strings.TrimSpace(cell))
			}
		case s.sheet.Knows(c):
			s.fault(line, c, cell, fmt.Sprintf("A second column for the %s. Keep one of the two.", c))
		default:
			s.columns[i], s.sheet.Has = c, append(s.sheet.Has, c)
		}
	}
	if !s.sheet.Knows(Address) {
		reason := "No column is called address. The first line names the columns: address, name, audience, language, zone, pdf; only address is needed."
		for _, name := range s.sheet.Ignored {
			if near := spelling.Nearest(name, []string{string(Address), "email"}); near != "" {
				reason = fmt.Sprintf("No column is called address. Did you mean it by %s?", name)
			}
		}
		s.fault(line, Address, strings.Join(record, ", "), reason)
	}
}

// named gives the column that a head means, in the words that exports of other programs use too; "" where it means none here.
func named(head string) Column {
	switch strings.ToLower(strings.Join(strings.FieldsFunc(head, func(r rune) bool { return strings.ContainsRune(" _-.", r) }), "")) {
	case "address", "email", "mail", "emailaddress", "mailaddress":
		return Address
	case "name", "fullname", "displayname":
		return Name
	case "audience", "role":
		return Audience
	case "language", "locale", "lang":
		return Language
	case "zone", "timezone", "tz":
		return Zone
	case "pdf", "pdfattached", "attachpdf":
		return PDF
	case "digest":
		return Digest
	case "state":
		return State
	}
	return ""
}

func (s *reading) fault(line int, c Column, says, reason string) {
	if r := []rune(says); len(r) > 120 {
		says = string(r[:120]) + "…"
	}
	s.sheet.Faults = append(s.sheet.Faults, Fault{line, c, says, reason})
}

func (s *reading) keep(line int, cells []string) {
	s.sheet.faulty = append(s.sheet.faulty, faultyLine{line, cells})
}

func (s *reading) line(number int, record []string) error {
	if s.sheet.Read++; s.sheet.Read > MostLines {
		return &TooLargeError{fmt.Sprintf("The file has more than %s lines. Take it in parts.", look.Thousands(MostLines))}
	}
	before := len(s.sheet.Faults)
	l := Line{Number: number, Audience: digest.Manager, PDF: true}
	if len(record) > len(s.columns) && !blank(record[len(s.columns):]) {
		s.fault(number, "", record[len(s.columns)], fmt.Sprintf("%s, and the first line names %s. Put a cell that holds the separator in quotes.",
			look.Count(len(record), "cell", ""), look.Count(len(s.columns), "column", "")))
	}
	for i, cell := range record[:min(len(record), len(s.columns))] {
		if c := s.columns[i]; c != "" {
			if says, reason := s.cell(&l, c, tidy(cell)); reason != "" {
				s.fault(number, c, says, reason)
			}
		}
	}
	if s.other(record) {
		s.sheet.Faults = s.sheet.Faults[:before] // they are not this digest's matter
		s.sheet.Others++
		return nil
	}
	if l.Address == "" && before == len(s.sheet.Faults) { // a short line, or an empty cell
		s.fault(number, Address, "", "No address.")
	}
	if key := folded(l.Address); key != "" {
		if first := s.first[key]; first > 0 {
			s.fault(number, Address, l.Address, fmt.Sprintf("Already on line %d. Keep one of the two.", first))
		} else {
			s.first[key] = number
		}
	}
	if len(s.sheet.Faults) > before {
		s.keep(number, record)
		return nil
	}
	s.sheet.Lines = append(s.sheet.Lines, l)
	return nil
}

// other tells whether a line is of another digest.
func (s *reading) other(record []string) bool {
	for i, c := range s.columns {
		if c == Digest && i < len(record) {
			of := tidy(record[i])
			return of != "" && !strings.EqualFold(of, s.Reader.Digest)
		}
	}
	return false
}
