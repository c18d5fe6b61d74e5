package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
	"fortnight/web/roster"
	"fortnight/web/zones"
)

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
	Digest, Address, Name, Audience, Locale, Zone, Agent string
	PDF                                                  bool
}

type subscriberDelivery struct {
	Edition, Path, At, Told string
	State                   look.Stated
}

func readSubscriber(v url.Values) subscriberForm {
	one := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	return subscriberForm{
		Digest: one("digest"), Address: one("address"), Name: one("name"), Audience: one("audience"), Locale: one("locale"), Zone: one("zone"), Agent: one("agent"), PDF: v.Get("pdf") == "attached",
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
	s.Name, s.PDF, s.Zone, s.Agent = cmp.Or(f.Name, name), f.PDF, f.Zone, f.Agent
	if len(f.Agent) > 200 || strings.ContainsFunc(f.Agent, unicode.IsControl) {
		faults["agent"] = "Write the agent’s id on the platform."
	}
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
	digests, err := v.Office.DigestNames(r.Context())
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
		if !slices.Contains([]string{"address", "name", "audience", "agent", "locale", "zone", "digest"}, last) {
			last = ""
		}
		at[last] = strings.TrimSpace(at[last] + " " + sentence(reason))
	}
	return at
}

// findSubscriber gives the subscription of an address; nil where there is none.
func findSubscriber(ctx context.Context, o office.Project, key, address string) (*digest.SubscriberLine, error) {
	for _, state := range []string{"", "removed"} {
		for s, err := range office.EverySubscriber(ctx, o, digest.SubscribersWanted{Digest: key, Search: address, State: state}) {
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
	view, err := c.onePage(r, v, s, subscriberForm{s.Digest, s.Address, s.Name, string(s.Audience), s.Locale, s.Zone, s.Agent, s.PDF})
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
		view.Suppression = "Nothing is sent to this address. " + suppressed(s.Suppressed)
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
