package editor

import (
	"slices"

	"fortnight/digest"
)

// gridOf is a table in values, with all columns that the locale has a head for and that have any value: what it has none for is an id, or
// not to be read. Nil where it has no rows.
func (d *desk) gridOf(sec *digest.Section, t *digest.Table) *digest.Grid {
	if len(t.Rows) == 0 {
		return nil
	}
	g := &digest.Grid{Key: t.Key, Title: d.gridTitle(sec.Key, t.Key)}
	var shown []int
	link := -1
	for i, c := range t.Columns {
		if c.Key == "link" {
			link = i
		}
		head := d.columnHead(sec.Key, t.Key, c.Key)
		if head == "" || i > 0 && !slices.ContainsFunc(t.Rows, func(row []digest.Value) bool { return row[i].Is() }) {
			continue
		}
		shown = append(shown, i)
		unit := c.Unit
		if d.inWords(t.Key, c.Key) {
			unit = digest.Text
		}
		g.Head = append(g.Head, digest.GridHead{Text: head, Unit: unit})
	}
	for _, row := range t.Rows {
		var cells []digest.Entry
		for k, i := range shown {
			if g.Head[k].Unit == digest.Text {
				cells = append(cells, inText(d.wordIn(sec, t, row, i)))
			} else {
				cells = append(cells, d.entry(t.Columns[i].Unit, row[i]))
			}
		}
		g.Rows = append(g.Rows, cells)
		if link >= 0 {
			g.Links = append(g.Links, row[link].Text)
		}
	}
	total, ok := noted(sec, t.Key, "count")
	if f, there := sec.Figure(t.Key); !ok && there && t.Key == digest.OpenTable && f.Value.Is() {
		total = f.Value.Number
	}
	if total > float64(len(t.Rows)) {
		g.Caption = d.text("sheet.part", digest.N("n", total), digest.S("shown", d.w.Count(float64(len(t.Rows)))))
	}
	return g
}

func (d *desk) gridTitle(section, table string) string {
	for _, at := range []string{"book.title." + table, "sheet." + table + ".title"} {
		if d.w.Has(at) {
			return d.text(at, digest.S("section", d.title(section)))
		}
	}
	return table
}

// columnHead names a column of a table; "" where it is not for readers. Heads that are short because their sheet says the rest are told in full.
func (d *desk) columnHead(section, table, column string) string {
	if table == digest.ByProject { // its other columns are figures
		if column == digest.ProjectColumn {
			return d.text("sheet.by_project.project")
		}
		return d.figureLabel(&digest.Section{Key: section}, column)
	}
	block := map[string]string{"flows": "flows", "outreach": "outreach", digest.OpenConversations: "open"}[section]
	for _, at := range []string{
		"book.head." + column, "sheet." + table + "." + column, "figure." + section + "." + column + ".label", "sheet." + block + "." + column,
	} {
		if d.w.Has(at) {
			return d.text(at)
		}
	}
	return ""
}

// inWords tells numbers that are said in words: a step on a scale, a yes.
func (d *desk) inWords(table, column string) bool {
	return table == digest.OpenTable && (column == "urgency" || column == "unread")
}

// wordIn is a text of a table, as sheets say it.
func (d *desk) wordIn(sec *digest.Section, t *digest.Table, row []digest.Value, i int) string {
	c := t.Columns[i]
	switch {
	case t.Key == digest.OpenTable:
		column := map[string]int{}
		for j, c := range t.Columns {
			column[c.Key] = j
		}
		return d.openCell(c.Key, row, column)
	case t.Key == digest.ByProject && len(row) > 1 && row[1].Text != string(digest.Complete):
		return d.text("sheet.by_project."+row[1].Text, digest.S("project", row[i].Text))
	case t.Key == digest.OpenByAssignee && !row[i].Is():
		return d.text("sheet.open.nobody")
	case t.Key == "by_team" && (!row[i].Is() || row[i].Text == ""):
		return d.text("sheet.by_team.no_team")
	case sec.Key == "outreach":
		return d.outreachCell(sec, t.Columns, row, i)
	case c.Key == "flow" && row[i].Is(): // its channel has a column
		return row[i].Text
	case sec.Key == "flows":
		return d.flowCell(t.Key, c, row, i)
	}
	return d.value(digest.Text, row[i])
}

// keptGrid is what service levels are held against, in values: the table that its sheet is.
func (d *desk) keptGrid(sec *digest.Section) *digest.Grid {
	const key = "sheet.promises."
	g := &digest.Grid{Key: "promises", Title: d.text(key + "title"), Caption: d.text(key + "caption")}
	for _, c := range []struct {
		head string
		unit digest.Unit
	}{{"promise", digest.Text}, {"target", digest.Percent}, {"due", digest.Count}, {"kept", digest.Count}, {"on_us", digest.Count}, {"on_user", digest.Count}} {
		g.Head = append(g.Head, digest.GridHead{Text: d.text(key + c.head), Unit: c.unit})
	}
	for _, promise := range promises {
		f, ok := sec.Figure(promise)
		judged, _ := noted(sec, promise, "judged")
		if !ok || f.Target == nil || judged == 0 {
			continue
		}
		row := []digest.Entry{inText(d.figureLabel(sec, promise)), d.entry(f.Unit, digest.Num(*f.Target))}
		for _, value := range []string{"judged", "met", "on_us", "on_user"} {
			n, _ := noted(sec, promise, value)
			row = append(row, d.entry(digest.Count, digest.Num(n)))
		}
		g.Rows = append(g.Rows, row)
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}
