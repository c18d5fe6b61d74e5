package ledger_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

var (
	monthlySpec = digest.CadenceSpec{Kind: "monthly", At: "08:00", Zone: "America/New_York", WeekStart: time.Monday}
	sectionsOf  = []digest.SectionChoice{{Section: "activity", Source: "chat"}, {Section: "chatbot", Source: "chat"}, {Section: "contact_center", Source: "chat"}}
)

// chosen is a ledger whose readers may choose a cadence of months, and sections.
func chosen(t testing.TB) book {
	t.Helper()
	b := empty(t)
	allow(t, b, digest.Readers{Cadences: []string{"monthly"}, Sections: true})
	return b
}

func allow(t testing.TB, b book, r digest.Readers) {
	t.Helper()
	p := project()
	p.Digests[0].Readers, p.Digests[0].Sections = r, sectionsOf
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
}

// wish keeps what a reader has chosen.
func wish(t testing.TB, b book, name string, w digest.Wishes) {
	t.Helper()
	wishes, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.subscribers SET wishes = $2, cadence = $3 WHERE name = $1", name, wishes, w.Cadence); err != nil {
		t.Fatal(err)
	}
}

// mails opens and collects an edition of the days from..to at its due, and gives the names of who gets it.
func mails(t testing.TB, b book, cadence, from, to, zone string) (edition int64, names []string) {
	t.Helper()
	o := days(t, b, from, to, zone)
	if o.Cadence = cadence; cadence != "" {
		o.Spec = monthlySpec
	}
	b.clock.pass(max(0, o.Due.Sub(b.clock.now())))
	edition, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ready(t, b, edition, 307, 192) {
		names = append(names, d.Subscriber.Name)
	}
	return edition, names
}

const (
	newYork = "America/New_York"
	berlin  = "Europe/Berlin"
)

func get(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s goes to %v, not to %v", what, got, want)
	}
}

// Cy has the weeks of 9 and 16 March, and chooses months on Wednesday the 25th: the days of the two weeks may not come again, so
// March is not for him, and April is the first. Bo chose months before March had begun, and gets March.
func TestWhoGoesFromWeeksToMonthsInMidMonthGetsNoDayTwice(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	_, who := mails(t, b, "", "2020-03-09", "2020-03-16", newYork)
	get(t, "the week of 9 March", who, "Ana", "Cy")
	_, who = mails(t, b, "", "2020-03-16", "2020-03-23", newYork)
	get(t, "the week of 16 March", who, "Ana", "Cy")
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
	_, who = mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
	get(t, "the week of 23 March", who, "Ana")
	_, who = mails(t, b, "monthly", "2020-03-01", "2020-04-01", newYork)
	get(t, "March", who, "Bo")
	_, who = mails(t, b, "", "2020-03-30", "2020-04-06", newYork)
	get(t, "the week of 30 March", who, "Ana")
	_, who = mails(t, b, "monthly", "2020-04-01", "2020-05-01", newYork)
	get(t, "April", who, "Bo", "Cy")
}

// Bo has March by the month, and goes back to weeks on 2 April: the week of 30 March begins in March.
func TestWhoGoesFromMonthsToWeeksGetsTheFirstWeekThatHasNoDayOfTheMonth(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	_, who := mails(t, b, "monthly", "2020-03-01", "2020-04-01", newYork)
	get(t, "March", who, "Bo")
	wish(t, b, "Bo", digest.Wishes{})
	_, who = mails(t, b, "", "2020-03-30", "2020-04-06", newYork)
	get(t, "the week of 30 March", who, "Ana", "Cy")
	_, who = mails(t, b, "", "2020-04-06", "2020-04-13", newYork)
	get(t, "the week of 6 April", who, "Ana", "Bo", "Cy")
	_, who = mails(t, b, "monthly", "2020-04-01", "2020-05-01", newYork)
	get(t, "April", who)
}

