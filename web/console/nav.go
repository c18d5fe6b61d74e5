package console

import "fortnight/digest"

// What the frame prints that a page need not know.

// Entry is one line of the bar.
type Entry struct {
	Name, Path, Icon string
	Current          bool
	Rule             bool // a line above it
	Needs            int
}

// Entries is the bar of a project, or of a person outside one.
func (p *page) Entries() []Entry {
	if p.In.Key == "" {
		return []Entry{
			{Name: "Projects", Path: p.ProjectsPath(), Icon: "digests", Current: p.Here == "projects"},
			{Name: "Account", Path: p.AccountPath(), Icon: "key", Current: p.Here == "account"},
		}
	}
	needs := 0
	if n, err := p.visit.Needs(p.r.Context()); err == nil {
		needs = n.Count()
	} else if p.r.Context().Err() == nil {
		p.c.Log.Error("matters not counted", "project", p.In.Key, "error", err)
	}
	all := []Entry{
		{Name: "Overview", Path: p.Path(""), Icon: "overview", Needs: needs},
		{Name: "Digests", Path: p.Path("digests"), Icon: "digests"},
		{Name: "Editions", Path: p.Path("editions"), Icon: "editions"},
		{Name: "Calendar", Path: p.Path("calendar"), Icon: "calendar"},
		{Name: "Subscribers", Path: p.Path("subscribers"), Icon: "subscribers"},
		{Name: "Sources", Path: p.Path("sources"), Icon: "sources"},
		{Name: "Settings", Path: p.Path("settings"), Icon: "settings", Rule: true},
		{Name: "Audit", Path: p.Path("audit"), Icon: "audit"},
	}
	for i := range all {
		all[i].Current = all[i].Icon == p.Here
	}
	return all
}

// Other is another project of the person's.
type Other struct {
	digest.Membership
	Path string
}

// OtherProjects are the first of the person's other projects.
func (p *page) OtherProjects() []Other {
	var all []Other
	for _, m := range p.Memberships {
		if m.Key != p.In.Key && len(all) < 8 {
			all = append(all, Other{m, p.c.path("p", m.Key, "")})
		}
	}
	return all
}

// RoleWord is "Owner", "Editor" or "Viewer", "Operator" for one who is no member, "" outside a project.
func (p *page) RoleWord() string {
	if p.In.Key == "" {
		return ""
	}
	return roleWord(p.Role)
}

func roleWord(r digest.MemberRole) string {
	switch r {
	case digest.RoleOwner:
		return "Owner"
	case digest.RoleEditor:
		return "Editor"
	case digest.RoleViewer:
		return "Viewer"
	}
	return string(r)
}

// Home is where the mark leads.
func (p *page) Home() string {
	if p.In.Key != "" {
		return p.Path("")
	}
	return p.c.path("projects")
}

// Place is the project's zone as a place: "Berlin"; UTC outside a project.
func (p *page) Place() string { return p.clock().place() }

// SignInPath and OIDCPath are the ways in; ProjectsPath, AccountPath and SignOutPath are the person's own.
func (p *page) SignInPath() string   { return p.c.path("sign-in") }
func (p *page) OIDCPath() string     { return p.c.path("oidc", "start") }
func (p *page) ProjectsPath() string { return p.c.path("projects") }
func (p *page) AccountPath() string  { return p.c.path("account") }
func (p *page) SignOutPath() string  { return p.c.path("sign-out") }

// Said is what the change before this page said, once.
func (p *page) Said() *Flash { return p.c.said(p.r) }
