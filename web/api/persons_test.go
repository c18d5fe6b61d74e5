package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestPeopleOfFlowsAreTheirsAloneWhoMayWriteAndEachLookIsAudited(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range []string{"/persons", "/persons.csv"} {
		if a := s.ask(t, "fn_read", "GET /projects/desk/editions/9"+path, ""); a.status != http.StatusForbidden {
			t.Errorf("%s is answered %d to a token that may only read", path, a.status)
		}
	}
	if len(s.books.looked) > 0 {
		t.Errorf("the audit has looks that were refused: %q", s.books.looked)
	}
	list := s.ask(t, everything, "GET /projects/desk/editions/9/persons?flow=intake&practice=north&limit=1&after=1", "")
	if list.status != http.StatusOK || !strings.Contains(list.body, `"answers":[{"question":"First visit?","answer":"Yes"}`) || !strings.Contains(list.body, `"next":"2"`) {
		t.Errorf("%d %s", list.status, list.body)
	}
	if w, ok := s.books.wanted.(digest.FlowPersonsWanted); !ok || w != (digest.FlowPersonsWanted{Kind: "answered", Flow: "intake", Practice: "north", Skip: 1, Most: 1}) {
		t.Errorf("asked for %+v", s.books.wanted)
	}
	file := s.ask(t, everything, "GET /projects/desk/editions/9/persons.csv", "")
	if file.status != http.StatusOK || !strings.Contains(file.body, `u1,'=cmd|'/c calc'!A1,'+49 30 5550101,Intake,north,`) || !strings.Contains(file.body, ",2,Which day?,'-1") {
		t.Errorf("%d %s", file.status, file.body)
	}
	kept := s.ask(t, everything, "GET /projects/desk/editions/9/persons.csv?kind=recovered", "")
	if kept.status != http.StatusOK || !strings.Contains(kept.body, ",north,a20,,") || !strings.Contains(kept.body, ",on the phone") {
		t.Errorf("%d %s", kept.status, kept.body)
	}
	for _, wrong := range []string{"kind=all", "after=x"} {
		if a := s.ask(t, everything, "GET /projects/desk/editions/9/persons?"+wrong, ""); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered %d", wrong, a.status)
		}
	}
	want := []string{"flows' people SD-2026-W12: view, answered, flow intake, practice north", "flows' people SD-2026-W12: export, answered", "flows' people SD-2026-W12: export, recovered"}
	if len(s.books.looked) != 3 || !slices.EqualFunc(s.books.looked, want, strings.Contains) {
		t.Errorf("the audit has %q", s.books.looked)
	}
}
