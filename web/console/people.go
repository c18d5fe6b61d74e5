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
	"fortnight/web/roster"
)

// peopleRoutes are the project's people: who is in, in which role, how one comes in and goes.
func (c *console) peopleRoutes() []route {
	return []route{
		{pattern: "GET /settings/people", role: digest.RoleViewer, do: c.peoplePage},
		{pattern: "POST /settings/people", role: digest.RoleOwner, do: c.invite},
		{pattern: "POST /settings/people/{account}", role: digest.RoleOwner, do: c.changeRole},
		{pattern: "POST /settings/people/{account}/invite", role: digest.RoleOwner, do: c.inviteAgain},
		{pattern: "GET /settings/people/{account}/remove", role: digest.RoleOwner, do: c.removalPage},
		{pattern: "POST /settings/people/{account}/remove", role: digest.RoleOwner, do: c.removeMember},
	}
}

func faultOfAddress(address string) string { return roster.FaultOfAddress(address) }

type peoplePage struct {
	settled
	Members []memberLine
	Invited *invited // just now
	Form    struct{ Address, Name string }
	Roles   []roleChoice
	Owners  int
}

type memberLine struct {
	digest.Member
	RoleIs string
	Path   string
	Roles  []option
	Self   bool
	Last   bool // the only owner
}

// invited is what an invitation came to. The link is shown to who runs the installation, once: only its hash is kept.
type invited struct {
	Address, Link, Fault string
}

type roleChoice struct {
	option
	Says string
}

func roleChoices(chosen digest.MemberRole) []roleChoice {
	all := []roleChoice{
		{option{Value: string(digest.RoleViewer), Name: "Viewer"}, "Reads everything but secrets."},
		{option{Value: string(digest.RoleEditor), Name: "Editor"}, "Also changes digests, subscribers and sources, sends and releases."},
		{option{Value: string(digest.RoleOwner), Name: "Owner"}, "Also settings, people, API keys and webhooks."},
	}
	for i := range all {
		all[i].Chosen = all[i].Value == string(chosen)
	}
	return all
}

func (c *console) peoplePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.showPeople(w, r, v, func(*peoplePage) {})
}

func (c *console) showPeople(w http.ResponseWriter, r *http.Request, v *visit, more func(*peoplePage)) error {
	members, err := v.Office.Members(r.Context())
	if err != nil {
		return err
	}
	s := &peoplePage{settled: v.settled("People", "People"), Roles: roleChoices(digest.RoleEditor)}
	for _, m := range members {
		if m.Role == digest.RoleOwner {
			s.Owners++
		}
	}
	for _, m := range members {
		line := memberLine{Member: m, RoleIs: roleWord(m.Role), Path: v.Path("settings", "people", m.ID), Self: m.ID == v.Account.ID, Last: m.Role == digest.RoleOwner && s.Owners == 1}
		for _, role := range roleChoices(m.Role) {
			line.Roles = append(line.Roles, role.option)
		}
		s.Members = append(s.Members, line)
	}
	s.Lead = look.Count(len(members), "person", "people") + " in this project, " + look.Count(s.Owners, "owner", "") + " among them. Subscribers need no access; they read their mail."
	more(s)
	if len(s.Faults) > 0 {
		s.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "people", s)
}

// invite takes somebody in and mails them a link, good for seven days in any browser.
func (c *console) invite(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := r.PostForm
	address, name, role := strings.TrimSpace(f.Get("address")), strings.TrimSpace(f.Get("name")), digest.MemberRole(f.Get("role"))
	faults := Faults{}
	if fault := roster.FaultOfAddress(address); fault != "" {
		faults["address"] = fault
	}
	if fault := roster.FaultOfName(name); fault != "" {
		faults["name"] = fault
	}
	if !role.Includes(digest.RoleViewer) {
		faults["role"] = "Choose a role."
	}
	if len(faults) == 0 {
		members, err := v.Office.Members(r.Context())
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(members, func(m digest.Member) bool { return strings.EqualFold(m.Address, address) }); i >= 0 {
			faults["address"] = members[i].Called() + " is in the project already, as " + article(members[i].Role) + "."
		}
	}
	var account digest.Account
	if len(faults) == 0 {
		var err error
		account, err = v.Office.SetMember(r.Context(), v.By, address, name, role)
		if faults, err = refusedOr(err); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return c.showPeople(w, r, v, func(s *peoplePage) {
			s.Faults, s.Roles = faults, roleChoices(role)
			s.Form.Address, s.Form.Name = address, name
		})
	}
	return c.sendInvitation(w, r, v, account)
}

