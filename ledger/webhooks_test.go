package ledger_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

// hooked adds a webhook to a project; no events are all.
func hooked(t *testing.T, tenant *ledger.Tenant, by digest.Actor, address string, events ...string) digest.Webhook {
	t.Helper()
	w, err := tenant.AddWebhook(t.Context(), by, digest.Webhook{URL: address, Events: events, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// posted is what an event's body says.
type posted struct {
	ID, Kind, Project, Digest string
	At                        time.Time
	Edition                   struct {
		ID                         int64
		Label, Zone, State, Reason string
		From, To                   time.Time
	}
	Delivery *struct {
		ID, Subscriber         int64
		Address, State, Answer string
		Attempts, Code         int
		Status                 string
		Bounce                 *struct{ Kind, Status, Diagnostic string }
	}
}

func read(t *testing.T, p digest.Posting) (body posted) {
	t.Helper()
	if err := json.Unmarshal(p.Body, &body); err != nil {
		t.Fatalf("%s: %v", p.Body, err)
	}
	if body.Kind != p.Kind || !body.At.Equal(p.MadeAt) || len(body.ID) != 36 {
		t.Errorf("the event %s of %s has the body %s", p.Kind, p.MadeAt, p.Body)
	}
	return body
}

// postings gives what a webhook was told or is to be, in the order of the events.
func postings(t *testing.T, tenant *ledger.Tenant, webhook int64) (all []digest.Posting) {
	t.Helper()
	page := digest.Page{Size: 2}
	for {
		part, err := tenant.Postings(t.Context(), webhook, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range part.Lines {
			all = append([]digest.Posting{p}, all...)
		}
		if part.Next == "" {
			if len(all) != part.Total {
				t.Errorf("%d are listed, %d are said to be", len(all), part.Total)
			}
			return all
		}
		page.After = part.Next
	}
}

func kinds(all []digest.Posting) string {
	var said []string
	for _, p := range all {
		said = append(said, p.Kind)
	}
	return strings.Join(said, " ")
}

func TestAWebhookIsToldWhatBecomesOfAnEdition(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	all := hooked(t, desk, by, "https://hooks.example.com/all")
	some := hooked(t, desk, by, "https://hooks.example.com/some", digest.EventDeliveryFailed, digest.EventEditionDone)
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(all.Secret, "whsec_")); err != nil || len(raw) != 24 || all.Secret == some.Secret {
		t.Errorf("its secret is %q, %v", all.Secret, err)
	}

	edition := opened(t, b, "2020-03-23")
	ds := ready(t, b, edition, 307, 192)
	b.clock.pass(3 * time.Hour)
	ends(t, b, ds[0].ID, sent)
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.2.2", Answer: "mailbox full"})
	ends(t, b, ds[2].ID, digest.Outcome{State: digest.DeliveryDeferred, Code: 450, Status: "4.2.0", Answer: "later"})
	b.clock.pass(time.Hour)
	ends(t, b, ds[2].ID, sent)
	if state, err := b.Finish(t.Context(), edition); err != nil || state != digest.EditionDone {
		t.Fatalf("%s, %v", state, err)
	}
	if _, err := b.Bounced(t.Context(), ds[0].ID, ledger.Bounce{Kind: ledger.BounceSoft, Status: "4.7.0", Diagnostic: "greylisted", Report: [32]byte{1}}); err != nil {
		t.Fatal(err)
	}

	events := postings(t, desk, all.ID)
	if got := kinds(events); got != "edition.ready delivery.sent delivery.failed delivery.sent edition.done delivery.bounced" {
		t.Fatalf("it is told %s", got)
	}
	if got := kinds(postings(t, desk, some.ID)); got != "delivery.failed edition.done" {
		t.Errorf("who wants two kinds is told %s", got)
	}
	first := read(t, events[0])
	if first.Project != "desk" || first.Digest != "weekly" || first.Edition.ID != edition || first.Edition.Label != "SD-2020-W13" || first.Edition.State != "ready" ||
		first.Edition.Zone != "America/New_York" || !first.Edition.To.Equal(time.Date(2020, 3, 30, 4, 0, 0, 0, time.UTC)) || !first.At.Equal(monday) || first.Delivery != nil {
		t.Errorf("that it is ready is told so: %s", events[0].Body)
	}
	failed := read(t, events[2]).Delivery
	if failed.ID != ds[1].ID || failed.Subscriber != ds[1].Subscriber.ID || failed.Address != ds[1].Subscriber.Address || failed.State != "failed" || failed.Code != 550 ||
		failed.Status != "5.2.2" || failed.Answer != "mailbox full" || failed.Attempts != 1 {
		t.Errorf("that one failed is told so: %s", events[2].Body)
	}
	if bounce := read(t, events[5]).Delivery.Bounce; bounce == nil || bounce.Kind != "soft" || bounce.Status != "4.7.0" || bounce.Diagnostic != "greylisted" {
		t.Errorf("that one came back is told so: %s", events[5].Body)
	}
}

func TestAWebhookIsToldThatAnEditionStopped(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example.com")
	held := opened(t, b, "2020-03-23")
	e, err := b.StartCollecting(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot(e, 307, 192)
	hash, err := s.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.KeepSnapshot(t.Context(), held, s, hash, "a section failed"); err != nil {
		t.Fatal(err)
	}
	parked := opened(t, b, "2020-03-16")
	for range 3 {
		if _, err := b.StartCollecting(t.Context(), parked); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Failed(t.Context(), parked, "the source is gone"); err != nil {
			t.Fatal(err)
		}
		b.clock.pass(time.Hour)
	}
	if err := desk.Release(t.Context(), by, held); err != nil {
		t.Fatal(err)
	}
	events := postings(t, desk, hook.ID)
	if got := kinds(events); got != "edition.held edition.parked edition.ready" {
		t.Fatalf("it is told %s", got)
	}
	if body := read(t, events[0]); body.Edition.Reason != "a section failed" || !body.At.Equal(monday) {
		t.Errorf("that it is held is told so: %s", events[0].Body)
	}
	if body := read(t, events[1]); body.Edition.ID != parked || body.Edition.Reason != "the source is gone" || !body.At.Equal(monday.Add(2*time.Hour)) {
		t.Errorf("that it is parked is told so: %s", events[1].Body)
	}
	if body := read(t, events[2]); body.Edition.ID != held || body.Edition.Reason != "" || !body.At.Equal(b.clock.now()) {
		t.Errorf("that it is released is told so: %s", events[2].Body)
	}
}

func TestNobodyIsToldWithoutAWebhookOrOfAnotherProject(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	shop := project()
	shop.Key = "shop"
	if _, err := b.Apply(t.Context(), []digest.Project{shop}); err != nil {
		t.Fatal(err)
	}
	other := b.Tenant(numberOf(t, b, "shop"))
	theirs := hooked(t, other, by, "https://hooks.example.com/theirs")
	off := hooked(t, desk, by, "https://hooks.example.com/off")
	off.Active = false
	if err := desk.SaveWebhook(t.Context(), by, off); err != nil {
		t.Fatal(err)
	}
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	if n := len(postings(t, other, theirs.ID)) + len(postings(t, desk, off.ID)); n != 0 {
		t.Errorf("%d events are told", n)
	}
	if _, err := desk.Postings(t.Context(), theirs.ID, digest.Page{}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("another project's webhook gives %v", err)
	}
}

func TestAWebhookIsChangedAndRemoved(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example.com/secret-path")
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	b.clock.pass(time.Minute)
	changed := digest.Webhook{ID: hook.ID, URL: "https://other.example.com/secret-path", Events: []string{digest.EventDeliverySent, digest.EventEditionReady}}
	for range 2 { // a second time changes nothing
		if err := desk.SaveWebhook(t.Context(), by, changed); err != nil {
			t.Error(err)
		}
	}
	all, err := desk.Webhooks(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	w := all[0]
	if w.URL != changed.URL || w.Active || strings.Join(w.Events, " ") != "edition.ready delivery.sent" || w.Secret != "" || !w.MadeAt.Equal(monday) ||
		w.Last == nil || w.Last.Kind != "edition.ready" || !w.Last.NextAt.Equal(monday) {
		t.Errorf("it is %+v, the latest %+v", w, w.Last)
	}
	if err := desk.RemoveWebhook(t.Context(), by, hook.ID); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"removed twice": desk.RemoveWebhook(t.Context(), by, hook.ID), "changed afterwards": desk.SaveWebhook(t.Context(), by, changed),
	} {
		if !errors.Is(err, digest.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var left int
	if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.postings").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d postings are left, %v", left, err)
	}
	want := []string{
		"Maya - webhook https://other.example.com",
		`Maya ~ webhook https://other.example.com: host "https://hooks.example.com" → "https://other.example.com", active true → false, events [] → ["edition.ready","delivery.sent"], address changed`,
		"Maya + webhook https://hooks.example.com",
	}
	if got := written(t, desk)[:3]; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("written down is\n%s", strings.Join(got, "\n"))
	}
}

func TestAWebhooksAddressIsChecked(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	for address, field := range map[string]string{
		"": "url", "hooks.example.com": "url", "ftp://hooks.example.com": "url", "https://": "url", "https://:443/x": "url", "http://hooks.example.com": "url",
		"https://maya:pw@hooks.example.com": "url", "https://hooks.example.com/#x": "url", "https://hooks.example.com/" + strings.Repeat("x", 2000): "url",
	} {
		var refusal *digest.RefusedError
		if _, err := desk.AddWebhook(t.Context(), by, digest.Webhook{URL: address}); !errors.As(err, &refusal) || refusal.Field != field {
			t.Errorf("%q gives %v", address, err)
		}
	}
	var refusal *digest.RefusedError
	if _, err := desk.AddWebhook(t.Context(), by, digest.Webhook{URL: "https://hooks.example.com", Events: []string{"edition.burnt"}}); !errors.As(err, &refusal) || refusal.Field != "events" {
		t.Errorf("an event that is none gives %v", err)
	}
	plain := ledger.New(b.pool, ledger.Options{Keys: keys(t, secret), Now: b.clock.now, PlainWebhooks: true})
	if _, err := plain.Tenant(numberOf(t, b, "desk")).AddWebhook(t.Context(), by, digest.Webhook{URL: "http://127.0.0.1:8080/x"}); err != nil {
		t.Errorf("where the installation allows it, http gives %v", err)
	}
}

func TestEventsArePostedUntilTheyAreTakenOrADayHasPassed(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example.com/x", digest.EventEditionReady)
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	var waits []string
	last := b.clock.now()
	for tries := 1; ; tries++ {
		taken := take(t, b, 10)
		if len(taken) != 1 || taken[0].URL != hook.URL || taken[0].Secret != hook.Secret || taken[0].Tries != tries || taken[0].Kind != digest.EventEditionReady {
			t.Fatalf("try %d: taken are %+v", tries, taken)
		}
		taken[0].Status, taken[0].Answer = 503, "busy\x00"
		if err := b.PostingEnded(t.Context(), taken[0].Posting); err != nil {
			t.Fatal(err)
		}
		p := postings(t, desk, hook.ID)[0]
		if p.Status != 503 || p.Answer != "busy" || p.Tries != tries || !p.Done.IsZero() {
			t.Errorf("after try %d it is %+v", tries, p)
		}
		if p.NextAt.IsZero() {
			break
		}
		if taken := take(t, b, 10); len(taken) != 0 {
			t.Errorf("it is taken before its time: %+v", taken)
		}
		waits = append(waits, p.NextAt.Sub(last).String())
		b.clock.pass(p.NextAt.Sub(b.clock.now()))
		last = b.clock.now()
	}
	if got := strings.Join(waits, " "); got != "1m0s 2m0s 4m0s 8m0s 16m0s 32m0s 1h4m0s 2h8m0s 4h16m0s 6h0m0s 6h0m0s" {
		t.Errorf("it waits %s", got)
	}
	b.clock.pass(7 * time.Hour)
	if taken := take(t, b, 10); len(taken) != 0 {
		t.Errorf("given up, it is taken again: %+v", taken)
	}
}

func take(t *testing.T, b book, n int) []digest.DuePosting {
	t.Helper()
	taken, err := b.TakePostings(t.Context(), n, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func TestAnEventIsTakenByOneAtATime(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example.com/x", digest.EventEditionReady)
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	var all []digest.DuePosting
	results := make([][]digest.DuePosting, 6)
	for _, err := range together(6, func(i int) (err error) { results[i], err = b.TakePostings(t.Context(), 5, time.Minute); return err }) {
		if err != nil {
			t.Error(err)
		}
	}
	for _, r := range results {
		all = append(all, r...)
	}
	if len(all) != 1 {
		t.Fatalf("it is taken %d times", len(all))
	}
	b.clock.pass(time.Minute) // whoever had it was killed
	again := take(t, b, 5)
	if len(again) != 1 || again[0].Tries != 2 {
		t.Fatalf("after the lease taken are %+v", again)
	}
	all[0].Status = 500
	if err := b.PostingEnded(t.Context(), all[0].Posting); err != nil {
		t.Error(err)
	}
	again[0].Status = 204
	if err := b.PostingEnded(t.Context(), again[0].Posting); err != nil {
		t.Error(err)
	}
	if p := postings(t, desk, hook.ID)[0]; p.Status != 204 || !p.Done.Equal(b.clock.now()) || !p.NextAt.IsZero() {
		t.Errorf("in the end it is %+v", p)
	}
	b.clock.pass(time.Hour)
	if more := take(t, b, 5); len(more) != 0 {
		t.Errorf("what is done is taken: %+v", more)
	}
}

func TestAWebhookThatDoesNotAnswerKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	deaf := hooked(t, desk, by, "https://deaf.example.com")
	for i := range 50 {
		if _, err := b.pool.Exec(t.Context(), `INSERT INTO fortnight.postings (project_id, webhook_id, kind, body, made_at, next_at)
			SELECT project_id, webhook_id, 'edition.done', '{}', made_at - $1 * interval '1 minute', made_at - $1 * interval '1 minute' FROM fortnight.webhooks`, i+1); err != nil {
			t.Fatal(err)
		}
	}
	quick := hooked(t, desk, by, "https://quick.example.com", digest.EventEditionReady)
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	of := map[int64]int{}
	for _, p := range take(t, b, 8) {
		of[p.Webhook]++
	}
	if of[deaf.ID] != 2 || of[quick.ID] != 1 {
		t.Errorf("of eight, taken are %v", of)
	}
}

func TestASecretThatDoesNotOpenIsSaid(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example.com", digest.EventEditionReady)
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	other := ledger.New(b.pool, ledger.Options{Keys: keys(t, "another secret of the tests"), Now: b.clock.now})
	if taken, err := other.TakePostings(t.Context(), 5, time.Minute); err != nil || len(taken) != 0 {
		t.Errorf("taken are %+v, %v", taken, err)
	}
	if p := postings(t, desk, hook.ID)[0]; !strings.Contains(p.Answer, "SECRET_KEY") || p.NextAt.IsZero() {
		t.Errorf("it is %+v", p)
	}
	both := ledger.New(b.pool, ledger.Options{Keys: keys(t, "another secret of the tests", secret), Now: b.clock.now})
	if n, err := both.Reseal(t.Context()); err != nil || n != 5 { // the source, three tokens, the webhook
		t.Errorf("%d secrets are sealed anew, %v", n, err)
	}
	b.clock.pass(time.Minute)
	if taken, err := other.TakePostings(t.Context(), 5, time.Minute); err != nil || len(taken) != 1 || taken[0].Secret != hook.Secret {
		t.Errorf("afterwards taken are %+v, %v", taken, err)
	}
}

func TestWhatIsTooOldIsForgotten(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example.com")
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	signedIn(t, b, "laptop", by.Account, "Firefox")
	if _, _, err := b.AskIn(t.Context(), "maya@example.org", "browser", time.Hour); err != nil {
		t.Fatal(err)
	}
	left := func() string {
		t.Helper()
		if _, err := b.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		var links, sessions int
		if err := b.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM fortnight.sign_ins), (SELECT count(*) FROM fortnight.sessions)").Scan(&links, &sessions); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d links, %d sessions, %d events", links, sessions, len(postings(t, desk, hook.ID)))
	}
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{0, "1 links, 1 sessions, 1 events"}, {26 * time.Hour, "0 links, 1 sessions, 1 events"}, {24 * time.Hour, "0 links, 0 sessions, 1 events"}, {29 * 24 * time.Hour, "0 links, 0 sessions, 0 events"}} {
		b.clock.pass(c.after)
		if got := left(); got != c.want {
			t.Errorf("%s later there are %s, not %s", c.after, got, c.want)
		}
	}
}

func TestATestOfAWebhookIsPostedOnce(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hook := hooked(t, desk, by, "https://hooks.example/in", digest.EventEditionHeld) // it does not want tests
	ask := func() error { return desk.TestWebhook(t.Context(), by, hook.ID) }
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	if err := ask(); fields(err) != "" || err == nil {
		t.Errorf("asked twice in a moment: %v", err)
	}
	due, err := b.TakePostings(t.Context(), 10, time.Minute)
	if err != nil || len(due) != 1 || due[0].Kind != digest.EventTest || due[0].URL != hook.URL || due[0].Secret != hook.Secret || read(t, due[0].Posting).Project != "desk" {
		t.Fatalf("%+v, %v", due, err)
	}
	due[0].Status, due[0].Answer = 500, "no"
	if err := b.PostingEnded(t.Context(), due[0].Posting); err != nil {
		t.Fatal(err)
	}
	if all := postings(t, desk, hook.ID); len(all) != 1 || !all[0].NextAt.IsZero() || all[0].Status != 500 || all[0].Tries != 1 {
		t.Errorf("after a refusal: %+v", all)
	}
	b.clock.pass(11 * time.Second)
	if err := ask(); err != nil {
		t.Errorf("later: %v", err)
	}
	hook.Active = false
	if err := desk.SaveWebhook(t.Context(), by, hook); err != nil {
		t.Fatal(err)
	}
	if err := ask(); fields(err) != "active" {
		t.Errorf("of one that is off: %v", err)
	}
}
