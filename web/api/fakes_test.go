package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"fortnight/digest"
	"fortnight/web/office"
)

var (
	berlin = func() *time.Location {
		loc, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			panic(err)
		}
		return loc
	}()
	now    = time.Date(2026, 3, 25, 9, 30, 0, 0, berlin)
	monday = time.Date(2026, 3, 23, 8, 0, 0, 0, berlin)
)

func week(from digest.Date) digest.Period {
	p, err := digest.NewPeriod(from, from.AddDays(7), berlin)
	if err != nil {
		panic(err)
	}
	return p
}

var (
	lastWeek   = week(digest.Date{Year: 2026, Month: 3, Day: 16})
	weekBefore = week(digest.Date{Year: 2026, Month: 3, Day: 9})
)

// books are a project's, of one digest and what belongs to it. They note what was asked of them.
type books struct {
	mu     sync.Mutex
	asked  []string
	by     []digest.Actor
	fault  error // of every question
	head   digest.Project
	config digest.Config
	keyed  map[string][2]string // request and answer
	saved  []digest.Subscriber
	wanted any
	looked []string
}

func newBooks() *books {
	return &books{
		keyed: map[string][2]string{},
		head: digest.Project{
			Key: "desk", Name: "Support desk", Zone: "Europe/Berlin", Locale: "en", WeekStart: time.Monday, Unknown: digest.UnknownRetry,
			Sources: []digest.Source{{Key: "chat", Platform: "chatwoot", Tenant: "1"}},
		},
		config: digest.Config{
			Key: "weekly", Active: true, Paper: "A4", Cadence: digest.CadenceSpec{Kind: "weekly", At: "mon 08:00", Zone: "Europe/Berlin", WeekStart: time.Monday},
			Sections: []digest.SectionChoice{{Section: "activity", Source: "chat"}, {Section: "contact_center", Source: "chat"}},
			Readers:  digest.Readers{Cadences: []string{"monthly"}},
			Targets:  []digest.Target{{Section: "contact_center", Figure: "wait_mean", Value: 300}},
		},
	}
}

func (b *books) ask(what string, by ...digest.Actor) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, what)
	b.by = append(b.by, by...)
	return b.fault
}

func (b *books) was(what string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.asked, what)
}

func (b *books) change(by digest.Actor, what string) (digest.Change, error) {
	return digest.Change{Verb: "change", What: what, Details: []digest.Difference{{What: "name", From: `"a"`, To: `"b"`}}}, b.ask(what, by)
}

func (b *books) Head(context.Context) (digest.Project, error) { return b.head, b.ask("Head") }
func (b *books) SaveHead(_ context.Context, by digest.Actor, p digest.Project) (digest.Change, error) {
	c, err := b.change(by, "SaveHead")
	b.wanted = p
	return c, err
}

func (b *books) Logo(context.Context) (digest.Logo, error) {
	return digest.Logo{Hash: "abc", PNG: []byte("\x89PNG")}, b.ask("Logo")
}

func (b *books) SaveLogo(_ context.Context, by digest.Actor, l *digest.Logo) error {
	b.wanted = l
	return b.ask("SaveLogo", by)
}

func (b *books) Sources(context.Context) ([]digest.SourceLine, error) {
	return []digest.SourceLine{{ID: 1, Source: b.head.Sources[0], Host: "db:5432/chat", Checked: now, Used: []string{"weekly"}}}, b.ask("Sources")
}

func (b *books) SaveSource(_ context.Context, by digest.Actor, s digest.Source) (digest.Change, error) {
	b.wanted = s
	return b.change(by, "SaveSource")
}

func (b *books) RemoveSource(_ context.Context, by digest.Actor, _ string) error {
	return b.ask("RemoveSource", by)
}

func (b *books) SourceSecret(_ context.Context, key string) (digest.Source, error) {
	if key != "chat" {
		return digest.Source{}, digest.ErrNotFound
	}
	return digest.Source{Key: "chat", Platform: "chatwoot", DSN: "postgres://u:hunter2@db/chat", Tenant: "1"}, b.ask("SourceSecret")
}

