package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"

	"fortnight/digest"
)

// lastResort is the locale that stands in for one that has no file.
const lastResort = "en"

//go:embed locales/*.yaml locales/pages/*.yaml
var localeFiles embed.FS

// Load gives the words of a locale (BCP 47). One without a file of its own is answered by its parents, then by English:
// es-MX → es → en. Numbers and the weekend keep to the territory that was asked for, so es-MX writes 12,307 where es
// writes 12.307. An error means that a tag is malformed or an embedded file is.
func Load(locale string) (digest.Words, error) {
	files, err := fs.Sub(localeFiles, "locales")
	if err != nil {
		return nil, err
	}
	return LoadFrom(files, locale)
}

// Locales lists the tags that have a file, in order.
func Locales() []string {
	names, _ := fs.Glob(localeFiles, "locales/*.yaml")
	for i, name := range names {
		names[i] = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	slices.Sort(names)
	return names
}

// LoadFrom is Load over other files: <tag>.yaml at the root of files. Where files has no English, Fortnight's own stands
// behind them.
func LoadFrom(files fs.FS, locale string) (digest.Words, error) {
	asked, err := language.Parse(locale)
	if unknown := language.ValueError(nil); err != nil && !errors.As(err, &unknown) {
		return nil, fmt.Errorf("locale %q: %w", locale, err)
	}
	var chain []*localeFile
	for t := asked; t != language.Und; t = t.Parent() {
		f, err := readLocale(files, t.String())
		switch {
		case err == nil:
			chain = append(chain, f)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	tag := asked
	if len(chain) == 0 {
		tag = language.Make(lastResort)
	}
	if len(chain) == 0 || chain[len(chain)-1].Locale.Tag != lastResort {
		f, err := readLocale(files, lastResort)
		if errors.Is(err, fs.ErrNotExist) {
			embedded, _ := fs.Sub(localeFiles, "locales")
			f, err = readLocale(embedded, lastResort)
		}
		if err != nil {
			return nil, err
		}
		chain = append(chain, f)
	}
	return newWords(tag, chain)
}

// localeFile is one file of locales/.
type localeFile struct {
	Locale  conventions    `yaml:"locale"`
	Phrases map[string]any `yaml:"phrases"`

	phrases map[string]phrase // flattened: "finding.missed.some"
}

// conventions are how a locale writes numbers and dates. A file for a territory (es-MX) may hold phrases only: what it
// leaves out is its parent's.
type conventions struct {
	Tag       string            `yaml:"tag"`
	Dir       string            `yaml:"dir"`        // ltr, rtl
	Digits    string            `yaml:"digits"`     // one system throughout: latn, arab …
	GroupFrom int               `yaml:"group_from"` // thousands are grouped from so many digits on
	Percent   string            `yaml:"percent"`    // {n}
	Points    any               `yaml:"points"`     // a phrase of {n}: a difference of percents
	Units     map[string]string `yaml:"units"`      // d, h, min, s
	Dates     datePatterns      `yaml:"dates"`
	List      listPattern       `yaml:"list"`

	points phrase
}

func readLocale(files fs.FS, tag string) (*localeFile, error) {
	name := tag + ".yaml"
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	f := &localeFile{phrases: map[string]phrase{}}
	if err := yaml.Unmarshal(raw, f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if f.Locale.Tag != tag {
		return nil, fmt.Errorf("%s: locale.tag is %q, it must be the file's name", name, f.Locale.Tag)
	}
	lang := language.Make(tag)
	if err := flatten(f.phrases, "", f.Phrases, lang); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := readPages(files, tag, f.phrases); err != nil {
		return nil, err
	}
	if f.Locale.Points != nil {
		if f.Locale.points, err = parsePhrase(f.Locale.Points, lang); err != nil {
			return nil, fmt.Errorf("%s: locale.points: %w", name, err)
		}
	}
	return f, nil
}

// readPages adds the phrases of the readers' pages, pages/<tag>.yaml, to those of the mails. A locale may have none.
func readPages(files fs.FS, tag string, into map[string]phrase) error {
	name := "pages/" + tag + ".yaml"
	raw, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var f struct {
		Phrases map[string]any `yaml:"phrases"`
	}
	if err := yaml.Unmarshal(raw, &f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := flatten(into, "", f.Phrases, language.Make(tag)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func newWords(tag language.Tag, chain []*localeFile) (*words, error) {
	// The conventions are the nearest file's that has any; a file of phrases only inherits them.
	i := slices.IndexFunc(chain, func(f *localeFile) bool { return f.Locale.Dir != "" })
	if i < 0 {
		return nil, fmt.Errorf("no file of %s has conventions under locale", tag)
	}
	c := chain[i].Locale
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s.yaml: %w", c.Tag, err)
	}
	counting, err := tag.SetTypeForKey("nu", c.Digits)
	if err != nil {
		return nil, fmt.Errorf("%s.yaml: locale.digits %q: %w", c.Tag, c.Digits, err)
	}
	w := &words{
		tag: tag, conventions: c, printer: message.NewPrinter(counting),
		languages: display.Languages(tag), phrases: map[string]phrase{},
	}
	if w.calendar, err = newCalendar(tag, c.Dates); err != nil {
		return nil, fmt.Errorf("%s.yaml: %w", c.Tag, err)
	}
	for _, f := range slices.Backward(chain) {
		for key, p := range f.phrases {
			w.phrases[key] = p
		}
	}
	return w, nil
}

// check reports every fault of a locale's conventions at once.
func (c conventions) check() error {
	var errs []error
	if c.Dir != "ltr" && c.Dir != "rtl" {
		errs = append(errs, fmt.Errorf("locale.dir is %q: write ltr or rtl", c.Dir))
	}
	if !strings.Contains(c.Percent, "{n}") {
		errs = append(errs, fmt.Errorf("locale.percent %q has no {n}", c.Percent))
	}
	if c.Points == nil {
		errs = append(errs, errors.New("locale.points is missing"))
	}
	for _, unit := range []string{"d", "h", "min", "s"} {
		if c.Units[unit] == "" {
			errs = append(errs, fmt.Errorf("locale.units.%s is missing", unit))
		}
	}
	return errors.Join(append(errs, c.Dates.check(), c.List.check())...)
}
