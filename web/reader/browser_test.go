package reader_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"fortnight/digest"
	"fortnight/internal/browser"
	"fortnight/web"
)

func TestThePagesFitEveryScreenAndTheirButtonsWork(t *testing.T) {
	b := newBook()
	h, _ := serve(t, b)
	site := httptest.NewServer(h)
	t.Cleanup(site.Close)
	chromium := browser.Start(t)
	long := newBook()
	long.s.Name = "Maximiliane-Alexandra von und zu Hohenlohe-Langenburg-Waldenburg"
	long.s.Address = "maximiliane.alexandra.hohenlohe-langenburg@very-long-department.lindenhof-kliniken.example"
	long.s.Project, long.s.Locale, long.s.Accent = "Kundenbetreuung Donaudampfschifffahrtsgesellschaft", "es", 0xffe08aff
	hl, _ := serve(t, long)
	longSite := httptest.NewServer(hl)
	t.Cleanup(longSite.Close)
	gone := newBook()
	gone.s.Ended = ended
	hg, _ := serve(t, gone)
	goneSite := httptest.NewServer(hg)
	t.Cleanup(goneSite.Close)

	shelf := newShelf()
	hs, _ := serve(t, shelf.book, func(c *web.Config) {
		c.Reader.Editions = shelf
		c.Reader.Draw = func(digest.Letter, digest.Picture, float64) ([]byte, error) {
			return []byte(`<div class="plot"><svg viewBox="0 0 100 10"></svg></div>`), nil
		}
	})
	shelfSite := httptest.NewServer(hs)
	t.Cleanup(shelfSite.Close)
	chooserBook := chooser()
	hc, _ := serve(t, chooserBook, wishing)
	chooserSite := httptest.NewServer(hc)
	t.Cleanup(chooserSite.Close)

	desk, night := browser.View{Width: 1280, Height: 850}, browser.View{Width: 1280, Height: 850, Dark: true}
	phone, phoneNight := browser.View{Width: 360, Height: 780, Phone: true}, browser.View{Width: 360, Height: 780, Phone: true, Dark: true}
	for _, c := range []struct {
		name, url string
		views     []browser.View
	}{
		{"unsubscribe", site.URL + "/unsubscribe/" + maya, []browser.View{desk, night, phone, phoneNight}},
		{"long-names", longSite.URL + "/unsubscribe/" + maya, []browser.View{desk, phone, phoneNight}},
		{"ended", goneSite.URL + "/unsubscribe/" + maya, []browser.View{desk, phoneNight}},
		{"archive", shelfSite.URL + "/view/7/" + maya + "?sort=activity-incoming_messages&by=-2", []browser.View{desk, phone, phoneNight}},
		{"preferences", chooserSite.URL + "/preferences/" + maya, []browser.View{desk, phoneNight}},
		{"definitions", chooserSite.URL + "/definitions/" + maya, []browser.View{phone}},
		{"unknown", site.URL + "/unsubscribe/" + nobody, []browser.View{desk, night, phone}},
	} {
		for _, v := range c.views {
			t.Run(fmt.Sprintf("%s at %d, dark %v", c.name, v.Width, v.Dark), func(t *testing.T) {
				p := browser.Open(t, chromium, c.url, fmt.Sprintf("web-%s-%d-%v", c.name, v.Width, v.Dark), v)
				if p.Overflow > 0 {
					t.Errorf("%d px too wide", p.Overflow)
				}
				for _, u := range p.Remote {
					t.Errorf("asked for %s", u)
				}
				if got := browser.Eval[string](t, p, `getComputedStyle(document.body).backgroundColor`); got == "rgba(0, 0, 0, 0)" {
					t.Error("the stylesheet was not let in")
				}
			})
		}
	}

	t.Run("the button unsubscribes and the next one takes it back", func(t *testing.T) {
		p := browser.Open(t, chromium, site.URL+"/unsubscribe/"+maya, "web-button", phone)
		for _, want := range []string{"Maya Ortiz no longer gets Support desk", "Maya Ortiz gets Support desk again"} {
			if err := chromedp.Do(p.Context, chromedp.Click(`form button`), chromedp.WaitVisible(`//*[@role="status"]//h1[.="`+want+`"]`)); err != nil {
				t.Fatalf("waiting for %q: %v", want, err)
			}
		}
		if b.changes != 2 || !b.s.Ended.IsZero() {
			t.Errorf("%d changes", b.changes)
		}
	})

	t.Run("an edition's pictures and styles are let in", func(t *testing.T) {
		p := browser.Open(t, chromium, site.URL+"/view/7/"+maya+"/mail", "web-view", desk)
		if n := browser.Eval[int](t, p, `document.images.length`); n != 2 || len(p.Remote) != 0 {
			t.Errorf("%d pictures, asked for %s", n, strings.Join(p.Remote, " "))
		}
	})
}
