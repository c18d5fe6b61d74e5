package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

func TestWhatAPlanSaysIsWhatAnApplyDoes(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	p := newPlace(t, r.Addr())
	p.env["DESK_DSN"], p.env["OTHER_DSN"] = pgtest.Load(t, desk), "postgres://other:hunter2hunter2@127.0.0.1:1/other"
	file := deskOf(manyReaders(2))
	for _, step := range []struct {
		name  string
		edit  []string // old, new
		want  []string
		gone  string // what must not be said
		state string
	}{
		{name: "all is new", want: []string{"+ project desk", "+ source desk/desk", "+ digest desk/weekly", "+ subscriber desk/weekly reader00@desk.example", "+ subscriber desk/weekly reader01@desk.example"}},
		{name: "a subscriber is gone", edit: []string{strings.SplitAfter(manyReaders(2), "\n")[1], ""}, want: []string{"- subscriber desk/weekly reader01@desk.example"}},
		{name: "another hour", edit: []string{"mon 08:00", "tue 09:30"}, want: []string{`~ digest desk/weekly: cadence.at "mon 08:00" → "tue 09:30"`}},
		{
			name: "another kind", edit: []string{"cadence: weekly\n        at: tue 09:30", "cadence: bi-monthly\n        at: \"07:00\""},
			want: []string{`~ digest desk/weekly: cadence.at "tue 09:30" → "07:00", cadence.kind "weekly" → "bi-monthly"`},
		},
		{name: "another database", edit: []string{"DESK_DSN", "OTHER_DSN"}, want: []string{"~ source desk/desk: dsn changed"}},
		{name: "switched off", edit: []string{"active: true", "active: false"}, want: []string{"~ digest desk/weekly: switch off"}},
		{name: "switched on", edit: []string{"active: false", "active: true"}, want: []string{"~ digest desk/weekly: switch on"}},
		{
			name: "renamed", edit: []string{"      weekly:", "      monday:"},
			want: []string{"+ digest desk/monday", "+ subscriber desk/monday reader00@desk.example", "~ digest desk/weekly: switch off"},
		},
	} {
		if step.edit != nil {
			if !strings.Contains(file, step.edit[0]) {
				t.Fatalf("%s: the file has no %q", step.name, step.edit[0])
			}
			file = strings.Replace(file, step.edit[0], step.edit[1], 1)
		}
		path := p.write(t, file)
		var said [2]string
		for i, args := range [][]string{{"--plan"}, nil} {
			var changes []string
			out := p.must(t, append([]string{"apply", "-f", path}, args...)...)
			if strings.Contains(out, "hunter2") {
				t.Errorf("%s: a password is printed:\n%s", step.name, out)
			}
			for _, line := range strings.Split(out, "\n") {
				if strings.HasPrefix(line, "+ ") || strings.HasPrefix(line, "~ ") || strings.HasPrefix(line, "- ") {
					changes = append(changes, line)
				}
			}
			said[i] = strings.Join(changes, "\n")
		}
		if want := strings.Join(step.want, "\n"); said[0] != want || said[1] != want {
			t.Errorf("%s: planned\n%s\napplied\n%s\nwant\n%s", step.name, said[0], said[1], want)
		}
	}
	out := p.must(t, "apply", "-f", p.write(t, file))
	if !strings.HasPrefix(out, "Nothing to change.\n") || !strings.Contains(out, "desk/monday: bi-monthly means twice-monthly") {
		t.Errorf("a second time, apply says\n%s", out)
	}
	if r.Taken() != 0 {
		t.Errorf("applying sent %d mails", r.Taken())
	}
}

func TestFaultsOfAFileAreNamedWithTheirPlace(t *testing.T) {
	t.Parallel()
	whole := deskOf(manyReaders(1))
	p := barePlace(t, unruly(t, relay.Options{}).Addr())
	p.env["DESK_DSN"] = "postgres://reader:hunter2hunter2@127.0.0.1:1/desk"
	p.env["FORTNIGHT_DATABASE_URL"] = "postgres://127.0.0.1:1/nowhere" // files are parsed before any connection is made
	for _, c := range []struct{ name, old, new, says string }{
		{"no YAML", "projects:", "projects: [", "line"},
		{"a field that is none", "zone: America", "colour: red\n    zone: America", `line 4: "colour" is no setting`},
		{"a field of the wrong form", "subscribers:\n", "subscribers: 3\n        x:\n", "line 13"},
		{"a key with a capital", "  desk:\n    name", "  Desk:\n    name", `projects.Desk.key: the key "Desk"`},
		{"a key that cannot stand in a List-Id", "      weekly:", "      week_ly:", `projects.desk.digests.week_ly.key: the key "week_ly"`},
		{"no name", "name: Support desk", `name: ""`, "projects.desk.name: the name is missing"},
		{"no such zone", "America/New_York", "Mars/Olympus", `projects.desk.zone: no zone "Mars/Olympus"`},
		{"a digest in no such zone", "        at: mon", "        zone: Mars/Olympus\n        at: mon", `projects.desk.digests.weekly: zone "Mars/Olympus"`},
		{"no such platform", "platform: chatwoot", "platform: chatwood", "projects.desk.sources.desk.platform"},
		{"no such section", "[activity]", "[activty]", "projects.desk.digests.weekly.sections"},
		{"a section twice", "[activity]", "[activity, activity]", `projects.desk.digests.weekly.sections: "activity" stands there twice`},
		{"a section of a source that is none", "[activity]", "[{activity: chat}]", `projects.desk.digests.weekly.sections: activity names the source "chat"`},
		{"a malformed hour", "mon 08:00", "8 o'clock", "projects.desk.digests.weekly: at"},
		{"a cadence of no kind", "cadence: weekly", "cadence: fortnightly", "projects.desk.digests.weekly: cadence"},
		{"no cadence", "cadence: weekly", `cadence: ""`, "projects.desk.digests.weekly.cadence: is missing"},
		{"a meaning of bi-monthly that is none", "zone: America", "bi_monthly: sometimes\n    zone: America", `projects.desk.bi_monthly: "sometimes"`},
		{"no address", "reader00@desk.example", `""`, "projects.desk.digests.weekly.subscribers[0].address"},
		{"no such audience", "audience: executive", "audience: boss", "projects.desk.digests.weekly.subscribers[0].audience"},
		{"no such locale", "name: Reader 0", "locale: tlh!, name: Reader 0", "projects.desk.digests.weekly.subscribers[0].locale"},
		{"a variable that is not set", "DESK_DSN", "NO_SUCH_DSN", "projects.desk.sources.desk.dsn_env: the variable NO_SUCH_DSN"},
		{"two documents", "projects:", "projects: {}\n---\nprojects:", "---"},
		{"nothing", whole, "", "projects"},
		{"very many faults", manyReaders(1), strings.ReplaceAll(manyReaders(30), "executive", "boss"), "subscribers[29].audience"},
	} {
		if !strings.Contains(whole, c.old) {
			t.Fatalf("%s: the file has no %q", c.name, c.old)
		}
		file := p.write(t, strings.Replace(whole, c.old, c.new, 1))
		code, stdout, stderr := p.run(t, "apply", "-f", file)
		if code != 1 || stdout != "" || !strings.Contains(stderr, c.says) || !strings.Contains(stderr, "fortnight.yaml") {
			t.Errorf("%s: exit code %d, stdout %q, and stderr does not name %q:\n%s", c.name, code, stdout, c.says, stderr)
		}
		if n := strings.Count(stderr, "\n"); n < 1 || n > 3 || strings.Contains(stderr, "hunter2") {
			t.Errorf("%s: %d lines on stderr, or a password:\n%s", c.name, n, stderr)
		}
	}
}

