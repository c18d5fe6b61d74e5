package browser

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 as npm has it, compressed; its licence (MPL 2.0) stands beside it.
//
//go:embed axe/axe.min.js.gz
var axe []byte

// Axe gives the serious and critical violations of WCAG 2.0 to 2.2, A and AA, and of best practice, that axe-core finds on a page, a
// line each: the rule, what it says, and where. Scripts must be on: axe-core waits by timers.
func Axe(t testing.TB, p *Page) []string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(axe))
	if err != nil {
		t.Fatal(err)
	}
	script, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	// The page's own policy does not bind what the inspector evaluates.
	if _, err := chromedp.Run(p.Context, chromedp.Evaluate[bool](string(script)+"; true")); err != nil {
		t.Fatalf("axe-core does not load: %v", err)
	}
	type violation struct {
		ID, Impact, Help string
		Nodes            []string
	}
	found, err := chromedp.Run(p.Context, chromedp.Evaluate[[]violation](
		`axe.run(document, {iframes: false}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact || "", Help: v.help, Nodes: v.nodes.map(n => n.target.join(" ") + " — " + (n.failureSummary || "").split("\n").slice(1).join("; "))})))`,
		func(e *runtime.EvaluateParams) { e.AwaitPromise = new(true) }))
	if err != nil {
		t.Fatalf("axe-core does not run: %v", err)
	}
	var lines []string
	for _, v := range found {
		if v.Impact == "serious" || v.Impact == "critical" {
			lines = append(lines, fmt.Sprintf("%s (%s): %s: %s", v.ID, v.Impact, v.Help, strings.Join(v.Nodes[:min(3, len(v.Nodes))], " | ")))
		}
	}
	return lines
}
