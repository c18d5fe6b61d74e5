package digest

import (
	"encoding/json"
	"fmt"
)

// Status says how much of a section could be read.
type Status string

// Partial is a section whose data do not reach the period's end; Absent is one that the platform cannot fill at all;
// Broken is one whose query failed or timed out. What the platform cannot know is said at each figure and chart.
const (
	Complete Status = "complete"
	Partial  Status = "partial"
	Absent   Status = "unavailable"
	Broken   Status = "failed"
)

// Section is what one collector says.
type Section struct {
	Key      string   `json:"key"`
	Source   string   `json:"source"`             // the source's name
	Platform string   `json:"platform,omitempty"` // chatwoot, native …
	Status   Status   `json:"status"`
	Reason   string   `json:"reason,omitempty"`   // of a failed section, without secrets: "statement timeout after 30s"
	Projects *Tally   `json:"projects,omitempty"` // of a section that sums up several projects; nil: it is of one
	Figures  []Figure `json:"figures"`
	Charts   []Chart  `json:"charts"`
	Tables   []Table  `json:"tables"`
	Notes    []Note   `json:"notes"`
}

// Figure gives the figure of a key; ok is false where the section has none.
func (s *Section) Figure(key string) (f Figure, ok bool) {
	for _, f := range s.Figures {
		if f.Key == key {
			return f, true
		}
	}
	return Figure{}, false
}

// Chart gives the chart of a key, or nil.
func (s *Section) Chart(key string) *Chart {
	for i := range s.Charts {
		if s.Charts[i].Key == key {
			return &s.Charts[i]
		}
	}
	return nil
}

// Note gives the note of a key; ok is false where the section has none.
func (s *Section) Note(key string) (n Note, ok bool) {
	for _, n := range s.Notes {
		if n.Key == key {
			return n, true
		}
	}
	return Note{}, false
}

// Column is one column of a table.
type Column struct {
	Key  string `json:"key"`
	Unit Unit   `json:"unit"`
}

// Table is rows where a number must be looked up. Previous has the rows of the previous period in the order of Rows,
// nil where a row had none. A cell keeps its state, which is n/a where it has no value and nothing else is said.
type Table struct {
	Key      string
	Columns  []Column
	Rows     [][]Value
	Previous [][]Value
}

type tableJSON struct {
	Key      string              `json:"key"`
	Columns  []Column            `json:"columns"`
	Rows     [][]json.RawMessage `json:"rows"`
	Previous [][]json.RawMessage `json:"previous,omitempty"`
	Missing  []missingJSON       `json:"missing,omitempty"`
}

// missingJSON is a cell without a value that is not n/a: unavailable, or failed.
type missingJSON struct {
	Row    int   `json:"row"` // from 0
	Column int   `json:"column"`
	State  State `json:"state"`
}

// MarshalJSON writes each cell by its column's unit, null where there is no value.
func (t Table) MarshalJSON() ([]byte, error) {
	j := tableJSON{Key: t.Key, Columns: t.Columns, Rows: [][]json.RawMessage{}}
	write := func(rows [][]Value) (out [][]json.RawMessage, err error) {
		for _, row := range rows {
			var cells []json.RawMessage
			for i, v := range row {
				raw, err := json.Marshal(v.plain(t.Columns[i].Unit))
				if err != nil {
					return nil, fmt.Errorf("table %s, column %s: %w", t.Key, t.Columns[i].Key, err)
				}
				cells = append(cells, raw)
			}
			out = append(out, cells)
		}
		return out, nil
	}
	rows, err := write(t.Rows)
	if err != nil {
		return nil, err
	}
	if rows != nil {
		j.Rows = rows
	}
	for i, row := range t.Rows {
		for k, v := range row {
			if v.State == Unavailable || v.State == Failed {
				j.Missing = append(j.Missing, missingJSON{i, k, v.State})
			}
		}
	}
	if j.Previous, err = write(t.Previous); err != nil {
		return nil, err
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote; a null becomes n/a.
func (t *Table) UnmarshalJSON(b []byte) error {
	var j tableJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	read := func(rows [][]json.RawMessage) (out [][]Value, err error) {
		for _, row := range rows {
			var cells []Value
			for i, raw := range row {
				v := None(Empty)
				if string(raw) != "null" && i < len(j.Columns) {
					v = Value{State: HasValue}
					if err := v.fill(raw, j.Columns[i].Unit); err != nil {
						return nil, fmt.Errorf("table %s: %w", j.Key, err)
					}
				}
				cells = append(cells, v)
			}
			out = append(out, cells)
		}
		return out, nil
	}
	*t = Table{Key: j.Key, Columns: j.Columns}
	var err error
	if t.Rows, err = read(j.Rows); err != nil {
		return err
	}
	for _, m := range j.Missing {
		if m.Row >= 0 && m.Row < len(t.Rows) && m.Column >= 0 && m.Column < len(t.Rows[m.Row]) {
			t.Rows[m.Row][m.Column] = None(m.State)
		}
	}
	t.Previous, err = read(j.Previous)
	return err
}

// Note is a sentence's data: the phrase is the editor's.
type Note struct {
	Key    string           `json:"key"`
	Values map[string]Value `json:"values"`
	Text   string           `json:"text,omitempty"` // a platform's own words, where the key has no phrase
}

// MarshalJSON writes numbers, texts and nulls.
func (n Note) MarshalJSON() ([]byte, error) {
	values := map[string]any{}
	for k, v := range n.Values {
		u := Count
		switch {
		case v.Currency != "":
			u = Money
		case v.Text != "":
			u = Text
		case !v.Instant.IsZero():
			u = Instant
		}
		values[k] = v.plain(u)
	}
	return json.Marshal(struct {
		Key    string         `json:"key"`
		Values map[string]any `json:"values"`
		Text   string         `json:"text,omitempty"`
	}{n.Key, values, n.Text})
}

// UnmarshalJSON reads what MarshalJSON wrote; instants come back as text.
func (n *Note) UnmarshalJSON(b []byte) error {
	var j struct {
		Key    string
		Values map[string]json.RawMessage
		Text   string
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*n = Note{Key: j.Key, Values: map[string]Value{}, Text: j.Text}
	for k, raw := range j.Values {
		v := Value{State: HasValue}
		switch {
		case string(raw) == "null":
			v = None(Empty)
		case raw[0] == '"':
			if err := v.fill(raw, Text); err != nil {
				return err
			}
		case raw[0] == '{':
			if err := v.fill(raw, Money); err != nil {
				return err
			}
		default:
			if err := v.fill(raw, Count); err != nil {
				return err
			}
		}
		n.Values[k] = v
	}
	return nil
}
