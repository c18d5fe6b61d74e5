package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
	"fortnight/settings"
)

// twoDesks has all that a file may say, in two projects; the second's key and source would give the first's variable.
const twoDesks = `projects:
  desk:
    name: "Support: desk #1"
    zone: Europe/Berlin
    locale: es
    week_start: sun
    bi_monthly: every-2-months
    unknown: hold
    brand: {accent: "#0A45D6", footer: "no"}
    from: '"Desk, the" <digest@desk.example>'
    reply_to: help@desk.example
    sources:
      chat-eu: {platform: chatwoot, dsn_env: DESK_DSN, tenant: "1"}
      own: {platform: native, dsn_env: OTHER_DSN, tenant: "007"}
    digests:
      weekly:
        name: Week at the desk
        cadence: every-2-weeks
        at: sun 18:00
        zone: Europe/Madrid
        anchor: 2026-03-22
        sections: [{activity: chat-eu}, {contact_center: own}]
        missed_after: 12h
        exclude_away: true
        catch_up: 1
        jitter: 15m
        paper: Letter
        subject: "{project}, {period}: {finding}"
        targets: [{section: contact_center, figure: wait_mean, value: 5m}, {section: activity, figure: active_users, value: "300"}]
        readers: {cadences: [monthly, every-2-months], sections: true, forwarding: "off"}
        subscribers:
          - {address: "Ann Lee <ann@desk.example>", locale: en, zone: America/New_York, audience: admin, pdf: false, added_by: Bo}
          - {address: bo@desk.example}
          - {address: gone@desk.example}
      yesterday: {cadence: "0 7 * * *", covers: day, sections: [{activity: own}], subscribers: []}
  desk-chat:
    name: Другой
    zone: UTC
    sources:
      eu: {platform: chatwoot, dsn_env: DESK_DSN, tenant: "2"}
    digests:
      reminder: {cadence: daily, at: "07:00", active: true, subscribers: [{address: li@desk.example, name: 李}]}
`

func TestWhatIsExportedAppliesToNothingToChange(t *testing.T) {
	t.Parallel()
	p := newPlace(t, unruly(t, relay.Options{}).Addr())
	p.env["DESK_DSN"], p.env["OTHER_DSN"] = pgtest.Load(t, desk), "postgres://other:hunter2hunter2@127.0.0.1:1/other"
	p.apply(t, twoDesks)
	p.apply(t, strings.Replace(twoDesks, "          - {address: gone@desk.example}\n", "", 1)) // one was taken out: not in the file
	if _, err := p.pool.Exec(t.Context(), `UPDATE fortnight.subscribers SET unsubscribed_at = now(), wishes = '{"Locale":"en"}' WHERE address = 'bo@desk.example'`); err != nil {
		t.Fatal(err)
	}

	out := p.must(t, "export")
	if strings.Contains(out, "hunter2") || strings.Contains(out, "postgres://") || strings.Contains(out, "gone@desk.example") {
		t.Errorf("the file holds what it must not:\n%s", out)
	}
	var f settings.File
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(out)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	first, second := f.Projects["desk"].Sources["chat-eu"].DSNEnv, f.Projects["desk-chat"].Sources["eu"].DSNEnv
	if first != "DSN_DESK_CHAT_EU" || second != "DSN_DESK_CHAT_EU_2" {
		t.Errorf("the variables are %s and %s", first, second)
	}

	file := filepath.Join(t.TempDir(), "exported.yaml")
	if said := p.must(t, "export", "-o", file); said != "2 projects are in "+file+".\n" {
		t.Errorf("it says %q", said)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a file of addresses is there for others to read: %v, %v", info.Mode(), err)
	}
	code, _, stderr := p.run(t, "apply", "-f", file)
	if code != 1 || !strings.Contains(stderr, "projects.desk.sources.chat-eu.dsn_env: the variable DSN_DESK_CHAT_EU is not set") {
		t.Errorf("without its variables, apply ends with %d:\n%s", code, stderr)
	}
	p.env[first], p.env[second], p.env["DSN_DESK_OWN"] = p.env["DESK_DSN"], p.env["DESK_DSN"], p.env["OTHER_DSN"]
	if out := p.must(t, "apply", "-f", file); !strings.HasPrefix(out, "Nothing to change.\n") {
		t.Errorf("applied again, it says\n%s", out)
	}
	var unsubscribed bool
	var wishes string
	if err := p.pool.QueryRow(t.Context(), `SELECT unsubscribed_at IS NOT NULL, wishes::text FROM fortnight.subscribers WHERE address = 'bo@desk.example'`).Scan(&unsubscribed, &wishes); err != nil || !unsubscribed || wishes != `{"Locale": "en"}` {
		t.Errorf("who unsubscribed is so: %v, and wishes %s: %v", unsubscribed, wishes, err)
	}

	one := p.must(t, "export", "desk-chat")
	if strings.Contains(one, "Week at the desk") || !strings.Contains(one, "name: Другой") || !strings.Contains(one, "name: 李") {
		t.Errorf("one project is\n%s", one)
	}
	if code, _, stderr := p.run(t, "export", "nobody"); code != 1 || !strings.Contains(stderr, `no such project: "nobody"`) {
		t.Errorf("a project that there is not: %d, %s", code, stderr)
	}
}

func TestApplyLeavesWhatNoFileCanSay(t *testing.T) {
	t.Parallel()
	p := newPlace(t, unruly(t, relay.Options{}).Addr())
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	p.apply(t, deskOf(manyReaders(1)))
	pool := p.pool
	for _, step := range []string{
		`INSERT INTO fortnight.accounts (address, created_at) VALUES ('dana@desk.example', now())`,
		`INSERT INTO fortnight.logos (project_id, hash, png, width, height) SELECT project_id, 'abc', 'x', 1, 1 FROM fortnight.projects`,
		`UPDATE fortnight.projects SET logo = 'abc'`,
		`UPDATE fortnight.digests SET owner_id = (SELECT account_id FROM fortnight.accounts)`,
	} {
		if _, err := pool.Exec(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	if out := p.apply(t, deskOf(manyReaders(1))); !strings.HasPrefix(out, "Nothing to change.\n") {
		t.Errorf("it changes\n%s", out)
	}
	p.apply(t, strings.NewReplacer("Support desk", "Help desk", "mon 08:00", "tue 08:00").Replace(deskOf(manyReaders(1))))
	var logo, name string
	var owned bool
	if err := pool.QueryRow(t.Context(), `SELECT p.logo, p.name, d.owner_id IS NOT NULL FROM fortnight.projects p JOIN fortnight.digests d USING (project_id)`).Scan(&logo, &name, &owned); err != nil || logo != "abc" || name != "Help desk" || !owned {
		t.Errorf("the logo is %q, the name %q, it has an owner: %v; %v", logo, name, owned, err)
	}
}
