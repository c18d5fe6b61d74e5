package console

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/browser"
	"fortnight/web/office"
)

func (b *clinicBooks) Looked(_ context.Context, by digest.Actor, edition int64, look digest.Change) error {
	return b.act("looked %s %d %s %s %s", by.Name, edition, look.Verb, look.What, strings.Join(look.Notes, ", "))
}

// campaignWorks knows 120 recipients, of whom some failed.
type campaignWorks struct {
	clinicWorks
	wanted  digest.RecipientsWanted
	persons digest.FlowPersonsWanted
	fault   error
}

func (w *campaignWorks) all() (all []digest.Recipient) {
	names := []string{"Ada Quist", "Maximiliane Hohenlohe-Langenburg-Waldenburg", "=cmd|' /C calc'!A0", "أمل حداد", ""}
	for i := range 120 {
		r := digest.Recipient{
			User: fmt.Sprintf("u%d", i+1), Name: names[i%len(names)], Address: fmt.Sprintf("+49 30 55501%02d", i%100), CampaignID: "k1", Campaign: "Recall of patients who have not been seen for a year",
			Version: "v2", DeployedAt: march(20, 10, 0).Add(-time.Duration(i) * time.Minute), Attempts: 1, Status: "read", Stage: "finished", Session: "closed",
			AnsweredAt: march(20, 11, 5), LastActivityAt: march(20, 11, 30), Variables: "first_name: Ada, slot: 9 am",
		}
		switch i % 4 {
		case 1:
			r.Status, r.Stage, r.Session, r.AnsweredAt, r.LastActivityAt, r.Attempts, r.Reason = "failed", "none", "none", time.Time{}, time.Time{}, 2, "Number is not on WhatsApp"
		case 2:
			r.Status, r.Stage, r.Session, r.AnsweredAt = "delivered", "in_flow", "open", time.Time{}
		case 3:
			r.Status, r.Stage, r.Session, r.AnsweredAt, r.LastActivityAt, r.Variables = "pending", "none", "none", time.Time{}, time.Time{}, ""
		}
		if r.Name == "" {
			r.User = ""
		}
		all = append(all, r)
	}
	return all
}

func (w *campaignWorks) Recipients(_ context.Context, _ int64, _ digest.EditionLine, wanted digest.RecipientsWanted) (digest.Recipients, error) {
	w.wanted = wanted
	all := slices.DeleteFunc(w.all(), func(r digest.Recipient) bool { return wanted.Status != "" && r.Status != wanted.Status })
	part := all[min(wanted.Skip, len(all)):min(wanted.Skip+wanted.Most, len(all))]
	return digest.Recipients{Lines: part, Total: len(all), ReadAt: w.now}, w.fault
}

