package console

import (
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/browser"
)

// Every page of the example, as a person sees it: nothing sticks out, nothing is fetched from elsewhere, and axe-core has nothing to say.
func TestPagesOfEditionsAndSourcesAreReadAtAnyWidthInLightAndDark(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := atTheClinics(t, b, &clinicWorks{})
	empty := theClinics()
	empty.digests, empty.sources, empty.editions = nil, nil, nil
	empty.needs.Held, empty.needs.Failing, empty.needs.Sources = nil, nil, nil
	bare := signedIn(t, atTheClinics(t, empty, &clinicWorks{}), nora)
	url := signedIn(t, s, nora)
	chromium := browser.Start(t)
	for _, p := range []struct{ name, url string }{
		{"overview", url + "/p/desk/"},
		{"overview-empty", bare + "/p/desk/"},
		{"calendar", url + "/p/desk/calendar"},
		{"calendar-empty", bare + "/p/desk/calendar"},
		{"day", url + "/p/desk/calendar?day=2026-03-30"},
		{"editions", url + "/p/desk/editions"},
		{"editions-empty", bare + "/p/desk/editions"},
		{"edition", url + "/p/desk/editions/12"},
		{"edition-held", url + "/p/desk/editions/11"},
		{"figures", url + "/p/desk/editions/12/figures?section=contact_center"},
		{"compare", url + "/p/desk/editions/12/compare/18"},
		{"delivery", url + "/p/desk/editions/12/deliveries/12001"},
		{"discard", url + "/p/desk/editions/11/discard"},
		{"sources", url + "/p/desk/sources"},
		{"sources-empty", bare + "/p/desk/sources"},
		{"source", url + "/p/desk/sources/chatwoot-eu"},
		{"source-fault", url + "/p/desk/sources/typebot-eu"},
	} {
		for _, v := range []struct {
			name string
			browser.View
		}{
			{"1280", browser.View{Width: 1280, Height: 900}},
			{"360-dark", browser.View{Width: 360, Height: 800, Phone: true, Dark: true}},
		} {
			t.Run(p.name+" "+v.name, func(t *testing.T) {
				page := browser.Open(t, chromium, p.url, p.name+"-"+v.name, v.View)
				if page.Overflow > 0 {
					t.Errorf("it is %d px wider than its window", page.Overflow)
				}
				if len(page.Remote) > 0 {
					t.Errorf("it fetches %s", strings.Join(page.Remote, ", "))
				}
				for _, fault := range browser.Axe(t, page) {
					t.Error(fault)
				}
			})
		}
	}
}

// fillEdition gives edition 12 what the picture of an edition has: deliveries of each state, and variants.
func fillEdition(b *clinicBooks) {
	e := &b.editions[1]
	e.Subject = "Support desk, 16–22 Mar: 307 messages (+60 %), 5 missed"
	for _, d := range []struct {
		name   string
		state  digest.DeliveryState
		code   int
		status string
		answer string
	}{
		{"Hanna Brandt", "failed", 550, "5.1.1", "User unknown"},
		{"Luca Ferri", "failed", 552, "5.2.2", "Mailbox full"},
		{"Sofie Maes", "failed", 554, "5.7.1", "Message refused by policy"},
		{"Piet de Vries", "deferred", 451, "4.7.1", "Greylisted, try again later"},
		{"Aylin Demir", "unknown", 0, "", "after DATA: connection lost"},
		{"Tom Okafor", "suppressed", 0, "", ""},
		{"Maya Ortiz", "sent", 250, "2.0.0", "OK queued as 4bXk2w"},
		{"Jana Krüger", "sent", 250, "2.0.0", "OK queued as 9sTn41"},
	} {
		b.deliver(12, d.name, d.state, d.code, d.status, d.answer)
	}
	all := b.deliveries[12]
	all[1].Attempts, all[1].ChangedAt = 3, march(23, 12, 1).Add(12*time.Second)
	all[3].Attempts, all[3].NextAt, all[3].Expires = 2, march(25, 12, 40), march(26, 8, 0)
	all[5].Attempts, all[5].Why = 0, "unsubscribed"
	all[0].Tries = []digest.AttemptLine{{Number: 1, StartedAt: march(23, 8, 0).Add(30 * time.Second), EndedAt: march(23, 8, 0).Add(31 * time.Second), Outcome: digest.Outcome{State: "failed", Code: 550, Status: "5.1.1", Answer: "User unknown"}}}
	e.Deliveries = map[digest.DeliveryState]int{"sent": 34, "deferred": 2, "failed": 3, "unknown": 1, "suppressed": 2}
	e.Planned = 42
	b.variants[12] = theVariants()
}

// theVariants are two choices that were mailed, with a chart.
func theVariants() []digest.Variant {
	page := []byte(`<!doctype html><html lang="en"><body><img src="cid:mark@fortnight" alt=""><h1>307 messages</h1><a href="` + digest.Placeholders.Unsubscribe + `">Unsubscribe</a></body></html>`)
	letter := digest.Letter{Sections: []digest.Chapter{{Key: "contact_center", Pictures: []digest.Picture{
		{Anchor: "contact_center-handled_vs_missed", Title: "Handled, missed and waiting", Caption: "All 5 missed were offered from Thursday to Saturday.", Alt: "By day: Mon 11, Tue 29, Wed 34.", Drawn: true},
		{Anchor: "contact_center-connection_hours", Title: "Connection hours", Caption: "Chatwoot keeps no record of when agents were online, so the chart is left out rather than shown as zero."},
	}}}}
	var all []digest.Variant
	for _, c := range []digest.Choice{{Audience: digest.Manager, Locale: "de", PDF: true, Paper: "A4"}, {Audience: digest.Manager, Locale: "en", Paper: "A4"}, {Audience: digest.Executive, Locale: "en", Paper: "A4", Sections: "activity"}} {
		v := digest.Variant{Choice: c, Letter: letter, HTML: page, Text: []byte("307 messages " + c.Locale + "\n" + digest.Placeholders.Unsubscribe), Images: []digest.Image{{Name: "mark.png", ContentID: "mark@fortnight", PNG: []byte("png")}}}
		if c.PDF {
			v.PDF, v.PDFName = []byte("%PDF-1.7 stored"), "LC-2026-W12.pdf"
		}
		all = append(all, v)
	}
	return all
}
