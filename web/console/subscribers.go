package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
	"fortnight/web/roster"
	"fortnight/web/zones"
)

// subscriberRoutes are subscribers, their import, requests and suppressions.
func (c *console) subscriberRoutes() []route {
	return append([]route{
		{pattern: "GET /subscribers", role: digest.RoleViewer, do: c.subscribers},
		{pattern: "GET /digests/{digest}/subscribers", role: digest.RoleViewer, do: c.subscribers},
		{pattern: "GET /subscribers.csv", role: digest.RoleEditor, do: c.exportSubscribers, within: time.Minute},
		{pattern: "GET /subscribers/new", role: digest.RoleEditor, do: c.newSubscriber},
		{pattern: "POST /subscribers/new", role: digest.RoleEditor, do: c.addSubscriber},
		{pattern: "GET /subscribers/{id}", role: digest.RoleViewer, do: c.subscriber},
		{pattern: "POST /subscribers/{id}", role: digest.RoleEditor, do: c.saveSubscriber},
		{pattern: "GET /subscribers/{id}/remove", role: digest.RoleEditor, do: c.askRemoveSubscriber},
		{pattern: "POST /subscribers/{id}/remove", role: digest.RoleEditor, do: c.removeSubscriber},
		{pattern: "GET /subscribers/{id}/revoke", role: digest.RoleEditor, do: c.askRevokeLinks},
		{pattern: "POST /subscribers/{id}/revoke", role: digest.RoleEditor, do: c.revokeLinks},
	}, append(c.importRoutes(), c.requestRoutes()...)...)
}

// subscribersPage lists subscriptions.
type subscribersPage struct {
	page
	Digest                 string // key; "": of the project
	Search                 string
	Digests, States        []option
	Rows                   []subscriberRow
	Count                  string // "51–100 of 2,000"
	Next, First            string
	Filtered, May, All     bool
	Add, Import, Export    string
	FindAt                 string // where the filter's form leads
	Requests, Suppressions int
	RequestsAt, SuppressAt string
}

type subscriberRow struct {
	Name, Address, Path    string
	Digest                 string
	Audience               string
	Language, Zone, Wishes string
	State                  look.Stated
	Last                   string
	LastState              look.Stated
}

func subscriberStates(chosen string) []option {
	all := []option{{"", "Every state", false}, {"gets", "Gets it", false}, {"paused", "Paused", false}, {"unsubscribed", "Unsubscribed", false}, {"suppressed", "Suppressed", false}, {"removed", "Removed", false}}
	for i := range all {
		all[i].Chosen = all[i].Value == chosen
	}
	return all
}

func (c *console) subscribers(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, q := r.Context(), r.URL.Query()
	key := cmp.Or(r.PathValue("digest"), q.Get("digest"))
	p, err := v.Project(ctx)
	if err != nil {
		return err
	}
	digests, err := v.Office.DigestNames(ctx)
	if err != nil {
		return err
	}
	wanted := digest.SubscribersWanted{Digest: key, Search: strings.TrimSpace(q.Get("search")), State: q.Get("state"), Page: digest.Page{After: q.Get("after"), Size: 50}}
	if !slices.ContainsFunc(subscriberStates(""), func(o option) bool { return o.Value == wanted.State }) {
		wanted.State = ""
	}
	view := &subscribersPage{
		page: v.page("Subscribers", "subscribers"), Digest: key, Search: wanted.Search, Digests: digestOptions(digests, key),
		States: subscriberStates(wanted.State), Filtered: wanted.Search != "" || wanted.State != "", May: v.May(digest.RoleEditor), All: key == "",
		Add: with(v.Path("subscribers", "new"), only("digest", key)), Export: with(v.Path("subscribers.csv"), only("digest", key)),
		Import: v.Path("subscribers", "import"), RequestsAt: v.Path("requests"), SuppressAt: v.Path("suppressions"),
	}
	if key != "" {
		d, err := v.Office.Digest(ctx, key)
		if err != nil {
			return err
		}
		view.Title = "Subscribers of " + digestName(d.Config)
		view.Crumbs = []Crumb{{"Digests", v.Path("digests")}, {digestName(d.Config), v.Path("digests", key)}}
		view.Lead = capital(look.Count(readersOf(d), "subscriber", "") + listed(": ", byAudience(d)))
		view.Import = v.Path("digests", key, "import")
	}
	part, err := v.Office.Subscribers(ctx, wanted)
	if err != nil {
		return err
	}
	if view.All {
		view.Lead = look.Count(part.Total, "subscription", "") + " to " + look.Count(len(digests), "digest", "") + "."
		if view.Filtered {
			view.Lead = ""
		}
	}
	names := namesByKey(digests)
	at := clockOf(p, c.Now())
	for _, s := range part.Lines {
		view.Rows = append(view.Rows, subscriberRowOf(v, at, p, s, names))
	}
	here := url.Values{}
	for name, value := range map[string]string{"search": wanted.Search, "state": wanted.State, "digest": q.Get("digest")} {
		if value != "" {
			here.Set(name, value)
		}
	}
	path := v.Path("subscribers")
	if r.PathValue("digest") != "" {
		path = v.Path("digests", key, "subscribers")
	}
	view.FindAt = path
	if wanted.After != "" {
		view.First = with(path, here)
	}
	if part.Next != "" {
		here.Set("after", part.Next)
		view.Next = with(path, here)
	}
	view.Count = look.Thousands(len(part.Lines)) + " of " + look.Thousands(part.Total)
	needs, err := v.Needs(ctx)
	if err != nil {
		return err
	}
	view.Requests = len(needs.Requests)
	return c.show(w, r, "subscribers", view)
}

