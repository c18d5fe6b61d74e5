package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

// The support desk of Lindenhof Clinics on Wednesday 25 March 2026, 10:42 in Berlin, as the editor's tests have it: a weekly digest of
// four subscribers, one of them in New York, one paused, one unsubscribed.

type deskBooks struct {
	office.Project
	head        digest.Project
	lines       []digest.DigestLine
	sources     []digest.SourceLine
	subscribers []digest.SubscriberLine
	suppressed  []digest.Suppression
	requested   []digest.Request
	audit       []digest.AuditLine
	members     []digest.Member
	editions    []digest.EditionLine
	deliveries  map[int64][]digest.DeliveryLine
	did         []string
	refuse      error // what changes answer
	now         time.Time
}

func newDeskBooks() *deskBooks {
	b := &deskBooks{
		now:  wednesday,
		head: digest.Project{Key: "desk", Name: "Lindenhof Clinics", Zone: "Europe/Berlin", Locale: "en", WeekStart: time.Monday, BiMonthly: "twice-monthly"},
		sources: []digest.SourceLine{
			{Source: digest.Source{Key: "chatwoot-eu", Platform: "chatwoot"}, Sections: []string{"activity", "contact_center"}},
			{Source: digest.Source{Key: "rasa-front", Platform: "native"}, Sections: []string{"chatbot"}, Fault: "the server refuses the password", Since: wednesday.Add(-18 * time.Hour)},
		},
		members: []digest.Member{
			{Account: digest.Account{ID: 1, Name: "Nora Feld"}, Role: digest.RoleOwner},
			{Account: digest.Account{ID: 2, Name: "Emil Brandt"}, Role: digest.RoleEditor},
			{Account: digest.Account{ID: 3, Name: "Vera Lind"}, Role: digest.RoleViewer},
		},
		deliveries: map[int64][]digest.DeliveryLine{},
	}
	b.head.Sources = []digest.Source{b.sources[0].Source, b.sources[1].Source}
	b.lines = []digest.DigestLine{{
		ID: 1, Version: 7, Owner: 1, OwnerName: "Nora Feld", Config: weeklyDesk(),
		Readers: map[digest.Audience]int{digest.Manager: 35, digest.Admin: 3, digest.Executive: 4}, Gone: 2,
	}}
	for i, s := range []digest.Subscriber{
		{Name: "Maya Ortiz", Address: "m.ortiz@lindenhof.example", Zone: "America/New_York", Audience: digest.Manager, PDF: true, AddedBy: "Nora Feld"},
		{Name: "Jana Krüger", Address: "j.krueger@lindenhof.example", Locale: "es", Audience: digest.Admin, PDF: true},
		{Name: "Kenji Mori", Address: "k.mori@lindenhof.example", Zone: "Asia/Tokyo", Audience: digest.Executive},
		{Name: "Tom Okafor", Address: "t.okafor@lindenhof.example", Audience: digest.Manager},
	} {
		s.ID, s.AddedAt = int64(i+1), wednesday.AddDate(0, -2, 0)
		b.subscribers = append(b.subscribers, digest.SubscriberLine{Project: "desk", Digest: "weekly", Subscriber: s, LastState: digest.DeliverySent, LastAt: wednesday.AddDate(0, 0, -2)})
	}
	b.subscribers[2].Wishes = digest.Wishes{Cadence: "monthly", PausedUntil: digest.Date{Year: 2026, Month: 4, Day: 7}}
	b.subscribers[3].UnsubscribedAt = wednesday.AddDate(0, 0, -10)
	b.suppressed = []digest.Suppression{{Address: "r.weiss@lindenhof.example", Reason: "hard bounce 5.1.1", At: wednesday.AddDate(0, 0, -12)}}
	return b
}

