package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

// What the pages of the settings ask of the books in memory.

func (p *projectBooks) change(by digest.Actor, verb, what string, details ...digest.Difference) digest.Change {
	c := digest.Change{Verb: verb, What: what, Details: details}
	if verb != "change" || len(details) > 0 {
		p.audit = slices.Insert(p.audit, 0, digest.AuditLine{ID: int64(len(p.audit) + 1), At: wednesday, Actor: by, Change: c})
	}
	return c
}

func (p *projectBooks) SaveHead(_ context.Context, by digest.Actor, head digest.Project) (digest.Change, error) {
	if strings.ContainsAny(head.Brand.Footer, "\n") {
		return digest.Change{}, fmt.Errorf("save: %w", &digest.RefusedError{Field: "brand.footer", Reason: "write it as one line"})
	}
	var details []digest.Difference
	for _, one := range []struct{ what, from, to string }{
		{"name", p.head.Name, head.Name},
		{"zone", p.head.Zone, head.Zone},
		{"bi_monthly", p.head.BiMonthly, head.BiMonthly},
		{"unknown", p.head.Unknown, head.Unknown},
		{"from", p.head.From.Address, head.From.Address},
		{"week_start", p.head.WeekStart.String(), head.WeekStart.String()},
		{"brand.accent", fmt.Sprintf("%08x", uint32(p.head.Brand.Accent)), fmt.Sprintf("%08x", uint32(head.Brand.Accent))},
		{"brand.footer", p.head.Brand.Footer, head.Brand.Footer},
	} {
		if one.from != one.to {
			details = append(details, digest.Difference{What: one.what, From: fmt.Sprintf("%q", one.from), To: fmt.Sprintf("%q", one.to)})
		}
	}
	p.head = head
	return p.change(by, "change", "project "+head.Key, details...), nil
}

func (p *projectBooks) DigestsToCome(context.Context) ([]digest.DigestLine, error) { return nil, nil }

func (p *projectBooks) Logo(context.Context) (digest.Logo, error) { return p.logo, nil }

func (p *projectBooks) SaveLogo(_ context.Context, by digest.Actor, logo *digest.Logo) error {
	p.logo = digest.Logo{}
	if logo != nil {
		p.logo = *logo
	}
	p.change(by, "change", "project desk", digest.Difference{What: "brand.logo", To: `"` + p.logo.Hash + `"`})
	return nil
}

func (p *projectBooks) member(account int64) int {
	return slices.IndexFunc(p.members, func(m digest.Member) bool { return m.ID == account })
}

func (p *projectBooks) lastOwner(i int) bool {
	n := 0
	for _, m := range p.members {
		if m.Role == digest.RoleOwner {
			n++
		}
	}
	return p.members[i].Role == digest.RoleOwner && n == 1
}

func (p *projectBooks) SetMember(_ context.Context, by digest.Actor, address, name string, role digest.MemberRole) (digest.Account, error) {
	if !role.Includes(digest.RoleViewer) {
		return digest.Account{}, &digest.RefusedError{Field: "role", Reason: "choose owner, editor or viewer"}
	}
	for i, m := range p.members {
		if strings.EqualFold(m.Address, address) {
			if p.lastOwner(i) && role != digest.RoleOwner {
				return m.Account, &digest.RefusedError{Field: "role", Reason: "this is the last owner: make somebody else an owner first"}
			}
			p.members[i].Role = role
			p.change(by, "change", "member "+address, digest.Difference{What: "role", From: `"` + string(m.Role) + `"`, To: `"` + string(role) + `"`})
			return m.Account, nil
		}
	}
	a, err := p.house.AccountOf(context.Background(), address)
	if err != nil {
		a = digest.Account{ID: int64(len(p.house.accounts) + 1), Address: address, Name: name}
		p.house.accounts = append(p.house.accounts, a)
	}
	p.members = append(p.members, digest.Member{Account: a, Role: role, AddedAt: wednesday})
	p.change(by, "add", "member "+address, digest.Difference{What: "role", To: `"` + string(role) + `"`})
	return a, nil
}

func (p *projectBooks) Reassign(_ context.Context, by digest.Actor, key string, account int64) error {
	for i := range p.members {
		p.members[i].Digests = slices.DeleteFunc(slices.Clone(p.members[i].Digests), func(d string) bool { return d == key })
		if p.members[i].ID == account {
			p.members[i].Digests = append(p.members[i].Digests, key)
		}
	}
	p.change(by, "change", "digest desk/"+key, digest.Difference{What: "owner", From: `"a"`, To: `"b"`})
	return nil
}

func (p *projectBooks) RemoveMember(_ context.Context, by digest.Actor, account int64) error {
	i := p.member(account)
	if i < 0 {
		return digest.ErrNotFound
	}
	if p.lastOwner(i) {
		return &digest.RefusedError{Field: "role", Reason: "this is the last owner: make somebody else an owner first"}
	}
	if len(p.members[i].Digests) > 0 {
		return &digest.RefusedError{Reason: "hand the digests on first"}
	}
	p.change(by, "remove", "member "+p.members[i].Address)
	p.members = slices.Delete(p.members, i, i+1)
	return nil
}

func (p *projectBooks) Tokens(context.Context) ([]digest.Token, error) { return p.tokens, nil }

