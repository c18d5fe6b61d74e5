package editor

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

// chapters puts the sections into words, in the digest's order; for an executive all of them become one brief.
func (d *desk) chapters() []digest.Chapter {
	if d.b.Audience == digest.Executive {
		return []digest.Chapter{d.brief()}
	}
	var out []digest.Chapter
	for i := range d.s.Sections {
		out = append(out, d.chapter(&d.s.Sections[i]))
	}
	return out
}

func (d *desk) chapter(sec *digest.Section) digest.Chapter {
	p := planOf(sec.Key)
	c := digest.Chapter{
		Key: sec.Key, Anchor: sec.Key, Title: d.title(sec.Key), Status: d.status(sec),
		Failed: sec.Status == digest.Broken, Message: d.message(sec),
	}
	if sec.Projects != nil {
		return d.severalChapter(sec, c)
	}
	switch sec.Status {
	case digest.Absent:
		return c
	case digest.Broken:
		for _, key := range p.failed {
			c.Cards = append(c.Cards, d.card(sec, key))
		}
		return c
	}
	if still, idle := nobodyWritten(sec); idle {
		c.Message = d.say("section.outreach." + still)
		return c
	}
	watched, more := p.watched(sec)
	for _, key := range watched {
		c.Cards = append(c.Cards, d.card(sec, key))
	}
	c.Balance = d.balance(sec)
	if s := d.moreFigures(sec, more); s != nil {
		c.Sheets = append(c.Sheets, *s)
	}
	for _, plan := range p.charts {
		if pic, ok := d.picture(sec, plan); ok {
			c.Pictures = append(c.Pictures, pic)
		}
	}
	if s := d.byTeam(sec); s != nil {
		c.Sheets = append(c.Sheets, *s)
	}
	if p.sheets != nil {
		c.Sheets = append(c.Sheets, p.sheets(d, sec)...)
	}
	return c
}

// nobodyWritten tells a section of campaigns without any, this period and, where there is one, the period before: one sentence says that
// as well as a page of zeros.
func nobodyWritten(sec *digest.Section) (phrase string, yes bool) {
	users, ok := sec.Figure("total_users")
	switch {
	case sec.Key != "outreach" || !ok || !users.Value.Is() || users.Value.Number > 0:
		return "", false
	case !users.Previous.Is():
		return "none", true
	default:
		return "none_again", users.Previous.Number == 0
	}
}

// brief is one chapter for all sections: a row of four key cards, the reconciliation line, four charts.
func (d *desk) brief() digest.Chapter {
	c := digest.Chapter{Key: "brief", Anchor: "brief", Title: d.text("chapter.brief")}
	var platforms []string
	seen := map[string]bool{}
	for i := range d.s.Sections {
		sec := &d.s.Sections[i]
		if name := d.platform(sec); name != "" && !seen[name] {
			seen[name] = true
			platforms = append(platforms, name)
		}
		if m := d.message(sec); len(m) > 0 {
			c.Message = join(c.Message, bold(digest.Spans{{Text: d.title(sec.Key) + "."}}), m)
		}
		c.Failed = c.Failed || sec.Status == digest.Broken
	}
	c.Status = d.w.List(platforms)
	for _, at := range executiveCards {
		sec := d.s.Section(at[0])
		if sec == nil || sec.Status == digest.Absent || len(c.Cards) == 4 {
			continue
		}
		if _, ok := sec.Figure(at[1]); !ok && sec.Projects != nil && sec.Status != digest.Broken {
			continue
		}
		c.Cards = append(c.Cards, d.card(sec, at[1]))
	}
	d.briefOfSeveral(&c)
	if sec := d.read("contact_center"); sec != nil {
		c.Balance = d.balance(sec)
	}
	for _, row := range executiveCharts {
		if len(c.Pictures) == 4 {
			break
		}
		if pic, ok := d.firstDrawn(row); ok {
			c.Pictures = append(c.Pictures, pic)
		}
	}
	return c
}

// firstDrawn is the first picture of a row that shows something, else the first that there is.
func (d *desk) firstDrawn(row [][2]string) (digest.Picture, bool) {
	for _, needed := range []bool{true, false} {
		for _, at := range row {
			sec := d.read(at[0])
			if sec == nil {
				continue
			}
			chart := sec.Chart(at[1])
			if chart == nil || (needed && !drawable(chart)) {
				continue
			}
			plan, _ := planOf(at[0]).chart(at[1])
			return d.picture(sec, plan)
		}
	}
	return digest.Picture{}, false
}

// read finds a section that has numbers.
func (d *desk) read(key string) *digest.Section {
	sec := d.s.Section(key)
	if sec == nil || sec.Status == digest.Broken || sec.Status == digest.Absent {
		return nil
	}
	return sec
}

func (d *desk) title(section string) string { return d.text("section." + section + ".title") }

// platform names a section's platform as readers know it, or its source where it has none.
func (d *desk) platform(sec *digest.Section) string {
	if name := d.b.Platforms[sec.Platform]; name != "" {
		return name
	}
	if sec.Platform != "" {
		return upperFirst(sec.Platform)
	}
	return sec.Source
}

// status is the small line at the right of a section's title: "Chatwoot, complete".
func (d *desk) status(sec *digest.Section) string {
	if sec.Projects != nil {
		return d.text("status.projects."+string(sec.Status), digest.N("n", float64(sec.Projects.All)), digest.S("read", d.w.Count(float64(sec.Projects.Read))))
	}
	return d.text("status."+string(sec.Status), digest.S("platform", d.platform(sec)))
}

// message says why a section has no numbers.
func (d *desk) message(sec *digest.Section) digest.Spans {
	switch sec.Status {
	case digest.Broken, digest.Absent:
		if sec.Projects != nil {
			return d.say("section.projects_" + string(sec.Status))
		}
	}
	switch sec.Status {
	case digest.Broken:
		if sec.Reason == "" {
			return d.say("section.failed", digest.S("source", sec.Source))
		}
		return d.say("section.failed_because", digest.S("source", sec.Source), digest.S("reason", trimStop(d.cause(sec.Reason))))
	case digest.Absent:
		m := d.say("section.unavailable", digest.S("platform", d.platform(sec)))
		if reason := d.remark(sec, sec.Reason); reason != "" {
			return join(m, digest.Spans{{Text: withStop(upperFirst(reason))}})
		}
		return m
	}
	return nil
}

// cause puts a section's reason into the reader's words where it is a common one: a query that was stopped. What else a
// source answered may name hosts, users and columns: it is for admins.
func (d *desk) cause(reason string) string {
	after, ok := strings.CutPrefix(reason, "statement timeout after ")
	if length, err := time.ParseDuration(after); ok && err == nil {
		return d.text("reason.timeout", digest.S("v", d.duration(length.Seconds())))
	}
	if d.b.Audience != digest.Admin {
		return d.text("reason.unread")
	}
	return d.text("reason.other", digest.S("reason", reason))
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// lowerFirst puts a label into the middle of a sentence: "Solved" → "solved"; "FAQ" and "IT" stay.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	if n == 0 || !unicode.IsLower(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

func trimStop(s string) string {
	for len(s) > 0 && s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return s
}

func withStop(s string) string { return trimStop(s) + "." }