func weeklyDesk() digest.Config {
	return digest.Config{
		Key: "weekly", Name: "Support desk", Active: true, Paper: "A4", MissedAfter: 24 * time.Hour, CatchUp: 2,
		Cadence:  digest.CadenceSpec{Kind: "weekly", At: "mon 08:00", Zone: "Europe/Berlin", WeekStart: time.Monday},
		Sections: []digest.SectionChoice{{Section: "activity", Source: "chatwoot-eu"}, {Section: "contact_center", Source: "chatwoot-eu"}},
		Targets:  []digest.Target{{Section: "contact_center", Figure: "wait_median", Value: 600}},
	}
}

func (b *deskBooks) did1(format string, args ...any) error {
	if b.refuse == nil {
		b.did = append(b.did, fmt.Sprintf(format, args...))
	}
	return b.refuse
}

func (b *deskBooks) Head(context.Context) (digest.Project, error) { return b.head, nil }
func (b *deskBooks) Needs(context.Context) (digest.Needs, error) {
	return digest.Needs{Requests: b.requested}, nil
}

func (b *deskBooks) Digests(context.Context) ([]digest.DigestLine, error) {
	return slices.Clone(b.lines), nil
}

func (b *deskBooks) DigestsToCome(ctx context.Context) ([]digest.DigestLine, error) {
	all, err := b.Digests(ctx)
	for i := range all {
		all[i].Last, all[i].OwnerName = nil, ""
	}
	return all, err
}

func (b *deskBooks) DigestNames(context.Context) (all []digest.DigestName, err error) {
	for _, d := range b.lines {
		all = append(all, digest.DigestName{Key: d.Config.Key, Name: d.Config.Name, Active: d.Config.Active})
	}
	return all, nil
}

func (b *deskBooks) ReadersZones(_ context.Context, key string) (all []digest.ReadersZone, err error) {
	for _, s := range b.subscribers {
		zone := cmp.Or(s.Wishes.Zone, s.Zone)
		if zone == "" || s.Digest != key || !s.Gets() {
			continue
		}
		i := slices.IndexFunc(all, func(z digest.ReadersZone) bool { return z.Zone == zone })
		if i < 0 {
			i, all = len(all), append(all, digest.ReadersZone{Zone: zone, One: called(s.Subscriber)})
		}
		all[i].Readers++
	}
	return all, nil
}

func (b *deskBooks) Sources(context.Context) ([]digest.SourceLine, error) { return b.sources, nil }

func (b *deskBooks) Members(context.Context) ([]digest.Member, error) { return b.members, nil }

func (b *deskBooks) Requests(context.Context) ([]digest.Request, error) { return b.requested, nil }

func (b *deskBooks) Unsuppress(_ context.Context, by digest.Actor, address string) error {
	return b.did1("%s lifts %s", by.Name, address)
}

func (b *deskBooks) Decide(_ context.Context, by digest.Actor, id int64, approve bool) error {
	return b.did1("%s decides %d: %v", by.Name, id, approve)
}

func (b *deskBooks) at(key string) int {
	return slices.IndexFunc(b.lines, func(d digest.DigestLine) bool { return d.Config.Key == key })
}

func (b *deskBooks) Digest(_ context.Context, key string) (digest.DigestLine, error) {
	if i := b.at(key); i >= 0 {
		return b.lines[i], nil
	}
	return digest.DigestLine{}, digest.ErrNotFound
}

func (b *deskBooks) SaveDigest(_ context.Context, by digest.Actor, c digest.Config, version int) (digest.DigestLine, digest.Change, error) {
	if b.refuse != nil {
		return digest.DigestLine{}, digest.Change{}, b.refuse
	}
	i := b.at(c.Key)
	if i < 0 {
		b.lines = append(b.lines, digest.DigestLine{ID: int64(len(b.lines) + 1), Config: c, Version: 1})
		return b.lines[len(b.lines)-1], digest.Change{Verb: "add"}, b.did1("%s adds %s", by.Name, c.Key)
	}
	if b.lines[i].Version != version {
		return digest.DigestLine{}, digest.Change{}, digest.ErrStale
	}
	b.lines[i].Config, b.lines[i].Version = c, version+1
	return b.lines[i], digest.Change{Verb: "change"}, b.did1("%s saves %s", by.Name, c.Key)
}

