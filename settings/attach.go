package settings

import (
	"fmt"
	"slices"

	"fortnight/digest"
)

// The kinds of files that a digest attaches.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

func (r *reading) attach(where string, kinds []string) (a digest.Attachments) {
	for i, kind := range kinds {
		at := fmt.Sprintf("%s[%d]", where, i)
		r.among(at, kind, CSV, XLSX)
		if slices.Contains(kinds[:i], kind) {
			r.fault(at, "%s stands there twice", kind)
		}
	}
	return digest.Attachments{CSV: slices.Contains(kinds, CSV), XLSX: slices.Contains(kinds, XLSX)}
}

// WriteAttachments lists the kinds of files that a digest attaches, as they are written; nil: none.
func WriteAttachments(a digest.Attachments) (kinds []string) {
	if a.CSV {
		kinds = append(kinds, CSV)
	}
	if a.XLSX {
		kinds = append(kinds, XLSX)
	}
	return kinds
}
