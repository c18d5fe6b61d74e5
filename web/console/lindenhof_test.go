package console

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

// Lindenhof Clinics on Wednesday 25 March 2026, 10:42 in Berlin: seven digests that are on, one draft; one edition is held, one has
// failed deliveries, one source cannot be read.

var berlin = mustZone("Europe/Berlin")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func at(y int, m time.Month, d, hour, minute int) time.Time {
	return time.Date(y, m, d, hour, minute, 0, 0, berlin)
}

func march(d, hour, minute int) time.Time { return at(2026, 3, d, hour, minute) }

// period of the local days first to last.
func period(first, last digest.Date) digest.Period {
	p, err := digest.NewPeriod(first, last.AddDays(1), berlin)
	if err != nil {
		panic(err)
	}
	return p
}

func inMarch(first, last int) digest.Period {
	return period(digest.Date{Year: 2026, Month: 3, Day: first}, digest.Date{Year: 2026, Month: 3, Day: last})
}

// clinics is the project's books in memory, with an account of what was done.
type clinicBooks struct {
	office.Project
	head       digest.Project
	digests    []digest.DigestLine
	sources    []digest.SourceLine
	editions   []digest.EditionLine
	snapshots  map[int64]digest.Snapshot
	variants   map[int64][]digest.Variant
	deliveries map[int64][]digest.DeliveryLine
	needs      digest.Needs
	standing   digest.Standing
	done       []string // "release 1", "resend 2 []"
	refuse     error    // what changes answer
	saved      []digest.Source
}

func (b *clinicBooks) Head(context.Context) (digest.Project, error) { return b.head, nil }
func (b *clinicBooks) Needs(context.Context) (digest.Needs, error)  { return b.needs, nil }
func (b *clinicBooks) Digests(context.Context) ([]digest.DigestLine, error) {
	return slices.Clone(b.digests), nil
}

func (b *clinicBooks) DigestsToCome(ctx context.Context) ([]digest.DigestLine, error) {
	all, err := b.Digests(ctx)
	for i := range all {
		all[i].Last, all[i].OwnerName = nil, ""
	}
	return all, err
}

func (b *clinicBooks) DigestNames(context.Context) (all []digest.DigestName, err error) {
	for _, d := range b.digests {
		all = append(all, digest.DigestName{Key: d.Config.Key, Name: d.Config.Name, Active: d.Config.Active})
	}
	return all, nil
}

func (b *clinicBooks) Sources(context.Context) ([]digest.SourceLine, error) {
	return slices.Clone(b.sources), nil
}

func (b *clinicBooks) Standing(_ context.Context, week time.Time) (digest.Standing, error) {
	if !week.Equal(march(23, 0, 0)) {
		return digest.Standing{}, fmt.Errorf("the week began at %s", week)
	}
	return b.standing, nil
}

func (b *clinicBooks) Members(context.Context) ([]digest.Member, error) {
	return []digest.Member{{Account: digest.Account{Name: "Nora Feld"}, Role: digest.RoleOwner}}, nil
}

// part cuts a list into pages, marked by their offset.
func part[T any](all []T, p digest.Page) digest.Listed[T] {
	size := p.Size
	if size == 0 {
		size = 50
	}
	from, _ := strconv.Atoi(p.After)
	to := min(from+size, len(all))
	l := digest.Listed[T]{Lines: all[from:to], Total: len(all)}
	if to < len(all) {
		l.Next = strconv.Itoa(to)
	}
	return l
}

func (b *clinicBooks) Editions(_ context.Context, w digest.EditionsWanted) (digest.Listed[digest.EditionLine], error) {
	var some []digest.EditionLine
	for _, e := range b.editions {
		if (w.Digest == "" || e.Config.Key == w.Digest) && (w.State == "" || e.State == w.State) {
			some = append(some, e)
		}
	}
	return part(some, w.Page), nil
}

