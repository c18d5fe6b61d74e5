package console

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/roster"
)

// filled is a digest as the editor's form has it: as it was typed, so that a fault shows beside what is wrong.
type filled struct {
	Name                                        string
	Kind, Weekday, At, Anchor, Cron, Covers     string // Kind is one of the kinds; Weekday "mon"
	CloseAt                                     string // of close-of-business; "" as it closes
	Zone                                        string // "" the project's
	Sections                                    []filledSection
	MissedAfter                                 string // hours
	Away                                        string // "online" or "away": what counts as connected
	Targets                                     map[string]string
	Params                                      map[string]string // field to text; see parameters
	CatchUp, Jitter, Paper, Subject, Forwarding string
	Cadences                                    []string // that readers may choose
	CSV, XLSX                                   bool     // attached beside the PDF
	Choose                                      bool     // readers choose sections
	Version                                     int
	Projects                                    string // keys of those summed up, with commas; "" its own alone
	Compare                                     string // zone of the third column; "" none
}

// filledSection is a section of the form: all that there are, in the form's order.
type filledSection struct {
	Key, Source string
	On          bool
}

// fillOf puts a digest into the form. There are sections to choose from, and those that each source can fill.
func fillOf(c digest.Config, p digest.Project, sections []string, sources []digest.SourceLine) filled {
	f := filled{
		Name: c.Name, Kind: c.Cadence.Kind, Weekday: strings.ToLower(p.WeekStart.String()[:3]), At: c.Cadence.At, Covers: cmp.Or(c.Cadence.Covers, "week"),
		Zone: c.Cadence.Zone, MissedAfter: "24", Away: "away", CatchUp: "2", Jitter: plainNumber(c.Jitter.Minutes()),
		Paper: cmp.Or(c.Paper, "A4"), Subject: c.Subject, Cadences: c.Readers.Cadences, Choose: c.Readers.Sections, Projects: strings.Join(c.Projects, ", "),
		Forwarding: cmp.Or(c.Readers.Forwarding, digest.ForwardingApprove), Targets: map[string]string{}, Params: paramsOf(c.Parameters),
		CSV: c.Attachments.CSV, XLSX: c.Attachments.XLSX,
	}
	if f.Zone == p.Zone {
		f.Zone = ""
	}
	if isCron(f.Kind) {
		f.Kind, f.Cron = kindCron, f.Kind
	}
	if f.Kind == kindClose {
		f.CloseAt, f.At = f.At, ""
	}
	if day, hour, ok := strings.Cut(strings.TrimSpace(f.At), " "); ok {
		f.Weekday, f.At = strings.ToLower(day[:min(3, len(day))]), strings.TrimSpace(hour)
	}
	if f.At == "" {
		f.At = "08:00"
	}
	if !c.Cadence.Anchor.IsZero() {
		f.Anchor = c.Cadence.Anchor.String()
	}
	if c.MissedAfter > 0 {
		f.MissedAfter = plainNumber(c.MissedAfter.Hours())
	}
	if c.ExcludeAway {
		f.Away = "online"
	}
	if c.CatchUp > 0 {
		f.CatchUp = strconv.Itoa(c.CatchUp)
	}
	for _, s := range c.Sections {
		f.Sections = append(f.Sections, filledSection{s.Section, s.Source, true})
	}
	for _, key := range sections {
		if !slices.ContainsFunc(f.Sections, func(s filledSection) bool { return s.Key == key }) {
			f.Sections = append(f.Sections, filledSection{key, sourceFor(key, sources), false})
		}
	}
	for _, t := range c.Targets {
		f.Targets[t.Section+"."+t.Figure] = plainNumber(t.Value / unitOf(t.Section, t.Figure).scale)
	}
	return f
}

// sourceFor is the first source that can fill a section; where none is known to, the first.
func sourceFor(section string, sources []digest.SourceLine) string {
	for _, s := range sources {
		if slices.Contains(s.Sections, section) {
			return s.Key
		}
	}
	if len(sources) > 0 {
		return sources[0].Key
	}
	return ""
}

