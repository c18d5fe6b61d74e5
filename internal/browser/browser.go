// Package browser shows pages to tests in a real headless Chromium.
package browser

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// View is how a page is looked at.
type View struct {
	Width, Height int  // CSS pixels
	Dark          bool // the reader prefers dark
	Phone         bool // a touch screen without scroll bars
	NoScript      bool // scripts are switched off
}

// Page is what was seen.
type Page struct {
	Overflow int      // CSS pixels that the page is wider than its view
	Remote   []string // addresses asked for beyond the page's own host
	context.Context
	view View

	mu    sync.Mutex
	host  string
	asked map[network.RequestID]string
}

// Start begins a browser that ends with the test. A machine without Chromium fails the test: `make test` installs it.
func Start(t testing.TB) context.Context {
	t.Helper()
	const attempts = 3 // on a busy machine Chromium has been seen to die at its start
	for attempt := 1; ; attempt++ {
		ctx, err := start(t)
		if err == nil {
			return ctx
		}
		if attempt == attempts || errors.Is(err, exec.ErrNotFound) {
			t.Fatalf("no Chromium: install Debian's package chromium, or name its program in CHROMIUM (%v)", err)
		}
		t.Logf("Chromium did not start: %v", err)
	}
}

func start(t testing.TB) (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		cancelAllocator()
		return nil, err
	}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		cancelAllocator()
	})
	return ctx, nil
}

// Open shows a page in a tab of its own. Where the environment names a directory in LOOK, the picture is kept there
// as NAME.png, to be looked at; without a name it is not.
func Open(t testing.TB, browser context.Context, url, name string, v View) *Page {
	t.Helper()
	tab, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	tab, cancelTime := context.WithTimeout(tab, 5*time.Minute)
	t.Cleanup(cancelTime)
	p := &Page{Context: tab}
	if err := chromedp.Do(tab); err != nil { // makes the tab
		t.Fatal(err)
	}
	if err := chromedp.Listen(tab, p.watch); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, command(network.Enable, network.EnableParams{})); err != nil {
		t.Fatal(err)
	}
	p.Show(t, url, name, v)
	return p
}

// watch notes the addresses beyond the page's own host that are asked for.
func (p *Page) watch(e any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, p.host) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "chrome") {
			p.asked[e.RequestID] = u
		}
	case *network.EventLoadingFailed:
		if e.BlockedReason == network.BlockedReasonCsp { // it never left
			delete(p.asked, e.RequestID)
		}
	}
}

// Show opens another address in the same tab, to be looked at another way; see Open.
func (p *Page) Show(t testing.TB, url, name string, v View) {
	t.Helper()
	p.mu.Lock()
	p.host, p.asked = strings.Join(strings.SplitN(url, "/", 4)[:3], "/"), map[network.RequestID]string{}
	p.mu.Unlock()
	p.See(t, v)
	if err := chromedp.Do(p.Context, chromedp.Navigate(url), chromedp.Sleep(150*time.Millisecond)); err != nil { // frames and pictures
		t.Fatalf("open %s: %v", url, err)
	}
	p.Overflow = p.overflow(t)
	p.mu.Lock()
	p.Remote = slices.Collect(maps.Values(p.asked))
	p.mu.Unlock()
	p.Keep(t, name)
}

// See looks at the page that is there another way.
func (p *Page) See(t testing.TB, v View) {
	t.Helper()
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	if err := chromedp.Do(p.Context,
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}),
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(v.Width), Height: int64(v.Height), DeviceScaleFactor: 1, Mobile: v.Phone,
		}),
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript}),
	); err != nil {
		t.Fatal(err)
	}
	p.view, p.Overflow = v, p.overflow(t)
}

func (p *Page) overflow(t testing.TB) int {
	t.Helper()
	return Eval[int](t, p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// Keep keeps the page's picture as Open does.
func (p *Page) Keep(t testing.TB, name string) {
	t.Helper()
	dir := os.Getenv("LOOK")
	if dir == "" || name == "" {
		return
	}
	seen, tall := p.view, p.view
	tall.Height = max(seen.Height, Eval[int](t, p, `document.documentElement.scrollHeight`))
	p.See(t, tall) // what sticks to the edge of the screen stands at that of the page

	settles := 150 * time.Millisecond
	if Eval[bool](t, p, `!!document.querySelector("iframe")`) { // painted apart, and later
		settles = 3 * time.Second
	}
	if err := chromedp.Do(p.Context, chromedp.Sleep(settles)); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(p.Context, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("picture of %s: %v", name, err)
	}
	p.See(t, seen)
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Eval gives the value of an expression of JavaScript on the page.
func Eval[T any](t testing.TB, p *Page, expression string) T {
	t.Helper()
	v, err := chromedp.Run(p.Context, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}
