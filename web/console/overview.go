package console

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// overviewRoutes are the overview: what needs somebody, what went out, what comes.
func (c *console) overviewRoutes() []route {
	return []route{{pattern: "GET /{$}", role: digest.RoleViewer, do: c.overview}}
}

type overviewPage struct {
	page
	Empty *firstSteps // of a project that has nothing yet; then the rest is empty
	Tasks []task
	More  int // matters beyond those shown
	Total int
	Boxes []box
	Board board
	Days  string // "23 March to 5 April"
	Place string
	Went  []editionRow
	Next  []nextSend
}

// most bounds what a list on the overview shows, and how often it asks for more about one matter.
const (
	mostTasks = 8
	mostWent  = 6
	mostNext  = 5
	boardRoom = 5
)

func (c *console) overview(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	p, err := v.Project(ctx)
	if err != nil {
		return err
	}
	clk := clockOf(p, v.Now())
	view := &overviewPage{page: v.page("Overview", "overview"), Place: clk.place()}
	first := weekOf(clk.today(), p.WeekStart)
	from, _ := first.Start(clk.zone())
	to, _ := first.AddDays(14).Start(clk.zone())
	var digests []digest.DigestLine
	var needs digest.Needs
	var out []editionRow
	var standing digest.Standing
	var made []digest.EditionLine
	if err := together(
		func() (err error) { digests, err = v.Office.DigestsToCome(ctx); return err },
		func() (err error) { needs, err = v.Needs(ctx); return err },
		func() (err error) { out, err = wentOut(ctx, v, clk); return err },
		func() (err error) { standing, err = v.Office.Standing(ctx, from); return err },
		func() (err error) { made, err = v.Office.EditionsBetween(ctx, from, to); return err },
	); err != nil {
		return err
	}
	if len(out) == 0 && needs.Count() == 0 && !slices.ContainsFunc(digests, func(d digest.DigestLine) bool { return d.Config.Active }) {
		sources, err := v.Office.Sources(ctx)
		if err != nil {
			return err
		}
		view.Lead = fmt.Sprintf("%s, a project in %s", p.Name, clk.place())
		view.Empty = stepsOf(v, clk, p, sources, digests)
		return c.show(w, r, "overview", view)
	}
	all, err := v.laid(ctx, digests, made, from, to)
	if err != nil {
		return err
	}
	view.Lead = clk.long()
	view.Total = needs.Count()
	if view.Tasks, err = tasksOf(ctx, v, clk, needs, digests); err != nil {
		return err
	}
	view.More = view.Total - len(view.Tasks)
	view.Boxes = boxesOf(standing)
	view.Board = layBoard(clk, first, 2, boardRoom, all, func(d digest.Date) string { return v.Path("calendar") + "?day=" + d.String() })
	view.Days = datesInWords(first, first.AddDays(13))
	view.Went = out
	if view.Next, err = nextSends(ctx, v, clk, all, to, digests, needs.Sources); err != nil {
		return err
	}
	return c.show(w, r, "overview", view)
}

// datesInWords is "23 March to 5 April", "16 to 29 November".
func datesInWords(a, b digest.Date) string {
	if a.Month == b.Month {
		return fmt.Sprintf("%d to %d %s", a.Day, b.Day, b.Month)
	}
	return fmt.Sprintf("%d %s to %d %s", a.Day, a.Month, b.Day, b.Month)
}

// --- The four numbers ---

// box is one number of the overview.
type box struct{ Label, Value, Of, Under string }

func boxesOf(s digest.Standing) []box {
	total := 0
	for state, n := range s.Week {
		if state != digest.DeliverySuppressed {
			total += n
		}
	}
	sent := box{"Sent this week", look.Thousands(s.Week[digest.DeliverySent]), "of " + look.Thousands(total), ofEditions(total, s.WeekEditions)}
	if total == 0 {
		sent = box{"Sent this week", "0", "", "nothing was due yet"}
	}
	held := box{"Held", look.Thousands(s.Held), "", ofEditions(s.Held, s.HeldEditions)}
	if s.HeldEditions == 0 {
		held.Under = "no edition waits for you"
	}
	return []box{
		sent, held,
		rateBox("Bounced, 30 days", s.Bounced, s.Sent, s.BouncedBefore, s.SentBefore),
		rateBox("Complaints, 30 days", s.Complained, s.Sent, s.ComplainedBefore, s.SentBefore),
	}
}

func ofEditions(n, editions int) string {
	what := "deliveries"
	if n == 1 {
		what = "delivery"
	}
	return what + " of " + look.Count(editions, "edition", "")
}

// rateBox is a share of what was sent in 30 days, beside that of the 30 days before: in points, as both are printed.
func rateBox(label string, n, of, before, ofBefore int) box {
	if of == 0 {
		return box{label, "–", "", "nothing was sent"}
	}
	if n == 0 && before == 0 {
		if ofBefore == 0 {
			return box{label, "0", "", "of " + look.Thousands(of)}
		}
		return box{label, "0", "", "0 in the 30 days before"}
	}
	now := rate(n, of)
	b := box{label, percent(now), "", fmt.Sprintf("%s of %s", look.Thousands(n), look.Thousands(of))}
	if ofBefore == 0 {
		return b
	}
	switch diff := math.Round((now-rate(before, ofBefore))*100) / 100; {
	case diff > 0:
		b.Under += ", " + points(diff) + " more"
	case diff < 0:
		b.Under += ", " + points(-diff) + " fewer"
	default:
		b.Under += ", as before"
	}
	return b
}

