package editor

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fortnight/digest"
)

// lead is the figure that a subject begins with: messages, else conversations offered, else the bot's conversations.
var leads = [][2]string{
	{"activity", "total_messages"},
	{"contact_center", "total_conversations"},
	{"chatbot", "bot_conversations"},
	{"flows", "initiated"},
	{"outreach", "total_users"},
	{digest.OpenConversations, "open"},
}

func (d *desk) leadFigure() (section string, f digest.Figure, ok bool) {
	for _, at := range leads {
		if f, ok := figureOf(&d.s, at[0], at[1]); ok && f.Value.Is() && !f.Provisional && !f.Barred {
			return at[0], f, true
		}
	}
	return "", digest.Figure{}, false
}

// subject carries the finding: "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed".
func (d *desk) subject() string {
	if len(d.b.CatchUp) > 0 {
		return d.subjectLine(d.catchUpRange(), d.catchUpParts(), d.gaps("subject"), d.upTo())
	}
	var parts []string
	section, f, ok := d.leadFigure()
	if ok {
		parts = append(parts, d.leadPart(section, f))
	}
	if missed, ok := d.missed(); ok && section != "" {
		parts = append(parts, missed)
	} else if digest.OfNow(section) {
		parts = append(parts, d.openParts()...)
	} else if f, ok := figureOf(&d.s, "flows", "success_rate"); section == "flows" && ok && f.Value.Is() && !d.quiet {
		parts = append(parts, d.text("subject.flows_completed", digest.S("v", d.value(f.Unit, f.Value))))
	}
	if !ok {
		parts = append(parts, d.promised("subject")...)
	}
	var gaps []string
	if missing := d.missing(); len(missing) > 0 {
		gaps = append(gaps, d.text("subject.missing", d.missingSlots(missing)...))
	}
	if without, of := d.gapsOfProjects(); len(without) > 0 && len(without) < of {
		gaps = append(gaps, d.text("subject.projects", d.gapSlots(without, of)...))
	}
	if len(parts)+len(gaps) == 0 {
		gaps = append(gaps, d.text("subject.no_data"))
	}
	first, late := "", d.late()
	if d.s.First {
		first = d.text("subject.first")
	}
	if late != "" {
		late = d.text("subject.late", digest.S("late", late))
	}
	return d.subjectLine(d.w.Range(d.s.Period.First(), d.s.Period.Last()), parts, gaps, first, late, d.upTo())
}

// promised is what a digest of service levels alone begins with: how much was closed and answered in time.
func (d *desk) promised(where string) (said []string) {
	for _, key := range []string{"closed_within_hour", "answered_in_10_min"} {
		if f, ok := figureOf(&d.s, "service_levels", key); ok && f.Value.Is() {
			said = append(said, d.text(where+"."+key, digest.S("v", d.value(f.Unit, f.Value))))
		}
	}
	return said
}

// aside is what a subject ends with: " (first edition, sent 3 days late)"; what is empty is left out.
func (d *desk) aside(said ...string) string {
	said = slices.DeleteFunc(said, func(s string) bool { return s == "" })
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// upTo is "data up to 28 Mar, 12:00", where the data end before the period does.
func (d *desk) upTo() string {
	at := d.dataUpTo()
	if at.IsZero() {
		return ""
	}
	if d.longAgo(at) {
		return d.text("subject.dataupto_day", digest.S("date", d.until(at)))
	}
	return d.text("subject.dataupto", digest.S("date", d.w.DayMonth(digest.DateOf(at))), digest.S("time", d.w.Clock(at)))
}

// subjectLine puts a subject together, after the digest's own pattern where it has one. gaps, what is missing, stands among the parts;
// where a pattern has no place for these, among what is said aside: that is never left out, whatever the pattern.
func (d *desk) subjectLine(dates string, parts, gaps []string, said ...string) string {
	finding := strings.Join(slices.Concat(parts, gaps), ", ")
	line := d.text("subject.line", digest.S("project", d.closed(d.b.Project)), digest.S("range", dates), digest.S("parts", finding))
	if pattern := d.b.Subject; strings.TrimSpace(pattern) != "" {
		line = digest.SubjectOf(pattern, map[string]string{"project": d.closed(d.b.Project), "digest": d.closed(d.name()), "period": dates, "finding": finding})
		if !strings.Contains(pattern, "{finding}") {
			said = append(gaps, said...)
		}
		line = shortened(line, longestSubject-utf8.RuneCountInString(d.aside(said...)))
	}
	return strings.Join(strings.FieldsFunc(line+d.aside(said...), func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
}

// longestSubject is how many characters a subject after a pattern has at most.
const longestSubject = 200

// shortened cuts a text of more than n characters, and shows that it is cut.
func shortened(s string, n int) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimSpace(string(r[:max(n-1, 0)])) + "…"
}

// leadPart is "307 messages (+60 %)", and in a quiet period "6 messages (9 the week before)".
func (d *desk) leadPart(section string, f digest.Figure) string {
	what := d.text("subject."+section, digest.N("n", f.Value.Number))
	c, ok := changeOf(f)
	if !ok || !d.compared() {
		return what
	}
	note := d.signedChange(f, c)
	if d.quiet {
		note = d.text("subject.was", digest.S("v", d.value(f.Unit, f.Previous)))
	}
	return what + " (" + note + ")"
}

// missed is what a subject says of the contact center: "5 missed", "none missed".
func (d *desk) missed() (string, bool) {
	f, ok := figureOf(&d.s, "contact_center", "missed")
	if !ok || !f.Value.Is() || f.Provisional || f.Barred || d.noneOffered() {
		return "", false
	}
	return d.text("subject.missed"+none(f), digest.N("n", f.Value.Number)), true
}

// noneOffered tells a period in which there was nothing to miss.
func (d *desk) noneOffered() bool {
	f, ok := figureOf(&d.s, "contact_center", "total_conversations")
	return ok && f.Value.Is() && f.Value.Number == 0
}

func none(f digest.Figure) string {
	if f.Value.Number == 0 {
		return "_none"
	}
	return ""
}

// missing names the failed sections.
func (d *desk) missing() []string {
	var out []string
	for _, sec := range d.s.Sections {
		if sec.Status == digest.Broken {
			out = append(out, d.title(sec.Key))
		}
	}
	return out
}

// missingSlots name sections inside a sentence and count them.
func (d *desk) missingSlots(missing []string) []digest.Slot {
	return []digest.Slot{digest.N("n", float64(len(missing))), digest.S("sections", d.w.List(lowered(missing)))}
}

func lowered(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, lowerFirst(n))
	}
	return out
}

