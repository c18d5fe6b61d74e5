package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/browser"
)

func TestTheEditorShowsADigestAndWhatItComesTo(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	a := s.as(nora).get("/p/desk/digests/weekly")
	for _, words := range []string{
		"On: next edition Mon 30 Mar 08:00 in Berlin, to 42 subscribers", "167 h: clocks go forward on Sun 29 Mar at 02:00", "CEST, until now CET",
		"14:00 in Berlin, was 13:00", "Leaves in New York", `value="weekly" checked`, `value="mon" selected`, "2 of 3 on, in this order",
		"42 subscribers: 3 admins, 35 managers, 4 executives", "Two more get nothing", `src="/p/desk/digests/weekly/preview?audience=manager&amp;locale=en&amp;period=2026-03-16"`,
		"missed after 24 hours, the median wait at most 10 minutes", "Nothing is changed.",
	} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if a.status != http.StatusOK || len(a.body) > 100_000 {
		t.Errorf("%d, %d bytes", a.status, len(a.body))
	}
	if a := s.as(nora).get("/p/desk/digests/nothing"); a.status != http.StatusNotFound {
		t.Errorf("a digest that is not there: %d", a.status)
	}
}

func TestAMailThatGmailWouldCutSaysSoBesideItsPreview(t *testing.T) {
	for _, c := range []struct {
		bytes int
		says  bool
	}{{102_000, false}, {131_900, true}} {
		s, w := atTheDesk(t, newDeskBooks())
		w.mail = bytes.Repeat([]byte("x"), c.bytes)
		form := deskForm(weeklyDesk())
		form.Set("do", "update")
		a := s.as(emil).post("/p/desk/digests/weekly", form)
		if a.status != http.StatusOK || a.says("Gmail shows the first 102") != c.says || a.says("This mail has 131 kB.") != c.says {
			t.Errorf("%d: of %d bytes the page says %v", a.status, c.bytes, !c.says)
		}
	}
}

func TestUpdateShowsWhatAChangeComesToAndSavesNothing(t *testing.T) {
	b := newDeskBooks()
	s, w := atTheDesk(t, b)
	form := deskForm(weeklyDesk())
	form.Set("weekday", "tue")
	form.Set("subject", "{project}: {finding}")
	form.Set("do", "update")
	a := s.as(emil).post("/p/desk/digests/weekly", form)
	for _, words := range []string{
		"<b>Not saved:</b> cadence, Weekly, Monday 08:00 to Weekly, Tuesday 08:00; subject, the finding to “{project}: {finding}”",
		"Tue 31 Mar 08:00", "Reads: Lindenhof Clinics: 192 messages", "&amp;draft=", "Numbers of the edition that was made.",
	} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if a.status != http.StatusOK || len(b.did) > 0 {
		t.Errorf("%d, and it did %q", a.status, b.did)
	}
	// The frame shows what was filled in, and does not render it a second time.
	_, rest, _ := strings.Cut(a.body, `<iframe src="`)
	frame, _, _ := strings.Cut(rest, `"`)
	if f := s.as(emil).get(strings.ReplaceAll(frame, "&amp;", "&")); f.status != http.StatusOK || !f.says("192 messages") {
		t.Errorf("the frame: %d %s", f.status, f.body)
	}
	if len(w.rendered) != 1 || w.rendered[0] != "1 weekly tue 08:00 from 2026-03-16 for manager in en" {
		t.Errorf("rendered %q", w.rendered)
	}
	form.Set("do", "down:activity")
	if a := s.as(emil).post("/p/desk/digests/weekly", form); !a.says("order of the sections, now Contact center and Activity") || strings.Index(a.body, `id="on.contact_center"`) > strings.Index(a.body, `id="on.activity"`) {
		t.Error("the section did not move down")
	}
}

