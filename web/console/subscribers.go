package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

// subscribersOf gives a digest's subscribers ("": the project's), most of them at a time.
func subscribersOf(ctx context.Context, o office.Project, key string, most int) (all []digest.SubscriberLine, err error) {
	for s, err := range everySubscriber(ctx, o, digest.SubscribersWanted{Digest: key}) {
		if err != nil {
			return nil, err
		}
		if all = append(all, s); len(all) >= most {
			break
		}
	}
	return all, nil
}

// everySubscriber gives one after another, part by part.
func everySubscriber(ctx context.Context, o office.Project, wanted digest.SubscribersWanted) iter.Seq2[digest.SubscriberLine, error] {
	return func(yield func(digest.SubscriberLine, error) bool) {
		wanted.Page = digest.Page{Size: 500}
		for {
			part, err := o.Subscribers(ctx, wanted)
			if err != nil {
				yield(digest.SubscriberLine{}, err)
				return
			}
			for _, s := range part.Lines {
				if !yield(s, nil) {
					return
				}
			}
			if wanted.After = part.Next; part.Next == "" {
				return
			}
		}
	}
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
	digests, err := v.Office.Digests(ctx)
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
		i := slices.IndexFunc(digests, func(d digest.DigestLine) bool { return d.Config.Key == key })
		if i < 0 {
			return digest.ErrNotFound
		}
		d := digests[i]
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
	names := map[string]string{}
	for _, d := range digests {
		names[d.Config.Key] = digestName(d.Config)
	}
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
		return look.Stated{Kind: "no", Icon: "cross", Word: capital(s.Suppressed)}
	case at.today().Before(s.Wishes.PausedUntil):
		return look.Stated{Kind: "wait", Icon: "bars", Word: "Paused to " + at.date(s.Wishes.PausedUntil)}
	}
	return look.Stated{Kind: "ok", Icon: "check", Word: "Gets it"}
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
	n, err := roster.Write(w, everySubscriber(r.Context(), v.Office, digest.SubscribersWanted{Digest: key}))
	if err != nil {
		return err
	}
	c.Log.Info("subscribers exported", "project", v.In.Key, "digest", key, "subscribers", n, "by", v.By.Account)
	return nil
}

// subscriberPage is one subscription, or one to be added.
type subscriberPage struct {
	page
	ID                           int64
	Line                         digest.SubscriberLine
	Form                         subscriberForm
	Digests, Audiences, Locales  []option
	State                        look.Stated
	Facts                        []fact
	Deliveries                   []subscriberDelivery
	Zones                        []string
	OwnZone                      string
	Action, Back, Remove, Revoke string
	May                          bool
	Suppression                  string // why nothing is sent; "" where it is
	SuppressAt                   string
}

type subscriberForm struct {
	Digest, Address, Name, Audience, Locale, Zone string
	PDF                                           bool
}

type subscriberDelivery struct {
	Edition, Path, At, Told string
	State                   look.Stated
}

func readSubscriber(v url.Values) subscriberForm {
	one := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	return subscriberForm{
		Digest: one("digest"), Address: one("address"), Name: one("name"), Audience: one("audience"), Locale: one("locale"), Zone: one("zone"), PDF: v.Get("pdf") == "attached",
	}
}

// into gives the subscriber that the form means, over one that is there already.
func (f subscriberForm) into(s digest.Subscriber, locales []string) (digest.Subscriber, Faults) {
	faults := Faults{}
	name, address := roster.Apart(f.Address)
	if s.ID == 0 {
		s.Address = address
		if reason := roster.FaultOfAddress(address); reason != "" {
			faults["address"] = reason
		}
	}
	s.Name, s.PDF, s.Zone = cmp.Or(f.Name, name), f.PDF, f.Zone
	if reason := roster.FaultOfName(s.Name); reason != "" {
		faults["name"] = reason
	}
	var reason string
	if s.Audience, reason = roster.AudienceOf(f.Audience); reason != "" {
		faults["audience"] = reason
	}
	if s.Locale, reason = roster.LanguageOf(f.Locale, locales); reason != "" {
		faults["locale"] = reason
	}
	if reason := roster.FaultOfZone(f.Zone); reason != "" {
		faults["zone"] = reason
	}
	return s, faults
}

