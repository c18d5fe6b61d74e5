package reader

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"

	"fortnight/digest"
	"fortnight/web/look"
)

// sheets are the style sheets of the readers' pages: the rules that all pages share, their own, and a brand's colours of charts. A
// sheet is a function of the accent that its name holds, so that it is made when it is asked for and kept by browsers for ever.
type sheets struct {
	base    string
	rules   []byte
	version string // of the rules and Fortnight's own colours
	colours func(digest.Colour) []byte
	made    sync.Map // digest.Colour → []byte; of those that pages named
}

func newSheets(base string, colours func(digest.Colour) []byte) (*sheets, error) {
	own, err := files.ReadFile("pages/reader.css")
	if err != nil {
		return nil, fmt.Errorf("style sheet: %w", err)
	}
	s := &sheets{base: base, rules: own, colours: colours}
	first, err := s.sheet(0)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(first)
	s.version = hex.EncodeToString(sum[:4])
	return s, nil
}

// at is where the pages of a brand load their sheet from.
func (s *sheets) at(accent digest.Colour) (string, error) {
	if _, ok := s.made.Load(accent); !ok {
		css, err := s.sheet(accent)
		if err != nil {
			return "", err
		}
		s.made.Store(accent, css)
	}
	return fmt.Sprintf("%s/reader/%s-%06x.css", s.base, s.version, uint32(accent)>>8), nil
}

func (s *sheets) sheet(accent digest.Colour) ([]byte, error) {
	var colours []byte
	if s.colours != nil {
		colours = s.colours(accent)
	}
	return look.Sheet(colours, s.rules)
}

var sheetName = regexp.MustCompile(`^[0-9a-f]{8}-([0-9a-f]{6})\.css$`)

// ServeHTTP answers "GET /reader/{sheet}".
func (s *sheets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := sheetName.FindStringSubmatch(r.PathValue("sheet"))
	if m == nil {
		http.NotFound(w, r)
		return
	}
	n, _ := strconv.ParseUint(m[1], 16, 32) // six digits, as matched
	accent := digest.Colour(n)<<8 | 0xFF
	if n == 0 {
		accent = 0
	}
	var css []byte
	if made, ok := s.made.Load(accent); ok {
		css = made.([]byte)
	} else { // of a page that another process printed
		var err error
		if css, err = s.sheet(accent); err != nil {
			http.Error(w, "the style sheet cannot be read", http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(css)
}
