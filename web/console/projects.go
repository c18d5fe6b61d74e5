package console

import (
	"net/http"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// houseRoutes are the list of projects, and a new one.
func (c *console) houseRoutes() []route {
	return []route{
		{pattern: "GET /projects", do: c.projectsPage},
		{pattern: "GET /projects/new", do: c.newProjectPage},
		{pattern: "POST /projects/new", do: c.addProject},
	}
}

type projectsPage struct {
	page
	Projects []projectLine
	New      string // where a project is added; "" for those who may not
}

type projectLine struct {
	digest.Membership
	Path, RoleIs string
}

func (c *console) projectsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	s := &projectsPage{page: v.page("Projects", "projects")}
	for _, m := range v.Memberships {
		role := roleWord(m.Role)
		if v.Account.Operator {
			role = "Operator"
		}
		s.Projects = append(s.Projects, projectLine{m, c.path("p", m.Key, ""), role})
	}
	if n := len(s.Projects); n > 0 {
		s.Lead = look.Count(n, "project", "") + " you are in"
		if v.Account.Operator {
			s.Lead = look.Count(n, "project", "") + " on this installation"
		}
	}
	if v.Account.Operator {
		s.New = c.path("projects", "new")
	}
	return c.show(w, r, "projects", s)
}

// newProject is the form of a new project.
type newProject struct {
	settingsPage
	Post string
}

func (c *console) newProjectPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.showNewProject(w, r, v, digest.Project{Zone: "UTC", Locale: "en", WeekStart: time.Monday}, nil)
}

func (c *console) showNewProject(w http.ResponseWriter, r *http.Request, v *visit, p digest.Project, faults Faults) error {
	if !v.Account.Operator {
		return digest.ErrNotFound
	}
	s := &newProject{settingsPage: settingsPage{settled: settled{page: v.page("New project", "projects", Crumb{"Projects", c.path("projects")}), Mine: true}, P: p}, Post: c.path("projects", "new")}
	s.Lead = "A tenant with its own sources, digests, subscribers and people. You are its first owner."
	s.fill(c, v, faults)
	return c.show(w, r, "newproject", s)
}

func (c *console) addProject(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.Account.Operator {
		return digest.ErrNotFound
	}
	p := digest.Project{Key: strings.TrimSpace(r.PostForm.Get("key"))}
	faults := headFrom(r.PostForm, &p)
	if p.Key == "" {
		p.Key = keyOf(p.Name)
	}
	if !keyForm.MatchString(p.Key) {
		faults["key"] = "Use small letters, digits and hyphens, at most 63: support-desk."
	}
	var err error
	if len(faults) == 0 {
		if faults, err = refusedOr(c.Works.CheckHead(p)); err != nil {
			return err
		}
	}
	var made digest.Membership
	if len(faults) == 0 {
		made, err = c.House.AddProject(r.Context(), v.By, p)
		if faults, err = refusedOr(err); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return c.showNewProject(w, r, v, p, faults)
	}
	c.Log.Info("project added", "project", made.Key, "account", v.Account.ID)
	return c.done(w, r, c.path("p", made.Key, ""), made.Name+" is there. Add a source first.")
}
