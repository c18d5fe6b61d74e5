package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestADigestIsAddedChangedAndSwitchedInVersions(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	c := project().Digests[0]
	c.Key, c.Active, c.Cadence = "fortnight", false, digest.CadenceSpec{Kind: "every-2-weeks", At: "mon 08:00", Zone: "Europe/Berlin"}
	added, change, err := desk.SaveDigest(t.Context(), by, c, 0)
	if err != nil || added.Version != 1 || added.Config.Active || len(added.Config.Subscribers) != 0 || len(added.Readers) != 0 || added.Last != nil || change.Verb != "add" {
		t.Fatalf("added it is %+v, %s, %v", added, change, err)
	}
	if anchor := added.Config.Cadence.Anchor.String(); anchor != "2020-03-30" {
		t.Errorf("its weeks count from %s", anchor)
	}
	if _, _, err := desk.SaveDigest(t.Context(), by, c, 0); fields(err) != "key" {
		t.Errorf("added twice it gives %v", err)
	}
	next := added.Config
	next.Name, next.Readers.Sections = "Two weeks", true
	changed, change, err := desk.SaveDigest(t.Context(), by, next, 1)
	if err != nil || changed.Version != 2 || changed.Config.Name != "Two weeks" || change.Verb != "change" || len(change.Details) == 0 {
		t.Errorf("changed it is %+v, %s, %v", changed, change, err)
	}
	if _, _, err := desk.SaveDigest(t.Context(), by, c, 1); !errors.Is(err, digest.ErrStale) {
		t.Errorf("who saves an older one gets %v", err)
	}
	if same, change, err := desk.SaveDigest(t.Context(), by, next, 2); err != nil || same.Version != 2 || change.Verb != "" {
		t.Errorf("saved as it is it is %+v, %s, %v", same, change, err)
	}
	for range 2 { // a second time nothing changes
		if err := desk.SwitchDigest(t.Context(), by, "fortnight", true); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := desk.Digest(t.Context(), "fortnight"); err != nil || !d.Config.Active || d.Version != 3 {
		t.Errorf("switched on it is %+v, %v", d, err)
	}
	if _, _, err := desk.SaveDigest(t.Context(), by, digest.Config{Key: "none"}, 4); fields(err) == "" {
		t.Errorf("one that is none gives %v", err)
	}
	c.Key = "none"
	if _, _, err := desk.SaveDigest(t.Context(), by, c, 4); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("one that does not exist gives %v", err)
	}
	if err := desk.SwitchDigest(t.Context(), by, "none", true); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("to switch it gives %v", err)
	}
	if _, err := desk.Digest(t.Context(), ""); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a digest without a key gives %v", err)
	}
	get(t, "written", written(t, desk),
		"Maya ~ digest desk/fortnight: switch on",
		`Maya ~ digest desk/fortnight: name "" → "Two weeks", readers.sections nothing → true`,
		"Maya + digest desk/fortnight")
}

func TestAllFaultsOfADigestAreToldWithTheirFields(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	c := project().Digests[0]
	c.Key, c.Jitter, c.Name = "No key", 13*time.Hour, "two\nlines"
	c.Sections = []digest.SectionChoice{{Section: "activity", Source: "bot"}}
	_, _, err := desk.SaveDigest(t.Context(), by, c, 0)
	for _, field := range []string{"key", "jitter", "name", "sections"} {
		if !strings.Contains(" "+fields(err)+" ", " "+field+" ") {
			t.Errorf("%s is not among %s: %v", field, fields(err), err)
		}
	}
	if all, err := desk.Digests(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("there are %d, %v", len(all), err)
	}
}

