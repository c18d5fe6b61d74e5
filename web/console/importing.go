package console

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/roster"
)

// Importing takes two steps: the file is read and what it would do is shown; what was shown is then done. Between them nothing is kept
// here: the page carries the file, deflated, and a mark of what it showed. The file is read and checked again, and where it would no
// longer do the same, that is shown instead of done.

const (
	importSize   = 9 << 20 // a file of 5 MB, as a form carries it
	importIn     = time.Minute
	mostShown    = 100 // faults or people on a page; the rest is in the file of lines at fault
	mostOnceMore = 20  // names in a sentence
)

func (c *console) importRoutes() []route {
	return []route{
		{pattern: "GET /subscribers/import", role: digest.RoleEditor, do: c.chooseImport},
		{pattern: "GET /digests/{digest}/import", role: digest.RoleEditor, do: c.importing},
		{pattern: "POST /digests/{digest}/import", role: digest.RoleEditor, do: c.importFile, size: importSize, within: importIn},
	}
}

// chooseImportPage asks which digest a file is for.
type chooseImportPage struct {
	page
	Rows []link
	New  string
}

func (c *console) chooseImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := v.Office.DigestNames(r.Context())
	if err != nil {
		return err
	}
	if len(all) == 1 {
		http.Redirect(w, r, v.Path("digests", all[0].Key, "import"), http.StatusSeeOther)
		return nil
	}
	view := &chooseImportPage{page: v.page("Import subscribers of which digest?", "subscribers", Crumb{"Subscribers", v.Path("subscribers")}), New: v.Path("digests", "new")}
	for _, d := range digestOptions(all, "")[1:] {
		view.Rows = append(view.Rows, link{d.Name, v.Path("digests", d.Value, "import")})
	}
	return c.show(w, r, "chooseimport", view)
}

// importPage asks for a file, and shows what one would do.
type importPage struct {
	page
	Name, Action, Back string
	Pasted             string
	Only               bool

	Checked bool // a file was read
	Sheet   roster.Sheet
	File    string // its name; "what you pasted"
	Shown   []roster.Fault
	More    int    // faults that are not shown
	Rest    string // what the lines without fault would do
	Content string // the file, for the form that confirms
	Seen    string // a mark of what is shown
	Plan    importPlan
	Notes   []string
	Again   bool // what it would do has changed since it was shown
	Label   string
}

func (c *console) importPage(r *http.Request, v *visit) (*importPage, digest.DigestLine, error) {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return nil, d, err
	}
	name := digestName(d.Config)
	return &importPage{
		page: v.page("Import subscribers", "subscribers", Crumb{"Digests", v.Path("digests")}, Crumb{name, v.Path("digests", d.Config.Key)}, Crumb{"Subscribers", v.Path("digests", d.Config.Key, "subscribers")}),
		Name: name, Action: v.Path("digests", d.Config.Key, "import"), Back: v.Path("digests", d.Config.Key, "subscribers"),
	}, d, nil
}

func (c *console) importing(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, _, err := c.importPage(r, v)
	if err != nil {
		return err
	}
	view.Lead = "Into " + view.Name + ". A file is taken in one piece or not at all; first you see what it would do."
	return c.show(w, r, "import", view)
}

// importFile reads a file and shows what it would do ("check"), does what was shown ("confirm"), or gives the lines at fault
// ("faults").
func (c *console) importFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, d, err := c.importPage(r, v)
	if err != nil {
		return err
	}
	file, err := view.take(r)
	if err != nil {
		faults := faultsOf(err)
		if faults == nil {
			return err
		}
		view.Faults, view.Status = faults, http.StatusUnprocessableEntity
		return c.show(w, r, "import", view)
	}
	sheet, err := roster.Reader{Digest: d.Config.Key, Locales: c.Works.Locales()}.Read(file)
	var large *roster.TooLargeError
	if errors.As(err, &large) {
		view.Faults, view.Status = Faults{"file": large.Reason}, http.StatusUnprocessableEntity
		return c.show(w, r, "import", view)
	} else if err != nil {
		return err
	}
	do := r.FormValue("do")
	if do == "faults" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="lines-at-fault.csv"`)
		return sheet.WriteFaults(w)
	}
	all, changes, err := c.wouldDo(r.Context(), v, d, sheet, view.Only && len(sheet.Faults) == 0)
	if err != nil {
		if faults := faultsOf(err); faults != nil {
			view.Faults, view.Status = Faults{"": "Nothing was imported. " + faultList(faults)}, http.StatusUnprocessableEntity
			return c.show(w, r, "import", view)
		}
		return err
	}
	seen := markOf(changes)
	if do == "confirm" && len(sheet.Faults) == 0 && seen == r.FormValue("seen") {
		done, err := v.Office.SaveSubscribers(r.Context(), v.By, d.Config.Key, all, view.Only, false)
		if err != nil {
			return err
		}
		var plan importPlan
		plan.count(done)
		return c.done(w, r, view.Back, "Imported into "+view.Name+": "+plan.words()+".")
	}
	view.Again = do == "confirm"
	if view.Plan, err = planOf(r.Context(), v.Office, d.Config.Key, sheet, all, changes); err != nil {
		return err
	}
	if err := view.tell(file, sheet, seen); err != nil {
		return err
	}
	if len(sheet.Faults) > 0 {
		view.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "import", view)
}

// tell puts what was read into words.
func (p *importPage) tell(file []byte, sheet roster.Sheet, seen string) (err error) {
	p.Checked, p.Sheet, p.Seen = true, sheet, seen
	p.Shown = sheet.Faults[:min(len(sheet.Faults), mostShown)]
	p.More = len(sheet.Faults) - len(p.Shown)
	if p.Content, err = packed(file); err != nil {
		return err
	}
	if sheet.Encoding == "Windows-1252" {
		p.Notes = append(p.Notes, "The file is not UTF-8 and was read as Windows-1252: look whether names with accents are whole.")
	}
	if sheet.Others > 0 {
		p.Notes = append(p.Notes, capital(look.Count(sheet.Others, "line is of another digest and is", "lines are of other digests and are"))+" left out.")
	}
	if len(sheet.Ignored) > 0 {
		p.Notes = append(p.Notes, look.Count(len(sheet.Ignored), "column is", "columns are")+" not used: "+listing(sheet.Ignored)+".")
	}
	if p.Plan.New+p.Plan.Changed+p.Plan.Out > 0 {
		p.Label = "Import: " + p.Plan.words()
	}
	lines := atFault(sheet)
	if lines > 0 {
		p.Title = "Nothing was imported"
		if others := sheet.Read - lines; others > 0 {
			p.Rest = fmt.Sprintf("The other %s: %s.", look.Thousands(others), p.Plan.words())
		}
	} else {
		p.Title = "Import into " + p.Name + "?"
		p.Lead = fmt.Sprintf("%s was read whole: %s. Nothing is done yet.", p.File, look.Count(sheet.Read, "subscriber", ""))
	}
	return nil
}

// Wrong is how many lines have faults: "4 of 58 lines have faults".
func (p *importPage) Wrong() string {
	n := atFault(p.Sheet)
	if p.Sheet.Read == 0 {
		return "the file cannot be read"
	}
	return fmt.Sprintf("%s of %s", look.Thousands(n), look.Count(p.Sheet.Read, "line has faults", "lines have faults"))
}

// Lines is how many lines are at fault: "The 4 lines".
func (p *importPage) Lines() int { return atFault(p.Sheet) }

func atFault(s roster.Sheet) int {
	lines := map[int]bool{}
	for _, f := range s.Faults {
		lines[f.Line] = true
	}
	return len(lines)
}
