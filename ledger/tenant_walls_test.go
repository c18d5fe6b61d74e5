package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

// belongings are what the project desk has, by their numbers.
type belongings struct {
	edition, delivery, subscriber, request, token, webhook, account int64
}

// neighbours are two projects, of which desk has something of everything, and shop nothing but a digest and a source of other keys.
func neighbours(t *testing.T) (b book, desk, shop *ledger.Tenant, by digest.Actor, has belongings) {
	t.Helper()
	b = empty(t)
	other := project()
	other.Key, other.Name, other.Sources[0].Key, other.Digests[0].Key, other.Digests[0].Sections[0].Source = "shop", "Shop", "till", "shopping", "till"
	other.Digests[0].Subscribers = nil
	if _, err := b.Apply(t.Context(), []digest.Project{project(), other}); err != nil {
		t.Fatal(err)
	}
	desk, by = maya(t, b)
	has.account = by.Account
	has.edition = opened(t, b, "2020-03-23")
	ds := ready(t, b, has.edition, 307, 192)
	has.delivery, has.subscriber = ds[0].ID, ds[0].Subscriber.ID
	has.request = asks(t, b, "nell@example.org", true)
	rendered(t, b, has.edition, digest.Choice{Audience: digest.Admin, Locale: "en", Paper: "A4"})
	ends(t, b, has.delivery, digest.Outcome{State: digest.DeliveryFailed, Code: 552, Status: "5.2.2", Answer: "mailbox full"})
	if err := b.Suppress(t.Context(), "desk", "bo@example.org", "complaint"); err != nil {
		t.Fatal(err)
	}
	token, _, err := desk.AddToken(t.Context(), by, "desk's own", []digest.Scope{digest.ScopeRead}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	has.token = token.ID
	has.webhook = hooked(t, desk, by, "https://hooks.desk.example").ID
	setState(t, b, has.edition, "held")
	return b, desk, b.Tenant(numberOf(t, b, "shop")), by, has
}

// asked are the ways to name something of another project: each is to find nothing.
func asked(shop *ledger.Tenant, by digest.Actor, has belongings) map[string]func(context.Context) error {
	config := project().Digests[0]
	choice := digest.Choice{Audience: digest.Admin, Locale: "en", Paper: "A4"}
	return map[string]func(context.Context) error{
		"Digest":       func(ctx context.Context) error { _, err := shop.Digest(ctx, "weekly"); return err },
		"SwitchDigest": func(ctx context.Context) error { return shop.SwitchDigest(ctx, by, "weekly", false) },
		"RemoveDigest": func(ctx context.Context) error { return shop.RemoveDigest(ctx, by, "weekly") },
		"Reassign":     func(ctx context.Context) error { return shop.Reassign(ctx, by, "weekly", 0) },
		"SaveDigest": func(ctx context.Context) error {
			config.Sections = []digest.SectionChoice{{Section: "activity", Source: "till"}}
			_, _, err := shop.SaveDigest(ctx, by, config, 1)
			return err
		},
		"Subscriber":       func(ctx context.Context) error { _, err := shop.Subscriber(ctx, has.subscriber); return err },
		"RemoveSubscriber": func(ctx context.Context) error { return shop.RemoveSubscriber(ctx, by, has.subscriber) },
		"RevokeLinks":      func(ctx context.Context) error { return shop.RevokeLinks(ctx, by, has.subscriber) },
		"SaveSubscribers": func(ctx context.Context) error {
			_, err := shop.SaveSubscribers(ctx, by, "weekly", nil, true, false)
			return err
		},
		"Unsuppress": func(ctx context.Context) error { return shop.Unsuppress(ctx, by, "bo@example.org") },
		"Decide":     func(ctx context.Context) error { return shop.Decide(ctx, by, has.request, true) },
		"Edition":    func(ctx context.Context) error { _, _, err := shop.Edition(ctx, has.edition); return err },
		"Neighbours": func(ctx context.Context) error { _, _, err := shop.Neighbours(ctx, has.edition); return err },
		"Variants":   func(ctx context.Context) error { _, err := shop.Variants(ctx, has.edition); return err },
		"Variant":    func(ctx context.Context) error { _, err := shop.Variant(ctx, has.edition, choice); return err },
		"Deliveries": func(ctx context.Context) error {
			_, err := shop.Deliveries(ctx, digest.DeliveriesWanted{Edition: has.edition})
			return err
		},
		"AllDeliveries": func(ctx context.Context) error {
			for _, err := range shop.AllDeliveries(ctx, has.edition) {
				return err
			}
			return nil
		},
		"Delivery":      func(ctx context.Context) error { _, err := shop.Delivery(ctx, has.delivery); return err },
		"Release":       func(ctx context.Context) error { return shop.Release(ctx, by, has.edition) },
		"Discard":       func(ctx context.Context) error { return shop.Discard(ctx, by, has.edition) },
		"RevokeEdition": func(ctx context.Context) error { return shop.RevokeEdition(ctx, by, has.edition) },
		"Looked": func(ctx context.Context) error {
			return shop.Looked(ctx, by, has.edition, digest.Change{Verb: "view", What: "recipients"})
		},
		"Resend": func(ctx context.Context) error {
			_, err := shop.Resend(ctx, by, has.edition, []int64{has.delivery})
			return err
		},
		"RemoveSource": func(ctx context.Context) error { return shop.RemoveSource(ctx, by, "chat") },
		"SourceSecret": func(ctx context.Context) error { _, err := shop.SourceSecret(ctx, "chat"); return err },
		"Probed":       func(ctx context.Context) error { return shop.Probed(ctx, "chat", digest.Probe{Fault: "a fault"}) },
		"RemoveMember": func(ctx context.Context) error { return shop.RemoveMember(ctx, by, has.account) },
		"RevokeToken":  func(ctx context.Context) error { return shop.RevokeToken(ctx, by, has.token) },
		"SaveWebhook": func(ctx context.Context) error {
			return shop.SaveWebhook(ctx, by, digest.Webhook{ID: has.webhook, URL: "https://hooks.shop.example"})
		},
		"TestWebhook":   func(ctx context.Context) error { return shop.TestWebhook(ctx, by, has.webhook) },
		"RemoveWebhook": func(ctx context.Context) error { return shop.RemoveWebhook(ctx, by, has.webhook) },
		"Postings": func(ctx context.Context) error {
			_, err := shop.Postings(ctx, has.webhook, digest.Page{})
			return err
		},
	}
}

// shown are the lists of a project: nothing of another is in them.
func shown(shop *ledger.Tenant) map[string]func(context.Context) (any, error) {
	all := digest.Page{Size: 500}
	return map[string]func(context.Context) (any, error){
		"Head":          func(ctx context.Context) (any, error) { return shop.Head(ctx) },
		"Logo":          func(ctx context.Context) (any, error) { return shop.Logo(ctx) },
		"Sources":       func(ctx context.Context) (any, error) { return shop.Sources(ctx) },
		"Digests":       func(ctx context.Context) (any, error) { return shop.Digests(ctx) },
		"DigestsToCome": func(ctx context.Context) (any, error) { return shop.DigestsToCome(ctx) },
		"DigestNames":   func(ctx context.Context) (any, error) { return shop.DigestNames(ctx) },
		"ReadersZones":  func(ctx context.Context) (any, error) { return shop.ReadersZones(ctx, "weekly") },
		"Subscribers": func(ctx context.Context) (any, error) {
			return shop.Subscribers(ctx, digest.SubscribersWanted{Page: all})
		},
		"Suppressions": func(ctx context.Context) (any, error) { return shop.Suppressions(ctx, all) },
		"Requests":     func(ctx context.Context) (any, error) { return shop.Requests(ctx) },
		"Editions":     func(ctx context.Context) (any, error) { return shop.Editions(ctx, digest.EditionsWanted{Page: all}) },
		"EditionsBetween": func(ctx context.Context) (any, error) {
			return shop.EditionsBetween(ctx, monday.AddDate(-1, 0, 0), monday.AddDate(1, 0, 0))
		},
		"Members":  func(ctx context.Context) (any, error) { return shop.Members(ctx) },
		"Tokens":   func(ctx context.Context) (any, error) { return shop.Tokens(ctx) },
		"Webhooks": func(ctx context.Context) (any, error) { return shop.Webhooks(ctx) },
		"Audit":    func(ctx context.Context) (any, error) { return shop.Audit(ctx, digest.AuditWanted{Page: all}) },
		"Needs":    func(ctx context.Context) (any, error) { return shop.Needs(ctx) },
		"Standing": func(ctx context.Context) (any, error) { return shop.Standing(ctx, monday.AddDate(-1, 0, 0)) },
	}
}

// What adds to a project or changes it as a whole names nothing of another.
var adding = []string{"SaveHead", "SaveLogo", "SaveSource", "SetMember", "AddToken", "AddWebhook", "Keyed", "Note"}

func TestNothingOfAnotherProjectIsFoundByItsNumberOrKey(t *testing.T) {
	t.Parallel()
	b, _, shop, by, has := neighbours(t)
	before := allOf(t, b, "desk")
	for name, ask := range asked(shop, by, has) {
		if err := ask(t.Context()); !errors.Is(err, digest.ErrNotFound) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	for table, now := range allOf(t, b, "desk") {
		if now != before[table] {
			t.Errorf("of %s the desk has now\n%s\nand had\n%s", table, now, before[table])
		}
	}
	edition := weeksOf(t, b, "shop/shopping", "2020-03-23")
	if _, err := shop.Resend(t.Context(), by, edition, []int64{has.delivery}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("to send another's delivery again with one's own edition gives %v", err)
	}
}

func TestNoListOfAProjectHasAnythingOfAnother(t *testing.T) {
	t.Parallel()
	_, desk, shop, _, _ := neighbours(t)
	theirs := []string{"desk", `"One":"Cy"`, `"Key":"weekly"`, `"Key":"chat"`, "ana@", "bo@", "nell@", "SD-2020", "maya", "Support"}
	for name, list := range shown(shop) {
		got, err := list(t.Context())
		if err != nil {
			t.Errorf("%s gives %v", name, err)
			continue
		}
		raw, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range theirs {
			if strings.Contains(string(raw), word) && (name != "Head" || word != "desk") { // the shop's mails have the desk's address
				t.Errorf("%s shows %q: %s", name, word, raw)
			}
		}
	}
	if s, err := shop.Standing(t.Context(), monday.AddDate(-1, 0, 0)); err != nil || s.WeekEditions+s.HeldEditions+s.Held+s.Sent != 0 {
		t.Errorf("it counts %+v, %v", s, err)
	}
	// The same questions show the desk what it has.
	for name, list := range shown(desk) {
		got, err := list(t.Context())
		if err != nil {
			t.Errorf("%s gives the desk %v", name, err)
		}
		if raw, err := json.Marshal(got); err != nil || name != "Logo" && name != "Standing" && !slices.ContainsFunc(theirs, func(w string) bool { return strings.Contains(string(raw), w) }) {
			t.Errorf("%s shows the desk nothing of its own: %s, %v", name, raw, err)
		}
	}
}

func TestEachWayToAskAProjectIsHeldAgainstItsWalls(t *testing.T) {
	t.Parallel()
	kind := reflect.TypeFor[*ledger.Tenant]()
	known := map[string]bool{}
	for name := range asked(nil, digest.Actor{}, belongings{}) {
		known[name] = true
	}
	for name := range shown(nil) {
		known[name] = true
	}
	for _, name := range adding {
		known[name] = true
	}
	for i := range kind.NumMethod() {
		if name := kind.Method(i).Name; !known[name] {
			t.Errorf("%s is in none of asked, shown and adding", name)
		}
		delete(known, kind.Method(i).Name)
	}
	if len(known) > 0 {
		t.Errorf("there is no %v", known)
	}
}

// allOf gives all rows of a project, as text by their tables.
func allOf(t *testing.T, b book, project string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, one := range tables(t, b) {
		if one.HasProject {
			all[one.Name] = scalarOf[string](t, b, fmt.Sprintf(
				"SELECT coalesce(string_agg(x::text, chr(10) ORDER BY x::text), '') FROM fortnight.%s x WHERE x.project_id = (SELECT project_id FROM fortnight.projects WHERE key = $1)", one.Name), project)
		}
	}
	return all
}

// weeksOf opens and collects the edition of a digest for the week that begins on a Monday.
func weeksOf(t *testing.T, b book, name, from string) int64 {
	t.Helper()
	s, err := b.Digest(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	o := week(t, b, from)
	o.Digest = s.Digest
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	ready(t, b, id, 307, 192)
	return id
}