func (b *deskBooks) SwitchDigest(_ context.Context, by digest.Actor, key string, on bool) error {
	if b.refuse == nil {
		b.lines[b.at(key)].Config.Active = on
	}
	return b.did1("%s switches %s: %v", by.Name, key, on)
}

func (b *deskBooks) RemoveDigest(_ context.Context, by digest.Actor, key string) error {
	return b.did1("%s removes %s", by.Name, key)
}

func (b *deskBooks) Reassign(_ context.Context, by digest.Actor, key string, account int64) error {
	return b.did1("%s gives %s to %d", by.Name, key, account)
}

func (b *deskBooks) Audit(_ context.Context, w digest.AuditWanted) (digest.Listed[digest.AuditLine], error) {
	var some []digest.AuditLine
	for _, l := range b.audit {
		if strings.Contains(l.What, w.What) {
			some = append(some, l)
		}
	}
	return pageOf(some, w.Page), nil
}

// pageOf cuts a list into parts, marked by their offset.
func pageOf[T any](all []T, p digest.Page) digest.Listed[T] {
	from, _ := strconv.Atoi(p.After)
	size := p.Size
	if size == 0 {
		size = 50
	}
	to := min(from+size, len(all))
	l := digest.Listed[T]{Lines: slices.Clone(all[from:to]), Total: len(all)}
	if to < len(all) {
		l.Next = strconv.Itoa(to)
	}
	return l
}

func (b *deskBooks) Subscribers(_ context.Context, w digest.SubscribersWanted) (digest.Listed[digest.SubscriberLine], error) {
	if w.Size > 500 {
		return digest.Listed[digest.SubscriberLine]{}, errors.New("a page of more than 500")
	}
	var some []digest.SubscriberLine
	for _, s := range b.subscribers {
		state := "gets"
		switch {
		case !s.RemovedAt.IsZero():
			state = "removed"
		case !s.UnsubscribedAt.IsZero():
			state = "unsubscribed"
		case s.Suppressed != "":
			state = "suppressed"
		case digest.DateOf(b.now).Before(s.Wishes.PausedUntil):
			state = "paused"
		}
		if (w.Digest == "" || s.Digest == w.Digest) && (w.State == state || w.State == "" && state != "removed") &&
			strings.Contains(strings.ToLower(s.Name+" "+s.Address), strings.ToLower(w.Search)) {
			some = append(some, s)
		}
	}
	return pageOf(some, w.Page), nil
}

func (b *deskBooks) Subscriber(_ context.Context, id int64) (digest.SubscriberLine, error) {
	for _, s := range b.subscribers {
		if s.ID == id {
			return s, nil
		}
	}
	return digest.SubscriberLine{}, digest.ErrNotFound
}

func (b *deskBooks) SaveSubscribers(_ context.Context, by digest.Actor, key string, all []digest.Subscriber, only, dry bool) (changes []digest.Change, err error) {
	if b.refuse != nil {
		return nil, b.refuse
	}
	kept := slices.Clone(b.subscribers)
	named := map[string]bool{}
	for _, s := range all {
		named[strings.ToLower(s.Address)] = true
		i := slices.IndexFunc(kept, func(k digest.SubscriberLine) bool { return k.Digest == key && strings.EqualFold(k.Address, s.Address) })
		what := "subscriber desk/" + key + " " + s.Address
		switch {
		case i < 0:
			s.ID = int64(len(kept) + 1)
			kept = append(kept, digest.SubscriberLine{Digest: key, Subscriber: s})
			changes = append(changes, digest.Change{Verb: "add", What: what})
		case kept[i].Zone != s.Zone || kept[i].Name != s.Name || kept[i].Audience != s.Audience || kept[i].PDF != s.PDF || kept[i].Locale != s.Locale:
			c := digest.Change{Verb: "change", What: what}
			if kept[i].Zone != s.Zone {
				c.Details = append(c.Details, digest.Difference{What: "zone", From: strconv.Quote(kept[i].Zone), To: strconv.Quote(s.Zone)})
			}
			if kept[i].Name != s.Name {
				c.Details = append(c.Details, digest.Difference{What: "name", From: strconv.Quote(kept[i].Name), To: strconv.Quote(s.Name)})
			}
			if !kept[i].UnsubscribedAt.IsZero() {
				c.Notes = []string{"stays unsubscribed"}
			}
			changes = append(changes, c)
			kept[i].Subscriber = s
		}
	}
	for i := range kept {
		if only && kept[i].Digest == key && kept[i].RemovedAt.IsZero() && !named[strings.ToLower(kept[i].Address)] {
			kept[i].RemovedAt = b.now
			changes = append(changes, digest.Change{Verb: "remove", What: "subscriber desk/" + key + " " + kept[i].Address})
		}
	}
	if !dry {
		b.subscribers = kept
		return changes, b.did1("%s saves %d subscribers of %s", by.Name, len(all), key)
	}
	return changes, nil
}