// sendInvitation makes the link and mails it. It signs in as its person, who may be in other projects or run the installation: nobody
// but who runs the installation is shown it, and may hand it over.
func (c *console) sendInvitation(w http.ResponseWriter, r *http.Request, v *visit, account digest.Account) error {
	came := &invited{Address: account.Address}
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	token, _, err := c.House.AskIn(r.Context(), account.Address, "", inviteLasts)
	switch {
	case errors.Is(err, digest.ErrNotDue):
		came.Fault = "This address was mailed several links within the last hour, so no further one was made. Try again in an hour."
	case err != nil:
		return err
	default:
		link, instead := c.linkTo(token), "Mail it again, or let them ask for a link on the sign-in page."
		if v.Account.Operator {
			came.Link, instead = link, "Hand the link over yourself."
		}
		if err := c.Works.MailInvite(r.Context(), account, p, v.Account.Called(), link, inviteLasts); err != nil {
			c.Log.Error("invitation not mailed", "project", p.Key, "account", account.ID, "error", err)
			came.Fault = "The mail did not go out: the mail server refused it or did not answer. " + instead
		}
	}
	return c.showPeople(w, r, v, func(s *peoplePage) { s.Invited = came })
}

// memberOf is the member of the path.
func (c *console) memberOf(r *http.Request, v *visit) (m digest.Member, others []digest.Member, err error) {
	id, err := strconv.ParseInt(r.PathValue("account"), 10, 64)
	if err != nil {
		return m, nil, digest.ErrNotFound
	}
	members, err := v.Office.Members(r.Context())
	if err != nil {
		return m, nil, err
	}
	for _, one := range members {
		if one.ID == id {
			m = one
		} else {
			others = append(others, one)
		}
	}
	if m.ID == 0 {
		return m, nil, digest.ErrNotFound
	}
	return m, others, nil
}

func (c *console) changeRole(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, _, err := c.memberOf(r, v)
	if err != nil {
		return err
	}
	role := digest.MemberRole(r.PostForm.Get("role"))
	if _, err := v.Office.SetMember(r.Context(), v.By, m.Address, m.Name, role); err != nil {
		if f := faultsOf(err); f != nil {
			return c.showPeople(w, r, v, func(s *peoplePage) { s.Faults = Faults{"": strings.TrimSpace(f["role"] + " " + f[""])} })
		}
		return err
	}
	if m.ID == v.Account.ID && role != digest.RoleOwner {
		return c.done(w, r, v.Path(""), "You are "+article(role)+" now.")
	}
	return c.done(w, r, v.Path("settings", "people"), m.Called()+" is "+article(role)+" now.")
}

func (c *console) inviteAgain(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, _, err := c.memberOf(r, v)
	if err != nil {
		return err
	}
	return c.sendInvitation(w, r, v, m.Account)
}

type removalPage struct {
	settled
	Member  digest.Member
	Digests []handover
	Others  []option
	Post    string
}

// handover is a digest that needs another owner.
type handover struct{ Key, Path string }

func (c *console) removalPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.showRemoval(w, r, v, nil)
}

func (c *console) showRemoval(w http.ResponseWriter, r *http.Request, v *visit, faults Faults) error {
	m, others, err := c.memberOf(r, v)
	if err != nil {
		return err
	}
	s := &removalPage{settled: v.settled("Remove "+m.Called(), "People"), Member: m, Post: v.Path("settings", "people", m.ID, "remove")}
	s.Crumbs = append(s.Crumbs, Crumb{"People", v.Path("settings", "people")})
	for _, key := range m.Digests {
		s.Digests = append(s.Digests, handover{key, v.Path("digests", key)})
	}
	for _, o := range others {
		s.Others = append(s.Others, option{Value: strconv.FormatInt(o.ID, 10), Name: o.Called() + ", " + strings.ToLower(roleWord(o.Role)), Chosen: o.ID == v.Account.ID})
	}
	if faults != nil {
		s.Faults, s.Status = faults, http.StatusUnprocessableEntity
	}
	return c.show(w, r, "person", s)
}

// removeMember hands a person's digests on and takes them out.
func (c *console) removeMember(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, others, err := c.memberOf(r, v)
	if err != nil {
		return err
	}
	heirs := map[string]int64{}
	for _, key := range m.Digests {
		id, err := strconv.ParseInt(r.PostForm.Get("to "+key), 10, 64)
		if err != nil || !slices.ContainsFunc(others, func(o digest.Member) bool { return o.ID == id }) {
			return c.showRemoval(w, r, v, Faults{"to " + key: "Choose who has it from now on."})
		}
		heirs[key] = id
	}
	for _, key := range m.Digests {
		if err := v.Office.Reassign(r.Context(), v.By, key, heirs[key]); err != nil {
			return err
		}
	}
	if err := v.Office.RemoveMember(r.Context(), v.By, m.ID); err != nil {
		if f := faultsOf(err); f != nil {
			return c.showRemoval(w, r, v, Faults{"": strings.TrimSpace(f["role"] + " " + f[""])})
		}
		return err
	}
	if m.ID == v.Account.ID && !v.Account.Operator {
		return c.done(w, r, c.path("projects"), "You are no longer in "+v.In.Name+".")
	}
	said := m.Called() + " is no longer in the project."
	if n := len(m.Digests); n > 0 {
		said += " " + capital(look.Count(n, "digest has", "digests have")) + " another owner."
	}
	return c.done(w, r, v.Path("settings", "people"), said)
}

// query is a path with what is asked of it.
func query(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
