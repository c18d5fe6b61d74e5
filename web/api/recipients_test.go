package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestRecipientsAreTheirsAloneWhoMayWriteAndEachLookIsAudited(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range []string{"/recipients", "/recipients.csv", "/recipients/u1"} {
		if a := s.ask(t, "fn_read", "GET /projects/desk/editions/9"+path, ""); a.status != http.StatusForbidden {
			t.Errorf("%s is answered %d to a token that may only read", path, a.status)
		}
	}
	if len(s.books.looked) > 0 {
		t.Errorf("the audit has looks that were refused: %q", s.books.looked)
	}
	list := s.ask(t, everything, "GET /projects/desk/editions/9/recipients?status=failed&limit=1&after=1", "")
	if list.status != http.StatusOK || !strings.Contains(list.body, `"name":"=cmd|'/c calc'!A1"`) || !strings.Contains(list.body, `"next":"2"`) {
		t.Errorf("%d %s", list.status, list.body)
	}
	if w, ok := s.books.wanted.(digest.RecipientsWanted); !ok || w != (digest.RecipientsWanted{Status: "failed", Skip: 1, Most: 1}) {
		t.Errorf("asked for %+v", s.books.wanted)
	}
	file := s.ask(t, everything, "GET /projects/desk/editions/9/recipients.csv", "")
	if file.status != http.StatusOK || !strings.Contains(file.body, `u1,'=cmd|'/c calc'!A1,'+49 30 5550101,k1,Recall,`) {
		t.Errorf("%d %s", file.status, file.body)
	}
	talk := s.ask(t, everything, "GET /projects/desk/editions/9/recipients/u1", "")
	if talk.status != http.StatusOK || !strings.Contains(talk.body, `"body":"At nine?"`) {
		t.Errorf("%d %s", talk.status, talk.body)
	}
	want := []string{"recipients SD-2026-W12", "recipients SD-2026-W12", "conversation u1"}
	if len(s.books.looked) != 3 || !slices.EqualFunc(s.books.looked, want, strings.Contains) {
		t.Errorf("the audit has %q", s.books.looked)
	}
	if a := s.ask(t, everything, "GET /projects/desk/editions/9/recipients/nobody", ""); a.status != http.StatusNotFound {
		t.Errorf("nobody's conversation is answered %d", a.status)
	}
}

func TestASourceThatDoesNotAnswerIsAProblemAndNoFile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.works.fault = &digest.RefusedError{Reason: "The source chat cannot be read now."}
	for _, path := range []string{"/recipients", "/recipients.csv", "/persons", "/persons.csv"} {
		a := s.ask(t, everything, "GET /projects/desk/editions/9"+path, "")
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "cannot be read now") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	s.works.fault = errors.New("broken")
	if a := s.ask(t, everything, "GET /projects/desk/editions/9/recipients.csv", ""); a.status != http.StatusInternalServerError {
		t.Errorf("%d %s", a.status, a.body)
	}
}