// only is a query of one field; none where it is empty.
func only(name, value string) url.Values {
	if value == "" {
		return nil
	}
	return url.Values{name: {value}}
}

// listed is a text after what leads to it; "" where there is none.
func listed(lead, text string) string {
	if text == "" {
		return ""
	}
	return lead + text
}

// standing is what of somebody's subscription comes first: whether they get the digest, and why not.
func standing(at clock, s digest.SubscriberLine) look.Stated {
	switch {
	case !s.RemovedAt.IsZero():
		return look.Of("removed")
	case !s.UnsubscribedAt.IsZero():
		return look.Of("unsubscribed")
	case s.Suppressed != "":
		return look.Stated{Kind: "no", Icon: "cross", Word: suppressedFor(s.Suppressed)}
	case at.today().Before(s.Wishes.PausedUntil):
		return look.Stated{Kind: "wait", Icon: "bars", Word: "Paused to " + at.date(s.Wishes.PausedUntil)}
	}
	return look.Stated{Kind: "ok", Icon: "check", Word: "Gets it"}
}

// suppressedFor is a chip's words for why nothing is sent to an address: "Address does not exist".
func suppressedFor(reason string) string {
	if status, ok := strings.CutPrefix(reason, "refused with "); ok {
		return capital(causeOf(550, status, "").meaning().one)
	}
	return capital(reason)
}

// wishesInWords is what somebody chose over the configuration.
func wishesInWords(s digest.SubscriberLine) string {
	var all []string
	if s.Wishes.Cadence != "" {
		all = append(all, strings.ToLower(kindName(s.Wishes.Cadence)))
	}
	if len(s.Wishes.Sections) > 0 {
		var names []string
		for _, key := range s.Wishes.Sections {
			name, _ := sectionWords(key)
			names = append(names, name)
		}
		all = append(all, "only "+listing(names))
	}
	if s.Wishes.Locale != "" && s.Wishes.Locale != s.Locale {
		all = append(all, languageName(s.Wishes.Locale))
	}
	if s.Wishes.Zone != "" && s.Wishes.Zone != s.Zone {
		all = append(all, "hour of "+zones.City(s.Wishes.Zone))
	}
	if s.Wishes.PDF != nil && *s.Wishes.PDF != s.PDF {
		all = append(all, map[bool]string{true: "PDF attached", false: "PDF linked"}[*s.Wishes.PDF])
	}
	return strings.Join(all, ", ")
}

func subscriberRowOf(v *visit, at clock, p digest.Project, s digest.SubscriberLine, names map[string]string) subscriberRow {
	row := subscriberRow{
		Name: called(s.Subscriber), Address: s.Address, Path: v.Path("subscribers", s.ID), Digest: cmp.Or(names[s.Digest], s.Digest), Audience: string(s.Audience),
		Language: cmp.Or(s.Locale, p.Locale), Zone: cmp.Or(s.Zone, p.Zone), State: standing(at, s), Wishes: listed("chose ", wishesInWords(s)), Last: "–",
	}
	if s.Name == "" {
		row.Address = ""
	}
	if row.Name == "" {
		row.Name = "erased"
	}
	if s.LastState != "" {
		row.Last, row.LastState = at.day(digest.DateOf(s.LastAt.In(at.zone()))), look.Of(s.LastState)
	}
	return row
}

// exportSubscribers gives the file that an import takes again.
func (c *console) exportSubscribers(w http.ResponseWriter, r *http.Request, v *visit) error {
	key, name := r.URL.Query().Get("digest"), v.In.Key
	if key != "" {
		if _, err := v.Office.Digest(r.Context(), key); err != nil {
			return err
		}
		name += "-" + key
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(name)+`-subscribers.csv"`)
	n, err := roster.Write(w, office.EverySubscriber(r.Context(), v.Office, digest.SubscribersWanted{Digest: key}))
	if err != nil {
		return err
	}
	c.Log.Info("subscribers exported", "project", v.In.Key, "digest", key, "subscribers", n, "by", v.By.Account)
	return nil
}