func TestADayThatNobodyWasMailedAfterAllIsNoReasonToLeaveSomebodyOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		state   string
		doubts  int
		edition string
		gets    bool
	}{
		{"sent", "sent", 0, "done", false},
		{"planned", "planned", 0, "ready", false},
		{"deferred", "deferred", 0, "sending", false},
		{"failed", "failed", 0, "done", false},
		{"unknown", "unknown", 1, "done", false},
		{"suppressed", "suppressed", 0, "done", true},
		{"expired", "expired", 0, "done", true},
		{"expired, and perhaps arrived", "expired", 1, "done", false},
		{"failed, of an edition that was discarded", "failed", 0, "discarded", true},
		{"sent, of an edition that was discarded", "sent", 0, "discarded", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := chosen(t)
			week, _ := mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
			if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.deliveries SET state = $1, doubts = $2", c.state, c.doubts); err != nil {
				t.Fatal(err)
			}
			setState(t, b, week, c.edition)
			wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
			_, who := mails(t, b, "monthly", "2020-03-01", "2020-04-01", newYork)
			if slices.Contains(who, "Cy") != c.gets {
				t.Errorf("March goes to %v", who)
			}
		})
	}
}

// The digest moved from New York to Berlin, where the week of 23 March has 167 hours. New York's ends at 04:00 UTC on 30 March, Berlin's
// next began six hours before: they share hours and no date.
func TestWeeksThatTouchAcrossAChangeOfZoneAndOfClocksShareNoDay(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"}) // for the editions below to be of others than the first
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	_, who := mails(t, b, "monthly", "2020-03-29", "2020-03-30", berlin) // Sunday, of 23 hours
	get(t, "the day of the clock change", who)
	edition, who := mails(t, b, "monthly", "2020-03-30", "2020-04-06", berlin)
	get(t, "the week after", who, "Bo", "Cy")
	if e, _, err := b.Edition(t.Context(), edition); err != nil || e.Period.Hours() != 168 || !e.Period.From.Equal(time.Date(2020, 3, 29, 22, 0, 0, 0, time.UTC)) {
		t.Errorf("it is of %v, %v", e.Period, err)
	}
}

// Ana's copy leaves at 08:00 of New York, 12:00 UTC on Monday the 30th; Cy's at 08:00 of Los Angeles. For Di in Auckland 08:00 of the
// 30th is past, so hers leaves at once: at 01:00 on the 31st there.
func TestWhoHasPausedIsLeftOutUntilTheirOwnDateHasCome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, until string
		gets              bool
	}{
		{"until the day itself", "", "2020-03-30", true},
		{"until the day after", "", "2020-03-31", false},
		{"until long ago", "", "2019-01-01", true},
		{"in Los Angeles until the day itself", "America/Los_Angeles", "2020-03-30", true},
		{"in Auckland, where it is the day after already", "Pacific/Auckland", "2020-03-31", true},
		{"in Auckland until two days after", "Pacific/Auckland", "2020-04-01", false},
		{"in Honolulu, where it leaves on the same date", "Pacific/Honolulu", "2020-03-31", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := chosen(t)
			until, err := digest.ParseDate(c.until)
			if err != nil {
				t.Fatal(err)
			}
			wish(t, b, "Bo", digest.Wishes{Zone: c.zone, PausedUntil: until})
			if _, who := mails(t, b, "", "2020-03-23", "2020-03-30", newYork); slices.Contains(who, "Bo") != c.gets {
				t.Errorf("it goes to %v", who)
			}
		})
	}
}

func TestBatchesAreFullThoughMostReadersHavePaused(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	crowd(t, b, 2500)
	if _, err := b.pool.Exec(t.Context(), `UPDATE fortnight.subscribers SET wishes = '{"PausedUntil": "2020-06-01"}' WHERE subscriber_id % 10 <> 0`); err != nil {
		t.Fatal(err)
	}
	id, who := mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
	batches, err := b.Batches(t.Context(), id)
	if err != nil || len(who) != 250 || len(batches) != 2 {
		t.Errorf("%d deliveries in batches %v, %v", len(who), batches, err)
	}
	if last, err := b.Pending(t.Context(), id, 1); err != nil || len(last) != 50 {
		t.Errorf("the last batch has %d, %v", len(last), err)
	}
}

