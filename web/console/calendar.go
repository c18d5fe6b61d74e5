package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

// calendarRoutes are the calendar of the coming weeks.
func (c *console) calendarRoutes() []route {
	return []route{{pattern: "GET /calendar", role: digest.RoleViewer, do: c.calendar}}
}

const (
	calendarWeeks = 6
	// Of a day the calendar shows so many; fewer where there is a lot, so that a page stays small.
	calendarRoom, narrowRoom = 6, 3
	manyEntries              = 150
	dayPart                  = 100 // entries of a day on one page
)

type calendarPage struct {
	page
	Digests []option
	Board   board
	Earlier string
	Today   string
	Later   string
	From    string // kept by the form
	Mails   string // "1,391 mails planned until 3 May"
	Notes   []string
	None    bool // there is no digest yet
}

type dayPage struct {
	page
	Due   []placed
	Clock string
	Next  string // address of the next part
}

// calendar shows six weeks over all digests, or those of one; with ?day= one day.
func (c *console) calendar(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	p, err := v.Project(ctx)
	if err != nil {
		return err
	}
	clk := clockOf(p, v.Now())
	asked := r.URL.Query()
	now := weekOf(clk.today(), p.WeekStart)
	first := now
	if d, ok := dateWithin(clk, asked.Get("from")); ok {
		first = weekOf(d, p.WeekStart)
	}
	from, _ := first.Start(clk.zone())
	to, _ := first.AddDays(7 * calendarWeeks).Start(clk.zone())
	day, ofDay := dateWithin(clk, asked.Get("day"))
	var digests []digest.DigestLine
	var made []digest.EditionLine
	if err := together(
		func() (err error) { digests, err = v.Office.DigestsToCome(ctx); return err },
		func() (err error) { _, err = v.Needs(ctx); return err }, // the bar's
		func() (err error) {
			if !ofDay {
				made, err = v.Office.EditionsBetween(ctx, from, to)
			}
			return err
		},
	); err != nil {
		return err
	}
	chosen, shown := asked.Get("digest"), digests
	if i := slices.IndexFunc(digests, func(d digest.DigestLine) bool { return d.Config.Key == chosen }); i >= 0 {
		shown = digests[i : i+1]
	} else {
		chosen = ""
	}
	if ofDay {
		return c.calendarDay(w, r, v, clk, day, shown, chosen)
	}
	all, err := v.laid(ctx, shown, made, from, to)
	if err != nil {
		return err
	}
	names := make([]digest.DigestName, len(digests))
	for i, d := range digests {
		names[i] = digest.DigestName{Key: d.Config.Key, Name: d.Config.Name}
	}
	at := func(d digest.Date) string {
		q := url.Values{}
		if chosen != "" {
			q.Set("digest", chosen)
		}
		if d != now {
			q.Set("from", d.String())
		}
		return with(v.Path("calendar"), q)
	}
	room := calendarRoom
	if len(all) > manyEntries {
		room = narrowRoom
	}
	view := &calendarPage{
		page: v.page("Calendar", "calendar"), Digests: digestOptions(names, chosen), None: len(digests) == 0,
		Earlier: at(first.AddDays(-7 * calendarWeeks)), Today: at(now), Later: at(first.AddDays(7 * calendarWeeks)),
	}
	if first != now {
		view.From = first.String()
	}
	view.Lead = fmt.Sprintf("Six weeks over %s. Hours in %s; subscribers elsewhere get theirs at the same hour of their own zone.", look.Count(len(shown), "digest", ""), clk.place())
	view.Board = layBoard(clk, first, calendarWeeks, room, all, func(d digest.Date) string {
		q := url.Values{"day": {d.String()}}
		if chosen != "" {
			q.Set("digest", chosen)
		}
		return with(v.Path("calendar"), q)
	})
	if view.Board.Mails > 0 {
		view.Mails = fmt.Sprintf("%s planned until %s", look.Count(view.Board.Mails, "mail", ""), clk.date(first.AddDays(7*calendarWeeks-1)))
	}
	view.Notes = meanings(v, p, shown)
	return c.show(w, r, "calendar", view)
}

// dateWithin reads a date of an address; one farther than ten years off is none.
func dateWithin(clk clock, s string) (digest.Date, bool) {
	d, err := digest.ParseDate(s)
	if err != nil {
		return digest.Date{}, false
	}
	away := clk.today().DaysUntil(d)
	return d, away > -3660 && away < 3660
}

// meanings says what "bi-monthly" comes to, of the first digests that are written so.
func meanings(v *visit, p digest.Project, digests []digest.DigestLine) (all []string) {
	const most = 3
	for _, d := range digests {
		if d.Config.Cadence.Kind != "bi-monthly" || len(all) == most {
			continue
		}
		meant := d.Config
		meant.Cadence.Kind = resolved(kindBiMonthly, p.BiMonthly)
		if cadence, err := v.c.Works.Cadence(p, meant, "", 2); err == nil {
			all = append(all, fmt.Sprintf("%s: bi-monthly means %s here: %s.", digestName(d.Config), strings.ToLower(kindName(meant.Cadence.Kind)), cadence.Words))
		}
	}
	return all
}

func (c *console) calendarDay(w http.ResponseWriter, r *http.Request, v *visit, clk clock, d digest.Date, digests []digest.DigestLine, chosen string) error {
	from, _ := d.Start(clk.zone())
	to, _ := d.AddDays(1).Start(clk.zone())
	all, err := v.schedule(r.Context(), digests, from, to)
	if err != nil {
		return err
	}
	view := &dayPage{page: v.page(fmt.Sprintf("%s %d %s %d", d.Weekday(), d.Day, d.Month, d.Year), "calendar", Crumb{"Calendar", v.Path("calendar")})}
	view.Lead = look.Count(len(all), "send", "") + ". Hours in " + clk.place() + "."
	if h, whole := clk.length(d); !whole {
		view.Clock = "Clocks change: this day has " + h + "."
	}
	slices.SortStableFunc(all, func(a, b entry) int { return urgency(a) - urgency(b) })
	part, err := strconv.Atoi(r.URL.Query().Get("part"))
	if err != nil || part < 1 || part > len(all)/dayPart {
		part = 0
	}
	for _, e := range all[part*dayPart : min((part+1)*dayPart, len(all))] {
		view.Due = append(view.Due, placed{entry: e, Time: clk.hour(e.At)})
	}
	q := url.Values{"day": {d.String()}}
	if chosen != "" {
		q.Set("digest", chosen)
	}
	if (part+1)*dayPart < len(all) {
		q.Set("part", strconv.Itoa(part+1))
		view.Next = with(v.Path("calendar"), q)
	}
	return c.show(w, r, "day", view)
}
