package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// people are 70 who answered, or took a cancellation back.
func people(kind string) (all []digest.FlowPerson) {
	names := []string{"Ada Quist", "Maximiliane Hohenlohe-Langenburg-Waldenburg", "=cmd|' /C calc'!A0", "عبد الرحمن بن محمد الحسيني القرشي", ""}
	for i := range 70 {
		p := digest.FlowPerson{User: fmt.Sprintf("u%d", i+1), Name: names[i%len(names)], Address: fmt.Sprintf("+49 30 55501%02d", i), Practice: "Lindenhof north", At: march(20, 10, 0).Add(-time.Duration(i) * time.Minute)}
		switch {
		case kind == "recovered" && i%3 > 0:
			p.Appointment, p.AppointmentAt, p.Detail = fmt.Sprintf("a%d", i), march(28, 9, 30), "Said on the phone that the appointment is to stay"
		case kind != "recovered":
			p.Flow = "Aufnahme neuer Patientinnen und Patienten mit Terminvereinbarung"
			p.Answers = []digest.FlowAnswer{{Question: "Is this your first visit?", Answer: "Yes"}, {Question: "What brings you?", Answer: "-1 <b>kidney</b>"}}[:i%3]
		}
		if p.Name == "" {
			p.User, p.Practice = "", ""
		}
		all = append(all, p)
	}
	return all
}

func (w *campaignWorks) FlowPersons(_ context.Context, _ int64, _ digest.EditionLine, wanted digest.FlowPersonsWanted) (digest.FlowPersons, error) {
	w.persons = wanted
	all := slices.DeleteFunc(people(wanted.Kind), func(p digest.FlowPerson) bool { return wanted.Practice != "" && p.Practice != wanted.Practice })
	return digest.FlowPersons{
		Lines: all[min(wanted.Skip, len(all)):min(wanted.Skip+wanted.Most, len(all))], Total: len(all), ReadAt: w.now,
		Flows: []digest.FlowChoice{{ID: "intake", Name: "Aufnahme neuer Patientinnen und Patienten mit Terminvereinbarung"}, {ID: "recall", Name: "Recall"}}, Practices: []string{"Lindenhof north", "Lindenhof south"},
	}, w.fault
}

func (w *campaignWorks) EachFlowPerson(_ context.Context, _ int64, _ digest.EditionLine, wanted digest.FlowPersonsWanted, yield func(digest.FlowPerson) error) error {
	if w.fault != nil {
		return w.fault
	}
	for _, p := range people(wanted.Kind) {
		if err := yield(p); err != nil {
			return err
		}
	}
	return nil
}