func TestAReaderIsServedAsHeWishesWhereTheDigestLetsHim(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	no := false
	wish(t, b, "Ana", digest.Wishes{Locale: "de", Zone: "Europe/Madrid", PDF: &no, Sections: []string{"contact_center", "gone", "activity"}})
	wish(t, b, "Cy", digest.Wishes{Sections: []string{"activity", "contact_center", "chatbot"}})
	id, _ := mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
	all := deliveries(t, b, id)
	ana := all[0].Subscriber
	if ana.Locale != "de" || ana.Zone != "Europe/Madrid" || ana.PDF || ana.Audience != digest.Executive || !slices.Equal(ana.Sections, []string{"activity", "contact_center"}) {
		t.Errorf("Ana is served as %+v", ana)
	}
	if cy := all[2].Subscriber; cy.Sections != nil || cy.Zone != "America/Los_Angeles" {
		t.Errorf("Cy, who wants all, is served as %+v", cy)
	}
	allow(t, b, digest.Readers{})
	id, _ = mails(t, b, "", "2020-03-30", "2020-04-06", newYork)
	if ana := deliveries(t, b, id)[0].Subscriber; ana.Sections != nil || ana.Locale != "de" {
		t.Errorf("where sections are not to be chosen any more, Ana is served as %+v", ana)
	}
}

func TestACadenceThatTheDigestNoLongerAllowsIsItsOwn(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	week := opened(t, b, "2020-03-23") // while it was allowed
	allow(t, b, digest.Readers{})
	var who []string
	for _, d := range ready(t, b, week, 307, 192) {
		who = append(who, d.Subscriber.Name)
		if d.Subscriber.Cadence != "" {
			t.Errorf("%s is served by %s", d.Subscriber.Name, d.Subscriber.Cadence)
		}
	}
	get(t, "the week", who, "Ana", "Bo", "Cy")
	_, who = mails(t, b, "monthly", "2020-02-01", "2020-03-01", newYork)
	get(t, "the month before", who)
}

