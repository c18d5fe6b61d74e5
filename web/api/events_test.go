package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"fortnight/digest"
)

// lines is an intake that takes a line for good, unless it begins with a !; it notes how it was asked.
type lines struct {
	asked digest.Batch
	body  string
	fault error
}

func (l *lines) take(_ context.Context, body io.Reader, b digest.Batch) (taken digest.Taken, err error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return taken, err
	}
	l.asked, l.body = b, string(raw)
	for i, line := range strings.Split(strings.TrimSpace(l.body), "\n") {
		if line == "" {
			continue
		}
		taken.Lines++
		if line[0] == '!' {
			taken.Faults = append(taken.Faults, digest.LineFault{Line: i + 1, Field: "sent_at", Detail: "sent_at is missing."})
		} else {
			taken.Good++
		}
	}
	if !b.AllOrNone || taken.Refused() == 0 {
		taken.Written = taken.Good
	}
	return taken, l.fault
}

func TestEventsAreAnsweredLineByLine(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const ndjson = "application/x-ndjson"
	for _, c := range []struct {
		name, request, kind, body string
		status                    int
		says                      []string
	}{
		{"all are good", "POST /events", ndjson, "a\nb\n", 200, []string{`{"lines":2,"taken":2,"written":2,"unchanged":0,"refused":0,"faults":[]}`}},
		{"one has a fault", "POST /events", ndjson, "a\n!b\n", 207, []string{`"taken":1`, `"refused":1`, `"faults":[{"detail":"sent_at is missing.","field":"sent_at","line":2}]`}},
		{"one has a fault, and none is to be taken then", "POST /events?on_fault=refuse", ndjson, "a\n!b\n", 422, []string{"Nothing was taken: 1 of 2 lines have faults.", `"line":2`, "#problem-refused"}},
		{"all have faults", "POST /events", ndjson, "!a\n!b\n", 422, []string{"2 of 2 lines"}},
		{"there is none", "POST /events", ndjson, "", 422, []string{"There is no event"}},
		{"the type is not read", "POST /events", "image/png", "a", 415, []string{"#problem-media", "application/x-ndjson"}},
		{"a parameter that there is not", "POST /events?relations=message", ndjson, "a", 422, []string{"query.relations"}},
		{"a choice that there is not", "POST /events?on_fault=panic", ndjson, "a", 422, []string{"query.on_fault", "keep or refuse"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := s.ask(t, everything, c.request, c.body, "Content-Type", c.kind)
			if got.status != c.status {
				t.Errorf("it is answered %d %s", got.status, got.body)
			}
			for _, want := range c.says {
				if !strings.Contains(got.body, want) {
					t.Errorf("the answer lacks %s: %s", want, got.body)
				}
			}
		})
	}
	if got := s.ask(t, "fn_read", "POST /events", "a", "Content-Type", ndjson); got.status != http.StatusForbidden || !strings.Contains(got.body, `"scope":"events"`) {
		t.Errorf("a token that reads is answered %d %s", got.status, got.body)
	}
	if got := s.ask(t, "", "POST /events", "a", "Content-Type", ndjson); got.status != http.StatusUnauthorized {
		t.Errorf("nobody is answered %d", got.status)
	}
}

func TestEventsAreReadAsTheirHeadersSay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, "a\n")
	_ = z.Close()
	for _, c := range []struct {
		name, request, body string
		headers             []string
		want                string // format, relation, event
	}{
		{"NDJSON", "POST /events", "a", []string{"Content-Type", "application/x-ndjson; charset=utf-8"}, "ndjson"},
		{"JSON Lines", "POST /events", "a", []string{"Content-Type", "application/jsonl"}, "ndjson"},
		{"nothing said", "POST /events", "a", nil, "json"},
		{"CSV of messages", "POST /events?relation=message", "a", []string{"Content-Type", "text/csv"}, "csv message"},
		{"a structured CloudEvent", "POST /events", "a", []string{"Content-Type", "application/cloudevents+json"}, "json"},
		{"a batch of them", "POST /events", "a", []string{"Content-Type", "application/cloudevents-batch+json"}, "json"},
		{
			"one in binary", "POST /events", "a",
			[]string{"Content-Type", "application/json", "ce-specversion", "1.0", "ce-type", "com.example.message", "ce-id", "caf%C3%A9", "ce-source", "/x", "ce-time", "2026-03-20T09:00:00Z"},
			"json café com.example.message 2026-03-20T09:00:00Z",
		},
		{"gzip", "POST /events", packed.String(), []string{"Content-Type", "application/x-ndjson", "Content-Encoding", "gzip"}, "ndjson"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.ask(t, everything, c.request, c.body, c.headers...); got.status != 200 {
				t.Fatalf("it is answered %d %s", got.status, got.body)
			}
			b := s.intake.asked
			got := strings.Join(strings.Fields(fmt.Sprint(b.Format, " ", b.Relation, " ", b.Event["id"], " ", b.Event["type"], " ", b.Event["time"])), " ")
			if got != c.want || b.Project.Key != "desk" || b.Most != heaviestEvents || s.intake.body != c.body {
				t.Errorf("the intake was asked for %s (%+v)", got, b)
			}
		})
	}
	if got := s.ask(t, everything, "POST /events?relation=message", "PAR1", "Content-Type", "application/vnd.apache.parquet"); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("Parquet, whose reader takes what memory a body asks for, is answered %d", got.status)
	}
	if got := s.ask(t, everything, "POST /events", "a", "Content-Encoding", "br"); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("a packing that is not known is answered %d", got.status)
	}
}

func TestABodyOfEventsThatCannotBeReadSaysWhatIsSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  error
		status int
		says   string
	}{
		{fmt.Errorf("read: %w", digest.ErrTooLarge), 413, "more than 128 MB"},
		{fmt.Errorf("%w: line 3 does not end", digest.ErrUnreadable), 422, "The body cannot be read: line 3 does not end."},
		{&digest.RefusedError{Field: "relation", Reason: "there is no relation"}, 422, `"field":"relation"`},
		{io.ErrUnexpectedEOF, 408, "broke off"},
		{errors.New("connection refused"), 500, "not for what was sent"},
	} {
		s := serve(t)
		s.intake.fault = c.fault
		got := s.ask(t, everything, "POST /events", "a\n", "Content-Type", "application/x-ndjson")
		if got.status != c.status || !strings.Contains(got.body, c.says) || strings.Contains(got.body, "connection refused") {
			t.Errorf("%v is answered %d %s", c.fault, got.status, got.body)
		}
	}
}