func (b *books) Probed(context.Context, string, digest.Probe) error {
	return b.ask("Probed")
}

func (b *books) line() digest.DigestLine {
	last := b.editionLine()
	return digest.DigestLine{ID: 4, Config: b.config, Version: 7, Owner: 2, OwnerName: "Dana", Readers: map[digest.Audience]int{digest.Manager: 3}, Gone: 1, Chosen: []string{"monthly"}, Last: &last}
}

func (b *books) Digests(context.Context) ([]digest.DigestLine, error) {
	return []digest.DigestLine{b.line()}, b.ask("Digests")
}

func (b *books) DigestsToCome(context.Context) ([]digest.DigestLine, error) {
	l := b.line()
	l.Last, l.OwnerName = nil, ""
	return []digest.DigestLine{l}, b.ask("DigestsToCome")
}

func (b *books) DigestNames(context.Context) ([]digest.DigestName, error) {
	return []digest.DigestName{{Key: b.config.Key, Active: b.config.Active}}, b.ask("DigestNames")
}

func (b *books) ReadersZones(context.Context, string) ([]digest.ReadersZone, error) {
	return nil, b.ask("ReadersZones")
}

func (b *books) Digest(_ context.Context, key string) (digest.DigestLine, error) {
	if key != "weekly" {
		return digest.DigestLine{}, digest.ErrNotFound
	}
	return b.line(), b.ask("Digest")
}

func (b *books) SaveDigest(_ context.Context, by digest.Actor, c digest.Config, version int) (digest.DigestLine, digest.Change, error) {
	change, err := b.change(by, "SaveDigest")
	if err == nil && version != 0 && version != 7 {
		err = digest.ErrStale
	}
	b.wanted = c
	l := b.line()
	l.Config, l.Version = c, version+1
	return l, change, err
}

func (b *books) SwitchDigest(_ context.Context, by digest.Actor, _ string, on bool) error {
	b.config.Active = on
	return b.ask("SwitchDigest", by)
}

func (b *books) RemoveDigest(_ context.Context, by digest.Actor, _ string) error {
	return b.ask("RemoveDigest", by)
}

func (b *books) Reassign(_ context.Context, by digest.Actor, _ string, _ int64) error {
	return b.ask("Reassign", by)
}

func (b *books) subscriber(id int64) digest.SubscriberLine {
	no := false
	return digest.SubscriberLine{
		Project: "desk", Digest: "weekly", Wishes: digest.Wishes{PDF: &no, PausedUntil: digest.Date{Year: 2026, Month: 4, Day: 1}},
		Subscriber: digest.Subscriber{ID: id, Name: "=Maya", Address: "maya@desk.example", Audience: digest.Manager, PDF: true, Token: "never-told", AddedAt: now},
	}
}

func (b *books) Subscribers(_ context.Context, w digest.SubscribersWanted) (digest.Listed[digest.SubscriberLine], error) {
	b.wanted = w
	l := digest.Listed[digest.SubscriberLine]{Lines: []digest.SubscriberLine{b.subscriber(1)}, Total: 2}
	if w.After == "" {
		l.Next = "after one/+"
	} else {
		l.Lines[0] = b.subscriber(2)
	}
	return l, b.ask("Subscribers")
}

func (b *books) Subscriber(_ context.Context, id int64) (digest.SubscriberLine, error) {
	return b.subscriber(id), b.ask("Subscriber")
}

func (b *books) SaveSubscribers(_ context.Context, by digest.Actor, key string, all []digest.Subscriber, only, dry bool) ([]digest.Change, error) {
	b.saved, b.wanted = all, [2]bool{only, dry}
	if key != "weekly" {
		return nil, digest.ErrNotFound
	}
	return []digest.Change{{Verb: "add", What: "subscriber desk/weekly " + all[0].Address}}, b.ask("SaveSubscribers", by)
}

