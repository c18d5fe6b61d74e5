// Package cells writes and reads the files of comma-separated values (RFC 4180) that spreadsheets open: marked as UTF-8, and with no
// cell that a spreadsheet would run.
package cells

import (
	"encoding/csv"
	"fmt"
	"io"

	"fortnight/digest"
)

// Writer writes a file's lines, each cell guarded.
type Writer struct{ csv *csv.Writer }

// Begin begins a file, with the mark by which spreadsheets know UTF-8.
func Begin(to io.Writer) (*Writer, error) {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write the file: %w", err)
	}
	return Continue(to), nil
}

// Continue writes more lines of a file that was begun, or one without the mark.
func Continue(to io.Writer) *Writer {
	out := csv.NewWriter(to)
	out.UseCRLF = true
	return &Writer{out}
}

// Line writes one line.
func (w *Writer) Line(cells ...string) error {
	guarded := make([]string, len(cells))
	for i, c := range cells {
		guarded[i] = Guard(c)
	}
	if err := w.csv.Write(guarded); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// Numbers writes one line as it stands: its cells are numbers, or guarded already.
func (w *Writer) Numbers(cells []string) error {
	if err := w.csv.Write(cells); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// Flush ends what was written so far.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Guard is digest.Guard, the one rule of what a spreadsheet would run.
func Guard(text string) string { return digest.Guard(text) }

// Bare is digest.Bare: it takes off the apostrophe that Guard put before a text.
func Bare(cell string) string { return digest.Bare(cell) }