func (c *console) subscriberPage(v *visit, p digest.Project, title string, f subscriberForm) *subscriberPage {
	view := &subscriberPage{
		page: v.page(title, "subscribers", Crumb{"Subscribers", v.Path("subscribers")}), Form: f, Zones: zones.All(), OwnZone: p.Zone, May: v.May(digest.RoleEditor),
		Back: v.Path("subscribers"), SuppressAt: v.Path("suppressions"),
	}
	for _, a := range []digest.Audience{digest.Manager, digest.Executive, digest.Admin} {
		view.Audiences = append(view.Audiences, option{string(a), capital(string(a)), string(a) == f.Audience})
	}
	view.Locales = []option{{"", "The project’s (" + languageName(p.Locale) + ")", f.Locale == ""}}
	known := false
	for _, tag := range c.Works.Locales() {
		view.Locales = append(view.Locales, option{tag, languageName(tag), tag == f.Locale})
		known = known || tag == f.Locale
	}
	if f.Locale != "" && !known { // "es-MX" stays what it is
		view.Locales = append(view.Locales, option{f.Locale, f.Locale, true})
	}
	return view
}

func (c *console) newSubscriber(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, err := c.addingPage(r, v, subscriberForm{Digest: r.URL.Query().Get("digest"), Audience: string(digest.Manager), PDF: true})
	if err != nil {
		return err
	}
	return c.show(w, r, "subscriber", view)
}

func (c *console) addingPage(r *http.Request, v *visit, f subscriberForm) (*subscriberPage, error) {
	p, err := v.Project(r.Context())
	if err != nil {
		return nil, err
	}
	digests, err := v.Office.Digests(r.Context())
	if err != nil {
		return nil, err
	}
	view := c.subscriberPage(v, p, "Add a subscriber", f)
	view.Action = v.Path("subscribers", "new")
	view.Digests = digestOptions(digests, f.Digest)[1:]
	return view, nil
}

func (c *console) addSubscriber(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := readSubscriber(r.PostForm)
	one, faults := f.into(digest.Subscriber{AddedBy: v.Account.Called()}, c.Works.Locales())
	d, err := v.Office.Digest(r.Context(), f.Digest)
	if errors.Is(err, digest.ErrNotFound) {
		faults["digest"] = "Choose a digest."
	} else if err != nil {
		return err
	}
	if len(faults) == 0 {
		there, err := findSubscriber(r.Context(), v.Office, f.Digest, one.Address)
		if err != nil {
			return err
		}
		if there != nil && there.RemovedAt.IsZero() {
			faults["address"] = "This address has the digest already. Find it in the list to change it."
		}
	}
	if len(faults) == 0 {
		done, err := v.Office.SaveSubscribers(r.Context(), v.By, f.Digest, []digest.Subscriber{one}, false, false)
		if err == nil {
			text := called(one) + " gets " + digestName(d.Config) + " from its next edition on."
			for _, change := range done {
				if len(change.Notes) > 0 {
					text = called(one) + " is added, and " + listing(change.Notes) + "."
				}
			}
			return c.done(w, r, v.Path("digests", f.Digest, "subscribers"), text)
		}
		if faults = subscriberFaults(err); faults == nil {
			return err
		}
	}
	view, err := c.addingPage(r, v, f)
	if err != nil {
		return err
	}
	view.Faults, view.Status = faults, http.StatusUnprocessableEntity
	return c.show(w, r, "subscriber", view)
}

// subscriberFaults are a refused subscriber's, by the form's fields: "subscribers[0].zone" is zone.
func subscriberFaults(err error) Faults {
	faults := faultsOf(err)
	if faults == nil {
		return nil
	}
	at := Faults{}
	for field, reason := range faults {
		last := field[strings.LastIndexByte(field, '.')+1:]
		if !slices.Contains([]string{"address", "name", "audience", "locale", "zone", "digest"}, last) {
			last = ""
		}
		at[last] = strings.TrimSpace(at[last] + " " + sentence(reason))
	}
	return at
}

