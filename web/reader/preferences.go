package reader

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/zones"
)

// preferences is the form of a reader's wishes.
type preferences struct {
	page
	At        string
	Saved     bool
	Changed   bool // what is filled in differs from what is kept
	Faults    map[string]string
	Coming    []string // the next mail, as a heading and what is to be said of it
	ComingBad bool
	Ended     string // since when the reader gets none; "" where he does
	Cadences  []option
	Sections  []option
	Locales   []option
	Zones     []region
	ZoneHint  string
	Attached  bool
	Until     string // yyyy-mm-dd
	Earliest  string
	Latest    string
}

type option struct {
	Value, Label, Hint string
	Chosen             bool
}

type region struct {
	Name  string
	Zones []option
}

// preferences shows what a reader has chosen; with an address's query, what is filled in but not kept, and what it would come to.
func (a *pages) preferences(w http.ResponseWriter, r *http.Request) {
	s, err := a.subscription(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	wishes := s.Wishes
	var faults map[string]string
	if r.URL.Query().Has("shown") {
		wishes, faults = a.wishes(r.URL.Query(), s)
	}
	a.prefer(w, r, s, wishes, faults)
}

// wish keeps what is filled in.
func (a *pages) wish(w http.ResponseWriter, r *http.Request) {
	s, err := a.subscription(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil || !r.PostForm.Has("shown") {
		a.fail(w, r, ErrUnknown)
		return
	}
	wishes, faults := a.wishes(r.PostForm, s)
	if len(faults) > 0 {
		a.prefer(w, r, s, wishes, faults)
		return
	}
	if _, err := a.c.Readers.Wish(r.Context(), r.PathValue("token"), wishes); err != nil {
		a.fail(w, r, err)
		return
	}
	a.c.Log.Info("reader's wishes kept", "subscriber", s.ID, "project", s.Project, "digest", s.Digest)
	http.Redirect(w, r, a.p.base+"/preferences/"+r.PathValue("token")+"?saved", http.StatusSeeOther)
}

// yearOfPause is the longest pause, in days.
const yearOfPause = 366

// wishes reads what is filled in. What is as configured is no wish, so that it follows the configuration.
func (a *pages) wishes(form url.Values, s Subscription) (w digest.Wishes, faults map[string]string) {
	faults = map[string]string{}
	words := a.p.choose(s.Locale)
	refuse := func(field, key string, slots ...digest.Slot) {
		faults[field] = words.Phrase("web.preferences.fault."+key, slots...).String()
	}
	if l := form.Get("locale"); slices.Contains(a.c.Locales, l) && language(l) != language(orElse(s.Given.Locale, s.ProjectLocale)) {
		w.Locale = l
	}
	switch z := form.Get("zone"); {
	case z == "" || z == orElse(s.Given.Zone, s.Zone):
	case zones.Known(z):
		w.Zone = z
	default:
		refuse("zone", "zone")
	}
	if pdf := form.Get("pdf") == "attached"; pdf != s.Given.PDF {
		w.PDF = &pdf
	}
	if c := form.Get("cadence"); slices.Contains(s.Config.Readers.Cadences, c) {
		w.Cadence = c
	}
	if s.Config.Readers.Sections {
		for _, chosen := range s.Config.Sections {
			if slices.Contains(form["section"], chosen.Section) {
				w.Sections = append(w.Sections, chosen.Section)
			}
		}
		switch len(w.Sections) {
		case 0:
			refuse("section", "section")
		case len(s.Config.Sections):
			w.Sections = nil
		}
	}
	if text := strings.TrimSpace(form.Get("until")); text != "" {
		until, err := digest.ParseDate(text)
		today := a.today(s)
		switch {
		case err != nil:
			refuse("until", "date")
		case today.AddDays(yearOfPause).Before(until):
			last := today.AddDays(yearOfPause)
			refuse("until", "year", digest.S("date", words.LongRange(last, last)))
		case today.Before(until):
			w.PausedUntil = until
		}
	}
	return w, faults
}

// today is the date where the digest's days are counted.
func (a *pages) today(s Subscription) digest.Date {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		zone = time.UTC
	}
	return digest.DateOf(a.c.Now().In(zone))
}

// prefer prints the form with wishes filled in.
func (a *pages) prefer(w http.ResponseWriter, r *http.Request, s Subscription, wishes digest.Wishes, faults map[string]string) {
	v := &preferences{page: a.p.about(a.p.choose(s.Locale), r.PathValue("token"), s), Faults: faults, Saved: r.URL.Query().Has("saved")}
	v.At = v.PreferencesAt
	v.Corner = v.words.Phrase("web.preferences.for", v.slots...).String()
	v.Changed = !alike(wishes, s.Wishes)
	chosen := s.Given.With(wishes, s.Config)
	if !s.Ended.IsZero() { // there is no next mail
		v.Ended = v.Say("preferences.ended")
	} else if err := a.coming(r, v, s, wishes); err != nil {
		a.fail(w, r, err)
		return
	}
	if err := a.cadences(r, v, s, wishes); err != nil {
		a.fail(w, r, err)
		return
	}
	if s.Config.Readers.Sections && len(s.Config.Sections) > 1 {
		for _, c := range s.Config.Sections {
			v.Sections = append(v.Sections, option{
				Value: c.Section, Label: v.title(c.Section), Hint: v.maybe("web.preferences.section." + c.Section),
				Chosen: (len(wishes.Sections) == 0 && faults["section"] == "") || slices.Contains(wishes.Sections, c.Section),
			})
		}
	}
	for _, l := range a.c.Locales {
		v.Locales = append(v.Locales, option{Value: l, Label: a.inItself(l), Chosen: language(orElse(chosen.Locale, v.words.Locale())) == language(l)})
	}
	v.Zones = v.regions(orElse(chosen.Zone, s.Zone))
	v.ZoneHint = v.Put("preferences.zone_hint", "place", zones.City(s.Zone))
	v.Attached = chosen.PDF
	today := a.today(s)
	v.Earliest, v.Latest = today.AddDays(1).String(), today.AddDays(yearOfPause).String()
	if today.Before(wishes.PausedUntil) {
		v.Until = wishes.PausedUntil.String()
	}
	status := http.StatusOK
	if len(faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	a.p.print(w, status, "preferences", v)
}

// coming says when the next mail leaves: as kept, or if what is filled in is kept.
func (a *pages) coming(r *http.Request, v *preferences, s Subscription, wishes digest.Wishes) error {
	kept, err := a.c.Next(r.Context(), s, s.Wishes)
	if err != nil {
		return err
	}
	if !v.Changed || len(v.Faults) > 0 {
		v.Coming = v.say("next", kept)
		if until := s.Wishes.PausedUntil; a.today(s).Before(until) {
			v.Coming = append(v.Coming, v.words.Phrase("web.preferences.paused", digest.S("date", v.words.MonthRange(until, until))).String())
		}
		v.Coming = append(v.Coming, v.covers(kept)...)
		return nil
	}
	next, err := a.c.Next(r.Context(), s, wishes)
	if err != nil {
		return err
	}
	v.Coming = append(v.say("if", next), v.covers(next)...)
	if next.Gap != nil {
		v.ComingBad = true
		v.Coming = append(v.Coming, v.words.Phrase("web.preferences.gap", digest.N("n", float64(len(next.Gap.Days()))), digest.S("range", v.words.MonthRange(next.Gap.First(), next.Gap.Last()))).String())
	}
	if !kept.Never && (!kept.Leaves.Equal(next.Leaves) || !kept.Period.From.Equal(next.Period.From) || !kept.Period.To.Equal(next.Period.To) || next.Never) {
		on := digest.DateOf(kept.Leaves)
		v.Coming = append(v.Coming, v.words.Phrase("web.preferences.until_now",
			digest.S("day", v.words.Weekday(on)), digest.S("date", v.words.MonthRange(on, on)), digest.S("range", v.words.MonthRange(kept.Period.First(), kept.Period.Last()))).String())
	}
	return nil
}

// say gives a mail's day and hour: "If you save: Thursday 16 April, 08:00 in New York".
func (v *preferences) say(key string, c Coming) []string {
	if c.Never {
		return []string{v.Say("preferences.never")}
	}
	on := digest.DateOf(c.Leaves)
	return []string{v.words.Phrase("web.preferences."+key,
		digest.S("day", v.words.Weekday(on)), digest.S("date", v.words.MonthRange(on, on)),
		digest.S("time", v.words.Clock(c.Leaves)), digest.S("place", zones.City(c.Leaves.Location().String()))).String()}
}

// covers gives what the mail is about.
func (v *preferences) covers(c Coming) (said []string) {
	if c.Never {
		return nil
	}
	said = append(said, v.words.Phrase("web.preferences.covers", digest.S("range", v.words.MonthRange(c.Period.First(), c.Period.Last()))).String())
	if c.AsSoon {
		said = append(said, v.Say("preferences.as_soon"))
	}
	return said
}

// cadences lists the digest's own cadence and those that its readers may choose, each with the mail it would next come to.
func (a *pages) cadences(r *http.Request, v *preferences, s Subscription, wishes digest.Wishes) error {
	if len(s.Config.Readers.Cadences) == 0 {
		return nil
	}
	for _, kind := range append([]string{""}, s.Config.Readers.Cadences...) {
		with := wishes
		with.Cadence = kind
		next, err := a.c.Next(r.Context(), s, with)
		if err != nil {
			return err
		}
		o := option{Value: kind, Label: v.kindOf(orElse(kind, s.Kind)), Chosen: wishes.Cadence == kind}
		if kind == "" {
			o.Chosen = !slices.Contains(s.Config.Readers.Cadences, wishes.Cadence)
		}
		if !next.Never {
			o.Hint = v.nextOn(next)
		}
		v.Cadences = append(v.Cadences, o)
	}
	return nil
}

// nextOn says a next mail in short: "next on Thursday 16 April, for 1–15 April".
func (p page) nextOn(c Coming) string {
	on := digest.DateOf(c.Leaves)
	return p.words.Phrase("web.preferences.cadence_hint", digest.S("day", p.words.Weekday(on)), digest.S("date", p.words.MonthRange(on, on)),
		digest.S("range", p.words.MonthRange(c.Period.First(), c.Period.Last()))).String()
}

// kindOf is how readers call a cadence.
func (p page) kindOf(kind string) string {
	if said := p.maybe("web.cadence." + kind); said != "" {
		return said
	}
	return p.Say("cadence.custom")
}

// title is a section's.
func (p page) title(section string) string {
	return orElse(p.maybe("section."+section+".title"), section)
}

// maybe gives a phrase where there is one.
func (p page) maybe(key string) string {
	if !p.words.Has(key) {
		return ""
	}
	return p.words.Phrase(key, p.slots...).String()
}

// inItself is a language's name in that language, as those who look for it read it.
func (a *pages) inItself(tag string) string {
	w, err := a.c.Words(tag)
	if err != nil || language(w.Locale()) != language(tag) {
		return tag
	}
	return capital(w.Language(tag))
}

// regions lists the zones to choose from, one group a part of the world; the chosen one is listed whatever it is.
func (p page) regions(chosen string) (all []region) {
	listed := zones.All()
	if !slices.Contains(listed, chosen) {
		listed = append([]string{chosen}, listed...)
	}
	for _, z := range listed {
		part, _, inside := strings.Cut(z, "/")
		name := p.maybe("web.region." + part)
		if !inside || name == "" {
			name = p.Say("region.other")
		}
		i := slices.IndexFunc(all, func(r region) bool { return r.Name == name })
		if i < 0 {
			all, i = append(all, region{Name: name}), len(all)
		}
		all[i].Zones = append(all[i].Zones, option{Value: z, Label: zones.City(z), Chosen: z == chosen})
	}
	slices.SortStableFunc(all, func(one, other region) int { return strings.Compare(one.Name, other.Name) })
	for _, r := range all {
		slices.SortStableFunc(r.Zones, func(one, other option) int { return strings.Compare(one.Label, other.Label) })
	}
	return all
}

// alike tells whether two wishes come to the same.
func alike(a, b digest.Wishes) bool {
	if (a.PDF == nil) != (b.PDF == nil) || a.PDF != nil && *a.PDF != *b.PDF {
		return false
	}
	return a.Locale == b.Locale && a.Zone == b.Zone && a.Cadence == b.Cadence && slices.Equal(a.Sections, b.Sections) && a.PausedUntil == b.PausedUntil
}
