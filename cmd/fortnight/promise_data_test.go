package main

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/internal/inbox"
	"fortnight/internal/postgres/pgtest"
)

// everyDay writes a message each half hour from 9:00 to 17:30 UTC of each day, for ten weeks, up to an instant.
func everyDay(upTo time.Time) string {
	return fmt.Sprintf(`INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author)
		SELECT 'desk', 'm' || extract(epoch FROM at), 'c' || extract(epoch FROM at)::bigint / 7200, 'u' || extract(doy FROM at), at, 'in', 'user'
		FROM generate_series(date_trunc('day', '%[1]s'::timestamptz) - interval '70 days', '%[1]s', '30 min') AS at
		WHERE extract(hour FROM at) BETWEEN 9 AND 17;`, upTo.UTC().Format(time.RFC3339))
}

// eventsOf is a database of Fortnight's own tables with a desk's rows.
func eventsOf(t *testing.T, rows ...string) (dsn string) {
	t.Helper()
	return pgtest.New(t, append([]string{"SET TimeZone = 'UTC'", collectors.NativeTables(), `INSERT INTO fortnight_events.tenant VALUES ('desk', 'Support desk', 'UTC', 'en')`}, rows...)...)
}

// weekly is fortnight.yaml of a project in UTC with digests that were due at an instant; each has the sections that it is given, and a
// source of its own name.
func weekly(due time.Time, digests map[string]string, subscribers string) string {
	var sources, list strings.Builder
	for _, name := range slices.Sorted(keysOf(digests)) {
		fmt.Fprintf(&sources, "      %s: {platform: native, dsn_env: %s_DSN, tenant: desk}\n", name, strings.ToUpper(name))
		var sections []string
		for _, s := range strings.Fields(digests[name]) {
			sections = append(sections, fmt.Sprintf("%s: %s", s, name))
		}
		fmt.Fprintf(&list, "      %s:\n        cadence: weekly\n        at: %s %s\n        active: true\n        sections: [%s]\n        subscribers:\n%s",
			name, strings.ToLower(due.Format("Mon")), due.Format("15:04"), strings.Join(sections, ", "), subscribers)
	}
	return "projects:\n  desk:\n    name: Support desk\n    zone: UTC\n    sources:\n" + sources.String() + "    digests:\n" + list.String()
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// wasDown makes an installation whose schedule was last looked at before so many dues, the latest of which is due.
func (p *place) wasDown(t *testing.T, due time.Time, dues int) {
	t.Helper()
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.digests SET last_due = $1", due.AddDate(0, 0, -7*dues)); err != nil {
		t.Fatal(err)
	}
}

// dueDesk is an installation with one digest of the section activity, two readers and an admin, which was down over some dues.
func dueDesk(t *testing.T, relay net.Addr, due time.Time, dues int, dsn string) *place {
	t.Helper()
	p := newPlace(t, relay)
	p.env["EVENTS_DSN"], p.env["FORTNIGHT_ADMIN_EMAIL"], p.env["FORTNIGHT_RETRY"] = dsn, "admin@desk.example", "1s"
	p.apply(t, weekly(due, map[string]string{"events": "activity"}, manyReaders(2)))
	p.wasDown(t, due, dues)
	return p
}

// instants are the two dues of these tests, and the end of the period that a due covers: weeks end with Sunday.
func instants() (justNow, daysAgo time.Time, end func(due time.Time) time.Time) {
	now := time.Now().UTC().Truncate(time.Minute)
	return now.Add(-20 * time.Minute), now.Add(-48 * time.Hour), func(due time.Time) time.Time {
		return due.Truncate(24*time.Hour).AddDate(0, 0, -(int(due.Weekday())+6)%7)
	}
}

