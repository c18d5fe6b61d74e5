package editor

import (
	"cmp"
	"slices"
	"strings"

	"fortnight/digest"
)

// Words of what is open now: a picture without a period before it.

// mostOpen is how many open conversations a mail lists that has nothing else.
const mostOpen = 40

// onlyNow tells a snapshot whose sections are all pictures of now.
func onlyNow(s *digest.Snapshot) bool {
	return len(s.Sections) > 0 && !slices.ContainsFunc(s.Sections, func(sec digest.Section) bool { return !digest.OfNow(sec.Key) })
}

// forReader is forAudience; an agent reads the names of those whose conversations are his own, as he does on the platform. Their addresses
// are masked all the same.
func forReader(s digest.Snapshot, b digest.Brief) digest.Snapshot {
	fit := forAudience(s, b.Audience)
	if b.Agent == "" || b.Audience == digest.Executive {
		return fit
	}
	at := func(s *digest.Snapshot) *digest.Table {
		sec := s.Section(digest.OpenConversations)
		if sec == nil {
			return nil
		}
		i := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == digest.OpenTable })
		if i < 0 {
			return nil
		}
		return &sec.Tables[i]
	}
	whole, masked := at(&s), at(&fit)
	if whole == nil || masked == nil {
		return fit
	}
	name := slices.IndexFunc(whole.Columns, func(c digest.Column) bool { return c.Key == "person" })
	for i := range masked.Rows { // they were copied to be masked
		masked.Rows[i][name] = whole.Rows[i][name]
	}
	return fit
}

// openSheets are the list and, for those who look after others, how many each has.
func (d *desk) openSheets(sec *digest.Section) (out []digest.Sheet) {
	if s := d.openByAssignee(sec); s != nil {
		out = append(out, *s)
	}
	if s := d.openList(sec); s != nil {
		out = append(out, *s)
	}
	return out
}

// openList lists what is open. Whose list it is not, sees what nobody has first.
func (d *desk) openList(sec *digest.Section) *digest.Sheet {
	t, column, ok := tableOf(sec, digest.OpenTable)
	if !ok || len(t.Rows) == 0 {
		return nil
	}
	rows := slices.Clone(t.Rows)
	name := "open_list"
	if d.b.Agent != "" {
		name = "open_own"
	} else {
		slices.SortStableFunc(rows, func(a, b []digest.Value) int {
			return cmp.Compare(given(a[column["assignee_id"]]), given(b[column["assignee_id"]]))
		})
	}
	s := &digest.Sheet{Anchor: sec.Key + "-" + digest.OpenTable, Title: d.text("sheet." + name + ".title")}
	columns := []string{"person", "age", "waiting_on", "assignee", "channel", "delivery", "urgency", "unread"}
	if d.b.Agent != "" {
		columns = slices.DeleteFunc(columns, func(key string) bool { return key == "assignee" })
	}
	unassigned, _ := sec.Figure("unassigned")
	columns = slices.DeleteFunc(columns, func(key string) bool { // what nobody knows of any
		return key == "assignee" && unassigned.Value.State == digest.Unavailable ||
			key != "person" && key != "assignee" && !slices.ContainsFunc(rows, func(row []digest.Value) bool { return row[column[key]].Is() })
	})
	for _, key := range columns {
		s.Head = append(s.Head, d.text("sheet.open."+key))
	}
	s.Text = len(columns)
	s.Short = len(columns)
	for i, key := range slices.Backward(columns) {
		if slices.Contains(openUnder, key) {
			s.Short = i
		}
	}
	for _, row := range rows {
		var cells []string
		for _, key := range columns {
			cells = append(cells, d.openCell(key, row, column))
		}
		s.Rows = append(s.Rows, cells)
		s.Links = append(s.Links, row[column["link"]].Text)
		s.Under = append(s.Under, d.openUnder(row, column))
	}
	s.Caption = d.text("sheet." + name + ".caption")
	s.Most = mostOpen
	if len(d.s.Sections) > 1 { // others want their room in the mail
		s.Most = mostInMail
	}
	s.More = d.moreRows(len(rows) - s.Most)
	if all, ok := sec.Figure("open"); ok && all.Value.Is() && all.Value.Number > float64(len(s.Rows)) {
		s.Caption = sentences(s.Caption, d.text("sheet.part", digest.N("n", all.Value.Number), digest.S("shown", d.w.Count(float64(len(s.Rows))))))
	}
	return s
}