func (p *projectBooks) AddToken(_ context.Context, by digest.Actor, name string, scopes []digest.Scope, ends time.Time) (digest.Token, string, error) {
	t := digest.Token{ID: int64(len(p.tokens) + 1), Name: name, Scopes: scopes, Hint: "fn_abcd", MadeBy: by.Name, MadeAt: wednesday, Ends: ends}
	p.tokens = append(p.tokens, t)
	p.change(by, "add", "token "+name)
	return t, "fn_abcdefghijklmnopqrstuvwxyz", nil
}

func (p *projectBooks) RevokeToken(_ context.Context, by digest.Actor, id int64) error {
	for i := range p.tokens {
		if p.tokens[i].ID == id {
			p.tokens[i].Revoked = wednesday
			return nil
		}
	}
	return digest.ErrNotFound
}

func (p *projectBooks) Webhooks(context.Context) ([]digest.Webhook, error) { return p.webhooks, nil }

func (p *projectBooks) AddWebhook(_ context.Context, by digest.Actor, w digest.Webhook) (digest.Webhook, error) {
	if strings.Contains(w.URL, "127.0.0.1") {
		return w, &digest.RefusedError{Field: "url", Reason: "only this machine reaches that address"}
	}
	w.ID, w.MadeAt = int64(len(p.webhooks)+1), wednesday
	p.webhooks = append(p.webhooks, w)
	w.Secret = "whsec_only_once"
	return w, nil
}

func (p *projectBooks) SaveWebhook(_ context.Context, by digest.Actor, w digest.Webhook) error {
	for i := range p.webhooks {
		if p.webhooks[i].ID == w.ID {
			p.webhooks[i].URL, p.webhooks[i].Events, p.webhooks[i].Active = w.URL, w.Events, w.Active
		}
	}
	return nil
}

func (p *projectBooks) TestWebhook(_ context.Context, by digest.Actor, id int64) error {
	i := slices.IndexFunc(p.webhooks, func(w digest.Webhook) bool { return w.ID == id })
	if !p.webhooks[i].Active {
		return &digest.RefusedError{Field: "active", Reason: "The webhook is off: switch it on first."}
	}
	p.postings = append(p.postings, digest.Posting{ID: 9, Webhook: id, Kind: digest.EventTest, MadeAt: wednesday, Body: []byte("{}")})
	return nil
}

func (p *projectBooks) RemoveWebhook(_ context.Context, by digest.Actor, id int64) error {
	p.webhooks = slices.DeleteFunc(p.webhooks, func(w digest.Webhook) bool { return w.ID == id })
	return nil
}

func (p *projectBooks) Postings(_ context.Context, webhook int64, page digest.Page) (digest.Listed[digest.Posting], error) {
	return digest.Listed[digest.Posting]{Lines: p.postings, Total: len(p.postings)}, nil
}

// Audit gives parts of at most 2 lines, so that files are made of several.
func (p *projectBooks) Audit(_ context.Context, w digest.AuditWanted) (out digest.Listed[digest.AuditLine], err error) {
	for _, l := range p.audit {
		if strings.Contains(l.What+" "+l.Name, w.What) {
			out.Lines = append(out.Lines, l)
		}
	}
	out.Total = len(out.Lines)
	from := 0
	_, _ = fmt.Sscan(w.After, &from)
	size := w.Size
	if size == 500 {
		size = 2
	}
	out.Lines = out.Lines[min(from, len(out.Lines)):]
	if len(out.Lines) > size {
		out.Lines, out.Next = out.Lines[:size], fmt.Sprint(from+size)
	}
	return out, nil
}

func (h *houseBooks) AddProject(_ context.Context, by digest.Actor, p digest.Project) (digest.Membership, error) {
	if p.Key == "desk" {
		return digest.Membership{}, fmt.Errorf("add project: %w", &digest.RefusedError{Field: "key", Reason: "another project has the key desk"})
	}
	h.clinics.head = p
	return digest.Membership{Project: 2, Key: p.Key, Name: p.Name, Role: digest.RoleOwner}, nil
}

func (w *worksBooks) Locales() []string { return []string{"en", "es"} }

func (w *worksBooks) CheckHead(p digest.Project) error {
	if p.Locale != "en" && p.Locale != "es" {
		return &digest.RefusedError{Field: "locale", Reason: "no such language"}
	}
	return nil
}

func (w *worksBooks) Cadence(p digest.Project, c digest.Config, _ string, n int) (office.Cadence, error) {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return office.Cadence{}, err
	}
	out := office.Cadence{Kind: c.Cadence.Kind, Words: "on the 1st and the 16th of each month at 08:00 in " + p.Zone + ", the half month before"}
	first := digest.Date{Year: 2026, Month: 3, Day: 16}
	if c.Cadence.Kind == "every-2-months" {
		out.Words, first = "on the 1st of every second month at 08:00 in "+p.Zone+", the two months before", digest.Date{Year: 2026, Month: 3, Day: 1}
	}
	for i := range n {
		period, err := digest.NewPeriod(first, digest.Date{Year: 2026, Month: 4, Day: 1}, loc)
		if err != nil {
			return out, err
		}
		first = digest.Date{Year: 2026, Month: 3, Day: 20}
		out.Next = append(out.Next, office.Send{Period: period, Due: time.Date(2026, 4, 1+15*i, 8, 0, 0, 0, loc)})
	}
	return out, nil
}