// readFilled takes the form as it was sent.
func readFilled(v url.Values) filled {
	one := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	f := filled{
		Name: one("name"), Kind: one("kind"), Weekday: one("weekday"), At: one("at"), CloseAt: one("close_at"), Anchor: one("anchor"), Cron: one("cron"), Covers: one("covers"),
		Zone: one("zone"), MissedAfter: one("missed_after"), Away: one("away"), CatchUp: one("catch_up"), Jitter: one("jitter"), Paper: one("paper"),
		Subject: one("subject"), Forwarding: one("forwarding"), Cadences: v["reader_cadence"], Choose: v.Has("reader_sections"), Compare: one("compare"), Projects: one("projects"),
		Targets: map[string]string{}, Params: readParams(v), CSV: v.Has("attach.csv"), XLSX: v.Has("attach.xlsx"),
	}
	f.Version, _ = strconv.Atoi(one("version"))
	for _, key := range v["section"] {
		if !slices.ContainsFunc(f.Sections, func(s filledSection) bool { return s.Key == key }) {
			f.Sections = append(f.Sections, filledSection{key, one("source." + key), v.Has("on." + key)})
		}
	}
	for name, values := range v {
		if figure, ok := strings.CutPrefix(name, "target."); ok && strings.TrimSpace(values[0]) != "" {
			f.Targets[figure] = strings.TrimSpace(values[0])
		}
	}
	return f
}

// move puts a section one place up (-1) or down (1).
func (f *filled) move(key string, by int) {
	at := slices.IndexFunc(f.Sections, func(s filledSection) bool { return s.Key == key })
	if to := at + by; at >= 0 && to >= 0 && to < len(f.Sections) {
		f.Sections[at], f.Sections[to] = f.Sections[to], f.Sections[at]
	}
}

// config is the digest that the form means. What it has no control for is as in base. Faults are of texts that mean nothing: there the
// value is base's.
func (f filled) config(base digest.Config, p digest.Project) (digest.Config, Faults) {
	faults := Faults{}
	c := base
	c.Subscribers = nil
	c.Name, c.Subject, c.Paper, c.ExcludeAway = f.Name, f.Subject, f.Paper, f.Away == "online"
	c.Attachments = digest.Attachments{CSV: f.CSV, XLSX: f.XLSX}
	c.Cadence = f.cadence(base.Cadence, p, faults)
	c.Sections, c.Projects = nil, commaList(f.Projects)
	for _, s := range f.Sections {
		if len(c.Projects) > 0 {
			s.Source = "" // each project's own
		}
		if s.On {
			c.Sections = append(c.Sections, digest.SectionChoice{Section: s.Key, Source: s.Source})
		}
	}
	if len(c.Sections) == 0 {
		faults["sections"] = "Switch at least one section on: a digest without one says nothing."
	}
	if n, ok := number(f.MissedAfter); !ok || n <= 0 || n > 24*60 {
		faults["missed_after"] = "Write hours, such as 24; 1,440 (60 days) at most."
	} else if wait := time.Duration(n * float64(time.Hour)).Round(time.Minute); wait != 24*time.Hour || base.MissedAfter != 0 { // 0 means 24 h
		c.MissedAfter = wait
	}
	if n, err := strconv.Atoi(f.CatchUp); err != nil || n < 1 || n > 26 {
		faults["catch_up"] = "Write a number from 1 to 26."
	} else if n != 2 || base.CatchUp != 0 { // 0 means 2
		c.CatchUp = n
	}
	if n, ok := number(cmp.Or(f.Jitter, "0")); !ok || n < 0 || n > 720 {
		faults["jitter"] = "Write minutes, from 0 to 720."
	} else {
		c.Jitter = time.Duration(n * float64(time.Minute)).Round(time.Second)
	}
	if err := digest.CheckSubject(f.Subject); err != nil {
		faults["subject"] = sentence(err.Error())
	}
	c.Targets = f.targets(faults)
	c.Parameters = f.parameters(base.Parameters, faults)
	c.Readers = digest.Readers{Cadences: f.longer(c.Cadence.Kind, p), Sections: f.Choose, Forwarding: f.Forwarding}
	if c.Readers.Forwarding == digest.ForwardingApprove && base.Readers.Forwarding == "" { // "" means that
		c.Readers.Forwarding = ""
	}
	return c, faults
}

