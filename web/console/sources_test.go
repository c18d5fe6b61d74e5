package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestSourcesThatCannotBeReadStandFirstWithTheSendThatSuffers(t *testing.T) {
	s := atTheClinics(t, theClinics(), &clinicWorks{})
	v := s.as(vera)
	page := v.get("/p/desk/sources")
	if strings.Index(page.body, "/sources/typebot-eu") > strings.Index(page.body, "/sources/chatwoot-eu") {
		t.Error("the one that can be read stands first")
	}
	if page.says("Add a source") || page.says(`name="dsn"`) {
		t.Error("a viewer is offered to add one")
	}
	page = v.get("/p/desk/sources/typebot-eu")
	for _, words := range []string{"Since Tue 24 Mar 16:00: the server refuses the password. Intake flows is due Fri 27 Mar 16:00 and would have no figures.", "Cannot be read", "db.typebot.example:5432/events", "Feeds Intake flows."} {
		if !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if page = v.get("/p/desk/sources/nowhere"); page.status != http.StatusNotFound {
		t.Errorf("a source that there is not: %d", page.status)
	}
}

func TestASourceSaysWhatItCanTell(t *testing.T) {
	page := atTheClinics(t, theClinics(), &clinicWorks{}).as(nora).get("/p/desk/sources/chatwoot-eu")
	for _, words := range []string{
		"Readable", "looked at Wed 25 Mar 10:31", "2 available, 1 not available", "Chatwoot has none. Printed as “not available on this platform”, never as 0.", "Its user could write there. SELECT would do.",
		"Kept sealed. They cannot be shown, only replaced.", "the one after /accounts/ in Chatwoot’s addresses", "postgres://fortnight_reader:PASSWORD@db.example.com:5432/chatwoot_production",
	} {
		if !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	for _, words := range []string{
		"Connects with TLS", "TLS 1.3, and the server&#39;s certificate is valid until 3 Nov 2026.", "Without it each edition goes through all 3,412,000 rows of messages.",
		"CREATE INDEX CONCURRENTLY ON messages (account_id, created_at);</pre>", "What to run stands above.", "SELECT would do: give it a role of its own.", "The newest message is 40 s old.", ">To mend:<", ">To know:<",
	} {
		if !strings.Contains(page.body, words) {
			t.Errorf("of its checks it does not say %q", words)
		}
	}
	for text, want := range map[string]string{
		"Its user could write there. SELECT would do.":                                                                     "warning",
		"Connection hours: not available, printed so and never as 0. Chatwoot keeps no record of when agents were online.": "dash",
		"Assignments and transfers: derived. Chatwoot keeps no history of assignments.":                                    "derived",
		"Campaigns: known in part.":                               "half",
		"Tenant 1 is “Desk”, on PostgreSQL 15.3.":                 "check",
		"conversations.waiting_since is missing or not readable.": "warning",
	} {
		is(t, text, findingOf(text).Icon, want)
	}
}

func TestASourceIsLookedAtAgainAndWhatWasFoundIsKept(t *testing.T) {
	b, w := theClinics(), &clinicWorks{found: digest.Probe{Fault: "the server refuses the password"}}
	s := atTheClinics(t, b, w)
	page := s.as(emil).post("/p/desk/sources/typebot-eu/probe", nil)
	if !page.says("It cannot be read. The server refuses the password.") || page.at != "/p/desk/sources/typebot-eu" {
		t.Errorf("%s says\n%s", page.at, page.body)
	}
	w.found = digest.Probe{Checks: []digest.Check{{Key: "tls"}, {Key: "fresh"}}, Findings: []string{"Tenant 7."}, Sections: []string{"chatbot"}}
	if page = s.as(emil).post("/p/desk/sources/typebot-eu/probe", nil); !page.says("It can be read, and can fill 1 section.") {
		t.Error("what was found is not said")
	}
	if want := []string{`probed typebot-eu: "the server refuses the password" 0 0 0`, `probed typebot-eu: "" 2 1 1`}; !slices.Equal(b.done, want) {
		t.Errorf("what was kept is %q", b.done)
	}
	if page = s.as(vera).post("/p/desk/sources/typebot-eu/probe", nil); page.status != http.StatusForbidden {
		t.Errorf("a viewer may look: %d", page.status)
	}
}

func TestASourceIsAddedWithASecretThatIsNeverShown(t *testing.T) {
	const secret = "postgres://reader:streng-geheim@db.example/x"
	b, w := theClinics(), &clinicWorks{found: digest.Probe{Sections: []string{"activity", "contact_center"}}}
	s := atTheClinics(t, b, w)
	v := s.as(emil)
	form := func(key, platform, tenant, dsn string) url.Values {
		return url.Values{"key": {key}, "platform": {platform}, "tenant": {tenant}, "dsn": {dsn}}
	}
	for _, x := range []struct {
		form url.Values
		says string
	}{
		{form("Chat EU", "chatwoot", "1", secret), "Use small letters, digits and hyphens"},
		{form("new", "oracle", "1", secret), "Choose one of the platforms."},
		{form("new", "chatwoot", "", secret), "Say which tenant"},
		{form("new", "chatwoot", "1", ""), "Without an address there is nothing to read."},
		{form("new", "chatwoot", "1", "streng-geheim"), "This is not an address of PostgreSQL"},
		{form("chatwoot-eu", "chatwoot", "1", secret), "There is a source of this name already."},
	} {
		page := v.post("/p/desk/sources", x.form)
		if page.status != http.StatusUnprocessableEntity || !page.says(x.says) || page.says("geheim") {
			t.Errorf("%v: %d, does not say %q, or shows the secret", x.form, page.status, x.says)
		}
	}
	if len(b.saved) != 0 {
		t.Fatalf("what has faults is saved: %v", b.saved)
	}
	page := v.post("/p/desk/sources", form("chatwoot-us", "chatwoot", " 2 ", secret))
	if page.at != "/p/desk/sources/chatwoot-us" || !page.says("Source chatwoot-us is added. It can be read, and can fill 2 sections.") || page.says("geheim") {
		t.Errorf("%s says\n%s", page.at, page.body)
	}
	if want := (digest.Source{Key: "chatwoot-us", Platform: "chatwoot", DSN: secret, Tenant: "2"}); len(b.saved) != 1 || b.saved[0] != want {
		t.Errorf("saved is %+v", b.saved)
	}
	if log := s.logged(); strings.Contains(log, "geheim") {
		t.Error("the secret is in the log")
	}
}

func TestAnEmptyAddressKeepsTheOneThatIsSet(t *testing.T) {
	b := theClinics()
	s := atTheClinics(t, b, &clinicWorks{found: digest.Probe{Fault: "no such tenant"}})
	page := s.as(emil).post("/p/desk/sources/chatwoot-eu", url.Values{"platform": {"chatwoot"}, "tenant": {"9"}, "dsn": {""}})
	if !page.says("Source chatwoot-eu is saved, and cannot be read. No such tenant.") || len(b.saved) != 1 || b.saved[0].DSN != "" || b.saved[0].Tenant != "9" {
		t.Errorf("saved is %+v; the page says\n%s", b.saved, page.body)
	}
	b.refuse = &digest.RefusedError{Field: "dsn", Reason: "It names no database."}
	if page = s.as(emil).post("/p/desk/sources/chatwoot-eu", url.Values{"platform": {"chatwoot"}, "tenant": {"9"}, "dsn": {"host=x"}}); page.status != http.StatusUnprocessableEntity || !page.says("It names no database.") {
		t.Errorf("%d", page.status)
	}
}

func TestASourceThatADigestReadsIsNotRemoved(t *testing.T) {
	b := theClinics()
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(emil)
	page := v.get("/p/desk/sources/typebot-eu/remove")
	if !page.says("typebot-eu cannot be removed") || !page.says("Intake flows reads it.") || page.says(`action="/p/desk/sources/typebot-eu/remove"`) {
		t.Errorf("it says\n%s", page.body)
	}
	b.refuse = &digest.RefusedError{Reason: "Intake flows reads it."}
	if page = v.post("/p/desk/sources/typebot-eu/remove", nil); page.at != "/p/desk/sources/typebot-eu/remove" {
		t.Errorf("refused, it leads to %s", page.at)
	}
	b.refuse, b.sources[1].Used = nil, nil
	if page = v.get("/p/desk/sources/typebot-eu/remove"); !page.says(">Remove typebot-eu</button>") {
		t.Error("one that nobody reads cannot be removed")
	}
	if page = v.post("/p/desk/sources/typebot-eu/remove", nil); page.at != "/p/desk/sources" || !page.says("Source typebot-eu is removed.") {
		t.Errorf("it leads to %s", page.at)
	}
}
