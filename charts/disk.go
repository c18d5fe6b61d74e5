package charts

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"
	"github.com/go-text/typesetting/language"
)

// disk finds fonts that are installed on this machine, for scripts that the embedded ones do not cover. It is opened
// by the first such character; the scan takes about a second on a desktop with many fonts and its index is kept in the
// user's cache directory (or the temporary one). Folders: those of fontconfig and XDG on Linux and BSD
// (/usr/share/fonts, /usr/local/share/fonts, ~/.local/share/fonts, ~/.fonts, X11's), /System/Library/Fonts,
// /Library/Fonts and ~/Library/Fonts on macOS, %WINDIR%\Fonts on Windows.
type disk struct {
	mu     sync.Mutex
	opened bool
	index  *fontscan.FontMap // nil: no font is installed
	found  map[diskKey]*font.Font
}

type diskKey struct {
	r   rune
	cut int
}

// find gives a font with outlines for r, or nil. It never fails: a machine without fonts has none.
func (d *disk) find(r rune, cut int) *font.Font {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.opened {
		d.opened = true
		d.found = map[diskKey]*font.Font{}
		d.index = openIndex()
	}
	if d.index == nil {
		return nil
	}
	key := diskKey{r, cut}
	f, known := d.found[key]
	if !known {
		f = d.look(r, cut)
		d.found[key] = f
	}
	return f
}

func (d *disk) look(r rune, cut int) *font.Font {
	d.index.SetScript(language.LookupScript(r))
	d.index.SetQuery(fontscan.Query{Families: []string{fontscan.SansSerif}, Aspect: font.Aspect{Weight: font.Weight(weights[cut])}})
	face := d.index.ResolveFace(r)
	if face == nil {
		return nil
	}
	glyph, ok := face.NominalGlyph(r)
	if !ok {
		return nil
	}
	if outline, ok := face.GlyphDataOutline(glyph); !ok || len(outline.Segments) == 0 {
		return nil // colour bitmaps cannot be drawn as paths
	}
	return face.Font
}

func openIndex() (index *fontscan.FontMap) {
	dir := filepath.Join(os.TempDir(), "fortnight")
	if cache, err := os.UserCacheDir(); err == nil && os.MkdirAll(filepath.Join(cache, "fortnight"), 0o700) == nil {
		dir = filepath.Join(cache, "fortnight")
	}
	defer func() {
		if recover() != nil { // a broken font file on somebody's disk must not break a mail
			index = nil
		}
	}()
	m := fontscan.NewFontMap(silent{})
	if err := m.UseSystemFonts(dir); err != nil {
		return nil
	}
	if m.ResolveFace('a') == nil {
		return nil
	}
	return m
}

// silent drops the scanner's remarks about single files.
type silent struct{}

func (silent) Printf(string, ...any) {}

// parseFonts reads a TTF, OTF or TTC file.
func parseFonts(file []byte) ([]*font.Font, error) {
	faces, err := font.ParseTTC(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var out []*font.Font
	for _, f := range faces {
		repair(f.Font)
		out = append(out, f.Font)
	}
	return out, nil
}
