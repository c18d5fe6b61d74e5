package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// tokenRoutes are the keys to the project's API.
func (c *console) tokenRoutes() []route {
	return []route{
		{pattern: "GET /settings/tokens", role: digest.RoleOwner, do: c.tokensPage},
		{pattern: "POST /settings/tokens", role: digest.RoleOwner, do: c.addToken},
		{pattern: "POST /settings/tokens/{token}/revoke", role: digest.RoleOwner, do: c.revokeToken},
	}
}

type tokensPage struct {
	settled
	Tokens []tokenLine
	Made   digest.Token
	Secret string // of Made, this once
	Form   struct{ Name string }
	Scopes []scopeChoice
	Ends   []option
	API    string
}

type tokenLine struct {
	digest.Token
	State string // "", revoked or ended
	May   string
	Lost  string // what it may no longer do, as who made it may not
	Path  string
}

type scopeChoice struct {
	option
	Says string
}

func scopeChoices(chosen []string) []scopeChoice {
	all := []scopeChoice{
		{option{Value: string(digest.ScopeRead), Name: "Read"}, "Everything but secrets."},
		{option{Value: string(digest.ScopeWrite), Name: "Write"}, "Digests, subscribers and sources."},
		{option{Value: string(digest.ScopeSend), Name: "Send"}, "Test, send now, resend, release."},
		{option{Value: string(digest.ScopeManage), Name: "Manage"}, "People, API keys and webhooks."},
		{option{Value: string(digest.ScopeEvents), Name: "Events"}, "Send messages, assignments, goals: what numbers are made of."},
	}
	for i := range all {
		for _, s := range chosen {
			all[i].Chosen = all[i].Chosen || s == all[i].Value
		}
	}
	return all
}

func endChoices(chosen string) []option {
	all := []option{{Value: "30", Name: "In 30 days"}, {Value: "90", Name: "In 90 days"}, {Value: "365", Name: "In a year"}, {Value: "0", Name: "Never"}}
	for i := range all {
		all[i].Chosen = all[i].Value == chosen
	}
	return all
}

func (c *console) tokensPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.showTokens(w, r, v, func(*tokensPage) {})
}

func (c *console) showTokens(w http.ResponseWriter, r *http.Request, v *visit, more func(*tokensPage)) error {
	tokens, err := v.Office.Tokens(r.Context())
	if err != nil {
		return err
	}
	s := &tokensPage{settled: v.settled("API keys", "API keys"), Scopes: scopeChoices([]string{string(digest.ScopeRead)}), Ends: endChoices("365"), API: c.path("api", "v1", "docs")}
	s.Lead = "A program that has a key may do in this project what the key’s scopes say, and nothing elsewhere."
	var over []tokenLine
	for _, t := range tokens {
		line := tokenLine{Token: t, Path: v.Path("settings", "tokens", t.ID)}
		var may []string
		for _, scope := range t.Scopes {
			may = append(may, string(scope))
		}
		line.May = capital(listing(may))
		var lost []string
		for _, scope := range t.Lost {
			lost = append(lost, string(scope))
		}
		line.Lost = listing(lost)
		switch {
		case !t.Revoked.IsZero():
			line.State = "revoked"
		case !t.Ends.IsZero() && !t.Ends.After(c.Now()):
			line.State = "ended"
		}
		if line.State == "" {
			s.Tokens = append(s.Tokens, line)
		} else {
			over = append(over, line)
		}
	}
	s.Tokens = append(s.Tokens, over...)
	more(s)
	if len(s.Faults) > 0 {
		s.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "tokens", s)
}

// addToken makes a key and shows it, in the answer itself: it is kept nowhere, a session least of all.
func (c *console) addToken(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := r.PostForm
	name := strings.TrimSpace(f.Get("name"))
	faults := Faults{}
	if name == "" {
		faults["name"] = "Write what the key is for."
	}
	if len(f["scope"]) == 0 {
		faults["scopes"] = "Choose at least one."
	}
	days, err := strconv.Atoi(f.Get("ends"))
	if err != nil || days < 0 || days > 3660 {
		faults["ends"] = "Choose when it ends."
	}
	var ends time.Time
	if days > 0 {
		ends = c.Now().AddDate(0, 0, days)
	}
	var scopes []digest.Scope
	for _, s := range f["scope"] {
		scopes = append(scopes, digest.Scope(s))
	}
	if len(faults) == 0 {
		made, secret, err := v.Office.AddToken(r.Context(), v.By, name, scopes, ends)
		if err == nil {
			return c.showTokens(w, r, v, func(s *tokensPage) { s.Made, s.Secret = made, secret })
		}
		if faults, err = refusedOr(err); err != nil {
			return err
		}
	}
	return c.showTokens(w, r, v, func(s *tokensPage) {
		s.Faults, s.Scopes, s.Ends = faults, scopeChoices(f["scope"]), endChoices(f.Get("ends"))
		s.Form.Name = name
	})
}

func (c *console) revokeToken(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, err := strconv.ParseInt(r.PathValue("token"), 10, 64)
	if err != nil {
		return digest.ErrNotFound
	}
	if err := v.Office.RevokeToken(r.Context(), v.By, id); err != nil {
		return err
	}
	return c.done(w, r, v.Path("settings", "tokens"), "The key is revoked. Whatever uses it is refused from now on.")
}
