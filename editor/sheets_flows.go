package editor

import (
	"slices"

	"fortnight/digest"
)

// most rows that a mail has of the tables of answers, persons and ways: what has more is whole in the files.
const (
	mostAnswers = 24
	mostPersons = 10
	mostWays    = 24
)

// flowSheets are the tables of guided conversations, in the order in which they are asked for: how the flows did, why they failed, what
// came of them, what was answered, which ways were gone.
func (d *desk) flowSheets(sec *digest.Section) (out []digest.Sheet) {
	add := func(key, name string, most int, columns ...string) {
		if s := d.sheetOf(sec, key, name, most, columns...); s != nil {
			out = append(out, *s)
		}
	}
	add("by_flow", "by_flow", 0, "flow", "channel", "completed", "failed", "failed_at_first_step", "success_rate", "responsive_success_rate")
	add("failure_reasons", "failure_reasons", 0, "reason", "count", "share")
	if can(sec, "appointments_scheduled") || can(sec, "appointments_completed") {
		add("by_practice", "by_practice", 0, "practice", "initiated", "scheduled", "appointment_rate", "revenue_scheduled")
		add("by_practice", "by_practice_completed", 0, "practice", "initiated", "completed", "completion_rate", "revenue_completed")
	}
	if can(sec, "portal_enrollments") {
		add("by_practice", "by_practice_enrolled", 0, "practice", "initiated", "enrollments", "enrollment_rate", "enrollment_value")
	}
	add("scheduled_status", "scheduled_status", 0, "status", "count", "share")
	add("appointment_status", "appointment_status", 0, "status", "count", "share")
	add("responses", "responses", mostAnswers, "flow", "question", "answer", "count", "share")
	add("responses_by_user", "responses_by_user", mostPersons, "person", "flow", "started_at", "answer_1", "answer_2", "answer_3")
	add("recovered_detail", "recovered_detail", mostPersons, "person", "practice", "appointment_at", "kept_at")
	add("journey", "journey", mostWays, "flow", "step", "next", "sessions", "share")
	return out
}

// can tells a figure that the platform can know.
func can(sec *digest.Section, figure string) bool {
	f, ok := sec.Figure(figure)
	return ok && f.Value.State != digest.Unavailable
}

// sheetOf sets a table of the section as a sheet: some of its columns, those without any value left out, and the first most rows (0: all).
// nil where the section has no such table.
func (d *desk) sheetOf(sec *digest.Section, key, name string, most int, columns ...string) *digest.Sheet {
	at := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == key })
	if at < 0 || len(sec.Tables[at].Rows) == 0 {
		return nil
	}
	t := sec.Tables[at]
	s := &digest.Sheet{Anchor: sec.Key + "-" + name, Title: d.text("sheet." + name + ".title")}
	var shown []int
	for _, column := range columns {
		i := slices.IndexFunc(t.Columns, func(c digest.Column) bool { return c.Key == column })
		if i < 0 || !slices.ContainsFunc(t.Rows, func(row []digest.Value) bool { return row[i].Is() }) && i > 0 {
			continue
		}
		shown = append(shown, i)
		s.Head = append(s.Head, d.text("sheet.flows."+column))
		if u := t.Columns[i].Unit; (u == digest.Text || u == digest.Instant) && s.Text == len(s.Head)-1 {
			s.Text++
		}
	}
	rows := t.Rows
	if most > 0 && len(rows) > most {
		rows = rows[:most]
	}
	var before []digest.Value
	for _, row := range rows {
		var cells []string
		for _, i := range shown {
			switch column := t.Columns[i]; {
			case before != nil && repeats(name, column.Key) && row[0] == before[0] && sameUpTo(row, before, i):
				cells = append(cells, "") // told in the row above
			default:
				cells = append(cells, d.flowCell(name, column, row, i))
			}
		}
		before = row
		s.Rows = append(s.Rows, cells)
	}
	if n, ok := noted(sec, key, "count"); ok && n > float64(len(rows)) {
		s.Caption = d.text("sheet.part", digest.N("n", n), digest.S("shown", d.w.Count(float64(len(rows)))))
	} else if len(rows) < len(t.Rows) {
		s.Caption = d.text("sheet.part", digest.N("n", float64(len(t.Rows))), digest.S("shown", d.w.Count(float64(len(rows)))))
	}
	s.Caption = sentences(d.text("sheet."+name+".caption"), s.Caption)
	return s
}

// repeats tells the columns that are told once for all rows that share them.
func repeats(sheet, column string) bool {
	switch sheet {
	case "responses":
		return column == "flow" || column == "question"
	case journeyKey:
		return column == "flow" || column == "step"
	}
	return false
}

func sameUpTo(a, b []digest.Value, last int) bool {
	for i := 0; i <= last; i++ {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// flowCell puts a value of a table into words: what nobody named, reasons, statuses and ends as the locale says them.
func (d *desk) flowCell(sheet string, c digest.Column, row []digest.Value, i int) string {
	v := row[i]
	switch c.Key {
	case "reason":
		return d.failureReason(v.Text)
	case "next":
		if !row[i-1].Is() { // it leads to no step
			return d.outcomeLabel(v.Text)
		}
	case "answer":
		if !v.Is() {
			return d.text("sheet.flows.own_words")
		}
	case "status":
		if known := "appointment." + v.Text; v.Is() && d.w.Has(known) {
			return d.text(known)
		}
	}
	if !v.Is() && c.Unit == digest.Text {
		if sheet == "responses_by_user" || sheet == "recovered_detail" {
			return d.text("sheet.flows.nothing")
		}
		return d.text("label.unknown")
	}
	return d.value(c.Unit, v)
}
