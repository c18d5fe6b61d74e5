package editor

import (
	"slices"
	"time"

	"fortnight/digest"
)

// notes are what the letter adds as a whole: restatements, that it is the first edition, that clocks changed, and what
// the sections say of themselves.
func (d *desk) notes() []digest.Spans {
	var out []digest.Spans
	out = append(out, d.restatements()...)
	if d.s.First {
		out = append(out, d.firstEdition())
	}
	for _, day := range d.s.Period.Days() {
		if length := day.To.Sub(day.From); length != 24*time.Hour {
			out = append(out, d.say("notes.clocks", digest.S("date", d.w.DayMonth(day.Date)),
				digest.S("hours", d.number(length.Hours())), digest.S("total", d.number(d.s.Period.Hours()))))
		}
	}
	for i := range d.s.Sections {
		sec := &d.s.Sections[i]
		for _, key := range d.wide[sec.Key] {
			out = append(out, d.say("notes.section", digest.S("section", d.title(sec.Key)), digest.S("text", withStop(d.remark(sec, key)))))
		}
	}
	if d.b.Audience == digest.Executive {
		return out
	}
	for i := range d.s.Sections {
		out = append(out, d.sectionNotes(&d.s.Sections[i], out)...)
	}
	return out
}

// spokenNotes have their place elsewhere: in a caption, the reconciliation line or the notes of the letter.
var spokenNotes = []string{"open_capped", "response_window", "individual", "closed_within_hour", "closed_within_day", "answered_in_10_min", "first_responses", "unserved", "balance", "time_saved", "attribution", "responses_by_user", "recovered_detail", "reconciliation", "first_edition", "answered", "ended", "closings", "intents_source", "peak_tied"}

// sectionNotes puts what a section notes, and no figure or chart refers to, into words. A note without a phrase and
// without a text of its own says nothing.
func (d *desk) sectionNotes(sec *digest.Section, before []digest.Spans) []digest.Spans {
	var out []digest.Spans
	for _, n := range sec.Notes {
		if slices.Contains(spokenNotes, n.Key) || referred(sec, n.Key) || n.Key == "open_now" && onlyNow(&d.s) { // the letter says when it was read
			continue
		}
		text := d.remark(sec, n.Key)
		if text == n.Key {
			continue
		}
		line := digest.Spans{{Text: withStop(text)}}
		same := func(s digest.Spans) bool { return s.String() == line.String() }
		marked := func(f digest.Footnote) bool { return f.Text == text }
		if !slices.ContainsFunc(before, same) && !slices.ContainsFunc(out, same) && !slices.ContainsFunc(d.foot.list, marked) {
			out = append(out, line)
		}
	}
	return out
}

func referred(sec *digest.Section, note string) bool {
	return slices.ContainsFunc(sec.Figures, func(f digest.Figure) bool { return f.Footnote == note }) ||
		slices.ContainsFunc(sec.Charts, func(c digest.Chart) bool { return c.Footnote == note })
}

// firstEdition says why nothing is compared, and since when there is data where the source says so.
func (d *desk) firstEdition() digest.Spans {
	for i := range d.s.Sections {
		if n, ok := d.s.Sections[i].Note("first_edition"); ok && n.Values["since"].Is() {
			since := d.value(digest.Instant, n.Values["since"])
			if t := n.Values["since"]; t.Text != "" {
				at, err := time.Parse(time.RFC3339, t.Text) // a snapshot read back from JSON has it as text
				if err != nil {
					break
				}
				since = d.value(digest.Instant, digest.At(at))
			}
			return d.say("notes.first_since", digest.S("since", since))
		}
	}
	return d.say("notes.first")
}
