package collectors

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// aSource is Fortnight's own tables with the tenant desk, which is also what tenant_id is when a seed does not say.
const aSource = `
INSERT INTO fortnight_events.tenant VALUES ('desk', 'Support desk', NULL, 'en');
DO $$
DECLARE t text;
BEGIN
    FOR t IN SELECT table_name FROM information_schema.columns WHERE table_schema = 'fortnight_events' AND column_name = 'tenant_id' LOOP
        EXECUTE format('ALTER TABLE fortnight_events.%I ALTER tenant_id SET DEFAULT ''desk''', t);
    END LOOP;
END $$;
`

// seeded gives the DSN of a database of Fortnight's own tables with rows in it. Seeds name tables without their schema.
func seeded(t *testing.T, seed string) string {
	t.Helper()
	dsn := pgtest.New(t, NativeTables(), aSource)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "SET search_path = fortnight_events; SET TimeZone = 'UTC'; "+seed); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// reading is one week of a seeded source: of local days from..to (exclusive) in a zone, read at an instant long after.
type reading struct {
	zone, from, to string
	readAt         time.Time
	ask            digest.Ask
}

// aWeek is Monday 16 to Sunday 22 March 2026 in Berlin (UTC+1), the week before is 9 to 15 March.
var aWeek = reading{zone: "Europe/Berlin", from: "2026-03-16", to: "2026-03-23"}

// old is a message before the previous period, so that there is one.
const old = `INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
	VALUES ('old', 'old', 'old', '2025-01-01 12:00', 'in', 'user');`

// collect reads one section. It fails the test unless all its queries were answered.
func (x reading) collect(t *testing.T, key, seed string) *digest.Section {
	t.Helper()
	loc, err := time.LoadLocation(x.zone)
	if err != nil {
		t.Fatal(err)
	}
	from, _ := digest.ParseDate(x.from)
	to, err := digest.ParseDate(x.to)
	if err != nil {
		t.Fatal(err)
	}
	ask := x.ask
	if ask.Period, err = digest.NewPeriod(from, to, loc); err != nil {
		t.Fatal(err)
	}
	ask.Sections = []string{key}
	if x.readAt.IsZero() {
		x.readAt = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	source, err := Open(t.Context(), "desk", "native", seeded(t, seed), "desk", func() time.Time { return x.readAt })
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := source.Collect(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot.Section(key)
	if s == nil {
		t.Fatalf("section %s is left out", key)
	}
	if s.Status == digest.Broken {
		t.Fatalf("section %s failed: %s", key, s.Reason)
	}
	return s
}

// figuresAre compares figures with "now" or "now before"; n/a is a figure without anything to divide by. With -v it tells both.
func figuresAre(t *testing.T, s *digest.Section, want map[string]string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		w := want[key]
		f, ok := s.Figure(key)
		if !ok {
			t.Errorf("there is no figure %s", key)
			continue
		}
		got := spell(f.Value, f.Unit)
		if strings.Contains(w, " ") {
			got += " " + spell(f.Previous, f.Unit)
		}
		t.Logf("%s.%s: by hand %s, read %s", s.Key, key, w, got)
		if got != w {
			t.Errorf("%s is %s, want %s", key, got, w)
		}
	}
}

func spell(v digest.Value, u digest.Unit) string {
	switch {
	case v.State == digest.Empty:
		return "n/a"
	case !v.Is():
		return string(v.State)
	case u == digest.Instant:
		return v.Instant.Format(time.RFC3339)
	case u == digest.Text:
		return v.Text
	default:
		return spellNumber(v.Number)
	}
}

func spellNumber(n float64) string {
	s := strconv.FormatFloat(n, 'f', 3, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// daysAre compares a series by day: numbers in order, a gap is "-".
func daysAre(t *testing.T, s *digest.Section, chart, series, want string) {
	t.Helper()
	c := s.Chart(chart)
	if c == nil {
		t.Errorf("there is no chart %s", chart)
		return
	}
	all := c.Series
	if name, before := strings.CutPrefix(series, "before "); before {
		if c.Previous == nil {
			t.Errorf("chart %s has no previous period", chart)
			return
		}
		series, all = name, c.Previous.Series
	}
	i := slices.IndexFunc(all, func(x digest.Series) bool { return x.Key == series })
	if i < 0 {
		t.Errorf("chart %s has no series %s", chart, series)
		return
	}
	var got []string
	for _, p := range all[i].Points {
		if p.Value == nil {
			got = append(got, "-")
		} else {
			got = append(got, spellNumber(*p.Value))
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%s, %s: %s, want %s", chart, series, strings.Join(got, " "), want)
	}
}

// rowsAre compares a ranking or donut: "name=value" in order, of the series current or previous.
func rowsAre(t *testing.T, s *digest.Section, chart, series, want string) {
	t.Helper()
	c := s.Chart(chart)
	if c == nil || c.Find(series) == nil {
		t.Errorf("there is no chart %s with a series %s", chart, series)
		return
	}
	var got []string
	for _, p := range c.Find(series).Points {
		name := p.Label
		if p.Role != digest.Ordinary {
			name = "(" + string(p.Role) + ")"
		}
		got = append(got, fmt.Sprintf("%s=%s", name, spellNumber(*p.Value)))
	}
	if strings.Join(got, ", ") != want {
		t.Errorf("%s, %s: %s, want %s", chart, series, strings.Join(got, ", "), want)
	}
}

// noteIs compares a note's values: "key=value" in alphabetical order; "" means that there must be no such note.
func noteIs(t *testing.T, s *digest.Section, key, want string) {
	t.Helper()
	n, ok := s.Note(key)
	var got []string
	for k, v := range n.Values {
		u := digest.Count
		if v.Text != "" {
			u = digest.Text
		}
		got = append(got, k+"="+spell(v, u))
	}
	slices.Sort(got)
	if strings.Join(got, ", ") != want || ok == (want == "") {
		t.Errorf("note %s: %q, want %q", key, strings.Join(got, ", "), want)
	}
}

func stateIs(t *testing.T, s *digest.Section, chart string, want digest.State) {
	t.Helper()
	if c := s.Chart(chart); c == nil || c.State != want {
		t.Errorf("chart %s: %+v, want the state %s", chart, c, want)
	}
}
