package console

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/zones"
)

// unsaved tells how a digest as it is filled in differs from the one that is saved, each difference from what to what: "target for the
// median wait, 10 to 5 minutes".
func unsaved(saved, now digest.Config, p digest.Project) (out []string) {
	say := func(what, from, to string) {
		if from != to {
			out = append(out, what+", "+cmp.Or(from, "none")+" to "+cmp.Or(to, "none"))
		}
	}
	quote := func(s string) string {
		if s == "" {
			return ""
		}
		return "“" + s + "”"
	}
	say("name", quote(saved.Name), quote(now.Name))
	a, b := saved.Cadence, now.Cadence
	if a.Kind != b.Kind || a.At != b.At || a.Covers != b.Covers {
		a.Zone, b.Zone = p.Zone, p.Zone
		say("cadence", cadenceInWords(a, p), cadenceInWords(b, p))
	}
	say("zone", zones.City(saved.Cadence.Zone), zones.City(now.Cadence.Zone))
	say("first of the two weeks", dateOr(saved.Cadence.Anchor), dateOr(now.Cadence.Anchor))
	say("projects summed up", strings.Join(saved.Projects, ", "), strings.Join(now.Projects, ", "))
	out = append(out, sectionChanges(saved.Sections, now.Sections)...)
	say("missed after", lasting(cmp.Or(saved.MissedAfter, 24*time.Hour)), lasting(cmp.Or(now.MissedAfter, 24*time.Hour)))
	say("connected", connected(saved), connected(now))
	for _, p := range parameters() {
		name := strings.ToLower(p.label[:1]) + p.label[1:]
		from, to := p.get(saved.Parameters), p.get(now.Parameters)
		if p.tick {
			from, to = yes(from != ""), yes(to != "")
		}
		say(name, strings.TrimSpace(cmp.Or(from, p.none)+" "+p.unit), strings.TrimSpace(cmp.Or(to, p.none)+" "+p.unit))
	}
	for _, t := range targetable() {
		say("target for "+t.name, targetOf(saved, t), targetOf(now, t))
	}
	say("missed periods that the next mail tells of", strconv.Itoa(cmp.Or(saved.CatchUp, 2)), strconv.Itoa(cmp.Or(now.CatchUp, 2)))
	say("begins within", lasting(saved.Jitter), lasting(now.Jitter))
	say("paper", cmp.Or(saved.Paper, "A4"), cmp.Or(now.Paper, "A4"))
	say("attached tables, CSV", yes(saved.Attachments.CSV), yes(now.Attachments.CSV))
	say("attached workbook, XLSX", yes(saved.Attachments.XLSX), yes(now.Attachments.XLSX))
	say("subject", cmp.Or(quote(saved.Subject), "the finding"), cmp.Or(quote(now.Subject), "the finding"))
	say("cadences readers may choose", kinds(saved.Readers.Cadences), kinds(now.Readers.Cadences))
	say("sections readers may choose", yes(saved.Readers.Sections), yes(now.Readers.Sections))
	say("forwarded mails", forwarding(saved.Readers), forwarding(now.Readers))
	return out
}

func dateOr(d digest.Date) string {
	if d.IsZero() {
		return "the next one"
	}
	return d.String()
}

func connected(c digest.Config) string {
	if c.ExcludeAway {
		return "online only"
	}
	return "online and away"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func kinds(all []string) string {
	var names []string
	for _, k := range all {
		names = append(names, strings.ToLower(kindName(k)))
	}
	return listing(names)
}

func forwarding(r digest.Readers) string {
	switch r.Forwarding {
	case digest.ForwardingConfirm:
		return "whoever confirms subscribes"
	case digest.ForwardingOff:
		return "nobody may ask"
	}
	return "you approve"
}

func targetOf(c digest.Config, t aim) string {
	for _, x := range c.Targets {
		if x.Section == t.section && x.Figure == t.figure {
			u := unitOf(t.section, t.figure)
			return strings.TrimSpace(plainNumber(x.Value/u.scale) + " " + u.word)
		}
	}
	return ""
}

// sectionChanges tells which sections come and go, which are read from elsewhere, and whether their order is another.
func sectionChanges(saved, now []digest.SectionChoice) (out []string) {
	source := func(all []digest.SectionChoice, key string) (string, bool) {
		for _, s := range all {
			if s.Section == key {
				return s.Source, true
			}
		}
		return "", false
	}
	var stayed, stay []string
	for _, s := range saved {
		name, _ := sectionWords(s.Section)
		to, still := source(now, s.Section)
		switch {
		case !still:
			out = append(out, name+" off")
		case to != s.Source:
			out = append(out, "source of "+name+", "+cmp.Or(s.Source, "none")+" to "+cmp.Or(to, "none"))
		}
		if still {
			stayed = append(stayed, s.Section)
		}
	}
	for _, s := range now {
		if _, before := source(saved, s.Section); before {
			stay = append(stay, s.Section)
			continue
		}
		name, _ := sectionWords(s.Section)
		out = append(out, name+" on")
	}
	if !slices.Equal(stayed, stay) {
		var names []string
		for _, key := range stay {
			name, _ := sectionWords(key)
			names = append(names, name)
		}
		out = append(out, "order of the sections, now "+listing(names))
	}
	return out
}

// changedBy tells what others did: one line a change, in the words of the audit.
func changedBy(lines []digest.AuditLine, at clock) (out []string) {
	for _, l := range lines {
		var parts []string
		for _, d := range l.Details {
			parts = append(parts, spaced(strings.ReplaceAll(d.What, ".", " "))+", "+cmp.Or(unquoted(d.From), "none")+" to "+cmp.Or(unquoted(d.To), "none"))
		}
		out = append(out, l.Name+" on "+at.moment(l.At)+": "+cmp.Or(strings.Join(parts, "; "), l.Verb))
	}
	return out
}

// unquoted is a JSON text without its quotes; what is none stays as it is.
func unquoted(raw string) string {
	var s string
	if json.Unmarshal([]byte(raw), &s) == nil {
		return s
	}
	return raw
}

// spaced is a key as words: "contact_center" is "Contact center".
func spaced(key string) string {
	return capital(strings.ReplaceAll(strings.ReplaceAll(key, "_", " "), "-", " "))
}
