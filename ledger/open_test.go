package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestAnEditionIsOpenedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	if _, err := b.pool.Exec(t.Context(), "CREATE TABLE jobs (edition bigint)"); err != nil {
		t.Fatal(err)
	}
	enqueue := func(tx pgx.Tx, edition int64) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO jobs VALUES ($1)", edition)
		return err
	}
	ids := make([]int64, 50)
	var won int
	for _, err := range together(50, func(i int) (err error) {
		ids[i], err = b.Open(t.Context(), o, enqueue)
		return err
	}) {
		if err == nil {
			won++
		} else if !errors.Is(err, digest.ErrNotDue) {
			t.Error(err)
		}
	}
	var editions, jobs int
	if err := b.pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM fortnight.editions), (SELECT count(*) FROM jobs)").Scan(&editions, &jobs); err != nil {
		t.Fatal(err)
	}
	if won != 1 || editions != 1 || jobs != 1 {
		t.Errorf("%d opened it, there are %d editions and %d jobs", won, editions, jobs)
	}
	for _, id := range ids {
		if id != ids[0] || id == 0 {
			t.Errorf("the edition is %d for one and %d for another", ids[0], id)
		}
	}
}

func TestAnEditionWhoseJobCannotBeQueuedIsNotOpened(t *testing.T) {
	t.Parallel()
	b := filled(t)
	full := errors.New("the queue is full")
	if _, err := b.Open(t.Context(), week(t, b, "2020-03-23"), func(pgx.Tx, int64) error { return full }); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	if lines, err := b.Editions(t.Context(), "", 10); err != nil || len(lines) != 0 {
		t.Errorf("there is %v, %v", lines, err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.IsZero() {
		t.Error("the schedule has moved on")
	}
}

func TestAnEditionOpenedByHandLeavesTheSchedule(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	o.ByHand = true
	if _, err := b.Open(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.IsZero() {
		t.Error("the schedule has moved on")
	}
	o.ByHand = false
	if _, err := b.Open(t.Context(), o, nil); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("the schedule's opening gives %v", err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.Equal(monday) {
		t.Error("the schedule has not moved on")
	}
}

// days is the opening of an edition for the local days from..to, to exclusive, due at 08:00 on the day to.
func days(t testing.TB, b book, from, to, zone string) digest.Opening {
	t.Helper()
	o := week(t, b, "2020-03-23")
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	first, err := digest.ParseDate(from)
	if err != nil {
		t.Fatal(err)
	}
	end, err := digest.ParseDate(to)
	if err != nil {
		t.Fatal(err)
	}
	if o.Period, err = digest.NewPeriod(first, end, loc); err != nil {
		t.Fatal(err)
	}
	o.Label, o.Previous = "SD "+from, o.Period.Preceding()
	o.Due, _ = end.At(8, 0, loc)
	return o
}

func TestAScheduledEditionThatSharesADayWithAMailedOneIsKeptAndNotMailed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to, zone string
		archive        bool
		reason         string
	}{
		"the half-month that ends in the week": {
			"2020-03-16", "2020-04-01", "America/New_York", true,
			"2020-03-23 to 2020-03-29 stand in SD-2020-W13 (edition 1), which is due: nobody is mailed a day twice",
		},
		"its last day alone":                     {"2020-03-29", "2020-04-05", "America/New_York", true, "2020-03-29 stand in SD-2020-W13 (edition 1), which is due: nobody is mailed a day twice"},
		"the week after":                         {"2020-03-30", "2020-04-06", "America/New_York", false, ""},
		"the week before":                        {"2020-03-16", "2020-03-23", "America/New_York", false, ""},
		"the week after in a zone that is ahead": {"2020-03-30", "2020-04-06", "Pacific/Auckland", false, ""},
		"the same week in another zone": {
			"2020-03-23", "2020-03-30", "Europe/Berlin", true,
			"2020-03-23 to 2020-03-29 stand in SD-2020-W13 (edition 1), which is due: nobody is mailed a day twice",
		},
		"the same beginning and another end": {"2020-03-23", "2020-03-24", "America/New_York", true, "2020-03-23 stand in SD-2020-W13 (edition 1), which is due: nobody is mailed a day twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := filled(t)
			opened(t, b, "2020-03-23")
			id, err := b.Open(t.Context(), days(t, b, c.from, c.to, c.zone), nil)
			if err != nil {
				t.Fatal(err)
			}
			if e, _, err := b.Edition(t.Context(), id); err != nil || e.Archive != c.archive || e.Reason != c.reason || e.State != digest.EditionDue {
				t.Errorf("it is %s, for the archive %v, %q, %v", e.State, e.Archive, e.Reason, err)
			}
		})
	}
}

func TestAnEditionAskedForByHandThatSharesADayWithAMailedOneIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	b := filled(t)
	first := opened(t, b, "2020-03-23")
	ask := func() error {
		o := days(t, b, "2020-03-27", "2020-04-01", "America/New_York")
		o.ByHand = true
		_, err := b.Open(t.Context(), o, nil)
		return err
	}
	err := ask()
	var covered *ledger.CoveredError
	if !errors.As(err, &covered) || errors.Is(err, digest.ErrNotDue) || covered.Edition != first || covered.Label != "SD-2020-W13" ||
		covered.State != digest.EditionDue || covered.Days.First().String() != "2020-03-27" || covered.Days.Last().String() != "2020-03-29" {
		t.Fatalf("the error is %v", err)
	}
	if want := fmt.Sprintf("2020-03-27 to 2020-03-29 stand in SD-2020-W13 (edition %d) already, which is due, and nobody is mailed a day twice: "+
		"ask for a period that begins on 2020-03-30 or later", first); !strings.HasSuffix(err.Error(), want) {
		t.Errorf("it says %s", err)
	}
	holds(t, b, first, "every main figure is 0")
	if err := ask(); err == nil || !strings.HasSuffix(err.Error(), fmt.Sprintf(`or give that one up with "fortnight editions discard %d"`, first)) {
		t.Errorf("of a held one it says %v", err)
	}
	if err := b.Discard(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err != nil {
		t.Errorf("once that is discarded: %v", err)
	}
	if lines, err := b.Editions(t.Context(), "desk/weekly", 10); err != nil || len(lines) != 2 {
		t.Errorf("there are %d editions, %v", len(lines), err)
	}
}

func TestADiscardedEditionThatSomebodyGotStillCoversItsDays(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	ends(t, b, ds[0].ID, digest.Outcome{State: digest.DeliverySent, Code: 250})
	setState(t, b, id, "held")
	if err := b.Discard(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	o := days(t, b, "2020-03-27", "2020-04-01", "America/New_York")
	o.ByHand = true
	var covered *ledger.CoveredError
	if _, err := b.Open(t.Context(), o, nil); !errors.As(err, &covered) || covered.State != digest.EditionDiscarded {
		t.Errorf("the error is %v", err)
	}
}

func TestAnEditionKeptForTheArchiveCoversNothing(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	o.Archive = true
	if _, err := b.Open(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
	id, err := b.Open(t.Context(), days(t, b, "2020-03-16", "2020-04-01", "America/New_York"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || e.Archive || e.Reason != "" {
		t.Errorf("it is for the archive: %s, %v", e.Reason, err)
	}
}

func TestDaysThatACatchUpMailToldOfAreNotMailedAgain(t *testing.T) {
	t.Parallel()
	b := filled(t)
	missed, latest := days(t, b, "2020-03-16", "2020-03-23", "America/New_York"), days(t, b, "2020-03-23", "2020-03-30", "America/New_York")
	missed.Archive, missed.ByHand = true, true
	latest.CatchUp = []digest.Period{missed.Period}
	for _, o := range []digest.Opening{missed, latest} {
		if _, err := b.Open(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
	}
	fortnight := days(t, b, "2020-03-09", "2020-03-23", "America/New_York")
	id, err := b.Open(t.Context(), fortnight, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || !e.Archive {
		t.Errorf("the edition of days that were told of is %+v, %v", e, err)
	}
}

func TestACadenceChangedBackAndForthMailsNoDayTwice(t *testing.T) {
	t.Parallel()
	b := filled(t)
	var openings []digest.Opening
	for _, p := range [][2]string{
		{"2020-03-23", "2020-03-30"},
		{"2020-03-16", "2020-04-01"},
		{"2020-03-29", "2020-03-30"},
		{"2020-03-01", "2020-04-01"},
		{"2020-03-30", "2020-03-31"},
		{"2020-03-30", "2020-04-06"},
		{"2020-03-16", "2020-03-30"},
	} {
		openings = append(openings, days(t, b, p[0], p[1], "America/New_York"))
	}
	ids := make([]int64, 10*len(openings))
	for _, err := range together(len(ids), func(i int) (err error) {
		ids[i], err = b.Open(t.Context(), openings[i%len(openings)], nil)
		return err
	}) {
		if err != nil && !errors.Is(err, digest.ErrNotDue) {
			t.Error(err)
		}
	}
	lines, err := b.Editions(t.Context(), "desk/weekly", 100)
	if err != nil || len(lines) != len(openings) {
		t.Fatalf("%d editions, %v", len(lines), err)
	}
	mailed := map[digest.Date]string{}
	for _, e := range lines {
		if e.Archive {
			continue
		}
		for _, day := range e.Period.Days() {
			if other := mailed[day.Date]; other != "" {
				t.Errorf("%s is mailed with %s and with %s", day.Date, other, e.Label)
			}
			mailed[day.Date] = e.Label
		}
	}
	if mailed[digest.Date{Year: 2020, Month: 3, Day: 29}] == "" && mailed[digest.Date{Year: 2020, Month: 3, Day: 23}] == "" {
		t.Errorf("nothing is mailed: %v", mailed)
	}
}

func TestMissedPeriodsThatWereMailedMeanwhileAreNotToldOf(t *testing.T) {
	t.Parallel()
	b := filled(t)
	sent := days(t, b, "2020-03-10", "2020-03-14", "America/New_York")
	sent.ByHand = true
	if _, err := b.Open(t.Context(), sent, nil); err != nil {
		t.Fatal(err)
	}
	o := week(t, b, "2020-03-23")
	o.CatchUp = []digest.Period{week(t, b, "2020-03-16").Period, week(t, b, "2020-03-09").Period}
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || len(e.CatchUp) != 1 || e.CatchUp[0].First().String() != "2020-03-16" {
		t.Errorf("it catches up with %v, %v", e.CatchUp, err)
	}
}

func TestAnEditionIsNotBegunBeforeItsStartNorTakenForAbandoned(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	o.Start = o.Due.Add(40 * time.Minute) // the digest's jitter
	id, err := b.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := b.Edition(t.Context(), id); err != nil || !e.Due.Equal(monday) || !e.Start.Equal(monday.Add(40*time.Minute)) || e.Start.Location().String() != "America/New_York" {
		t.Errorf("it is due at %s and starts at %s, %v", e.Due, e.Start, err)
	}
	b.clock.pass(39 * time.Minute)
	var held *ledger.HeldError
	if _, err := b.StartCollecting(t.Context(), id); !errors.As(err, &held) || !held.Until.Equal(monday.Add(40*time.Minute)) {
		t.Errorf("a minute before it gives %v", err)
	}
	b.clock.pass(time.Minute + lease)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
		t.Errorf("abandoned are %v, %v", abandoned, err)
	}
	if e, err := b.StartCollecting(t.Context(), id); err != nil || e.Tries != 1 {
		t.Errorf("at its start it gives %+v, %v", e, err)
	}
}

func TestTheScheduleKnowsWhereADigestsEditionsEnd(t *testing.T) {
	t.Parallel()
	b := filled(t)
	covered := func() time.Time {
		t.Helper()
		all, err := b.Scheduled(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%d digests, %v", len(all), err)
		}
		return all[0].Covered
	}
	if at := covered(); !at.IsZero() {
		t.Errorf("without editions they end at %s", at)
	}
	opened(t, b, "2020-03-23")
	opened(t, b, "2020-03-16")
	if at := covered(); !at.Equal(time.Date(2020, 3, 30, 4, 0, 0, 0, time.UTC)) {
		t.Errorf("they end at %s", at)
	}
}
