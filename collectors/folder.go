package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// mustHave are the files without which a platform's folder cannot be read from, and what each answers.
var mustHave = []struct{ file, answers string }{
	{"columns.txt", "the tables and columns that the mappings read, a line a table"},
	{"tenant.sql", "the tenant: tenant_id, name, time_zone, locale"},
	{"tenants.sql", "tenant_id and name of the tenants there are"},
	{"first_row.sql", "one instant: when the tenant's data begin"},
	{"newest_row.sql", "one instant: the tenant's newest message before @to"},
	{"capability.sql", "what the platform derives, knows in part, or cannot know"},
	{"message.sql", "the relation message: begin with it"},
}

// OpenFolder is Open for a platform that is not built in: its mapping is a folder of the files that docs/platforms.md describes.
// platform is what the kind of source is called. The error names every file that is missing, and every .sql that nothing asks.
func OpenFolder(ctx context.Context, name, platform string, folder fs.FS, dsn, tenant string, now func() time.Time) (*Source, error) {
	p, err := readPlatform(platform, folder)
	if err == nil {
		err = p.whole(folder)
	}
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", platform, err)
	}
	return open(ctx, name, p, dsn, tenant, now)
}

// whole names what a folder lacks, and what in it is misspelt.
func (p *platform) whole(folder fs.FS) error {
	var faults []error
	for _, must := range mustHave {
		if text, err := fs.ReadFile(folder, must.file); err != nil || strings.TrimSpace(string(text)) == "" {
			faults = append(faults, fmt.Errorf("%s is missing: %s", must.file, must.answers))
		}
	}
	if len(p.tables) == 0 && len(faults) == 0 {
		faults = append(faults, errors.New(`columns.txt names no table: write lines such as "messages: id sent_at"`))
	}
	for _, name := range sortedKeys(p.mappings) {
		if _, known := relationNamed(name); !known && !p.asked(name) {
			faults = append(faults, fmt.Errorf("%s.sql is no relation, and no mapping asks it: call it by the name of one (%s)", name, nearest(name)))
		}
		for _, need := range needs(p.mappings[name]) {
			if !slices.ContainsFunc(p.tables, func(t table) bool { return t.name == need && t.optional }) {
				faults = append(faults, fmt.Errorf(`%s.sql says "-- needs %s": write that table with a ? in columns.txt`, name, need))
			}
		}
	}
	return errors.Join(faults...)
}

// asked tells whether another file of the folder names a helper.
func (p *platform) asked(name string) bool {
	for other, sql := range p.mappings {
		if other != name && slices.Contains(references(sql), name) {
			return true
		}
	}
	return false
}

// nearest is the relation whose name has the most letters in common with another, in order.
func nearest(name string) string {
	best, most := "", -1
	for _, r := range relations {
		// The length of the longest common subsequence, less what is beside it.
		row := make([]int, len(name)+1)
		for _, c := range []byte(r.name) {
			diagonal := 0
			for i := range len(name) {
				was := row[i+1]
				if name[i] == c {
					row[i+1] = diagonal + 1
				} else {
					row[i+1] = max(row[i+1], row[i])
				}
				diagonal = was
			}
		}
		if near := 3*row[len(name)] - len(r.name) - len(name); near > most || best == "" {
			best, most = r.name, near
		}
	}
	return best
}