func TestEveryPartOfAFileIsTaken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fortnight.yaml")
	if err := os.WriteFile(file, []byte(`projects:
  desk:
    name: Support desk
    zone: Europe/Berlin
    locale: es
    week_start: sun
    bi_monthly: every-2-months
    unknown: hold
    brand: {accent: "#3F45D6", footer: For us alone}
    from: Desk <digest@desk.example>
    reply_to: help@desk.example
    sources:
      chat: {platform: chatwoot, dsn_env: CHAT_DSN, tenant: "1"}
      own: {platform: native, dsn_env: OWN_DSN, tenant: desk}
    digests:
      weekly:
        name: Week at the desk
        active: true
        cadence: every-2-weeks
        at: sun 18:00
        zone: Europe/Madrid
        anchor: 2026-03-22
        sections: [{activity: chat}, {contact_center: own}]
        missed_after: 12h
        exclude_away: true
        catch_up: 1
        jitter: 15m
        paper: Letter
        subject: "{project}, {period}: {finding}"
        targets:
          - {section: contact_center, figure: wait_mean, value: 5m}
          - {section: activity, figure: active_users, value: 300}
        readers: {cadences: [monthly], sections: true, forwarding: confirm}
        subscribers:
          - {address: "Ann Lee <ann@desk.example>", locale: en, zone: America/New_York, audience: admin, pdf: false, added_by: Bo}
          - {address: bo@desk.example}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	projects, err := readSettings(file, collectors.Platforms(), func(name string) (string, bool) { return "postgres://" + name, true })
	if err != nil {
		t.Fatal(err)
	}
	want := []digest.Project{{
		Key: "desk", Name: "Support desk", Zone: "Europe/Berlin", Locale: "es", WeekStart: time.Sunday, BiMonthly: "every-2-months", Unknown: "hold",
		Brand: digest.Brand{Accent: 0x3F45D6FF, Footer: "For us alone"},
		From:  digest.Address{Name: "Desk", Address: "digest@desk.example"}, ReplyTo: digest.Address{Address: "help@desk.example"},
		Sources: []digest.Source{
			{Key: "chat", Platform: "chatwoot", DSN: "postgres://CHAT_DSN", Tenant: "1"}, {Key: "own", Platform: "native", DSN: "postgres://OWN_DSN", Tenant: "desk"},
		},
		Digests: []digest.Config{{
			Key: "weekly", Name: "Week at the desk", Active: true,
			Cadence:     digest.CadenceSpec{Kind: "every-2-weeks", At: "sun 18:00", Zone: "Europe/Madrid", Anchor: digest.Date{Year: 2026, Month: 3, Day: 22}, WeekStart: time.Sunday},
			Sections:    []digest.SectionChoice{{Section: "activity", Source: "chat"}, {Section: "contact_center", Source: "own"}},
			MissedAfter: 12 * time.Hour, ExcludeAway: true, CatchUp: 1, Jitter: 15 * time.Minute, Paper: "Letter", Subject: "{project}, {period}: {finding}",
			Targets: []digest.Target{{Section: "contact_center", Figure: "wait_mean", Value: 300}, {Section: "activity", Figure: "active_users", Value: 300}},
			Readers: digest.Readers{Cadences: []string{"monthly"}, Sections: true, Forwarding: "confirm"},
			Subscribers: []digest.Subscriber{
				{Name: "Ann Lee", Address: "ann@desk.example", Locale: "en", Zone: "America/New_York", Audience: digest.Admin, AddedBy: "Bo"},
				{Address: "bo@desk.example", Audience: digest.Manager, PDF: true},
			},
		}},
	}}
	if !reflect.DeepEqual(projects, want) {
		t.Errorf("the file is read as\n%+v\nwant\n%+v", projects, want)
	}
}