func (b *clinicBooks) EditionsBetween(_ context.Context, from, to time.Time) (some []digest.EditionLine, err error) {
	for _, e := range b.editions {
		if !e.Due.Before(from) && e.Due.Before(to) {
			some = append(some, e)
		}
	}
	slices.SortFunc(some, func(a, b digest.EditionLine) int { return a.Due.Compare(b.Due) })
	return some, nil
}

func (b *clinicBooks) Edition(_ context.Context, id int64) (digest.EditionLine, digest.Snapshot, error) {
	for _, e := range b.editions {
		if e.ID == id {
			return e, b.snapshots[id], nil
		}
	}
	return digest.EditionLine{}, digest.Snapshot{}, digest.ErrNotFound
}

func (b *clinicBooks) Neighbours(_ context.Context, id int64) (before, after int64, err error) {
	e, _, err := b.Edition(context.Background(), id)
	for _, o := range b.editions {
		if o.DigestID == e.DigestID && o.Period.To.Equal(e.Period.From) {
			before = o.ID
		}
		if o.DigestID == e.DigestID && o.Period.From.Equal(e.Period.To) {
			after = o.ID
		}
	}
	return before, after, err
}

func (b *clinicBooks) Variants(_ context.Context, id int64) (all []digest.Choice, err error) {
	for _, v := range b.variants[id] {
		all = append(all, v.Choice)
	}
	return all, nil
}

func (b *clinicBooks) Variant(_ context.Context, id int64, c digest.Choice) (digest.Variant, error) {
	for _, v := range b.variants[id] {
		if v.Choice == c {
			return v, nil
		}
	}
	return digest.Variant{}, digest.ErrNotFound
}

func (b *clinicBooks) Deliveries(_ context.Context, w digest.DeliveriesWanted) (digest.Listed[digest.DeliveryLine], error) {
	var some []digest.DeliveryLine
	for _, d := range b.deliveries[w.Edition] {
		if (w.State == "" || d.State == w.State) && strings.Contains(strings.ToLower(d.Subscriber.Name+" "+d.Subscriber.Address), strings.ToLower(w.Search)) {
			some = append(some, d)
		}
	}
	return part(some, w.Page), nil
}

