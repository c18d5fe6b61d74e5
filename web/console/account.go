package console

import (
	"net/http"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/roster"
)

// accountRoutes are a person's own: how they are called, and where they are signed in.
func (c *console) accountRoutes() []route {
	return []route{
		{pattern: "GET /account", do: c.accountPage},
		{pattern: "POST /account", do: c.rename},
		{pattern: "POST /account/sessions/{session}", do: c.endSession},
		{pattern: "POST /account/sessions", do: c.endSessions},
	}
}

type accountPage struct {
	page
	Name     string
	Sessions []sessionLine
	Rest     int // sessions beside this one
}

// sessionLine is a session in words.
type sessionLine struct {
	digest.Session
	Browser string
	Path    string
}

func (c *console) accountPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.showAccount(w, r, v, v.Account.Name, nil)
}

func (c *console) showAccount(w http.ResponseWriter, r *http.Request, v *visit, name string, faults Faults) error {
	sessions, err := c.House.Sessions(r.Context(), v.Account.ID, c.sessions.Token(r.Context()))
	if err != nil {
		return err
	}
	p := &accountPage{page: v.page("Account", "account"), Name: name}
	p.Lead = v.Account.Address
	p.Faults = faults
	if faults != nil {
		p.Status = http.StatusUnprocessableEntity
	}
	for _, s := range sessions {
		p.Sessions = append(p.Sessions, sessionLine{Session: s, Browser: browserOf(s.Agent), Path: c.path("account", "sessions", s.ID)})
		if !s.Current {
			p.Rest++
		}
	}
	return c.show(w, r, "account", p)
}

func (c *console) rename(w http.ResponseWriter, r *http.Request, v *visit) error {
	name := strings.TrimSpace(r.PostForm.Get("name"))
	if fault := roster.FaultOfName(name); fault != "" {
		return c.showAccount(w, r, v, name, Faults{"name": fault})
	}
	if err := c.House.Rename(r.Context(), v.Account.ID, name); err != nil {
		if f := faultsOf(err); f != nil {
			return c.showAccount(w, r, v, name, f)
		}
		return err
	}
	return c.done(w, r, c.path("account"), "Saved: you are called "+digest.Account{Name: name, Address: v.Account.Address}.Called()+".")
}

func (c *console) endSession(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, err := strconv.ParseInt(r.PathValue("session"), 10, 64)
	if err != nil {
		return digest.ErrNotFound
	}
	if err := c.House.EndSession(r.Context(), v.Account.ID, id); err != nil {
		return err
	}
	c.Log.Info("session ended", "account", v.Account.ID, "session", id)
	return c.done(w, r, c.path("account"), "That browser is signed out.")
}

func (c *console) endSessions(w http.ResponseWriter, r *http.Request, v *visit) error {
	sessions, err := c.House.Sessions(r.Context(), v.Account.ID, c.sessions.Token(r.Context()))
	if err != nil {
		return err
	}
	var own int64
	for _, s := range sessions {
		if s.Current {
			own = s.ID
		}
	}
	n, err := c.House.EndSessions(r.Context(), v.Account.ID, own)
	if err != nil {
		return err
	}
	c.Log.Info("sessions ended", "account", v.Account.ID, "sessions", n)
	if n == 0 {
		return c.done(w, r, c.path("account"), "You were signed in nowhere else.")
	}
	return c.done(w, r, c.path("account"), "Signed out in "+look.Count(n, "other browser", "")+".")
}

// browserOf names a browser and its system as people know them, from the browser's own words. What is not known is said as it is.
func browserOf(agent string) string {
	name := ""
	for _, known := range []struct{ mark, name string }{ // in this order: each also claims to be those below
		{"Edg/", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	} {
		if strings.Contains(agent, known.mark) {
			name = known.name
			break
		}
	}
	system := ""
	for _, known := range []struct{ mark, name string }{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Windows", "Windows"},
		{"Macintosh", "macOS"},
		{"Linux", "Linux"},
	} {
		if strings.Contains(agent, known.mark) {
			system = known.name
			break
		}
	}
	switch {
	case name != "" && system != "":
		return name + " on " + system
	case name != "" || system != "":
		return name + system
	case agent == "":
		return "A browser that says nothing of itself"
	}
	return shortened(agent, 60)
}
