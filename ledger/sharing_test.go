package ledger_test

import (
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/ledger"
)

// apply makes projects that share as given: "north" with the group, "south" with another, "group" a digest of several.
func group(t *testing.T, b book) int64 {
	t.Helper()
	one := func(key string, shares ...string) digest.Project {
		return digest.Project{
			Key: key, Name: strings.ToUpper(key), Zone: "Europe/Berlin", Locale: "en", Shares: shares,
			Hours:   digest.Hours{Zone: "Europe/Berlin"},
			Sources: []digest.Source{{Key: "chat", Platform: "native", DSN: "postgres://" + key + "/x", Tenant: key}},
		}
	}
	all := []digest.Project{one("north", "group", "other"), one("south", "other"), one("group")}
	if _, err := b.Apply(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	id, err := b.ProjectID(t.Context(), "group")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestOnlyAProjectThatSharesGivesItsSourcesToAnothersDigest(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := group(t, b)
	all, err := b.Sharing(t.Context(), id, []string{"south", "north", "nowhere", "group"})
	if err != nil || len(all) != 4 {
		t.Fatalf("%v, %+v", err, all)
	}
	const closed = " does not share its numbers with group: its owner adds group under `shares`"
	for i, key := range map[int]string{0: "south", 2: "nowhere"} {
		got := all[i]
		if got.Gap != key+closed || got.Project.Key != key || got.Project.Name != "" || len(got.Project.Sources) != 0 {
			t.Errorf("%+v", got)
		}
	}
	north := all[1]
	if north.Gap != "" || north.Project.Name != "NORTH" || north.Project.Zone != "Europe/Berlin" || north.Project.Hours.Zone != "Europe/Berlin" {
		t.Errorf("%+v", north)
	}
	if s := north.Project.Sources; len(s) != 1 || s[0].DSN != "postgres://north/x" || s[0].Tenant != "north" {
		t.Errorf("%+v", s)
	}
	if all[3].Gap != "" || all[3].Project.Name != "GROUP" {
		t.Errorf("its own: %+v", all[3])
	}
}

func TestWhatIsNoLongerSharedIsAGapAtTheNextCollecting(t *testing.T) {
	t.Parallel()
	b := filled(t)
	id := group(t, b)
	north, err := b.ProjectID(t.Context(), "north")
	if err != nil {
		t.Fatal(err)
	}
	head, err := b.Tenant(north).Head(t.Context())
	if err != nil || strings.Join(head.Shares, " ") != "group other" {
		t.Fatalf("%+v, %v", head.Shares, err)
	}
	head.Shares = nil
	change, err := b.Tenant(north).SaveHead(t.Context(), digest.Actor{Name: "Ana"}, head)
	if err != nil || !strings.Contains(change.String(), "shares") {
		t.Errorf("%s, %v", change, err)
	}
	if all, err := b.Sharing(t.Context(), id, []string{"north"}); err != nil || all[0].Gap == "" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestADigestOfSeveralProjectsIsCheckedInWords(t *testing.T) {
	t.Parallel()
	p := digest.Project{Key: "group", Name: "Group", Zone: "UTC", Locale: "en", Shares: []string{"Other"}, Digests: []digest.Config{{
		Key: "weekly", Projects: []string{"north", "north"},
		Sections: []digest.SectionChoice{{Section: "activity"}, {Section: "chatbot", Source: "chat"}, {Section: digest.OpenConversations}},
	}}}
	err := ledger.Check([]digest.Project{p})
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{
		`the key "Other" must be lower-case`, `"north" stands there twice`,
		`a digest of several projects reads each project's own, so write "chatbot" alone`,
		"open_conversations lists who waits now, and is not summed up over projects: give each project a digest of its own with it",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "activity") {
		t.Errorf("%v", err)
	}
}