func (b *books) RemoveSubscriber(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("RemoveSubscriber", by)
}

func (b *books) RevokeLinks(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("RevokeLinks", by)
}

func (b *books) Suppressions(context.Context, digest.Page) (digest.Listed[digest.Suppression], error) {
	return digest.Listed[digest.Suppression]{Lines: []digest.Suppression{{Address: "gone@desk.example", Reason: "hard bounce 5.1.1", At: now}}, Total: 1}, b.ask("Suppressions")
}

func (b *books) Unsuppress(_ context.Context, by digest.Actor, address string) error {
	b.wanted = address
	return b.ask("Unsuppress", by)
}

func (b *books) Requests(context.Context) ([]digest.Request, error) {
	return []digest.Request{{ID: 3, Digest: "weekly", Address: "ann@desk.example", MadeAt: now}}, b.ask("Requests")
}

func (b *books) Decide(_ context.Context, by digest.Actor, _ int64, _ bool) error {
	return b.ask("Decide", by)
}

func (b *books) editionLine() digest.EditionLine {
	c := b.config
	c.Sections = append(slices.Clone(c.Sections), digest.SectionChoice{Section: "outreach", Source: "chat"}, digest.SectionChoice{Section: "flows", Source: "chat"})
	return digest.EditionLine{
		Edition:  digest.Edition{ID: 9, Label: "SD-2026-W12", Config: c, Project: b.head, Period: lastWeek, Previous: weekBefore, Due: monday, State: digest.EditionDone, Hash: "9f3c"},
		OpenedAt: monday, Planned: 3, Deliveries: map[digest.DeliveryState]int{digest.DeliverySent: 2, digest.DeliveryFailed: 1}, Variants: 1,
	}
}

func (b *books) Editions(_ context.Context, w digest.EditionsWanted) (digest.Listed[digest.EditionLine], error) {
	b.wanted = w
	return digest.Listed[digest.EditionLine]{Lines: []digest.EditionLine{b.editionLine()}, Total: 1}, b.ask("Editions")
}

func snapshot(messages, waits float64) digest.Snapshot {
	return digest.Snapshot{Version: 1, Period: lastWeek, Previous: weekBefore, ReadAt: now.UTC(), Sections: []digest.Section{
		{Key: "activity", Status: digest.Complete, Figures: []digest.Figure{{Key: "total_messages", Unit: digest.Count, Value: digest.Num(messages), Previous: digest.Num(192)}}},
		{Key: "contact_center", Status: digest.Complete, Figures: []digest.Figure{{Key: "wait_mean", Unit: digest.Duration, Value: digest.NumOrEmpty(&waits)}}},
	}}
}

func (b *books) Edition(_ context.Context, id int64) (digest.EditionLine, digest.Snapshot, error) {
	l := b.editionLine()
	l.ID = id
	s := snapshot(307, 90)
	switch id {
	case 9:
	case 8:
		s = snapshot(192, 120)
		s.Sections[1].Figures[0].Value = digest.None(digest.Empty)
	default:
		return l, s, digest.ErrNotFound
	}
	return l, s, b.ask("Edition")
}

func (b *books) EditionsBetween(_ context.Context, from, to time.Time) ([]digest.EditionLine, error) {
	if to.After(now) {
		b.wanted = [2]time.Time{from, to}
	}
	if monday.Before(from) || !monday.Before(to) {
		return nil, b.ask("EditionsBetween")
	}
	theirs := b.editionLine()
	theirs.ID, theirs.Cadence, theirs.Period = 10, "monthly", weekBefore
	return []digest.EditionLine{b.editionLine(), theirs}, b.ask("EditionsBetween")
}

func (b *books) Neighbours(context.Context, int64) (before, after int64, err error) {
	return 8, 0, b.ask("Neighbours")
}

func (b *books) Variants(context.Context, int64) ([]digest.Choice, error) {
	return []digest.Choice{{Audience: digest.Manager, Locale: "en", PDF: true, Paper: "A4", Sections: "activity"}}, b.ask("Variants")
}