// laterOn lets the time pass that an edition waits for its source: what it began at moves back, and it is looked at again.
func (p *place) laterOn(t *testing.T, by time.Duration) {
	t.Helper()
	if _, err := p.pool.Exec(t.Context(), `UPDATE fortnight.editions SET start_at = start_at - $1::interval, next_at = least(next_at, $2)
		WHERE state = 'due'`, by, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	await(t, "a job sleeps until the edition's time", 10*time.Second, func() bool {
		tag, err := p.pool.Exec(t.Context(), "UPDATE fortnight.river_job SET scheduled_at = now() WHERE state = 'scheduled'")
		return err == nil && tag.RowsAffected() > 0
	})
}

// mailsTo are those of one recipient.
func mailsTo(box *inbox.Inbox, to string) (mails []inbox.Message) {
	for _, m := range box.Messages() {
		if m.To == to {
			mails = append(mails, m)
		}
	}
	return mails
}

// readersMail is the one mail of each of the two readers: its subject, text and html, which are the same but for their names.
func readersMail(t *testing.T, box *inbox.Inbox) (subject, text, page string) {
	t.Helper()
	for _, to := range []string{"reader00@desk.example", "reader01@desk.example"} {
		mails := mailsTo(box, to)
		if len(mails) != 1 {
			t.Fatalf("%s has %d mails", to, len(mails))
		}
		parts := bodies(t, mails[0].Raw)
		subject, text, page = decodedSubject(t, mails[0].Raw), oneLine(parts["text/plain"]), seen([]byte(parts["text/html"]))
	}
	return oneLine(subject), text, page
}

// toldOf is what the admin was told.
func toldOf(t *testing.T, box *inbox.Inbox) (subjects []string) {
	t.Helper()
	for _, m := range mailsTo(box, "admin@desk.example") {
		subjects = append(subjects, decodedSubject(t, m.Raw))
	}
	return subjects
}

// counterOf reads a counter of /metrics.
func counterOf(t *testing.T, web, name string) string {
	t.Helper()
	_, page := ask(t, "GET", web+"/metrics", "")
	if m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return "not there"
}

func contains(t *testing.T, what, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q: %s", what, w, text)
		}
	}
}