// moreRows says where the rows are that a mail has no room for; "" where it has all.
func (d *desk) moreRows(n int) string {
	switch {
	case n <= 0:
		return ""
	case d.b.PDF:
		return d.text("sheet.more_rows_pdf", digest.N("n", float64(n)))
	}
	return d.text("sheet.more_rows", digest.N("n", float64(n)))
}

// openUnder are the columns of the list that stand in a line of their own where there is little room, behind the others.
var openUnder = []string{"channel", "delivery", "urgency", "unread"}

// openUnder says them of one conversation, as far as they tell something: "urgent · WhatsApp · unread · last message failed: the number is not in use".
func (d *desk) openUnder(row []digest.Value, column map[string]int) string {
	var said []string
	if v := row[column["urgency"]]; v.Is() && v.Number >= 2 {
		said = append(said, d.text("sheet.open.under_urgency_"+d.w.Count(v.Number)))
	}
	if v := row[column["channel"]]; v.Is() && v.Text != "" {
		said = append(said, v.Text)
	}
	if v := row[column["unread"]]; v.Is() && v.Number > 0 {
		said = append(said, d.text("sheet.open.under_unread"))
	}
	if row[column["delivery"]].Is() {
		said = append(said, d.text("sheet.open.under_delivery", digest.S("delivery", d.openCell("delivery", row, column))))
	}
	return strings.Join(said, " · ")
}

// given is 1 where there is a value, else 0.
func given(v digest.Value) int {
	if v.Is() {
		return 1
	}
	return 0
}

// openCell is one field of the list in words.
func (d *desk) openCell(key string, row []digest.Value, column map[string]int) string {
	v := row[column[key]]
	none := d.text("sheet.open.none")
	switch key {
	case "person":
		if !v.Is() {
			v = row[column["address"]]
		}
		if !v.Is() {
			return d.text("label.unknown")
		}
		return v.Text
	case "assignee":
		if !v.Is() {
			return d.text("sheet.open.nobody")
		}
		return v.Text
	case "age":
		if !v.Is() {
			return none
		}
		return d.roughly(v.Number)
	case "waiting_on":
		if !v.Is() {
			return none
		}
		if v.Text == "us" && d.b.Agent != "" {
			return d.text("sheet.open.waits_on_you")
		}
		return d.text("sheet.open.waits_on_" + v.Text)
	case "channel":
		if v.Is() {
			return v.Text
		}
	case "delivery":
		if !v.Is() {
			return none
		}
		said := d.text("sheet.open.delivery_" + v.Text)
		if why := row[column["delivery_error"]]; why.Is() {
			said = d.text("sheet.open.delivery_why", digest.S("delivery", said), digest.S("why", shortened(why.Text, longestWhy)))
		}
		return said
	case "urgency":
		if v.Is() {
			return d.text("sheet.open.urgency_" + d.w.Count(v.Number))
		}
	case "unread":
		if v.Is() && v.Number > 0 {
			return d.text("sheet.open.is_unread")
		}
	}
	return none
}

// longestWhy is how much of a mail server's or channel's answer stands in a cell.
const longestWhy = 140

// openByAssignee is how many each has; nil in an agent's own, and where nobody has any.
func (d *desk) openByAssignee(sec *digest.Section) *digest.Sheet {
	t, column, ok := tableOf(sec, digest.OpenByAssignee)
	if !ok || len(t.Rows) == 0 {
		return nil
	}
	keys := []string{"assignee", "open", "waiting_on_us", "oldest_wait", "unread", "snoozed"}
	keys = slices.DeleteFunc(keys, func(key string) bool { // what the platform cannot know
		f, there := sec.Figure(key)
		return there && f.Value.State == digest.Unavailable
	})
	s := &digest.Sheet{Anchor: sec.Key + "-" + t.Key, Title: d.text("sheet.open_by_assignee.title"), Text: 1}
	for _, key := range keys {
		s.Head = append(s.Head, d.text("sheet.open_by_assignee."+key))
	}
	for _, row := range t.Rows {
		var cells []string
		for _, key := range keys {
			switch v := row[column[key]]; {
			case key == "assignee" && !v.Is():
				cells = append(cells, d.text("sheet.open.nobody"))
			case key == "oldest_wait" && v.Is():
				cells = append(cells, d.roughly(v.Number))
			case key == "oldest_wait":
				cells = append(cells, d.text("sheet.open.none"))
			default:
				cells = append(cells, d.value(t.Columns[column[key]].Unit, v))
			}
		}
		s.Rows = append(s.Rows, cells)
		s.Bold = append(s.Bold, !row[column["assignee_id"]].Is())
	}
	return s
}

