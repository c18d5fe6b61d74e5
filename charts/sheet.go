package charts

import (
	_ "embed"
	"fmt"
	"strings"

	"fortnight/digest"
)

//go:embed page.css
var pageCSS string

// Sheet is the style sheet of Page's pictures for a brand's accent (0: Fortnight's own), light and dark. Their ground, inks and lines
// are the page's own: --card, --ink, --mid, --mute, --line, --edge, --fill, and --link for the ring of focus.
func Sheet(accent digest.Colour) []byte {
	var w strings.Builder
	w.WriteString(":root{" + colours(accent, digest.Light) + "}\n@media(prefers-color-scheme:dark){:root{" + colours(accent, digest.Dark) + "}}\n")
	w.WriteString(pageCSS)
	return []byte(w.String())
}

func colours(accent digest.Colour, ground digest.Theme) string {
	t := themed(digest.Frame{Theme: ground, Accent: accent})
	var all []string
	for _, s := range t.slots() {
		if strings.HasPrefix(s.name, "--c") && s.name != "--card" {
			all = append(all, fmt.Sprintf("%s:#%06x", s.name, uint32(*s.colour)>>8))
		}
	}
	return strings.Join(all, ";")
}
