package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestAPlanChangesNothingAndAnApplyIsDoneOnce(t *testing.T) {
	t.Parallel()
	b := empty(t)
	want := `+ project desk
+ source desk/chat
+ digest desk/weekly
+ subscriber desk/weekly ana@example.org
+ subscriber desk/weekly Bo@Example.org
+ subscriber desk/weekly cy@example.org`
	for range 2 {
		plan, err := b.Plan(t.Context(), []digest.Project{project()})
		if err != nil || text(plan) != want {
			t.Fatalf("the plan is\n%s\n%v", text(plan), err)
		}
	}
	if scheduled, err := b.Scheduled(t.Context()); err != nil || len(scheduled) != 0 {
		t.Fatalf("a plan made %v, %v", scheduled, err)
	}
	changes, err := b.Apply(t.Context(), []digest.Project{project()})
	if err != nil || text(changes) != want {
		t.Fatalf("applied\n%s\n%v", text(changes), err)
	}
	again, err := b.Apply(t.Context(), []digest.Project{project()})
	if err != nil || len(again) != 0 {
		t.Errorf("a second time it changes\n%s\n%v", text(again), err)
	}
}

func TestADigestComesBackAsItWasApplied(t *testing.T) {
	t.Parallel()
	b := filled(t)
	s, err := b.Digest(t.Context(), "desk/weekly")
	if err != nil {
		t.Fatal(err)
	}
	want := project()
	if s.Project.Brand != want.Brand || s.Project.From != want.From || s.Project.WeekStart != time.Monday || s.Project.Sources[0] != want.Sources[0] {
		t.Errorf("the project is %+v", s.Project)
	}
	if s.Config.Cadence != want.Digests[0].Cadence || !s.Config.Active || s.Config.Sections[0] != want.Digests[0].Sections[0] {
		t.Errorf("the digest is %+v", s.Config)
	}
	if len(s.Config.Subscribers) != 3 {
		t.Fatalf("%d subscribers", len(s.Config.Subscribers))
	}
	ana, cy := s.Config.Subscribers[0], s.Config.Subscribers[2]
	if ana.Name != "Ana" || ana.Audience != digest.Executive || !ana.PDF || ana.AddedBy != "Bo" || !ana.AddedAt.Equal(monday) || len(ana.Token) != 26 {
		t.Errorf("Ana is %+v", ana)
	}
	if cy.Audience != digest.Manager || cy.Token == ana.Token {
		t.Errorf("Cy is %+v", cy)
	}
	if _, err := b.Digest(t.Context(), "desk/wekly"); err == nil || !strings.Contains(err.Error(), `no such digest: "desk/wekly"; there is desk/weekly`) {
		t.Errorf("an unknown name gives %v", err)
	}
}

func TestChangesAreNamedAndADSNIsNotPrinted(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := project()
	p.Name = "Help desk"
	p.Sources[0].DSN = "postgres://reader:changed@db.example/chat"
	p.Digests[0].Cadence.At = "tue 08:00"
	p.Digests[0].Subscribers[0].PDF = false
	p.Digests[0].Subscribers = p.Digests[0].Subscribers[:2]
	plan, err := b.Plan(t.Context(), []digest.Project{p})
	if err != nil {
		t.Fatal(err)
	}
	want := `~ project desk: name "Support desk" → "Help desk"
~ source desk/chat: dsn changed
~ digest desk/weekly: cadence.at "mon 08:00" → "tue 08:00"
~ subscriber desk/weekly ana@example.org: pdf true → false
- subscriber desk/weekly cy@example.org`
	if text(plan) != want {
		t.Errorf("the plan is\n%s", text(plan))
	}
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	s, err := b.Digest(t.Context(), "desk/weekly")
	if err != nil || s.Project.Name != "Help desk" || s.Project.Sources[0].DSN != p.Sources[0].DSN || s.Config.Cadence.At != "tue 08:00" || len(s.Config.Subscribers) != 2 {
		t.Errorf("it is now %+v, %v", s, err)
	}
}

