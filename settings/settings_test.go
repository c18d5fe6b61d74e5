package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"fortnight/digest"
)

var known = Known{
	Kinds:     []string{"weekly", "every-2-weeks", "twice-monthly", "monthly", "every-2-months", "daily", "bi-monthly"},
	Platforms: []string{"chatwoot", "native"}, Sections: []string{"activity", "chatbot", "contact_center"},
	Longer: func(digest.CadenceSpec, string) ([]string, error) {
		return []string{"every-2-weeks", "twice-monthly", "monthly", "every-2-months"}, nil // than a week
	},
	Locale: func(l string) error {
		if l != "en" && l != "es" {
			return fmt.Errorf("%q has no words: choose from en, es", l)
		}
		return nil
	},
	DSN: func(name string) (string, error) {
		if name == "GONE" {
			return "", errors.New("the variable GONE is not set")
		}
		return "postgres://" + name, nil
	},
}

func dsnEnv(project, source string) string { return project + "/" + source }

// words are texts that a file must bear: YAML's own signs and words, other scripts, what looks like a number.
func words() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-z][A-Za-z' .-]{0,12}[a-z]`),
		rapid.SampledFrom([]string{"no", "null", "~", "2020-03-23", "1e3", "0x1F", "yes: no", "- a", "#3F45D6", "a # b", `"quoted"`, `back\slash`, "Łódź", "支援", "{x}", "[y]", "& *", "%", "!t", " |"}),
	)
}

func projects() *rapid.Generator[digest.Project] {
	return rapid.Custom(func(t *rapid.T) digest.Project {
		maybe := func(g *rapid.Generator[string]) string { return rapid.OneOf(rapid.Just(""), g).Draw(t, "maybe") }
		zone := func() string {
			return rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe"}).Draw(t, "zone")
		}
		address := func() digest.Address {
			if !rapid.Bool().Draw(t, "has address") {
				return digest.Address{}
			}
			return digest.Address{Name: strings.TrimSpace(maybe(words())), Address: rapid.SampledFrom([]string{"dana@example.com", "d.cruz+desk@mail.example"}).Draw(t, "address")}
		}
		p := digest.Project{
			Key: "desk", Name: words().Draw(t, "name"), Zone: zone(), Locale: rapid.SampledFrom([]string{"en", "es"}).Draw(t, "locale"),
			WeekStart: time.Weekday(rapid.IntRange(0, 6).Draw(t, "week start")), BiMonthly: rapid.SampledFrom([]string{"", "twice-monthly", "every-2-months"}).Draw(t, "bi-monthly"),
			Unknown: rapid.SampledFrom([]string{digest.UnknownRetry, digest.UnknownHold}).Draw(t, "unknown"),
			Brand:   digest.Brand{Footer: maybe(words())}, From: address(), ReplyTo: address(),
		}
		if rapid.Bool().Draw(t, "has hours") {
			p.Hours = hours(t)
		}
		if rapid.Bool().Draw(t, "has accent") {
			p.Brand.Accent = digest.Colour(rapid.Uint32Range(0, 0xFFFFFF).Draw(t, "accent")<<8 | 0xFF)
		}
		for i := range rapid.IntRange(1, 3).Draw(t, "sources") {
			key := fmt.Sprintf("source-%d", i)
			p.Sources = append(p.Sources, digest.Source{Key: key, Platform: "chatwoot", DSN: "postgres://desk/" + key, Tenant: rapid.SampledFrom([]string{"1", "007", "desk", "1e3"}).Draw(t, "tenant")})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "digests") {
			p.Digests = append(p.Digests, config(t, fmt.Sprintf("digest-%d", i), p, zone, maybe))
		}
		return p
	})
}