func variant(c digest.Choice) digest.Variant {
	return digest.Variant{
		Choice: c, Letter: digest.Letter{Subject: "Support desk: 307 messages", Edition: "SD-2026-W12"},
		HTML: []byte(`<a href="` + digest.Placeholders.Unsubscribe + `"><img src="cid:mark@fortnight"></a>`),
		Text: []byte("307 messages " + digest.Placeholders.View), PDF: []byte("%PDF-1.4"), PDFName: "SD-2026-W12.pdf",
		Images: []digest.Image{{Name: "mark.png", ContentID: "mark@fortnight", PNG: []byte("png")}},
	}
}

func (b *books) Variant(_ context.Context, _ int64, c digest.Choice) (digest.Variant, error) {
	return variant(c), b.ask("Variant")
}

func (b *books) delivery() digest.DeliveryLine {
	return digest.DeliveryLine{
		Delivery: digest.Delivery{ID: 55, EditionID: 9, Subscriber: b.subscriber(1).Subscriber, State: digest.DeliveryFailed, Attempts: 1, LastAnswer: "550 5.1.1 no such user"},
		Code:     550, Status: "5.1.1", ChangedAt: monday,
	}
}

func (b *books) Deliveries(_ context.Context, w digest.DeliveriesWanted) (digest.Listed[digest.DeliveryLine], error) {
	b.wanted = w
	return digest.Listed[digest.DeliveryLine]{Lines: []digest.DeliveryLine{b.delivery()}, Total: 1}, b.ask("Deliveries")
}

func (b *books) Looked(_ context.Context, by digest.Actor, _ int64, look digest.Change) error {
	b.looked = append(b.looked, by.Name+" "+look.String())
	return b.ask("Looked")
}

func (b *books) AllDeliveries(context.Context, int64) iter.Seq2[digest.DeliveryLine, error] {
	fault := b.ask("AllDeliveries")
	return func(yield func(digest.DeliveryLine, error) bool) {
		if yield(b.delivery(), nil) && fault != nil {
			yield(digest.DeliveryLine{}, fault)
		}
	}
}

func (b *books) Delivery(context.Context, int64) (digest.DeliveryLine, error) {
	d := b.delivery()
	d.Tries = []digest.AttemptLine{{Number: 1, StartedAt: monday, EndedAt: monday, Outcome: digest.Outcome{State: digest.DeliveryFailed, Code: 550}}}
	return d, b.ask("Delivery")
}

func (b *books) Release(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("Release", by)
}

func (b *books) Discard(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("Discard", by)
}

func (b *books) Resend(_ context.Context, by digest.Actor, _ int64, deliveries []int64) (int, error) {
	return max(1, len(deliveries)), b.ask("Resend", by)
}

func (b *books) RevokeEdition(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("RevokeEdition", by)
}

func (b *books) Members(context.Context) ([]digest.Member, error) {
	return []digest.Member{{Account: digest.Account{ID: 2, Address: "dana@desk.example"}, Role: digest.RoleOwner}}, b.ask("Members")
}

func (b *books) SetMember(_ context.Context, by digest.Actor, address, name string, _ digest.MemberRole) (digest.Account, error) {
	return digest.Account{ID: 5, Address: address, Name: name}, b.ask("SetMember", by)
}

func (b *books) RemoveMember(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("RemoveMember", by)
}

func (b *books) Tokens(context.Context) ([]digest.Token, error) {
	return []digest.Token{{ID: 1, Name: "CI", Scopes: []digest.Scope{digest.ScopeRead}, Hint: "fn_abcd", MadeAt: now}}, b.ask("Tokens")
}

func (b *books) AddToken(_ context.Context, by digest.Actor, name string, scopes []digest.Scope, ends time.Time) (digest.Token, string, error) {
	return digest.Token{ID: 8, Name: name, Scopes: scopes, Ends: ends, MadeAt: now}, "fn_madeoncetoldonce", b.ask("AddToken", by)
}

