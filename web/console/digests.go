package console

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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

// newDigestPage asks for what a digest needs to begin with.
type newDigestPage struct {
	page
	Name, Key string
	Sources   int
	SourcesAt string
}

func (c *console) newDigestPage(v *visit, p digest.Project) *newDigestPage {
	return &newDigestPage{page: v.page("New digest", "digests", Crumb{"Digests", v.Path("digests")}), Sources: len(p.Sources), SourcesAt: v.Path("sources")}
}

func (c *console) newDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	return c.show(w, r, "newdigest", c.newDigestPage(v, p))
}

// keyOf makes a key of a name: "Support desk, Köln" is support-desk-koeln.
func keyOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else if r < 0x80 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	key := strings.Trim(dashes.ReplaceAllString(b.String(), "-"), "-")
	return strings.Trim(key[:min(len(key), 63)], "-")
}

var (
	dashes       = regexp.MustCompile(`-+`)
	keyForm      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	plainLetters = map[rune]string{
		'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'á': "a", 'à': "a", 'â': "a", 'ã': "a", 'å': "a", 'æ': "ae", 'ç': "c", 'é': "e", 'è': "e", 'ê': "e", 'ë': "e",
		'í': "i", 'ì': "i", 'î': "i", 'ï': "i", 'ñ': "n", 'ó': "o", 'ò': "o", 'ô': "o", 'õ': "o", 'ø': "o", 'œ': "oe", 'ú': "u", 'ù': "u", 'û': "u", 'ý': "y", 'ł': "l",
		'\'': "", '’': "",
	}
)

func (c *console) addDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	view := c.newDigestPage(v, p)
	view.Name, view.Key = strings.TrimSpace(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("key"))
	config, faults, err := c.firstConfig(r, v, p, view.Name, cmp.Or(view.Key, keyOf(view.Name)))
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		if _, err = v.Office.Digest(r.Context(), config.Key); err == nil {
			faults["key"] = "There is a digest of this key already. Choose another."
		}
	}
	if len(faults) == 0 {
		line, _, err := v.Office.SaveDigest(r.Context(), v.By, config, 0)
		if err == nil {
			if line.Owner == 0 {
				if err := v.Office.Reassign(r.Context(), v.By, config.Key, v.Account.ID); err != nil && faultsOf(err) == nil { // an operator who is no member owns none
					return err
				}
			}
			return c.done(w, r, v.Path("digests", config.Key), digestName(config)+" is made, as a draft: nothing goes out until you switch it on.")
		}
		if faults = faultsOf(err); faults == nil {
			return err
		}
	}
	view.Faults, view.Status = faults, http.StatusUnprocessableEntity
	return c.show(w, r, "newdigest", view)
}

// firstConfig is a digest as it begins: weekly on Monday at eight in the project's zone, with all that its sources can tell, a draft.
func (c *console) firstConfig(r *http.Request, v *visit, p digest.Project, name, key string) (digest.Config, Faults, error) {
	faults := Faults{}
	switch {
	case name == "":
		faults["name"] = "A digest has a name: readers see it at the head of the mail."
	case len([]rune(name)) > 200:
		faults["name"] = "A name has at most 200 letters."
	case key == "":
		faults["key"] = "This name has no letter for a key. Write one: a–z, 0–9 and hyphens."
	case key == "new":
		faults["key"] = "This word stands for the page you are on. Choose another."
	case !keyForm.MatchString(key):
		faults["key"] = "A key is of a–z, 0–9 and hyphens, at most 63."
	}
	sources, err := v.Office.Sources(r.Context())
	if err != nil {
		return digest.Config{}, nil, err
	}
	config := digest.Config{
		Key: key, Name: name, Paper: "A4",
		Cadence: digest.CadenceSpec{Kind: kindWeekly, At: "mon 08:00", Zone: p.Zone, WeekStart: p.WeekStart},
	}
	for _, section := range c.Works.Sections() {
		source := sourceFor(section, sources)
		at := slices.IndexFunc(sources, func(s digest.SourceLine) bool { return s.Key == source })
		if at >= 0 && (len(sources[at].Sections) == 0 || slices.Contains(sources[at].Sections, section)) {
			config.Sections = append(config.Sections, digest.SectionChoice{Section: section, Source: source})
		}
	}
	if len(config.Sections) == 0 && len(faults) == 0 {
		faults[""] = "No source of this project can fill a section. Add a source first."
	}
	return config, faults, nil
}

// switchDigest turns a digest on or off. What is typed and not saved comes along.
func (c *console) switchDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	key := r.PathValue("digest")
	d, err := v.Office.Digest(r.Context(), key)
	if err != nil {
		return err
	}
	on := r.PostFormValue("state") == "on"
	to, err := c.backToEditor(r, v, d)
	if err != nil {
		return err
	}
	if err := v.Office.SwitchDigest(r.Context(), v.By, key, on); err != nil {
		if faults := faultsOf(err); faults != nil {
			c.flash(r, Flash{Kind: "fail", Text: "Not switched on: " + faultList(faults)})
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
		return err
	}
	if !on {
		return c.done(w, r, to, "It is a draft now: nothing goes out. Editions that are being mailed go on.")
	}
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	next, fault := c.nextOf(p, d.Config, clockOf(p, c.Now()))
	text := "It is on. " + fault
	if fault == "" {
		text = fmt.Sprintf("It is on: the next edition goes out %s, to %s.", next, look.Count(readersOf(d), "subscriber", ""))
	}
	return c.done(w, r, to, text)
}

// faultList is faults as one text.
func faultList(f Faults) string {
	var all []string
	for _, reason := range f {
		all = append(all, reason)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func (c *console) reassign(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	to, err := c.backToEditor(r, v, d)
	if err != nil {
		return err
	}
	account, err := strconv.ParseInt(cmp.Or(r.PostFormValue("owner"), "0"), 10, 64)
	if err != nil {
		return digest.ErrNotFound
	}
	if err := v.Office.Reassign(r.Context(), v.By, d.Config.Key, account); err != nil {
		return err
	}
	if account == 0 {
		return c.done(w, r, to, "Nobody owns this digest now.")
	}
	name := "Somebody else"
	members, err := v.Office.Members(r.Context())
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID == account {
			name = m.Called()
		}
	}
	return c.done(w, r, to, name+" owns this digest now.")
}

func (c *console) askRemoveDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	name, back := digestName(d.Config), v.Path("digests", d.Config.Key)
	view := &confirmPage{
		page: v.page("Remove "+name+"?", "digests", Crumb{"Digests", v.Path("digests")}, Crumb{name, back}),
		Text: []string{
			fmt.Sprintf("Its configuration and %s go with it. This cannot be taken back.", look.Count(readersOf(d)+d.Gone, "subscription", "")),
			"A digest that has been mailed cannot be removed, as its mails link to its editions: make it a draft.",
		},
		Action: v.Path("digests", d.Config.Key, "remove"), Label: "Remove this digest", Class: "stop", Back: back, BackLabel: "Keep it",
	}
	return c.show(w, r, "confirm", view)
}

func (c *console) removeDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	if err := v.Office.RemoveDigest(r.Context(), v.By, d.Config.Key); err != nil {
		if faults := faultsOf(err); faults != nil {
			c.flash(r, Flash{Kind: "fail", Text: "Not removed: " + faultList(faults)})
			http.Redirect(w, r, v.Path("digests", d.Config.Key), http.StatusSeeOther)
			return nil
		}
		return err
	}
	return c.done(w, r, v.Path("digests"), digestName(d.Config)+" is removed.")
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
