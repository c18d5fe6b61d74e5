package templates

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"fortnight/digest"
)

var (
	shots    = flag.String("shots", "", "write a picture of each mail as the browser shows it to this directory")
	pictures = flag.String("pictures", "", "directory of PNGs to show in place of grey panels: ANCHOR.png, and mark.png")
)

// screen is how a mail is looked at.
type screen struct {
	width  int64
	dark   bool
	images bool
}

func (s screen) String() string {
	name := fmt.Sprintf("%d", s.width)
	if s.dark {
		name += "-dark"
	}
	if !s.images {
		name += "-noimages"
	}
	return name
}

// TestTheMailInABrowser opens every letter at the width of a mail program and of a phone, light and dark, with and
// without pictures.
func TestTheMailInABrowser(t *testing.T) {
	tab := openTab(t)
	layout, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, letter := range allLetters() {
		art := cidArt(letter)
		for key, placed := range art {
			art[key] = placePicture(t, key, placed)
		}
		html, _, err := layout.Mail(letter, art, digest.Placeholders)
		if err != nil {
			t.Fatal(err)
		}
		server := serveMail(t, html)
		screens := []screen{{600, false, true}, {360, true, true}}
		if name == "full" || name == "hostile" {
			screens = []screen{{600, false, true}, {360, false, true}, {600, true, true}, {360, true, true}, {600, false, false}, {360, false, false}}
		}
		for _, s := range screens {
			t.Run(name+" at "+s.String(), func(t *testing.T) {
				seen, asked := tab.look(t, server.URL, name, s)
				judge(t, seen, s)
				if seen.Scrolling > 0 && name != "hostile" {
					t.Errorf("%d tables are wider than the screen", seen.Scrolling)
				}
				if seen.Direction != letter.Dir {
					t.Errorf("text runs %s, want %s", seen.Direction, letter.Dir)
				}
				for _, url := range asked {
					if !strings.HasPrefix(url, server.URL) {
						t.Errorf("the mail asks for %s", url)
					}
				}
			})
		}
	}
}

// sight is what the browser measured.
type sight struct {
	Overflow  float64 // px beyond the screen
	Small     []string
	Faint     []string
	Text      int   // runs of visible text
	CardRows  []int // cards in each row of the first block of cards
	Images    int   // pictures with a height
	AltShown  int
	Scrolling int // tables that must be pushed sideways
	Direction string
	Level     []int // of headings, in order
}

// measure walks the visible text. Contrast is WCAG's; large text (24 px, or bold from 18.66) needs 3:1.
const measure = `(() => {
  const lum = c => { const f = v => { v /= 255; return v <= .04045 ? v/12.92 : Math.pow((v+.055)/1.055, 2.4) };
    return .2126*f(c[0]) + .7152*f(c[1]) + .0722*f(c[2]) };
  const rgb = s => s.match(/[\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c } return [255,255,255] };
  const out = {Overflow: Math.max(0, document.documentElement.scrollWidth - innerWidth), Small: [], Faint: [], Text: 0, CardRows: [], Images: 0, AltShown: 0, Scrolling: 0,
    Direction: getComputedStyle(document.querySelector('[role=article]')).direction, Level: []};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.nodeValue.replace(/[\s\u00a0]+/g, ' ').trim(), e = walk.currentNode.parentElement;
    if (!text) continue;
    const range = document.createRange(); range.selectNodeContents(walk.currentNode);
    const box = range.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    out.Text++;
    if (!e.closest('.scroll') && (box.right > innerWidth + .5 || box.left < -.5)) out.Overflow = Math.max(out.Overflow, box.right - innerWidth, -box.left);
    const s = getComputedStyle(e), size = parseFloat(s.fontSize);
    if (size < 12) out.Small.push(size + 'px: ' + text);
    const a = lum(rgb(s.color)), b = lum(ground(e)), ratio = (Math.max(a,b)+.05)/(Math.min(a,b)+.05);
    if (ratio < 4.5) out.Faint.push(ratio.toFixed(2) + ' ' + s.color + ': ' + text);
  }
  const block = document.querySelector('td.cards');
  if (block) { let top = null; for (const c of block.querySelectorAll('.col')) { const y = Math.round(c.getBoundingClientRect().top);
    if (y !== top) { out.CardRows.push(0); top = y } out.CardRows[out.CardRows.length-1]++ } }
  for (const i of document.querySelectorAll('img.chart')) { if (i.naturalWidth > 0) out.Images++; else if (i.alt && i.getBoundingClientRect().height > 15) out.AltShown++ }
  for (const d of document.querySelectorAll('.scroll')) if (d.scrollWidth > d.clientWidth) out.Scrolling++;
  for (const h of document.querySelectorAll('h1,h2,h3,h4')) out.Level.push(+h.tagName[1]);
  return out })()`