func TestADigestSaysWhoGetsTheNextEditionAndWhoDoesNot(t *testing.T) {
	t.Parallel()
	b, desk, by := states(t)
	c := project().Digests[0]
	c.Key = "another"
	if _, _, err := desk.SaveDigest(t.Context(), by, c, 0); err != nil {
		t.Fatal(err)
	}
	ids := weeks(t, b, "2020-03-23", "2020-03-16")
	all, err := desk.Digests(t.Context())
	if err != nil || len(all) != 2 || all[0].Config.Key != "another" || all[0].Gone != 0 || len(all[0].Readers) != 0 {
		t.Fatalf("they are %+v, %v", all, err)
	}
	// Ana (executive) and Gus (manager) get it; Bo and Di unsubscribed, Ed is suppressed, Cy has paused; Flo is no subscriber any more.
	d := all[1]
	if fmt.Sprint(d.Readers) != "map[executive:1 manager:1]" || d.Gone != 4 {
		t.Errorf("%v get it, %d do not", d.Readers, d.Gone)
	}
	if d.Last == nil || d.Last.ID != ids[0] || d.Last.Name() != "desk/weekly" {
		t.Errorf("the latest edition is %+v", d.Last)
	}
	if one, err := desk.Digest(t.Context(), "weekly"); err != nil || fmt.Sprint(one.Readers) != fmt.Sprint(d.Readers) || one.Gone != 4 || one.Last == nil {
		t.Errorf("by itself it is %+v, %v", one, err)
	}
}

func TestDigestsToComeAreTheDigestsWithoutWhatWasAndWhoOwnsThem(t *testing.T) {
	t.Parallel()
	b, desk, by := states(t)
	if err := desk.Reassign(t.Context(), by, "weekly", by.Account); err != nil {
		t.Fatal(err)
	}
	weeks(t, b, "2020-03-23")
	whole, err := desk.Digests(t.Context())
	if err != nil || len(whole) != 1 || whole[0].Last == nil || whole[0].OwnerName != "Maya" {
		t.Fatalf("there are %+v, %v", whole, err)
	}
	whole[0].Last, whole[0].OwnerName = nil, ""
	if got, err := desk.DigestsToCome(t.Context()); err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", whole) {
		t.Errorf("to come are %+v, %v, want %+v", got, err, whole)
	}
}

func TestDigestsAreNamedWithoutMoreOfThem(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	c := project().Digests[0]
	c.Key, c.Name, c.Active = "a-second", "Every <second>", false
	if _, _, err := desk.SaveDigest(t.Context(), by, c, 0); err != nil {
		t.Fatal(err)
	}
	got, err := desk.DigestNames(t.Context())
	if want := []digest.DigestName{{Key: "a-second", Name: "Every <second>"}, {Key: "weekly", Active: true}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("they are %+v, %v", got, err)
	}
}

func TestADigestSaysWhichZonesItsReadersHave(t *testing.T) {
	t.Parallel()
	b, desk, _ := states(t)
	exec(t, b, "UPDATE fortnight.subscribers SET zone = CASE WHEN name IN ('Bo', 'Di', 'Ed') THEN 'Asia/Tokyo' WHEN name = 'Ana' THEN 'Europe/Madrid' ELSE '' END")
	says := func(what, want string) {
		t.Helper()
		if all, err := desk.ReadersZones(t.Context(), "weekly"); err != nil || fmt.Sprint(all) != want {
			t.Errorf("%s they are %v, %v", what, all, err)
		}
	}
	says("of those who get it", "[{Europe/Madrid 1 Ana}]") // Bo and Di unsubscribed, Ed is suppressed
	wish(t, b, "Gus", digest.Wishes{Zone: "America/New_York"})
	wish(t, b, "Cy", digest.Wishes{Zone: "America/New_York", PausedUntil: digest.Date{Year: 2100, Month: 1, Day: 1}})
	says("with those that readers chose", "[{America/New_York 2 Cy} {Europe/Madrid 1 Ana}]")
	wish(t, b, "Ana", digest.Wishes{Zone: "America/New_York"})
	exec(t, b, "UPDATE fortnight.subscribers SET name = '' WHERE name = 'Ana'")
	says("of somebody without a name", "[{America/New_York 3 "+scalarOf[string](t, b, "SELECT address FROM fortnight.subscribers WHERE name = ''")+"}]")
	if none, err := desk.ReadersZones(t.Context(), "none"); err != nil || len(none) != 0 {
		t.Errorf("a digest that is none has %v, %v", none, err)
	}
}

