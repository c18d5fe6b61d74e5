package editor

import (
	"slices"

	"fortnight/digest"
)

// maskPersons masks the persons of tables that have some: those of flows and outreach are masked since they were collected, and come
// through as they are. The tables' rows are replaced, not changed.
func maskPersons(tables []digest.Table) {
	for i := range tables {
		t := &tables[i]
		if !slices.Contains(personTables, t.Key) {
			continue
		}
		rows := make([][]digest.Value, len(t.Rows))
		for j, row := range t.Rows {
			rows[j] = slices.Clone(row)
			for k, c := range t.Columns {
				if v := &rows[j][k]; v.Is() {
					switch c.Key {
					case "person":
						v.Text = digest.MaskedName(v.Text)
					case "address":
						v.Text = digest.MaskedAddress(v.Text)
					case "detail", "variables": // what was said, or filled in, may name who said it
						*v = digest.None(digest.Empty)
					}
				}
			}
		}
		t.Rows, t.Previous = rows, nil
	}
}
