package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

func TestAProjectIsChangedByHand(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	p, err := desk.Head(t.Context())
	if err != nil || p.Key != "desk" || p.Zone != "America/New_York" || p.Unknown != digest.UnknownRetry || len(p.Digests) != 0 ||
		len(p.Sources) != 1 || p.Sources[0] != (digest.Source{Key: "chat", Platform: "chatwoot", Tenant: "1"}) {
		t.Fatalf("it is %+v, %v", p, err)
	}
	p.Key, p.Name, p.Zone, p.Unknown, p.Brand.Accent = "another", " Help desk ", "Europe/Berlin", digest.UnknownHold, 0x00ff00ff
	change, err := desk.SaveHead(t.Context(), by, p)
	if err != nil || change.String() != `~ project desk: brand.accent "#123456" → "#00ff00", name "Support desk" → "Help desk", unknown "retry-once" → "hold", zone "America/New_York" → "Europe/Berlin"` {
		t.Errorf("changed is %s, %v", change, err)
	}
	if change, err = desk.SaveHead(t.Context(), by, p); err != nil || change.Verb != "" {
		t.Errorf("saved again, changed is %s, %v", change, err)
	}
	after, err := desk.Head(t.Context())
	if err != nil || after.Key != "desk" || after.Name != "Help desk" || after.Zone != "Europe/Berlin" || after.Unknown != digest.UnknownHold || len(after.Sources) != 1 {
		t.Errorf("it is %+v, %v", after, err)
	}
	if got := written(t, desk); len(got) != 1 || !strings.HasPrefix(got[0], "Maya ~ project desk: ") {
		t.Errorf("written down is %q", got)
	}
	p.Name, p.Zone, p.From.Address, p.Brand.Footer = "", "Berlin", "desk@", "two\nlines"
	_, err = desk.SaveHead(t.Context(), by, p)
	if got := fields(err); got != "name brand.footer zone from" {
		t.Errorf("four faults give %q: %v", got, err)
	}
	if _, err := b.Tenant(99).SaveHead(t.Context(), by, project()); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a project that does not exist gives %v", err)
	}
}

// fields gives the fields of refusals that were joined, in their order.
func fields(err error) string {
	var all []string
	var walk func(error)
	walk = func(err error) {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				walk(e)
			}
			return
		}
		var refusal *digest.RefusedError
		if errors.As(err, &refusal) {
			all = append(all, refusal.Field)
		}
	}
	walk(err)
	return strings.Join(all, " ")
}

