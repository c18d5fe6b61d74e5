package editor

import (
	"slices"

	"fortnight/digest"
)

// A digest of several projects says each section as one of them would, for their sums, and sets the projects side by side: a picture of the
// section's first figure, and a table with a row for each.

// sharedColumns is how many figures stand beside a project's name, so that the table fits a phone; more make another table.
const sharedColumns = 3

// severalChapter is the chapter of a section that sums projects up.
func (d *desk) severalChapter(sec *digest.Section, c digest.Chapter) digest.Chapter {
	p := planOf(sec.Key)
	switch sec.Status {
	case digest.Absent:
		return c
	case digest.Broken:
		for _, key := range p.failed {
			c.Cards = append(c.Cards, d.card(sec, key))
		}
		return c
	}
	cards, more := p.watched(sec)
	for _, key := range cards {
		if _, ok := sec.Figure(key); ok {
			c.Cards = append(c.Cards, d.card(sec, key))
		}
	}
	c.Balance = d.balance(sec)
	if pic, ok := d.picture(sec, projectsPlan); ok {
		c.Pictures = append(c.Pictures, pic)
	}
	for _, plan := range p.charts {
		if pic, ok := d.picture(sec, plan); ok {
			c.Pictures = append(c.Pictures, pic)
		}
	}
	c.Sheets = append(c.Sheets, d.projectSheets(sec)...)
	if s := d.moreFigures(sec, more); s != nil {
		c.Sheets = append(c.Sheets, *s)
	}
	if p.sheets != nil {
		c.Sheets = append(c.Sheets, p.sheets(d, sec)...)
	}
	return c
}

// projectsPlan is the picture that a section of several projects has first.
var projectsPlan = chartPlan{key: digest.ByProject, caption: byProjectCaption}

// briefOfSeveral are the pictures and the table of projects of a brief.
func (d *desk) briefOfSeveral(c *digest.Chapter) {
	for i := range d.s.Sections {
		sec := d.read(d.s.Sections[i].Key)
		if sec == nil || sec.Projects == nil {
			continue
		}
		if len(c.Sheets) == 0 {
			c.Sheets = append(c.Sheets, head(d.projectSheets(sec), 1)...)
		}
		if pic, ok := d.picture(sec, projectsPlan); ok && len(c.Pictures) < 2 { // days have a place too
			c.Pictures = append(c.Pictures, pic)
		}
	}
}

// projectSheets are the tables by project: its name, how it was read where it was not whole, its figures; below, those of all.
func (d *desk) projectSheets(sec *digest.Section) (all []digest.Sheet) {
	t, ok := projectTable(sec)
	if !ok {
		return nil
	}
	columns := []int{}
	for i := range t.Columns[2:] {
		if slices.ContainsFunc(t.Rows, func(row []digest.Value) bool { return row[i+2].Is() || row[i+2].State == digest.Empty }) {
			columns = append(columns, i+2)
		}
	}
	for len(columns) > 0 {
		n := min(sharedColumns, len(columns))
		if len(columns) == sharedColumns+1 {
			n = len(columns) / 2
		}
		all = append(all, d.projectSheet(sec, t, columns[:n], len(all)))
		columns = columns[n:]
	}
	return all
}

func (d *desk) projectSheet(sec *digest.Section, t digest.Table, columns []int, nth int) digest.Sheet {
	s := digest.Sheet{
		Anchor: sec.Key + "-projects", Title: d.text("sheet.by_project.title_of", digest.S("section", d.title(sec.Key))), Text: 1,
		Head: []string{d.text("sheet.by_project.project")},
	}
	if nth > 0 {
		s.Anchor, s.Title = sec.Key+"-projects_more", d.text("sheet.by_project.title_more", digest.S("section", d.title(sec.Key)))
	}
	for _, i := range columns {
		s.Head = append(s.Head, d.text("figure."+sec.Key+"."+t.Columns[i].Key+".label"))
	}
	for _, row := range t.Rows {
		name := row[0].Text
		if row[1].Text != string(digest.Complete) {
			name = d.text("sheet.by_project."+row[1].Text, digest.S("project", name))
		}
		cells := []string{name}
		for _, i := range columns {
			cells = append(cells, d.value(t.Columns[i].Unit, row[i]))
		}
		s.Rows, s.Bold = append(s.Rows, cells), append(s.Bold, false)
	}
	total, left := []string{d.text("sheet.by_project.all")}, false
	for _, i := range columns {
		f, ok := sec.Figure(t.Columns[i].Key)
		if !ok {
			left = true
			total = append(total, "")
			continue
		}
		total = append(total, d.value(f.Unit, f.Value))
	}
	s.Rows, s.Bold = append(s.Rows, total), append(s.Bold, true)
	if left {
		s.Caption = d.text("sheet.by_project.not_added")
	}
	return s
}

func projectTable(sec *digest.Section) (digest.Table, bool) {
	i := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == digest.ByProject && len(t.Columns) > 1 })
	if i < 0 {
		return digest.Table{}, false
	}
	return sec.Tables[i], true
}

// byProjectCaption names the project with the most, and what part of all it has.
func byProjectCaption(d *desk, sec *digest.Section, c *digest.Chart) string {
	key := "caption.by_project."
	points := filled(currentOf(c))
	top, n := largest(points)
	total := currentOf(c).Sum()
	if n == 0 {
		return d.text(key + "none")
	}
	slots := []digest.Slot{digest.S("project", top[0].Label), digest.S("v", d.amount(c.Unit, n)), digest.S("total", d.amount(c.Unit, total))}
	var said string
	switch {
	case len(points) == 1:
		said = d.text(key+"one", slots...)
	case len(top) > 1:
		said = d.text(key+"even", append(slots, digest.S("projects", d.w.List(labels(top))))...)
	case c.Unit != digest.Count:
		said = d.text(key+"highest", slots...)
	default:
		said = d.text(key+"most", slots...)
	}
	if missing := sec.Projects.All - len(points); missing > 0 {
		said = sentences(said, d.text(key+"missing", digest.N("n", float64(missing))))
	}
	return said
}

