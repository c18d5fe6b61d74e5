package console

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"fortnight/digest"
	"fortnight/web/look"
)

// uploadSize is what a form with a logo may have: the logo's own limit tells more.
const uploadSize = 1 << 20

func (c *console) brandRoutes() []route {
	return []route{
		{pattern: "GET /settings/brand", role: digest.RoleViewer, do: c.brandPage},
		{pattern: "POST /settings/brand", role: digest.RoleOwner, do: c.saveBrand},
		{pattern: "POST /settings/brand/logo", role: digest.RoleOwner, do: c.saveLogo, size: uploadSize},
		{pattern: "POST /settings/brand/logo/remove", role: digest.RoleOwner, do: c.removeLogo},
		{pattern: "GET /settings/brand/logo/{hash}", role: digest.RoleViewer, do: c.logo},
	}
}

type brandPage struct {
	settled
	P        digest.Project
	Own      bool   // the project has a colour of its own
	Accent   string // #rrggbb, as filled in
	Contrast []contrast
	Tried    bool // the colour is looked at, not saved
	Logo     digest.Logo
	LogoPath string
}

// contrast is how a colour stands on a ground.
type contrast struct {
	Ground, Ratio, Says string
	Fill                string // of the ground
	Good                bool
}

// The grounds of mails and pages.
const (
	whiteGround digest.Colour = 0xffffffff
	darkGround  digest.Colour = 0x111318ff
	ownAccent   digest.Colour = 0x3f45d6ff
)

func (c *console) brandPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	if q := r.URL.Query(); q.Has("accent") { // looked at before it is saved
		tried, faults := p, Faults{}
		brandFrom(q.Get("own"), q.Get("accent"), q.Get("footer"), &tried, faults)
		return c.showBrand(w, r, v, tried, q.Get("accent"), faults, tried.Brand.Accent != p.Brand.Accent)
	}
	return c.showBrand(w, r, v, p, "", nil, false)
}

func (c *console) showBrand(w http.ResponseWriter, r *http.Request, v *visit, p digest.Project, typed string, faults Faults, tried bool) error {
	s := &brandPage{settled: v.settled("Brand", "Brand"), P: p, Own: p.Brand.Accent != 0, Tried: tried}
	s.Lead = "How the project’s mails, PDFs and readers’ pages show whose they are."
	if len(faults) > 0 {
		s.Faults, s.Status = faults, http.StatusUnprocessableEntity
	}
	accent := p.Brand.Accent
	if accent == 0 {
		accent = ownAccent
	}
	s.Accent, _ = look.Readable(accent)
	if typed != "" && faults["accent"] != "" {
		s.Accent, s.Own = typed, true
	}
	s.Contrast = contrasts(accent)
	var err error
	if s.Logo, err = v.Office.Logo(r.Context()); err != nil && !errors.Is(err, digest.ErrNotFound) {
		return err
	}
	s.LogoPath = v.Path("settings", "brand", "logo", s.Logo.Hash)
	return c.show(w, r, "brand", s)
}

// contrasts says how a colour is read on white and on dark, and what mails make of one that is not.
func contrasts(c digest.Colour) []contrast {
	one := func(ground digest.Colour, name, faint string) contrast {
		fill, _ := look.Readable(ground)
		ratio := look.Contrast(c, ground)
		k := contrast{Ground: name, Fill: fill, Ratio: strconv.FormatFloat(float64(int(ratio*10))/10, 'f', 1, 64) + ":1", Good: ratio >= 4.5}
		switch {
		case ratio >= 4.5:
			k.Says = "Text in it can be read. It is used as it is."
		case ratio >= 3:
			k.Says = "Enough for lines and bars, too faint for text: " + faint
		default:
			k.Says = "Too faint: " + faint
		}
		return k
	}
	_, ink := look.Readable(c)
	inkName, inkColour := "White", whiteGround
	if ink == "#000000" {
		inkName, inkColour = "Black", digest.Colour(0x000000ff)
	}
	ground, _ := look.Readable(c)
	return []contrast{
		one(whiteGround, "On white", "mails darken it until text can be read, at 4.5:1."),
		one(darkGround, "On dark", "dark mails lighten it until text can be read."),
		{Ground: inkName + " on it", Fill: ground, Ratio: strconv.FormatFloat(float64(int(look.Contrast(c, inkColour)*10))/10, 'f', 1, 64) + ":1", Good: true, Says: "The ink of the project’s tile is chosen by itself."},
	}
}

