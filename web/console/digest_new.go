package console

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"fortnight/digest"
)

// newDigestPage asks for what a digest needs to begin with.
type newDigestPage struct {
	page
	Name, Key string
	Projects  string // keys of those that it sums up
	Sources   int
	SourcesAt string
}

func (c *console) newDigestPage(v *visit, p digest.Project) *newDigestPage {
	return &newDigestPage{page: v.page("New digest", "digests", Crumb{"Digests", v.Path("digests")}), Sources: len(p.Sources), SourcesAt: v.Path("sources")}
}

func (c *console) newDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	return c.show(w, r, "newdigest", c.newDigestPage(v, p))
}

// keyOf makes a key of a name: "Support desk, Köln" is support-desk-koeln.
func keyOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else if r < 0x80 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	key := strings.Trim(dashes.ReplaceAllString(b.String(), "-"), "-")
	return strings.Trim(key[:min(len(key), 63)], "-")
}

var (
	dashes       = regexp.MustCompile(`-+`)
	keyForm      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	plainLetters = map[rune]string{
		'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'á': "a", 'à': "a", 'â': "a", 'ã': "a", 'å': "a", 'æ': "ae", 'ç': "c", 'é': "e", 'è': "e", 'ê': "e", 'ë': "e",
		'í': "i", 'ì': "i", 'î': "i", 'ï': "i", 'ñ': "n", 'ó': "o", 'ò': "o", 'ô': "o", 'õ': "o", 'ø': "o", 'œ': "oe", 'ú': "u", 'ù': "u", 'û': "u", 'ý': "y", 'ł': "l",
		'\'': "", '’': "",
	}
)

func (c *console) addDigest(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	view := c.newDigestPage(v, p)
	view.Projects = strings.TrimSpace(r.PostFormValue("projects"))
	view.Name, view.Key = strings.TrimSpace(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("key"))
	config, faults, err := c.firstConfig(r, v, p, view.Name, cmp.Or(view.Key, keyOf(view.Name)))
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		if _, err = v.Office.Digest(r.Context(), config.Key); err == nil {
			faults["key"] = "There is a digest of this key already. Choose another."
		}
	}
	if len(faults) == 0 {
		line, _, err := v.Office.SaveDigest(r.Context(), v.By, config, 0)
		if err == nil {
			if line.Owner == 0 {
				if err := v.Office.Reassign(r.Context(), v.By, config.Key, v.Account.ID); err != nil && faultsOf(err) == nil { // an operator who is no member owns none
					return err
				}
			}
			return c.done(w, r, v.Path("digests", config.Key), digestName(config)+" is made, as a draft: nothing goes out until you switch it on.")
		}
		if faults = faultsOf(err); faults == nil {
			return err
		}
	}
	view.Faults, view.Status = faults, http.StatusUnprocessableEntity
	return c.show(w, r, "newdigest", view)
}

// firstConfig is a digest as it begins: weekly on Monday at eight in the project's zone, with all that its sources can tell, a draft.
func (c *console) firstConfig(r *http.Request, v *visit, p digest.Project, name, key string) (digest.Config, Faults, error) {
	faults := Faults{}
	switch {
	case name == "":
		faults["name"] = "A digest has a name: readers see it at the head of the mail."
	case len([]rune(name)) > 200:
		faults["name"] = "A name has at most 200 letters."
	case key == "":
		faults["key"] = "This name has no letter for a key. Write one: a–z, 0–9 and hyphens."
	case key == "new":
		faults["key"] = "This word stands for the page you are on. Choose another."
	case !keyForm.MatchString(key):
		faults["key"] = "A key is of a–z, 0–9 and hyphens, at most 63."
	}
	sources, err := v.Office.Sources(r.Context())
	if err != nil {
		return digest.Config{}, nil, err
	}
	config := digest.Config{
		Key: key, Name: name, Paper: "A4",
		Cadence: digest.CadenceSpec{Kind: kindWeekly, At: "mon 08:00", Zone: p.Zone, WeekStart: p.WeekStart},
	}
	config.Projects = commaList(r.PostFormValue("projects"))
	for _, section := range digest.Usual(c.Works.Sections()) {
		if len(config.Projects) > 0 {
			config.Sections = append(config.Sections, digest.SectionChoice{Section: section})
			continue
		}
		source := sourceFor(section, sources)
		at := slices.IndexFunc(sources, func(s digest.SourceLine) bool { return s.Key == source })
		if at >= 0 && (len(sources[at].Sections) == 0 || slices.Contains(sources[at].Sections, section)) {
			config.Sections = append(config.Sections, digest.SectionChoice{Section: section, Source: source})
		}
	}
	if len(config.Sections) == 0 && len(faults) == 0 {
		faults[""] = "No source of this project can fill a section. Add a source first."
	}
	return config, faults, nil
}