// findSubscriber gives the subscription of an address; nil where there is none.
func findSubscriber(ctx context.Context, o office.Project, key, address string) (*digest.SubscriberLine, error) {
	for _, state := range []string{"", "removed"} {
		for s, err := range everySubscriber(ctx, o, digest.SubscribersWanted{Digest: key, Search: address, State: state}) {
			if err != nil {
				return nil, err
			}
			if strings.EqualFold(s.Address, address) {
				return &s, nil
			}
		}
	}
	return nil, nil
}

func (c *console) oneSubscriber(r *http.Request, v *visit) (digest.SubscriberLine, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return digest.SubscriberLine{}, digest.ErrNotFound
	}
	return v.Office.Subscriber(r.Context(), id)
}

func (c *console) subscriber(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.oneSubscriber(r, v)
	if err != nil {
		return err
	}
	view, err := c.onePage(r, v, s, subscriberForm{s.Digest, s.Address, s.Name, string(s.Audience), s.Locale, s.Zone, s.PDF})
	if err != nil {
		return err
	}
	return c.show(w, r, "subscriber", view)
}

func (c *console) onePage(r *http.Request, v *visit, s digest.SubscriberLine, f subscriberForm) (*subscriberPage, error) {
	ctx := r.Context()
	p, err := v.Project(ctx)
	if err != nil {
		return nil, err
	}
	d, err := v.Office.Digest(ctx, s.Digest)
	if err != nil {
		return nil, err
	}
	at := clockOf(p, c.Now())
	view := c.subscriberPage(v, p, cmp.Or(called(s.Subscriber), "Erased"), f)
	view.Crumbs = []Crumb{{"Digests", v.Path("digests")}, {digestName(d.Config), v.Path("digests", s.Digest)}, {"Subscribers", v.Path("digests", s.Digest, "subscribers")}}
	view.ID, view.Line, view.State = s.ID, s, standing(at, s)
	view.Action, view.Back = v.Path("subscribers", s.ID), v.Path("digests", s.Digest, "subscribers")
	view.Remove, view.Revoke = v.Path("subscribers", s.ID, "remove"), v.Path("subscribers", s.ID, "revoke")
	if s.Name != "" {
		view.Lead = s.Address
	}
	switch {
	case !s.RemovedAt.IsZero():
		view.Suppression = "Taken out on " + at.moment(s.RemovedAt) + ". Save adds them again."
	case !s.UnsubscribedAt.IsZero():
		view.Suppression = "Unsubscribed on " + at.moment(s.UnsubscribedAt) + ". Only they can take that back, by the link in their last mail."
	case s.Suppressed != "":
		view.Suppression = "Nothing is sent to this address: " + s.Suppressed + "."
	}
	added := at.day(digest.DateOf(s.AddedAt.In(at.zone())))
	if s.AddedBy != "" {
		added += ", by " + s.AddedBy
	}
	view.Facts = []fact{{Term: "Digest", Lines: []string{digestName(d.Config)}}, {Term: "Added", Lines: []string{added}}}
	if wishes := wishesInWords(s); wishes != "" {
		view.Facts = append(view.Facts, fact{Term: "Chose for themselves", Lines: []string{capital(wishes)}})
	}
	if until := s.Wishes.PausedUntil; at.today().Before(until) {
		view.Facts = append(view.Facts, fact{Term: "Paused by themselves", Lines: []string{"until " + at.day(until)}})
	}
	view.Deliveries, err = c.deliveriesTo(ctx, v, at, s)
	return view, err
}

// deliveriesTo are a subscriber's of the digest's last editions, the latest first.
func (c *console) deliveriesTo(ctx context.Context, v *visit, at clock, s digest.SubscriberLine) (all []subscriberDelivery, err error) {
	if s.LastState == "" || s.Address == "" {
		return nil, nil
	}
	editions, err := v.Office.Editions(ctx, digest.EditionsWanted{Digest: s.Digest, Page: digest.Page{Size: 10}})
	if err != nil {
		return nil, err
	}
	for _, e := range editions.Lines {
		part, err := v.Office.Deliveries(ctx, digest.DeliveriesWanted{Edition: e.ID, Search: s.Address, Page: digest.Page{Size: 10}})
		if err != nil {
			return nil, err
		}
		for _, d := range part.Lines {
			if d.Subscriber.ID == s.ID {
				all = append(all, subscriberDelivery{at.span(e.Period), v.Path("editions", e.ID, "deliveries", d.ID), at.moment(later(d.ChangedAt, d.Date)), told(at, d), look.Of(d.State)})
			}
		}
	}
	return all, nil
}

