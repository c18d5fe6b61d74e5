package inbox_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"fortnight/internal/browser"
	"fortnight/internal/inbox"
)

func TestTheInboxFitsEveryScreenAndAsksForNothingElsewhere(t *testing.T) {
	b, web, _ := start(t, inbox.Options{Rewrite: inbox.Rewrite{From: "https://digest.fortnight.example"}})
	b.Add("digest@fortnight.example", "max@lindenhof.example", letter("Support desk, 16–22 Mar: 192 messages, 2 missed"))
	b.Add("digest@fortnight.example", "zoe@lindenhof.example", letter("Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed"))
	if extra := os.Getenv("LOOK_MAIL"); extra != "" { // a real mail, to look at
		raw, err := os.ReadFile(extra)
		if err != nil {
			t.Fatal(err)
		}
		b.Add("digest@fortnight.example", "maya@lindenhof.example", raw)
	}
	chromium := browser.Start(t)
	last := fmt.Sprintf("/mail/%d", len(b.Messages()))
	desk, night := browser.View{Width: 1280, Height: 900}, browser.View{Width: 1280, Height: 900, Dark: true}
	phone, phoneNight := browser.View{Width: 360, Height: 780, Phone: true}, browser.View{Width: 360, Height: 780, Phone: true, Dark: true}
	for _, c := range []struct {
		name, path string
		views      []browser.View
	}{
		{"html", "/", []browser.View{desk, night, phone, phoneNight}},
		{"narrow and dark", last + "?width=360&scheme=dark", []browser.View{desk, phone}},
		{"text", "/mail/2?view=text", []browser.View{desk, phoneNight}},
		{"source", last + "?view=source", []browser.View{desk, phone}},
		{"pictures", last + "?view=pictures", []browser.View{night, phone}},
		{"pdf", "/mail/2?view=3", []browser.View{desk}},
		{"missing", "/mail/99", []browser.View{desk, phoneNight}},
	} {
		for _, v := range c.views {
			t.Run(fmt.Sprintf("%s at %d, dark %v", c.name, v.Width, v.Dark), func(t *testing.T) {
				p := browser.Open(t, chromium, web.URL+c.path, fmt.Sprintf("inbox-%s-%d-%v", strings.ReplaceAll(c.name, " ", "-"), v.Width, v.Dark), v)
				if p.Overflow > 0 {
					t.Errorf("%d px too wide", p.Overflow)
				}
				for _, u := range p.Remote {
					t.Errorf("asked for %s", u)
				}
			})
		}
	}
}

func TestAMailInItsFrameShowsItsPicturesRunsNoScriptAndObeysTheSchemeAskedFor(t *testing.T) {
	b, web, _ := start(t, inbox.Options{})
	b.Add("a@b.example", "c@d.example", letter("x"))
	chromium := browser.Start(t)
	for _, c := range []struct {
		scheme, colour string
		prefersDark    bool
	}{{"light", "rgb(17, 17, 17)", true}, {"dark", "rgb(238, 238, 238)", false}} {
		p := browser.Open(t, chromium, web.URL+"/mail/1/html?scheme="+c.scheme, "frame-"+c.scheme, browser.View{Width: 600, Height: 400, Dark: c.prefersDark})
		if got := browser.Eval[string](t, p, `getComputedStyle(document.getElementById("p")).color`); got != c.colour {
			t.Errorf("%s: the text is %s", c.scheme, got)
		}
		if got := browser.Eval[int](t, p, `document.getElementById("chart").naturalWidth`); got != 1 {
			t.Errorf("the picture is %d px wide", got)
		}
		if title := browser.Eval[string](t, p, `document.title`); title == "run" {
			t.Error("a script of the mail ran")
		}
		for _, u := range p.Remote {
			t.Errorf("asked for %s", u)
		}
	}
}
