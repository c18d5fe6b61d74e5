package editor

import (
	"slices"

	"fortnight/digest"
)

// outreachFunnel says how many of the recipients were sent the message, and how many of these answered.
func outreachFunnel(d *desk, sec *digest.Section, c *digest.Chart) string {
	key := "caption.outreach_funnel."
	at := map[string]float64{}
	known := map[string]bool{}
	for _, p := range filled(currentOf(c)) {
		at[p.Key], known[p.Key] = *p.Value, true
	}
	if at["recipients"] == 0 {
		return d.text(key + "none")
	}
	sent := d.text(key+"sent", digest.N("n", at["recipients"]), digest.S("sent", d.w.Count(at["sent"])), digest.S("responded", d.w.Count(at["responded"])))
	if !known["delivered"] {
		return sentences(sent, d.text(key+"no_receipts"))
	}
	if n, ok := noted(sec, "some_receipts", "known"); ok {
		return sentences(sent, d.text(key+"some_receipts", digest.N("n", n)))
	}
	return sentences(sent, d.text(key+"caveat"))
}

// outreachResponses names the day with the most answers.
func outreachResponses(d *desk, sec *digest.Section, c *digest.Chart) string {
	key := "caption.outreach_responses."
	points := filled(currentOf(c))
	total := currentOf(c).Sum()
	window := digest.S("hours", d.notedCount(sec, "response_window", "hours"))
	if total == 0 {
		return d.text(key+"none", window)
	}
	caveat := d.text(key+"caveat", window)
	top, n := largest(points)
	slots := []digest.Slot{digest.N("n", total), digest.S("part", d.w.Count(n)), digest.S("day", d.day(top[0].At))}
	switch {
	case d.oneDay():
		return sentences(d.text(key+"one_day", slots...), caveat)
	case n == total:
		return sentences(d.text(key+"all", slots...), caveat)
	case len(top) > 1:
		return sentences(d.text(key+"even", slots...), caveat)
	}
	return sentences(d.text(key+"most", slots...), caveat)
}

// sendFailures names the reason that most failures have.
func sendFailures(d *desk, _ *digest.Section, c *digest.Chart) string {
	key := "caption.send_failures."
	s := currentOf(c)
	total := s.Sum()
	if total == 0 {
		return d.text(key + "none")
	}
	var named digest.Series
	for _, p := range filled(s) {
		if p.Role == digest.Ordinary {
			named.Points = append(named.Points, p)
		}
	}
	if len(named.Points) == 0 {
		return d.text(key+"unknown", digest.N("n", total))
	}
	top, n := largest(named.Points)
	slots := []digest.Slot{digest.N("n", total), digest.S("part", d.w.Count(n)), digest.S("reason", top[0].Label)}
	switch {
	case n == total:
		return d.text(key+"all", slots...)
	case len(top) > 1:
		return d.text(key+"even", slots...)
	}
	return d.text(key+"top", slots...)
}

// outreachBalance is the identity of the recipients: recipients = sent + in process + failed.
func (d *desk) outreachBalance(sec *digest.Section) *digest.Balance {
	var n [4]float64
	for i, key := range []string{"total_users", "messages_sent", "in_process", "send_failures"} {
		f, ok := sec.Figure(key)
		if !ok || !f.Value.Is() {
			return nil
		}
		n[i] = f.Value.Number
	}
	b := &digest.Balance{}
	for i, colour := range []string{"handled", "waiting", "missed"} {
		if n[i+1] > 0 {
			b.Bars = append(b.Bars, digest.BalanceBar{Key: colour, Share: n[i+1] / n[0] * 100})
		}
	}
	for i, key := range []string{"recipients", "sent", "in_process", "send_failed"} {
		if i > 0 {
			b.Line = append(b.Line, digest.Span{Text: []string{"", " = ", " + ", " + "}[i]})
		}
		b.Line = append(b.Line, d.say("balance."+key, digest.N("n", n[i]))...)
	}
	if f, ok := sec.Figure("unique_users"); ok && f.Value.Is() && n[0] > 0 {
		b.Text = d.text("balance.recipients_users", digest.N("n", f.Value.Number))
	}
	return b
}

// outreachSheets are the tables of campaigns, and of their recipients where the digest wants them.
func (d *desk) outreachSheets(sec *digest.Section) (out []digest.Sheet) {
	for _, x := range []struct {
		key, name string
		columns   []string
	}{
		{"by_campaign", "by_campaign", []string{"campaign", "total_users", "messages_sent", "in_process", "send_failures"}},
		{"by_campaign", "by_campaign_answers", []string{"campaign", "delivered", "read", "responses", "response_rate"}},
		{"individual", "individual", []string{"person", "campaign", "deployed_at", "status", "stage"}},
	} {
		at := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == x.key })
		if at >= 0 && len(sec.Tables[at].Rows) > 0 {
			out = append(out, d.outreachSheet(sec, sec.Tables[at], x.name, x.columns))
		}
	}
	return out
}

func (d *desk) outreachSheet(sec *digest.Section, t digest.Table, name string, columns []string) digest.Sheet {
	key := "sheet." + name + "."
	s := digest.Sheet{Anchor: sec.Key + "-" + name, Title: d.text(key + "title")}
	var shown []int
	for _, column := range columns {
		i := slices.IndexFunc(t.Columns, func(c digest.Column) bool { return c.Key == column })
		if i < 0 || i > 0 && !slices.ContainsFunc(t.Rows, func(row []digest.Value) bool { return row[i].Is() }) {
			continue
		}
		shown = append(shown, i)
		s.Head = append(s.Head, d.text("sheet.outreach."+column))
		if u := t.Columns[i].Unit; (u == digest.Text || u == digest.Instant) && s.Text == len(s.Head)-1 {
			s.Text++
		}
	}
	rows := head(t.Rows, mostInMail)
	for _, row := range rows {
		var cells []string
		for _, i := range shown {
			cells = append(cells, d.outreachCell(sec, t.Columns, row, i))
		}
		s.Rows = append(s.Rows, cells)
	}
	total := float64(len(t.Rows))
	if n, ok := noted(sec, t.Key, "count"); ok {
		total = n
	}
	s.Caption = d.text(key + "caption")
	if total > float64(len(rows)) {
		s.Caption = sentences(s.Caption, d.text("sheet.part", digest.N("n", total), digest.S("shown", d.w.Count(float64(len(rows))))))
	}
	d.leadToPersons(&s, t.Key)
	return s
}

// outreachCell puts a value of a table into words: a campaign with its version, a stage with its session. What no channel tells is a dash.
func (d *desk) outreachCell(sec *digest.Section, columns []digest.Column, row []digest.Value, i int) string {
	v := row[i]
	beside := func(key string) string {
		at := slices.IndexFunc(columns, func(c digest.Column) bool { return c.Key == key })
		if at < 0 || !row[at].Is() {
			return ""
		}
		return row[at].Text
	}
	switch key := columns[i].Key; {
	case !v.Is() && key != "response_rate":
		return d.text("sheet.flows.nothing")
	case key == "campaign":
		if n, ok := noted(sec, "more_campaigns", "count"); ok && v.Text == string(digest.Other) {
			return d.text("label.others", digest.N("n", n))
		}
		if version := beside("version"); version != "" {
			return v.Text + ", " + version
		}
	case key == "status":
		return d.text("recipient.status." + v.Text)
	case key == "stage":
		stage := d.text("recipient.stage." + v.Text)
		if session := beside("session_status"); session != "" && session != "none" {
			return stage + ", " + d.text("recipient.session_status."+session)
		}
		return stage
	}
	return d.value(columns[i].Unit, v)
}