// headline is the subject's finding in two short sentences.
func (d *desk) headline() []string {
	if len(d.b.CatchUp) > 0 {
		return d.catchUpHeadline()
	}
	var out []string
	section, f, ok := d.leadFigure()
	if ok {
		out = append(out, d.headlineLead(section, f))
	} else if promised := d.promised("headline"); len(promised) > 0 {
		out = append(out, promised...)
	} else {
		out = append(out, d.text("headline.no_data"))
	}
	missing := d.missing()
	missed, hasMissed := figureOf(&d.s, "contact_center", "missed")
	switch {
	case len(missing) > 0:
		out = append(out, d.text("headline.missing", d.missingSlots(missing)...))
	case hasMissed && missed.Value.Is() && !missed.Provisional && !missed.Barred && !d.noneOffered():
		out = append(out, d.text("headline.missed"+none(missed), digest.N("n", missed.Value.Number)))
	case d.nobodyWrote():
	default:
		if second := d.headlineSecond(section); second != "" {
			out = append(out, second)
		}
	}
	return out
}

func (d *desk) headlineLead(section string, f digest.Figure) string {
	what := strings.Replace(d.text("subject."+section, digest.N("n", f.Value.Number)), " ", nbsp, 1) // the number and its word
	if d.quiet {
		return d.text("headline.quiet"+none(f), digest.S("what", what))
	}
	c, ok := changeOf(f)
	if !ok || !d.compared() {
		return d.text("headline.plain", digest.S("what", what))
	}
	slots := []digest.Slot{digest.S("what", what), digest.S("by", d.plainChange(f, c))}
	switch {
	case c.diff > 0:
		return d.text("headline.up", slots...)
	case c.diff < 0:
		return d.text("headline.down", slots...)
	}
	return d.text("headline.same", slots...)
}

// headlineSecond stands in where the digest has no contact center.
func (d *desk) headlineSecond(lead string) string {
	if f, ok := figureOf(&d.s, "chatbot", "bot_resolution_rate"); ok && f.Value.Is() && !d.quiet {
		return d.text("headline.resolved", digest.S("v", d.value(f.Unit, f.Value)))
	}
	if waits, ok := d.openWaits(); ok && digest.OfNow(lead) {
		return d.text("headline.open_oldest", digest.S("v", waits))
	}
	if f, ok := figureOf(&d.s, "flows", "success_rate"); ok && f.Value.Is() && lead == "flows" && !d.quiet {
		return d.text("headline.flows_completed", digest.S("v", d.value(f.Unit, f.Value)))
	}
	if f, ok := figureOf(&d.s, "activity", "active_users"); ok && f.Value.Is() && lead == "activity" {
		return d.text("headline.people", digest.N("n", f.Value.Number))
	}
	return ""
}

// preheader is the first two findings.
func preheader(findings []digest.Finding) string {
	var out []string
	for _, f := range head(findings, 2) {
		out = append(out, f.Text.String())
	}
	return strings.Join(out, " ")
}
