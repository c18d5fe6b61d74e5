// Package sheets sets a digest.Book as files for spreadsheets: a CSV a table, and a workbook with a sheet a section. Numbers stay numbers, and
// nothing in them is ever run. It knows nothing of databases, mail or who may see what: the book it is handed is fit for its reader.
//
// The same book gives the same bytes, whenever and wherever it is set.
package sheets

import (
	"fmt"
	"math"
	"time"

	"fortnight/digest"
)

// The types of the files' contents.
const (
	TypeCSV  = "text/csv; charset=utf-8"
	TypeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Clerk makes files. It has no state, so one serves any number of goroutines.
type Clerk struct{}

var _ digest.Clerk = Clerk{}

// Files gives the workbook first, as who opens one file opens it, then the tables in reading order. A file's name begins with the book's.
func (Clerk) Files(b digest.Book, a digest.Attachments) ([]digest.File, error) {
	if b.Zone == nil {
		b.Zone = time.UTC
	}
	var all []digest.File
	if a.XLSX {
		data, err := workbook(b)
		if err != nil {
			return nil, fmt.Errorf("set the workbook: %w", err)
		}
		all = append(all, digest.File{Name: b.Name + ".xlsx", Type: TypeXLSX, Data: data})
	}
	if a.CSV {
		tables, err := tables(b)
		if err != nil {
			return nil, err
		}
		all = append(all, tables...)
	}
	return all, nil
}

// number tells a value that can be counted with.
func number(e digest.Entry) bool {
	if e.Unit == digest.Text || e.Unit == digest.Instant || e.Unit == digest.LocalDay {
		return false
	}
	return e.Value.Is() && !math.IsNaN(e.Value.Number) && !math.IsInf(e.Value.Number, 0)
}

// wall is what clocks in a zone show at an instant, to the second.
func wall(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
