package console

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"fortnight/digest"
	"fortnight/web/look"
)

func (c *console) requestRoutes() []route {
	return []route{
		{pattern: "GET /requests", role: digest.RoleViewer, do: c.requests},
		{pattern: "POST /requests/{request}", role: digest.RoleEditor, do: c.decide},
		{pattern: "GET /suppressions", role: digest.RoleViewer, do: c.suppressions},
		{pattern: "GET /suppressions/lift", role: digest.RoleEditor, do: c.askLift},
		{pattern: "POST /suppressions/lift", role: digest.RoleEditor, do: c.lift},
	}
}

// requestsPage lists the wishes of those who were forwarded a mail.
type requestsPage struct {
	page
	Rows []requestRow
	May  bool
}

type requestRow struct {
	Name, Address, Digest, Language string
	Forwarder, Asked                string
	Confirmed                       string // "" not yet
	Path                            string
}

func (c *console) requests(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := v.Office.Requests(r.Context())
	if err != nil {
		return err
	}
	digests, err := v.Office.DigestNames(r.Context())
	if err != nil {
		return err
	}
	names := namesByKey(digests)
	view := &requestsPage{page: v.page("Requests", "subscribers", Crumb{"Subscribers", v.Path("subscribers")}), May: v.May(digest.RoleEditor)}
	view.Lead = "People who were forwarded a mail and would like to get it themselves."
	for _, q := range all {
		row := requestRow{
			Name: cmp.Or(q.Name, q.Address), Address: q.Address, Digest: cmp.Or(names[q.Digest], q.Digest), Language: languageName(q.Locale), Forwarder: cmp.Or(q.Forwarder, "–"),
			Asked: v.Moment(q.MadeAt), Confirmed: v.Moment(q.Confirmed), Path: v.Path("requests", q.ID),
		}
		if q.Name == "" {
			row.Address = ""
		}
		view.Rows = append(view.Rows, row)
	}
	return c.show(w, r, "requests", view)
}

func (c *console) decide(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, err := strconv.ParseInt(r.PathValue("request"), 10, 64)
	if err != nil {
		return digest.ErrNotFound
	}
	who, of := "They", "the digest"
	all, err := v.Office.Requests(r.Context())
	if err != nil {
		return err
	}
	for _, q := range all {
		if q.ID != id {
			continue
		}
		who = cmp.Or(q.Name, q.Address)
		if d, err := v.Office.Digest(r.Context(), q.Digest); err == nil {
			of = digestName(d.Config)
		}
	}
	approve := r.PostForm.Get("do") == "approve"
	if err := v.Office.Decide(r.Context(), v.By, id, approve); err != nil {
		if faults := faultsOf(err); faults != nil {
			c.flash(r, Flash{Kind: "fail", Text: "Not decided: " + faultList(faults)})
			http.Redirect(w, r, v.Path("requests"), http.StatusSeeOther)
			return nil
		}
		return err
	}
	if approve {
		return c.done(w, r, v.Path("requests"), who+" gets "+of+" from its next edition on.")
	}
	return c.done(w, r, v.Path("requests"), "The request of "+who+" is refused. They are not told.")
}

// suppressionsPage lists the addresses that nothing is sent to.
type suppressionsPage struct {
	page
	Rows        []suppressionRow
	Count       string
	Next, First string
	May         bool
}

type suppressionRow struct{ Address, Reason, At, Lift string }

func (c *console) suppressions(w http.ResponseWriter, r *http.Request, v *visit) error {
	after := r.URL.Query().Get("after")
	part, err := v.Office.Suppressions(r.Context(), digest.Page{After: after, Size: 50})
	if err != nil {
		return err
	}
	view := &suppressionsPage{page: v.page("Suppressions", "subscribers", Crumb{"Subscribers", v.Path("subscribers")}), May: v.May(digest.RoleEditor)}
	view.Lead = "Addresses that this project sends nothing to, whatever digest they are in."
	for _, s := range part.Lines {
		row := suppressionRow{Address: cmp.Or(s.Address, "erased"), Reason: suppressed(s.Reason), At: v.Moment(s.At)}
		if s.Address != "" {
			row.Lift = with(v.Path("suppressions", "lift"), only("address", s.Address))
		}
		view.Rows = append(view.Rows, row)
	}
	view.Count = look.Thousands(len(part.Lines)) + " of " + look.Thousands(part.Total)
	if after != "" {
		view.First = v.Path("suppressions")
	}
	if part.Next != "" {
		view.Next = with(v.Path("suppressions"), only("after", part.Next))
	}
	return c.show(w, r, "suppressions", view)
}

func (c *console) askLift(w http.ResponseWriter, r *http.Request, v *visit) error {
	address := r.URL.Query().Get("address")
	if address == "" {
		return digest.ErrNotFound
	}
	back := v.Path("suppressions")
	return c.show(w, r, "confirm", &confirmPage{
		page: v.page("Write to "+address+" again?", "subscribers", Crumb{"Subscribers", v.Path("subscribers")}, Crumb{"Suppressions", back}),
		Text: []string{
			"Do so where you know that the mailbox exists and its owner wants the mail. An address that goes on refusing mail harms how servers look at the sender.",
			"Who unsubscribed from a digest stays unsubscribed.",
		},
		Action: v.Path("suppressions", "lift"), Hidden: []option{{Value: address, Name: "address"}}, Label: "Write to it again", Class: "primary", Back: back, BackLabel: "Leave it",
	})
}

func (c *console) lift(w http.ResponseWriter, r *http.Request, v *visit) error {
	address := r.PostForm.Get("address")
	if err := v.Office.Unsuppress(r.Context(), v.By, address); err != nil {
		return err
	}
	return c.done(w, r, v.Path("suppressions"), fmt.Sprintf("%s is written to again, from the next edition on.", address))
}
