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

// weeks opens and collects the editions of the weeks that begin on Mondays.
func weeks(t *testing.T, b book, mondays ...string) (ids []int64) {
	t.Helper()
	for _, from := range mondays {
		id := opened(t, b, from)
		ready(t, b, id, 307, 192)
		ids = append(ids, id)
	}
	return ids
}

func periods(list []digest.EditionLine) string {
	var all []string
	for _, e := range list {
		all = append(all, e.Config.Key+" "+e.Period.First().String()+" "+string(e.State))
	}
	return strings.Join(all, ", ")
}

func TestAnEditionIsShownWithWhatWasMadeOfIt(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	id := opened(t, b, "2020-03-23")
	if e, s, err := desk.Edition(t.Context(), id); err != nil || s.Version != 0 || e.Planned != 0 || len(e.Deliveries) != 0 || len(e.Missing) != 0 || e.Subject != "" || !e.ReadyAt.IsZero() {
		t.Errorf("before it is collected it is %+v, %v", e, err)
	}
	e, err := b.StartCollecting(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot(e, 307, 192)
	s.Sections = append(s.Sections,
		digest.Section{Key: "flows", Source: "chat", Status: digest.Broken, Reason: "the server refuses the password"},
		digest.Section{Key: "bot", Source: "chat", Status: digest.Absent})
	b.clock.pass(5 * time.Second)
	if _, err := b.KeepSnapshot(t.Context(), id, s, "hash", ""); err != nil {
		t.Fatal(err)
	}
	for i, subject := range []string{"307 messages", "another"} {
		v := digest.Variant{Choice: digest.Choice{Audience: digest.Admin, Locale: "en", PDF: i > 0, Paper: "A4"}, Letter: digest.Letter{Subject: subject}, HTML: []byte("<p>"), Text: []byte("x")}
		if _, err := b.KeepVariant(t.Context(), id, v); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(time.Second)
	}
	b.clock.pass(3 * time.Hour)
	ds := deliveries(t, b, id)
	ends(t, b, ds[0].ID, sent)
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 550, Answer: "no"})
	if d, err := b.Turn(t.Context(), nil, ds[2].ID); err != nil || d == nil {
		t.Fatal(err)
	}
	line, stored, err := desk.Edition(t.Context(), id)
	if err != nil || line.Label != "SD-2020-W13" || line.Name() != "desk/weekly" || line.State != digest.EditionSending || line.Period.Location().String() != "America/New_York" ||
		!line.OpenedAt.Equal(monday) || !line.ReadyAt.Equal(monday.Add(5*time.Second)) || !line.FinishedAt.IsZero() || line.Subject != "307 messages" || line.Variants != 2 || line.Planned != 3 ||
		fmt.Sprint(line.Deliveries) != "map[failed:1 sending:1 sent:1]" || fmt.Sprint(line.Missing) != "[flows]" || line.Cadence != "" || !line.Revoked.IsZero() {
		t.Errorf("it is %+v, %v", line, err)
	}
	if f, _ := stored.Section("activity").Figure("total_messages"); f.Value.Number != 307 {
		t.Errorf("its figures are %+v", stored)
	}
	choices, err := desk.Variants(t.Context(), id)
	if err != nil || len(choices) != 2 || choices[1] != (digest.Choice{Audience: digest.Admin, Locale: "en", PDF: true, Paper: "A4"}) {
		t.Errorf("the variants are %v, %v", choices, err)
	}
	if v, err := desk.Variant(t.Context(), id, choices[1]); err != nil || v.Letter.Subject != "another" {
		t.Errorf("one is %+v, %v", v, err)
	}
	if _, err := desk.Variant(t.Context(), id, digest.Choice{Audience: digest.Admin, Locale: "de"}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("one that was not rendered gives %v", err)
	}
	for range 2 { // the first time counts
		if err := desk.RevokeEdition(t.Context(), by, id); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(time.Hour)
	}
	if line, _, err := desk.Edition(t.Context(), id); err != nil || !line.Revoked.Equal(b.clock.now().Add(-2*time.Hour)) {
		t.Errorf("its links are dead since %s, %v", line.Revoked, err)
	}
	get(t, "written", written(t, desk), "Maya ~ edition desk/weekly SD-2020-W13: revoke links")
}

func TestEditionsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	ids := weeks(t, b, "2020-03-02", "2020-03-23", "2020-03-09", "2020-03-16")
	setState(t, b, ids[2], "held")
	exec(t, b, `INSERT INTO fortnight.digests (project_id, key, active, config, created_at) SELECT project_id, 'monthly', true, config, created_at FROM fortnight.digests`)
	exec(t, b, `UPDATE fortnight.editions SET config = jsonb_set(config, '{Key}', '"monthly"'), digest_id = (SELECT digest_id FROM fortnight.digests WHERE key = 'monthly') WHERE edition_id = $1`, ids[0])
	for _, c := range []struct {
		wanted digest.EditionsWanted
		want   string
	}{
		{digest.EditionsWanted{}, "weekly 2020-03-23 ready, weekly 2020-03-16 ready, weekly 2020-03-09 held, monthly 2020-03-02 ready"},
		{digest.EditionsWanted{State: digest.EditionHeld}, "weekly 2020-03-09 held"},
		{digest.EditionsWanted{Digest: "weekly", State: digest.EditionReady}, "weekly 2020-03-23 ready, weekly 2020-03-16 ready"},
		{digest.EditionsWanted{Digest: "daily"}, ""},
	} {
		list, err := desk.Editions(t.Context(), c.wanted)
		if err != nil || periods(list.Lines) != c.want || list.Next != "" || list.Total != len(list.Lines) {
			t.Errorf("%+v lists %s (%d), %v", c.wanted, periods(list.Lines), list.Total, err)
		}
	}
	page := digest.Page{Size: 3}
	first, err := desk.Editions(t.Context(), digest.EditionsWanted{Page: page})
	if err != nil || len(first.Lines) != 3 || first.Total != 4 {
		t.Fatalf("the first page is %s of %d, %v", periods(first.Lines), first.Total, err)
	}
	page.After = first.Next
	second, err := desk.Editions(t.Context(), digest.EditionsWanted{Page: page})
	if err != nil || periods(second.Lines) != "monthly 2020-03-02 ready" || second.Next != "" || second.Total != 4 {
		t.Errorf("the second page is %s of %d, %v", periods(second.Lines), second.Total, err)
	}

	// Their neighbours are of the same digest; those due in a span come the earliest first.
	for id, want := range map[int64]string{ids[0]: "0 0", ids[2]: fmt.Sprint(0, ids[3]), ids[3]: fmt.Sprint(ids[2], ids[1]), ids[1]: fmt.Sprint(ids[3], 0)} {
		before, after, err := desk.Neighbours(t.Context(), id)
		if got := fmt.Sprint(before, after); err != nil || got != want {
			t.Errorf("around %d are %s, not %s, %v", id, got, want, err)
		}
	}
	between, err := desk.EditionsBetween(t.Context(), monday.AddDate(0, 0, -14), monday)
	if err != nil || periods(between) != "weekly 2020-03-09 held, weekly 2020-03-16 ready" {
		t.Errorf("in between are %s, %v", periods(between), err)
	}
}

func TestEditionsOfAReadersCadenceHaveNeighboursOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	ids := weeks(t, b, "2020-03-09", "2020-03-16", "2020-03-23")
	exec(t, b, "UPDATE fortnight.editions SET cadence = 'monthly' WHERE edition_id = $1", ids[1])
	if before, after, err := desk.Neighbours(t.Context(), ids[0]); err != nil || before != 0 || after != ids[2] {
		t.Errorf("around the first are %d and %d, %v", before, after, err)
	}
	if e, _, err := desk.Edition(t.Context(), ids[1]); err != nil || e.Cadence != "monthly" {
		t.Errorf("it is for readers of %q, %v", e.Cadence, err)
	}
}

