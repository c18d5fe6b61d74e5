package console

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"time"

	"fortnight/digest"
)

// page is what the frame prints round a page. A page's own struct embeds it:
//
//	type overviewPage struct {
//		page
//		Needs digest.Needs
//	}
//	return c.show(w, r, "overview", &overviewPage{page: v.page("Overview", "overview"), Needs: needs})
//
// and overview.gohtml says {{template "frame" .}} and defines "main", and where it wants to "acts" (buttons beside the title) and
// "beside" (a chip beside it).
type page struct {
	*visit
	Title  string // the h1
	Lead   string // under it; may be empty
	Here   string // the entry of the bar: overview, digests, editions, calendar, subscribers, sources, settings, audit; "" none
	Crumbs []Crumb
	Faults Faults // of a form that was not taken
	Status int    // HTTP; 0: 200
}

// Crumb is one step of the way back.
type Crumb struct{ Name, Path string }

// Flash is what a change says on the page that follows it.
type Flash struct {
	Kind string // done, note, hold or fail: the banner's class
	Text string
}

// page begins a page.
func (v *visit) page(title, here string, crumbs ...Crumb) page {
	return page{visit: v, Title: title, Here: here, Crumbs: crumbs}
}

// framed is a page's struct.
type framed interface{ frame() *page }

func (p *page) frame() *page { return p }

// show prints a page.
func (c *console) show(w http.ResponseWriter, r *http.Request, name string, p framed) error {
	var out bytes.Buffer
	if err := c.press.Print(&out, name, p); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if status := p.frame().Status; status != 0 {
		w.WriteHeader(status)
	}
	_, _ = w.Write(out.Bytes())
	return nil
}

// done ends a change: it is said on the page that the browser is sent to (303), an address of v.Path.
func (c *console) done(w http.ResponseWriter, r *http.Request, to, text string) error {
	c.flash(r, Flash{Kind: "done", Text: text})
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// Faults are what is wrong with a form, by field; "" is the form itself.
type Faults map[string]string

// faultsOf gives what an error says is wrong with what was filled in; nil where it says nothing of the kind, and is to be passed on.
func faultsOf(err error) Faults {
	f := Faults{}
	var walk func(error)
	walk = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, one := range many.Unwrap() {
				walk(one)
			}
		} else if refused, ok := err.(*digest.RefusedError); ok { //nolint:errorlint // what wraps it is walked through
			if f[refused.Field] != "" {
				f[refused.Field] += " "
			}
			f[refused.Field] += sentence(refused.Reason)
		} else if within := errors.Unwrap(err); within != nil {
			walk(within)
		}
	}
	walk(err)
	if len(f) == 0 {
		return nil
	}
	return f
}

// Invalid gives the attributes of a field at fault: {{.Faults.Invalid "name"}}.
func (f Faults) Invalid(field string) template.HTMLAttr {
	if f[field] == "" {
		return ""
	}
	return template.HTMLAttr(`aria-invalid="true" aria-describedby="fault-` + template.HTMLEscapeString(field) + `"`)
}

// Say prints a field's fault: {{.Faults.Say "name"}}.
func (f Faults) Say(field string) template.HTML {
	if f[field] == "" {
		return ""
	}
	return template.HTML(`<span class="err" id="fault-` + template.HTMLEscapeString(field) + `">` + template.HTMLEscapeString(f[field]) + `</span>`)
}

// Moment prints an instant in the project's zone, "Wed 25 Mar 10:42", with its year where that is not this one; "" for none.
func (v *visit) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return v.clock().moment(t)
}

// Day prints an instant's local date, "Wed 25 Mar"; "" for none.
func (v *visit) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	at := v.clock()
	return at.day(digest.DateOf(t.In(at.zone())))
}

// clock writes times of the project, as of the visit.
func (v *visit) clock() clock { return clock{v.Now()} }

// funcs are what the console's pages may call beside look.Funcs.
func funcs() template.FuncMap { return template.FuncMap{} }