func TestSaveSavesAndSaysWhat(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	form := deskForm(weeklyDesk())
	form.Set("target.contact_center.wait_median", "5")
	form.Set("do", "save")
	form.Set("audience", "executive")
	a := s.as(emil).post("/p/desk/digests/weekly", form)
	if a.at != "/p/desk/digests/weekly?audience=executive&locale=en" || !a.says("Saved: target for the median wait, 10 minutes to 5 minutes.") {
		t.Errorf("at %s: %s", a.at, a.body)
	}
	if fmt.Sprint(b.did) != "[Emil Brandt saves weekly]" || b.lines[0].Config.Targets[0].Value != 300 || !b.lines[0].Config.Active {
		t.Errorf("it did %q: %+v", b.did, b.lines[0].Config)
	}
}

func TestFaultsStandAtTheirFieldsAndAtTheHead(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	form := deskForm(weeklyDesk())
	form.Set("at", "8 o'clock")
	form.Set("zone", "Europe/Berln")
	form.Set("do", "save")
	b.refuse = &digest.RefusedError{Field: "at", Reason: "no"}
	a := s.as(nora).post("/p/desk/digests/weekly", form)
	for _, words := range []string{
		"Not saved: 2 fields need another look", `<a href="#at">Hour</a>: Write a weekday and HH:MM`, `<a href="#zone">Zone</a>: No such zone. Did you mean Europe/Berlin?`, `value="Europe/Berln"`,
		`aria-invalid="true" aria-describedby="fault-zone"`, `id="fault-zone"`, `value="8 o&#39;clock"`,
	} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", a.status)
	}
	form = deskForm(weeklyDesk())
	form.Set("do", "save")
	b.refuse = errors.Join(&digest.RefusedError{Field: "jitter", Reason: "13h is not within 0 to 12 h"}, &digest.RefusedError{Field: "targets[0]", Reason: "What is this?"})
	a = s.as(nora).post("/p/desk/digests/weekly", form)
	if !a.says(`<a href="#jitter">Begins within</a>: 13h is not within 0 to 12 h.`) || !a.says("<p>What is this?</p>") || a.status != http.StatusUnprocessableEntity {
		t.Errorf("what the books refuse: %d %s", a.status, a.body)
	}
}

func TestWhoSavesOverAnothersChangeIsToldWhoseAndKeepsWhatWasTyped(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	change := func(by, from, to string) digest.AuditLine {
		return digest.AuditLine{At: wednesday.Add(-5 * time.Minute), Actor: digest.Actor{Name: by}, Change: digest.Change{Verb: "change", What: "digest desk/weekly", Details: []digest.Difference{{What: "cadence.at", From: from, To: to}}}}
	}
	b.audit = []digest.AuditLine{change("Nora Feld", `"mon 08:00"`, `"tue 09:00"`), change("Olga Opal", `"sun 08:00"`, `"mon 08:00"`)}
	b.lines[0].Version = 8 // the form was read at 7
	b.lines[0].Config.Cadence.At = "tue 09:00"
	form := deskForm(weeklyDesk())
	form.Set("subject", "{finding}")
	form.Set("do", "save")
	a := s.as(emil).post("/p/desk/digests/weekly", form)
	for _, words := range []string{
		"somebody else changed this digest meanwhile", "Nora Feld on Wed 25 Mar 10:37: Cadence at, mon 08:00 to tue 09:00", `value="{finding}"`, `name="version" value="8"`,
		"cadence, Weekly, Tuesday 09:00 to Weekly, Monday 08:00; subject, the finding to “{finding}”",
	} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if a.status != http.StatusConflict || a.says("Olga") || len(b.did) > 0 {
		t.Errorf("%d, it did %q", a.status, b.did)
	}
	form.Set("version", "8")
	if a := s.as(emil).post("/p/desk/digests/weekly", form); a.status != http.StatusOK || b.lines[0].Config.Cadence.At != "mon 08:00" {
		t.Errorf("saved again: %d, %+v", a.status, b.lines[0].Config.Cadence)
	}
}