func (f filled) cadence(base digest.CadenceSpec, p digest.Project, faults Faults) digest.CadenceSpec {
	c := digest.CadenceSpec{Kind: f.Kind, At: f.At, Zone: cmp.Or(f.Zone, p.Zone), WeekStart: base.WeekStart}
	switch f.Kind {
	case kindCron:
		c.Kind, c.At, c.Covers = f.Cron, "", f.Covers
		if f.Cron == "" || !isCron(f.Cron) {
			faults["cadence"] = "Write a cron expression of five fields, such as 0 8 * * 1."
			return base
		}
	case kindWeekly, kindEvery2Weeks:
		c.At = f.Weekday + " " + f.At
	case kindClose:
		c.At = f.CloseAt
	}
	if f.Kind == kindEvery2Weeks && f.Anchor != "" {
		d, err := digest.ParseDate(f.Anchor)
		if err != nil {
			faults["anchor"] = "Write the date as YYYY-MM-DD."
		}
		c.Anchor = d
	}
	if reason := roster.FaultOfZone(f.Zone); reason != "" {
		faults["zone"] = reason
		c.Zone = base.Zone
	}
	return p.Timed(c)
}

// longer are the cadences ticked for readers that cover more days than the digest's own, each once, by length: what else is ticked
// means nothing while the digest's own is as it is.
func (f filled) longer(kind string, p digest.Project) (out []string) {
	for _, k := range readerKinds() {
		if slices.Contains(f.Cadences, k) && offered(k, kind, p) {
			out = append(out, k)
		}
	}
	return out
}

// lostBy says which cadences readers could choose, or are ticked for them, and cannot as the digest is filled in now: its own is not faster.
// "" where there is none.
func lostBy(d digest.DigestLine, f filled, now digest.Config, p digest.Project) string {
	var lost []string
	chosen := false
	for _, k := range readerKinds() {
		if (slices.Contains(d.Config.Readers.Cadences, k) || slices.Contains(f.Cadences, k)) && !offered(k, now.Cadence.Kind, p) {
			lost = append(lost, strings.ToLower(kindName(k)))
			chosen = chosen || slices.Contains(d.Chosen, k)
		}
	}
	if len(lost) == 0 {
		return ""
	}
	said := "Readers can no longer choose " + listing(lost) + ": that is not slower than the digest itself."
	if chosen {
		said += " Who chose it gets the digest as it comes."
	}
	return said
}

// readerKinds are what readers may be let choose, the shortest periods first.
func readerKinds() []string {
	return []string{kindWeekly, kindEvery2Weeks, kindTwiceMonthly, kindMonthly, kindEvery2Months}
}

// offered tells whether readers of a digest may be let choose a kind in place of its own. A cron expression's length is not known:
// they may choose all of a month and more.
func offered(kind, own string, p digest.Project) bool {
	n := days(own, p.BiMonthly)
	if n == 0 {
		n = 29
	}
	return days(kind, p.BiMonthly) > n
}

func (f filled) targets(faults Faults) (out []digest.Target) {
	for _, t := range targetable() {
		name := t.section + "." + t.figure
		text := f.Targets[name]
		if text == "" {
			continue
		}
		n, ok := number(text)
		switch {
		case !ok || n < 0:
			faults["target."+name] = "Write a number, such as 5."
		case t.unit == digest.Percent && n > 100:
			faults["target."+name] = "A share is at most 100 %."
		default:
			out = append(out, digest.Target{Section: t.section, Figure: t.figure, Value: math.Round(n*unitOf(t.section, t.figure).scale*1000) / 1000})
		}
	}
	return out
}

// number reads a number as people write it: with a point or a comma for its fraction.
func number(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// plainNumber prints a number of a control: 5, 2.5.
func plainNumber(n float64) string { return strconv.FormatFloat(math.Round(n*1000)/1000, 'f', -1, 64) }
