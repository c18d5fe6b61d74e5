package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

// fact is one of the facts at the head of a page.
type fact struct {
	Term  string
	Lines []string
	Mono  bool
}

// banner is what is to be known before all else.
type banner struct {
	Kind, Icon  string
	Title, Text string
	Acts        []deed
}

type editionPage struct {
	page
	Chip       look.Stated
	Banners    []banner
	Facts      []fact
	Sections   []sectionRow
	Failed     string // "1 failed, the edition went out without it"
	Figures    string // address of the page of figures; "" where nothing is collected
	Variants   []variantRow
	Stored     bool // the variants are those that were mailed
	Acts       []deed
	Deliveries deliveryList
	Revoke     string // address; "" where there is nothing to revoke or one may not
}

func (c *console) edition(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	e, snap, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	view := &editionPage{page: v.page(editionName(clk, e), "editions", Crumb{"Editions", v.Path("editions")},
		Crumb{digestName(e.Config), with(v.Path("editions"), url.Values{"digest": {e.Config.Key}})})}
	if e.Subject != "" {
		view.Lead = "“" + e.Subject + "”"
	}
	view.Chip = stateOf(e)
	if e.State == digest.EditionDone && view.Chip.Kind != "ok" && view.Chip.Kind != "out" {
		view.Chip.Word = "Done, " + strings.ToLower(view.Chip.Word)
	}
	var digests []digest.DigestLine // how many would get it, where somebody may let it go
	if e.State == digest.EditionHeld || e.State == digest.EditionParked {
		if digests, err = v.Office.DigestsToCome(ctx); err != nil {
			return err
		}
	}
	words, err := c.english()
	if err != nil {
		return err
	}
	choices, err := v.Office.Variants(ctx, e.ID)
	if err != nil {
		return err
	}
	view.Banners = bannersOf(v, clk, e, snap, digests)
	view.Facts = factsOf(clk, e, snap, len(choices))
	for i := range snap.Sections {
		view.Sections = append(view.Sections, sectionRowOf(words, clk, &snap, &snap.Sections[i]))
	}
	view.Failed = failedWords(e, snap)
	if snap.Version > 0 {
		view.Figures = v.Path("editions", e.ID, "figures")
		view.Variants, view.Stored = variantRows(v, e, choices)
	}
	if view.Acts, err = c.editionActs(ctx, v, clk, e, snap); err != nil {
		return err
	}
	if view.Deliveries, err = deliveriesOf(ctx, r, v, clk, e); err != nil {
		return err
	}
	if v.May(digest.RoleEditor) && e.Revoked.IsZero() && e.Planned > 0 {
		view.Revoke = v.Path("editions", e.ID, "revoke")
	}
	return c.show(w, r, "edition", view)
}

// asked gives the edition of a request's path, its snapshot and the project's clock.
func (c *console) asked(r *http.Request, v *visit) (digest.EditionLine, digest.Snapshot, clock, error) {
	id, err := strconv.ParseInt(r.PathValue("edition"), 10, 64)
	if err != nil {
		return digest.EditionLine{}, digest.Snapshot{}, clock{}, digest.ErrNotFound
	}
	p, err := v.Project(r.Context())
	if err != nil {
		return digest.EditionLine{}, digest.Snapshot{}, clock{}, err
	}
	e, snap, err := v.Office.Edition(r.Context(), id)
	return e, snap, clockOf(p, v.Now()), err
}

// factsOf is what the edition is made of and for.
func factsOf(clk clock, e digest.EditionLine, snap digest.Snapshot, variants int) []fact {
	period := fact{Term: "Period", Lines: []string{contract(e.Period), e.Period.Location().String() + ", " + hours(e.Period.Hours())}}
	if e.Cadence != "" {
		period.Lines = append(period.Lines, "for readers who chose "+cadenceName(e.Cadence))
	}
	read := fact{Term: "Data read", Lines: []string{"not yet"}}
	if snap.Version > 0 {
		read.Lines = []string{clk.exact(snap.ReadAt)}
		if !snap.DataUpTo.IsZero() {
			read.Lines = append(read.Lines, "data up to "+clk.moment(snap.DataUpTo))
		}
	} else if !e.Due.IsZero() {
		read.Lines = []string{"not yet, due " + clk.moment(e.Due)}
	}
	made := fact{Term: "Made for", Lines: []string{look.Count(e.Planned, "subscriber", "")}}
	switch {
	case e.Planned == 0 && e.Archive:
		made.Lines[0] = "the archive only"
	case e.Planned == 0:
		made.Lines[0] = "nobody yet"
	case variants > 0:
		made.Lines[0] += ", " + look.Count(variants, "variant", "")
	}
	hash := fact{Term: "Edition and content", Lines: []string{e.Label}, Mono: true}
	if e.Hash != "" {
		hash.Lines = append(hash.Lines, shortHash(e.Hash))
	}
	return []fact{period, read, made, hash}
}

// shortHash is the first twelve digits in groups of four, as the mail's foot begins: "9c41 e07b 52d8".
func shortHash(h string) string {
	h = h[:min(len(h), 12)]
	var parts []string
	for len(h) > 4 {
		parts, h = append(parts, h[:4]), h[4:]
	}
	return strings.Join(append(parts, h), " ")
}

