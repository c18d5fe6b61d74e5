package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

// webhookRoutes are the addresses that the project's events are posted to.
func (c *console) webhookRoutes() []route {
	return []route{
		{pattern: "GET /settings/webhooks", role: digest.RoleOwner, do: c.webhooksPage},
		{pattern: "POST /settings/webhooks", role: digest.RoleOwner, do: c.addWebhook},
		{pattern: "GET /settings/webhooks/{webhook}", role: digest.RoleOwner, do: c.webhookPage},
		{pattern: "POST /settings/webhooks/{webhook}", role: digest.RoleOwner, do: c.saveWebhook},
		{pattern: "POST /settings/webhooks/{webhook}/test", role: digest.RoleOwner, do: c.testWebhook},
		{pattern: "POST /settings/webhooks/{webhook}/remove", role: digest.RoleOwner, do: c.removeWebhook},
	}
}

type webhooksPage struct {
	settled
	Webhooks []webhookLine
	Made     *digest.Webhook // with its secret, this once
	Form     webhookForm
}

// webhookForm is what can be filled in.
type webhookForm struct {
	URL    string
	Active bool
	All    bool // every event, those to come too
	Events []option
}

type webhookLine struct {
	digest.Webhook
	Path, Events string
	State, Said  string // of the last posting
}

// eventWords are the kinds of event as people say them.
func eventWords(kind string) string {
	switch kind {
	case digest.EventEditionReady:
		return "An edition is ready"
	case digest.EventEditionHeld:
		return "An edition is held"
	case digest.EventEditionParked:
		return "An edition is parked"
	case digest.EventEditionDone:
		return "An edition is sent"
	case digest.EventEditionArchived:
		return "An edition goes to the archive only"
	case digest.EventDeliverySent:
		return "A delivery is sent"
	case digest.EventDeliveryFailed:
		return "A delivery failed"
	case digest.EventDeliveryUnknown:
		return "A delivery’s answer never came"
	case digest.EventDeliveryExpired:
		return "A delivery expired"
	case digest.EventDeliveryBounced:
		return "A delivery bounced"
	case digest.EventTest:
		return "A test"
	}
	return kind
}

func webhookFormOf(w digest.Webhook) webhookForm {
	f := webhookForm{URL: w.URL, Active: w.Active, All: len(w.Events) == 0}
	for _, kind := range digest.Events() {
		f.Events = append(f.Events, option{Value: kind, Name: eventWords(kind), Chosen: slices.Contains(w.Events, kind)})
	}
	return f
}

// webhookFrom reads the form.
func webhookFrom(f url.Values) (w digest.Webhook, faults Faults) {
	w = digest.Webhook{URL: strings.TrimSpace(f.Get("url")), Active: f.Get("active") != ""}
	faults = Faults{}
	if u, err := url.Parse(w.URL); w.URL == "" {
		faults["url"] = "The address is missing."
	} else if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		faults["url"] = "This is no address to post to. Write one that begins with https://."
	} else if u.User != nil {
		faults["url"] = "The address has a password in it. Check the signature instead."
	} else if len(w.URL) > 1000 {
		faults["url"] = "The address has more than 1,000 letters."
	}
	if f.Get("which") != "all" {
		for _, kind := range digest.Events() {
			if slices.Contains(f["event"], kind) {
				w.Events = append(w.Events, kind)
			}
		}
		if len(w.Events) == 0 {
			faults["events"] = "Choose at least one event, or all."
		}
	}
	return w, faults
}

func (c *console) webhooksPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.showWebhooks(w, r, v, func(*webhooksPage) {})
}

func (c *console) showWebhooks(w http.ResponseWriter, r *http.Request, v *visit, more func(*webhooksPage)) error {
	hooks, err := v.Office.Webhooks(r.Context())
	if err != nil {
		return err
	}
	s := &webhooksPage{settled: v.settled("Webhooks", "Webhooks"), Form: webhookFormOf(digest.Webhook{Active: true})}
	s.Lead = "Fortnight posts a line of JSON to these addresses when something happens. Each is signed with a secret of its own."
	for _, h := range hooks {
		line := webhookLine{Webhook: h, Path: v.Path("settings", "webhooks", h.ID), Events: "all events"}
		if n := len(h.Events); n > 0 {
			line.Events = look.Count(n, "kind of event", "kinds of event")
		}
		line.State, line.Said = postingState(v.clock(), h.Last)
		s.Webhooks = append(s.Webhooks, line)
	}
	more(s)
	if len(s.Faults) > 0 {
		s.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "webhooks", s)
}

// postingState is what became of a posting: a state of look.Of, and a line of words.
func postingState(at clock, p *digest.Posting) (state, said string) {
	switch {
	case p == nil:
		return "", "nothing posted yet"
	case !p.Done.IsZero():
		return "sent", at.moment(p.Done) + ", answered " + strconv.Itoa(p.Status)
	case p.NextAt.IsZero():
		return "failed", sentence(answerOf(p)) + " Given up after " + look.Count(p.Tries, "try", "tries") + "."
	case p.Tries == 0:
		return "planned", "on its way"
	}
	return "deferred", sentence(answerOf(p)) + " Tried again " + at.moment(p.NextAt) + "."
}

