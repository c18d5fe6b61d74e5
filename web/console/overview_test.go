package console

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func requestWith(ctx context.Context) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	return r.WithContext(ctx)
}

func TestTheFourNumbersSayOfHowMany(t *testing.T) {
	for _, x := range []struct {
		name string
		s    digest.Standing
		want []string
	}{
		{"the example", theClinics().standing, []string{
			"93 of 96 deliveries of 3 editions", "118  deliveries of 1 edition", "0.9 %  7 of 812, 0.2 points fewer", "0  0 in the 30 days before",
		}},
		{"a project that never sent", digest.Standing{}, []string{"0  nothing was due yet", "0  no edition waits for you", "–  nothing was sent", "–  nothing was sent"}},
		{"a first month", digest.Standing{Week: map[digest.DeliveryState]int{"sent": 1}, WeekEditions: 1, Sent: 2000, Bounced: 40, Complained: 1}, []string{
			"1 of 1 delivery of 1 edition", "0  no edition waits for you", "2 %  40 of 2,000", "0.05 %  1 of 2,000",
		}},
		{"a worse month", digest.Standing{Sent: 100, SentBefore: 100, Bounced: 3, BouncedBefore: 2, Complained: 1, ComplainedBefore: 1}, []string{
			"0  nothing was due yet", "0  no edition waits for you", "3 %  3 of 100, 1 point more", "1 %  1 of 100, as before",
		}},
		{"a month without a bounce, after one with", digest.Standing{Sent: 100, SentBefore: 200, BouncedBefore: 1}, []string{
			"0  nothing was due yet", "0  no edition waits for you", "0 %  0 of 100, 0.5 points fewer", "0  0 in the 30 days before",
		}},
	} {
		for i, b := range boxesOf(x.s) {
			is(t, x.name+", "+b.Label, b.Value+" "+b.Of+" "+b.Under, x.want[i])
		}
	}
}

func deeds(all []deed) string {
	var s []string
	for _, d := range all {
		how := ""
		if d.Post {
			how = " (post)"
		}
		s = append(s, d.Label+how+" "+d.Path)
	}
	return strings.Join(s, " · ")
}

func TestWhatNeedsSomebodySaysWhatIsSoWhatFollowsAndWhatToDo(t *testing.T) {
	b := theClinics()
	b.needs.Requests = []digest.Request{{Digest: "support", Address: "ana@example.org", Name: "Ana", Forwarder: "Maya Ortiz"}}
	v := aVisit(t, b, digest.RoleEditor)
	all, err := tasksOf(t.Context(), v, theClock(), b.needs, b.digests)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Contact center, all clinics, 16–22 Mar is held | The source stopped at Sat 21 Mar 22:17, so 25 h 43 min of 168 h are missing. It goes to nobody until you release it. | Release to 118 (post) /p/desk/editions/11/release · Read it /p/desk/editions/11/view · Discard… /p/desk/editions/11/discard",
		"Front desk bot, 16–22 Mar: 3 of 27 deliveries failed | Two mailboxes are full, one address does not exist. The other 24 were accepted. | Resend to 3 (post) /p/desk/editions/13/resend · See answers /p/desk/editions/13#deliveries",
		"Source typebot-eu cannot be read | Since Tue 24 Mar 16:00: the server refuses the password. Intake flows is due Fri 27 Mar 16:00 and would have no figures. | Set password /p/desk/sources/typebot-eu#access",
		"Ana wants Support desk | Maya Ortiz forwarded a mail. ana@example.org is confirmed. | Decide /p/desk/requests",
	}
	for i, task := range all {
		is(t, "a matter", task.Before+task.Name+task.Rest+" | "+task.Text+" | "+deeds(task.Acts), want[i])
	}
	viewer := aVisit(t, b, digest.RoleViewer)
	all, err = tasksOf(t.Context(), viewer, theClock(), b.needs, b.digests)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "what a viewer may do about the held one", deeds(all[0].Acts), "Read it /p/desk/editions/11/view")
	is(t, "what a viewer may do about the failed ones", deeds(all[1].Acts), "See answers /p/desk/editions/13#deliveries")
}