// rate is a percentage as it is printed: with one place, or two where it is under 0.1 and not nothing.
func rate(n, of int) float64 {
	p := float64(n) / float64(of) * 100
	if p < .1 {
		return math.Round(p*100) / 100
	}
	return math.Round(p*10) / 10
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) + " %" }

func points(p float64) string {
	if p == 1 {
		return "1 point"
	}
	return strconv.FormatFloat(p, 'f', -1, 64) + " points"
}

// --- What went out ---

// wentOut lists the editions whose mails went out last, the latest first.
func wentOut(ctx context.Context, v *visit, clk clock) ([]editionRow, error) {
	var lines []digest.EditionLine
	for _, state := range []digest.EditionState{digest.EditionSending, digest.EditionDone} {
		some, err := v.Office.Editions(ctx, digest.EditionsWanted{State: state, Page: digest.Page{Size: mostWent}})
		if err != nil {
			return nil, err
		}
		lines = append(lines, some.Lines...)
	}
	slices.SortStableFunc(lines, func(a, b digest.EditionLine) int { return sentAt(b).Compare(sentAt(a)) })
	return rowsOf(v, clk, lines[:min(len(lines), mostWent)]), nil
}

// sentAt is when an edition's first mails could leave.
func sentAt(e digest.EditionLine) time.Time {
	if e.ReadyAt.IsZero() {
		return e.Due
	}
	return e.ReadyAt
}

// --- What comes next ---

// nextSend is one line of what comes.
type nextSend struct {
	Day, Time  string
	Name, Path string
	Under      string // "23–29 Mar, 167 h, to 42"
	Fault      string
}

// nextSends are the next ones of digests that are switched on. Where the board has too few, it looks on for two months more.
func nextSends(ctx context.Context, v *visit, clk clock, all []entry, to time.Time, digests []digest.DigestLine, faulty []digest.SourceLine) ([]nextSend, error) {
	coming := comingOf(all, clk.now)
	if len(coming) < mostNext {
		more, err := v.schedule(ctx, active(digests), to, to.AddDate(0, 2, 7))
		if err != nil {
			return nil, err
		}
		coming = append(coming, comingOf(more, clk.now)...)
	}
	var out []nextSend
	for _, e := range coming[:min(len(coming), mostNext)] {
		at := e.At.In(clk.zone())
		n := nextSend{Day: at.Format("Mon 2"), Time: at.Format("15:04"), Name: e.Name, Path: e.Path, Under: clk.span(e.Send.Period)}
		if at.Month() != clk.now.Month() {
			n.Day = at.Format("Mon 2 Jan")
		}
		if !e.Send.Change.IsZero() {
			n.Under += ", " + hours(e.Send.Hours)
		}
		if e.Mails > 0 {
			n.Under += ", to " + look.Thousands(e.Mails)
		} else {
			n.Under += ", to nobody yet"
		}
		if slices.ContainsFunc(faulty, func(s digest.SourceLine) bool { return slices.Contains(s.Used, e.Digest) }) {
			n.Fault = "Source cannot be read"
		}
		out = append(out, n)
	}
	return out, nil
}

func comingOf(all []entry, now time.Time) (coming []entry) {
	for _, e := range all {
		if e.Send != nil && !e.Draft && e.At.After(now) {
			coming = append(coming, e)
		}
	}
	return coming
}

func active(all []digest.DigestLine) (on []digest.DigestLine) {
	for _, d := range all {
		if d.Config.Active {
			on = append(on, d)
		}
	}
	return on
}

// --- An empty project ---

// firstSteps is what an overview without anything says.
type firstSteps struct {
	Heading string
	Steps   []step
}

// step is one of the three. Of those done, the first that is not is the one to take.
type step struct {
	Name, Text string
	Done, Now  bool
	Label      string // of its button
	Path       string
	Wants      string // "needs a source"
}

func stepsOf(v *visit, clk clock, p digest.Project, sources []digest.SourceLine, digests []digest.DigestLine) *firstSteps {
	monday := weekOf(clk.today(), time.Monday).AddDays(7)
	s := &firstSteps{Heading: "The first digest could go out on " + monday.Weekday().String()}
	readers, key := 0, ""
	for _, d := range digests {
		readers += readersOf(d)
		if key == "" {
			key = d.Config.Key
		}
	}
	third := step{Name: "Add subscribers and switch it on", Text: "One by one or from a CSV file. Send yourself a test first.", Label: "Add subscribers", Wants: "needs a digest"}
	if key != "" {
		third.Path = v.Path("digests", key, "subscribers")
		if readers > 0 {
			third.Name, third.Text = "Switch it on", look.Count(readers, "subscriber waits", "subscribers wait")+" for it. Send yourself a test first."
			third.Label, third.Path = "Open the digest", v.Path("digests", key)
		}
	}
	s.Steps = []step{
		{Name: "Add a source", Text: "A database that Fortnight may read: " + platformList(v.c.Works.Platforms()) + ".", Done: len(sources) > 0, Label: "Add source", Path: v.Path("sources") + "#add"},
		{Name: "Make a digest", Text: "Choose sections and a cadence, and read the preview with your own numbers.", Done: len(digests) > 0, Label: "New digest", Path: v.Path("digests", "new"), Wants: "needs a source"},
		third,
	}
	for i := range s.Steps {
		if !s.Steps[i].Done {
			s.Steps[i].Now = v.May(digest.RoleEditor)
			break
		}
	}
	return s
}

// platformList is "Chatwoot, or your own events".
func platformList(keys []string) string {
	var names []string
	own := false
	for _, k := range keys {
		if k == nativePlatform {
			own = true
			continue
		}
		names = append(names, platformName(k))
	}
	if own {
		names = append(names, "or your own events")
	}
	return strings.Join(names, ", ")
}
