package console

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestSubscribersAreListedWithWhatTheyChoseAndWhyTheyGetNothing(t *testing.T) {
	b := newDeskBooks()
	b.requested = []digest.Request{{ID: 1}}
	s, _ := atTheDesk(t, b)
	a := s.as(vera).get("/p/desk/subscribers")
	for _, words := range []string{"4 subscriptions to 1 digest.", "Maya Ortiz", "en, America/New_York", "Paused to 7 Apr", "chose monthly", "Unsubscribed", "Mon 23 Mar", "1 request waits for a decision"} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if a.says("Export CSV") {
		t.Error("a viewer may export")
	}
	a = s.as(emil).get("/p/desk/digests/weekly/subscribers?search=maya")
	if !a.says("Maya Ortiz") || a.says("Kenji") || !a.says("Subscribers of Support desk") || !a.says("1 of 1") {
		t.Error("it does not find Maya alone")
	}
	if a := s.as(emil).get("/p/desk/digests/weekly/subscribers?state=unsubscribed"); a.says("Maya Ortiz") || !a.says("Tom Okafor") {
		t.Error("it does not find Tom alone")
	}
	if a := s.as(emil).get("/p/desk/digests/nothing/subscribers"); a.status != http.StatusNotFound {
		t.Errorf("of no digest: %d", a.status)
	}
}

func TestTwoThousandSubscribersAreShownPartByPart(t *testing.T) {
	b := newDeskBooks()
	for i := range 1996 {
		b.subscribers = append(b.subscribers, digest.SubscriberLine{Digest: "weekly", Subscriber: digest.Subscriber{ID: int64(100 + i), Name: fmt.Sprintf("Person %d", i), Address: fmt.Sprintf("person-%d@kundenzufriedenheit.example", i), Audience: digest.Manager}})
	}
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	a := v.get("/p/desk/subscribers?state=gets")
	if !a.says("50 of 1,998") || !a.says(`href="/p/desk/subscribers?after=50&amp;state=gets" rel="next"`) || len(a.body) > 100_000 {
		t.Errorf("%d bytes: %s", len(a.body), a.body[max(0, len(a.body)-600):])
	}
	if a := v.get("/p/desk/subscribers?state=gets&after=1950"); !a.says("48 of 1,998") || a.says(`rel="next"`) || !a.says(">First</a>") {
		t.Error("the last part is not the last")
	}
	if a := v.get("/p/desk/digests/weekly"); len(a.body) > 100_000 {
		t.Errorf("the editor has %d bytes", len(a.body))
	}
	a = v.get("/p/desk/subscribers.csv?digest=weekly")
	if n := strings.Count(a.body, "\r\n"); n != 2001 || a.Get("Content-Disposition") != `attachment; filename="desk-weekly-subscribers.csv"` {
		t.Errorf("%d lines in %s", n, a.Get("Content-Disposition"))
	}
}

