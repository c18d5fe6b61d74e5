package console

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

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
