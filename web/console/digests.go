package console

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// digestRoutes are digests: list, editor, preview, test, send now.
func (c *console) digestRoutes() []route {
	p := newPreviews(c.Now)
	return append([]route{
		{pattern: "GET /digests", role: digest.RoleViewer, do: c.digests},
		{pattern: "GET /digests/new", role: digest.RoleEditor, do: c.newDigest},
		{pattern: "POST /digests/new", role: digest.RoleEditor, do: c.addDigest},
		{pattern: "GET /digests/{digest}", role: digest.RoleViewer, do: p.of(c.editor)},
		{pattern: "POST /digests/{digest}", role: digest.RoleEditor, do: p.of(c.saveDigest), within: previewIn},
		{pattern: "POST /digests/{digest}/switch", role: digest.RoleEditor, do: c.switchDigest},
		{pattern: "POST /digests/{digest}/reassign", role: digest.RoleEditor, do: c.reassign},
		{pattern: "GET /digests/{digest}/remove", role: digest.RoleEditor, do: c.askRemoveDigest},
		{pattern: "POST /digests/{digest}/remove", role: digest.RoleEditor, do: c.removeDigest},
		{pattern: "GET /digests/{digest}/preview", role: digest.RoleViewer, do: p.of(c.previewHTML), within: previewIn},
		{pattern: "GET /digests/{digest}/preview.txt", role: digest.RoleViewer, do: p.of(c.previewText), within: previewIn},
		{pattern: "GET /digests/{digest}/preview.pdf", role: digest.RoleViewer, do: p.of(c.previewPDF), within: previewIn},
	}, c.sendingRoutes()...)
}

// digestsPage lists a project's digests.
type digestsPage struct {
	page
	Rows    []digestRow
	Sources int
	All     int    // digests of the project
	Search  string // what is looked for
	Found   int    // digests whose name or key has it
	Earlier string // address of the part before; "" for the first
	Later   string // of the part after; "" for the last
	Shown   string // "51 to 100 of 500"; "" where all are
}

// perPart is how many digests a page has.
const perPart = 50

type digestRow struct {
	Name, Path, Cadence string
	Next                string // "Mon 30 Mar 08:00", "–" where it is a draft
	Fault               string // why there is no next
	Readers, By         string // "42", "3 admins, 35 managers, 4 executives"
	ReadersAt           string
	On                  bool
	Last                string // of the latest edition: "16–22 Mar"
	LastState           look.Stated
	LastAt              string
	Owner               string
}

func (c *console) digests(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := v.Office.Digests(r.Context())
	if err != nil {
		return err
	}
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	view := &digestsPage{page: v.page("Digests", "digests"), Sources: len(p.Sources), All: len(all), Search: strings.TrimSpace(r.URL.Query().Get("q"))}
	at, on := clockOf(p, c.Now()), 0
	for _, d := range all {
		if d.Config.Active {
			on++
		}
	}
	for _, d := range view.part(all, v.Path("digests"), r.URL.Query().Get("part")) {
		row := digestRow{
			Name: digestName(d.Config), Path: v.Path("digests", d.Config.Key), Cadence: cadenceInWords(d.Config.Cadence, p), On: d.Config.Active,
			Readers: look.Thousands(readersOf(d)), By: byAudience(d), ReadersAt: v.Path("digests", d.Config.Key, "subscribers"),
			Next: "–", Owner: cmp.Or(d.OwnerName, "nobody"),
		}
		if d.Config.Active {
			row.Next, row.Fault = c.nextOf(p, d.Config, at)
		}
		if e := d.Last; e != nil {
			row.Last, row.LastState, row.LastAt = at.span(e.Period), stateOf(*e), v.Path("editions", e.ID)
		}
		view.Rows = append(view.Rows, row)
	}
	switch {
	case len(all) == 0:
	case on == len(all):
		view.Lead = look.Count(len(all), "digest", "") + ", all on"
		if on == 1 {
			view.Lead = "1 digest, on"
		}
	default:
		view.Lead = fmt.Sprintf("%s, %s on. A draft mails nobody.", look.Count(len(all), "digest", ""), spelled(on))
	}
	return c.show(w, r, "digests", view)
}

// part gives the digests that are looked for, by name, and of these the part that is asked for, counted from 1.
func (p *digestsPage) part(all []digest.DigestLine, here, asked string) []digest.DigestLine {
	name := func(d digest.DigestLine) string { return strings.ToLower(digestName(d.Config)) }
	found := slices.Clone(all)
	if p.Search != "" {
		what := strings.ToLower(p.Search)
		found = slices.DeleteFunc(found, func(d digest.DigestLine) bool {
			return !strings.Contains(name(d), what) && !strings.Contains(d.Config.Key, what)
		})
	}
	slices.SortStableFunc(found, func(a, b digest.DigestLine) int { return strings.Compare(name(a), name(b)) })
	p.Found = len(found)
	n, err := strconv.Atoi(asked)
	last := max(1, (len(found)+perPart-1)/perPart)
	if err != nil || n < 1 || n > last {
		n = 1
	}
	at := func(n int) string {
		q := url.Values{}
		if p.Search != "" {
			q.Set("q", p.Search)
		}
		if n > 1 {
			q.Set("part", strconv.Itoa(n))
		}
		return with(here, q)
	}
	if n > 1 {
		p.Earlier = at(n - 1)
	}
	if n < last {
		p.Later = at(n + 1)
	}
	begin := (n - 1) * perPart
	end := min(begin+perPart, len(found))
	if last > 1 {
		p.Shown = fmt.Sprintf("%s to %s of %s", look.Thousands(begin+1), look.Thousands(end), look.Thousands(len(found)))
	}
	return found[begin:end]
}

// nextOf is when a digest's next edition goes out, in the project's zone; where its cadence has none, why.
func (c *console) nextOf(p digest.Project, d digest.Config, at clock) (next, fault string) {
	comes, err := c.Works.Cadence(p, d, "", 1)
	switch {
	case err != nil:
		return "–", "The cadence cannot be read."
	case len(comes.Next) == 0:
		return "–", "The cadence names no day that comes."
	}
	return at.moment(comes.Next[0].Due), ""
}

// byAudience is "3 admins, 35 managers, 4 executives".
func byAudience(d digest.DigestLine) string {
	var parts []string
	for _, a := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
		if n := d.Readers[a]; n > 0 {
			parts = append(parts, look.Count(n, string(a), ""))
		}
	}
	return strings.Join(parts, ", ")
}

// confirmPage asks again before an act.
type confirmPage struct {
	page
	Text            []string
	Action          string
	Hidden          []option // fields that the form sends along
	Choose          *chooser // a choice that the act needs; nil: none
	Label, Class    string   // of the button; "" where the act cannot be done
	Back, BackLabel string
}

// chooser is one field of a page that asks.
type chooser struct {
	Name, Label, Hint string
	Options           []option
}

const previewIn = 60 * time.Second
