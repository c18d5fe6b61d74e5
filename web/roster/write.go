package roster

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"fortnight/digest"
)

// Write writes subscribers as a file that Read takes again: UTF-8 with its mark, for spreadsheets, and lines ended as RFC 4180 says.
// A cell that a spreadsheet would take for a formula begins with an apostrophe, which Read takes off. It gives how many it wrote.
func Write(to io.Writer, all iter.Seq2[digest.SubscriberLine, error]) (n int, err error) {
	out, err := begin(to)
	if err != nil {
		return 0, err
	}
	var head []string
	for _, c := range Columns() {
		head = append(head, string(c))
	}
	if err := out.Write(head); err != nil {
		return 0, fmt.Errorf("write the file: %w", err)
	}
	for s, err := range all {
		if err != nil {
			return n, err
		}
		pdf := "no"
		if s.PDF {
			pdf = "yes"
		}
		if err := out.Write(guarded([]string{s.Address, s.Name, string(s.Audience), s.Locale, s.Zone, pdf, s.Digest, StateOf(s)})); err != nil {
			return n, fmt.Errorf("write the file: %w", err)
		}
		n++
	}
	out.Flush()
	return n, out.Error()
}

// StateOf says in a word or two whether somebody gets the digest: "gets it", "unsubscribed", "removed", or why the project may not
// write to the address: "suppressed: hard bounce 5.1.1".
func StateOf(s digest.SubscriberLine) string {
	switch {
	case !s.RemovedAt.IsZero():
		return "removed"
	case !s.UnsubscribedAt.IsZero():
		return "unsubscribed"
	case s.Suppressed != "":
		return "suppressed: " + s.Suppressed
	case !s.Wishes.PausedUntil.IsZero():
		return "paused until " + s.Wishes.PausedUntil.String()
	}
	return "gets it"
}

const faultColumn = "fault"

// WriteFaults writes the lines at fault as they stood, with the line's number and what is wrong after them: a file to mend. Read
// passes over these two columns.
func (s Sheet) WriteFaults(to io.Writer) error {
	out, err := begin(to)
	if err != nil {
		return err
	}
	if err := out.Write(append(guarded(s.head), faultColumn)); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	said := map[int][]string{}
	for _, f := range s.Faults {
		said[f.Line] = append(said[f.Line], f.Reason)
	}
	for _, l := range s.faulty {
		row := make([]string, max(len(s.head), len(l.cells)))
		copy(row, l.cells)
		text := "line " + strconv.Itoa(l.number) + ": " + strings.Join(said[l.number], " ")
		if err := out.Write(guarded(append(row, text))); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func begin(to io.Writer) (*csv.Writer, error) {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write the file: %w", err)
	}
	out := csv.NewWriter(to)
	out.UseCRLF = true
	return out, nil
}

// formula are the letters that make a spreadsheet take a cell for one (OWASP, "CSV injection").
const formula = "=+-@\t\r\n"

// guarded puts an apostrophe before cells that a spreadsheet would take for formulas, and one more before those that have it already.
func guarded(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		if bare := strings.TrimLeft(cell, "'"); bare != "" && strings.ContainsRune(formula, rune(bare[0])) {
			cell = "'" + cell
		}
		out[i] = cell
	}
	return out
}

// tidy takes the space around a cell off, and the apostrophe that guarded put there.
func tidy(cell string) string {
	if bare := strings.TrimLeft(cell, "'"); len(bare) < len(cell) && bare != "" && strings.ContainsRune(formula, rune(bare[0])) {
		cell = cell[1:]
	}
	return strings.Trim(cell, " \t\r\n\u00a0\u200b\ufeff")
}
