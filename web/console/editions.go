package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

// editionRoutes are editions: lists, one, its deliveries, comparison, and what is done about them.
func (c *console) editionRoutes() []route {
	const read, change = digest.RoleViewer, digest.RoleEditor
	return []route{
		{pattern: "GET /editions", role: read, do: c.editions},
		{pattern: "GET /editions/{edition}", role: read, do: c.edition},
		{pattern: "GET /editions/{edition}/figures", role: read, do: c.figures},
		{pattern: "GET /charts/{sheet}", role: read, do: c.chartSheet},
		{pattern: "GET /editions/{edition}/compare/{other}", role: read, do: c.compare},
		{pattern: "GET /editions/{edition}/view", role: read, do: c.viewEdition, within: rendering},
		{pattern: "GET /editions/{edition}/pdf", role: read, do: c.pdfOfEdition, within: rendering},
		{pattern: "GET /editions/{edition}/deliveries.csv", role: read, do: c.deliveriesFile, within: streaming},
		{pattern: "GET /editions/{edition}/deliveries/{delivery}", role: read, do: c.delivery},
		{pattern: "GET /editions/{edition}/release", role: change, do: c.askRelease},
		{pattern: "POST /editions/{edition}/release", role: change, do: c.release},
		{pattern: "GET /editions/{edition}/discard", role: change, do: c.askDiscard},
		{pattern: "POST /editions/{edition}/discard", role: change, do: c.discard},
		{pattern: "GET /editions/{edition}/resend", role: change, do: c.askResend},
		{pattern: "POST /editions/{edition}/resend", role: change, do: c.resend},
		{pattern: "GET /editions/{edition}/revoke", role: change, do: c.askRevoke},
		{pattern: "POST /editions/{edition}/revoke", role: change, do: c.revoke},
	}
}

// editionRow is an edition in a list.
type editionRow struct {
	Path, Name string
	Period     string // "16–22 Mar"
	Label      string // "SD-2026-W12"
	State      look.Stated
	Accepted   string // "24 of 27"; "–" where nobody was to get it
	When       string
	Urges      bool
}

func rowsOf(v *visit, clk clock, lines []digest.EditionLine) []editionRow {
	rows := make([]editionRow, 0, len(lines))
	for _, e := range lines {
		row := editionRow{
			Path: v.Path("editions", e.ID), Name: digestName(e.Config), Period: clk.span(e.Period), Label: e.Label,
			State: stateOf(e), Accepted: acceptedOf(e), When: whenOf(clk, e), Urges: urges(e),
		}
		if e.Cadence != "" {
			row.Period += ", " + cadenceName(e.Cadence)
		}
		rows = append(rows, row)
	}
	return rows
}

// cadenceName is a kind of cadence as the console says it: "monthly", "every 2 weeks".
func cadenceName(kind string) string {
	if kind == "twice-monthly" {
		return kind
	}
	return strings.ReplaceAll(kind, "-", " ")
}

// acceptedOf is how many of those that were to be written to have it.
func acceptedOf(e digest.EditionLine) string {
	of := e.Planned - e.Deliveries[digest.DeliverySuppressed]
	if of <= 0 {
		return "–"
	}
	return fmt.Sprintf("%s of %s", look.Thousands(e.Deliveries[digest.DeliverySent]), look.Thousands(of))
}

// whenOf is when an edition went out, or what becomes of it instead.
func whenOf(clk clock, e digest.EditionLine) string {
	switch e.State {
	case digest.EditionSending, digest.EditionDone:
		return clk.lately(sentAt(e))
	case digest.EditionArchived, digest.EditionDiscarded:
		return "not sent"
	}
	return "due " + clk.lately(e.Due)
}

// editionStates are those that the list can be filtered by.
func editionStates() []digest.EditionState {
	return []digest.EditionState{
		digest.EditionHeld, digest.EditionParked, digest.EditionDue, digest.EditionCollecting, digest.EditionReady, digest.EditionSending,
		digest.EditionDone, digest.EditionArchived, digest.EditionDiscarded,
	}
}