func TestAViewerSeesTheEditorAndChangesNothing(t *testing.T) {
	b := newDeskBooks()
	s, w := atTheDesk(t, b)
	v := s.as(vera)
	a := v.get("/p/desk/digests/weekly?audience=executive&theme=dark")
	if a.status != http.StatusOK || !a.says("<fieldset class=\"stack-l\" disabled>") || a.says(">Save<") || a.says("Send test") || !a.says("theme=dark") {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, path := range []string{"", "/switch", "/test", "/now", "/remove", "/reassign", "/import"} {
		if a := v.post("/p/desk/digests/weekly"+path, deskForm(weeklyDesk())); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	other := weeklyDesk()
	other.Cadence.At = "fri 08:00"
	v.get("/p/desk/digests/weekly/preview?draft=" + mustDraft(t, other))
	if len(b.did) > 0 || len(w.rendered) != 1 || !strings.HasPrefix(w.rendered[0], "1 weekly mon 08:00 ") {
		t.Errorf("it did %q and rendered %q", b.did, w.rendered)
	}
}

func TestAPreviewStandsInAFrameOfThisHostAlone(t *testing.T) {
	b := newDeskBooks()
	s, w := atTheDesk(t, b)
	v := s.as(nora)
	for _, c := range []struct{ path, kind, policy, says, not string }{
		{"preview", "text/html; charset=utf-8", framePolicy, "@media not all", "prefers-color-scheme"},
		{"preview?theme=dark", "text/html; charset=utf-8", framePolicy, `@media all { body { background:#111318 } }`, "light dark"},
		{"preview.txt?audience=admin&locale=es", "text/plain; charset=utf-8", framePolicy, "192 messages", "<"},
		{"preview.pdf", "application/pdf", "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'", "%PDF-1.7", "<"},
	} {
		a := v.get("/p/desk/digests/weekly/" + c.path)
		if a.status != http.StatusOK || a.Get("Content-Type") != c.kind || a.Get("Content-Security-Policy") != c.policy || a.Get("Cross-Origin-Opener-Policy") != "" || !a.says(c.says) || a.says(c.not) {
			t.Errorf("%s: %d %v\n%s", c.path, a.status, a.Header, a.body)
		}
	}
	want := []string{
		"1 weekly mon 08:00 from 0000-00-00 for manager in en", // light and dark are one
		"1 weekly mon 08:00 from 0000-00-00 for admin in es",
		"1 weekly mon 08:00 from 0000-00-00 for manager in en", // with its PDF
	}
	if fmt.Sprint(w.rendered) != fmt.Sprint(want) {
		t.Errorf("rendered %q", w.rendered)
	}
	s.pass(2 * time.Minute)
	if v.get("/p/desk/digests/weekly/preview?period=2026-03-09"); len(w.rendered) != 4 || w.rendered[3] != "1 weekly mon 08:00 from 2026-03-09 for manager in en" {
		t.Errorf("rendered %q", w.rendered)
	}
	if v.get("/p/desk/digests/weekly/preview"); len(w.rendered) != 5 {
		t.Error("a preview was kept for longer than it should")
	}
	w.fault = &digest.RefusedError{Field: "sections", Reason: "The source cannot be read."}
	if a := v.get("/p/desk/digests/weekly/preview?locale=es"); a.status != http.StatusUnprocessableEntity || !a.says("The source cannot be read.") || !strings.Contains(a.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Errorf("a fault: %d %s", a.status, a.body)
	}
	if a := v.get("/p/desk/digests/weekly/preview?draft=nonsense"); a.status != http.StatusUnprocessableEntity || !a.says("This address is not whole") {
		t.Errorf("nonsense: %d", a.status)
	}
}

func TestADigestIsSwitchedOnAndWhatIsTypedStays(t *testing.T) {
	b := newDeskBooks()
	b.lines[0].Config.Active = false
	s, _ := atTheDesk(t, b)
	v := s.as(nora)
	if a := v.get("/p/desk/digests/weekly"); !a.says("Draft: nothing goes out. Switched on now, the first would go out Mon 30 Mar 08:00 in Berlin, to 42 subscribers") {
		t.Error(a.body)
	}
	form := deskForm(b.lines[0].Config)
	form.Set("subject", "{finding}")
	form.Set("state", "on")
	a := v.post("/p/desk/digests/weekly/switch", form)
	if !a.says("It is on: the next edition goes out Mon 30 Mar 08:00, to 42 subscribers.") || !a.says("<b>Not saved:</b> subject, the finding to “{finding}”") || !strings.Contains(a.at, "draft=") {
		t.Errorf("at %s: %s", a.at, a.body)
	}
	if b.lines[0].Config.Subject != "" || fmt.Sprint(b.did) != "[Nora Feld switches weekly: true]" {
		t.Errorf("it did %q, subject %q", b.did, b.lines[0].Config.Subject)
	}
	if a := v.post("/p/desk/digests/weekly/switch", url.Values{"state": {"draft"}}); a.at != "/p/desk/digests/weekly?audience=manager&locale=en" || !a.says("It is a draft now") {
		t.Errorf("at %s", a.at)
	}
	b.refuse = &digest.RefusedError{Field: "sections", Reason: "No source can fill it."}
	if a := v.post("/p/desk/digests/weekly/switch", url.Values{"state": {"on"}}); !a.says("Not switched on: No source can fill it.") {
		t.Error(a.body)
	}
}

func TestANewDigestNeedsANameAlone(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	a := v.post("/p/desk/digests/new", url.Values{"name": {"Köln, leadership"}})
	if a.at != "/p/desk/digests/koeln-leadership" || !a.says("Köln, leadership is made, as a draft") {
		t.Fatalf("%d at %s: %s", a.status, a.at, a.body)
	}
	c := b.lines[1].Config
	want := []digest.SectionChoice{{Section: "activity", Source: "chatwoot-eu"}, {Section: "chatbot", Source: "rasa-front"}, {Section: "contact_center", Source: "chatwoot-eu"}}
	if c.Active || c.Cadence != (digest.CadenceSpec{Kind: "weekly", At: "mon 08:00", Zone: "Europe/Berlin", WeekStart: time.Monday}) || fmt.Sprint(c.Sections) != fmt.Sprint(want) {
		t.Errorf("%+v", c)
	}
	if fmt.Sprint(b.did) != "[Emil Brandt adds koeln-leadership Emil Brandt gives koeln-leadership to 2]" {
		t.Errorf("it did %q", b.did)
	}
	for _, c := range []struct{ name, key, want string }{
		{"", "", "A digest has a name"},
		{"日本", "", "This name has no letter for a key."},
		{"Another", "weekly", "There is a digest of this key already."},
		{"Another", "Weekly!", "A key is of a–z, 0–9 and hyphens, at most 63."},
		{"New", "", "This word stands for the page you are on."},
	} {
		if a := v.post("/p/desk/digests/new", url.Values{"name": {c.name}, "key": {c.key}}); a.status != http.StatusUnprocessableEntity || !a.says(c.want) {
			t.Errorf("%q, %q: %d %s", c.name, c.key, a.status, a.body)
		}
	}
	b.head.Sources, b.sources = nil, nil
	if a := v.get("/p/desk/digests/new"); !a.says("A digest needs a source") {
		t.Error("it does not say that a source is missing")
	}
}

func TestATestIsSentOfWhatIsFilledIn(t *testing.T) {
	b := newDeskBooks()
	s, w := atTheDesk(t, b)
	v := s.as(emil)
	form := deskForm(weeklyDesk())
	form.Set("weekday", "fri")
	form.Set("audience", "executive")
	form.Set("period", "2026-03-16")
	a := v.post("/p/desk/digests/weekly/test", form) // the button beside the title
	if !strings.HasPrefix(a.at, "/p/desk/digests/weekly/test?") || !a.says(`value="emil.brandt@lindenhof.example"`) || !a.says("Not saved: cadence, Weekly, Monday 08:00 to Weekly, Friday 08:00.") || !a.says(`value="executive" selected`) {
		t.Fatalf("at %s: %s", a.at, a.body)
	}
	_, rest, _ := strings.Cut(a.body, `name="draft" value="`)
	draft, _, _ := strings.Cut(rest, `"`)
	send := url.Values{"draft": {draft}, "to": {"ana@lindenhof"}, "period": {"2026-03-16"}, "audience": {"executive"}, "locale": {"es"}, "pdf": {"no"}}
	if a := v.post("/p/desk/digests/weekly/test", send); a.status != http.StatusUnprocessableEntity || !a.says("This is not a full address: the part after @ has no dot.") || !a.says(`value="ana@lindenhof"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	send.Set("to", "Ana Ruiz <ana@lindenhof.example>")
	a = v.post("/p/desk/digests/weekly/test", send)
	if !a.says("A test went to ana@lindenhof.example: “[Test] Support desk, 16–22 Mar: 192 messages”") || !a.says("<b>Not saved:</b> cadence") {
		t.Errorf("at %s: %s", a.at, a.body)
	}
	if fmt.Sprint(w.sent) != "[test of weekly fri 08:00 from 2026-03-16 for executive in es, PDF false, to ana@lindenhof.example]" || len(b.did) > 0 {
		t.Errorf("sent %q, did %q", w.sent, b.did)
	}
	w.fault = errors.New("smtp: the relay does not answer")
	if a := v.post("/p/desk/digests/weekly/test", send); a.status != http.StatusBadGateway || !a.says("The test was not sent. Smtp: the relay does not answer.") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestSendNowAsksFirstAndSaysWhatThereIs(t *testing.T) {
	b := newDeskBooks()
	s, w := atTheDesk(t, b)
	v := s.as(emil)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	last := weekBefore(time.Date(2026, 3, 23, 8, 0, 0, 0, zone))
	b.editions = []digest.EditionLine{{Edition: digest.Edition{ID: 12, State: digest.EditionHeld, Period: last}}}
	a := v.get("/p/desk/digests/weekly/now")
	for _, words := range []string{"Send Support desk now?", "mailed to 42 subscribers: 3 admins, 35 managers, 4 executives", "16–22 Mar – there is an edition: held", `value="2026-03-09" selected`, "Send to 42"} {
		if !a.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	v.post("/p/desk/digests/weekly/now", url.Values{"period": {"2026-03-09"}})
	if fmt.Sprint(w.sent) != "[Emil Brandt sends weekly from 2026-03-09]" {
		t.Errorf("it did %q", w.sent)
	}
	w.fault, w.edition = fmt.Errorf("edition 12 is held: %w", digest.ErrNotDue), 12
	if a := v.post("/p/desk/digests/weekly/now", url.Values{"period": {"2026-03-16"}}); a.at != "/p/desk/editions/12" {
		t.Errorf("led to %s", a.at)
	}
	w.fault, w.edition = &digest.RefusedError{Reason: "Its days were mailed with another."}, 0
	if a := v.post("/p/desk/digests/weekly/now", url.Values{"period": {"2026-03-16"}}); !a.says("Nothing was sent. Its days were mailed with another.") {
		t.Error(a.body)
	}
	b.lines[0].Config.Active = false
	if a := v.get("/p/desk/digests/weekly/now"); !a.says("It is a draft") || a.says("Send to") {
		t.Error("a draft can be sent")
	}
	if a := v.post("/p/desk/digests/weekly/now", nil); !a.says("Nothing was sent: it is a draft.") || len(w.sent) != 1 {
		t.Errorf("a draft was sent: %q", w.sent)
	}
	b.lines[0].Config.Active, b.lines[0].Readers = true, nil
	if a := v.get("/p/desk/digests/weekly/now"); !a.says("Nobody would get it. Add subscribers first.") {
		t.Error("it may be sent to nobody")
	}
}

func TestADigestHasAnOwnerAndCanBeRemovedWhereItWasNeverMailed(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	v := s.as(emil)
	a := v.get("/p/desk/digests/weekly")
	if !a.says(`<option value="1" selected>Nora Feld</option>`) || !a.says(`<option value="2">Emil Brandt</option>`) || a.says("Vera Lind</option>") {
		t.Error("owners to choose are not the owners and editors")
	}
	if a := v.post("/p/desk/digests/weekly/reassign", url.Values{"owner": {"2"}}); !a.says("Emil Brandt owns this digest now.") {
		t.Error(a.body)
	}
	if a := v.get("/p/desk/digests/weekly/remove"); !a.says("Its configuration and 44 subscriptions go with it.") {
		t.Error(a.body)
	}
	b.did = nil
	b.refuse = &digest.RefusedError{Reason: "It has editions that were mailed."}
	if a := v.post("/p/desk/digests/weekly/remove", nil); a.at != "/p/desk/digests/weekly" || !a.says("Not removed: It has editions that were mailed.") {
		t.Errorf("at %s", a.at)
	}
	b.refuse = nil
	if a := v.post("/p/desk/digests/weekly/remove", nil); a.at != "/p/desk/digests" || fmt.Sprint(b.did) != "[Emil Brandt removes weekly]" {
		t.Errorf("at %s, did %q", a.at, b.did)
	}
}

// fill fills a control in and tells the page so, as typing does.
func fill(t *testing.T, p *browser.Page, selector, text string) {
	t.Helper()
	if !browser.Eval[bool](t, p, fmt.Sprintf(`(e => { e.value = %q; return e.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector(%q))`, text, selector)) {
		t.Fatalf("%s cannot be filled in", selector)
	}
}

func TestAScriptShowsWhatAChangeComesToWithoutAButton(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	p := browser.Open(t, browser.Start(t), signedIn(t, s, nora)+"/p/desk/digests/weekly", "", browser.View{Width: 1280, Height: 900})
	shows := func(words string) {
		t.Helper()
		for range 200 {
			if strings.Contains(p.Text(t), words) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("it never shows %q:\n%s", words, p.Text(t))
	}
	shows("Numbers of the edition that was made.") // the frame has loaded: its subject is known
	fill(t, p, "[name=weekday]", "fri")
	shows("Not saved: cadence, Weekly, Monday 08:00 to Weekly, Friday 08:00")
	shows("Fri 27 Mar 08:00")
	fill(t, p, "#zone", "Europe/Berln")
	shows("No such zone. Did you mean Europe/Berlin?")
	fill(t, p, "#zone", "")
	fill(t, p, "#subject", "{period}: {finding}")
	shows("Reads: 16–22 Mar: 192 messages")
	if len(b.did) > 0 || b.lines[0].Version != 7 {
		t.Errorf("looking at it did %q", b.did)
	}
	p.Press(t, "Save")
	shows("Saved: cadence, Weekly, Monday 08:00 to Weekly, Friday 08:00; subject, the finding to “{period}: {finding}”.")
	if len(p.Remote) > 0 || p.Overflow > 0 {
		t.Errorf("asked for %q, %d px too wide", p.Remote, p.Overflow)
	}
}

func TestWithoutAScriptUpdateShowsTheSame(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	p := browser.Open(t, browser.Start(t), signedIn(t, s, nora)+"/p/desk/digests/weekly", "", browser.View{Width: 360, Height: 800, Phone: true, NoScript: true})
	fill(t, p, "[name=weekday]", "fri")
	p.Click(t, ".dock [value=update]")
	if text := p.Text(t); !strings.Contains(text, "Not saved: cadence, Weekly, Monday 08:00 to Weekly, Friday 08:00") || !strings.Contains(text, "Fri 27 Mar 08:00") || p.Overflow > 0 {
		t.Errorf("%d px too wide: %s", p.Overflow, text)
	}
	p.Press(t, "Save")
	if text := p.Text(t); !strings.Contains(text, "Saved: cadence") || b.lines[0].Config.Cadence.At != "fri 08:00" {
		t.Errorf("%+v: %s", b.lines[0].Config.Cadence, text)
	}
}