func (b *books) RevokeToken(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("RevokeToken", by)
}

func (b *books) Keyed(_ context.Context, key string, request []byte, act func() (int, []byte, error)) (int, []byte, bool, error) {
	if err := b.ask("Keyed"); err != nil {
		return 0, nil, false, err
	}
	if first, known := b.keyed[key]; known {
		if first[0] != string(request) {
			return 0, nil, false, &digest.RefusedError{Field: "header.Idempotency-Key", Reason: "This key was used for another request."}
		}
		return 200, []byte(first[1]), true, nil
	}
	status, body, err := act()
	if err == nil {
		b.keyed[key] = [2]string{string(request), string(body)}
	}
	return status, body, false, err
}

func (b *books) Webhooks(context.Context) ([]digest.Webhook, error) {
	last := digest.Posting{ID: 77, Kind: "edition.done", Status: 500, Body: []byte(`{"x":1}`)}
	return []digest.Webhook{{ID: 6, URL: "https://example.com/hook", Active: true, MadeAt: now, Last: &last}}, b.ask("Webhooks")
}

func (b *books) AddWebhook(_ context.Context, by digest.Actor, w digest.Webhook) (digest.Webhook, error) {
	w.ID, w.Secret, w.MadeAt = 7, "whsec_toldonce", now
	return w, b.ask("AddWebhook", by)
}

func (b *books) SaveWebhook(_ context.Context, by digest.Actor, w digest.Webhook) error {
	b.wanted = w
	return b.ask("SaveWebhook", by)
}

func (b *books) TestWebhook(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("TestWebhook", by)
}

func (b *books) RemoveWebhook(_ context.Context, by digest.Actor, _ int64) error {
	return b.ask("RemoveWebhook", by)
}

func (b *books) Postings(context.Context, int64, digest.Page) (digest.Listed[digest.Posting], error) {
	return digest.Listed[digest.Posting]{Lines: []digest.Posting{{ID: 77, Kind: "edition.done", Body: []byte(`{"edition":9}`), MadeAt: now}}, Total: 1}, b.ask("Postings")
}

func (b *books) Audit(_ context.Context, w digest.AuditWanted) (digest.Listed[digest.AuditLine], error) {
	b.wanted = w
	l := digest.AuditLine{ID: 12, At: now, Actor: digest.Actor{Name: "Dana", Via: "console"}, Change: digest.Change{Verb: "change", What: "digest desk/weekly", Details: []digest.Difference{{What: "cadence.at", From: `"mon 08:00"`, To: `"tue 08:00"`}}}}
	return digest.Listed[digest.AuditLine]{Lines: []digest.AuditLine{l}, Total: 1}, b.ask("Audit")
}

func (b *books) Needs(context.Context) (digest.Needs, error) {
	return digest.Needs{Held: []digest.EditionLine{b.editionLine()}}, b.ask("Needs")
}

func (b *books) Standing(_ context.Context, week time.Time) (digest.Standing, error) {
	b.wanted = week
	return digest.Standing{Sent: 100, Week: map[digest.DeliveryState]int{digest.DeliverySent: 5}}, b.ask("Standing")
}

// trades are the works.
type trades struct {
	*books
	fault error
}

func (w *trades) note(what string) error { _ = w.ask(what); return w.fault }

func (w *trades) Kinds() []string                { return []string{"weekly", "monthly"} }
func (w *trades) Platforms() []string            { return []string{"chatwoot", "native"} }
func (w *trades) Sections() []string             { return []string{"activity", "contact_center"} }
func (w *trades) Locales() []string              { return []string{"en", "es"} }
func (w *trades) CheckHead(digest.Project) error { return w.note("CheckHead") }
func (w *trades) CheckDigest(_ digest.Project, c digest.Config) error {
	if c.Cadence.At == "noon" {
		return errors.Join(&digest.RefusedError{Field: "cadence.at", Reason: "Write a weekday and an hour."}, &digest.RefusedError{Field: "cadence.zone", Reason: "There is no such zone."})
	}
	return w.note("CheckDigest")
}