func TestWhoReleasesOrDiscardsAnEditionIsWrittenDown(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	held := holds(t, b, opened(t, b, "2020-03-23"), "every main figure is 0")
	if err := desk.Release(t.Context(), by, held); err != nil {
		t.Fatal(err)
	}
	if ds := deliveries(t, b, held); len(ds) != 3 {
		t.Errorf("%d deliveries are planned", len(ds))
	}
	err := desk.Release(t.Context(), by, held)
	if !errors.Is(err, digest.ErrNotDue) || !strings.Contains(err.Error(), "is ready, neither held nor parked") {
		t.Errorf("released twice gives %v", err)
	}
	setState(t, b, held, "parked")
	if err := desk.Discard(t.Context(), by, held); err != nil {
		t.Fatal(err)
	}
	if e, _, err := desk.Edition(t.Context(), held); err != nil || e.State != digest.EditionDiscarded || fmt.Sprint(e.Deliveries) != "map[expired:3]" {
		t.Errorf("it is %s with %v, %v", e.State, e.Deliveries, err)
	}
	get(t, "written", written(t, desk),
		"Maya ~ edition desk/weekly SD-2020-W13: discard, it was parked: for a test",
		"Maya ~ edition desk/weekly SD-2020-W13: release, it was held: every main figure is 0")
}

func TestPostgreSQLLooksAtManyDeliveriesThatAPersonHasReleased(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	crowd(t, b, 1200)
	id := holds(t, b, opened(t, b, "2020-03-23"), "every main figure is 0")
	if err := desk.Release(t.Context(), by, id); err != nil {
		t.Fatal(err)
	}
	if n := scalarOf[float32](t, b, "SELECT reltuples FROM pg_class WHERE oid = 'fortnight.deliveries'::regclass"); n != 1203 {
		t.Errorf("it believes in %v deliveries", n)
	}
}

// mixed is an edition whose deliveries have ended in all ways: it gives their numbers by their readers' names.
func mixed(t *testing.T) (b book, desk *ledger.Tenant, edition int64, by map[string]int64) {
	t.Helper()
	b = filled(t)
	desk, maya := maya(t, b)
	var more []digest.Subscriber
	for _, name := range []string{"Di", "Ed", "Flo", "Gus", "Hal", "Ida"} {
		more = append(more, digest.Subscriber{Name: name, Address: strings.ToLower(name) + "@example.org"})
	}
	if _, err := desk.SaveSubscribers(t.Context(), maya, "weekly", more, false, false); err != nil {
		t.Fatal(err)
	}
	edition = opened(t, b, "2020-03-23")
	by = map[string]int64{}
	for _, d := range ready(t, b, edition, 307, 192) {
		by[d.Subscriber.Name] = d.ID
	}
	exec(t, b, "UPDATE fortnight.editions SET hold_unknown = true, released_at = opened_at")
	exec(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = now() WHERE name = 'Hal'")
	if err := b.Suppress(t.Context(), "desk", "gus@example.org", "hard bounce 5.1.1"); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(time.Minute)
	ends(t, b, by["Ana"], sent)
	ends(t, b, by["Bo"], digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Status: "4.7.1", Answer: "greylisted"})
	ends(t, b, by["Di"], digest.Outcome{State: digest.DeliveryUnknown, Answer: "connection lost"})
	ends(t, b, by["Ed"], digest.Outcome{State: digest.DeliveryFailed, Code: 552, Status: "5.2.2", Answer: "mailbox full"})
	ends(t, b, by["Flo"], sent)
	declined(t, b, by["Gus"])
	declined(t, b, by["Hal"])
	exec(t, b, "UPDATE fortnight.deliveries SET state = 'expired' WHERE delivery_id = $1", by["Ida"])
	return b, desk, edition, by // Cy's hour has not come
}