// bannersOf is what is to be known of an edition, and done, before all else.
func bannersOf(v *visit, clk clock, e digest.EditionLine, snap digest.Snapshot, digests []digest.DigestLine) []banner {
	var all []banner
	may := v.May(digest.RoleEditor)
	switch e.State {
	case digest.EditionHeld, digest.EditionParked:
		t := heldTask(v, clk, e, snap, digests)
		acts := slices.DeleteFunc(t.Acts, func(d deed) bool { return d.Path == v.Path("editions", e.ID, "view") }) // it stands beside the title
		b := banner{Kind: "hold", Icon: t.Icon, Title: "This edition" + t.Rest, Text: t.Text, Acts: acts}
		if e.State == digest.EditionParked {
			b.Kind = "fail"
		}
		all = append(all, b)
	case digest.EditionDiscarded:
		all = append(all, banner{Kind: "", Icon: "dash", Title: "This edition was discarded", Text: "It was mailed to nobody. Its figures are kept, so that later editions compare with them."})
	case digest.EditionArchived:
		all = append(all, banner{Kind: "", Icon: "dash", Title: "Kept for the archive, not mailed", Text: sentence(e.Reason)})
	case digest.EditionDue:
		if e.Reason != "" {
			all = append(all, banner{Kind: "note", Icon: "clock", Title: "It waits", Text: sentence(e.Reason)})
		}
	}
	if !e.Revoked.IsZero() {
		all = append(all, banner{Kind: "note", Icon: "info", Title: "Its links are revoked", Text: "Since " + clk.moment(e.Revoked) + " no mail’s link leads to this edition any more. Unsubscribing goes on working."})
	}
	if n := len(e.CatchUp); n > 0 {
		all = append(all, banner{Kind: "note", Icon: "info", Title: "It catches up", Text: fmt.Sprintf("Its mail also tells of %s that could not be sent: %s.", look.Count(n, "period", ""), catchUp(clk, e.CatchUp))})
	}
	if n := e.Deliveries[digest.DeliveryUnknown]; n > 0 && may && e.Deliveries[digest.DeliveryFailed]+e.Deliveries[digest.DeliveryExpired] == 0 {
		all = append(all, banner{Kind: "note", Icon: "question", Title: "Of " + look.Count(n, "delivery", "deliveries") + " the answer never came", Text: "A second copy is sent only where you ask for it, at the delivery below."})
	}
	return all
}

func catchUp(clk clock, periods []digest.Period) string {
	var spans []string
	for _, p := range periods {
		spans = append(spans, clk.span(p))
	}
	return listing(spans)
}

// failedWords is how many sections could not be read, and what followed; "" where all were.
func failedWords(e digest.EditionLine, snap digest.Snapshot) string {
	failed := 0
	for _, s := range snap.Sections {
		if s.Status == digest.Broken {
			failed++
		}
	}
	switch {
	case failed == 0:
		return ""
	case e.State == digest.EditionSending || e.State == digest.EditionDone:
		if failed == 1 {
			return "1 failed, the edition went out without it"
		}
		return look.Thousands(failed) + " failed, the edition went out without them"
	}
	return look.Thousands(failed) + " failed"
}

// variantRow is one choice that the edition is read in.
type variantRow struct {
	Audience, Locale, Sections string
	HTML, Text, PDF            string // addresses
}

// variantRows are the choices that were rendered, or, where none is, those that can be: one an audience.
func variantRows(v *visit, e digest.EditionLine, choices []digest.Choice) (rows []variantRow, stored bool) {
	stored = len(choices) > 0
	if !stored {
		for _, a := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
			choices = append(choices, digest.Choice{Audience: a, Locale: e.Project.Locale})
		}
	}
	seen := map[string]bool{}
	for _, ch := range choices {
		q := choiceQuery(ch)
		if seen[q.Encode()] { // with and without the PDF the mail is the same to read
			continue
		}
		seen[q.Encode()] = true
		row := variantRow{Audience: string(ch.Audience), Locale: ch.Locale, Sections: "all"}
		if ch.Sections != "" {
			var names []string
			for _, key := range strings.Split(ch.Sections, ",") {
				names = append(names, sectionName(key))
			}
			row.Sections = listing(names)
		}
		row.HTML = with(v.Path("editions", e.ID, "view"), q)
		row.PDF = with(v.Path("editions", e.ID, "pdf"), q)
		q.Set("as", "text")
		row.Text = with(v.Path("editions", e.ID, "view"), q)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b variantRow) int {
		return strings.Compare(a.Audience+" "+a.Locale, b.Audience+" "+b.Locale)
	})
	return rows, stored
}

func choiceQuery(c digest.Choice) url.Values {
	q := url.Values{"audience": {string(c.Audience)}, "locale": {c.Locale}}
	if c.Sections != "" {
		q.Set("sections", c.Sections)
	}
	return q
}

// editionActs are what can be done beside the title: read it, its PDF, compare it.
func (c *console) editionActs(ctx context.Context, v *visit, clk clock, e digest.EditionLine, snap digest.Snapshot) ([]deed, error) {
	if snap.Version == 0 {
		return nil, nil
	}
	acts := []deed{{Label: "Read it", Path: v.Path("editions", e.ID, "view")}, {Label: "PDF", Path: v.Path("editions", e.ID, "pdf")}}
	if tells(e, snap, flows) && v.May(digest.RoleEditor) {
		acts = append(acts, deed{Label: "People in flows", Path: v.Path("editions", e.ID, "persons")})
	}
	if tells(e, snap, outreach) && v.May(digest.RoleEditor) {
		acts = append(acts, deed{Label: "Recipients", Path: v.Path("editions", e.ID, "recipients")})
	}
	before, _, err := v.Office.Neighbours(ctx, e.ID)
	if err != nil || before == 0 {
		return acts, err
	}
	other, _, err := v.Office.Edition(ctx, before)
	if errors.Is(err, digest.ErrNotFound) { // removed just now
		return acts, nil
	}
	if err != nil {
		return nil, err
	}
	return append(acts, deed{Label: "Compare with " + clk.span(other.Period), Path: v.Path("editions", e.ID, "compare", before)}), nil
}