func TestASubscriberIsAddedChangedAndTakenOut(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	form := url.Values{"digest": {"weekly"}, "address": {"ana@lindenhof"}, "audience": {"manager"}, "zone": {"Berln"}, "pdf": {"attached"}}
	a := v.post("/p/desk/subscribers/new", form)
	for _, words := range []string{"This is not a full address: the part after @ has no dot.", "No such zone. Did you mean Europe/Berlin?", `value="ana@lindenhof"`, "2 fields need another look"} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	form.Set("address", "M.Ortiz@lindenhof.example")
	form.Set("zone", "")
	if a := v.post("/p/desk/subscribers/new", form); a.status != http.StatusUnprocessableEntity || !a.says("This address has the digest already.") {
		t.Errorf("somebody twice: %d", a.status)
	}
	form.Set("address", "Ana Ruiz <ana@lindenhof.example>")
	if a := v.post("/p/desk/subscribers/new", form); a.at != "/p/desk/digests/weekly/subscribers" || !a.says("Ana Ruiz gets Support desk from its next edition on.") {
		t.Errorf("at %s", a.at)
	}
	if got := b.subscribers[4]; got.Address != "ana@lindenhof.example" || got.AddedBy != "Emil Brandt" || !got.PDF || got.Audience != digest.Manager {
		t.Errorf("added %+v", got)
	}
	if a := v.get("/p/desk/subscribers/3"); !a.says("Kenji Mori") || !a.says("Monthly") || !a.says("until Tue 7 Apr") {
		t.Error(a.body)
	}
	if a := v.post("/p/desk/subscribers/1", url.Values{"name": {"Maya Ortiz"}, "audience": {"manager"}, "zone": {"Europe/London"}, "pdf": {"attached"}}); !a.says("Saved: zone, America/New_York to Europe/London.") || b.subscribers[0].Address != "m.ortiz@lindenhof.example" {
		t.Errorf("%s", a.body)
	}
	if a := v.get("/p/desk/subscribers/1/remove"); !a.says("Take Maya Ortiz out?") {
		t.Error(a.body)
	}
	v.post("/p/desk/subscribers/1/remove", nil)
	v.post("/p/desk/subscribers/1/revoke", nil)
	if got := fmt.Sprint(b.did[2:]); got != "[Emil Brandt takes out 1 Emil Brandt revokes the links of 1]" {
		t.Errorf("it did %s", got)
	}
	for _, path := range []string{"/p/desk/subscribers/99", "/p/desk/subscribers/x", "/p/desk/subscribers/99/remove"} {
		if a := v.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// upload posts an import's form, with a file where there is one.
func (v *visitor) upload(path, file string, fields map[string]string) answer {
	v.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	if file != "" {
		part, _ := w.CreateFormFile("file", "staff-march.csv")
		_, _ = part.Write([]byte(file))
	}
	_ = w.Close()
	r, err := http.NewRequest(http.MethodPost, v.s.URL+path, &body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}

// hidden are a page's hidden fields and the name and value of a button.
func hidden(a answer, do string) map[string]string {
	fields := map[string]string{"do": do}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(a.body, -1) {
		fields[m[1]] = m[2]
	}
	return fields
}

func TestAnImportIsShownFirstAndDoneWhole(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	const file = "address;name;zone\nm.ortiz@lindenhof.example;Maya Ortiz;Europe/Madrid\nJ.KRUEGER@lindenhof.example;Jana Krüger;\nana@lindenhof.example;Ana Ruiz;\nr.weiss@lindenhof.example;Rita Weiss;\nt.okafor@lindenhof.example;Tom Okafor;UTC\n"
	a := v.upload("/p/desk/digests/weekly/import", file, map[string]string{"do": "check", "only": "yes"})
	for _, words := range []string{
		"staff-march.csv was read whole: 5 subscribers. Nothing is done yet.", "Import: 2 new, 2 changed, 1 taken out",
		"<b>Maya Ortiz, m.ortiz@lindenhof.example</b><span class=\"sub\">zone, America/New_York to Europe/Madrid</span>",
		"zone, none to UTC; stays unsubscribed", "k.mori@lindenhof.example",
		"2 persons get nothing all the same: r.weiss@lindenhof.example: hard bounce 5.1.1; t.okafor@lindenhof.example: unsubscribed.",
	} {
		if !a.says(words) {
			t.Errorf("the page does not say %q\n%s", words, a.body)
		}
	}
	if len(b.did) > 0 || b.subscribers[0].Zone != "America/New_York" {
		t.Fatalf("it did %q before it was confirmed", b.did)
	}
	a = v.upload("/p/desk/digests/weekly/import", "", hidden(a, "confirm"))
	if a.at != "/p/desk/digests/weekly/subscribers" || !a.says("Imported into Support desk: 2 new, 2 changed, 1 taken out.") {
		t.Fatalf("at %s: %s", a.at, a.body)
	}
	if b.subscribers[0].Zone != "Europe/Madrid" || b.subscribers[0].AddedBy != "Nora Feld" || !b.subscribers[0].PDF || b.subscribers[1].Locale != "es" || b.subscribers[2].RemovedAt.IsZero() || len(b.subscribers) != 6 {
		t.Errorf("%+v", b.subscribers)
	}
	if a := v.upload("/p/desk/digests/weekly/import", file, map[string]string{"do": "check"}); !a.says("Nothing would change.") || a.says(">Import:") {
		t.Error("a second time it would do something")
	}
}

func TestAFileWithFaultsIsNotImported(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	const file = "address,audience,zone\nana@lindenhof.example,manager,Europe/Berln\nbea@lindenhof,boss,\ncoe@lindenhof.example,,\nm.ortiz@lindenhof.example,,UTC\n"
	a := v.upload("/p/desk/digests/weekly/import", file, map[string]string{"do": "check", "only": "yes"})
	for _, words := range []string{
		"Nothing was imported: 2 of 4 lines have faults", "staff-march.csv was read whole.", "No such zone. Did you mean Europe/Berlin?", "Use admin, manager or executive.",
		"This is not a full address: the part after @ has no dot.", "<code>bea@lindenhof</code>", "The 2 lines", "The other 2: 1 new, 1 changed.",
	} {
		if !a.says(words) {
			t.Errorf("the page does not say %q\n%s", words, a.body)
		}
	}
	if a.status != http.StatusUnprocessableEntity || a.says(`value="confirm"`) {
		t.Errorf("%d", a.status)
	}
	fields := hidden(a, "confirm")
	fields["seen"] = markOf(nil)
	if v.upload("/p/desk/digests/weekly/import", "", fields); len(b.did) > 0 {
		t.Errorf("confirmed all the same, it did %q", b.did)
	}
	fields["do"] = "faults"
	a = v.upload("/p/desk/digests/weekly/import", "", fields)
	const want = "\ufeffaddress,audience,zone,fault\r\nana@lindenhof.example,manager,Europe/Berln,line 2: No such zone. Did you mean Europe/Berlin?\r\n" +
		"bea@lindenhof,boss,,\"line 3: This is not a full address: the part after @ has no dot. Use admin, manager or executive.\"\r\n"
	if a.body != want {
		t.Errorf("%q", a.body)
	}
}

func TestAnImportThatWouldDoSomethingElseByNowIsShownAgain(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	a := v.upload("/p/desk/digests/weekly/import", "", map[string]string{"do": "check", "pasted": "ana@lindenhof.example\nbea@lindenhof.example"})
	if !a.says("What you pasted was read whole: 2 subscribers.") || !a.says("Import: 2 new") {
		t.Fatal(a.body)
	}
	fields := hidden(a, "confirm")
	b.subscribers = append(b.subscribers, digest.SubscriberLine{Digest: "weekly", Subscriber: digest.Subscriber{ID: 9, Address: "ana@lindenhof.example", Audience: digest.Manager, PDF: true}})
	a = v.upload("/p/desk/digests/weekly/import", "", fields)
	if !a.says("somebody changed the subscribers meanwhile") || !a.says("Import: 1 new") || len(b.did) > 0 {
		t.Errorf("it did %q: %s", b.did, a.body)
	}
	if a := v.upload("/p/desk/digests/weekly/import", "", hidden(a, "confirm")); !a.says("Imported into Support desk: 1 new.") {
		t.Error(a.body)
	}
}

func TestAnImportWantsAFileOfTheRightSize(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	for name, c := range map[string]struct {
		file   string
		fields map[string]string
		want   string
	}{
		"nothing":       {"", map[string]string{"do": "check"}, "Choose a file, or paste lines below."},
		"an empty file": {" ", map[string]string{"do": "check"}, "The file is empty."},
		"too large":     {strings.Repeat("a", 5<<20+1), map[string]string{"do": "check"}, "5 MB are taken at a time."},
		"far too large": {strings.Repeat("a", 10<<20), map[string]string{"do": "check"}, "The file has more than 5 MB."},
		"cut":           {"", map[string]string{"do": "confirm", "content": "AAAA"}, "The file did not arrive whole."},
		"made up":       {"", map[string]string{"do": "confirm", "content": "%%"}, "The file did not arrive whole."},
	} {
		if a := v.upload("/p/desk/digests/weekly/import", c.file, c.fields); a.status != http.StatusUnprocessableEntity || !a.says(c.want) {
			t.Errorf("%s: %d %s", name, a.status, a.body[:min(len(a.body), 3000)])
		}
	}
	bomb, err := packed(bytes.Repeat([]byte("a@b.example\n"), 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if a := v.upload("/p/desk/digests/weekly/import", "", map[string]string{"do": "check", "content": bomb}); a.status != http.StatusUnprocessableEntity || !a.says("5 MB are taken at a time.") {
		t.Errorf("a bomb: %d", a.status)
	}
	if a := v.get("/p/desk/subscribers/import"); a.at != "/p/desk/digests/weekly/import" {
		t.Errorf("with one digest, one is asked which: %s", a.at)
	}
	if len(b.did) > 0 {
		t.Errorf("it did %q", b.did)
	}
}

func TestRequestsAreDecidedAndSuppressionsLifted(t *testing.T) {
	b := newDeskBooks()
	b.requested = []digest.Request{
		{ID: 5, Digest: "weekly", Name: "Ida Blum", Address: "ida@lindenhof.example", Locale: "es", Forwarder: "Maya Ortiz", MadeAt: wednesday, Confirmed: wednesday},
		{ID: 6, Digest: "weekly", Address: "bo@lindenhof.example", Locale: "en", MadeAt: wednesday},
	}
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	a := v.get("/p/desk/requests")
	if !a.says("Ida Blum") || !a.says("Maya Ortiz") || strings.Count(a.body, `value="approve"`) != 1 || strings.Count(a.body, `value="refuse"`) != 2 || !a.says("Not yet") {
		t.Error(a.body)
	}
	if a := v.post("/p/desk/requests/5", url.Values{"do": {"approve"}}); !a.says("Ida Blum gets Support desk from its next edition on.") {
		t.Error(a.body)
	}
	if a := v.post("/p/desk/requests/6", url.Values{"do": {"refuse"}}); !a.says("The request of bo@lindenhof.example is refused.") {
		t.Error(a.body)
	}
	if a := v.get("/p/desk/suppressions"); !a.says("r.weiss@lindenhof.example") || !a.says("A mail to this address came back for good.") || !a.says("lift?address=r.weiss%40lindenhof.example") {
		t.Error(a.body)
	}
	if a := v.get("/p/desk/suppressions/lift?address=r.weiss%40lindenhof.example"); !a.says("Write to r.weiss@lindenhof.example again?") {
		t.Error(a.body)
	}
	v.post("/p/desk/suppressions/lift", url.Values{"address": {"r.weiss@lindenhof.example"}})
	if got := fmt.Sprint(b.did); got != "[Emil Brandt decides 5: true Emil Brandt decides 6: false Emil Brandt lifts r.weiss@lindenhof.example]" {
		t.Errorf("it did %s", got)
	}
	if a := s.as(vera).get("/p/desk/requests"); a.says("<button class=\"btn primary\"") {
		t.Error("a viewer may decide")
	}
}