func (w *trades) Cadence(_ digest.Project, _ digest.Config, zone string, n int) (office.Cadence, error) {
	c := office.Cadence{Kind: "weekly", Words: "every Monday"}
	for i := range n {
		s := office.Send{Due: monday.AddDate(0, 0, 7*i), Period: lastWeek}
		if zone != "" {
			s.Local = s.Due.UTC()
		}
		c.Next = append(c.Next, s)
	}
	return c, w.note("Cadence")
}

func (w *trades) Between(_ digest.Project, c digest.Config, from, to time.Time) (all []office.Send, err error) {
	step, period := 7, lastWeek
	if c.Cadence.Kind == "monthly" {
		step, period = 28, weekBefore
	}
	for i, at := 0, monday; at.Before(to); i, at = i+1, at.AddDate(0, 0, step) {
		if !at.Before(from) {
			p := week(period.First().AddDays(i * step))
			all = append(all, office.Send{Due: at, Period: p})
		}
	}
	return all, w.note("Between")
}

func (w *trades) ReadersCadence(_ digest.Project, c digest.Config, kind string) (digest.CadenceSpec, error) {
	c.Cadence.Kind = kind
	return c.Cadence, w.note("ReadersCadence")
}

func (w *trades) Periods(_ digest.Project, _ digest.Config, n int) ([]digest.Period, error) {
	return []digest.Period{lastWeek, weekBefore}[:min(n, 2)], w.note("Periods")
}

func (w *trades) Probe(context.Context, digest.Source) digest.Probe {
	_ = w.note("Probe")
	return digest.Probe{
		Checks:   []digest.Check{{Key: "tls", Verdict: digest.CheckWell, Title: "Connects with TLS", Text: "TLS 1.3."}},
		Findings: []string{"Agents' sessions are not recorded."}, Sections: []string{"activity"},
	}
}

func (w *trades) Preview(_ context.Context, _ int64, _ digest.Project, c digest.Config, _ digest.Date, choice digest.Choice) (office.Preview, error) {
	w.wanted = choice
	v := variant(choice)
	return office.Preview{Edition: digest.Edition{Period: lastWeek, Config: c}, Variant: v, HTML: []byte("<p>307</p>"), Stored: true}, w.note("Preview")
}

func (w *trades) SendTest(_ context.Context, _ int64, _ digest.Project, _ digest.Config, _ digest.Date, c digest.Choice, to digest.Address) (string, error) {
	w.wanted = to
	return "[Test] Support desk", w.note("SendTest")
}

func (w *trades) SendNow(_ context.Context, by digest.Actor, _ int64, key string, _ digest.Date) (int64, error) {
	if key != "weekly" {
		return 0, digest.ErrNotFound
	}
	_ = w.ask("SendNow", by)
	return 31, w.fault
}

func (w *trades) Recipients(_ context.Context, _ int64, _ digest.EditionLine, wanted digest.RecipientsWanted) (digest.Recipients, error) {
	w.wanted = wanted
	return digest.Recipients{Lines: []digest.Recipient{aRecipient()}, Total: 3, ReadAt: now}, w.note("Recipients")
}

func aRecipient() digest.Recipient {
	return digest.Recipient{User: "u1", Name: "=cmd|'/c calc'!A1", Address: "+49 30 5550101", CampaignID: "k1", Campaign: "Recall", DeployedAt: monday, Attempts: 2, Status: "failed", Reason: "Number busy", Stage: "none", Session: "none"}
}

func (w *trades) EachRecipient(_ context.Context, _ int64, _ digest.EditionLine, _ digest.RecipientsWanted, yield func(digest.Recipient) error) error {
	if err := w.note("EachRecipient"); err != nil {
		return err
	}
	return yield(aRecipient())
}