func TestWhatIsDoneInDoubtAndTheJitterAreShownAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := project()
	p.Unknown = digest.UnknownRetry // what it is where nothing is said
	if plan, err := b.Plan(t.Context(), []digest.Project{p}); err != nil || len(plan) != 0 {
		t.Errorf("the default in words changes\n%s\n%v", text(plan), err)
	}
	p.Unknown, p.Digests[0].Jitter, p.Digests[0].MissedAfter = digest.UnknownHold, 90*time.Minute, 12*time.Hour
	changes, err := b.Apply(t.Context(), []digest.Project{p})
	want := "~ project desk: unknown \"retry-once\" → \"hold\"\n~ digest desk/weekly: jitter \"0s\" → \"1h30m\", missed_after \"0s\" → \"12h\""
	if err != nil || text(changes) != want {
		t.Errorf("changes\n%s\n%v", text(changes), err)
	}
	if again, err := b.Apply(t.Context(), []digest.Project{p}); err != nil || len(again) != 0 {
		t.Errorf("a second time it changes\n%s\n%v", text(again), err)
	}
	s, err := b.Digest(t.Context(), "desk/weekly")
	if err != nil || s.Project.Unknown != digest.UnknownHold || s.Config.Jitter != 90*time.Minute {
		t.Errorf("it is %+v, %v", s, err)
	}
	e, _, err := b.Edition(t.Context(), opened(t, b, "2020-03-23"))
	if err != nil || e.Project.Unknown != digest.UnknownHold {
		t.Errorf("an edition of it is %+v, %v", e, err)
	}
}

func TestAWrongWordForDoubtAndALongJitterAreRefused(t *testing.T) {
	t.Parallel()
	p := project()
	p.Unknown, p.Digests[0].Jitter = "retry", 12*time.Hour+time.Second
	err := ledger.Check([]digest.Project{p})
	for _, want := range []string{
		`projects.desk.unknown: no answer to doubt "retry": write retry-once or hold`, "projects.desk.digests.weekly.jitter: 12h0m1s is not within 0 to 12h",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from\n%v", want, err)
		}
	}
	p.Unknown, p.Digests[0].Jitter = "hold", -time.Second
	if err := ledger.Check([]digest.Project{p}); err == nil || strings.Contains(err.Error(), "unknown") || !strings.Contains(err.Error(), "jitter") {
		t.Errorf("the error is %v", err)
	}
	p.Digests[0].Jitter = 12 * time.Hour
	if err := ledger.Check([]digest.Project{p}); err != nil {
		t.Error(err)
	}
}

func TestAnEditionMayBeOpenedWhileAConfigurationIsApplied(t *testing.T) {
	t.Parallel()
	b := filled(t)
	o := week(t, b, "2020-03-23")
	for _, err := range together(40, func(i int) error {
		if i%2 == 0 {
			p := project()
			p.Name = strings.Repeat("x", i+1)
			_, err := b.Apply(t.Context(), []digest.Project{p})
			return err
		}
		_, err := b.Open(t.Context(), o, nil)
		return err
	}) {
		if err != nil && !errors.Is(err, digest.ErrNotDue) {
			t.Error(err)
		}
	}
}

func TestWhatIsGoneFromTheConfigurationIsSwitchedOffOrTakenOut(t *testing.T) {
	t.Parallel()
	b := filled(t)
	p := project()
	p.Sources, p.Digests = nil, nil
	changes, err := b.Apply(t.Context(), []digest.Project{p})
	if err != nil || text(changes) != "- source desk/chat\n~ digest desk/weekly: switch off" {
		t.Fatalf("changes\n%s\n%v", text(changes), err)
	}
	if scheduled, err := b.Scheduled(t.Context()); err != nil || len(scheduled) != 0 {
		t.Errorf("still on: %v, %v", scheduled, err)
	}
	if changes, err := b.Apply(t.Context(), nil); err != nil || len(changes) != 0 {
		t.Errorf("an empty file changes\n%s\n%v", text(changes), err)
	}
}

