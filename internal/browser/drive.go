package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Go opens another address in the same tab.
func (p *Page) Go(t testing.TB, url string) {
	t.Helper()
	if err := chromedp.Do(p.Context, chromedp.Navigate(url)); err != nil {
		t.Fatalf("go to %s: %v", url, err)
	}
}

// At gives the address that the tab is at.
func (p *Page) At(t testing.TB) string {
	t.Helper()
	return Eval[string](t, p, "location.href")
}

// Text gives what the page's main part shows, its white space folded.
func (p *Page) Text(t testing.TB) string {
	t.Helper()
	return strings.Join(strings.Fields(Eval[string](t, p, `(document.querySelector("main") || document.body).innerText`)), " ")
}

// Press clicks the button or link of a name, with the mouse, and waits for the page that it leads to. The name is that of its words
// or its label, or begins it.
func (p *Page) Press(t testing.TB, name string) {
	t.Helper()
	quoted, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "data-pressed"
	found := Eval[bool](t, p, fmt.Sprintf(`(() => {
		const name = %s, said = e => (e.getAttribute("aria-label") || e.innerText || e.value || "").replace(/\s+/g, " ").trim();
		document.querySelectorAll("[%[2]s]").forEach(e => e.removeAttribute("%[2]s"));
		const all = [...document.querySelectorAll("button, a[href], input[type=submit], summary")].filter(e => e.getClientRects().length && !e.disabled && !e.closest("[aria-hidden=true]"));
		const one = all.find(e => said(e) === name) || all.find(e => said(e).startsWith(name));
		if (!one) return false;
		one.setAttribute("%[2]s", "");
		return true;
	})()`, quoted, mark))
	if !found {
		t.Fatalf("%s has no button or link %q:\n%s", p.At(t), name, p.Text(t))
	}
	p.Click(t, "["+mark+"]")
}

// Click clicks what a selector finds, with the mouse, and waits for the page that it leads to.
func (p *Page) Click(t testing.TB, selector string) {
	t.Helper()
	Eval[bool](t, p, `(document.documentElement.setAttribute("data-before", ""), true)`)
	if err := chromedp.Do(p.Context, chromedp.Click(chromedp.CSS(selector))); err != nil {
		t.Fatalf("click %s: %v", selector, err)
	}
	const patience = time.Minute // a busy machine draws slowly
	for began := time.Now(); time.Since(began) < patience; time.Sleep(20 * time.Millisecond) {
		there, err := chromedp.Run(p.Context, chromedp.Evaluate[bool](`document.readyState === "complete" && !document.documentElement.hasAttribute("data-before")`))
		if err == nil && there { // an error: between two pages
			return
		}
	}
	t.Fatalf("%s leads nowhere: still at %s after %s:\n%s", selector, p.At(t), patience, p.Text(t))
}

// Toggle clicks what a selector finds and stays on the page.
func (p *Page) Toggle(t testing.TB, selector string) {
	t.Helper()
	if err := chromedp.Do(p.Context, chromedp.Click(chromedp.CSS(selector))); err != nil {
		t.Fatalf("click %s: %v", selector, err)
	}
}

// Fill types a text into the field that a selector finds, in place of what is there.
func (p *Page) Fill(t testing.TB, selector, text string) {
	t.Helper()
	quoted, err := json.Marshal(selector)
	if err != nil {
		t.Fatal(err)
	}
	if !Eval[bool](t, p, fmt.Sprintf(`(e => e ? (e.value = "", true) : false)(document.querySelector(%s))`, quoted)) {
		t.Fatalf("%s has no field %s:\n%s", p.At(t), selector, p.Text(t))
	}
	if err := chromedp.Do(p.Context, chromedp.SendKeys(chromedp.CSS(selector), text)); err != nil {
		t.Fatalf("fill %s: %v", selector, err)
	}
}

// Set gives a field a value without typing: a choice of a list, a date, a long text.
func (p *Page) Set(t testing.TB, selector, value string) {
	t.Helper()
	if err := chromedp.Do(p.Context, chromedp.SetValue(chromedp.CSS(selector), value)); err != nil {
		t.Fatalf("set %s: %v", selector, err)
	}
}

// Private gives a window of the same browser that shares no cookies with the others.
func Private(t testing.TB, window context.Context) context.Context {
	t.Helper()
	own, cancel := chromedp.NewContext(window, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(own); err != nil {
		t.Fatal(err)
	}
	return own
}
