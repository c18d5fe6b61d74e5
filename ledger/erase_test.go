package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// mentions lists the tables in which an address stands.
func mentions(t *testing.T, b book, address string) (in []string) {
	t.Helper()
	for _, one := range tables(t, b) {
		var found bool
		sql := "SELECT EXISTS (SELECT FROM fortnight." + one.Name + " x WHERE position(lower($1) IN lower(x::text)) > 0)"
		if err := b.pool.QueryRow(t.Context(), sql, address).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found {
			in = append(in, one.Name)
		}
	}
	return in
}

func TestWhoIsErasedStandsInNoTable(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	hooked(t, desk, by, "https://hooks.example.com")
	ds := ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	ends(t, b, ds[0].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.1.1", Answer: "<ana@example.org> is unknown here"})
	if _, err := desk.SetMember(t.Context(), by, "ana@example.org", "Ana", digest.RoleViewer); err != nil {
		t.Fatal(err)
	}
	if err := desk.Note(t.Context(), digest.Actor{Name: "ANA@example.org", Via: "reader"}, digest.Change{
		Verb: "change", What: "subscriber desk/weekly ana@example.org", Details: []digest.Difference{{What: "name", From: `"Ana"`, To: `"Anna"`}},
	}, digest.Change{
		Verb: "change", What: "project desk", Details: []digest.Difference{{What: "reply_to.address", From: `"ana@example.org"`, To: `"joana@example.org"`}},
		Notes: []string{"asked by ana@example.org."},
	}); err != nil {
		t.Fatal(err)
	}
	signedIn(t, b, "laptop", by.Account, "Firefox")
	if _, err := b.pool.Exec(t.Context(), `
		INSERT INTO fortnight.requests (project_id, digest_id, address, name, locale, token_hash, made_at, expires_at)
		SELECT project_id, digest_id, 'Ana@Example.org', 'Ana', 'en', '', created_at, created_at FROM fortnight.digests`); err != nil {
		t.Fatal(err)
	}
	if in := mentions(t, b, "ana@example.org"); strings.Join(in, " ") != "accounts attempts audit deliveries postings requests subscribers suppressions" {
		t.Fatalf("before she is erased she stands in %v", in)
	}

	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	if in := mentions(t, b, "ana@example.org"); strings.Join(in, " ") != "accounts audit" { // she is a member; joana@example.org is somebody else
		t.Errorf("erased, she stands in %v", in)
	}
	if a, err := b.AccountOf(t.Context(), "ana@example.org"); err != nil {
		t.Errorf("a member's account goes before she is taken out of the project: %+v, %v", a, err)
	}
	lines, err := desk.Audit(t.Context(), digest.AuditWanted{What: "(erased)"})
	if err != nil || len(lines.Lines) != 4 {
		t.Fatalf("of her the audit says %+v, %v", lines.Lines, err)
	}
	if c := lines.Lines[0]; c.Name != "(erased)" || c.Change.String() != `~ project desk: reply_to.address "(erased)" → "joana@example.org", asked by (erased).` {
		t.Errorf("of her the audit says %+v: %s", c.Actor, c.Change)
	}
	if c := lines.Lines[1]; c.Name != "(erased)" || c.Change.String() != "~ subscriber desk/weekly (erased)" {
		t.Errorf("of her the audit says %+v: %s", c.Actor, c.Change)
	}

	a, err := b.AccountOf(t.Context(), "ana@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.AskIn(t.Context(), "ana@example.org", "browser", time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := desk.Note(t.Context(), digest.Actor{Account: a.ID, Name: "Ana", Via: "console"}, digest.Change{Verb: "change", What: "project desk"}); err != nil {
		t.Fatal(err)
	}
	if err := desk.RemoveMember(t.Context(), by, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	if in := mentions(t, b, "ana@example.org"); strings.Join(in, " ") != "audit" { // joana's
		t.Errorf("in no project and erased again, she stands in %v", in)
	}
	if in := mentions(t, b, "Ana,"); len(in) != 0 {
		t.Errorf("her name stands in %v", in)
	}
	if _, err := b.AccountOf(t.Context(), "ana@example.org"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("she has an account: %v", err)
	}
	if _, err := b.AccountOf(t.Context(), "maya@example.org"); err != nil {
		t.Errorf("and Maya has none: %v", err)
	}
	if _, err := b.Erase(t.Context(), " "); err == nil {
		t.Error("nobody is erased")
	}
}
