// Package look is how the console and the readers' pages look: the one stylesheet, the one script, icons, chips of states, a
// project's tile, and the press that prints pages. It knows words of the digest and nothing of who asks.
package look

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed fortnight.css fortnight.js
var files embed.FS

// Look is the assets, under the names that pages load them by: their content's hash is in the name, so that they are kept for ever.
type Look struct {
	base   string
	assets map[string]asset // by file name
	names  map[string]string
}

type asset struct {
	kind string
	body []byte
}

// New makes the assets below a base path, "" or "/digest", as links spell it.
func New(base string) (*Look, error) {
	l := &Look{base: base, assets: map[string]asset{}, names: map[string]string{}}
	for name, kind := range map[string]string{
		"fortnight.css": "text/css; charset=utf-8",
		"fortnight.js":  "text/javascript; charset=utf-8",
	} {
		body, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("asset %s: %w", name, err)
		}
		if path.Ext(name) == ".css" {
			body = squeezed(body)
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		l.assets[hashed] = asset{kind: kind, body: body}
		l.names[name] = hashed
	}
	return l, nil
}

// Style is where pages load the stylesheet from: a path on this host.
func (l *Look) Style() string { return l.base + "/assets/" + l.names["fortnight.css"] }

// Script is where pages load the script from.
func (l *Look) Script() string { return l.base + "/assets/" + l.names["fortnight.js"] }

// ServeHTTP answers "GET /assets/{name}", the base taken off. A name of an older or newer binary is not found and not kept.
func (l *Look) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, ok := l.assets[path.Base(r.URL.Path)]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "there is no such asset", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body)
	}
}

// Sheet is the rules of the stylesheet that are not the console's alone, with more of a page's own, as they are served.
func Sheet(more ...[]byte) ([]byte, error) {
	css, err := files.ReadFile("fortnight.css")
	if err != nil {
		return nil, fmt.Errorf("stylesheet: %w", err)
	}
	return squeezed(append(shared(css), bytes.Join(more, []byte("\n"))...)), nil
}

// shared leaves the console's parts out: each begins with a comment that says so, and ends before the next that begins a line.
func shared(css []byte) []byte {
	var out bytes.Buffer
	console := false
	for line := range bytes.Lines(css) {
		if bytes.HasPrefix(line, []byte("/* ")) {
			console = bytes.HasPrefix(line, []byte("/* console: "))
		}
		if !console {
			out.Write(line)
		}
	}
	return out.Bytes()
}

// squeezed takes comments and needless space out of a stylesheet. Space that means something (between selectors, around
// operators of calc, in strings) stays.
func squeezed(css []byte) []byte {
	var out bytes.Buffer
	for rest := css; len(rest) > 0; {
		switch c := rest[0]; {
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest, []byte("*/"))
			if end < 0 {
				return out.Bytes()
			}
			rest = rest[end+2:]
		case c == '"':
			end := bytes.IndexByte(rest[1:], '"') + 2
			out.Write(rest[:end])
			rest = rest[end:]
		case c == ' ' || c == '\n' || c == '\t':
			rest = bytes.TrimLeft(rest, " \n\t")
			if n := out.Len(); n > 0 && len(rest) > 0 && !strings.ContainsRune("{};,:>", rune(out.Bytes()[n-1])) && !strings.ContainsRune("{};,>", rune(rest[0])) {
				out.WriteByte(' ')
			}
		case c == '}':
			if n := out.Len(); n > 0 && out.Bytes()[n-1] == ';' {
				out.Truncate(n - 1)
			}
			out.WriteByte(c)
			rest = rest[1:]
		default:
			out.WriteByte(c)
			rest = rest[1:]
		}
	}
	return out.Bytes()
}
