package reader_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/web"
	"fortnight/web/reader"
)

var lessLink = regexp.MustCompile(`<a class="btn" href="(/preferences/[^"]+)" aria-label="([^"]+)"`)

func TestWhoWantsToUnsubscribeIsOfferedLessOfIt(t *testing.T) {
	b := chooser()
	b.s.Config.Readers.Cadences = []string{"daily", "monthly"}
	h, _ := serve(t, b, wishing)
	page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya}))
	links := lessLink.FindAllStringSubmatch(page, -1)
	if len(links) != 2 || links[0][2] != "Once a month: Change…" || links[1][2] != "Pause for four weeks: Pause…" {
		t.Fatalf("offered: %q\n%s", links, page)
	}
	if strings.Contains(page, "Every day") || !strings.Contains(page, "next on Friday 1 May, for 1–30 April") {
		t.Errorf("more mail is offered, or no date:\n%s", page)
	}
	for n, want := range []string{`name="cadence" value="monthly" checked`, `name="until" value="2026-04-28"`} {
		there := read(t, ask(t, h, request{method: "GET", path: strings.ReplaceAll(strings.TrimSuffix(links[n][1], "#next"), "&amp;", "&")}))
		if !strings.Contains(there, want) || !strings.Contains(there, `form="wishes">Save</button>`) || strings.Contains(there, `role="alert"`) {
			t.Errorf("%s leads to a page without %s:\n%s", links[n][2], want, there)
		}
	}
	if b.changes != 0 {
		t.Errorf("links made %d changes", b.changes)
	}
}

func TestLessLeavesTheReadersOtherWishesAsTheyAre(t *testing.T) {
	b := chooser()
	b.s.Wishes = digest.Wishes{Locale: "es", Zone: "America/New_York", Sections: []string{"activity"}}
	h, _ := serve(t, b, wishing)
	page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya}))
	link := lessLink.FindStringSubmatch(page)
	if link == nil {
		t.Fatal(page)
	}
	at, err := url.Parse(strings.ReplaceAll(link[1], "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"shown": {"1"}, "cadence": {"monthly"}, "locale": {"es"}, "zone": {"America/New_York"}, "section": {"activity"}, "pdf": {"attached"}}
	if at.Query().Encode() != want.Encode() {
		t.Errorf("the link says %s, want %s", at.RawQuery, want.Encode())
	}
}

func TestAnEndIsToBeHadWhereTheNextMailIsNotKnown(t *testing.T) {
	b := chooser()
	h, _ := serve(t, b, wishing, func(c *web.Config) {
		c.Reader.Next = func(context.Context, reader.Subscription, digest.Wishes) (reader.Coming, error) {
			return reader.Coming{}, errors.New("no answer")
		}
	})
	page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya}))
	if lessLink.MatchString(page) || !strings.Contains(page, "Unsubscribe Maya Ortiz</button>") {
		t.Error(page)
	}
}

func TestAPauseIsSaidBesideTheNextMailAndNoMailIsPromisedToWhoHasEnded(t *testing.T) {
	b := chooser()
	b.s.Wishes.PausedUntil = digest.Date{Year: 2026, Month: 4, Day: 5}
	h, _ := serve(t, b, wishing)
	if page := read(t, ask(t, h, request{method: "GET", path: "/preferences/" + maya})); !strings.Contains(page, "<p>Paused until 5 April: nothing is sent before.</p>") {
		t.Error(page)
	}
	b.s.Ended = ended
	if page := read(t, ask(t, h, request{method: "GET", path: "/preferences/" + maya})); strings.Contains(page, "Your next mail") || !strings.Contains(page, "You get no mail: you are unsubscribed.") {
		t.Error(page)
	}
}
