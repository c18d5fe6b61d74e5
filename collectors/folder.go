package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
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
// platform is what the kind of source is called. The error names every file that is missing or misspelt, and the line.
func OpenFolder(ctx context.Context, name, platform string, folder fs.FS, dsn, tenant string, now func() time.Time) (*Source, error) {
	p, err := readFolder(platform, folder)
	if err != nil {
		return nil, fmt.Errorf("mapping %w", err)
	}
	return open(ctx, name, p, dsn, tenant, now)
}

// readFolder reads the folder of a platform that is not built in.
func readFolder(name string, folder fs.FS) (*platform, error) {
	p, err := readPlatform(name, folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p.own = true
	return p, p.whole(folder)
}

// whole names what a folder lacks, and what in it is misspelt: PLATFORM/FILE:LINE, and what to do.
func (p *platform) whole(folder fs.FS) error {
	var faults []error
	fault := func(file string, line int, format string, args ...any) {
		at := p.name + "/" + file
		if line > 0 {
			at += ":" + strconv.Itoa(line)
		}
		faults = append(faults, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
	}
	for _, must := range mustHave {
		if text, err := fs.ReadFile(folder, must.file); err != nil || strings.TrimSpace(string(text)) == "" {
			fault(must.file, 0, "the file is missing: %s", must.answers)
		}
	}
	for _, file := range []string{"columns.txt", "indexes.txt"} {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			continue // told above, where it has to be there
		}
		for i, line := range strings.Split(string(text), "\n") {
			if says := p.misread(file, line); says != "" {
				fault(file, i+1, "%s", says)
			}
		}
	}
	if len(p.tables) == 0 && len(faults) == 0 {
		fault("columns.txt", 0, `there is no table in it: write lines such as "messages: id sent_at"`)
	}
	for _, name := range sortedKeys(p.mappings) {
		if _, known := relationNamed(name); !known && !p.asked(name) {
			fault(name+".sql", 0, "this is no relation, and no mapping asks it: call it by the name of one (%s)", nearest(name))
		}
	}
	questions, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return err
	}
	for _, file := range questions {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			return err
		}
		for _, slip := range p.slips(file, string(text)) {
			fault(file, slip.line, "%s", slip.says)
		}
	}
	return errors.Join(faults...)
}

// misread tells what is wrong with a line of columns.txt or indexes.txt; "": nothing.
func (p *platform) misread(file, line string) string {
	line, _, _ = strings.Cut(line, "#")
	if strings.TrimSpace(line) == "" {
		return ""
	}
	name, columns, found := strings.Cut(line, ":")
	name = strings.TrimSuffix(strings.TrimSpace(name), "?")
	switch {
	case !found || name == "" || strings.TrimSpace(columns) == "":
		return fmt.Sprintf("%q is no table with its columns: write a line such as \"messages: id sent_at\"", strings.TrimSpace(line))
	case strings.Contains(columns, ","):
		return "columns stand apart by a blank, without a comma"
	case file == "indexes.txt" && !slices.ContainsFunc(p.tables, func(t table) bool { return t.name == name }):
		return fmt.Sprintf("columns.txt has no table %s: write it there too, or take the line out", name)
	}
	return ""
}

// slip is something wrong in an .sql file; line counts from 1, and is 0 where it is of the whole file.
type slip struct {
	line int
	says string
}

var (
	quoted   = regexp.MustCompile(`'(?:[^']|'')*'|"[^"\n]*"|--[^\n]*`)
	argument = regexp.MustCompile(`@([A-Za-z_]\w*)`)
)

// slips are what can be told of a question without a server: that it is empty, has a semicolon, names an argument that there is not, which
// would be null, or needs a table that is there for certain.
func (p *platform) slips(file, sql string) (all []slip) {
	at := func(offset int) int { return 1 + strings.Count(sql[:offset], "\n") }
	bare := quoted.ReplaceAllStringFunc(sql, func(s string) string { return strings.Repeat(" ", len(s)) })
	if strings.TrimSpace(bare) == "" && !slices.ContainsFunc(mustHave, func(must struct{ file, answers string }) bool { return must.file == file }) {
		return []slip{{0, "there is no SELECT in it: write one, or take the file away; a relation without a file is empty"}}
	}
	if i := strings.IndexByte(bare, ';'); i >= 0 && file != "session.sql" {
		all = append(all, slip{at(i), "a mapping is one SELECT, put in front of others: take the semicolon out"})
	}
	for _, m := range argument.FindAllStringSubmatchIndex(bare, -1) {
		if name := bare[m[2]:m[3]]; !p.argues(name) {
			all = append(all, slip{at(m[0]), fmt.Sprintf("there is no argument @%s, and it would be null: use @tenant, @from and @to", name)})
		}
	}
	for _, m := range needsLine.FindAllStringSubmatchIndex(sql, -1) {
		if need := sql[m[2]:m[3]]; !slices.ContainsFunc(p.tables, func(t table) bool { return t.name == need && t.optional }) {
			all = append(all, slip{at(m[0]), fmt.Sprintf(`"-- needs %s" is for a table that may be missing: write it with a ? in columns.txt`, need)})
		}
	}
	return all
}

// argues tells whether a question is handed an argument.
func (p *platform) argues(name string) bool {
	_, known := arguments("", digest.Ask{}, digest.Period{}, nil, time.Time{})[name]
	_, ids := p.ids[name]
	return known || ids
}

// asked tells whether another file of the folder names a helper.
func (p *platform) asked(name string) bool {
	for other, sql := range p.mappings {
		if other != name && slices.Contains(references(sql), name) {
			return true
		}
	}
	for _, sql := range p.ids {
		if slices.Contains(references(sql), name) {
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
