package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/roster"
)

// sendIn is how long a test may take: the sources are read, a mail is made and a server takes it.
const sendIn = 2 * time.Minute

func (c *console) sendingRoutes() []route {
	return []route{
		{pattern: "GET /digests/{digest}/test", role: digest.RoleEditor, do: c.askTest},
		{pattern: "POST /digests/{digest}/test", role: digest.RoleEditor, do: c.sendTest, within: sendIn},
		{pattern: "GET /digests/{digest}/now", role: digest.RoleEditor, do: c.askNow},
		{pattern: "POST /digests/{digest}/now", role: digest.RoleEditor, do: c.sendNow, within: previewIn},
	}
}

// testPage asks where a test goes.
type testPage struct {
	page
	To                          string
	Periods, Audiences, Locales []option
	PDF                         bool
	Draft                       string
	Unsaved                     []string
	Action, Back                string
}

func (c *console) askTest(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, err := c.testPage(r, v, r.URL.Query())
	if err != nil {
		return err
	}
	view.To = v.Account.Address
	return c.show(w, r, "sendtest", view)
}

func (c *console) testPage(r *http.Request, v *visit, q url.Values) (*testPage, error) {
	d, now, err := c.filledIn(r, v)
	if err != nil {
		return nil, err
	}
	p, err := v.Project(r.Context())
	if err != nil {
		return nil, err
	}
	name, back := digestName(d.Config), v.Path("digests", d.Config.Key)
	l := lookingOf(q, p, c.Works.Locales())
	pane := c.paneOf(r, v, newPreviews(c.Now), p, d, now, l, q.Get("draft"), false)
	view := &testPage{
		page:    v.page("Send a test", "digests", Crumb{"Digests", v.Path("digests")}, Crumb{name, back}),
		Periods: pane.Periods, Audiences: pane.Audiences, Locales: pane.Locales, PDF: q.Get("pdf") != "no", Draft: q.Get("draft"),
		Unsaved: unsaved(d.Config, now, p), Action: v.Path("digests", d.Config.Key, "test"),
	}
	back2 := l.query()
	if view.Draft != "" {
		back2.Set("draft", view.Draft)
	}
	view.Back = with(back, back2)
	return view, nil
}

// sendTest mails one copy. From the editor it comes with the whole form, and asks for the address first.
func (c *console) sendTest(w http.ResponseWriter, r *http.Request, v *visit) error {
	if r.PostForm.Has("kind") {
		d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
		if err != nil {
			return err
		}
		to, err := c.backToEditor(r, v, d)
		if err != nil {
			return err
		}
		_, query, _ := strings.Cut(to, "?")
		http.Redirect(w, r, v.Path("digests", d.Config.Key, "test")+"?"+query, http.StatusSeeOther)
		return nil
	}
	view, err := c.testPage(r, v, r.PostForm)
	if err != nil {
		return err
	}
	view.To = strings.TrimSpace(r.PostForm.Get("to"))
	name, address := roster.Apart(view.To)
	if reason := roster.FaultOfAddress(address); reason != "" {
		view.Faults, view.Status = Faults{"to": reason}, http.StatusUnprocessableEntity
		return c.show(w, r, "sendtest", view)
	}
	_, now, err := c.filledIn(r, v)
	if err != nil {
		return err
	}
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	l := lookingOf(r.PostForm, p, c.Works.Locales())
	choice := l.choice(now)
	choice.PDF = view.PDF
	subject, err := c.Works.SendTest(r.Context(), v.In.Project, p, now, l.From, choice, digest.Address{Name: name, Address: address})
	if err != nil {
		faults := faultsOf(err)
		if faults == nil {
			c.Log.Error("test not sent", "project", v.In.Key, "digest", now.Key, "error", err)
			faults = Faults{"": "The test was not sent. " + sentence(err.Error())}
		}
		if len(faults) > 1 || faults[""] == "" && faults["to"] == "" {
			faults = Faults{"": faultList(faults)}
		}
		view.Faults, view.Status = faults, http.StatusBadGateway
		return c.show(w, r, "sendtest", view)
	}
	return c.done(w, r, view.Back, fmt.Sprintf("A test went to %s: “%s”", address, subject))
}

