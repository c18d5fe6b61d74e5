package console

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestTheListOfEditionsShowsThoseThatNeedSomebodyFirstAndOnce(t *testing.T) {
	s := atTheClinics(t, theClinics(), &clinicWorks{})
	page := s.as(vera).get("/p/desk/editions")
	urgent, rest, ok := strings.Cut(page.body, `aria-label="Editions">`)
	if !ok || !strings.Contains(urgent, `/editions/11"`) || !strings.Contains(urgent, `/editions/13"`) {
		t.Error("the held and the failed one do not stand first")
	}
	if strings.Contains(rest, `/editions/11"`) || !strings.Contains(rest, `/editions/12"`) {
		t.Error("an edition stands twice, or is missing")
	}
	if !page.says("8 editions, the newest first") {
		t.Error("their number is not said")
	}
}

func TestTheListOfEditionsIsFilteredAndCutIntoParts(t *testing.T) {
	b := theClinics()
	for i := range 120 {
		b.edit(int64(100+i), 2, inMarch(2, 8), march(9, 8, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 42})
	}
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(vera)
	page := v.get("/p/desk/editions?digest=support&state=done")
	if !page.says("122 editions") || !page.says("50 of 122 shown") || !page.says(`href="/p/desk/editions?after=50&amp;digest=support&amp;state=done" rel="next">Older`) {
		t.Error("the first part is not the first 50 of 122")
	}
	if page.says("Front desk bot</a>") {
		t.Error("another digest's edition is in it")
	}
	page = v.get("/p/desk/editions?after=100&digest=support&state=done")
	if !page.says("22 of 122 shown") || page.says("Older") || !page.says(`href="/p/desk/editions?digest=support&amp;state=done">Newest`) {
		t.Error("the last part does not lead back")
	}
	if page = v.get("/p/desk/editions?digest=nonsense&state=nonsense"); !page.says("128 editions") {
		t.Error("a filter that there is not filters")
	}
	if page = v.get("/p/desk/editions?digest=night"); !page.says("No such edition") {
		t.Error("nothing is not said to be nothing")
	}
}

func TestAnEditionSaysItsContractItsSectionsAndWhatTheReaderIsTold(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := atTheClinics(t, b, &clinicWorks{})
	page := s.as(nora).get("/p/desk/editions/12")
	for _, words := range []string{
		"Support desk, 16–22 Mar", "Done, 3 failed", "“Support desk, 16–22 Mar: 307 messages (+60 %), 5 missed”", "Mon 16 – Sun 22 Mar 2026<br>Europe/Berlin, 168 h",
		"Mon 23 Mar 08:00:04", "42 subscribers, 3 variants", "9c41 e07b 52d8", "1 failed, the edition went out without it",
		"Chatwoot keeps no history of assignments: they are derived from who replied.", "One figure is provisional", "This section could not be made: the source refused the password",
		"Compare with 9–15 Mar", `href="/p/desk/editions/12/compare/18"`, "Resend to 3 who failed", "550 5.1.1 User unknown", "Not tried. Unsubscribed.",
		"It may have arrived. A resend can make a second copy.", `href="/p/desk/editions/12/resend?delivery=12005">Resend anyway…`, "8 shown, those that need you first",
		`href="/p/desk/editions/12/view?audience=executive&amp;locale=en&amp;sections=activity"`, "Revoke links…",
	} {
		if !page.says(strings.ReplaceAll(words, "+", "&#43;")) && !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if page = s.as(vera).get("/p/desk/editions/12"); page.says("Resend") || page.says("Revoke") || page.says(`method="post" action="/p/desk/editions`) {
		t.Error("a viewer is offered what takes an editor")
	}
	for _, path := range []string{"/p/desk/editions/99", "/p/desk/editions/x", "/p/desk/editions/12/deliveries/13001", "/p/desk/editions/12/deliveries/x", "/p/desk/editions/12/compare/13", "/p/desk/editions/12/compare/x"} {
		if page = s.as(nora).get(path); page.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.status)
		}
	}
}

