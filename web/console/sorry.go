package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"fortnight/digest"
)

// link is an act of a page without a form.
type link struct{ Name, Path string }

// sorryPage says why there is no page.
type sorryPage struct {
	page
	Text []string
	Acts []link
}

// fail shows why there is no page, or why nothing was done. The log has the pattern, not the address: addresses of the sign-in hold
// tokens. With tell, a fault of ours is logged.
func (c *console) fail(w *begun, r *http.Request, v *visit, err error, tell bool) {
	p := &sorryPage{}
	var refused *digest.RefusedError
	var role *roleError
	var large *http.MaxBytesError
	status := http.StatusInternalServerError
	where := "Fortnight"
	if v.In.Key != "" {
		where = v.In.Name
		p.Acts = []link{{"Overview", v.Path("")}}
	} else if v.Account.ID != 0 {
		p.Acts = []link{{"Projects", c.path("projects")}}
	} else {
		p.Acts = []link{{"Sign in", c.path("sign-in")}}
	}
	switch {
	case errors.Is(err, digest.ErrNotFound):
		status = http.StatusNotFound
		p.Title, p.Text = "There is no such page in "+where, []string{"The address may be mistyped, or what it showed was removed. If it belongs to another project, switch to that project first."}
		if v.In.Key != "" {
			p.Acts = append(p.Acts, link{"All editions", v.Path("editions")})
		}
	case errors.Is(err, errMethod):
		status = http.StatusMethodNotAllowed
		p.Title, p.Text = "This address only takes a form", []string{"It does something when a button is pressed. There is nothing to show here, and nothing was done."}
	case errors.As(err, &role):
		status = http.StatusForbidden
		p.Title = capital(article(role.need)) + " may do this"
		p.Text = append([]string{fmt.Sprintf("You are %s of %s.", article(v.Role), v.In.Name)}, v.holders(role.need)...)
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
		p.Title, p.Text = "That is too large", []string{fmt.Sprintf("At most %s can be sent here. Nothing was kept.", bytesWord(large.Limit))}
	case errors.As(err, &refused):
		status = http.StatusUnprocessableEntity
		p.Title = "Nothing was done"
		for _, reason := range faultsOf(err) {
			p.Text = append(p.Text, reason)
		}
	case errors.Is(err, digest.ErrStale):
		status = http.StatusConflict
		p.Title, p.Text = "Somebody else has changed it meanwhile", []string{"Nothing of yours was saved. Go back, load the page again and make your change on what is there now."}
	case errors.Is(err, digest.ErrNotDue):
		status = http.StatusConflict
		p.Title, p.Text = "That is no longer possible", []string{sentence(err.Error()), "Nothing was done."}
	case r.Context().Err() != nil && errors.Is(r.Context().Err(), context.DeadlineExceeded):
		status = http.StatusServiceUnavailable
		p.Title, p.Text = "It took too long", []string{"The answer did not come in time. Nothing is lost; try again in a minute."}
		c.Log.Warn("page took too long", "route", r.Pattern, "error", err)
	case r.Context().Err() != nil:
		return // nobody is there to read it
	default:
		p.Title, p.Text = "This page has failed", []string{"It is our fault, and it is in the log. Try again in a minute; if it fails again, tell whoever runs Fortnight here."}
		if tell {
			c.Log.Error("page failed", "route", r.Pattern, "project", v.In.Key, "error", err)
		}
	}
	if w.yes {
		panic(http.ErrAbortHandler) // half of an answer is no answer
	}
	p.visit, p.Status = v, status
	if err := c.show(w, r, "sorry", p); err != nil {
		c.Log.Error("page not printed", "page", "sorry", "error", err)
		http.Error(w, p.Title, status)
	}
}

// holders says who in the project may do what a role may.
func (v *visit) holders(need digest.MemberRole) []string {
	members, err := v.Office.Members(v.r.Context())
	if err != nil {
		return nil
	}
	var names []string
	for _, m := range members {
		if m.Role.Includes(need) && len(names) < 5 {
			names = append(names, m.Called())
		}
	}
	if len(names) == 0 {
		return []string{"Nobody here has that role. Ask whoever runs Fortnight."}
	}
	return []string{listing(names) + " can do it, or can give you the role under Settings, People."}
}

// article is "an owner".
func article(r digest.MemberRole) string {
	if r == digest.RoleViewer {
		return "a viewer"
	}
	return "an " + string(r)
}

// bytesWord is a size for people: "256 kB".
func bytesWord(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%.3g MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d kB", (n+1023)>>10)
}