func (b *deskBooks) RemoveSubscriber(_ context.Context, by digest.Actor, id int64) error {
	return b.did1("%s takes out %d", by.Name, id)
}

func (b *deskBooks) RevokeLinks(_ context.Context, by digest.Actor, id int64) error {
	return b.did1("%s revokes the links of %d", by.Name, id)
}

func (b *deskBooks) Suppressions(_ context.Context, p digest.Page) (digest.Listed[digest.Suppression], error) {
	return pageOf(b.suppressed, p), nil
}

func (b *deskBooks) Editions(_ context.Context, w digest.EditionsWanted) (digest.Listed[digest.EditionLine], error) {
	return pageOf(b.editions, w.Page), nil
}

func (b *deskBooks) Deliveries(_ context.Context, w digest.DeliveriesWanted) (digest.Listed[digest.DeliveryLine], error) {
	return pageOf(b.deliveries[w.Edition], w.Page), nil
}

// deskWorks knows the weekly cadence, and renders what it was asked for.
type deskWorks struct {
	office.Works
	now      time.Time
	rendered []string // what Preview was asked for
	fault    error    // of Preview, SendTest and SendNow
	edition  int64    // of SendNow
	sent     []string // what SendTest and SendNow did
	mail     []byte   // in place of the small one
}

func (w *deskWorks) Kinds() []string {
	return []string{"weekly", "every-2-weeks", "twice-monthly", "monthly", "every-2-months", "daily", "bi-monthly"}
}
func (w *deskWorks) Sections() []string { return []string{"activity", "chatbot", "contact_center"} }
func (w *deskWorks) Locales() []string  { return []string{"en", "es"} }

func (w *deskWorks) CheckDigest(_ digest.Project, c digest.Config) error {
	var faults []error
	if !strings.Contains(c.Cadence.At, ":") && c.Cadence.Kind == "weekly" {
		faults = append(faults, &digest.RefusedError{Field: "at", Reason: `Write a weekday and HH:MM, such as "mon 08:00".`})
	}
	return errors.Join(faults...)
}

func (w *deskWorks) dues(c digest.Config, n, step int) (dues []time.Time, err error) {
	loc, err := time.LoadLocation(c.Cadence.Zone)
	if err != nil {
		return nil, err
	}
	day, hour, _ := strings.Cut(c.Cadence.At, " ")
	clock, err := time.Parse("15:04", hour)
	if err != nil {
		return nil, &digest.RefusedError{Field: "at", Reason: `Write a weekday and HH:MM, such as "mon 08:00".`}
	}
	for d := digest.DateOf(w.now.In(loc)); len(dues) < n; d = d.AddDays(step) {
		due, _ := d.At(clock.Hour(), clock.Minute(), loc)
		if strings.EqualFold(d.Weekday().String()[:3], day) && (step > 0) == due.After(w.now) {
			dues = append(dues, due)
		}
	}
	return dues, nil
}