// askNow asks which period, and says what became of the last ones.
func (c *console) askNow(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	name, back := digestName(d.Config), v.Path("digests", d.Config.Key)
	view := &confirmPage{
		page:   v.page("Send "+name+" now?", "digests", Crumb{"Digests", v.Path("digests")}, Crumb{name, back}),
		Action: v.Path("digests", d.Config.Key, "now"), Back: back, BackLabel: "Leave it", Class: "primary",
	}
	at, n := clockOf(p, c.Now()), readersOf(d)
	periods, err := c.Works.Periods(p, d.Config, 6)
	if err != nil {
		if faults := faultsOf(err); faults != nil {
			view.Text = []string{"The cadence cannot be read: " + faultList(faults)}
			return c.show(w, r, "confirm", view)
		}
		return err
	}
	if !d.Config.Active || n == 0 || len(periods) == 0 {
		switch {
		case !d.Config.Active:
			view.Text = []string{"It is a draft: nothing goes out until it is switched on. A test can be sent of a draft too."}
		case n == 0:
			view.Text = []string{"Nobody would get it. Add subscribers first."}
		default:
			view.Text = []string{"No period of it has closed yet."}
		}
		return c.show(w, r, "confirm", view)
	}
	made, err := v.Office.Editions(r.Context(), digest.EditionsWanted{Digest: d.Config.Key, Page: digest.Page{Size: 100}})
	if err != nil {
		return err
	}
	view.Choose = &chooser{Name: "period", Label: "Period"}
	open := 0
	for _, period := range periods {
		label, exists := at.span(period), false
		for _, e := range made.Lines {
			if e.Cadence == "" && e.Period.From.Equal(period.From) && e.Period.To.Equal(period.To) {
				label, exists = label+" – there is an edition: "+strings.ToLower(stateOf(e).Word), true
			}
		}
		if !exists {
			open++
		}
		view.Choose.Options = append(view.Choose.Options, option{period.First().String(), label, !exists && open == 1})
	}
	view.Text = []string{
		fmt.Sprintf("The edition is made at once, whatever hour it is for a subscriber, and mailed to %s: %s.", look.Count(n, "subscriber", ""), byAudience(d)),
		"An edition is made once: where there is one of the period already, nothing is sent, and you are shown it.",
	}
	view.Label = "Send to " + look.Thousands(n)
	return c.show(w, r, "confirm", view)
}

func (c *console) sendNow(w http.ResponseWriter, r *http.Request, v *visit) error {
	key := r.PathValue("digest")
	d, err := v.Office.Digest(r.Context(), key)
	if err != nil {
		return err
	}
	back := v.Path("digests", key)
	if !d.Config.Active {
		c.flash(r, Flash{Kind: "hold", Text: "Nothing was sent: it is a draft. Switch it on first."})
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	var from digest.Date
	if s := r.PostForm.Get("period"); s != "" {
		if from, err = digest.ParseDate(s); err != nil {
			return &digest.RefusedError{Field: "period", Reason: "Choose one of the periods."}
		}
	}
	id, err := c.Works.SendNow(r.Context(), v.By, v.In.Project, key, from)
	switch faults := faultsOf(err); {
	case err == nil:
		return c.done(w, r, v.Path("editions", id), fmt.Sprintf("The edition is being made, for %s.", look.Count(readersOf(d), "subscriber", "")))
	case errors.Is(err, digest.ErrNotDue) && id != 0:
		c.flash(r, Flash{Kind: "note", Text: "Nothing was sent: this is the edition of that period, and an edition is made once."})
		http.Redirect(w, r, v.Path("editions", id), http.StatusSeeOther)
		return nil
	case faults != nil:
		c.flash(r, Flash{Kind: "fail", Text: "Nothing was sent. " + faultList(faults)})
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	return err
}