func labels(points []digest.Point) (all []string) {
	for _, p := range points {
		all = append(all, p.Label)
	}
	return all
}

// severalNote says over how many projects a figure or chart was added up, where these are not all, and what its sum is of.
func (d *desk) severalNote(sec *digest.Section, key string) string {
	if sec.Projects == nil {
		return ""
	}
	all := float64(sec.Projects.All)
	var said []string
	n, counted := noted(sec, "counted", key)
	if counted && n < all {
		said = append(said, d.text("projects.counted", digest.N("n", n), digest.S("all", d.w.Count(all))))
	}
	if digest.People(sec.Key, key) && n > 1 {
		said = append(said, d.text("projects.people"))
	}
	if n, ok := noted(sec, "derived_in", key); ok {
		said = append(said, d.text("projects.derived", digest.N("n", n)))
	}
	if f, ok := sec.Figure(key); ok && f.Value.Is() && !f.Previous.Is() && d.compared() {
		if n, ok := noted(sec, "no_previous", "count"); ok {
			said = append(said, d.text("projects.no_previous", digest.N("n", n)))
		}
	}
	return sentences(said...)
}

// shareless is a project of which a section, or all, has no numbers.
type shareless struct {
	project string
	shares  bool
}

// gapsOfProjects are the projects without numbers, in the digest's order; of how many. none where the digest is of one project.
func (d *desk) gapsOfProjects() (all []shareless, of int) {
	for i := range d.s.Sections {
		sec := &d.s.Sections[i]
		t, ok := projectTable(sec)
		if sec.Projects == nil || !ok {
			continue
		}
		of = max(of, sec.Projects.All)
		for _, row := range t.Rows {
			closed := row[1].Text == digest.NotShared
			if !closed && row[1].Text != string(digest.Broken) {
				continue
			}
			if !slices.ContainsFunc(all, func(g shareless) bool { return g.project == row[0].Text }) {
				all = append(all, shareless{row[0].Text, !closed})
			}
		}
	}
	return all, of
}

// gapSlots are what is said of projects without numbers: {n} how many, {projects} their names, {read} and {all} how many were read of how many.
func (d *desk) gapSlots(gaps []shareless, of int) []digest.Slot {
	var names []string
	for _, g := range gaps {
		names = append(names, g.project)
	}
	return []digest.Slot{
		digest.N("n", float64(len(gaps))), digest.S("projects", d.w.List(names)),
		digest.S("read", d.w.Count(float64(of-len(gaps)))), digest.S("all", d.w.Count(float64(of))),
	}
}

// whyGaps says of each project why it has none; who may set shares is for admins.
func (d *desk) whyGaps(gaps []shareless) string {
	var said []string
	for _, g := range gaps {
		key := "projects.unread"
		if !g.shares {
			key = "projects.not_shared"
			if d.b.Audience == digest.Admin {
				key = "projects.not_shared_admin"
			}
		}
		said = append(said, d.text(key, digest.S("project", g.project)))
	}
	return sentences(said...)
}

// moved is the finding of which project rose and which fell the most: of the first section that counts something.
func (d *desk) moved(anchors map[string]bool) (digest.Finding, bool) {
	for i := range d.s.Sections {
		sec := d.read(d.s.Sections[i].Key)
		if sec == nil || sec.Projects == nil || !d.compared() {
			continue
		}
		t, ok := projectTable(sec)
		what := "subject." + sec.Key
		if !ok || len(t.Columns) < 3 || !slices.Contains(leads, [2]string{sec.Key, t.Columns[2].Key}) || len(t.Previous) != len(t.Rows) {
			continue
		}
		rose, fell := d.furthest(t, +1), d.furthest(t, -1)
		if rose < 0 && fell < 0 {
			return digest.Finding{}, false
		}
		say := func(key string, row int) digest.Spans {
			f := shareOf(t, row)
			c, _ := changeOf(f)
			return d.say("finding.projects."+key, digest.S("project", t.Rows[row][0].Text), digest.S("what", d.text(what, digest.N("n", f.Value.Number))),
				digest.S("m", d.value(f.Unit, f.Previous)), digest.S("change", d.signedChange(f, c)))
		}
		f := digest.Finding{Word: d.text("word.projects")}
		if rose >= 0 {
			f.Text = say("rose", rose)
		}
		if fell >= 0 {
			f.Text = join(f.Text, say("fell", fell))
		}
		d.lead(&f, anchors, "by_project", sec.Key+"-"+digest.ByProject)
		return f, true
	}
	return digest.Finding{}, false
}

// furthest is the row whose first figure rose (sign 1) or fell (-1) the most and by more than chance; -1: none.
func (d *desk) furthest(t digest.Table, sign float64) int {
	found, most := -1, 0.0
	for i := range t.Rows {
		f := shareOf(t, i)
		c, ok := changeOf(f)
		if ok && sign*c.diff > most && d.matters(f, c) {
			found, most = i, sign*c.diff
		}
	}
	return found
}

func shareOf(t digest.Table, row int) digest.Figure {
	f := digest.Figure{Key: t.Columns[2].Key, Unit: t.Columns[2].Unit, Direction: digest.Neutral, Value: t.Rows[row][2], Previous: digest.None(digest.Unavailable)}
	if p := t.Previous[row]; len(p) > 2 {
		f.Previous = p[2]
	}
	return f
}
