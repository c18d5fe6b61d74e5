package roster

import (
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/cells"
)

// Write writes subscribers as a file that Read takes again: UTF-8 with its mark, for spreadsheets, and lines ended as RFC 4180 says.
// A cell that a spreadsheet would take for a formula begins with an apostrophe, which Read takes off. It gives how many it wrote.
func Write(to io.Writer, all iter.Seq2[digest.SubscriberLine, error]) (n int, err error) {
	out, err := cells.Begin(to)
	if err != nil {
		return 0, err
	}
	var head []string
	for _, c := range Columns() {
		head = append(head, string(c))
	}
	if err := out.Line(head...); err != nil {
		return 0, err
	}
	for s, err := range all {
		if err != nil {
			return n, err
		}
		pdf := "no"
		if s.PDF {
			pdf = "yes"
		}
		if err := out.Line(s.Address, s.Name, string(s.Audience), s.Locale, s.Zone, pdf, s.Digest, StateOf(s)); err != nil {
			return n, err
		}
		n++
	}
	return n, out.Flush()
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
	out, err := cells.Begin(to)
	if err != nil {
		return err
	}
	if err := out.Line(append(slices.Clone(s.head), faultColumn)...); err != nil {
		return err
	}
	said := map[int][]string{}
	for _, f := range s.Faults {
		said[f.Line] = append(said[f.Line], f.Reason)
	}
	for _, l := range s.faulty {
		row := make([]string, max(len(s.head), len(l.cells))+1)
		copy(row, l.cells)
		row[len(row)-1] = "line " + strconv.Itoa(l.number) + ": " + strings.Join(said[l.number], " ")
		if err := out.Line(row...); err != nil {
			return err
		}
	}
	return out.Flush()
}

// tidy takes the space around a cell off, and the apostrophe that keeps a spreadsheet from running it.
func tidy(cell string) string { return strings.Trim(cells.Bare(cell), " \t\r\n\u00a0\u200b\ufeff") }