func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestALogoIsKeptAsLongAsAnythingShowsIt(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	if logo, err := desk.Logo(t.Context()); err != nil || logo.Hash != "" {
		t.Errorf("before there is one it is %+v, %v", logo, err)
	}
	for range 2 {
		if err := desk.SaveLogo(t.Context(), by, &digest.Logo{PNG: picture(t, 40, 20)}); err != nil {
			t.Fatal(err)
		}
	}
	first, err := desk.Logo(t.Context())
	if err != nil || len(first.Hash) != 64 || first.Width != 40 || first.Height != 20 || !bytes.Equal(first.PNG, picture(t, 40, 20)) {
		t.Errorf("it is %+v, %v", first.Hash, err)
	}
	if _, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil { // a configuration knows nothing of it
		t.Fatal(err)
	}
	opened(t, b, "2020-03-23")
	if s, err := b.Digest(t.Context(), "desk/weekly"); err != nil || s.Project.Brand.Logo != first.Hash {
		t.Errorf("what is made next shows %q, %v", s.Project.Brand.Logo, err)
	}
	if err := desk.SaveLogo(t.Context(), by, &digest.Logo{PNG: picture(t, 50, 20)}); err != nil {
		t.Fatal(err)
	}
	second, err := desk.Logo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.SaveLogo(t.Context(), by, nil); err != nil {
		t.Fatal(err)
	}
	if logo, err := desk.Logo(t.Context()); err != nil || logo.Hash != "" {
		t.Errorf("taken away it is %+v, %v", logo.Hash, err)
	}
	if _, err := b.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if logo, err := b.LogoOf(t.Context(), "desk", first.Hash); err != nil || logo.Hash != first.Hash {
		t.Errorf("the one of an edition is %q, %v", logo.Hash, err)
	}
	if _, err := b.LogoOf(t.Context(), "desk", second.Hash); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("the one that nothing shows gives %v", err)
	}
	if got := written(t, desk); len(got) != 3 || got[2] != `Maya ~ project desk: brand.logo nothing → "`+first.Hash+`"` {
		t.Errorf("written down is %q", got)
	}
	for name, bad := range map[string][]byte{"no picture": []byte("GIF89a"), "one that is too wide": picture(t, 4001, 1), "one that is too large": append(picture(t, 9, 9), make([]byte, 513<<10)...)} {
		if err := desk.SaveLogo(t.Context(), by, &digest.Logo{PNG: bad}); fields(err) != "logo" {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestASourceIsChangedByHandAndItsAddressStaysSecret(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	const secondDSN = "host=db2.example port=6432 dbname=rasa user=reader password='swordfish and more'"
	change, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "bot", Platform: "rasa", DSN: secondDSN, Tenant: "1"})
	if err != nil || change.String() != "+ source desk/bot" {
		t.Fatalf("added: %s, %v", change, err)
	}
	// Who does not know the password may not read other tenants by it: whoever typed it may have meant this one alone.
	for _, s := range []digest.Source{{Key: "chat", Platform: "chatwoot", Tenant: "2"}, {Key: "chat", Platform: "rasa", Tenant: "1"}} {
		if _, err = desk.SaveSource(t.Context(), by, s); fields(err) != "dsn" {
			t.Errorf("with an empty address, %s of %s gives %v", s.Tenant, s.Platform, err)
		}
	}
	if change, err = desk.SaveSource(t.Context(), by, digest.Source{Key: "chat", Platform: "chatwoot", Tenant: "1"}); err != nil || change.Verb != "" {
		t.Errorf("with an empty address and nothing else, changed is %s, %v", change, err)
	}
	if change, err = desk.SaveSource(t.Context(), by, digest.Source{Key: "chat", Platform: "chatwoot", Tenant: "2", DSN: sourceDSN}); err != nil || change.String() != `~ source desk/chat: tenant "1" → "2"` {
		t.Errorf("with the address anew, changed is %s, %v", change, err)
	}
	if s, err := desk.SourceSecret(t.Context(), "chat"); err != nil || s.DSN != sourceDSN || s.Tenant != "2" {
		t.Errorf("it is %+v, %v", s, err)
	}
	if change, err = desk.SaveSource(t.Context(), by, digest.Source{Key: "chat", Platform: "chatwoot", Tenant: "2", DSN: "postgres://reader:other@db.example/chat"}); err != nil || change.String() != "~ source desk/chat: dsn changed" {
		t.Errorf("with another address, changed is %s, %v", change, err)
	}
	if change, err = desk.SaveSource(t.Context(), by, digest.Source{Key: "chat", Platform: "chatwoot", Tenant: "2", DSN: "postgres://reader:other@db.example/chat"}); err != nil || change.Verb != "" {
		t.Errorf("saved again, changed is %s, %v", change, err)
	}
	if _, err := desk.SourceSecret(t.Context(), "none"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a source that is none gives %v", err)
	}
	lines, err := desk.Sources(t.Context())
	if err != nil || len(lines) != 2 || lines[0].DSN != "" || lines[0].Host != "db.example/chat" || lines[1].Host != "db2.example:6432/rasa" ||
		!slices.Equal(lines[0].Used, []string{"weekly"}) || len(lines[1].Used) != 0 {
		t.Errorf("listed are %+v, %v", lines, err)
	}
	if got := strings.Join(written(t, desk), " "); strings.Contains(got, "swordfish") || strings.Contains(got, "other@") {
		t.Errorf("written down is %s", got)
	}
	for name, c := range map[string]struct {
		s     digest.Source
		field string
	}{
		"no key":                  {digest.Source{Platform: "chatwoot", DSN: sourceDSN}, "key"},
		"no platform":             {digest.Source{Key: "new", DSN: sourceDSN}, "platform"},
		"no address":              {digest.Source{Key: "new", Platform: "chatwoot"}, "dsn"},
		"a tenant on two lines":   {digest.Source{Key: "new", Platform: "chatwoot", DSN: sourceDSN, Tenant: "a\nb"}, "tenant"},
		"an address with a hole":  {digest.Source{Key: "new", Platform: "chatwoot", DSN: "x\x00y"}, "dsn"},
		"a key in capital letter": {digest.Source{Key: "New", Platform: "chatwoot", DSN: sourceDSN}, "key"},
	} {
		if _, err := desk.SaveSource(t.Context(), by, c.s); fields(err) != c.field {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "own", Platform: "native"}); err != nil {
		t.Errorf("Fortnight's own tables, which need no address, give %v", err)
	}
}

