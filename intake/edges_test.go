package intake

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestObjectsOneAfterTheOtherAreAllReadThoughTheyCameAsJSON(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(twoMessages), "\n")
	const more = "The list ends before this, and what follows was not read: send one list."
	for _, c := range []struct {
		name, body  string
		good        int
		wantsFaults []string
	}{
		{"lines of objects, which curl calls JSON where nobody says", twoMessages, 2, nil},
		{"objects without anything between", lines[0] + lines[1], 2, nil},
		{"a word among them", lines[0] + "\nand\n" + lines[1], 1, []string{"2: From here on this is no JSON: invalid character 'a' looking for beginning of value. Nothing after it was read."}},
		{"a list and a word", "[" + lines[0] + "] and so on", 1, []string{"2: " + more}},
		{"a list and an object", "[" + lines[0] + "]" + lines[1], 1, []string{"2: " + more}},
		{"two lists", "[]\n[" + lines[0] + "]", 0, []string{"1: " + more}},
		{"a list and spaces", "[" + lines[0] + "]  \r\n\t\n", 1, nil},
		{"a list that does not end", "[" + lines[0] + ",", 1, []string{"2: From here on this is no JSON: unexpected EOF. Nothing after it was read."}},
		{"an object that does not end", lines[0] + lines[1][:20], 1, []string{"2: From here on this is no JSON: unexpected EOF. Nothing after it was read."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in, _ := open(t)
			taken := take(t, in, c.body, digest.Batch{Format: "json"})
			are(t, faults(taken), c.wantsFaults...)
			if taken.Good != c.good || taken.Written != c.good {
				t.Errorf("taken: %+v", taken)
			}
		})
	}
}

func TestTextInAnotherEncodingIsAFaultAndTwoIdsNeverBecomeOne(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	line := func(id string) string {
		return `{"relation":"message","message_id":"` + id + `","sent_at":"2026-03-20T10:00:00Z","conversation_id":"c","direction":"in","author":"user"}` + "\n"
	}
	taken := take(t, in, line("M\xfcller")+line("M\xf6ller")+line("Müller"), digest.Batch{Format: "ndjson"})
	are(t, faults(taken), "1: This is no UTF-8: write it as UTF-8.", "2: This is no UTF-8: write it as UTF-8.")
	are(t, list(t, pool, "SELECT message_id FROM fortnight_events.message"), "Müller")
}

func TestAnEmptyTextSaysNothing(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	taken := take(t, in, `{"relation":"goal_event","event_id":"g","user_id":"","kind":"portal_enrolled","occurred_at":"2026-03-20T10:00:00Z","status":"","practice":"","appointment_id":"","flow_session_id":"","amount":"","currency":"","detail":""}
{"relation":"goal_event","event_id":"","kind":"portal_enrolled","occurred_at":"2026-03-20T10:00:00Z"}
{"relation":"conversation","conversation_id":"c","started_at":"2026-03-20T10:00:00Z","status":"","waiting_since":"","urgency":""}`, digest.Batch{Format: "ndjson"})
	are(t, faults(taken), "2 event_id: event_id is empty.")
	are(t, list(t, pool, "SELECT num_nonnulls(user_id, status, practice, appointment_id, flow_session_id, amount, currency, detail)::text FROM fortnight_events.goal_event"), "0")
	are(t, list(t, pool, "SELECT num_nonnulls(status, waiting_since, urgency)::text FROM fortnight_events.conversation"), "0")
}

func TestAnAmountIsTakenAsProgramsWriteIt(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	var body strings.Builder
	for i, amount := range []string{"3.3000000000000003", "1e2", "1.5E1", "0.30000000000000004", `"12.50"`, `"0.30000000000000004"`, "-7"} {
		fmt.Fprintf(&body, `{"relation":"goal_event","event_id":"%d","kind":"portal_enrolled","occurred_at":"2026-03-20T10:00:00Z","amount":%s}`+"\n", i, amount)
	}
	body.WriteString(`{"relation":"goal_event","event_id":"x","kind":"portal_enrolled","occurred_at":"2026-03-20T10:00:00Z","amount":1e300}`)
	taken := take(t, in, body.String(), digest.Batch{Format: "ndjson"})
	are(t, faults(taken), `8 amount: amount is "1e300", and is to be a number.`)
	are(t, list(t, pool, "SELECT round(amount, 2)::text FROM fortnight_events.goal_event ORDER BY event_id"), "3.30", "100.00", "15.00", "0.30", "12.50", "0.30", "-7.00")
}