func weekBefore(due time.Time) digest.Period {
	end := digest.DateOf(due)
	for end.Weekday() != time.Monday {
		end = end.AddDays(-1)
	}
	p, err := digest.NewPeriod(end.AddDays(-7), end, due.Location())
	if err != nil {
		panic(err)
	}
	return p
}

func (w *deskWorks) Cadence(p digest.Project, c digest.Config, zone string, n int) (office.Cadence, error) {
	dues, err := w.dues(c, n, 1)
	out := office.Cadence{Kind: "weekly"}
	for _, due := range dues {
		s := office.Send{Due: due, Period: weekBefore(due)}
		s.Hours = s.Period.Hours()
		if s.Hours == 167 {
			s.Change, s.Forward, s.DueShift = time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), true, "CEST, until now CET"
		}
		if zone != "" {
			there, err := time.LoadLocation(zone)
			if err != nil {
				return out, err
			}
			local, _ := digest.DateOf(due).At(due.Hour(), due.Minute(), there)
			if s.AsSoon = local.Before(due); s.AsSoon {
				local = due.In(there)
			} else if s.Hours == 167 && zone == "America/New_York" {
				s.LocalShift = "14:00 in Berlin, was 13:00"
			}
			s.Local = local
		}
		out.Next = append(out.Next, s)
	}
	return out, err
}

func (w *deskWorks) Periods(_ digest.Project, c digest.Config, n int) (all []digest.Period, err error) {
	dues, err := w.dues(c, n, -1)
	for _, due := range dues {
		all = append(all, weekBefore(due))
	}
	return all, err
}

func (w *deskWorks) Preview(_ context.Context, project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice) (office.Preview, error) {
	w.rendered = append(w.rendered, fmt.Sprintf("%d %s %s from %s for %s in %s", project, c.Key, c.Cadence.At, from, choice.Audience, choice.Locale))
	if w.fault != nil {
		return office.Preview{}, w.fault
	}
	v := digest.Variant{Choice: choice, Text: []byte("192 messages\n"), PDFName: "LC-2026-W12.pdf"}
	if choice.PDF {
		v.PDF = []byte("%PDF-1.7")
	}
	v.Letter.Subject = "Support desk, 16–22 Mar: 192 messages (−9 %), 2 missed"
	if c.Subject != "" {
		v.Letter.Subject = digest.SubjectOf(c.Subject, map[string]string{"project": p.Name, "digest": c.Name, "period": "16–22 Mar", "finding": "192 messages"})
	}
	mail := w.mail
	if mail == nil {
		mail = []byte(`<html><head><meta name="color-scheme" content="light dark"><style>:root { color-scheme:light dark } @media (prefers-color-scheme:dark) { body { background:#111318 } }</style></head><body>192 messages</body></html>`)
	}
	v.HTML = mail
	return office.Preview{HTML: mail, Variant: v, Stored: true}, nil
}

func (w *deskWorks) SendTest(_ context.Context, _ int64, _ digest.Project, c digest.Config, from digest.Date, choice digest.Choice, to digest.Address) (string, error) {
	if w.fault != nil {
		return "", w.fault
	}
	w.sent = append(w.sent, fmt.Sprintf("test of %s %s from %s for %s in %s, PDF %v, to %s", c.Key, c.Cadence.At, from, choice.Audience, choice.Locale, choice.PDF, to.Address))
	return "[Test] Support desk, 16–22 Mar: 192 messages", nil
}

func (w *deskWorks) SendNow(_ context.Context, by digest.Actor, _ int64, key string, from digest.Date) (int64, error) {
	if w.fault != nil {
		return w.edition, w.fault
	}
	w.sent = append(w.sent, fmt.Sprintf("%s sends %s from %s", by.Name, key, from))
	return w.edition, nil
}

// atTheDesk serves the desk.
func atTheDesk(t testing.TB, b *deskBooks) (*site, *deskWorks) {
	t.Helper()
	w := &deskWorks{now: wednesday, edition: 91}
	return newSite(t, func(c *Config) {
		c.Works = w
		c.Project = func(int64) office.Project { return b }
	}), w
}
