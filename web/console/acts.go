package console

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"fortnight/digest"
	"fortnight/web/look"
)

// What is done about editions. What cannot be taken back asks on a page of its own.

// question is a page that asks before an act.
type question struct {
	page
	Text    []string
	Warning string // of what cannot be taken back
	Action  string // where the form posts to
	Hidden  []option
	Label   string // of its button: the act and its size
	Class   string // primary or stop
	Back    string
	BackTo  string
}

func (c *console) askAbout(r *http.Request, v *visit, title string) (*question, digest.EditionLine, clock, error) {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return nil, e, clk, err
	}
	return &question{
		page:   v.page(title, "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)}),
		Action: r.URL.Path, Back: v.Path("editions", e.ID), BackTo: "Leave it", Class: "primary",
	}, e, clk, nil
}

func (c *console) askRelease(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, e, clk, err := c.askAbout(r, v, "Release this edition?")
	if err != nil {
		return err
	}
	digests, err := v.Office.DigestsToCome(r.Context())
	if err != nil {
		return err
	}
	_, snap, err := v.Office.Edition(r.Context(), e.ID)
	if err != nil {
		return err
	}
	if e.State != digest.EditionHeld && e.State != digest.EditionParked {
		return fmt.Errorf("%w: the edition is %s", digest.ErrNotDue, e.State)
	}
	a.Action, a.Label = v.Path("editions", e.ID, "release"), releaseLabel(e, digests)
	a.Text = []string{editionName(clk, e) + ": " + heldWords(clk, e, snap), "Released, it is mailed as it is."}
	if e.State == digest.EditionParked {
		a.Text[1] = "It is tried again at once; where that works it is mailed."
	}
	return c.show(w, r, "ask", a)
}

func (c *console) release(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.Release(r.Context(), v.By, e.ID); err != nil {
		return err
	}
	said := editionName(clk, e) + " is released. Its mails leave within a minute."
	if e.State == digest.EditionParked {
		said = editionName(clk, e) + " is tried again."
	}
	return c.done(w, r, v.Path("editions", e.ID), said)
}

func (c *console) askDiscard(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, e, clk, err := c.askAbout(r, v, "Discard this edition?")
	if err != nil {
		return err
	}
	a.Action, a.Label, a.Class = v.Path("editions", e.ID, "discard"), "Discard "+clk.span(e.Period), "stop"
	a.Text = []string{
		"Nobody is mailed " + editionName(clk, e) + ".",
		"Its figures are kept, so that the next edition still compares with them.",
	}
	a.Warning = "A discarded edition cannot be brought back."
	return c.show(w, r, "ask", a)
}

func (c *console) discard(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.Discard(r.Context(), v.By, e.ID); err != nil {
		return err
	}
	return c.done(w, r, v.Path("editions", e.ID), editionName(clk, e)+" is discarded. Nobody is mailed it.")
}

// askResend asks about the deliveries of the address, ?delivery=12, else about all that failed. From the list, ?picked=1, it is about
// those picked there and no others.
func (c *console) askResend(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, e, clk, err := c.askAbout(r, v, "Resend this edition?")
	if err != nil {
		return err
	}
	a.Action = v.Path("editions", e.ID, "resend")
	ids := numbers(r.URL.Query()["delivery"])
	if len(ids) == 0 && r.URL.Query().Has("picked") {
		c.flash(r, Flash{Kind: "note", Text: "Nobody is ticked. Tick those who are to get it once more."})
		http.Redirect(w, r, v.Path("editions", e.ID)+"#deliveries", http.StatusSeeOther)
		return nil
	}
	if len(ids) == 0 {
		bad := e.Deliveries[digest.DeliveryFailed] + e.Deliveries[digest.DeliveryExpired]
		if bad == 0 {
			return fmt.Errorf("%w: no delivery of this edition has failed", digest.ErrNotDue)
		}
		a.Text = []string{editionName(clk, e) + " is sent once more to those who did not get it. It is the same message."}
		a.Label = fmt.Sprintf("Resend to %s who failed", look.Thousands(bad))
		return c.show(w, r, "ask", a)
	}
	var unknown []string
	for _, id := range ids {
		d, err := v.Office.Delivery(r.Context(), id)
		if err != nil {
			return err
		}
		if d.EditionID != e.ID {
			return digest.ErrNotFound
		}
		if d.State == digest.DeliveryUnknown {
			unknown = append(unknown, d.Subscriber.Address)
		}
		a.Hidden = append(a.Hidden, option{Value: strconv.FormatInt(id, 10), Name: "delivery"})
	}
	a.Label = "Resend to " + look.Thousands(len(ids))
	a.Text = []string{editionName(clk, e) + " is sent once more, as the same message with the same Message-ID. Many mail programs show two copies of one message as one; some do not."}
	if len(unknown) > 0 {
		a.Text = append([]string{"The server of " + listing(unknown[:min(len(unknown), 5)]) + " took the mail and then gave no answer."}, a.Text...)
		a.Warning = "It may have arrived. A resend can make a second copy."
		a.Label = "Resend anyway"
		if len(ids) > 1 {
			a.Label += " to " + look.Thousands(len(ids))
		}
	}
	return c.show(w, r, "ask", a)
}

func (c *console) resend(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, _, err := c.asked(r, v)
	if err != nil {
		return err
	}
	named := r.PostForm["delivery"]
	ids := numbers(named)
	if len(named) > 0 && len(ids) == 0 { // none would mean all
		return digest.ErrNotFound
	}
	n, err := v.Office.Resend(r.Context(), v.By, e.ID, ids)
	if err != nil {
		return err
	}
	to := v.Path("editions", e.ID) + "#deliveries"
	if n == 0 {
		c.flash(r, Flash{Kind: "note", Text: "Nothing is sent again: these deliveries are done, under way, or their addresses are suppressed."})
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	said := "The same message goes out once more to " + look.Count(n, "subscriber", "") + "."
	if left := len(ids) - n; left > 0 {
		said += " " + look.Thousands(left) + " of those ticked " + map[bool]string{true: "is", false: "are"}[left == 1] +
			" left out: they unsubscribed, their address is suppressed, they had these days with another edition, or their copy is under way already."
	}
	return c.done(w, r, to, said)
}

func (c *console) askRevoke(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, e, clk, err := c.askAbout(r, v, "Revoke the links to this edition?")
	if err != nil {
		return err
	}
	a.Action, a.Class = v.Path("editions", e.ID, "revoke"), "stop"
	a.Label = "Revoke the links of " + look.Count(e.Planned, "mail", "")
	a.Text = []string{
		"“View in browser”, the PDF and the tables in the mails of " + editionName(clk, e) + " lead nowhere from now on, for whoever has a mail or was forwarded one.",
		"What is in people’s mailboxes stays there. Preferences and unsubscribing go on working.",
	}
	a.Warning = "Revoked links cannot be brought back."
	return c.show(w, r, "ask", a)
}

func (c *console) revoke(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.RevokeEdition(r.Context(), v.By, e.ID); err != nil {
		return err
	}
	return c.done(w, r, v.Path("editions", e.ID), "The links to "+editionName(clk, e)+" are revoked.")
}

// numbers reads ids; what is none is left out. At most 500 are taken, each once.
func numbers(texts []string) (ids []int64) {
	for _, s := range texts[:min(len(texts), 500)] {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
