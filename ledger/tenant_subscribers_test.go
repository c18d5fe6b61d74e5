package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

// names lists the subscribers that a project shows as wanted.
func names(t *testing.T, tenant *ledger.Tenant, w digest.SubscribersWanted) (all []string) {
	t.Helper()
	list, err := tenant.Subscribers(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Lines {
		all = append(all, s.Digest+" "+s.Name)
	}
	if list.Total != len(all) && list.Next == "" && w.After == "" {
		t.Errorf("%d lines of %d", len(all), list.Total)
	}
	return all
}

// states has a subscriber in each state: Ana gets it, Bo unsubscribed, Cy has paused to 2 April, Di complained, which suppressed the
// address too, Ed's address bounced, Flo was taken out, Gus' pause ended on 30 March.
func states(t *testing.T) (b book, desk *ledger.Tenant, by digest.Actor) {
	t.Helper()
	b = filled(t)
	desk, by = maya(t, b)
	if _, err := desk.SaveSubscribers(t.Context(), by, "weekly", []digest.Subscriber{
		{Name: "Di", Address: "di@example.org"}, {Name: "Ed", Address: "ed@example.org"}, {Name: "Flo", Address: "flo@example.org"}, {Name: "Gus", Address: "gus@example.org"},
	}, false, false); err != nil {
		t.Fatal(err)
	}
	wish(t, b, "Cy", digest.Wishes{PausedUntil: digest.Date{Year: 2020, Month: 4, Day: 2}})
	wish(t, b, "Gus", digest.Wishes{PausedUntil: digest.Date{Year: 2020, Month: 3, Day: 30}})
	exec(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = '2020-03-01' WHERE name IN ('Bo', 'Di')")
	exec(t, b, "UPDATE fortnight.subscribers SET removed_at = '2020-03-01' WHERE name = 'Flo'")
	for address, why := range map[string]string{"Di@Example.org": "complaint", "ed@example.org": "hard bounce 5.1.1"} {
		if err := b.Suppress(t.Context(), "desk", address, why); err != nil {
			t.Fatal(err)
		}
	}
	return b, desk, by
}

func TestSubscribersAreListedByStateDigestAndName(t *testing.T) {
	t.Parallel()
	b, desk, _ := states(t)
	exec(t, b, `INSERT INTO fortnight.digests (project_id, key, active, config, created_at) SELECT project_id, 'monthly', true, config, created_at FROM fortnight.digests`)
	exec(t, b, `UPDATE fortnight.subscribers SET digest_id = (SELECT digest_id FROM fortnight.digests WHERE key = 'monthly') WHERE name = 'Gus'`)
	for _, c := range []struct {
		wanted digest.SubscribersWanted
		want   string
	}{
		{digest.SubscribersWanted{}, "[weekly Ana weekly Bo weekly Cy weekly Di weekly Ed monthly Gus]"},
		{digest.SubscribersWanted{State: "gets"}, "[weekly Ana monthly Gus]"},
		{digest.SubscribersWanted{State: "unsubscribed"}, "[weekly Bo weekly Di]"},
		{digest.SubscribersWanted{State: "suppressed"}, "[weekly Di weekly Ed]"},
		{digest.SubscribersWanted{State: "paused"}, "[weekly Cy]"},
		{digest.SubscribersWanted{State: "removed"}, "[weekly Flo]"},
		{digest.SubscribersWanted{Digest: "weekly", State: "gets"}, "[weekly Ana]"},
		{digest.SubscribersWanted{Digest: "monthly"}, "[monthly Gus]"},
		{digest.SubscribersWanted{Digest: "daily"}, "[]"},
		{digest.SubscribersWanted{Search: " BO@exam"}, "[weekly Bo]"},
		{digest.SubscribersWanted{Search: "d"}, "[weekly Di weekly Ed]"},
		{digest.SubscribersWanted{Search: "100%_"}, "[]"},
	} {
		if got := fmt.Sprint(names(t, desk, c.wanted)); got != c.want {
			t.Errorf("%+v lists %s, want %s", c.wanted, got, c.want)
		}
	}
	if _, err := desk.Subscribers(t.Context(), digest.SubscribersWanted{State: "asleep"}); fields(err) != "state" {
		t.Errorf("a state that is none gives %v", err)
	}
	if _, err := desk.Subscribers(t.Context(), digest.SubscribersWanted{Page: digest.Page{After: "x"}}); fields(err) != "after" {
		t.Errorf("a place that is none gives %v", err)
	}
	// A pause ends in the project's own zone: in New York it is 31 March until 04:00 UTC on 1 April.
	b.clock.pass(time.Date(2020, 4, 2, 3, 59, 0, 0, time.UTC).Sub(b.clock.now()))
	get(t, "paused", names(t, desk, digest.SubscribersWanted{State: "paused"}), "weekly Cy")
	b.clock.pass(time.Minute)
	get(t, "paused", names(t, desk, digest.SubscribersWanted{State: "paused"}))
}

func TestASubscriberSaysWhatBecameOfTheLatestCopy(t *testing.T) {
	t.Parallel()
	b, _, ds := planned(t)
	desk, _ := maya(t, b)
	wish(t, b, "Ana", digest.Wishes{Locale: "en"})
	b.clock.pass(time.Minute)
	ends(t, b, ds[0].ID, sent)
	s, err := desk.Subscriber(t.Context(), ds[0].Subscriber.ID)
	if err != nil || s.Project != "desk" || s.Digest != "weekly" || s.Name != "Ana" || s.Locale != "es" || s.Wishes.Locale != "en" || s.Token != "" ||
		s.LastState != digest.DeliverySent || !s.LastAt.Equal(b.clock.now()) || !s.Gets() {
		t.Errorf("she is %+v, %v", s, err)
	}
	if _, err := desk.Subscriber(t.Context(), 4711); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("nobody gives %v", err)
	}
}

func TestALongListIsReadPageByPage(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	crowd(t, b, 120)
	exec(t, b, "UPDATE fortnight.subscribers SET name = '' WHERE name LIKE 'Subscriber %3'")
	exec(t, b, "UPDATE fortnight.subscribers SET name = 'Twin' WHERE name LIKE 'Subscriber %7'") // of one name they stand apart
	var order, all []string
	order = append(order, names(t, desk, digest.SubscribersWanted{Page: digest.Page{Size: 500}})...)
	page := digest.Page{Size: 50}
	for range 4 {
		part, err := desk.Subscribers(t.Context(), digest.SubscribersWanted{Page: page})
		if err != nil || part.Total != 123 {
			t.Fatalf("of %d, %v", part.Total, err)
		}
		for _, s := range part.Lines {
			all = append(all, s.Digest+" "+s.Name)
		}
		if page.After = part.Next; page.After == "" {
			break
		}
	}
	if len(order) != 123 || !slices.Equal(all, order) {
		t.Errorf("page by page they are %d, at once %d", len(all), len(order))
	}
}

func TestAnImportSaysWhatItWouldDoAndDoesAllOrNothing(t *testing.T) {
	t.Parallel()
	_, desk, by := states(t)
	before := len(written(t, desk))
	list := []digest.Subscriber{
		{Name: "Ana Maria", Address: "ANA@example.org", Audience: digest.Executive, Locale: "es", PDF: true, AddedBy: "Bo"},
		{Name: "Bo", Address: "Bo@Example.org", Audience: digest.Manager},
		{Name: "Ed", Address: "ed@example.org", Audience: digest.Admin},
		{Name: "Flo", Address: "flo@example.org"},
		{Name: "New", Address: " new@example.org "},
	}
	want := []string{
		`~ subscriber desk/weekly ANA@example.org: address "ana@example.org" → "ANA@example.org", name "Ana" → "Ana Maria"`,
		`~ subscriber desk/weekly Bo@Example.org: audience "admin" → "manager", stays unsubscribed`,
		`~ subscriber desk/weekly ed@example.org: audience "manager" → "admin", stays suppressed: hard bounce 5.1.1`,
		`+ subscriber desk/weekly flo@example.org`,
		`+ subscriber desk/weekly new@example.org`,
	}
	for _, dry := range []bool{true, true, false} {
		changes, err := desk.SaveSubscribers(t.Context(), by, "weekly", list, false, dry)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(changes); got != strings.Join(want, "\n") {
			t.Errorf("dry %t it does\n%s", dry, got)
		}
	}
	get(t, "now there are", names(t, desk, digest.SubscribersWanted{}), "weekly Ana Maria", "weekly Bo", "weekly Cy", "weekly Di", "weekly Ed", "weekly Flo", "weekly Gus", "weekly New")
	if now := len(written(t, desk)); now != before+5 {
		t.Errorf("%d changes are written", now-before)
	}
	if changes, err := desk.SaveSubscribers(t.Context(), by, "weekly", list, false, false); err != nil || len(changes) != 0 {
		t.Errorf("a second time it does %v, %v", changes, err)
	}
	// What readers chose stays.
	if all, err := desk.Subscribers(t.Context(), digest.SubscribersWanted{Search: "cy@"}); err != nil || all.Lines[0].Wishes.PausedUntil != (digest.Date{Year: 2020, Month: 4, Day: 2}) {
		t.Errorf("Cy is %+v, %v", all, err)
	}

	// Only these: the others are taken out.
	changes, err := desk.SaveSubscribers(t.Context(), by, "weekly", list[:1], true, false)
	if err != nil || len(changes) != 7 || !strings.HasPrefix(changes[0].String(), "- subscriber desk/weekly ") {
		t.Errorf("only one leaves\n%s, %v", text(changes), err)
	}
	get(t, "now there is", names(t, desk, digest.SubscribersWanted{}), "weekly Ana Maria")
}

func TestAnImportWithFaultsImportsNothing(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	_, err := desk.SaveSubscribers(t.Context(), by, "weekly", []digest.Subscriber{
		{Name: "New", Address: "new@example.org"},
		{Name: "Worse", Address: "worse"},
		{Name: "Twin", Address: "NEW@example.org", Zone: "Europe/Berln", Audience: "boss"},
	}, true, false)
	if got := fields(err); got != "subscribers[1].address subscribers[2].zone subscribers[2].audience subscribers[2].address" {
		t.Errorf("faults of %s: %v", got, err)
	}
	get(t, "there are", names(t, desk, digest.SubscribersWanted{}), "weekly Ana", "weekly Bo", "weekly Cy")
	if _, err := desk.SaveSubscribers(t.Context(), by, "daily", nil, false, false); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("into a digest that is none it gives %v", err)
	}
}