func (w *campaignWorks) EachRecipient(_ context.Context, _ int64, _ digest.EditionLine, _ digest.RecipientsWanted, yield func(digest.Recipient) error) error {
	if w.fault != nil {
		return w.fault
	}
	for _, r := range w.all() {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (w *campaignWorks) Talk(_ context.Context, _ int64, _ digest.EditionLine, user string) (digest.Talk, error) {
	if user != "u1" {
		return digest.Talk{}, digest.ErrNotFound
	}
	return digest.Talk{User: "u1", Name: "Ada Quist", Address: "+49 30 5550100", Total: 612, ReadAt: w.now, Lines: []digest.Said{
		{At: march(20, 10, 0), Author: "automation", Body: "Hello Ada, your check-up is due.\nWould 9 am on Monday suit you?", Delivery: "read"},
		{At: march(20, 11, 5), In: true, Author: "user", Body: "<b>Nine</b> suits me"},
		{At: march(20, 11, 5), Author: "bot", Delivery: "delivered"},
		{At: march(21, 9, 0), Author: "agent", Agent: "Amara Osei", Body: "See you on Monday.", Delivery: "failed"},
	}}, nil
}

// withCampaigns is the site with an edition 12 that tells of campaigns.
func withCampaigns(t testing.TB) (*site, *clinicBooks, *campaignWorks) {
	b := theClinics()
	fillEdition(b)
	for i := range b.editions {
		if b.editions[i].ID == 12 {
			b.editions[i].Config.Sections = append(slices.Clone(b.editions[i].Config.Sections), digest.SectionChoice{Section: "outreach", Source: "chatwoot-eu"}, digest.SectionChoice{Section: "flows", Source: "chatwoot-eu"})
		}
	}
	w := &campaignWorks{clinicWorks: clinicWorks{now: wednesday}}
	s := newSite(t, func(c *Config) {
		c.Works, c.Words = w, plainEnglish
		c.Project = func(int64) office.Project { return b }
	})
	return s, b, w
}

func TestRecipientsAreShownWholeToWhoMayEditAndEachLookIsAudited(t *testing.T) {
	s, b, w := withCampaigns(t)
	for _, path := range []string{"recipients", "recipients.csv", "recipients/u1"} {
		if page := s.as(vera).get("/p/desk/editions/12/" + path); page.status != http.StatusForbidden {
			t.Errorf("a viewer who asks for %s is answered %d", path, page.status)
		}
	}
	if len(b.done) > 0 {
		t.Errorf("the audit has looks that were refused: %q", b.done)
	}
	if page := s.as(vera).get("/p/desk/editions/12"); strings.Contains(page.body, "/recipients") {
		t.Error("a viewer is led to the recipients")
	}
	editor := s.as(emil)
	if page := editor.get("/p/desk/editions/12"); !strings.Contains(page.body, `href="/p/desk/editions/12/recipients"`) {
		t.Error("the edition does not lead to its recipients")
	}
	page := editor.get("/p/desk/editions/12/recipients?status=failed&from=11&stage=nonsense")
	if want := (digest.RecipientsWanted{Status: "failed", Skip: 10, Most: 50}); page.status != http.StatusOK || w.wanted != want {
		t.Errorf("%d, asked for %+v", page.status, w.wanted)
	}
	for _, has := range []string{"11–30 of 30", "Number is not on WhatsApp (2 tries)", `href="/p/desk/editions/12/recipients.csv?status=failed"`, `>Before</a>`} {
		if !strings.Contains(page.body, has) {
			t.Errorf("the page does not say %s", has)
		}
	}
	if page := editor.get("/p/desk/editions/12/recipients?from=900"); page.status != http.StatusOK || !strings.Contains(page.body, "from=71") {
		t.Errorf("behind the end: %d", page.status)
	}
	if page := editor.get("/p/desk/editions/12/recipients/u1"); page.status != http.StatusOK || !strings.Contains(page.body, "&lt;b&gt;Nine&lt;/b&gt; suits me") || !strings.Contains(page.body, "The latest 4 of 612 messages.") {
		t.Errorf("the talk is %d %s", page.status, page.body)
	}
	if page := editor.get("/p/desk/editions/12/recipients/nobody"); page.status != http.StatusNotFound {
		t.Errorf("nobody's talk is answered %d", page.status)
	}
	if page := editor.get("/p/desk/editions/14/recipients"); page.status != http.StatusNotFound {
		t.Errorf("an edition without campaigns is answered %d", page.status)
	}
	want := []string{
		"looked Emil Brandt 12 view recipients LC-2026-W12 status failed, from 11 on",
		"looked Emil Brandt 12 view recipients LC-2026-W12 from 900 on",
		"looked Emil Brandt 12 view conversation u1 from the recipients of LC-2026-W12",
	}
	if !slices.Equal(b.done, want) {
		t.Errorf("the audit has %q", b.done)
	}
}

func TestTheFileOfRecipientsIsWholeAndNoSpreadsheetRunsIt(t *testing.T) {
	s, b, w := withCampaigns(t)
	page := s.as(emil).get("/p/desk/editions/12/recipients.csv")
	if page.Get("Content-Type") != "text/csv; charset=utf-8" || page.Get("Content-Disposition") != `attachment; filename="LC-2026-W12-recipients.csv"` {
		t.Errorf("its head is %v", page.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(page.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 121 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	if r := rows[3]; r[1] != "'=cmd|' /C calc'!A0" || r[2] != "'+49 30 5550102" || r[7] != "delivered" || r[5] != "2026-03-20 09:58:00 +01:00" {
		t.Errorf("the third is %q", r)
	}
	if want := []string{"looked Emil Brandt 12 export recipients LC-2026-W12 "}; !slices.Equal(b.done, want) {
		t.Errorf("the audit has %q", b.done)
	}
	w.fault = &digest.RefusedError{Reason: "The source chatwoot-eu cannot be read now."}
	for _, path := range []string{"recipients", "recipients.csv"} {
		if page := s.as(emil).get("/p/desk/editions/12/" + path); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "cannot be read now") {
			t.Errorf("%s of a source that does not answer: %d", path, page.status)
		}
	}
	if w.fault = errors.New("broken"); s.as(emil).get("/p/desk/editions/12/recipients").status != http.StatusInternalServerError {
		t.Error("a fault of ours is not told as one")
	}
}

func TestRecipientsAndTalksFitEveryScreen(t *testing.T) {
	s, _, _ := withCampaigns(t)
	at := signedIn(t, s, emil)
	chromium := browser.Start(t)
	for name, path := range map[string]string{
		"recipients": "/p/desk/editions/12/recipients", "talk": "/p/desk/editions/12/recipients/u1",
		"persons": "/p/desk/editions/12/persons", "recovered": "/p/desk/editions/12/persons?kind=recovered",
	} {
		views := []browser.View{{Width: 360, Height: 780, Phone: true, Dark: true}, {Width: 1280, Height: 860}}
		if os.Getenv("LOOK") != "" {
			views = append(views, browser.View{Width: 1280, Height: 860, Dark: true}, browser.View{Width: 360, Height: 780, Phone: true})
		}
		for _, v := range views {
			shown := fmt.Sprintf("%s-%d-dark-%t", name, v.Width, v.Dark)
			t.Run(shown, func(t *testing.T) {
				p := browser.Open(t, chromium, at+path, shown, v)
				if p.Overflow > 0 {
					t.Errorf("%d px too wide", p.Overflow)
				}
				for _, fault := range browser.Axe(t, p) {
					t.Error(fault)
				}
			})
		}
	}
}