func TestASourceThatADigestReadsStays(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "bot", Platform: "rasa", DSN: "postgres://bot:x@bot.example/bot"}); err != nil {
		t.Fatal(err)
	}
	var refusal *digest.RefusedError
	if err := desk.RemoveSource(t.Context(), by, "chat"); !errors.As(err, &refusal) || !strings.HasPrefix(refusal.Reason, "weekly reads it") {
		t.Errorf("one that is read gives %v", err)
	}
	if err := desk.RemoveSource(t.Context(), by, "bot"); err != nil {
		t.Error(err)
	}
	if err := desk.RemoveSource(t.Context(), by, "bot"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("one that is none gives %v", err)
	}
	if got := written(t, desk); got[0] != "Maya - source desk/bot" {
		t.Errorf("written down is %q", got)
	}
}

func TestWhatALookAtASourceFoundIsKept(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	line := func() digest.SourceLine {
		t.Helper()
		all, err := desk.Sources(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	look := func(found digest.Probe) {
		t.Helper()
		if err := desk.Probed(t.Context(), "chat", found); err != nil {
			t.Fatal(err)
		}
	}
	if l := line(); !l.Checked.IsZero() || l.Fault != "" {
		t.Errorf("never looked at, it is %+v", l)
	}
	stale := digest.Check{Key: "indexes", Verdict: digest.CheckMend, Title: "One index is missing", Text: "Slow.\x00", Remedy: "Have it made.", SQL: "CREATE INDEX ON messages (account_id);"}
	look(digest.Probe{Checks: []digest.Check{stale}, Findings: []string{"sessions are not recorded"}, Sections: []string{"activity", "agents"}})
	stale.Text = "Slow."
	if l := line(); !l.Checked.Equal(monday) || l.Fault != "" || !l.Since.IsZero() || len(l.Checks) != 1 || l.Checks[0] != stale || len(l.Findings) != 1 || len(l.Sections) != 2 {
		t.Errorf("read, it is %+v", l)
	}
	for range 2 {
		b.clock.pass(time.Hour)
		look(digest.Probe{Fault: "the server refuses the password"})
	}
	if l := line(); !l.Checked.Equal(monday.Add(2*time.Hour)) || l.Fault == "" || !l.Since.Equal(monday.Add(time.Hour)) || len(l.Checks) != 1 || len(l.Findings) != 1 || len(l.Sections) != 2 {
		t.Errorf("refused twice, it is %+v", l)
	}
	b.clock.pass(time.Hour)
	look(digest.Probe{Fault: "no such host"})
	if l := line(); !l.Since.Equal(monday.Add(3 * time.Hour)) {
		t.Errorf("with another fault, it is so since %s", l.Since)
	}
	if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "chat", Platform: "chatwoot", DSN: "postgres://reader:x@elsewhere/chat", Tenant: "1"}); err != nil {
		t.Fatal(err)
	}
	if l := line(); !l.Checked.IsZero() || l.Fault != "" || len(l.Checks) != 0 || len(l.Findings) != 0 || len(l.Sections) != 0 {
		t.Errorf("changed, it is %+v", l)
	}
	look(digest.Probe{})
	if l := line(); l.Fault != "" || !l.Since.IsZero() || len(l.Findings) != 0 {
		t.Errorf("read again, it is %+v", l)
	}
	if err := desk.Probed(t.Context(), "none", digest.Probe{}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a source that is none gives %v", err)
	}
}