func TestWhoUnsubscribedStaysSoWhenTheConfigurationIsAppliedAgain(t *testing.T) {
	t.Parallel()
	b := filled(t)
	s, err := b.Digest(t.Context(), "desk/weekly")
	if err != nil {
		t.Fatal(err)
	}
	token := s.Config.Subscribers[0].Token
	if _, err := b.Unsubscribe(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if changes, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil || len(changes) != 0 {
		t.Errorf("it changes\n%s\n%v", text(changes), err)
	}
	p := project()
	p.Digests[0].Subscribers = p.Digests[0].Subscribers[1:]
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	changes, err := b.Apply(t.Context(), []digest.Project{project()})
	if err != nil || text(changes) != "+ subscriber desk/weekly ana@example.org: stays unsubscribed" {
		t.Errorf("taking her in again gives\n%s\n%v", text(changes), err)
	}
	if sub, err := b.Subscription(t.Context(), token); err != nil || sub.UnsubscribedAt.IsZero() {
		t.Errorf("she is %+v, %v", sub, err)
	}
}

func TestASwitchedOnDigestForgetsWhatWasDueWhileItWasOff(t *testing.T) {
	t.Parallel()
	b := filled(t)
	opened(t, b, "2020-03-23")
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.Equal(monday) {
		t.Fatalf("the schedule has dealt with %v", s.LastDue)
	}
	p := project()
	p.Digests[0].Active = false
	if changes, err := b.Apply(t.Context(), []digest.Project{p}); err != nil || text(changes) != "~ digest desk/weekly: switch off" {
		t.Fatalf("changes %s, %v", text(changes), err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); s.Config.Active || !s.LastDue.Equal(monday) {
		t.Errorf("switched off it is %+v", s)
	}
	if changes, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil || text(changes) != "~ digest desk/weekly: switch on" {
		t.Fatalf("changes %s, %v", text(changes), err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.Config.Active || !s.LastDue.IsZero() {
		t.Errorf("switched on it is %+v", s)
	}
}

func TestAnotherKindOfCadenceBeginsWithItsNextDue(t *testing.T) {
	t.Parallel()
	b := filled(t)
	opened(t, b, "2020-03-23")
	b.clock.pass(50 * time.Hour)
	p := project()
	p.Digests[0].Cadence.At = "mon 09:00"
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.Equal(monday) {
		t.Errorf("with another hour the schedule has dealt with all up to %v", s.LastDue)
	}
	p.Digests[0].Cadence.Kind, p.Digests[0].Cadence.At = "daily", "08:00"
	if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
		t.Fatal(err)
	}
	if s, _ := b.Digest(t.Context(), "desk/weekly"); !s.LastDue.Equal(b.clock.now()) {
		t.Errorf("with another kind the schedule has dealt with all up to %v: days before would be caught up with", s.LastDue)
	}
}

func TestEveryTwoWeeksIsAnchoredOnTheDayItIsFirstApplied(t *testing.T) {
	t.Parallel()
	b := empty(t)
	p := project()
	p.Digests[0].Cadence.Kind = "every-2-weeks"
	for range 2 {
		if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
			t.Fatal(err)
		}
		s, err := b.Digest(t.Context(), "desk/weekly")
		if err != nil || s.Config.Cadence.Anchor != (digest.Date{Year: 2020, Month: 3, Day: 30}) {
			t.Errorf("the anchor is %s, %v", s.Config.Cadence.Anchor, err)
		}
		b.clock.pass(9 * 24 * time.Hour)
	}
}

func TestAllFaultsOfAConfigurationAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	p := project()
	p.Key, p.Name, p.Zone = "The Desk", " ", "Mars/Olympus"
	p.Digests[0].Sections[0].Source = "chatt"
	p.Digests[0].Subscribers[0].Address = "Ana <ana@example.org>"
	p.Digests[0].Subscribers[1].Audience = "boss"
	p.Digests[0].Subscribers[2].Address = "bo@example.org"
	err := ledger.Check([]digest.Project{p})
	if err == nil {
		t.Fatal("it passes")
	}
	for _, want := range []string{
		`the key "The Desk" must be lower-case`, "name is missing", `no zone "Mars/Olympus"`, `names the source "chatt"`,
		`"Ana <ana@example.org>" is no mail address`, `no audience "boss"`, `"bo@example.org" stands there twice`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from\n%v", want, err)
		}
	}
}