func TestADigestSaysWhichCadencesItsReadersHaveChosen(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	desk, by := maya(t, b)
	says := func(when string, want ...string) {
		t.Helper()
		all, err := desk.Digests(t.Context())
		if err != nil || len(all) != 1 || strings.Join(all[0].Chosen, " ") != strings.Join(want, " ") {
			t.Errorf("%s they are %+v, %v", when, all, err)
		}
		if one, err := desk.Digest(t.Context(), "weekly"); err != nil || strings.Join(one.Chosen, " ") != strings.Join(want, " ") {
			t.Errorf("%s the digest by itself says %q, %v", when, one.Chosen, err)
		}
	}
	says("before anybody chose")
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	says("before the schedule has looked", "monthly")
	wish(t, b, "Bo", digest.Wishes{Cadence: "every-2-months"})
	says("with a wish that the digest does not allow", "monthly")
	if err := desk.SwitchDigest(t.Context(), by, "weekly", false); err != nil {
		t.Fatal(err)
	}
	says("switched off", "monthly")
	for _, gone := range []string{"unsubscribed_at = now()", "unsubscribed_at = NULL, removed_at = now()"} {
		exec(t, b, "UPDATE fortnight.subscribers SET "+gone)
		says("after " + gone)
	}
	exec(t, b, "UPDATE fortnight.subscribers SET removed_at = NULL")
	says("when they are back", "monthly")
	allow(t, b, digest.Readers{})
	says("when it may not be chosen any more")
}

func TestADigestThatWasMailedIsNotRemoved(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	desk, by := maya(t, b)
	var refused *digest.RefusedError
	if err := desk.RemoveDigest(t.Context(), by, "weekly"); !errors.As(err, &refused) || !strings.HasPrefix(refused.Reason, "SD-2020-W13 is being made.") {
		t.Errorf("while an edition is being made it gives %v", err)
	}
	setState(t, b, id, "held")
	exec(t, b, "UPDATE fortnight.deliveries SET attempts = 1, state = 'unknown' WHERE delivery_id = $1", ds[0].ID)
	if err := desk.RemoveDigest(t.Context(), by, "weekly"); !errors.As(err, &refused) || !strings.HasPrefix(refused.Reason, "Its editions were mailed") {
		t.Errorf("with one that somebody may have got it gives %v", err)
	}
	exec(t, b, "UPDATE fortnight.deliveries SET attempts = 0, state = 'planned' WHERE delivery_id = $1", ds[0].ID)
	if err := desk.RemoveDigest(t.Context(), by, "weekly"); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"digests", "subscribers", "editions", "deliveries"} {
		if n := rows(t, b, table); n != 0 {
			t.Errorf("%d %s are left", n, table)
		}
	}
	if err := desk.RemoveDigest(t.Context(), by, "weekly"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("removed twice it gives %v", err)
	}
	get(t, "written", written(t, desk), "Maya - digest desk/weekly")
}

func TestADigestChangesItsOwner(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	nora, err := desk.SetMember(t.Context(), digest.Actor{Name: "fortnight admin", Via: "command"}, "nora@example.org", "", digest.RoleEditor)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := b.Invite(t.Context(), "stranger@example.org", "", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		to   int64
		name string
	}{{by.Account, "Maya"}, {by.Account, "Maya"}, {nora.ID, "nora@example.org"}, {0, ""}} {
		if err := desk.Reassign(t.Context(), by, "weekly", c.to); err != nil {
			t.Fatal(err)
		}
		if d, err := desk.Digest(t.Context(), "weekly"); err != nil || d.Owner != c.to || d.OwnerName != c.name {
			t.Errorf("its owner is %d %q, %v", d.Owner, d.OwnerName, err)
		}
	}
	if err := desk.Reassign(t.Context(), by, "weekly", stranger.ID); fields(err) != "owner" {
		t.Errorf("to somebody who is no member it gives %v", err)
	}
	if err := desk.Reassign(t.Context(), by, "none", by.Account); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("of no digest it gives %v", err)
	}
	get(t, "written", written(t, desk),
		`Maya ~ digest desk/weekly: owner "nora@example.org" → nothing`,
		`Maya ~ digest desk/weekly: owner "Maya" → "nora@example.org"`,
		`Maya ~ digest desk/weekly: owner nothing → "Maya"`)
}