func TestPeopleOfFlowsAreShownWholeToWhoMayEditAndEachLookIsAudited(t *testing.T) {
	s, b, w := withCampaigns(t)
	for _, path := range []string{"persons", "persons.csv"} {
		if page := s.as(vera).get("/p/desk/editions/12/" + path); page.status != http.StatusForbidden {
			t.Errorf("a viewer who asks for %s is answered %d", path, page.status)
		}
	}
	if len(b.done) > 0 {
		t.Errorf("the audit has looks that were refused: %q", b.done)
	}
	if page := s.as(vera).get("/p/desk/editions/12"); strings.Contains(page.body, "/persons") {
		t.Error("a viewer is led to people")
	}
	editor := s.as(emil)
	if page := editor.get("/p/desk/editions/12"); !strings.Contains(page.body, `href="/p/desk/editions/12/persons"`) {
		t.Error("the edition does not lead to the people of its flows")
	}
	page := editor.get("/p/desk/editions/12/persons?flow=intake&practice=Lindenhof+north&from=51")
	if want := (digest.FlowPersonsWanted{Kind: "answered", Flow: "intake", Practice: "Lindenhof north", Skip: 50, Most: 50}); page.status != http.StatusOK || w.persons != want {
		t.Errorf("%d, asked for %+v", page.status, w.persons)
	}
	for _, has := range []string{"51–56 of 56", "-1 &lt;b&gt;kidney&lt;/b&gt;", "Is this your first visit?", `persons.csv?flow=intake&amp;kind=answered&amp;practice=Lindenhof&#43;north"`, `>Before</a>`, `href="/p/desk/editions/12/recipients/u63"`} {
		if !page.says(has) {
			t.Errorf("the page does not say %s", has)
		}
	}
	page = editor.get("/p/desk/editions/12/persons?kind=recovered")
	if page.status != http.StatusOK || w.persons.Kind != "recovered" || !page.says("1–50 of 70") || !page.says("Said on the phone") || !page.says("from=51&amp;kind=recovered") {
		t.Errorf("recovered: %d, asked for %+v", page.status, w.persons)
	}
	if page := editor.get("/p/desk/editions/12/persons?kind=nonsense&from=900"); page.status != http.StatusOK || w.persons.Kind != "answered" || !page.says("from=21") {
		t.Errorf("behind the end: %d", page.status)
	}
	if page := editor.get("/p/desk/editions/14/persons"); page.status != http.StatusNotFound {
		t.Errorf("an edition without flows is answered %d", page.status)
	}
	want := []string{
		"looked Emil Brandt 12 view flows' people LC-2026-W12 answered, flow intake, practice Lindenhof north, from 51 on",
		"looked Emil Brandt 12 view flows' people LC-2026-W12 recovered",
		"looked Emil Brandt 12 view flows' people LC-2026-W12 answered, from 900 on",
	}
	if !slices.Equal(b.done, want) {
		t.Errorf("the audit has %q", b.done)
	}
}

func TestTheFileOfPeopleOfFlowsHasEveryAnswerAndNoSpreadsheetRunsIt(t *testing.T) {
	s, b, w := withCampaigns(t)
	rows := func(path string) [][]string {
		t.Helper()
		page := s.as(emil).get("/p/desk/editions/12/" + path)
		all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page.body, "\ufeff"))).ReadAll()
		if err != nil || page.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Fatalf("%s: %v, %v", path, page.Header, err)
		}
		return all
	}
	all := rows("persons.csv")
	if len(all) != 1+24+23+2*23 { // of 70 a third have no answer, one, and two
		t.Errorf("%d rows", len(all))
	}
	if r := all[4]; !slices.Equal(r, []string{"u3", "'=cmd|' /C calc'!A0", "'+49 30 5550102", "Aufnahme neuer Patientinnen und Patienten mit Terminvereinbarung", "Lindenhof north", "2026-03-20 09:58:00 +01:00", "2", "What brings you?", "'-1 <b>kidney</b>"}) {
		t.Errorf("the fourth is %q", r)
	}
	all = rows("persons.csv?kind=recovered")
	if len(all) != 71 || !slices.Equal(all[2], []string{"u2", "Maximiliane Hohenlohe-Langenburg-Waldenburg", "'+49 30 5550101", "Lindenhof north", "a1", "2026-03-28 09:30:00 +01:00", "2026-03-20 09:59:00 +01:00", "Said on the phone that the appointment is to stay"}) {
		t.Errorf("%d rows, the second %q", len(all), all[2])
	}
	if want := []string{"looked Emil Brandt 12 export flows' people LC-2026-W12 answered", "looked Emil Brandt 12 export flows' people LC-2026-W12 recovered"}; !slices.Equal(b.done, want) {
		t.Errorf("the audit has %q", b.done)
	}
	w.fault = &digest.RefusedError{Reason: "The source chatwoot-eu cannot be read now."}
	for _, path := range []string{"persons", "persons.csv"} {
		if page := s.as(emil).get("/p/desk/editions/12/" + path); page.status != http.StatusUnprocessableEntity || !page.says("cannot be read now") {
			t.Errorf("%s of a source that does not answer: %d", path, page.status)
		}
	}
}