func TestDeliveriesThatNeedSomebodyComeFirst(t *testing.T) {
	t.Parallel()
	b, desk, id, by := mixed(t)
	listed := func(w digest.DeliveriesWanted) (all []string, total int) {
		t.Helper()
		w.Edition = id
		for {
			part, err := desk.Deliveries(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range part.Lines {
				all = append(all, d.Subscriber.Name+" "+string(d.State))
			}
			if w.After = part.Next; w.After == "" {
				return all, part.Total
			}
		}
	}
	everybody := []string{"Ed failed", "Di unknown", "Bo deferred", "Ida expired", "Cy planned", "Ana sent", "Flo sent", "Gus suppressed", "Hal suppressed"}
	for _, size := range []int{0, 1, 2, 4} {
		if all, total := listed(digest.DeliveriesWanted{Page: digest.Page{Size: size}}); !slices.Equal(all, everybody) || total != 9 {
			t.Errorf("%d a page they are %v, of %d", size, all, total)
		}
	}
	for _, counted := range []bool{false, true} {
		for _, c := range []struct {
			wanted digest.DeliveriesWanted
			want   []string
		}{
			{digest.DeliveriesWanted{State: digest.DeliverySent}, []string{"Ana sent", "Flo sent"}},
			{digest.DeliveriesWanted{State: digest.DeliveryUnknown}, []string{"Di unknown"}},
			{digest.DeliveriesWanted{State: digest.DeliveryPlanned}, []string{"Cy planned"}},
			{digest.DeliveriesWanted{State: digest.DeliverySending}, nil},
			{digest.DeliveriesWanted{State: digest.DeliverySuppressed, Page: digest.Page{Size: 1}}, []string{"Gus suppressed", "Hal suppressed"}},
			{digest.DeliveriesWanted{Search: "D"}, []string{"Ed failed", "Di unknown", "Ida expired"}},
			{digest.DeliveriesWanted{Search: "D", State: digest.DeliveryFailed}, []string{"Ed failed"}},
		} {
			if all, total := listed(c.wanted); !slices.Equal(all, c.want) || total != len(c.want) {
				t.Errorf("counted %t, %+v lists %v, of %d", counted, c.wanted, all, total)
			}
		}
		exec(t, b, `UPDATE fortnight.editions SET counts = '{"failed": 1, "unknown": 1, "deferred": 1, "expired": 1, "planned": 1, "sent": 2, "suppressed": 2}'`)
	}
	if _, err := desk.Deliveries(t.Context(), digest.DeliveriesWanted{Edition: 4711}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("those of no edition are %v", err)
	}

	for name, want := range map[string]string{"Gus": "hard bounce 5.1.1", "Hal": "unsubscribed", "Ed": ""} {
		if d, err := desk.Delivery(t.Context(), by[name]); err != nil || d.Why != want || d.Tries == nil {
			t.Errorf("%s's is %+v, %v", name, d, err)
		}
	}
	b.clock.pass(time.Hour)
	if _, err := b.Bounced(t.Context(), by["Ana"], report(ledger.BounceSoft, "4.2.2", "full")); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Delivery(t.Context(), by["Ana"])
	if err != nil || d.Code != sent.Code || len(d.Tries) != 1 || !d.Tries[0].EndedAt.Equal(monday.Add(time.Minute)) || d.Bounce == nil || d.Bounce.Kind != "soft" || d.Subscriber.Token != "" ||
		!d.Expires.Equal(monday.Add(7*24*time.Hour)) {
		t.Errorf("Ana's is %+v, %v", d, err)
	}
	if _, err := desk.Delivery(t.Context(), 4711); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("one that does not exist gives %v", err)
	}
	if _, err := b.Erase(t.Context(), "hal@example.org"); err != nil {
		t.Fatal(err)
	}
	if d, err := desk.Delivery(t.Context(), by["Hal"]); err != nil || d.Why != "erased" || d.Subscriber.Name != "" {
		t.Errorf("who was erased is %+v, %v", d, err)
	}
}

func TestAllDeliveriesOfAnEditionComeOneAfterAnother(t *testing.T) {
	t.Parallel()
	_, desk, id, _ := mixed(t)
	var all []string
	for d, err := range desk.AllDeliveries(t.Context(), id) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d.Subscriber.Name)
	}
	if fmt.Sprint(all) != "[Ana Bo Cy Di Ed Flo Gus Hal Ida]" {
		t.Errorf("they are %v", all)
	}
	for d, err := range desk.AllDeliveries(t.Context(), id) {
		if err != nil || d.Subscriber.Name != "Ana" {
			t.Errorf("the first is %+v, %v", d, err)
		}
		break // the rest is not asked for
	}
	n := 0
	for _, err := range desk.AllDeliveries(t.Context(), 4711) {
		if n++; !errors.Is(err, digest.ErrNotFound) {
			t.Errorf("of no edition there is %v", err)
		}
	}
	if n != 1 {
		t.Errorf("that is said %d times", n)
	}
}