func TestOnlyTheHostOfAnAddressIsShown(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	for dsn, want := range map[string]string{
		"postgres://reader:hunter2@db.example/chat":                             "db.example/chat",
		"postgresql://reader:hunter2@db.example:6432/chat?sslmode=require":      "db.example:6432/chat",
		"postgres://reader:hunter2@[2001:db8::1]:5432/chat":                     "[2001:db8::1]:5432/chat",
		"postgres://reader:hunter2@a.example:1,b.example:2/chat":                "a.example:1,b.example:2/chat",
		"postgres://reader:hunter2@a.example":                                   "a.example",
		"postgres:///chat?host=/run/postgresql&user=reader":                     "/run/postgresql/chat",
		"host=db.example port=5432 dbname=chat user=reader password=hunter2":    "db.example:5432/chat",
		`host = db.example password = 'it\'s \\ "secret" dbname=x' dbname=chat`: "db.example/chat",
		"host=a.example,b.example port=1,2 password=hunter2":                    "a.example:1,b.example:2",
		"host=a.example,b.example port=1 password='unfinished":                  "a.example:1,b.example:1",
		"password=hunter2": "",
		"hunter2":          "",
		"postgres://reader:hunter2%zz@db.example/chat": "",
	} {
		p := project() // a file's DSN may say anything
		p.Sources[0].DSN = dsn
		if _, err := b.Apply(t.Context(), []digest.Project{p}); err != nil {
			t.Fatal(err)
		}
		if all, err := desk.Sources(t.Context()); err != nil || all[0].Host != want || strings.Contains(all[0].Host, "hunter2") {
			t.Errorf("of %q shown is %q, %v", dsn, all[0].Host, err)
		}
	}
}

func TestASourcesAddressThatIsTypedReadsNoFileOfThisMachine(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	const good = "postgres://reader:hunter2@db.example:5432/chat"
	for _, dsn := range []string{
		good + "?sslcert=/etc/passwd&sslkey=/etc/passwd", good + "?sslrootcert=/etc/passwd", good + "?passfile=/etc/pgpass", good + "?service=ledger", good + "?servicefile=/etc/x",
		good + "?ssl%6Bey=/etc/passwd", good + "?x=%zz&%73ervice=ledger", good + "?SSLKEY=/etc/passwd", good + "?host=/var/run/postgresql", good + "?password=", good + "?host=",
		"host=db.example user=reader password=x sslkey = '/etc/passwd'", "host=db.example user=reader password=x service\v=ledger", "host=db.example user=reader password='a'passfile=/x",
		"host=/var/run/postgresql user=postgres password=x", "host=@socket user=postgres password=x", "host=db.example,/run user=postgres password=x",
		"postgres:///fortnight?user=fortnight&password=x", "postgres://fortnight@db.example/chat", "postgres://db.example/chat", "user=reader password=x dbname=chat", "host=db.example user=reader",
		"postgres://reader:hunter2@a.example,/chat", "mysql://reader:hunter2@db.example/chat", "postgres://reader:hun%zz@db.example/chat", "x",
	} {
		if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "new", Platform: "chatwoot", DSN: dsn, Tenant: "1"}); fields(err) != "dsn" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q gives %v", dsn, err)
		}
	}
	for _, dsn := range []string{
		good, good + "?sslmode=verify-full&sslrootcert=system", "postgres://reader:hunter2@a.example:1,b.example:2/chat?target_session_attrs=prefer-standby",
		"host=db.example user=reader password='it is' dbname=chat", "postgresql://reader:hunter2@[2001:db8::1]/chat",
	} {
		if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "new", Platform: "chatwoot", DSN: dsn, Tenant: "1"}); err != nil {
			t.Errorf("%q gives %v", dsn, err)
		}
	}
}

