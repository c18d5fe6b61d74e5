package reader

import (
	"net/http"
	"net/url"
	"slices"

	"fortnight/digest"
)

// lesser is less mail in place of none: the preferences as they would be, which nothing keeps before they are saved.
type lesser struct{ Label, Hint, Button, At string }

// rhythms are the cadences' kinds, the most frequent first.
var rhythms = []string{"daily", "weekly", "every-2-weeks", "twice-monthly", "monthly", "every-2-months"}

// weeksOfPause is the pause that is offered in place of an end, in days.
const weeksOfPause = 28

// less lists what a reader may choose rather than to unsubscribe: a rarer cadence, and a pause. Where a next mail cannot be told, the
// page does without: whoever wants to unsubscribe can.
func (a *pages) less(r *http.Request, p page, s Subscription) (all []lesser) {
	if a.c.Next == nil {
		return nil
	}
	offer := func(label, button string, w digest.Wishes) {
		next, err := a.c.Next(r.Context(), s, w)
		if err != nil || next.Never {
			return
		}
		all = append(all, lesser{label, p.nextOn(next), p.Say(button), p.PreferencesAt + "?" + filled(s, w).Encode() + "#next"})
	}
	chosen := s.Chosen()
	now := slices.Index(rhythms, orElse(chosen.Cadence, s.Kind))
	for _, kind := range s.Config.Readers.Cadences {
		if now >= 0 && slices.Index(rhythms, kind) > now {
			w := s.Wishes
			w.Cadence = kind
			offer(p.kindOf(kind), "unsubscribe.change", w)
		}
	}
	if today := a.today(s); !today.Before(s.Wishes.PausedUntil) {
		w := s.Wishes
		w.PausedUntil = today.AddDays(weeksOfPause)
		offer(p.Say("unsubscribe.pause"), "unsubscribe.pause_button", w)
	}
	return all
}

// filled is the form of the preferences with wishes filled in.
func filled(s Subscription, w digest.Wishes) url.Values {
	chosen := s.Given.With(w, s.Config)
	v := url.Values{"shown": {"1"}, "cadence": {w.Cadence}, "zone": {orElse(chosen.Zone, s.Zone)}, "locale": {orElse(chosen.Locale, s.ProjectLocale)}, "pdf": {"linked"}}
	if chosen.PDF {
		v.Set("pdf", "attached")
	}
	for _, c := range s.Config.Sections {
		if len(w.Sections) == 0 || slices.Contains(w.Sections, c.Section) {
			v.Add("section", c.Section)
		}
	}
	if !w.PausedUntil.IsZero() {
		v.Set("until", w.PausedUntil.String())
	}
	return v
}