func TestTwoChoicesOfSectionsAreTwoVariants(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Bo", digest.Wishes{Sections: []string{"activity"}})
	wish(t, b, "Cy", digest.Wishes{Sections: []string{"contact_center", "activity"}})
	id, _ := mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
	ana := digest.Choice{Audience: digest.Executive, Locale: "es", PDF: true, Paper: "A4"}
	bo := digest.Choice{Audience: digest.Admin, Locale: "en", Paper: "A4", Sections: "activity"}
	cy := digest.Choice{Audience: digest.Manager, Locale: "en", Paper: "A4", Sections: "activity,contact_center"}
	lacking, err := b.StartRendering(t.Context(), id)
	if err != nil || !reflect.DeepEqual(lacking, []digest.Choice{bo, ana, cy}) {
		t.Fatalf("lacking are %+v, %v", lacking, err)
	}
	whole := bo
	whole.Sections = ""
	for html, c := range map[string]digest.Choice{"of all": whole, "of activity": bo} {
		if _, err := b.KeepVariant(t.Context(), id, digest.Variant{Choice: c, HTML: []byte(html), Text: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	for html, c := range map[string]digest.Choice{"of all": whole, "of activity": bo} {
		if v, ok, err := b.Variant(t.Context(), id, c); err != nil || !ok || string(v.HTML) != html {
			t.Errorf("the one %s is %q, %v", html, v.HTML, err)
		}
	}
	if err := b.Interrupted(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Erase(t.Context(), "cy@example.org"); err != nil {
		t.Fatal(err)
	}
	if lacking, err := b.StartRendering(t.Context(), id); err != nil || !reflect.DeepEqual(lacking, []digest.Choice{ana}) {
		t.Errorf("then lacking are %+v, %v", lacking, err)
	}
}

// scheduled lists what is scheduled: the cadence, and the mark.
func scheduled(t testing.TB, b book) map[string]time.Time {
	t.Helper()
	all, err := b.Scheduled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]time.Time{}
	for _, s := range all {
		if s.Name() != "desk/weekly" || s.Config.Cadence.Kind != "weekly" {
			t.Errorf("%s is of cadence %q", s.Name(), s.Config.Cadence.Kind)
		}
		marks[s.Cadence] = s.LastDue
	}
	return marks
}

func TestACadenceIsScheduledFromWhenTheFirstReaderChoosesItUntilTheLastLeaves(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	if got := scheduled(t, b); len(got) != 1 {
		t.Fatalf("before anybody chose there is %v", got)
	}
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
	first := b.clock.now()
	if got := scheduled(t, b); len(got) != 2 || !got["monthly"].Equal(first) || !got[""].IsZero() {
		t.Fatalf("when Cy has chosen there is %v", got)
	}
	b.clock.pass(24 * time.Hour)
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	if got := scheduled(t, b); !got["monthly"].Equal(first) {
		t.Errorf("when another chooses the same, the mark is %s", got["monthly"])
	}
	_, _ = mails(t, b, "monthly", "2020-03-01", "2020-04-01", newYork)
	due := time.Date(2020, 4, 1, 12, 0, 0, 0, time.UTC)
	if got := scheduled(t, b); !got["monthly"].Equal(due) || !got[""].IsZero() {
		t.Errorf("after March there is %v", got)
	}
	for _, gone := range []string{"unsubscribed_at = now()", "unsubscribed_at = NULL, removed_at = now()", "removed_at = NULL, cadence = ''"} {
		if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.subscribers SET "+gone); err != nil {
			t.Fatal(err)
		}
		if got := scheduled(t, b); len(got) != 1 {
			t.Errorf("after %s there is %v", gone, got)
		}
	}
	b.clock.pass(90 * 24 * time.Hour)
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
	if got := scheduled(t, b); !got["monthly"].Equal(b.clock.now()) {
		t.Errorf("chosen anew, it was missed since %s", got["monthly"])
	}
	allow(t, b, digest.Readers{})
	if got := scheduled(t, b); len(got) != 1 {
		t.Errorf("where it is not allowed any more there is %v", got)
	}
}

// Nobody looks at the schedule from the wish on 30 March to 2 May: the month that closed meanwhile is not passed over.
func TestAWishIsMarkedAtItsOwnMomentThoughNobodyLooks(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	token := func(name string) string {
		t.Helper()
		s, err := b.Digest(t.Context(), "desk/weekly")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(s.Config.Subscribers, func(s digest.Subscriber) bool { return s.Name == name })
		return s.Config.Subscribers[i].Token
	}
	choose := func(name, cadence string) {
		t.Helper()
		if _, err := b.Wish(t.Context(), token(name), digest.Wishes{Cadence: cadence}); err != nil {
			t.Fatal(err)
		}
	}
	first := b.clock.now()
	choose("Cy", "monthly")
	b.clock.pass(20 * 24 * time.Hour)
	choose("Bo", "monthly")
	b.clock.pass(13 * 24 * time.Hour)
	if got := scheduled(t, b); !got["monthly"].Equal(first) {
		t.Errorf("the mark is %s", got["monthly"])
	}
	choose("Cy", "")
	choose("Bo", "")
	b.clock.pass(90 * 24 * time.Hour)
	choose("Cy", "monthly") // before anybody has looked: what was missed meanwhile was nobody's
	if got := scheduled(t, b); !got["monthly"].Equal(b.clock.now()) {
		t.Errorf("chosen anew the mark is %s", got["monthly"])
	}
}

func TestADigestThatIsSwitchedOffSchedulesNothingForItsReadersEither(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
	if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.digests SET active = false"); err != nil {
		t.Fatal(err)
	}
	if got := scheduled(t, b); len(got) != 0 {
		t.Errorf("there is %v", got)
	}
}

func TestAnEditionOfAReadersCadenceStandsBesideTheDigestsOwn(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	opened(t, b, "2020-03-23")
	march := days(t, b, "2020-03-01", "2020-04-01", newYork)
	march.Cadence, march.Spec = "monthly", monthlySpec
	id, err := b.Open(t.Context(), march, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := b.Edition(t.Context(), id)
	if err != nil || e.Archive || e.Config.Cadence != monthlySpec || e.Config.Key != "weekly" || !slices.Equal(e.Config.Readers.Cadences, []string{"monthly"}) {
		t.Errorf("it is %+v, %v", e, err)
	}
	if s, err := b.Digest(t.Context(), "desk/weekly"); err != nil || s.Config.Cadence.Kind != "weekly" || !s.LastDue.Equal(monday) {
		t.Errorf("the digest's own cadence is %q, dealt with up to %s, %v", s.Config.Cadence.Kind, s.LastDue, err)
	}
	if again, err := b.Open(t.Context(), march, nil); again != id || err == nil || !strings.Contains(err.Error(), digest.ErrNotDue.Error()) {
		t.Errorf("opened again it is %d, %v", again, err)
	}
	half := days(t, b, "2020-03-16", "2020-04-01", newYork)
	half.Cadence, half.Spec = "monthly", monthlySpec
	other, err := b.Open(t.Context(), half, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), other); err != nil || !e.Archive || !strings.Contains(e.Reason, "nobody is mailed a day twice") {
		t.Errorf("one that shares days with it, for the same readers, is %+v, %v", e, err)
	}
}

func TestAnEditionIsHeldAgainstThoseOfItsOwnCadence(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	wish(t, b, "Bo", digest.Wishes{Cadence: "monthly"})
	february, _ := mails(t, b, "monthly", "2020-02-01", "2020-03-01", newYork)
	mails(t, b, "", "2020-03-16", "2020-03-23", newYork)
	march, _ := mails(t, b, "monthly", "2020-03-01", "2020-04-01", newYork)
	before, err := b.Before(t.Context(), march, 9)
	if err != nil || len(before) != 1 || before[0].Period.First().String() != "2020-02-01" {
		t.Errorf("before March were %v, %v", before, err)
	}
	if was, err := b.Printed(t.Context(), march, before[0].Period); err != nil || was == nil {
		t.Errorf("of February was printed %v, %v (edition %d)", was, err, february)
	}
}

// The wish changes while both editions are planned: each planning sees what the other has planned.
func TestTwoEditionsThatArePlannedAtOnceShareNoReader(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	var editions []int64
	for month := range 6 {
		first := digest.Date{Year: 2020, Month: time.Month(1 + month), Day: 1}
		for cadence, to := range map[string]digest.Date{"": first.AddDays(7), "monthly": first.AddMonths(1)} {
			o := days(t, b, first.String(), to.String(), newYork)
			o.Cadence, o.Spec, o.ByHand = cadence, monthlySpec, true
			id, err := b.Open(t.Context(), o, nil)
			if err != nil {
				t.Fatal(err)
			}
			editions = append(editions, id)
		}
	}
	b.clock.pass(200 * 24 * time.Hour)
	for _, err := range together(len(editions)+1, func(i int) error {
		if i < len(editions) {
			_, err := collected(t, b, editions[i])
			return err
		}
		for n := range 60 {
			wish(t, b, "Cy", digest.Wishes{Cadence: []string{"monthly", ""}[n%2]})
		}
		return nil
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	var twice int
	if err := b.pool.QueryRow(t.Context(), `SELECT count(*) FROM fortnight.deliveries d JOIN fortnight.editions e USING (edition_id)
		JOIN fortnight.deliveries o ON o.subscriber_id = d.subscriber_id AND o.delivery_id > d.delivery_id JOIN fortnight.editions f ON f.edition_id = o.edition_id
		WHERE e.period_start < f.period_end AND f.period_start < e.period_end`).Scan(&twice); err != nil || twice != 0 {
		t.Errorf("%d were planned for the same days twice, %v", twice, err)
	}
}
