package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fortnight/digest"
)

// saveDigest saves the form ("do" is save), or shows what it comes to: with the preview's subject (update, and a section moved up or
// down), or at once without (look, which the script asks).
func (c *console) saveDigest(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	project, sources, err := c.headAndSources(r, v)
	if err != nil {
		return err
	}
	f := readFilled(r.PostForm)
	do, key, _ := strings.Cut(r.PostForm.Get("do"), ":")
	switch do {
	case "up":
		f.move(key, -1)
	case "down":
		f.move(key, 1)
	}
	now, faults := f.config(d.Config, project)
	if err := c.Works.CheckDigest(project, now); err != nil {
		more := faultsOf(err)
		if more == nil {
			return err
		}
		for field, reason := range more {
			field = controlOf(field, f)
			if faults[field] == "" {
				faults[field] = reason
			}
		}
	}
	stale := []string(nil)
	if do == "save" && len(faults) == 0 {
		changes := unsaved(d.Config, now, project)
		_, _, err := v.Office.SaveDigest(r.Context(), v.By, now, f.Version)
		switch {
		case err == nil:
			text := "Saved: " + strings.Join(changes, "; ") + "."
			if len(changes) == 0 {
				text = "Saved; nothing was changed."
			}
			if lost := lostBy(d, f, now, project); lost != "" {
				text += " " + lost
			}
			return c.done(w, r, with(v.Path("digests", d.Config.Key), c.looked(r, project)), text)
		case errors.Is(err, digest.ErrStale):
			if d, err = v.Office.Digest(r.Context(), d.Config.Key); err != nil {
				return err
			}
			if stale, err = c.whoChanged(r, v, project, d, f.Version); err != nil {
				return err
			}
			f.Version = d.Version
		default:
			if faults = faultsOf(err); faults == nil {
				return err
			}
			atControls := Faults{}
			for field, reason := range faults {
				atControls[controlOf(field, f)] = sentence(reason)
			}
			faults = atControls
		}
	}
	view, err := c.editorPage(r, v, p, project, sources, d, f, now, faults, r.PostForm, do != "save" && do != "look")
	if err != nil {
		return err
	}
	view.Stale, view.Tried = stale, do == "save"
	switch {
	case stale != nil:
		view.Status = http.StatusConflict
	case len(faults) > 0:
		view.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "editor", view)
}

// looked is the query that brings the editor back as it was looked at.
func (c *console) looked(r *http.Request, project digest.Project) url.Values {
	q := lookingOf(r.Form, project, c.Works.Locales()).query()
	if zone := r.Form.Get("compare"); zone != "" {
		q.Set("compare", zone)
	}
	return q
}

// backToEditor is the editor's address with what was typed and is not saved.
func (c *console) backToEditor(r *http.Request, v *visit, d digest.DigestLine) (string, error) {
	project, err := v.Project(r.Context())
	if err != nil {
		return "", err
	}
	q := c.looked(r, project)
	if r.PostForm.Has("kind") {
		now, _ := readFilled(r.PostForm).config(d.Config, project)
		if len(unsaved(d.Config, now, project)) > 0 {
			draft, err := draftOf(now)
			if err != nil {
				return "", err
			}
			q.Set("draft", draft)
		}
	} else if draft := r.PostForm.Get("draft"); draft != "" {
		q.Set("draft", draft)
	}
	return with(v.Path("digests", d.Config.Key), q), nil
}

// whoChanged tells of the changes that came between: one for each version, the latest last.
func (c *console) whoChanged(r *http.Request, v *visit, project digest.Project, d digest.DigestLine, read int) ([]string, error) {
	what := "digest " + v.In.Key + "/" + d.Config.Key
	lines, err := v.Office.Audit(r.Context(), digest.AuditWanted{What: what, Page: digest.Page{Size: 50}})
	if err != nil {
		return nil, err
	}
	var since []digest.AuditLine
	for _, l := range lines.Lines {
		if l.What == what && len(since) < d.Version-read {
			since = append(since, l)
		}
	}
	slices.Reverse(since)
	told := changedBy(since, clockOf(project, c.Now()))
	if len(told) == 0 {
		told = []string{"Somebody changed it."}
	}
	return told, nil
}
