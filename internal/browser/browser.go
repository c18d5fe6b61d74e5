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
// as NAME.png, to be looked at.
func Open(t testing.TB, browser context.Context, url, name string, v View) *Page {
	t.Helper()
	tab, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	tab, cancelTime := context.WithTimeout(tab, time.Minute)
	t.Cleanup(cancelTime)
	p := &Page{Context: tab}
	host := strings.Join(strings.SplitN(url, "/", 4)[:3], "/")
	if err := chromedp.Do(tab); err != nil { // makes the tab
		t.Fatal(err)
	}
	asked := map[network.RequestID]string{}
	var mu sync.Mutex
	if err := chromedp.Listen(tab, func(e any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := e.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, host) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "chrome") {
				asked[e.RequestID] = u
			}
		case *network.EventLoadingFailed:
			if e.BlockedReason == network.BlockedReasonCsp { // it never left
				delete(asked, e.RequestID)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	if err := chromedp.Do(tab,
		command(network.Enable, network.EnableParams{}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}),
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(v.Width), Height: int64(v.Height), DeviceScaleFactor: 1, Mobile: v.Phone,
		}),
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript}),
		chromedp.Navigate(url),
		chromedp.Sleep(150*time.Millisecond), // frames and pictures
	); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	p.Overflow = Eval[int](t, p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	mu.Lock()
	p.Remote = slices.Collect(maps.Values(asked))
	mu.Unlock()
	if dir := os.Getenv("LOOK"); dir != "" {
		png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatalf("picture of %s: %v", url, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return p
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