func (w *trades) FlowPersons(_ context.Context, _ int64, _ digest.EditionLine, wanted digest.FlowPersonsWanted) (digest.FlowPersons, error) {
	w.books.wanted = wanted
	return digest.FlowPersons{Lines: []digest.FlowPerson{aFlowPerson()}, Total: 3, ReadAt: now}, w.note("FlowPersons")
}

func aFlowPerson() digest.FlowPerson {
	return digest.FlowPerson{
		User: "u1", Name: "=cmd|'/c calc'!A1", Address: "+49 30 5550101", Flow: "Intake", Practice: "north", At: monday, Appointment: "a20", Detail: "on the phone",
		Answers: []digest.FlowAnswer{{Question: "First visit?", Answer: "Yes"}, {Question: "Which day?", Answer: "-1"}},
	}
}

func (w *trades) EachFlowPerson(_ context.Context, _ int64, _ digest.EditionLine, _ digest.FlowPersonsWanted, yield func(digest.FlowPerson) error) error {
	if err := w.note("EachFlowPerson"); err != nil {
		return err
	}
	return yield(aFlowPerson())
}

func (w *trades) Talk(_ context.Context, _ int64, _ digest.EditionLine, user string) (digest.Talk, error) {
	if user != "u1" {
		return digest.Talk{}, digest.ErrNotFound
	}
	return digest.Talk{User: user, Name: "Ada Quist", Total: 1, ReadAt: now, Lines: []digest.Said{{At: monday, In: true, Author: "user", Body: "At nine?"}}}, w.note("Talk")
}

func (w *trades) MailSignIn(context.Context, digest.Account, string, time.Duration) error {
	return w.note("MailSignIn")
}

func (w *trades) MailInvite(_ context.Context, _ digest.Account, _ digest.Project, by, link string, _ time.Duration) error {
	w.wanted = by + " " + link
	return w.note("MailInvite")
}

func (w *trades) DrawSVG(digest.Letter, digest.Picture, float64) ([]byte, error) {
	return nil, w.note("DrawSVG")
}

// house knows two projects' tokens, by their keys.
type house map[string]digest.Token

func (h house) TokenOf(_ context.Context, key string) (digest.Token, error) {
	if t, ok := h[key]; ok {
		return t, nil
	}
	return digest.Token{}, digest.ErrNotFound
}

func (h house) AskIn(_ context.Context, address, _ string, _ time.Duration) (string, digest.Account, error) {
	return "once", digest.Account{ID: 5, Address: address}, nil
}

const everything = "fn_all"

// served is the API over real HTTP.
type served struct {
	intake lines
	*httptest.Server
	books *books
	works *trades
	clock time.Time
	log   strings.Builder
}

func serve(t *testing.T) *served {
	t.Helper()
	s := &served{books: newBooks(), clock: now}
	s.works = &trades{books: s.books}
	keys := house{
		everything: {ID: 1, Project: 1, ProjectKey: "desk", Name: "CI", Scopes: scopes()},
		"fn_read":  {ID: 2, Project: 1, ProjectKey: "desk", Name: "Reader", Scopes: []digest.Scope{digest.ScopeRead}},
		"fn_other": {ID: 3, Project: 2, ProjectKey: "other", Name: "Other", Scopes: scopes()},
		"fn_admin": {ID: 4, Project: 1, ProjectKey: "desk", Name: "Admin", Scopes: []digest.Scope{digest.ScopeManage}},
	}
	handler := New(Config{
		House: keys, Works: s.works, Intake: s.intake.take, BaseURL: "https://digests.example/f", Version: "1.2.3", Style: "/f/assets/fortnight.css", Rate: 6000,
		Now: func() time.Time { return s.clock }, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
		Project: func(id int64) office.Project {
			if id != 1 {
				t.Errorf("the books of project %d were asked for", id)
			}
			return s.books
		},
	})
	s.Server = httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// answer is what was said to a request.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *served) ask(t *testing.T, key, request, body string, headers ...string) answer {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+Root+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" && strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}