func TestWhoWroteFirstIsKeptWhicheverLineOfABodySaysSo(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	take(t, in, `{"relation":"end_user","user_id":"ana","first_seen_at":"2026-02-01T00:00:00Z"}
{"relation":"end_user","user_id":"ana","first_seen_at":"2026-01-01T00:00:00Z","display_name":"Ana"}
{"relation":"end_user","user_id":"ana","display_name":"Ana B."}`, digest.Batch{Format: "ndjson"})
	are(t, list(t, pool, "SELECT display_name || to_char(first_seen_at AT TIME ZONE 'UTC', ' YYYY-MM-DD') FROM fortnight_events.end_user"), "Ana B. 2026-01-01")
}

func TestSeveralProjectsWhoseMessagesAskForTheSameMonthsAtOnceMakeThemOnce(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	in.rows = 20
	var lines []string
	for n := range 240 {
		lines = append(lines, fmt.Sprintf(`{"relation":"message","message_id":"m%d","conversation_id":"c%d","user_id":"u%d","sent_at":%q,"direction":"in","author":"user"}`,
			n, n%9, n%5, today.AddDate(0, -n%24, 0).Format(time.RFC3339)))
	}
	failed := make(chan error, 8)
	for i := range cap(failed) {
		go func() {
			mine, project := slices.Clone(lines), desk
			if i%2 == 1 {
				slices.Reverse(mine)
			}
			project.Key = fmt.Sprintf("desk-%d", i/2)
			_, err := in.Take(t.Context(), strings.NewReader(strings.Join(mine, "\n")), digest.Batch{Project: project, Format: "ndjson", AllOrNone: i%3 == 0}, Watch{})
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	are(t, list(t, pool, "SELECT count(*) || ' ' || count(DISTINCT tableoid) FROM fortnight_events.message"), "960 24")
}

// endless gives a beginning, and then the same letter again and again; it counts what was read.
type endless struct {
	beginning string
	letter    byte
	read      int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.beginning)
	e.beginning = e.beginning[n:]
	for ; n < len(p); n++ {
		p[n] = e.letter
	}
	if e.read += n; e.read > 64<<20 {
		return 0, io.ErrNoProgress
	}
	return n, nil
}

func TestALineThatDoesNotEndIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	good := strings.Split(twoMessages, "\n")[0]
	for _, c := range []struct{ name, format, beginning, want string }{
		{"a JSON text", "json", "[" + good + `, {"message_id": "`, "2: The element is longer than 1024 kB. Nothing after it was read."},
		{"a JSON object of a text", "json", good + `{"message_id": "`, "2: The element is longer than 1024 kB. Nothing after it was read."},
		{"a quote in CSV", "csv", "message_id,sent_at,conversation_id,direction,author\nm1,2026-03-20T09:00Z,c1,in,user\n\"m2", "3: From here on this is no CSV: a line does not end, where a quote may not be closed. Nothing after it was read."},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := &endless{beginning: c.beginning, letter: 'a'}
			taken, err := in.Take(t.Context(), body, digest.Batch{Project: desk, Format: c.format, Relation: "message"}, Watch{})
			if err != nil {
				t.Fatal(err)
			}
			are(t, faults(taken), c.want)
			if taken.Good != 1 || body.read > 8<<20 {
				t.Errorf("%d good lines; %d octets were read", taken.Good, body.read)
			}
		})
	}
}

func TestALineOfManyFieldsIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	var long strings.Builder
	long.WriteString(`{"relation":"message"`)
	for n := range 50_000 {
		fmt.Fprintf(&long, `,"mesage_%d":1`, n)
	}
	begun := time.Now()
	taken := take(t, in, long.String()+"}", digest.Batch{Format: "ndjson"})
	are(t, faults(taken), "1: The line has 50000 fields: 200 are taken.")
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAFileOfSemicolonsIsToldApart(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	_, err := in.Take(t.Context(), strings.NewReader("message_id;sent_at\nm1;2026-03-20T09:00Z\n"), digest.Batch{Project: desk, Format: "csv", Relation: "message"}, Watch{})
	if err == nil || !strings.Contains(err.Error(), "its columns are parted by semicolons or tabs: save it with commas") {
		t.Errorf("said: %v", err)
	}
}
