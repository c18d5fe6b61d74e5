package ledger_test

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestACauseIsToldOnceAnHourHoweverManyProcessesAsk(t *testing.T) {
	t.Parallel()
	b := filled(t)
	asked := func(project, cause string) (first int) {
		t.Helper()
		yes := make([]bool, 30)
		for _, err := range together(len(yes), func(i int) (err error) {
			yes[i], err = b.FirstToTell(t.Context(), project, cause)
			return err
		}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, y := range yes {
			if y {
				first++
			}
		}
		return first
	}
	long := strings.Repeat("a very long cause \x00\xff", 1000)
	for step, want := range []struct {
		after time.Duration
		told  int
	}{{0, 1}, {59 * time.Minute, 0}, {time.Minute, 1}, {time.Second, 0}} {
		b.clock.pass(want.after)
		for _, cause := range []string{"held 17", "parked 17", long} {
			if n := asked("desk", cause); n != want.told {
				t.Errorf("step %d: %d are to tell of %.20s, want %d", step, n, cause, want.told)
			}
		}
	}
	if err := b.Untell(t.Context(), "held 17"); err != nil { // the mail did not get through
		t.Fatal(err)
	}
	if n := asked("desk", "held 17"); n != 1 {
		t.Errorf("after telling failed %d are to tell", n)
	}
	if n := asked("", "the database is full"); n != 1 {
		t.Errorf("of the installation's own cause %d are to tell", n)
	}
}

func TestWhatWasToldIsForgottenWithItsHourAndItsPerson(t *testing.T) {
	t.Parallel()
	b := filled(t)
	tell := func(cause string) {
		t.Helper()
		if first, err := b.FirstToTell(t.Context(), "desk", cause); err != nil || !first {
			t.Fatalf("%s: %v, %v", cause, first, err)
		}
	}
	tell("complaint of Ana@Example.org")
	tell("held 17")
	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, b, "told"); n != 1 {
		t.Errorf("%d causes are left", n)
	}
	b.clock.pass(time.Hour + time.Second)
	if _, err := b.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, b, "told"); n != 0 {
		t.Errorf("an hour later %d causes are left", n)
	}
}

func rows(t testing.TB, b book, table string) (n int) {
	t.Helper()
	if err := b.pool.QueryRow(context.WithoutCancel(t.Context()), "SELECT count(*) FROM fortnight."+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