func (b *clinicBooks) AllDeliveries(_ context.Context, id int64) iter.Seq2[digest.DeliveryLine, error] {
	return func(yield func(digest.DeliveryLine, error) bool) {
		for _, d := range b.deliveries[id] {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func (b *clinicBooks) Delivery(_ context.Context, id int64) (digest.DeliveryLine, error) {
	for _, all := range b.deliveries {
		for _, d := range all {
			if d.ID == id {
				return d, nil
			}
		}
	}
	return digest.DeliveryLine{}, digest.ErrNotFound
}

func (b *clinicBooks) act(format string, args ...any) error {
	if b.refuse == nil {
		b.done = append(b.done, fmt.Sprintf(format, args...))
	}
	return b.refuse
}

func (b *clinicBooks) Release(_ context.Context, by digest.Actor, id int64) error {
	return b.act("%s releases %d", by.Name, id)
}

func (b *clinicBooks) Discard(_ context.Context, by digest.Actor, id int64) error {
	return b.act("%s discards %d", by.Name, id)
}

func (b *clinicBooks) RevokeEdition(_ context.Context, by digest.Actor, id int64) error {
	return b.act("%s revokes %d", by.Name, id)
}

func (b *clinicBooks) Resend(_ context.Context, by digest.Actor, id int64, deliveries []int64) (int, error) {
	n := len(deliveries)
	if n == 0 {
		n = 3
	}
	return n, b.act("%s resends %d %v", by.Name, id, deliveries)
}

func (b *clinicBooks) SaveSource(_ context.Context, by digest.Actor, s digest.Source) (digest.Change, error) {
	if err := b.act("%s saves source %s", by.Name, s.Key); err != nil {
		return digest.Change{}, err
	}
	b.saved = append(b.saved, s)
	for i := range b.sources {
		if b.sources[i].Key == s.Key {
			b.sources[i].Source = digest.Source{Key: s.Key, Platform: s.Platform, Tenant: s.Tenant}
			return digest.Change{Details: []digest.Difference{{What: "tenant"}}}, nil
		}
	}
	b.sources = append(b.sources, digest.SourceLine{Source: digest.Source{Key: s.Key, Platform: s.Platform, Tenant: s.Tenant}})
	return digest.Change{Verb: "add"}, nil
}

func (b *clinicBooks) RemoveSource(_ context.Context, by digest.Actor, key string) error {
	return b.act("%s removes source %s", by.Name, key)
}

func (b *clinicBooks) SourceSecret(_ context.Context, key string) (digest.Source, error) {
	for _, s := range b.sources {
		if s.Key == key {
			s.DSN = "postgres://reader:geheim@db.example/x"
			return s.Source, nil
		}
	}
	return digest.Source{}, digest.ErrNotFound
}

func (b *clinicBooks) Probed(_ context.Context, key string, found digest.Probe) error {
	return b.act("probed %s: %q %d %d %d", key, found.Fault, len(found.Checks), len(found.Findings), len(found.Sections))
}

// clinicWorks makes schedules of a few cadences, and says of sources what a test wants.
type clinicWorks struct {
	office.Works
	now   time.Time
	found digest.Probe
}

func (w *clinicWorks) Platforms() []string { return []string{"chatwoot", "native"} }
func (w *clinicWorks) Sections() []string  { return []string{"activity", "chatbot", "contact_center"} }

func (w *clinicWorks) Probe(context.Context, digest.Source) digest.Probe {
	return w.found
}

func (w *clinicWorks) DrawSVG(_ digest.Letter, p digest.Picture, width float64) ([]byte, error) {
	if width != chartWidth && width != narrowWidth {
		return nil, errors.New("another width")
	}
	return []byte(`<svg class="c" viewBox="0 0 600 160" role="img" aria-label="` + p.Title + `"><path d="M0 120 L100 90 L200 40 L300 70 L400 60 L500 110 L600 130" fill="none" stroke="var(--s1)" stroke-width="3"/></svg>`), nil
}

func (w *clinicWorks) Preview(_ context.Context, project int64, _ digest.Project, c digest.Config, from digest.Date, choice digest.Choice) (office.Preview, error) {
	text := fmt.Sprintf("preview of %d %s from %s for %s in %s", project, c.Key, from, choice.Audience, choice.Locale)
	return office.Preview{HTML: []byte("<p>" + text), Variant: digest.Variant{Text: []byte(text), PDF: []byte("%PDF " + text), PDFName: "CC-2026-W12.pdf"}}, nil
}

func (w *clinicWorks) Cadence(p digest.Project, c digest.Config, _ string, n int) (office.Cadence, error) {
	sends, err := w.Between(p, c, w.now, w.now.AddDate(0, 4, 0))
	kind := c.Cadence.Kind
	if kind == "bi-monthly" {
		kind = "twice-monthly"
	}
	return office.Cadence{Kind: kind, Words: "on the 1st it covers the 16th to the end, on the 16th the 1st to the 15th", Next: sends[:min(n, len(sends))]}, err
}

func (w *clinicWorks) ReadersCadence(_ digest.Project, c digest.Config, kind string) (digest.CadenceSpec, error) {
	_, hour, _ := strings.Cut(c.Cadence.At, " ")
	return digest.CadenceSpec{Kind: kind, At: hour, Zone: c.Cadence.Zone}, nil
}

func (w *clinicWorks) Between(_ digest.Project, c digest.Config, from, to time.Time) (all []office.Send, err error) {
	day, hour, ok := strings.Cut(c.Cadence.At, " ")
	if !ok {
		day, hour = "", c.Cadence.At
	}
	if c.Cadence.Kind == "broken" {
		return nil, &digest.RefusedError{Field: "cadence", Reason: "No such cadence."}
	}
	h, m := 0, 0
	if _, err := fmt.Sscanf(hour, "%d:%d", &h, &m); err != nil {
		return nil, err
	}
	for d := digest.DateOf(from.In(berlin)); ; d = d.AddDays(1) {
		due, _ := d.At(h, m, berlin)
		if !due.Before(to) {
			return all, nil
		}
		if due.Before(from) {
			continue
		}
		var p digest.Period
		weekday := strings.ToLower(d.Weekday().String()[:3]) == day
		switch {
		case c.Cadence.Kind == "weekly" && weekday && c.Key == "open":
			p = period(d.AddDays(-1), d.AddDays(-1))
		case c.Cadence.Kind == "weekly" && weekday:
			p = period(d.AddDays(-7), d.AddDays(-1))
		case c.Cadence.Kind == "every-2-weeks" && weekday && c.Cadence.Anchor.DaysUntil(d)%14 == 0:
			p = period(d.AddDays(-14), d.AddDays(-1))
		case c.Cadence.Kind == "bi-monthly" && d.Day == 1:
			p = period(digest.Date{Year: d.AddDays(-1).Year, Month: d.AddDays(-1).Month, Day: 16}, d.AddDays(-1))
		case c.Cadence.Kind == "bi-monthly" && d.Day == 16:
			p = period(d.AddDays(-15), d.AddDays(-1))
		case c.Cadence.Kind == "monthly" && d.Day == 1:
			p = period(d.AddMonths(-1), d.AddDays(-1))
		default:
			continue
		}
		s := office.Send{Due: due, Period: p, Hours: p.Hours()}
		if p.Hours() != float64(24*len(p.Days())) {
			s.Change = at(2026, 3, 29, 3, 0)
			s.Forward = true
		}
		all = append(all, s)
	}
}

// plain writes English as the console's tests compute it by hand.
type plainWords struct{ digest.Words }

func plainEnglish(string) (digest.Words, error) { return plainWords{}, nil }

var plainPhrases = map[string]string{
	"figure.activity.total_messages.label":            "Messages",
	"figure.contact_center.total_conversations.label": "Offered to agents",
	"figure.contact_center.handled.label":             "Handled",
	"figure.contact_center.wait_median.label":         "Median wait",
	"chatwoot.no_presence":                            "Chatwoot keeps no record of when agents were online.",
	"chatwoot.assignments_from_replies":               "Chatwoot keeps no history of assignments: they are derived from who replied.",
	"note.one_reply":                                  "Derived from replies: {count} of {of} conversations had one reply and count as 0 s.",
}

func (plainWords) Has(key string) bool { return plainPhrases[key] != "" }
func (plainWords) Phrase(key string, slots ...digest.Slot) digest.Spans {
	text := plainPhrases[key]
	for _, s := range slots {
		if s.IsN {
			s.Text = strconv.Itoa(int(s.Count))
		}
		text = strings.ReplaceAll(text, "{"+s.Name+"}", s.Text)
	}
	return digest.Spans{{Text: text}}
}
func (plainWords) Count(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) }
func (plainWords) Decimal(n float64, places int) string {
	return strings.Replace(strconv.FormatFloat(n, 'f', places, 64), "-", "−", 1)
}

func (w plainWords) Percent(n float64) string {
	if n == math.Trunc(n) || n >= 10 {
		return w.Decimal(n, 0) + " %"
	}
	return w.Decimal(n, 1) + " %"
}

func (w plainWords) Points(n float64) string {
	places := 1
	if n == math.Trunc(n) {
		places = 0
	}
	return w.Signed(n, places) + " pts"
}

func (w plainWords) Signed(n float64, places int) string {
	switch {
	case n == 0:
		return "±0"
	case n > 0:
		return "+" + w.Decimal(n, places)
	}
	return w.Decimal(n, places)
}

func (plainWords) Duration(seconds float64) []digest.Part {
	s := int(seconds)
	switch {
	case s >= 3600:
		return []digest.Part{{Number: strconv.Itoa(s / 3600), Unit: "h"}, {Number: strconv.Itoa(s % 3600 / 60), Unit: "min"}}
	case s >= 60:
		return []digest.Part{{Number: strconv.Itoa(s / 60), Unit: "min"}}
	}
	return []digest.Part{{Number: strconv.Itoa(s), Unit: "s"}}
}

func num(key string, u digest.Unit, now, before float64, way digest.Direction) digest.Figure {
	return digest.Figure{Key: key, Unit: u, Value: digest.Num(now), Previous: digest.Num(before), Direction: way}
}

// theClinics fills the books with the example.
func theClinics() *clinicBooks {
	b := &clinicBooks{
		head:      digest.Project{Key: "desk", Name: "Lindenhof Clinics", Zone: "Europe/Berlin", Locale: "en", WeekStart: time.Monday, BiMonthly: "twice-monthly", Brand: digest.Brand{Accent: 0x0f766eff}},
		snapshots: map[int64]digest.Snapshot{}, variants: map[int64][]digest.Variant{}, deliveries: map[int64][]digest.DeliveryLine{},
		standing: digest.Standing{
			Week:         map[digest.DeliveryState]int{digest.DeliverySent: 93, digest.DeliveryFailed: 3, digest.DeliverySuppressed: 2},
			WeekEditions: 3, Held: 118, HeldEditions: 1, Sent: 812, Bounced: 7, SentBefore: 790, BouncedBefore: 9,
		},
	}
	line := func(id int64, key, name, kind, at string, readers int) {
		b.digests = append(b.digests, digest.DigestLine{
			ID: id, Version: 1, Readers: map[digest.Audience]int{digest.Manager: readers - 1, digest.Admin: 1},
			Config: digest.Config{
				Key: key, Name: name, Active: true, Cadence: digest.CadenceSpec{Kind: kind, At: at, Zone: "Europe/Berlin"}, Paper: "A4",
				Sections: []digest.SectionChoice{{Section: "activity", Source: "chatwoot-eu"}, {Section: "contact_center", Source: "chatwoot-eu"}},
			},
		})
	}
	line(1, "contact", "Contact center, all clinics", "weekly", "mon 08:00", 118)
	line(2, "support", "Support desk", "weekly", "mon 08:00", 42)
	line(3, "front", "Front desk bot", "weekly", "mon 08:30", 27)
	line(4, "open", "Open conversations", "weekly", "tue 17:00", 31)
	line(5, "outreach", "WhatsApp outreach", "weekly", "thu 17:00", 22)
	line(6, "intake", "Intake flows", "weekly", "fri 16:00", 16)
	line(7, "leadership", "Leadership summary", "bi-monthly", "07:00", 9)
	line(8, "night", "Night line", "every-2-weeks", "mon 09:00", 2)
	b.digests[7].Config.Active = false
	b.digests[7].Config.Cadence.Anchor = digest.Date{Year: 2026, Month: 4, Day: 6}
	b.digests[5].Config.Sections = []digest.SectionChoice{{Section: "chatbot", Source: "typebot-eu"}}
	b.sources = []digest.SourceLine{
		{
			ID: 1, Source: digest.Source{Key: "chatwoot-eu", Platform: "chatwoot", Tenant: "1"}, Host: "replica.db.lindenhof.example:5432/chatwoot", Checked: march(25, 10, 31),
			Checks: []digest.Check{
				{Key: "tls", Verdict: digest.CheckWell, Title: "Connects with TLS", Text: "TLS 1.3, and the server's certificate is valid until 3 Nov 2026."},
				{Key: "rights", Verdict: digest.CheckNote, Title: "Could write", Text: "Role fortnight may change the platform's tables.", Remedy: "SELECT would do: give it a role of its own."},
				{Key: "columns", Verdict: digest.CheckWell, Title: "All columns are there", Text: "14 tables, 96 columns."},
				{
					Key: "indexes", Verdict: digest.CheckMend, Title: "One index is missing", Text: "Without it each edition goes through all 3,412,000 rows of messages.",
					Remedy: "Fortnight only reads here: have whoever owns the database run this; it does not lock the table.", SQL: "CREATE INDEX CONCURRENTLY ON messages (account_id, created_at);",
				},
				{Key: "fresh", Verdict: digest.CheckWell, Title: "Fresh", Text: "The newest message is 40 s old."},
			},
			Findings: []string{
				"Tenant 1 is “Lindenhof Clinics”, on PostgreSQL 16.4, a read replica.", "Its user could write there. SELECT would do.",
				"Connection hours: not available, printed so and never as 0.", "Assignments and transfers: derived.", "Campaigns: known in part.",
			},
			Sections: []string{"activity", "contact_center"}, Used: []string{"support", "contact", "open", "front", "outreach", "leadership"},
		},
		{
			ID: 2, Source: digest.Source{Key: "typebot-eu", Platform: "native", Tenant: "7"}, Host: "db.typebot.example:5432/events", Checked: march(25, 10, 0),
			Fault: "the server refuses the password", Since: march(24, 16, 0), Used: []string{"intake"},
		},
	}
	b.edit(11, 1, inMarch(16, 22), march(23, 8, 0), digest.EditionHeld, nil)
	b.edit(12, 2, inMarch(16, 22), march(23, 8, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 38, digest.DeliverySuppressed: 2})
	b.edit(13, 3, inMarch(16, 22), march(23, 8, 30), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 24, digest.DeliveryFailed: 3})
	b.edit(14, 4, inMarch(24, 24), march(24, 17, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 31})
	b.edit(15, 5, inMarch(12, 18), march(19, 11, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 22})
	b.edit(16, 6, inMarch(13, 19), march(20, 16, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 16})
	b.edit(17, 7, inMarch(1, 15), march(16, 7, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 9})
	b.edit(18, 2, inMarch(9, 15), march(16, 8, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 40})
	b.editions[4].Start = march(19, 7, 0) // it went out four hours late
	b.editions[0].Planned = 0
	b.snapshots[11] = theSnapshot(inMarch(16, 22), inMarch(9, 15), 1)
	cut := b.snapshots[11]
	cut.DataUpTo = march(21, 22, 17)
	b.snapshots[11] = cut
	b.snapshots[12] = theSnapshot(inMarch(16, 22), inMarch(9, 15), 1)
	b.snapshots[18] = theSnapshot(inMarch(9, 15), inMarch(2, 8), 0)
	for _, who := range []struct {
		name, status, answer string
		code                 int
	}{
		{"Luca Ferri", "5.2.2", "Mailbox full", 552},
		{"Hanna Brandt", "5.1.1", "User unknown", 550},
		{"Sofie Maes", "5.2.2", "Over quota", 552},
	} {
		b.deliver(13, who.name, digest.DeliveryFailed, who.code, who.status, who.answer)
	}
	b.needs = digest.Needs{Held: b.editions[:1], Failing: b.editions[2:3], Sources: b.sources[1:]}
	return b
}

func (b *clinicBooks) edit(id, of int64, p digest.Period, ready time.Time, state digest.EditionState, deliveries map[digest.DeliveryState]int) {
	e := digest.EditionLine{
		Edition:  digest.Edition{ID: id, Label: fmt.Sprintf("LC-2026-W%02d", 10+id%5), Project: b.head, Config: b.digests[of-1].Config, Period: p, Previous: p.Preceding(), Due: ready, Start: ready, State: state, Hash: "9c41e07b52d8aa0011"},
		DigestID: of, ReadyAt: ready.Add(time.Minute), FinishedAt: ready.Add(5 * time.Minute), Deliveries: deliveries,
	}
	for _, n := range deliveries {
		e.Planned += n
	}
	b.editions = append(b.editions, e)
}

func (b *clinicBooks) deliver(edition int64, name string, state digest.DeliveryState, code int, status, answer string) *digest.DeliveryLine {
	n := len(b.deliveries[edition])
	ready := march(23, 8, 0)
	d := digest.DeliveryLine{
		Delivery: digest.Delivery{
			ID: edition*1000 + int64(n) + 1, EditionID: edition, State: state, Attempts: 1, MessageID: fmt.Sprintf("%d.%d@lindenhof.example", edition, n),
			Date: ready, LastAnswer: answer,
			Subscriber: digest.Subscriber{Name: name, Address: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@lindenhof.example", Locale: "de", Audience: digest.Manager},
		},
		Code: code, Status: status, ChangedAt: ready.Add(31 * time.Second),
	}
	b.deliveries[edition] = append(b.deliveries[edition], d)
	return &b.deliveries[edition][n]
}

// theSnapshot is a week's numbers; later rows have changed what the week before printed by restated messages.
func theSnapshot(p, previous digest.Period, restated float64) digest.Snapshot {
	connected := digest.Figure{Key: "connection_hours", Unit: digest.Duration, Value: digest.None(digest.Unavailable), Previous: digest.None(digest.Unavailable), Footnote: "chatwoot.no_presence"}
	missed := num("missed", digest.Count, 5, 0, digest.Down)
	missed.Provisional = true
	wait := num("wait_median", digest.Duration, 6000, 9000, digest.Down)
	target := 3600.0
	wait.Target = &target
	handled := num("handled", digest.Count, 88, 70, digest.Up)
	handled.Footnote = "chatwoot.assignments_from_replies"
	first := digest.DateOf(p.From)
	messages := 307.0
	if first.Day != 16 {
		messages = 192
	}
	return digest.Snapshot{
		Version: 1, Name: "Lindenhof Clinics", Period: p, Previous: previous, ReadAt: p.To.Add(8*time.Hour + 4*time.Second),
		Sections: []digest.Section{
			{Key: "activity", Source: "chatwoot-eu", Platform: "chatwoot", Status: digest.Complete, Figures: []digest.Figure{
				num("total_messages", digest.Count, messages, 192+restated, digest.Up), num("share_mobile", digest.Percent, 60, 56.4, digest.Neutral),
				{Key: "peak_time", Unit: digest.Instant, Value: digest.At(p.From.Add(9 * time.Hour)), Previous: digest.None(digest.Empty)},
			}},
			{Key: "contact_center", Source: "chatwoot-eu", Platform: "chatwoot", Status: digest.Complete, Figures: []digest.Figure{
				num("total_conversations", digest.Count, 96, 74, digest.Up), handled, missed, num("waiting", digest.Count, 3, 4, digest.Down), wait, connected,
			}, Notes: []digest.Note{}},
			{Key: "chatbot", Source: "typebot-eu", Platform: "native", Status: digest.Broken, Reason: "the source refused the password", Figures: []digest.Figure{}},
		},
	}
}

// atTheClinics serves the example.
func atTheClinics(t testing.TB, b *clinicBooks, w *clinicWorks) *site {
	t.Helper()
	return newSite(t, func(c *Config) {
		w.now = wednesday
		c.Works, c.Words = w, plainEnglish
		c.Project = func(int64) office.Project { return b }
	})
}

// signedIn is the site as a person who is signed in sees it, for a browser: every request carries their session.
func signedIn(t testing.TB, s *site, address string) string {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := s.as(address).Jar.Cookies(target)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		for _, c := range cookies {
			r.Out.AddCookie(c)
		}
	}}
	front := httptest.NewServer(http.HandlerFunc(proxy.ServeHTTP))
	t.Cleanup(front.Close)
	return front.URL
}
