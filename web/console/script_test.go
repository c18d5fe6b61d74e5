package console

import (
	"testing"

	"github.com/chromedp/chromedp"

	"fortnight/internal/browser"
)

func TestTheDockSaysWhatIsNotSaved(t *testing.T) {
	s := filledSite(t)
	at := mirror(t, s.as(nora), nil)
	p := browser.Open(t, browser.Start(t), at+"/p/desk/settings", "dock", browser.View{Width: 1280, Height: 860})
	said := func(want string) {
		t.Helper()
		if got := browser.Eval[string](t, p, `document.querySelector("[data-said]").textContent`); got != want {
			t.Errorf("the dock says %q, want %q", got, want)
		}
	}
	clean := "Digests made from now on follow what you save."
	said(clean)
	p.Fill(t, "#name", "Lindenhof")
	said("Not saved: Name")
	p.Toggle(t, "input[name=unknown][value=hold]")
	said("Not saved: Name, Deliveries without an answer")
	p.Fill(t, "#name", "Lindenhof Clinics")
	said("Not saved: Deliveries without an answer")
	if !browser.Eval[bool](t, p, `!dispatchEvent(new Event("beforeunload", {cancelable: true}))`) {
		t.Error("leaving does not ask")
	}
	browser.Eval[bool](t, p, `document.querySelector("button[type=reset]").click() || true`)
	if _, err := chromedp.Run(p.Context, chromedp.Poll[bool](`document.querySelector("[data-said]").textContent === "`+clean+`"`)); err != nil {
		t.Errorf("after Undo: %v", err)
	}
	if browser.Eval[bool](t, p, `!dispatchEvent(new Event("beforeunload", {cancelable: true}))`) {
		t.Error("leaving asks though nothing is different")
	}
}

func TestMenusOpenWithoutScriptAndCloseWithIt(t *testing.T) {
	s := filledSite(t)
	at := mirror(t, s.as(olga), nil)
	chromium := browser.Start(t)
	for name, v := range map[string]browser.View{"a phone": {Width: 360, Height: 780, Phone: true}, "a phone without script": {Width: 360, Height: 780, Phone: true, NoScript: true}, "a desk": {Width: 1280, Height: 860}} {
		t.Run(name, func(t *testing.T) {
			p := browser.Open(t, chromium, at+"/p/desk/settings", "menu", v)
			menu, entry := ".bar details", ".bar nav a[href='/p/desk/audit']"
			if v.Width > 720 {
				menu, entry = ".side details.proj", ".side .proj a[href='/p/clinics/']"
			}
			shown := func() bool {
				return browser.Eval[bool](t, p, `document.querySelector("`+entry+`").getClientRects().length > 0 && document.querySelector("`+menu+`").open`)
			}
			if shown() {
				t.Fatal("it is open from the start")
			}
			p.Toggle(t, menu+" summary")
			if !shown() {
				t.Fatal("it does not open")
			}
			if v.NoScript {
				return
			}
			if err := chromedp.Do(p.Context, chromedp.KeyEvent("\u001b")); err != nil {
				t.Fatal(err)
			}
			if shown() {
				t.Error("Escape does not close it")
			}
		})
	}
}

func TestTheKeyboardReachesTheContentFirst(t *testing.T) {
	s := filledSite(t)
	p := browser.Open(t, browser.Start(t), mirror(t, s.as(nora), nil)+"/p/desk/settings", "keys", browser.View{Width: 1280, Height: 860})
	if err := chromedp.Do(p.Context, chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	if got := browser.Eval[string](t, p, `document.activeElement.textContent`); got != "Skip to content" {
		t.Errorf("the first stop is %q", got)
	}
	if top := browser.Eval[float64](t, p, `document.activeElement.getBoundingClientRect().top`); top < 0 {
		t.Error("it is not seen")
	}
}