func hours(t *rapid.T) digest.Hours {
	h := digest.Hours{Zone: rapid.SampledFrom([]string{"", "Europe/Berlin", "Australia/Lord_Howe"}).Draw(t, "zone of hours")}
	for range rapid.IntRange(1, 9).Draw(t, "windows") {
		h.Windows = append(h.Windows, digest.Window{
			Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), Opens: rapid.SampledFrom([]int{0, 540, 1439}).Draw(t, "opens"),
			Closes: rapid.SampledFrom([]int{0, 540, 1020, 1440}).Draw(t, "closes"),
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "holidays") {
		h.Holidays = append(h.Holidays, digest.Date{Year: 2026, Month: time.December, Day: 1}.AddDays(rapid.IntRange(0, 60).Draw(t, "holiday")))
	}
	return h.Sorted()
}

func config(t *rapid.T, key string, p digest.Project, zone func() string, maybe func(*rapid.Generator[string]) string) digest.Config {
	minutes := func(most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, "minutes")) * time.Minute
	}
	c := digest.Config{
		Key: key, Name: maybe(words()), Active: rapid.Bool().Draw(t, "active"), MissedAfter: minutes(5000), ExcludeAway: rapid.Bool().Draw(t, "away"),
		CatchUp: rapid.IntRange(0, 9).Draw(t, "catch up"), Jitter: minutes(720), Paper: rapid.SampledFrom([]string{"A4", "Letter"}).Draw(t, "paper"),
		Subject: maybe(rapid.Just("{project}: {finding} · 100 %")),
		Cadence: digest.CadenceSpec{Kind: "weekly", At: "mon 08:00", Zone: zone(), WeekStart: p.WeekStart},
		Readers: digest.Readers{Sections: rapid.Bool().Draw(t, "sections"), Forwarding: maybe(rapid.SampledFrom([]string{"approve", "confirm", "off"}))},
	}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 1:
		c.Cadence.Kind, c.Cadence.Anchor = "every-2-weeks", digest.Date{Year: 2026, Month: 3, Day: 23}
	case 2:
		c.Cadence.Kind, c.Cadence.At, c.Cadence.Covers = "0 8 * * 1", "", "week"
	}
	if rapid.Bool().Draw(t, "readers' cadences") {
		c.Readers.Cadences = []string{"monthly", "every-2-months"}
	}
	for _, section := range []string{"activity", "contact_center"} {
		c.Sections = append(c.Sections, digest.SectionChoice{Section: section, Source: rapid.SampledFrom(p.Sources).Draw(t, "source").Key})
	}
	for _, aim := range digest.Aims() {
		if slices.ContainsFunc(c.Sections, func(s digest.SectionChoice) bool { return s.Section == aim.Section }) && rapid.Bool().Draw(t, "target") {
			c.Targets = append(c.Targets, digest.Target{Section: aim.Section, Figure: aim.Figure, Value: rapid.OneOf(rapid.Float64Range(0, 100), rapid.Just(90.0), rapid.Just(0.1)).Draw(t, "value")})
		}
	}
	if rapid.Bool().Draw(t, "practices") {
		c.Parameters.Practices = []string{"Northside", words().Draw(t, "practice")}
	}
	c.Parameters.Outreach = digest.OutreachSettings{ResponseWindow: rapid.IntRange(0, 720).Draw(t, "response window"), Individual: rapid.Bool().Draw(t, "individual")}
	if rapid.Bool().Draw(t, "flows") {
		value := rapid.Float64Range(0, 1e6).Draw(t, "value")
		c.Parameters.Flows = digest.FlowsParameters{
			Flows: []string{words().Draw(t, "flow")}, Channels: []string{"sms", "voice"}, SecondsPerMessage: rapid.Float64Range(0, 3600).Draw(t, "seconds"),
			ValuePerAppointment: &value, Currency: "USD", AttributionDays: rapid.IntRange(0, 730).Draw(t, "days"), FreeText: rapid.Bool().Draw(t, "free text"),
			Kept: &digest.Answer{Flow: "cancel", Step: words().Draw(t, "step"), Answer: words().Draw(t, "answer")},
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "subscribers") {
		c.Subscribers = append(c.Subscribers, digest.Subscriber{
			Name: maybe(words()), Address: fmt.Sprintf("reader%d@example.com", i), Locale: maybe(rapid.Just("es")), Zone: maybe(rapid.Just("UTC")),
			Audience: rapid.SampledFrom([]digest.Audience{digest.Admin, digest.Manager, digest.Executive}).Draw(t, "audience"),
			PDF:      rapid.Bool().Draw(t, "pdf"), AddedBy: maybe(words()),
		})
	}
	return c
}

func TestWhatIsWrittenReadsToTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := projects().Draw(t, "project")
		var file bytes.Buffer
		encoder := yaml.NewEncoder(&file)
		encoder.SetIndent(2)
		if err := encoder.Encode(Write([]digest.Project{p}, dsnEnv)); err != nil {
			t.Fatal(err)
		}
		var f File
		decoder := yaml.NewDecoder(bytes.NewReader(file.Bytes()))
		decoder.KnownFields(true)
		if err := decoder.Decode(&f); err != nil {
			t.Fatalf("%v in\n%s", err, file.Bytes())
		}
		read, err := Read(f.Projects, known)
		if err != nil {
			t.Fatalf("%v in\n%s", err, file.Bytes())
		}
		if !reflect.DeepEqual(read, []digest.Project{p}) {
			t.Fatalf("%+v\nis written as\n%s\nand read as\n%+v", p, file.Bytes(), read[0])
		}
	})
}

func TestWhatTheAPIGivesItTakesToTheSame(t *testing.T) {
	t.Parallel()
	through := func(t *rapid.T, from, to any) {
		b, err := json.Marshal(from)
		if err == nil {
			err = json.Unmarshal(b, to)
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "postgres://") {
			t.Fatalf("a DSN is in %s", b)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := projects().Draw(t, "project")
		var head Project
		through(t, WriteProject(p), &head)
		read, err := known.Project("", p.Key, head)
		read.Sources, read.Digests = p.Sources, p.Digests
		if err != nil || !reflect.DeepEqual(read, p) {
			t.Fatalf("%+v is read as %+v: %v", p, read, err)
		}
		for _, c := range p.Digests {
			var d Digest
			through(t, WriteDigest(c, p), &d)
			got, err := known.Digest("", c.Key, d, p)
			got.Subscribers = c.Subscribers
			if err != nil || !reflect.DeepEqual(got, c) {
				t.Fatalf("%+v is read as %+v: %v", c, got, err)
			}
		}
	})
}