func TestDeliveriesAreFilteredByStateAndSearchedForAPerson(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	for i := range 2000 {
		b.deliver(12, fmt.Sprintf("Reader %d", i), digest.DeliverySent, 250, "2.0.0", "OK")
	}
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(vera)
	page := v.get("/p/desk/editions/12")
	if !page.says("50 of 2,008 shown, those that need you first") || !page.says("Next 50") || len(page.body) > 100_000 {
		t.Errorf("of 2,008 the first part has %d bytes", len(page.body))
	}
	page = v.get("/p/desk/editions/12?state=failed&q=brandt")
	if !page.says("hanna.brandt@lindenhof.example") || page.says("luca.ferri") || !page.says("1 shown") {
		t.Error("the filter finds others")
	}
	if !page.says(`href="/p/desk/editions/12?q=brandt&amp;state=sent#deliveries"`) || !page.says(`value="brandt"`) {
		t.Error("a tab forgets what is searched for")
	}
	if page = v.get("/p/desk/editions/12?q=nobody"); !page.says("Nobody found") || !page.says("to “nobody”") {
		t.Error("nobody is not said to be nobody")
	}
	if page = v.get("/p/desk/editions/12?after=2000"); !page.says("8 of 2,008 shown") || !page.says(">First</a>") {
		t.Error("the last part does not lead back")
	}
}

func TestNamesAndAnswersFromElsewhereStayText(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	d := b.deliver(12, "<script>alert(1)</script>", digest.DeliveryFailed, 550, "", "<img src=x onerror=alert(1)>")
	d.Subscriber.Address = "\"><b>@x.example"
	b.editions[1].Subject = "</p><script>"
	page := atTheClinics(t, b, &clinicWorks{}).as(nora).get("/p/desk/editions/12")
	if page.status != http.StatusOK || page.says("<script>alert") || page.says("<img src=x") || page.says("</p><script>") {
		t.Error("a name or an answer is not text")
	}
}

func TestWhatIsDoneAboutEditionsNamesWhoDoesIt(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(emil)
	for _, x := range []struct {
		path string
		form url.Values
		at   string
		said string
	}{
		{"/p/desk/editions/11/release", nil, "/p/desk/editions/11", "Contact center, all clinics, 16–22 Mar is released."},
		{"/p/desk/editions/11/discard", nil, "/p/desk/editions/11", "is discarded. Nobody is mailed it."},
		{"/p/desk/editions/12/revoke", nil, "/p/desk/editions/12", "The links to Support desk, 16–22 Mar are revoked."},
		{"/p/desk/editions/12/resend", nil, "/p/desk/editions/12", "The same message goes out once more to 3 subscribers."},
		{"/p/desk/editions/12/resend", url.Values{"delivery": {"12005", "12005", "x"}}, "/p/desk/editions/12", "once more to 1 subscriber."},
	} {
		page := v.post(x.path, x.form)
		if page.status != http.StatusOK || !strings.HasPrefix(page.at, x.at) || !page.says(x.said) {
			t.Errorf("%s leads to %s (%d) and does not say %q", x.path, page.at, page.status, x.said)
		}
	}
	want := []string{"Emil Brandt releases 11", "Emil Brandt discards 11", "Emil Brandt revokes 12", "Emil Brandt resends 12 []", "Emil Brandt resends 12 [12005]"}
	if !slices.Equal(b.done, want) {
		t.Errorf("what was done is %q", b.done)
	}
	if page := v.post("/p/desk/editions/12/resend", url.Values{"delivery": {"x"}}); page.status != http.StatusNotFound || len(b.done) != 5 {
		t.Errorf("a resend to nobody that there is: %d, %v", page.status, b.done)
	}
	b.refuse = fmt.Errorf("%w: it is done", digest.ErrNotDue)
	if page := v.post("/p/desk/editions/11/release", nil); page.status != http.StatusConflict {
		t.Errorf("a release of what is done: %d", page.status)
	}
	for _, act := range []string{"release", "discard", "revoke", "resend"} {
		if page := s.as(vera).post("/p/desk/editions/11/"+act, nil); page.status != http.StatusForbidden {
			t.Errorf("a viewer may %s: %d", act, page.status)
		}
	}
}