// option is one of a select.
type option struct {
	Value, Name string
	Chosen      bool
}

type editionsPage struct {
	page
	Digests []option
	States  []option
	Shown   bool // a filter is set
	Urgent  []editionRow
	Rows    []editionRow
	Count   string // "50 of 312"
	Next    string // address of the next part; ""
	First   string // address of the first part; "" where this is it
}

func (c *console) editions(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	p, err := v.Project(ctx)
	if err != nil {
		return err
	}
	clk := clockOf(p, v.Now())
	digests, err := v.Office.DigestNames(ctx)
	if err != nil {
		return err
	}
	asked := r.URL.Query()
	wanted := digest.EditionsWanted{Digest: asked.Get("digest"), State: digest.EditionState(asked.Get("state")), Page: digest.Page{After: asked.Get("after")}}
	if !slices.ContainsFunc(digests, func(d digest.DigestName) bool { return d.Key == wanted.Digest }) {
		wanted.Digest = ""
	}
	if !slices.Contains(editionStates(), wanted.State) {
		wanted.State = ""
	}
	list, err := v.Office.Editions(ctx, wanted)
	if err != nil {
		return err
	}
	view := &editionsPage{page: v.page("Editions", "editions"), Shown: wanted.Digest != "" || wanted.State != ""}
	view.Digests = digestOptions(digests, wanted.Digest)
	view.States = []option{{"", "Every state", wanted.State == ""}}
	for _, s := range editionStates() {
		view.States = append(view.States, option{string(s), look.Of(s).Word, s == wanted.State})
	}
	lines := list.Lines
	if wanted.State == "" && wanted.After == "" {
		urgent, err := urgentOf(ctx, v, wanted.Digest)
		if err != nil {
			return err
		}
		view.Urgent = rowsOf(v, clk, urgent)
		lines = slices.DeleteFunc(slices.Clone(lines), func(e digest.EditionLine) bool {
			return slices.ContainsFunc(urgent, func(u digest.EditionLine) bool { return u.ID == e.ID })
		})
	}
	view.Rows = rowsOf(v, clk, lines)
	view.Lead = look.Count(list.Total, "edition", "") + ", the newest first"
	if list.Total > len(list.Lines) {
		view.Count = fmt.Sprintf("%s of %s shown", look.Thousands(len(list.Lines)), look.Thousands(list.Total))
	}
	filter := url.Values{}
	for key, value := range map[string]string{"digest": wanted.Digest, "state": string(wanted.State)} {
		if value != "" {
			filter.Set(key, value)
		}
	}
	if wanted.After != "" {
		view.First = with(v.Path("editions"), filter)
	}
	if list.Next != "" {
		filter.Set("after", list.Next)
		view.Next = with(v.Path("editions"), filter)
	}
	return c.show(w, r, "editions", view)
}

func with(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// digestOptions are the digests of a project, by name, under one that means all.
func digestOptions(digests []digest.DigestName, chosen string) []option {
	all := []option{{"", "Every digest", chosen == ""}}
	for _, d := range digests {
		all = append(all, option{d.Key, calledDigest(d), d.Key == chosen})
	}
	slices.SortStableFunc(all[1:], func(a, b option) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return all
}

// urgentOf are the editions that wait for somebody, those of one digest where it is named.
func urgentOf(ctx context.Context, v *visit, key string) ([]digest.EditionLine, error) {
	needs, err := v.Needs(ctx)
	if err != nil {
		return nil, err
	}
	var some []digest.EditionLine
	for _, e := range slices.Concat(needs.Held, needs.Failing) {
		if (key == "" || e.Config.Key == key) && len(some) < 2*mostTasks {
			some = append(some, e)
		}
	}
	return some, nil
}
