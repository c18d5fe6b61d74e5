package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPageIsDrivenAsAPersonDoesWithAndWithoutScript(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; form-action 'self'")
		switch r.URL.Path {
		case "/own.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, `document.querySelector("main").append(" with script")`)
		case "/said":
			fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Said</title><main><h1>Said</h1><p>%s</p></main><script src="/own.js"></script>`, r.PostFormValue("name"))
		default:
			fmt.Fprint(w, `<!doctype html><html lang="en"><title>Ask</title><main><h1>Ask</h1><form method="post" action="/said"><label>Name <input name="name" value="x"></label> <button>Say it</button></form></main>`)
		}
	}))
	defer site.Close()
	browser := Start(t)
	for _, noScript := range []bool{false, true} {
		p := Open(t, browser, site.URL, "drive", View{Width: 800, Height: 600, NoScript: noScript})
		if !noScript {
			if found := Axe(t, p); len(found) > 0 {
				t.Errorf("axe finds %q", found)
			}
		}
		p.Fill(t, "input", "Dana")
		p.Press(t, "Say it")
		text := p.Text(t)
		if !strings.Contains(text, "Said Dana") || strings.Contains(text, "with script") == noScript || p.At(t) != site.URL+"/said" {
			t.Errorf("without script: %v, the page at %s says %q", noScript, p.At(t), text)
		}
	}
}

func TestAxeFindsWhatIsWrong(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Bad</title><main><h1>Bad</h1><input><p style="color:#ccc;background:#fff">pale</p></main>`)
	}))
	defer site.Close()
	found := strings.Join(Axe(t, Open(t, Start(t), site.URL, "axe", View{Width: 800, Height: 600})), "\n")
	for _, rule := range []string{"html-has-lang", "label", "color-contrast"} {
		if !strings.Contains(found, rule) {
			t.Errorf("axe does not find %s:\n%s", rule, found)
		}
	}
}