func TestWhatCannotBeTakenBackIsAskedAboutOnAPageOfItsOwn(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(emil)
	for path, words := range map[string][]string{
		"/p/desk/editions/11/discard":               {"Discard this edition?", "A discarded edition cannot be brought back.", ">Discard 16–22 Mar</button>"},
		"/p/desk/editions/12/revoke":                {"Revoked links cannot be brought back.", ">Revoke the links of 42 mails</button>", "unsubscribing go on working"},
		"/p/desk/editions/12/resend?delivery=12005": {"The server of aylin.demir@lindenhof.example took the mail and then gave no answer.", "It may have arrived. A resend can make a second copy.", `name="delivery" value="12005"`, ">Resend anyway</button>"},
		"/p/desk/editions/12/resend":                {"Resend to 3 who failed", "It is the same message."},
		"/p/desk/editions/11/release":               {"Release to 118", "25 h 43 min of 168 h are missing"},
	} {
		page := v.get(path)
		for _, w := range words {
			if !page.says(w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
	}
	if len(b.done) != 0 {
		t.Errorf("asking has done %v", b.done)
	}
	for path, status := range map[string]int{"/p/desk/editions/12/resend?delivery=13001": 404, "/p/desk/editions/14/resend": 409, "/p/desk/editions/12/release": 409} {
		if page := v.get(path); page.status != status {
			t.Errorf("%s: %d", path, page.status)
		}
	}
}

func TestAnEditionIsReadAsItWasMailedWithoutAReadersLinks(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(vera)
	page := v.get("/p/desk/editions/12/view")
	if !page.says("data:image/png;base64,cG5n") || page.says("fortnight.invalid") || !strings.Contains(page.Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'") {
		t.Errorf("the mail is %s under %s", page.body, page.Get("Content-Security-Policy"))
	}
	if page = v.get("/p/desk/editions/12/view?audience=manager&locale=de&as=text"); !page.says("307 messages de") || page.says(".invalid") || page.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("the text is %s", page.body)
	}
	if page = v.get("/p/desk/editions/12/pdf?audience=manager&locale=de"); !page.says("%PDF-1.7 stored") || page.Get("Content-Type") != "application/pdf" || !strings.Contains(page.Get("Content-Disposition"), `inline; filename="LC-2026-W12.pdf"`) {
		t.Errorf("the PDF is %s, %v", page.body, page.Header)
	}
	if page = v.get("/p/desk/editions/12/pdf?audience=manager&locale=en"); !page.says("preview of 1 support from 2026-03-16 for manager in en") {
		t.Errorf("a PDF that was mailed to nobody is %s", page.body)
	}
	if page = v.get("/p/desk/editions/11/view"); !page.says("preview of 1 contact from 2026-03-16 for admin in en") {
		t.Errorf("a held edition is read as %s", page.body)
	}
	if page = v.get("/p/desk/editions/11/view?audience=everyone"); page.status != http.StatusNotFound {
		t.Errorf("an audience that there is not: %d", page.status)
	}
	if page = v.get("/p/desk/editions/14/view"); page.status != http.StatusConflict {
		t.Errorf("an edition without numbers: %d", page.status)
	}
}

func TestDeliveriesAreAFileThatNoSpreadsheetRuns(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	b.deliver(12, "=cmd|' /C calc'!A0", digest.DeliverySent, 250, "2.0.0", "-1+1")
	page := atTheClinics(t, b, &clinicWorks{}).as(vera).get("/p/desk/editions/12/deliveries.csv")
	if page.Get("Content-Type") != "text/csv; charset=utf-8" || page.Get("Content-Disposition") != `attachment; filename="LC-2026-W12-deliveries.csv"` {
		t.Errorf("its head is %v", page.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 10 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	if want := []string{"Hanna Brandt", "hanna.brandt@lindenhof.example", "manager", "de", "failed", "1", "550", "5.1.1", "User unknown", "The address does not exist. Look how it is spelled, or ask the person for the new one.", "2026-03-23 08:00:00 +01:00", "2026-03-23 08:00:31 +01:00", "", "12.0@lindenhof.example"}; !slices.Equal(rows[1], want) {
		t.Errorf("the first is %q", rows[1])
	}
	if last := rows[9]; last[0] != "'=cmd|' /C calc'!A0" || last[8] != "'-1+1" {
		t.Errorf("the last is %q", last)
	}
	empty := atTheClinics(t, theClinics(), &clinicWorks{}).as(vera).get("/p/desk/editions/14/deliveries.csv")
	if !strings.HasPrefix(empty.body, "\ufeffname,address,") || strings.Count(empty.body, "\n") != 1 {
		t.Errorf("without a delivery it is %q", empty.body)
	}
	is(t, "a label with a slash", fileName("ÄB/2026"), "-B-2026")
	is(t, "a label of no letters", fileName("…"), "edition")
}

func TestADeliveryShowsEachAttemptAndWhatCameBack(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	d := &b.deliveries[12][6]
	d.Bounce = &digest.BounceLine{Kind: "hard", Status: "5.2.1", Diagnostic: "smtp; 550 mailbox\n disabled", At: march(24, 9, 0)}
	d.Tries = []digest.AttemptLine{
		{Number: 1, StartedAt: march(23, 8, 0), EndedAt: march(23, 8, 0).Add(437 * time.Millisecond), Outcome: digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Answer: "greylisted"}},
		{Number: 2, StartedAt: march(23, 8, 5)},
	}
	v := atTheClinics(t, b, &clinicWorks{}).as(emil)
	page := v.get("/p/desk/editions/12/deliveries/12007")
	for _, words := range []string{
		"Delivery to Maya Ortiz", "Bounced", "Came back for good", "5.2.1 smtp; 550 mailbox disabled", "451 greylisted", "0.4 s", "Under way", "asks to come again later", "12.6@lindenhof.example",
	} {
		if !page.says(strings.ReplaceAll(words, "+", "&#43;")) && !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if page.says("Resend") {
		t.Error("what was sent is offered to be sent again")
	}
	if page = v.get("/p/desk/editions/12/deliveries/12001"); !page.says("Resend to 1") || !page.says(`name="delivery" value="12001"`) {
		t.Error("what failed is not")
	}
	if page = v.get("/p/desk/editions/12/deliveries/12005"); !page.says("Resend anyway…") || page.says("Resend to 1") {
		t.Error("what may have arrived is sent again without asking")
	}
}

func TestAFaultOfTheBooksIsNotTakenForAnEmptyEdition(t *testing.T) {
	b := theClinics()
	s := atTheClinics(t, b, &clinicWorks{})
	b.refuse = errors.New("the database is gone")
	if page := s.as(emil).post("/p/desk/editions/11/release", nil); page.status != http.StatusInternalServerError || page.says("gone") {
		t.Errorf("%d %s", page.status, page.body)
	}
}

func TestSeveralDeliveriesAreTickedAndSentOnceMore(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(emil)
	page := v.get("/p/desk/editions/12")
	for _, want := range []string{`form="picked" name="delivery" value="12001"`, `form="picked" name="delivery" value="12005"`, "Resend to those ticked…"} {
		if !page.says(want) {
			t.Errorf("the list does not say %s", want)
		}
	}
	if n := strings.Count(page.body, `form="picked" name="delivery"`); n == 0 || n != strings.Count(page.body, `aria-label="Tick `) {
		t.Errorf("%d can be ticked", n)
	}
	if page = v.get("/p/desk/editions/12/resend?picked=1"); !page.says("Nobody is ticked") {
		t.Errorf("with nobody ticked it answers %d", page.status)
	}
	page = v.get("/p/desk/editions/12/resend?picked=1&delivery=12001&delivery=12005")
	for _, want := range []string{`name="delivery" value="12001"`, `name="delivery" value="12005"`, "Resend anyway to 2", "It may have arrived."} {
		if !page.says(want) {
			t.Errorf("the question does not say %s", want)
		}
	}
	if page = s.as(vera).get("/p/desk/editions/12"); page.says(`form="picked"`) {
		t.Error("who only reads can tick")
	}
}
