package console

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

var sourceKeyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// readSource reads what was filled in. With no new password or address the kept one stays.
func (c *console) readSource(r *http.Request, key string) (digest.Source, Faults) {
	s := digest.Source{
		Key: key, Platform: r.PostFormValue("platform"), DSN: strings.TrimSpace(r.PostFormValue("dsn")), Tenant: strings.TrimSpace(r.PostFormValue("tenant")),
		Link: strings.TrimSpace(r.PostFormValue("link")),
	}
	faults := Faults{}
	isNew := key == ""
	if isNew {
		s.Key = strings.TrimSpace(r.PostFormValue("key"))
		if !sourceKeyForm.MatchString(s.Key) {
			faults["key"] = "Use small letters, digits and hyphens, at most 63: chatwoot-eu."
		}
	}
	if !slices.Contains(c.Works.Platforms(), s.Platform) {
		faults["platform"] = "Choose one of the platforms."
	}
	if s.Tenant == "" {
		faults["tenant"] = "Say which tenant: one database may have several."
	}
	if err := digest.CheckLink(s.Link); err != nil {
		faults["link"] = sentence(err.Error())
	}
	switch {
	case isNew && s.DSN == "":
		faults["dsn"] = "Without an address there is nothing to read."
	case s.DSN != "" && !looksLikeDSN(s.DSN):
		faults["dsn"] = "This is not an address of PostgreSQL: it begins with postgres:// or has the form host=… dbname=… user=…."
	}
	if len(faults) == 0 {
		return s, nil
	}
	return s, faults
}

// looksLikeDSN tells the two forms that PostgreSQL's clients take.
func looksLikeDSN(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") || strings.Contains(s, "host=")
}

func (c *console) addSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, faults := c.readSource(r, "")
	if faults == nil {
		_, err := c.sourceOf(r.Context(), v, s.Key)
		switch {
		case err == nil:
			faults = Faults{"key": "There is a source of this name already."}
		case !errors.Is(err, digest.ErrNotFound):
			return err
		}
	}
	if faults == nil {
		if _, err := v.Office.SaveSource(r.Context(), v.By, s); err != nil {
			if faults = faultsOf(err); faults == nil {
				return err
			}
		}
	}
	if faults != nil {
		s.DSN = "" // a secret is not printed back
		return c.listSources(w, r, v, s, faults)
	}
	return c.lookAndTell(w, r, v, s.Key, "Source "+s.Key+" is added")
}

func (c *console) saveSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	line, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	s, faults := c.readSource(r, line.Key)
	var change digest.Change
	if faults == nil {
		if change, err = v.Office.SaveSource(r.Context(), v.By, s); err != nil {
			if faults = faultsOf(err); faults == nil {
				return err
			}
		}
	}
	if faults != nil {
		s.DSN = ""
		return c.showSource(w, r, v, line, s, faults)
	}
	if len(change.Details)+len(change.Notes) == 0 && s.DSN == "" {
		return c.done(w, r, v.Path("sources", s.Key), "Nothing was changed.")
	}
	return c.lookAndTell(w, r, v, s.Key, "Source "+s.Key+" is saved")
}

func (c *console) probeSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	return c.lookAndTell(w, r, v, s.Key, "")
}

// lookAndTell probes a source, keeps what was found, and says it on the source's page.
func (c *console) lookAndTell(w http.ResponseWriter, r *http.Request, v *visit, key, done string) error {
	ctx := r.Context()
	to := v.Path("sources", key)
	s, err := v.Office.SourceSecret(ctx, key)
	if err != nil {
		return err
	}
	found := c.Works.Probe(ctx, s)
	if err := v.Office.Probed(ctx, key, found); err != nil {
		return err
	}
	if found.Fault != "" {
		said := "It cannot be read. " + sentence(found.Fault)
		if done != "" {
			said = done + ", and cannot be read. " + sentence(found.Fault)
		}
		c.flash(r, Flash{Kind: "fail", Text: said})
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	said := "It can be read, and can fill " + look.Count(len(found.Sections), "section", "") + "."
	if done != "" {
		said = done + ". " + said
	}
	return c.done(w, r, to, said)
}

// --- Removing ---

func (c *console) askRemoveSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	digests, err := v.Office.DigestsToCome(r.Context())
	if err != nil {
		return err
	}
	a := &question{
		page:   v.page("Remove source "+s.Key+"?", "sources", Crumb{"Sources", v.Path("sources")}, Crumb{s.Key, v.Path("sources", s.Key)}),
		Action: v.Path("sources", s.Key, "remove"), Label: "Remove " + s.Key, Class: "stop", Back: v.Path("sources", s.Key), BackTo: "Keep it",
		Text:    []string{"Its address and password are forgotten. Editions that were made from it keep their figures."},
		Warning: "To have it back, its password has to be set again.",
	}
	if len(s.Used) > 0 {
		a.Label, a.Warning = "", ""
		a.Text = []string{usedBy(s.Used, digests) + " " + map[bool]string{true: "reads", false: "read"}[len(s.Used) == 1] + " it. Choose another source for their sections first, or switch those off."}
		a.Title = s.Key + " cannot be removed"
	}
	return c.show(w, r, "ask", a)
}

func (c *console) removeSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	key := r.PathValue("source")
	if err := v.Office.RemoveSource(r.Context(), v.By, key); err != nil {
		if faultsOf(err) == nil {
			return err
		}
		http.Redirect(w, r, v.Path("sources", key, "remove"), http.StatusSeeOther) // it says who reads it
		return nil
	}
	return c.done(w, r, v.Path("sources"), "Source "+key+" is removed.")
}
