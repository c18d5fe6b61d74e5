package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/cells"
	"fortnight/web/look"
)

// auditRoutes are what was changed, when and by whom.
func (c *console) auditRoutes() []route {
	return []route{
		{pattern: "GET /audit", role: digest.RoleViewer, do: c.auditPage},
		{pattern: "GET /audit.csv", role: digest.RoleViewer, do: c.auditFile, within: 2 * time.Minute},
	}
}

type auditPage struct {
	page
	Search string
	Lines  []auditLine
	Total  int
	Next   string
	CSV    string
	First  string // of the list, where this is a later part
}

// auditLine is a change in words.
type auditLine struct {
	digest.AuditLine
	Did, Object string
	Details     []difference
	Notes       []string
}

// difference is one value, before and after.
type difference struct{ What, From, To string }

func (c *console) auditPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	search, after := strings.TrimSpace(q.Get("q")), q.Get("after")
	found, err := v.Office.Audit(r.Context(), digest.AuditWanted{What: search, Page: digest.Page{After: after, Size: 50}})
	if err != nil {
		return err
	}
	s := &auditPage{page: v.page("Audit", "audit"), Search: search, Total: found.Total}
	s.Lead = "Every change to this project: by people here, by programs, by applied files, and by readers of their own mail."
	for _, l := range found.Lines {
		s.Lines = append(s.Lines, auditLineOf(l))
	}
	asked := url.Values{}
	if search != "" {
		asked.Set("q", search)
	}
	s.CSV = query(v.Path("audit.csv"), asked)
	if after != "" {
		s.First = query(v.Path("audit"), asked)
	}
	if found.Next != "" {
		asked.Set("after", found.Next)
		s.Next = query(v.Path("audit"), asked)
	}
	return c.show(w, r, "audit", s)
}

func auditLineOf(l digest.AuditLine) auditLine {
	kind, object, ok := strings.Cut(l.What, " ")
	if !ok {
		object = ""
	}
	line := auditLine{AuditLine: l, Did: didWords(l.Verb) + " " + kind, Object: object, Notes: l.Change.Notes}
	for _, d := range l.Change.Details {
		line.Details = append(line.Details, difference{strings.ReplaceAll(d.What, "_", " "), plainValue(d.From), plainValue(d.To)})
	}
	return line
}

// didWords is a verb as something done: "added", "switched on".
func didWords(verb string) string {
	first, rest, _ := strings.Cut(verb, " ")
	switch {
	case strings.HasSuffix(first, "send"):
		first = strings.TrimSuffix(first, "d") + "t"
	case strings.HasSuffix(first, "e"):
		first += "d"
	default:
		first += "ed"
	}
	return capital(strings.TrimSpace(first + " " + rest))
}

// plainValue makes a JSON value readable: a text without its quotes, on and off, a list with commas.
func plainValue(s string) string {
	var value any
	if s == "" || json.Unmarshal([]byte(s), &value) != nil {
		return s
	}
	switch x := value.(type) {
	case string:
		if x == "" {
			return "empty"
		}
		return x
	case bool:
		if x {
			return "yes"
		}
		return "no"
	case []any:
		var parts []string
		for _, one := range x {
			text, ok := one.(string)
			if !ok {
				return s
			}
			parts = append(parts, text)
		}
		if len(parts) == 0 {
			return "none"
		}
		return strings.Join(parts, ", ")
	case nil:
		return ""
	}
	return s
}

// auditFile gives the whole list, as filtered, a value a line.
func (c *console) auditFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	wanted := digest.AuditWanted{What: strings.TrimSpace(r.URL.Query().Get("q")), Page: digest.Page{Size: 500}}
	found, err := v.Office.Audit(r.Context(), wanted)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="audit-%s-%s.csv"`, v.In.Key, v.Now().Format("2006-01-02")))
	out, err := cells.Begin(w)
	if err != nil {
		return nil //nolint:nilerr // nobody is there any more
	}
	_ = out.Line("at", "who", "via", "verb", "what", "value", "from", "to", "notes")
	for {
		for _, l := range found.Lines {
			line := func(value, from, to string) {
				_ = out.Line(l.At.UTC().Format(time.RFC3339), l.Name, l.Via, l.Verb, l.What, value, from, to, strings.Join(l.Change.Notes, "; "))
			}
			for _, d := range l.Change.Details {
				line(d.What, d.From, d.To)
			}
			if len(l.Change.Details) == 0 {
				line("", "", "")
			}
		}
		if err := out.Flush(); err != nil {
			return nil //nolint:nilerr // nobody is there any more
		}
		if found.Next == "" {
			return nil
		}
		wanted.After = found.Next
		if found, err = v.Office.Audit(r.Context(), wanted); err != nil {
			return errors.Join(errors.New("audit broken off"), err)
		}
	}
}

// Count is how many there are, in words.
func (p *auditPage) Count() string { return look.Count(p.Total, "change", "") }