func judge(t *testing.T, seen sight, s screen) {
	t.Helper()
	if seen.Text < 10 {
		t.Fatalf("only %d runs of text are to be seen", seen.Text)
	}
	if seen.Overflow > 0 {
		t.Errorf("the mail is %.0f px wider than the screen", seen.Overflow)
	}
	if len(seen.Small) > 0 {
		t.Errorf("text under 12 px: %v", seen.Small)
	}
	if len(seen.Faint) > 0 {
		t.Errorf("text under 4.5:1: %v", seen.Faint)
	}
	across := 4
	if s.width < 480 {
		across = 2
	}
	if len(seen.CardRows) == 0 || seen.CardRows[0] != across {
		t.Errorf("cards stand %v a row, want %d in the first", seen.CardRows, across)
	}
	if s.images && seen.AltShown > 0 || !s.images && seen.Images > 0 {
		t.Errorf("%d pictures and %d texts in their place are to be seen", seen.Images, seen.AltShown)
	}
	for i, level := range seen.Level {
		if i == 0 && level != 1 || i > 0 && (level == 1 || level > seen.Level[i-1]+1) {
			t.Errorf("headings leap: %v", seen.Level)
			break
		}
	}
}

// tab is one page of a browser; it remembers every address that it asked for.
type tab struct {
	ctx   context.Context
	mu    sync.Mutex
	asked []string
}

// look opens the mail on a screen and gives what is measured and every address asked for.
func (b *tab) look(t *testing.T, url, name string, s screen) (seen sight, asked []string) {
	t.Helper()
	run := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	ctx, cancel := context.WithTimeout(b.ctx, 60*time.Second)
	defer cancel()
	viewport := []chromedp.EmulateViewportOption{chromedp.EmulateScale(2)}
	if s.width < 480 {
		viewport = append(viewport, chromedp.EmulateMobile)
	}
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	run("choose light or dark", err)
	if !s.images {
		url += "/without-pictures/"
	}
	b.mu.Lock()
	b.asked = nil
	b.mu.Unlock()
	run("open the mail", chromedp.Do(ctx, chromedp.EmulateViewport(s.width, 900, viewport...), chromedp.Navigate(url)))
	seen, err = chromedp.Run(ctx, chromedp.Evaluate[sight](measure))
	run("measure", err)
	if *shots != "" {
		img, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		run("take a picture", err)
		run("keep the picture", os.WriteFile(filepath.Join(*shots, name+"-"+s.String()+".png"), img, 0o600))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return seen, b.asked
}

func openTab(t *testing.T) *tab {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Fatal("this test looks at the mail in a browser: install Chromium (apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(60*time.Second))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{ctx: ctx}
	if err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			b.mu.Lock()
			b.asked = append(b.asked, e.Request.URL)
			b.mu.Unlock()
		}
	}); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// serveMail answers a mail and its pictures on loopback; below /without-pictures/ the pictures are not found.
func serveMail(t *testing.T, html []byte) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		without := strings.HasPrefix(r.URL.Path, "/without-pictures/")
		key, isPicture := strings.CutSuffix(path.Base(r.URL.Path), ".png")
		switch {
		case isPicture && without, path.Base(r.URL.Path) == "favicon.ico":
			http.NotFound(w, r)
		case isPicture:
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(panel(key))
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(html)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// panel is a picture's PNG: from -pictures where it is there, else a grey panel.
func panel(key string) []byte {
	if *pictures != "" {
		if b, err := os.ReadFile(filepath.Join(*pictures, key+".png")); err == nil {
			return b
		}
	}
	img := image.NewPaletted(image.Rect(0, 0, 1200, 560), color.Palette{color.Gray{0xEE}})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func placePicture(t *testing.T, key string, p digest.Placed) digest.Placed {
	t.Helper()
	p.Src = key + ".png"
	if key == digest.MarkAnchor || key == digest.LogoAnchor {
		return p
	}
	c, err := png.DecodeConfig(bytes.NewReader(panel(key)))
	if err != nil {
		t.Fatal(err)
	}
	p.Width, p.Height = c.Width/2, c.Height/2
	return p
}