func TestTheAuditIsForgottenAfterTwoYears(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	rename := func(name string) {
		t.Helper()
		p, err := desk.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.Name = name
		if _, err := desk.SaveHead(t.Context(), by, p); err != nil {
			t.Fatal(err)
		}
	}
	told := func() int {
		t.Helper()
		if _, err := b.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		part, err := desk.Audit(t.Context(), digest.AuditWanted{Page: digest.Page{Size: 100}})
		if err != nil {
			t.Fatal(err)
		}
		return len(part.Lines)
	}
	rename("Help desk")
	b.clock.pass(ledger.KeepAudit)
	rename("Desk of help")
	if n := told(); n < 2 { // to the second two years old: kept
		t.Errorf("after two years %d lines, want the last two and what is as old", n)
	}
	b.clock.pass(time.Second)
	if n := told(); n != 1 {
		t.Errorf("a second later %d lines, want the last one", n)
	}
}

func TestTheAuditIsReadInPartsAndSearched(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	for _, zone := range []string{"Europe/Berlin", "Europe/Paris", "Europe/Rome"} {
		b.clock.pass(time.Minute)
		p, err := desk.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.Zone = zone
		if _, err := desk.SaveHead(t.Context(), by, p); err != nil {
			t.Fatal(err)
		}
	}
	w := digest.AuditWanted{What: "MAYA", Page: digest.Page{Size: 2}}
	first, err := desk.Audit(t.Context(), w)
	if err != nil || len(first.Lines) != 2 || first.Total != 4 || first.Next == "" || first.Lines[0].Details[0].To != `"Europe/Rome"` || !first.Lines[0].At.Equal(b.clock.now()) || first.Lines[0].Actor != by {
		t.Fatalf("first is %+v, %v", first, err)
	}
	w.After = first.Next
	rest, err := desk.Audit(t.Context(), w)
	if err != nil || len(rest.Lines) != 2 || rest.Total != 4 || rest.Next != "" || rest.Lines[1].Change.String() != `+ member maya@example.org: role nothing → "owner"` {
		t.Errorf("then comes %+v, %v", rest, err)
	}
	if all, err := desk.Audit(t.Context(), digest.AuditWanted{What: "fortnight apply"}); err != nil || all.Total != 6 || all.Lines[0].Via != "command" || all.Lines[0].Account != 0 {
		t.Errorf("of the configuration's there are %d, %v", all.Total, err)
	}
	if all, err := desk.Audit(t.Context(), digest.AuditWanted{What: "100%"}); err != nil || all.Total != 0 || len(all.Lines) != 0 {
		t.Errorf("of what nobody did there are %+v, %v", all, err)
	}
	if _, err := desk.Audit(t.Context(), digest.AuditWanted{Page: digest.Page{After: "yesterday"}}); fields(err) != "after" {
		t.Errorf("a place that is none gives %v", err)
	}
	if _, err := b.Apply(t.Context(), []digest.Project{project()}); err != nil {
		t.Fatal(err)
	}
	if all, err := desk.Audit(t.Context(), digest.AuditWanted{What: "project desk"}); err != nil || all.Lines[0].Actor.Name != "fortnight apply" || all.Lines[0].Details[0].String() != `zone "Europe/Rome" → "America/New_York"` {
		t.Errorf("a configuration that takes it back is written as %+v, %v", all.Lines[0], err)
	}
}

func TestAChangeThatFailsIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	before := len(written(t, desk))
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := desk.RemoveSource(ctx, by, "chat"); err == nil {
		t.Error("who has left is answered")
	}
	if _, err := desk.SaveSource(t.Context(), by, digest.Source{Key: "chat"}); err == nil {
		t.Error("a fault is none")
	}
	if after := len(written(t, desk)); after != before {
		t.Errorf("%d changes more are written down", after-before)
	}
}