// TestPromise12DataThatAreNotThereYetAreWaitedForAndMissedEditionsCaughtUp: the source's newest message is a day and a half older than
// the period's end, on a desk that is never silent for more than a night. (A standby that lags: collectors, with two real servers.)
func TestPromise12DataThatAreNotThereYetAreWaitedForAndMissedEditionsCaughtUp(t *testing.T) {
	t.Parallel()
	justNow, daysAgo, endOf := instants()
	figures := map[string]string{}
	report := func(t *testing.T, key, format string, args ...any) {
		t.Helper()
		figures[key] = fmt.Sprintf(format, args...)
	}

	t.Run("the data come while it waits", func(t *testing.T) {
		box, addr := newInbox(t)
		dsn := eventsOf(t, everyDay(endOf(justNow).Add(-36*time.Hour)))
		p := dueDesk(t, addr, justNow, 1, dsn)
		x, web := p.serve(t)
		p.awaitWaiting(t, x)
		if n := len(mailsTo(box, "reader00@desk.example")); n != 0 {
			t.Fatalf("%d mails while it waits", n)
		}
		execute(t, dsn, "DELETE FROM fortnight_events.message;"+everyDay(time.Now()))
		p.laterOn(t, 0)
		p.awaitDone(t, 1, x)
		subject, text, _ := readersMail(t, box)
		if strings.Contains(subject, "data up to") || strings.Contains(text, "Data up to") {
			t.Errorf("it is labelled: %s", subject)
		}
		contains(t, "the subject", subject, "126 messages") // 18 a day
		contains(t, "the counter", counterOf(t, web, `fortnight_editions_collected_total\{outcome="waiting"\}`), "1")
		report(t, "1", "waited, then sent whole 1/1")
	})

	t.Run("they do not come for two hours", func(t *testing.T) {
		box, addr := newInbox(t)
		stopped := endOf(justNow).Add(-36 * time.Hour)
		p := dueDesk(t, addr, justNow, 1, eventsOf(t, everyDay(stopped)))
		x, _ := p.serve(t)
		p.awaitWaiting(t, x)
		e := p.editions(t, digest.EditionDue)[0]
		contains(t, "the reason", e.Reason, "the source has data up to "+stopped.Format(time.RFC3339)+" only")
		p.laterOn(t, 90*time.Minute) // 1 h 50 min after it was due
		p.awaitWaiting(t, x)
		time.Sleep(3 * time.Second)
		if n := len(mailsTo(box, "reader00@desk.example")); n != 0 || len(p.editions(t, digest.EditionDue)) != 1 {
			t.Fatalf("%d mails before two hours are over", n)
		}
		p.laterOn(t, 11*time.Minute)
		p.awaitDone(t, 1, x)
		subject, text, page := readersMail(t, box)
		label := stopped.Format("2 Jan") + ", 12:00"
		contains(t, "the subject", subject, "(data up to "+label+")")
		for what, said := range map[string]string{"the text": text, "the html": page} {
			contains(t, what, said, "Data up to "+stopped.Format("Mon 2 Jan")+", 12:00 UTC", "0 of 1 sections complete, 1 in part")
		}
		told := toldOf(t, box)
		if len(told) != 1 || !strings.Contains(told[0], "waits for its data") {
			t.Errorf("the admin was told %q", told)
		}
		report(t, "2", "sent after 2 h as “data up to %s” 1/1", label)
	})

	t.Run("down over one due", func(t *testing.T) {
		box, addr := newInbox(t)
		p := dueDesk(t, addr, daysAgo, 1, eventsOf(t, everyDay(time.Now())))
		x, web := p.serve(t)
		p.awaitDone(t, 1, x)
		subject, text, page := readersMail(t, box)
		contains(t, "the subject", subject, "126 messages", "(sent 2 days late)")
		contains(t, "the text", text, "Sent 2 days late")
		contains(t, "the html", page, "Sent 2 days late")
		contains(t, "the counter", counterOf(t, web, "fortnight_missed_editions_total"), "0")
		report(t, "3", "late and labelled 1/1")
	})

	for _, c := range []struct {
		name             string
		dues             int
		mails, inArchive int
		metric           string
	}{
		{"down over three dues", 3, 1, 2, "2"},
		{"down over six", 6, 1, 5, "5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, addr := newInbox(t)
			p := dueDesk(t, addr, daysAgo, c.dues, eventsOf(t, everyDay(time.Now())))
			_, web := p.serve(t)
			await(t, "the latest done, the others in the archive", 90*time.Second, func() bool {
				return len(p.editions(t, digest.EditionDone)) == c.mails && len(p.editions(t, digest.EditionArchived)) == c.inArchive && len(mailsTo(box, "admin@desk.example")) > 0
			})
			subject, text, page := readersMail(t, box)
			contains(t, "the subject", subject, "3 weeks, 378 messages")
			listed, older := 0, 0
			for _, e := range p.editions(t, "") {
				first, last := e.Period.First(), e.Period.Last()
				said := fmt.Sprintf("%d–%d", first.Day, last.Day)
				if first.Month != last.Month {
					said = fmt.Sprintf("%d %s – %d", first.Day, first.Month.String()[:3], last.Day)
				}
				if has := strings.Contains(text, said) && strings.Contains(page, said); has && strings.Contains(text, "All editions in this mail") {
					listed++
				}
				if e.State == digest.EditionArchived && len(e.Deliveries) != 0 {
					t.Errorf("%s is in the archive, with deliveries %v", e.Label, e.Deliveries)
				}
				if e.State == digest.EditionArchived && e.Reason == "" {
					t.Errorf("%s does not say why it is in the archive", e.Label)
				}
				older++
			}
			if listed != 3 || older != c.dues {
				t.Errorf("the mail lists %d of %d periods:\n%s", listed, older, text)
			}
			contains(t, "the counter", counterOf(t, web, "fortnight_missed_editions_total"), c.metric)
			told := toldOf(t, box)
			if len(told) != 1 || !strings.Contains(told[0], "missed") {
				t.Errorf("the admin was told %q", told)
			}
			report(t, fmt.Sprint(3+c.dues), "%d dues: 1 mail a reader listing 3 periods, %d in the archive, fortnight_missed_editions_total %s", c.dues, c.inArchive, c.metric)
		})
	}
	var line []string
	for _, key := range slices.Sorted(keysOf(figures)) {
		line = append(line, figures[key])
	}
	t.Logf("figures: %s", strings.Join(line, "; "))
}

// awaitWaiting waits until the one edition waits for its source.
func (p *place) awaitWaiting(t *testing.T, x *process) {
	t.Helper()
	await(t, "an edition that waits", time.Minute, func() bool {
		select {
		case <-x.ended:
			t.Fatalf("serve ended: %v\n%s", x.cmd.ProcessState, &x.err)
		default:
		}
		var waiting int
		if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.editions WHERE state = 'due' AND reason <> '' AND next_at > now()").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		return waiting == 1
	})
}

// execute runs statements in a database.
func execute(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}