func answerOf(p *digest.Posting) string {
	switch {
	case p.Status != 0 && p.Answer != "":
		return "answered " + strconv.Itoa(p.Status) + ": " + p.Answer
	case p.Status != 0:
		return "answered " + strconv.Itoa(p.Status)
	case p.Answer != "":
		return p.Answer
	}
	return "no answer came"
}

// addWebhook makes one and shows its secret, in the answer itself.
func (c *console) addWebhook(w http.ResponseWriter, r *http.Request, v *visit) error {
	hook, faults := webhookFrom(r.PostForm)
	hook.Active = true
	if len(faults) == 0 {
		made, err := v.Office.AddWebhook(r.Context(), v.By, hook)
		if err == nil {
			return c.showWebhooks(w, r, v, func(s *webhooksPage) { s.Made = &made })
		}
		if faults, err = refusedOr(err); err != nil {
			return err
		}
	}
	return c.showWebhooks(w, r, v, func(s *webhooksPage) {
		s.Faults, s.Form = faults, webhookFormOf(hook)
		s.Form.All = r.PostForm.Get("which") == "all"
	})
}

type webhookPage struct {
	settled
	Hook     digest.Webhook
	Form     webhookForm
	Postings []postingLine
	Total    int
	Next     string
	Post     string
}

type postingLine struct {
	digest.Posting
	Event, State, Said string
}

func (c *console) webhookOf(r *http.Request, v *visit) (digest.Webhook, error) {
	id, err := strconv.ParseInt(r.PathValue("webhook"), 10, 64)
	if err != nil {
		return digest.Webhook{}, digest.ErrNotFound
	}
	hooks, err := v.Office.Webhooks(r.Context())
	if err != nil {
		return digest.Webhook{}, err
	}
	for _, h := range hooks {
		if h.ID == id {
			return h, nil
		}
	}
	return digest.Webhook{}, digest.ErrNotFound
}

func (c *console) webhookPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	hook, err := c.webhookOf(r, v)
	if err != nil {
		return err
	}
	return c.showWebhook(w, r, v, hook, webhookFormOf(hook), nil)
}

func (c *console) showWebhook(w http.ResponseWriter, r *http.Request, v *visit, hook digest.Webhook, form webhookForm, faults Faults) error {
	after := r.URL.Query().Get("after")
	postings, err := v.Office.Postings(r.Context(), hook.ID, digest.Page{After: after, Size: 25})
	if err != nil {
		return err
	}
	title := hook.URL
	if u, err := url.Parse(hook.URL); err == nil {
		title = u.Host
	}
	s := &webhookPage{settled: v.settled(title, "Webhooks"), Hook: hook, Form: form, Total: postings.Total, Post: v.Path("settings", "webhooks", hook.ID)}
	s.Crumbs = append(s.Crumbs, Crumb{"Webhooks", v.Path("settings", "webhooks")})
	for _, p := range postings.Lines {
		state, said := postingState(v.clock(), &p)
		s.Postings = append(s.Postings, postingLine{p, eventWords(p.Kind), state, said})
	}
	if postings.Next != "" {
		s.Next = query(s.Post, url.Values{"after": {postings.Next}})
	}
	if faults != nil {
		s.Faults, s.Status = faults, http.StatusUnprocessableEntity
	}
	return c.show(w, r, "webhook", s)
}

func (c *console) saveWebhook(w http.ResponseWriter, r *http.Request, v *visit) error {
	kept, err := c.webhookOf(r, v)
	if err != nil {
		return err
	}
	hook, faults := webhookFrom(r.PostForm)
	hook.ID = kept.ID
	if len(faults) == 0 {
		if faults, err = refusedOr(v.Office.SaveWebhook(r.Context(), v.By, hook)); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		form := webhookFormOf(hook)
		form.All = r.PostForm.Get("which") == "all"
		return c.showWebhook(w, r, v, kept, form, faults)
	}
	said := "Saved."
	if !hook.Active {
		said = "Saved. Nothing is posted there while it is off."
	}
	return c.done(w, r, v.Path("settings", "webhooks", hook.ID), said)
}

func (c *console) testWebhook(w http.ResponseWriter, r *http.Request, v *visit) error {
	hook, err := c.webhookOf(r, v)
	if err != nil {
		return err
	}
	said := "A test is on its way. Its answer stands among the postings in a few seconds: look again."
	var refused *digest.RefusedError
	if err := v.Office.TestWebhook(r.Context(), v.By, hook.ID); errors.As(err, &refused) {
		said = refused.Reason
	} else if err != nil {
		return err
	}
	return c.done(w, r, v.Path("settings", "webhooks", hook.ID), said)
}

func (c *console) removeWebhook(w http.ResponseWriter, r *http.Request, v *visit) error {
	hook, err := c.webhookOf(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.RemoveWebhook(r.Context(), v.By, hook.ID); err != nil {
		return err
	}
	return c.done(w, r, v.Path("settings", "webhooks"), "The webhook is gone. What was on its way there is not posted.")
}