func TestWhyAnEditionWaits(t *testing.T) {
	c := theClock()
	e := digest.EditionLine{Edition: digest.Edition{State: digest.EditionHeld, Period: inMarch(16, 22)}}
	for _, x := range []struct {
		name, reason string
		change       func(*digest.EditionLine, *digest.Snapshot)
		want         string
	}{
		{"suspicious zeros", "every main figure is 0, and each of the 4 periods before had traffic", nil, "Every main figure is 0, and each of the 4 periods before had traffic."},
		{"no source", "no section could be read\nsource chat: the server refuses the password", nil, "No section could be read: Source chat: the server refuses the password."},
		{"parked", "render: out of memory", func(e *digest.EditionLine, _ *digest.Snapshot) { e.State, e.Tries = digest.EditionParked, 3 }, "Given up after 3 tries. Render: out of memory."},
		{"an hour is missing", "", func(_ *digest.EditionLine, s *digest.Snapshot) { s.DataUpTo = march(22, 23, 0) }, "The source stopped at Sun 22 Mar 23:00, so 1 h of 168 h is missing."},
		{"data end before the period", "", func(_ *digest.EditionLine, s *digest.Snapshot) { s.DataUpTo = march(1, 0, 0) }, "The source stopped at Sun 1 Mar 00:00, so 7 d of 168 h are missing."},
	} {
		one, snap := e, digest.Snapshot{Version: 1}
		one.Reason = x.reason
		if x.change != nil {
			x.change(&one, &snap)
		}
		is(t, x.name, heldWords(c, one, snap), x.want)
	}
}

func TestASourceThatFeedsPartOfADigestHarmsThatPart(t *testing.T) {
	b := theClinics()
	v := aVisit(t, b, digest.RoleViewer)
	b.digests[1].Config.Sections[1].Source = "rasa"
	is(t, "one of two sections", suffers(t.Context(), v, theClock(), "rasa", []string{"support"}, b.digests), "Support desk is due Mon 30 Mar 08:00 and would be without Contact center.")
	is(t, "of a draft", suffers(t.Context(), v, theClock(), "rasa", []string{"night"}, b.digests), "")
}

func TestTheOverviewOfTheExampleSaysAllOfIt(t *testing.T) {
	s := atTheClinics(t, theClinics(), &clinicWorks{})
	page := s.as(nora).get("/p/desk/")
	for _, words := range []string{
		"Wednesday 25 March 2026, 10:42 in Berlin", "3 matters, oldest first", "Release to 118", "23 March to 5 April · hours in Berlin", "Clocks go forward on Sun 29 Mar at 02:00",
		"24 of 27", "19–25 Mar, to 22", "20–26 Mar, to 16", "Source cannot be read", "23–29 Mar, 167 h, to 42", "New digest",
	} {
		if !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if seen := s.as(vera).get("/p/desk/"); seen.says("New digest") || seen.says("<form method=\"post\" action=\"/p/desk/editions") {
		t.Error("a viewer is offered what takes an editor")
	}
}

func TestAnEmptyProjectShowsTheFirstStepThatIsNotTaken(t *testing.T) {
	b := theClinics()
	sources, digests := b.sources, b.digests
	b.digests, b.sources, b.editions, b.needs = nil, nil, nil, digest.Needs{}
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(nora)
	page := v.get("/p/desk/")
	for _, words := range []string{"The first digest could go out on Monday", "Lindenhof Clinics, a project in Berlin", "Chatwoot, or your own events.", `<a class="btn primary" href="/p/desk/sources#add">Add source</a>`, "needs a source", "needs a digest"} {
		if !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	b.sources = sources[:1]
	if page = v.get("/p/desk/"); !page.says(`href="/p/desk/digests/new">New digest</a>`) || !page.says("Done") {
		t.Error("with a source the step is not to make a digest")
	}
	draft := digests[7]
	b.digests = []digest.DigestLine{draft}
	if page = v.get("/p/desk/"); !page.says("2 subscribers wait for it") || !page.says(`href="/p/desk/digests/night">Open the digest</a>`) {
		t.Error("with a draft and its subscribers the step is not to switch it on")
	}
	if seen := s.as(vera).get("/p/desk/"); seen.says("btn primary") {
		t.Error("a viewer is offered a step")
	}
}

func TestPagesStaySmallAndQuickWith500Digests(t *testing.T) {
	b := theClinics()
	for i := range 500 {
		d := b.digests[1]
		d.ID, d.Config.Key, d.Config.Name = int64(100+i), fmt.Sprint("digest-", i), fmt.Sprintf("Terminvereinbarungsbestätigungsgespräche %d", i)
		d.Config.Cadence.At = strings.ToLower(time.Weekday(i % 7).String()[:3]) + " 08:00"
		b.digests = append(b.digests, d)
	}
	s := atTheClinics(t, b, &clinicWorks{})
	v := s.as(nora)
	for _, path := range []string{"/p/desk/", "/p/desk/calendar", "/p/desk/calendar?day=2026-03-30", "/p/desk/editions", "/p/desk/sources"} {
		began := time.Now()
		page := v.get(path)
		if page.status != http.StatusOK || len(page.body) > 100_000 {
			t.Errorf("%s: %d, %d bytes\n%s", path, page.status, len(page.body), s.logged())
		}
		t.Logf("%s: %d bytes in %s", path, len(page.body), time.Since(began))
	}
}