var hexColour = regexp.MustCompile(`^#?([0-9a-fA-F]{6})$`)

// brandFrom reads the form of the brand; own "" means Fortnight's colour.
func brandFrom(own, accent, footer string, p *digest.Project, faults Faults) {
	if own == "" {
		p.Brand.Accent = 0
	} else if m := hexColour.FindStringSubmatch(strings.TrimSpace(accent)); m != nil {
		n, _ := strconv.ParseUint(m[1], 16, 32)
		p.Brand.Accent = digest.Colour(n<<8 | 0xff)
	} else {
		faults["accent"] = "This is no colour. Write six digits after #, such as #0f766e."
	}
	p.Brand.Footer = strings.TrimSpace(footer)
	if n := utf8.RuneCountInString(p.Brand.Footer); n > 300 {
		faults["footer"] = fmt.Sprintf("It has %d letters; 300 are the most.", n)
	}
}

func (c *console) saveBrand(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	faults := Faults{}
	brandFrom(r.PostForm.Get("own"), r.PostForm.Get("accent"), r.PostForm.Get("footer"), &p, faults)
	if len(faults) == 0 {
		var change digest.Change
		change, err = v.Office.SaveHead(r.Context(), v.By, p)
		if err == nil {
			return c.done(w, r, v.Path("settings", "brand"), savedWords(change))
		}
		if faults = faultsOf(err); faults == nil {
			return err
		}
		if f := faults["brand.footer"]; f != "" {
			faults["footer"] = f
			delete(faults, "brand.footer")
		}
	}
	return c.showBrand(w, r, v, p, r.PostForm.Get("accent"), faults, false)
}

// saveLogo takes a picture in; see logoFrom.
func (c *console) saveLogo(w http.ResponseWriter, r *http.Request, v *visit) error {
	refuse := func(why string) error {
		p, err := v.Project(r.Context())
		if err != nil {
			return err
		}
		return c.showBrand(w, r, v, p, "", Faults{"logo": why}, false)
	}
	if err := r.ParseMultipartForm(uploadSize); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return refuse("The file is larger than 512 kB.")
		}
		return refuse("No file came. Choose one, then press Save logo.")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, head, err := r.FormFile("logo")
	if err != nil {
		return refuse("No file came. Choose one, then press Save logo.")
	}
	defer file.Close()
	logo, why := logoFrom(file, head.Size)
	if why != "" {
		return refuse(why)
	}
	if err := v.Office.SaveLogo(r.Context(), v.By, &logo); err != nil {
		if f := faultsOf(err); f != nil {
			return refuse(strings.TrimSpace(f["logo"] + f[""]))
		}
		return err
	}
	return c.done(w, r, v.Path("settings", "brand"), fmt.Sprintf("The logo is saved, as a PNG of %d by %d pixels. Editions made from now on carry it.", logo.Width, logo.Height))
}

func (c *console) removeLogo(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.Office.SaveLogo(r.Context(), v.By, nil); err != nil {
		return err
	}
	return c.done(w, r, v.Path("settings", "brand"), "The logo is gone. The project’s letter stands in its place.")
}

// logo gives the picture itself.
func (c *console) logo(w http.ResponseWriter, r *http.Request, v *visit) error {
	logo, err := v.Office.Logo(r.Context())
	if err != nil {
		return err
	}
	if logo.Hash == "" || logo.Hash != r.PathValue("hash") {
		return digest.ErrNotFound
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	_, err = w.Write(logo.PNG)
	return err
}
