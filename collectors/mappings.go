package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Mappings are the platforms that a source can have: those that are built in and, beside them, those whose mappings are folders of
// one's own. The zero value has the built-in ones. It does not change, and may be used by several goroutines at once.
type Mappings struct {
	own map[string]*platform
}

// platformForm is what a platform of one's own may be called: it stands in addresses, files and flags.
var platformForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

// ReadMappings reads a folder of folders: each is a mapping as docs/platforms.md describes, its name that of the platform. Files beside
// the folders, and what begins with a dot, are passed over. All faults are told at once, a line each, with file, line and remedy:
// "elm/columns.txt:3: …".
func ReadMappings(folder fs.FS) (Mappings, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return Mappings{}, err
	}
	own := map[string]*platform{}
	var faults []error
	for _, e := range entries {
		name := e.Name()
		if name == "columns.txt" {
			return Mappings{}, errors.New("columns.txt: this is a mapping itself: name the folder above it, which has a folder for each platform")
		}
		if strings.HasPrefix(name, ".") {
			continue
		}
		if stat, err := fs.Stat(folder, name); err != nil { // through a link, as volumes have them
			faults = append(faults, err)
			continue
		} else if !stat.IsDir() {
			continue
		}
		p, err := readOwn(name, folder)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		own[name] = p
	}
	if len(own) == 0 && len(faults) == 0 {
		return Mappings{}, errors.New("there is no folder in it: a mapping is a folder of its own, called as its platform")
	}
	return Mappings{own}, errors.Join(faults...)
}

// readOwn reads one folder of a folder of mappings.
func readOwn(name string, in fs.FS) (*platform, error) {
	switch {
	case slices.Contains(Platforms(), name):
		return nil, fmt.Errorf("%s: a platform of this name is built in: call the folder otherwise, such as %[1]s-own", name)
	case !platformForm.MatchString(name):
		return nil, fmt.Errorf("%s: this is no name of a platform: write small letters, digits, - and _, beginning with a letter", name)
	}
	folder, err := fs.Sub(in, name)
	if err != nil {
		return nil, err
	}
	return readFolder(name, folder)
}

// Platforms lists the platforms there are, in alphabetical order.
func (m Mappings) Platforms() []string {
	return slices.Sorted(slices.Values(slices.Concat(Platforms(), m.Own())))
}

// Own lists the platforms that are not built in, in alphabetical order.
func (m Mappings) Own() []string { return slices.Sorted(maps.Keys(m.own)) }

// Open connects to a source, checks that the tables and columns of its platform are there and readable and that the tenant exists. name
// is what the admin calls the source; errors begin with it, say what to mend, and never hold the DSN's password. now is the clock.
func (m Mappings) Open(ctx context.Context, name, platform, dsn, tenant string, now func() time.Time) (*Source, error) {
	p, err := m.find(platform)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", name, err)
	}
	return open(ctx, name, p, dsn, tenant, now)
}

func (m Mappings) find(name string) (*platform, error) {
	if p, own := m.own[name]; own {
		return p, nil
	}
	if !slices.Contains(Platforms(), name) {
		return nil, fmt.Errorf("unknown platform %q: use one of %s; another's mapping is a folder that FORTNIGHT_MAPPINGS has to lead to", name, strings.Join(m.Platforms(), ", "))
	}
	return loadPlatform(name)
}