func TestTwoWhoAddTheSamePersonAddThemOnce(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	for _, err := range together(4, func(int) error {
		_, err := desk.SaveSubscribers(t.Context(), by, "weekly", []digest.Subscriber{{Name: "New", Address: "new@example.org"}}, false, false)
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	get(t, "written", written(t, desk), "Maya + subscriber desk/weekly new@example.org")
}

func TestASubscriberIsTakenOutAndLinksAreRevoked(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	ana := scalarOf[int64](t, b, "SELECT subscriber_id FROM fortnight.subscribers WHERE name = 'Ana'")
	for range 2 { // a second time changes nothing
		if err := desk.RemoveSubscriber(t.Context(), by, ana); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := desk.Subscriber(t.Context(), ana); err != nil || !s.RemovedAt.Equal(monday) || s.Gets() {
		t.Errorf("she is %+v, %v", s, err)
	}
	if err := desk.RevokeLinks(t.Context(), by, ana); err != nil {
		t.Fatal(err)
	}
	if from := scalarOf[time.Time](t, b, "SELECT links_from FROM fortnight.subscribers WHERE subscriber_id = $1", ana); !from.Equal(monday) {
		t.Errorf("links are good from %s", from)
	}
	get(t, "written", written(t, desk), "Maya ~ subscriber desk/weekly ana@example.org: revoke links", "Maya - subscriber desk/weekly ana@example.org")
}

func TestSuppressionsAreListedAndLifted(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	for i := range 5 {
		if err := b.Suppress(t.Context(), "desk", fmt.Sprintf("p%d@example.org", i), "complaint"); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(time.Duration(i%2) * time.Hour) // some at the same instant
	}
	var all []string
	page := digest.Page{Size: 2}
	for range 3 {
		part, err := desk.Suppressions(t.Context(), page)
		if err != nil || part.Total != 5 {
			t.Fatalf("of %d, %v", part.Total, err)
		}
		for _, s := range part.Lines {
			all = append(all, s.Address+" "+s.Reason)
		}
		page.After = part.Next
	}
	if page.After != "" || len(all) != 5 || all[0] != "p4@example.org complaint" || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 5 {
		t.Errorf("they are %v", all)
	}
	if err := desk.Unsuppress(t.Context(), by, " P4@Example.org "); err != nil {
		t.Fatal(err)
	}
	if err := desk.Unsuppress(t.Context(), by, "p4@example.org"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a second time it gives %v", err)
	}
	get(t, "written", written(t, desk), "Maya ~ address P4@Example.org: unsuppress, it was suppressed: complaint")
}

// asks adds the wish of somebody who was forwarded Ana's mail; confirmed says whether the address is.
func asks(t *testing.T, b book, address string, confirmed bool) (request int64) {
	t.Helper()
	return scalarOf[int64](t, b, `
		INSERT INTO fortnight.requests (project_id, digest_id, forwarder_id, address, name, locale, token_hash, made_at, expires_at, confirmed_at)
		SELECT s.project_id, s.digest_id, s.subscriber_id, $1::text, 'Nell', 'de', sha256($1::text::bytea), $2::timestamptz, $2::timestamptz + interval '2 days', CASE WHEN $3 THEN $2::timestamptz END
		FROM fortnight.subscribers s WHERE s.name = 'Ana'
		RETURNING request_id`, address, b.clock.now(), confirmed)
}

func TestARequestIsDecidedOnce(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	unconfirmed := asks(t, b, "later@example.org", false)
	b.clock.pass(time.Minute)
	nell, other := asks(t, b, "nell@example.org", true), asks(t, b, "other@example.org", true)
	all, err := desk.Requests(t.Context())
	if err != nil || len(all) != 3 || all[1] != (digest.Request{
		ID: nell, Digest: "weekly", Address: "nell@example.org", Name: "Nell", Locale: "de", Forwarder: "Ana", MadeAt: monday.Add(time.Minute), Confirmed: monday.Add(time.Minute),
	}) {
		t.Fatalf("they are %+v, %v", all, err)
	}
	if n, err := desk.Needs(t.Context()); err != nil || len(n.Requests) != 2 {
		t.Errorf("%d wait for a decision, %v", len(n.Requests), err)
	}
	var refused *digest.RefusedError
	if err := desk.Decide(t.Context(), by, unconfirmed, true); !errors.As(err, &refused) {
		t.Errorf("one that is not confirmed gives %v", err)
	}
	if err := desk.Decide(t.Context(), by, nell, true); err != nil {
		t.Fatal(err)
	}
	if err := desk.Decide(t.Context(), by, other, false); err != nil {
		t.Fatal(err)
	}
	if err := desk.Decide(t.Context(), by, other, true); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("one that is decided gives %v", err)
	}
	list, err := desk.Subscribers(t.Context(), digest.SubscribersWanted{Search: "nell@"})
	if err != nil || len(list.Lines) != 1 || list.Lines[0].Audience != digest.Executive || list.Lines[0].Locale != "de" || list.Lines[0].AddedBy != "ana@example.org" {
		t.Errorf("Nell is %+v, %v", list.Lines, err)
	}
	if got := names(t, desk, digest.SubscribersWanted{Search: "other@"}); len(got) != 0 {
		t.Errorf("who was refused is %v", got)
	}
	get(t, "written", written(t, desk), "Maya ~ request desk/weekly other@example.org: refuse", "Maya + subscriber desk/weekly nell@example.org", "Maya ~ request desk/weekly nell@example.org: approve")
	b.clock.pass(72 * time.Hour)
	if all, err := desk.Requests(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("one that was never confirmed stays: %v, %v", all, err)
	}
}

func TestWhoLeftAndAsksAgainIsTakenInAgain(t *testing.T) {
	t.Parallel()
	b, desk, by := states(t)
	for _, address := range []string{"bo@example.org", "flo@example.org", "ana@example.org"} {
		if err := desk.Decide(t.Context(), by, asks(t, b, address, true), true); err != nil {
			t.Error(err)
		}
	}
	get(t, "who gets it", names(t, desk, digest.SubscribersWanted{State: "gets"}), "weekly Ana", "weekly Bo", "weekly Flo", "weekly Gus")
	if n := rows(t, b, "subscribers"); n != 7 {
		t.Errorf("there are %d subscriptions", n)
	}
}
