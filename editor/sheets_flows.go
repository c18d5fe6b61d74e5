package editor

import (
	"slices"
	"strconv"

	"fortnight/digest"
)

// flowSheets are the tables of guided conversations, in the order in which they are asked for: how the flows did, why they failed, what
// came of them, what was answered, which ways were gone.
func (d *desk) flowSheets(sec *digest.Section) (out []digest.Sheet) {
	add := func(key, name string, columns ...string) {
		if s := d.sheetOf(sec, key, name, columns...); s != nil {
			out = append(out, *s)
		}
	}
	add("by_flow", "by_flow", "flow", "completed", "failed", "failed_at_first_step", "success_rate", "responsive_success_rate")
	add("failure_reasons", "failure_reasons", "reason", "count", "share")
	if can(sec, "appointments_scheduled") || can(sec, "appointments_completed") {
		add("by_practice", "by_practice", "practice", "initiated", "scheduled", "appointment_rate", "revenue_scheduled")
		add("by_practice", "by_practice_completed", "practice", "initiated", "completed", "completion_rate", "revenue_completed")
	}
	if can(sec, "portal_enrollments") {
		add("by_practice", "by_practice_enrolled", "practice", "initiated", "enrollments", "enrollment_rate", "enrollment_value")
	}
	add("scheduled_status", "scheduled_status", "status", "count", "share")
	add("appointment_status", "appointment_status", "status", "count", "share")
	out = append(out, d.byFlow(sec, "responses", "question", "answer", "count", "share")...)
	add("responses_by_user", "responses_by_user", "person", "flow", "started_at", "answer_1", "answer_2", "answer_3")
	add("recovered_detail", "recovered_detail", "person", "practice", "appointment_at", "kept_at")
	out = append(out, d.byFlow(sec, journeyKey, "step", "next", "sessions", "share")...)
	inMail := []string{"flows-by_flow", "flows-by_practice"}
	if len(d.s.Sections) == 1 { // it has the mail to itself
		inMail = append(inMail, "flows-responses", "flows-recovered_detail")
	}
	for i := range out {
		if s := &out[i]; !slices.Contains(inMail, s.Anchor) || len(s.Rows) > mostInMail {
			s.Page = true
			d.away++
		}
	}
	return out
}

// mostInMail is how many rows of a table a mail has room for: some mail programs cut what weighs over 100 kB.
const mostInMail = 12

// mostFlows is how many flows have a table of answers, and one of ways.
const mostFlows = 4

// byFlow sets a table whose first column is the flow as one sheet a flow.
func (d *desk) byFlow(sec *digest.Section, key string, columns ...string) (out []digest.Sheet) {
	at := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == key })
	if at < 0 {
		return nil
	}
	whole := sec.Tables[at]
	for rows := whole.Rows; len(rows) > 0 && len(out) < mostFlows; {
		end := slices.IndexFunc(rows, func(row []digest.Value) bool { return row[0] != rows[0][0] })
		if end < 0 {
			end = len(rows)
		}
		part := whole
		part.Rows = rows[:end]
		s := d.sheet(sec, part, key, columns...)
		if name := rows[0][0]; name.Is() {
			s.Title = d.text("sheet."+key+".title_of", digest.S("of", name.Text))
		}
		if key == journeyKey { // whose picture has that name
			s.Anchor = sec.Key + "-ways"
		}
		if len(out) > 0 {
			s.Anchor += "_" + strconv.Itoa(len(out)+1)
		} else {
			s.Caption = sentences(d.text("sheet."+key+".caption"), s.Caption)
		}
		out, rows = append(out, s), rows[end:]
	}
	return out
}

// can tells a figure that the platform can know.
func can(sec *digest.Section, figure string) bool {
	f, ok := sec.Figure(figure)
	return ok && f.Value.State != digest.Unavailable
}

// sheetOf sets a table of the section as a sheet, and says where the edition has the latest of its rows alone; nil where the section has no such table.
func (d *desk) sheetOf(sec *digest.Section, key, name string, columns ...string) *digest.Sheet {
	at := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == key })
	if at < 0 || len(sec.Tables[at].Rows) == 0 {
		return nil
	}
	s := d.sheet(sec, sec.Tables[at], name, columns...)
	if n, ok := noted(sec, key, "count"); ok && n > float64(len(s.Rows)) { // the table has the latest alone
		s.Caption = d.text("sheet.part", digest.N("n", n), digest.S("shown", d.w.Count(float64(len(s.Rows)))))
	}
	s.Caption = sentences(d.text("sheet."+name+".caption"), s.Caption)
	d.leadToPersons(&s, key)
	return &s
}

// sheet sets some columns of a table; those without any value are left out.
func (d *desk) sheet(sec *digest.Section, t digest.Table, name string, columns ...string) digest.Sheet {
	key := t.Key
	s := digest.Sheet{Anchor: sec.Key + "-" + name, Title: d.text("sheet." + name + ".title")}
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
	for _, row := range t.Rows {
		var cells []string
		for _, i := range shown {
			cells = append(cells, d.flowCell(key, t.Columns[i], row, i))
		}
		s.Rows = append(s.Rows, cells)
	}
	return s
}

// flowCell puts a value of a table into words: what nobody named, reasons, statuses and ends as the locale says them.
func (d *desk) flowCell(table string, c digest.Column, row []digest.Value, i int) string {
	v := row[i]
	switch c.Key {
	case "flow":
		if table == "by_flow" && v.Is() && row[i+1].Is() {
			return d.text("label.flow_channel", digest.S("flow", v.Text), digest.S("channel", row[i+1].Text))
		}
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
		if slices.Contains(personTables, table) {
			return d.text("sheet.flows.nothing")
		}
		return d.text("label.unknown")
	}
	return d.value(c.Unit, v)
}
