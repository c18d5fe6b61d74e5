package editor_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"
	_ "time/tzdata"

	"fortnight/digest"
	"fortnight/editor"
	"fortnight/templates"
)

func TestTry(t *testing.T) {
	raw, _ := os.ReadFile("testdata/demo-week.json")
	var s digest.Snapshot
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	for _, loc := range []string{"en", "es"} {
		w, err := templates.Load(loc)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []digest.Audience{digest.Manager, digest.Executive} {
			l, err := editor.Editor{}.Edit(s, digest.Brief{Project: "Support desk", Cadence: "weekly", Edition: "SD-2020-W13", Audience: a, AddedBy: "Dana Whitfield", PDF: true, Platforms: map[string]string{"chatwoot": "Chatwoot", "rasa": "Rasa"}, Due: time.Date(2020, 3, 30, 13, 0, 0, 0, time.UTC), SentAt: time.Date(2020, 4, 2, 13, 0, 0, 0, time.UTC),
				Restated: []digest.Restatement{{Section: "activity", Figure: "total_messages", Unit: digest.Count, Printed: digest.Num(190), Now: digest.Num(192), Period: s.Previous}}}, w)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println("=====", loc, a)
			show(l)
		}
	}
}

func show(l digest.Letter) {
	fmt.Println(l.Subject, "\n", l.Preheader, "\n", l.Kind, l.Headline, l.Dates, "|", l.Contract.String(), l.Range)
	if l.Banner != nil {
		fmt.Println(*l.Banner)
	}
	for _, f := range l.Findings {
		fmt.Println(" *", f.Word, "|", f.Text, "|", f.Link, f.Anchor)
	}
	for _, c := range l.Sections {
		fmt.Println("##", c.Title, "|", c.Status, c.Message.String())
		for _, k := range c.Cards {
			fmt.Println("   [", k.Label, k.Mark, k.Parts, k.Nil, k.Tone, "|", k.Change, k.Dot, k.Colour, "|", k.From, "|", k.Under, "]")
		}
		if c.Balance != nil {
			fmt.Println(c.Balance.Line.String(), c.Balance.Bars, c.Balance.Text)
		}
		for _, p := range c.Pictures {
			fmt.Println("  #", p.Title, p.Drawn, p.Half, "\n     ", p.Caption, p.Mark, "\n     ", p.Alt, "\n     ", p.Legend)
		}
		for _, sh := range c.Sheets {
			fmt.Println("  T", sh)
		}
	}
	for _, n := range l.Notes {
		fmt.Println("N", n.String())
	}
	for _, n := range l.Footnotes {
		fmt.Println(n)
	}
	fmt.Println(l.EditionLine, l.Why, l.PDFNote, l.PageOf)
}