// tableOf finds a table and the places of its columns.
func tableOf(sec *digest.Section, key string) (t digest.Table, column map[string]int, ok bool) {
	i := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == key })
	if i < 0 {
		return t, nil, false
	}
	t = sec.Tables[i]
	column = map[string]int{}
	for j, c := range t.Columns {
		column[c.Key] = j
	}
	return t, column, true
}

// roughly is a duration in its largest unit alone: "2 d".
func (d *desk) roughly(seconds float64) string {
	p := d.w.Duration(seconds)[0]
	if p.Unit == "" {
		return p.Number
	}
	return p.Number + nbsp + p.Unit
}

// openWaits is how long the oldest waits, where one does.
func (d *desk) openWaits() (string, bool) {
	f, ok := figureOf(&d.s, digest.OpenConversations, "oldest_wait")
	if !ok || !f.Value.Is() {
		return "", false
	}
	return d.roughly(f.Value.Number), true
}

// openParts is what a subject says after how many are open: "2 unassigned", "the oldest waits 2 d".
func (d *desk) openParts() (parts []string) {
	if f, ok := figureOf(&d.s, digest.OpenConversations, "unassigned"); ok && f.Value.Is() && f.Value.Number > 0 {
		parts = append(parts, d.text("subject.open_unassigned", digest.N("n", f.Value.Number)))
	}
	if v, ok := d.openWaits(); ok {
		parts = append(parts, d.text("subject.open_oldest", digest.S("v", v)))
	}
	return parts
}

// openFindings are the sentences about what is open: what nobody has, how long the oldest waits, what did not arrive.
func (d *desk) openFindings(anchors map[string]bool) (out []digest.Finding) {
	sec := d.read(digest.OpenConversations)
	if sec == nil {
		return nil
	}
	add := func(tone digest.Tone, word string, text digest.Spans) {
		f := digest.Finding{Tone: tone, Word: d.text("word." + word), Text: text}
		d.lead(&f, anchors, "section", sec.Key)
		out = append(out, f)
	}
	n := func(key string) float64 {
		f, ok := sec.Figure(key)
		if !ok || !f.Value.Is() {
			return 0
		}
		return f.Value.Number
	}
	who := "us"
	if d.b.Agent != "" {
		who = "you"
	}
	if n("open") == 0 {
		add(digest.Better, "open_none", d.say("finding.open_conversations.none"))
		return out
	}
	if v := n("unassigned"); v > 0 {
		add(digest.Worse, "open_unassigned", d.say("finding.open_conversations.unassigned", digest.N("n", v)))
	}
	if waits, ok := d.openWaits(); ok {
		add(digest.Plain, "open_waiting", d.say("finding.open_conversations.waiting_"+who, digest.N("n", n("waiting_on_us")), digest.S("v", waits)))
	} else {
		add(digest.Better, "open_answered", d.say("finding.open_conversations.answered", digest.N("n", n("open"))))
	}
	if v := n("urgent"); v > 0 {
		add(digest.Worse, "open_urgent", d.say("finding.open_conversations.urgent", digest.N("n", v)))
	}
	if t, column, ok := tableOf(sec, digest.OpenTable); ok {
		failed := 0.0
		for _, row := range t.Rows {
			if row[column["delivery"]].Text == "failed" {
				failed++
			}
		}
		if failed > 0 {
			add(digest.Worse, "open_undelivered", d.say("finding.open_conversations.undelivered", digest.N("n", failed)))
		}
	}
	return out
}