func (c *console) saveSubscriber(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.oneSubscriber(r, v)
	if err != nil {
		return err
	}
	f := readSubscriber(r.PostForm)
	f.Address = s.Address
	one, faults := f.into(s.Subscriber, c.Works.Locales())
	if len(faults) == 0 {
		done, err := v.Office.SaveSubscribers(r.Context(), v.By, s.Digest, []digest.Subscriber{one}, false, false)
		if err == nil {
			text := "Saved; nothing was changed."
			if len(done) > 0 {
				text = "Saved: " + changesOfPerson(done[0]) + "."
			}
			return c.done(w, r, v.Path("subscribers", s.ID), text)
		}
		if faults = subscriberFaults(err); faults == nil {
			return err
		}
	}
	view, err := c.onePage(r, v, s, f)
	if err != nil {
		return err
	}
	view.Faults, view.Status = faults, http.StatusUnprocessableEntity
	return c.show(w, r, "subscriber", view)
}

// changesOfPerson is one change of a subscriber in words: "zone, none to Europe/Berlin; stays unsubscribed".
func changesOfPerson(change digest.Change) string {
	var all []string
	for _, d := range change.Details {
		what := strings.ToLower(d.What[strings.LastIndexByte(d.What, '.')+1:])
		if what == "locale" {
			what = "language"
		}
		all = append(all, what+", "+cmp.Or(unquoted(d.From), "none")+" to "+cmp.Or(unquoted(d.To), "none"))
	}
	return strings.Join(append(all, change.Notes...), "; ")
}

func (c *console) askRemoveSubscriber(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.oneSubscriber(r, v)
	if err != nil {
		return err
	}
	name, back := called(s.Subscriber), v.Path("subscribers", s.ID)
	return c.show(w, r, "confirm", &confirmPage{
		page: v.page("Take "+name+" out?", "subscribers", Crumb{"Subscribers", v.Path("subscribers")}, Crumb{name, back}),
		Text: []string{
			"They get no edition from now on. What they chose is kept, in case they are added again.",
			"To forget a person everywhere, run: fortnight subscribers erase " + s.Address,
		},
		Action: v.Path("subscribers", s.ID, "remove"), Label: "Take out", Class: "stop", Back: back, BackLabel: "Keep them",
	})
}

func (c *console) removeSubscriber(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.oneSubscriber(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.RemoveSubscriber(r.Context(), v.By, s.ID); err != nil {
		return err
	}
	return c.done(w, r, v.Path("digests", s.Digest, "subscribers"), called(s.Subscriber)+" is taken out.")
}

func (c *console) askRevokeLinks(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.oneSubscriber(r, v)
	if err != nil {
		return err
	}
	name, back := called(s.Subscriber), v.Path("subscribers", s.ID)
	return c.show(w, r, "confirm", &confirmPage{
		page: v.page("Revoke the links of "+name+"?", "subscribers", Crumb{"Subscribers", v.Path("subscribers")}, Crumb{name, back}),
		Text: []string{
			"In every mail that they have had, “view in browser”, the PDF and the tables lead nowhere then, for them and for whomever it was forwarded to. This cannot be taken back.",
			"Unsubscribing and preferences go on working, and so do the links of the mails to come.",
		},
		Action: v.Path("subscribers", s.ID, "revoke"), Label: "Revoke the links", Class: "stop", Back: back, BackLabel: "Leave them",
	})
}

func (c *console) revokeLinks(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.oneSubscriber(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.RevokeLinks(r.Context(), v.By, s.ID); err != nil {
		return err
	}
	return c.done(w, r, v.Path("subscribers", s.ID), fmt.Sprintf("The links in all mails that %s has had lead nowhere now.", called(s.Subscriber)))
}