func TestAllFaultsAreSaidAtOnceEachWithItsPath(t *testing.T) {
	t.Parallel()
	const file = `projects:
  desk:
    name: Desk
    zone: Europe/Berlin
    locale: tlh
    week_start: someday
    bi_monthly: sometimes
    unknown: shrug
    brand: {accent: red}
    sources:
      chat: {platform: chatwood, dsn_env: GONE}
    digests:
      weekly:
        cadence: weekly
        at: mon 08:00
        anchor: 23.3.2026
        sections: [activty, contact_center]
        missed_after: -1h
        catch_up: -1
        jitter: 13h
        paper: A5
        subject: "{project} {who}"
        targets:
          - {section: chatbot, figure: fallback_rate, value: 12%}
          - {section: contact_center, figure: wait_mean, value: soon}
          - {section: contact_center, figure: wait_mean, value: 5m}
          - {section: contact_center, value: "-1"}
        readers: {cadences: [daily, weekly, monthly, monthly, bi-monthly], forwarding: maybe}
        subscribers: [{address: a@example.com}, {address: b@example.com, locale: xx}]
`
	var f File
	if err := yaml.Unmarshal([]byte(file), &f); err != nil {
		t.Fatal(err)
	}
	_, err := Read(f.Projects, known)
	if err == nil {
		t.Fatal("it is read")
	}
	const want = `projects.desk.unknown: "shrug" is not known: choose retry-once or hold
projects.desk.locale: "tlh" has no words: choose from en, es
projects.desk.week_start: "someday" is no weekday: write mon, tue, wed, thu, fri, sat or sun
projects.desk.bi_monthly: "sometimes" is not known: choose twice-monthly or every-2-months
projects.desk.brand.accent: "red" is not a colour: write one such as "#3F45D6"
projects.desk.sources.chat.platform: "chatwood" is not known: choose chatwoot or native
projects.desk.sources.chat.tenant: is missing: the tenant's id on its platform
projects.desk.sources.chat.dsn_env: the variable GONE is not set
projects.desk.digests.weekly.paper: "A5" is not known: choose A4 or Letter
projects.desk.digests.weekly.catch_up: -1 is not a number of periods
projects.desk.digests.weekly.anchor: "23.3.2026" is not a date: write YYYY-MM-DD
projects.desk.digests.weekly.missed_after: "-1h" is not a time to wait: write one such as 24h
projects.desk.digests.weekly.jitter: "13h" is not a window: write a time up to 12h such as 15m
projects.desk.digests.weekly.sections: "activty" is not known: choose from activity, chatbot, contact_center
projects.desk.digests.weekly.subject: there is no {who}: a subject may hold {project}, {digest}, {period}, {finding}
projects.desk.digests.weekly.targets[0].section: "chatbot" is none of the digest's sections
projects.desk.digests.weekly.targets[1].value: "soon" is no length of time: write one such as 5m
projects.desk.digests.weekly.targets[2].figure: wait_mean has a target already
projects.desk.digests.weekly.targets[3].figure: "" is not known: choose handled, missed, waiting, wait_median, wait_p90 or wait_mean
projects.desk.digests.weekly.targets[3].value: "-1" is no number: write one such as 300
projects.desk.digests.weekly.readers.cadences[0]: "daily" is not among the kinds of longer periods than the digest's own: choose from every-2-weeks, twice-monthly, monthly, every-2-months, or leave it out
projects.desk.digests.weekly.readers.cadences[1]: "weekly" is not among the kinds of longer periods than the digest's own: choose from every-2-weeks, twice-monthly, monthly, every-2-months, or leave it out
projects.desk.digests.weekly.readers.cadences[3]: monthly stands there twice
projects.desk.digests.weekly.readers.cadences[4]: "bi-monthly" is not among the kinds of longer periods than the digest's own: choose from every-2-weeks, twice-monthly, monthly, every-2-months, or leave it out
projects.desk.digests.weekly.readers.forwarding: "maybe" is not known: choose approve, confirm or off
projects.desk.digests.weekly.subscribers[1].locale: "xx" has no words: choose from en, es`
	if err.Error() != want {
		t.Errorf("the faults are\n%v\nwant\n%s", err, want)
	}
}

func TestATargetIsWrittenWithItsUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		figure, written string
		value           float64
		again           string
	}{
		{"wait_mean", "5m", 300, "5m"},
		{"wait_mean", "300", 300, "5m"},
		{"wait_p90", "1h 30m", 5400, "1h30m"},
		{"wait_mean", "0.5s", .5, "500ms"},
		{"fallback_rate", "12%", 12, "12%"},
		{"fallback_rate", "12.5 %", 12.5, "12.5%"},
		{"fallback_rate", "12", 12, "12%"},
		{"missed", "0", 0, "0"},
		{"total_messages", "1000000", 1e6, "1000000"},
		{"messages_per_conversation_mean", "3.25", 3.25, "3.25"},
	} {
		got, err := ParseValue(c.figure, c.written)
		if err != nil || got != c.value || FormatValue(c.figure, got) != c.again {
			t.Errorf("%s of %s is %v, written %q: %v", c.written, c.figure, got, FormatValue(c.figure, got), err)
		}
	}
	for _, c := range [][2]string{{"wait_mean", "12%"}, {"fallback_rate", "5m"}, {"fallback_rate", "101%"}, {"missed", "5m"}, {"missed", "NaN"}, {"missed", "Inf"}, {"missed", ""}, {"wait_mean", "-5m"}} {
		if got, err := ParseValue(c[0], c[1]); err == nil {
			t.Errorf("%s of %s is read as %v", c[1], c[0], got)
		}
	}
}

func TestASectionOfAnotherFormIsFaultedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"{activity: desk, chatbot: desk}", "[activity]", "{activity: [desk]}"} {
		var d Digest
		err := yaml.Unmarshal([]byte("cadence: weekly\nsections:\n  - "+written+"\n"), &d)
		if err == nil || !strings.Contains(err.Error(), `line 3: write a section as "activity" or as "activity: SOURCE"`) {
			t.Errorf("%s: %v", written, err)
		}
	}
}
